"""The work of an indexing job: a photo to be read and why, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from pocketlens.metadata import PhotoMetadata


class Why(Enum):
    """Why a photo is read."""

    NEW = auto()  # never looked at before
    CHANGED = auto()  # another size or time than when it was
    AGAIN = auto()  # as it was, but without a vector of this model or a thumbnail, or to be tried once more


@dataclass(frozen=True, slots=True)
class Work:
    """A photo that is to be read.

    Attributes:
        preview: its preview would do in a fast job. Not where the whole photo was read already, which a preview
            would only make worse, nor where only the whole tells that this is a known photo at another place.
    """

    photo: int
    path: bytes
    why: Why
    preview: bool


@dataclass(frozen=True, slots=True)
class EncodedContent:
    """What a photo's bytes give.

    Attributes:
        vector: see `pocketlens.packed_vectors.packed`.
        thumbnail: a JPEG; None when the thumbnail store has it.
        fingerprint: see `pocketlens.fingerprint`; None when it is not known yet.
        frames: of a video, the moment of each of its frames in milliseconds and its vector; ``vector`` is their mean.
    """

    metadata: PhotoMetadata
    vector: bytes
    thumbnail: bytes | None = None
    fingerprint: bytes | None = None
    frames: tuple[tuple[int, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class ReadPhoto:
    """A photo that was read.

    Attributes:
        provisional: what was read is its preview: ``content_hash`` is the preview's, its dimensions say nothing.
    """

    work: Work
    content_hash: bytes
    encoded: EncodedContent
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class UnreadPhoto:
    """A photo that cannot be read, and why."""

    work: Work
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class GonePhoto:
    """A photo that was listed and has vanished since."""

    work: Work


Outcome = ReadPhoto | UnreadPhoto | GonePhoto


@dataclass(frozen=True, slots=True)
class Written:
    """What a batch came to, in photos. Each counts in one of the first three, or in none when it was read again."""

    added: int = 0
    changed: int = 0
    moved: int = 0
    unreadable: int = 0
