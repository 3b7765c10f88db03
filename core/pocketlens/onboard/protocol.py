"""What a client and the relay on the phone say to each other: a line of JSON each way, a question and its answer.

The relay greets first (`Greeting`); a client refuses another version. Events of the job come with their ``seq``, so
that a client that was cut off asks for what it missed.
"""

from __future__ import annotations

import hashlib
from typing import Final, Literal

import msgspec

from pocketlens.content import HASH_BYTES
from pocketlens.metadata import PhotoMetadata
from pocketlens.protocol import Failed, Indexed, PhotoFailed, Progress

#: Rows collected at a time: some 12 KB each with its thumbnail, well below `LONGEST_LINE`.
MOST_ROWS: Final = 200
#: Photos of an order in one line.
ORDER_CHUNK: Final = 2000
#: Pixels of a side. No decoder gives more.
_LONGEST_SIDE: Final = 1 << 24
#: The years 1 to 9999, as seconds since 1970.
_TIMES: Final = range(-62_135_596_800, 253_402_300_800)


class OrderedPhoto(msgspec.Struct, frozen=True, array_like=True):
    """A photo the job is to read: its path relative to the phone's storage, and what the PC's listing says of it."""

    path: bytes
    size: int
    mtime_ns: int


class Question(msgspec.Struct, frozen=True, kw_only=True, tag_field="ask"):
    """What a client asks of the relay."""


class AddToOrder(Question, tag="order", frozen=True, kw_only=True):
    """Add photos to the order that `StartJob` hands out."""

    photos: list[OrderedPhoto]


class StartJob(Question, tag="start", frozen=True, kw_only=True):
    """Start a job with the order so far. ``threads``: encoding workers; None lets the job choose for a phone."""

    threads: int | None = None


class Poll(Question, tag="poll", frozen=True, kw_only=True):
    """Ask for news: events of ``job`` after number ``since``, and up to ``rows`` rows of the outbox."""

    job: str = ""
    since: int = -1
    rows: int = MOST_ROWS


class Release(Question, tag="release", frozen=True, kw_only=True):
    """These rows are committed on the PC: the phone need not keep them."""

    rows: list[int]


class Steer(Question, tag="steer", frozen=True, kw_only=True):
    """Pause, resume or cancel the running job, or kill one that does not answer."""

    to: Literal["pause", "resume", "cancel", "kill"]


AnyQuestion = AddToOrder | StartJob | Poll | Release | Steer


class Answer(msgspec.Struct, frozen=True, kw_only=True, tag_field="answer"):
    """What the relay says."""


class Greeting(Answer, tag="greeting", frozen=True, kw_only=True):
    """The first line: who is there."""

    version: str
    protocol: int
    model: str
    platform: str


class Done(Answer, tag="done", frozen=True, kw_only=True):
    """It was done, and there is nothing more to tell."""


class Refused(Answer, tag="refused", frozen=True, kw_only=True):
    """It could not be done: a typed error on the wire."""

    code: str
    what: str
    thing: str = ""
    remedy: str = ""


JobEvent = Progress | PhotoFailed | Indexed | Failed


class SettledRow(msgspec.Struct, frozen=True, array_like=True):
    """A photo that the job has decided about.

    Attributes:
        row: its number in the outbox.
        vector: see `pocketlens.packed_vectors.packed`; empty for a photo that could not be read.
        code, reason: why it could not be read; empty for one that was.
        fingerprint: see `pocketlens.fingerprint`; None for one that could not be read.
    """

    row: int
    path: bytes
    size: int
    mtime_ns: int
    content_hash: bytes = b""
    metadata: PhotoMetadata | None = None
    vector: bytes = b""
    thumbnail: bytes | None = None
    code: str = ""
    reason: str = ""
    fingerprint: bytes | None = None


def is_sound(row: SettledRow, dimension: int) -> bool:
    """Whether an engine whose vectors have ``dimension`` numbers can have made this of a photo.

    A phone may hand over anything, and one vector of another length would keep the whole album from being searched.
    """
    # They take numpy: the relay, which imports this module too, starts without it.
    from pocketlens import packed_vectors
    from pocketlens.fingerprint import FINGERPRINT_BYTES, NO_FINGERPRINT

    about = row.metadata
    if about is None:
        return not row.vector
    if not packed_vectors.is_sound(row.vector, dimension) or len(row.content_hash) != HASH_BYTES:
        return False
    if row.fingerprint is not None and len(row.fingerprint) not in (len(NO_FINGERPRINT), FINGERPRINT_BYTES):
        return False
    return _can_be(about)


def _can_be(about: PhotoMetadata) -> bool:
    if not (0 < about.width <= _LONGEST_SIDE and 0 < about.height <= _LONGEST_SIDE):
        return False
    if about.taken_at is not None and about.taken_at not in _TIMES:
        return False
    if about.latitude is None or about.longitude is None:
        return about.latitude is about.longitude
    return abs(about.latitude) <= 90 and abs(about.longitude) <= 180


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """Rows with a hash over them, so that what was garbled on the way is never committed."""

    data: bytes
    digest: bytes

    @classmethod
    def of(cls, rows: list[SettledRow]) -> Parcel:
        data = msgspec.msgpack.encode(rows)
        return cls(data=data, digest=_digest(data))

    def rows(self) -> list[SettledRow]:
        """The rows.

        Raises:
            ValueError: they are not what was sent.
        """
        if _digest(self.data) != self.digest:
            raise ValueError("the rows do not match their hash")
        return msgspec.msgpack.decode(self.data, type=list[SettledRow])


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()


class JobStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A job on the phone.

    Attributes:
        job: its name, new with every start.
        running: whether its process is there.
        silent_s: seconds since its last heartbeat.
        last: the number of its newest event, -1 before the first.
    """

    job: str
    running: bool
    silent_s: float
    last: int


class News(Answer, tag="news", frozen=True, kw_only=True):
    """The answer to `Poll`. ``job`` is None when none was ever started; ``waiting`` rows are left in the outbox."""

    job: JobStatus | None
    events: list[JobEvent]
    parcel: Parcel
    waiting: int


AnyAnswer = Greeting | Done | Refused | News


def phone_workers(cores: int) -> int:
    """Encoding workers that leave the phone usable: half its cores, four at most.

    Phones have four slow and four fast cores or the like; more workers than fast cores make each photo slower. Not
    measured on a phone.
    """
    return max(1, min(4, cores // 2))
