"""The engine protocol: requests and events, one JSON object a line.

A client writes requests to the engine's stdin and reads events from its stdout. The first event is always
`Hello`; a client refuses another `PROTOCOL_VERSION`. Every event carries ``seq``, counting from 0 without
gaps in one engine's life. Binary names (``bytes``) travel as base64, so a name that is not UTF-8 survives.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

PROTOCOL_VERSION: Final = 3
#: A longer line is a violation, not a reason to fill the memory. Results of 10,000 hits take some 4 MB.
LONGEST_LINE: Final = 16 * 1024 * 1024


class Role(StrEnum):
    """What an engine process is for. No two of them ever share one: each has a model of its own in memory."""

    INDEX = "index"
    READ = "read"
    SEARCH = "search"


class Stage(StrEnum):
    """The stages of an indexing job, in order. READING is that of a job of its own, which follows."""

    LISTING = "listing"
    COMPARING = "comparing"
    INSTALLING = "installing"
    ENCODING = "encoding"
    FINISHING = "finishing"
    READING = "reading"


class Place(StrEnum):
    """Where the photos of a phone are encoded."""

    PC = "pc"
    PHONE = "phone"
    FASTEST = "fastest"


class SourceSpec(msgspec.Struct, frozen=True):
    """Where photos come from: ``kind`` "folder" with an absolute path, or "phone" with a device serial."""

    kind: str
    identity: bytes


class Request(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """``id`` is the client's own number; every event that answers the request repeats it."""

    id: int


class IndexRequest(Request, tag="index", frozen=True, kw_only=True):
    """Bring the catalogue up to date with these sources.

    Attributes:
        retry_unreadable: try again the photos that could not be read, even though they have not changed.
        threads: encoding workers; None lets the engine choose.
        fast: take new photos from their previews where the source has good ones, and leave it to a later job to
            refine them from the photos themselves.
        place: where photos that are on a phone are encoded; those of a folder are encoded here.
    """

    sources: list[SourceSpec]
    retry_unreadable: bool = False
    threads: int | None = None
    fast: bool = False
    place: Place = Place.PC


class ReadRequest(Request, tag="read", frozen=True, kw_only=True):
    """Read the words in these sources' photos that are indexed and were not read yet.

    Screenshots and documents first. Of a phone these alone: the others would have to be fetched a second time.

    Attributes:
        retry_failed: also those that could not be read before.
    """

    sources: list[SourceSpec]
    retry_failed: bool = False


class EmbedRequest(Request, tag="embed", frozen=True, kw_only=True):
    """Encode the picture in a file, to search by it. For an indexing process, which has the image model."""

    path: bytes


class PictureVector(msgspec.Struct, frozen=True, kw_only=True):
    """A picture to search by: its vector in the space of ``model``, as it is stored, and its content's hash."""

    model: str
    vector: bytes
    content: bytes


class SearchRequest(Request, tag="search", frozen=True, kw_only=True):
    """Rank photos for ``text``, or for the photo ``like`` (its stored vector), best first.

    Attributes:
        text: words, or anything of the query language (`pocketlens.query`). Filters alone give the newest first.
        picture: to be compared with, in the place of ``like`` and of what ``text`` says of that.
        albums: only photos of these albums (by name, or by the source's label); empty means all.
    """

    text: str = ""
    like: int | None = None
    picture: PictureVector | None = None
    top: int = 50
    albums: list[str] = []


class CancelRequest(Request, tag="cancel", frozen=True, kw_only=True):
    """Stop the request ``target`` after the photo in hand; it still ends with its own final event."""

    target: int


class PauseRequest(Request, tag="pause", frozen=True, kw_only=True):
    """Pause (or, with ``paused=False``, resume) the indexing job that is running."""

    paused: bool = True


class ShutdownRequest(Request, tag="shutdown", frozen=True, kw_only=True):
    """End the process once what is running has been cancelled. End of input means the same."""


AnyRequest = IndexRequest | ReadRequest | EmbedRequest | SearchRequest | CancelRequest | PauseRequest | ShutdownRequest


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """``request`` is None for what no request asked for (Hello)."""

    seq: int = -1
    request: int | None = None


class Hello(Event, tag="hello", frozen=True, kw_only=True):
    """The first event: who the engine is. A client refuses another protocol or version."""

    version: str
    protocol: int
    role: Role
    model: str
    dimension: int
    platform: str
    pid: int


class Progress(Event, tag="progress", frozen=True, kw_only=True):
    """How far an indexing or a reading job is.

    Attributes:
        done, total: photos of this stage, bytes while installing; ``total`` is None while listing.
        failed: photos found unreadable in this job so far.
        rate: photos a second over the last seconds, None before the first measurement.
        eta_s: seconds left at that rate.
        paused: why the job waits: "asked", the source's own reason ("unplugged", "unauthorized", …), or what a phone
            that encodes needs ("hot", "low-battery"); None when it does not.
    """

    stage: Stage
    done: int
    total: int | None
    failed: int = 0
    rate: float | None = None
    eta_s: float | None = None
    paused: str | None = None


class PhotoFailed(Event, tag="photo-failed", frozen=True, kw_only=True):
    """One photo could not be read; the job goes on. ``path`` is relative to its source."""

    source: SourceSpec
    path: bytes
    code: str
    reason: str


class Indexed(Event, tag="indexed", frozen=True, kw_only=True):
    """The final event of an indexing job. ``cancelled`` jobs keep all they committed.

    ``on_phone``: how many of the photos were encoded by the phone itself.
    """

    added: int
    changed: int
    moved: int
    removed: int
    unchanged: int
    unreadable: int
    elapsed_s: float
    cancelled: bool = False
    on_phone: int = 0


class TextsRead(Event, tag="texts-read", frozen=True, kw_only=True):
    """The final event of a reading job. ``cancelled`` jobs keep all they committed.

    Attributes:
        read: contents that were read, ``with_words`` of them show some; failed: contents that could not be.
    """

    read: int
    with_words: int
    failed: int
    elapsed_s: float
    cancelled: bool = False


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One photo of a ranking.

    Attributes:
        score: cosine of query and photo, -1..1. Comparable within one query only.
        strength: 0..1, how far the photo stands out from this query's ordinary photos.
        path: bytes relative to the source; ``location`` is the whole place, fit to show and, for a folder, to open.
        taken_at: seconds since 1970, local time of the photo as if it were UTC; None when unknown.
        copies: how many photos this hit stands for (1 = only itself): itself, copies of it, and of its burst.
        duration_ms: of a video; None for a photo.
        motion: whether it is a photo with a few seconds' video in it.
        at_ms: when the frame of a video that matches best is; None for a photo, and where nothing was compared.
        members: the others of them by their ids, the best picture first.
        found_text: where the photo shows the words that were asked for: the first of them with what is around it.
        place, place_zh: the city it was taken in, empty where that is unknown or has no Chinese name.
        weak: whether it stands out so little, or so much less than the best one, that it is rather not meant.
        favourite: whether the person marked it.
    """

    photo: int
    score: float
    strength: float
    source: SourceSpec
    path: bytes
    location: str
    album: str
    taken_at: int | None = None
    width: int = 0
    height: int = 0
    copies: int = 1
    thumbnail: bytes = b""
    weak: bool = False
    favourite: bool = False
    members: list[int] = []
    place: str = ""
    place_zh: str = ""
    found_text: str = ""
    duration_ms: int | None = None
    at_ms: int | None = None
    motion: bool = False


class Embedded(Event, tag="embedded", frozen=True, kw_only=True):
    """The final event of an `EmbedRequest`. ``thumbnail``: a small JPEG of it."""

    picture: PictureVector
    thumbnail: bytes = b""


class Results(Event, tag="results", frozen=True, kw_only=True):
    """The final event of a search. ``considered`` is how many photos were compared."""

    hits: list[Hit]
    considered: int
    encode_ms: float
    search_ms: float


class Failed(Event, tag="failed", frozen=True, kw_only=True):
    """The final event of a request that could not be carried out: a typed error on the wire."""

    code: str
    what: str
    thing: str = ""
    remedy: str = ""


class Goodbye(Event, tag="goodbye", frozen=True, kw_only=True):
    """The last line of an engine that ends in good order."""


AnyEvent = Hello | Progress | PhotoFailed | Indexed | TextsRead | Embedded | Results | Failed | Goodbye
#: Events after which nothing more comes for their request.
FINAL_EVENTS: Final = (Indexed, TextsRead, Embedded, Results, Failed)
