"""What ``--json`` writes: one object in one line on stdout. Fields may be added, never renamed or removed.

A file name that is not UTF-8 has escapes in ``file`` and its exact bytes, as base64, in ``file_base64``;
for every other name that is null. Dates are ISO 8601 without a zone: the photo's own local time.
"""

from __future__ import annotations

import msgspec


class HitRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One photo of ``pocketlens search``; ``photo`` is what ``--like`` takes, ``weak`` that it is rather not meant.

    ``copies`` is how many photos that are alike it stands for, ``members`` the numbers of the others, the best first.
    ``found_text``: where it shows the words that were asked for, empty where it does not.
    ``place``: the city it was taken in, ``place_zh`` the same in Chinese; empty where unknown.
    ``duration_ms`` and ``at_ms`` are null for a photo: a video's length, and when its best frame is. ``motion``: a
    photo with a few seconds' video in it.
    """

    rank: int
    photo: int
    score: float
    strength: float
    album: str
    file: str
    file_base64: bytes | None
    taken_at: str | None
    width: int
    height: int
    copies: int
    weak: bool
    favourite: bool
    members: list[int]
    place: str
    place_zh: str
    duration_ms: int | None
    at_ms: int | None
    motion: bool
    found_text: str


class SearchRecord(msgspec.Struct, frozen=True, kw_only=True):
    """``pocketlens search --json``.

    ``query`` is what was typed; ``asked`` the same with what the options said, in the query language. ``like`` is null
    unless a number was given as ``--like``. ``considered`` is how many photos were compared.
    """

    query: str
    like: int | None
    albums: list[str]
    considered: int
    encode_ms: float
    search_ms: float
    hits: list[HitRecord]
    asked: str


class FavouriteRecord(msgspec.Struct, frozen=True, kw_only=True):
    """``pocketlens favourite --json``. ``changed`` counts copies, and leaves out what was so before."""

    photos: list[int]
    favourite: bool
    changed: int


class SavedSearchRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One search under its name. ``query`` is in the query language."""

    name: str
    query: str


class SavedSearchesRecord(msgspec.Struct, frozen=True, kw_only=True):
    """``pocketlens searches --json``."""

    searches: list[SavedSearchRecord]


class UnreadableRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One photo that cannot be read, and why."""

    file: str
    file_base64: bytes | None
    code: str
    reason: str


class TextsRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What became of reading the words in photos: ``read`` contents, ``with_words`` of them."""

    read: int
    with_words: int
    failed: int
    elapsed_s: float
    cancelled: bool


class IndexRecord(msgspec.Struct, frozen=True, kw_only=True):
    """``pocketlens index --json``. ``failures`` are the photos found unreadable in this run alone.

    ``on_phone``: how many photos the phone itself encoded. ``texts`` is null when no words were to be read.
    """

    added: int
    changed: int
    moved: int
    removed: int
    unchanged: int
    unreadable: int
    elapsed_s: float
    cancelled: bool
    on_phone: int
    failures: list[UnreadableRecord]
    texts: TextsRecord | None


class AlbumRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One album; ``source_kind`` is "folder" or "phone"."""

    name: str
    source: str
    source_kind: str
    photos: int
    unreadable: int


class AlbumsRecord(msgspec.Struct, frozen=True, kw_only=True):
    """``pocketlens albums --json``."""

    albums: list[AlbumRecord]


class SourceRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One folder or phone that was indexed; ``identity`` is the folder's path or the phone's serial number."""

    kind: str
    label: str
    identity: str


class StatusRecord(msgspec.Struct, frozen=True, kw_only=True):
    """``pocketlens status --json``. ``failures`` is null unless ``--unreadable`` was given."""

    version: str
    model: str
    data: str
    cache: str
    photos: int
    ready: int
    pending: int
    unreadable: int
    sources: list[SourceRecord]
    failures: list[UnreadableRecord] | None = None


class DuplicateRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One photo of a group; ``size`` in bytes."""

    photo: int
    album: str
    file: str
    file_base64: bytes | None
    size: int
    taken_at: str | None


class DuplicateGroupRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Photos that are alike: ``likeness`` is "exact", "near" or "burst"; ``spare_bytes`` is of all but the largest."""

    likeness: str
    spare_bytes: int
    photos: list[DuplicateRecord]


class DuplicatesRecord(msgspec.Struct, frozen=True, kw_only=True):
    """``pocketlens duplicates --json``."""

    groups: list[DuplicateGroupRecord]


class ForgottenRecord(msgspec.Struct, frozen=True, kw_only=True):
    """``pocketlens forget --json``: what was forgotten, and how many photos of it were known."""

    kind: str
    label: str
    identity: str
    photos: int


class CheckRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One line of ``pocketlens doctor``; ``remedy`` is empty where there is nothing to mend."""

    name: str
    ok: bool
    required: bool
    detail: str
    remedy: str


class RepairRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What ``pocketlens doctor --repair`` did; ``kept_aside`` is the damaged file, null where nothing was damaged."""

    kept_aside: str | None
    photos: int
    vectors: int
    favourites: int


class DoctorRecord(msgspec.Struct, frozen=True, kw_only=True):
    """``pocketlens doctor --json``. ``ok``: nothing required is missing; ``repair``: null unless it was asked for."""

    ok: bool
    checks: list[CheckRecord]
    repair: RepairRecord | None = None


class ErrorDetail(msgspec.Struct, frozen=True, kw_only=True):
    """A typed error: ``code`` is stable, the rest is for people."""

    code: str
    what: str
    thing: str
    remedy: str


class ErrorRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What any command writes in place of its own record when it fails under ``--json``."""

    error: ErrorDetail


class CopyRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One photo of ``pull`` or ``export``; ``copy`` is null when there is none, ``reason`` says why."""

    photo: str
    outcome: str
    copy: str | None
    reason: str


class CopiesRecord(msgspec.Struct, frozen=True, kw_only=True):
    """``pocketlens phone pull|export --json``. ``photos`` leaves out what was already there."""

    copied: int
    already_there: int
    failed: int
    photos: list[CopyRecord]
