"""Text-to-photo recall on a captioned set that lies on this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from pocketlens.errors import AlbumMissing, QueryInvalid
from pocketlens_models.verify.agreement import Vectors, unit

CUTS: Final = (1, 5, 10)


class CaptionedPhoto(msgspec.Struct, frozen=True):
    """One line of a captioned set: a name relative to the set's file or to a folder ``photos`` there, and captions."""

    file: str
    en: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()


class Recall(msgspec.Struct, frozen=True, kw_only=True):
    """Share, 0..100, of captions whose own photo is among the first 1, 5 and 10 of ``photos``."""

    language: str
    photos: int
    captions: int
    r1: float
    r5: float
    r10: float


def read_captions(path: Path) -> list[tuple[Path, CaptionedPhoto]]:
    """The photos of a set and their captions; photos that are not there are left out.

    Args:
        path: JSON lines, each a `CaptionedPhoto`; other fields are ignored.

    Raises:
        AlbumMissing: no such file, or none of its photos is there.
        QueryInvalid: a line is not what it should be.
    """
    if not path.is_file():
        raise AlbumMissing("There is no captioned set there.", thing=str(path))
    try:
        lines = [
            msgspec.json.decode(line, type=CaptionedPhoto) for line in path.read_bytes().splitlines() if line.strip()
        ]
    except msgspec.DecodeError as error:
        raise QueryInvalid(f"A line of the captioned set is not valid: {error}.", thing=str(path)) from error
    found = []
    for line in lines:
        for place in (path.parent / line.file, path.parent / "photos" / line.file):
            if place.is_file():
                found.append((place, line))
                break
    if not found:
        raise AlbumMissing("None of the photos of the captioned set is there.", thing=str(path))
    return found


def caption_recall(
    language: str,
    photos: Vectors,
    captions: Sequence[tuple[int, str]],
    encode: Callable[[str], npt.NDArray[np.float32]],
) -> Recall:
    """Recall of captions of one language.

    Args:
        photos: float32 (N, d), the embeddings of all photos, distractors among them.
        captions: for each, the row of its photo and its text.
        encode: a text to its embedding.
    """
    gallery = unit(photos)
    queries = unit(np.stack([encode(text) for _, text in captions]))
    scores = queries @ gallery.T
    own = scores[np.arange(len(captions)), [row for row, _ in captions]]
    # A tie with another photo counts against the caption, so that a constant encoder scores nothing.
    ranks = (scores >= own[:, None]).sum(axis=1)
    r1, r5, r10 = (100.0 * float((ranks <= cut).mean()) for cut in CUTS)
    return Recall(language=language, photos=len(gallery), captions=len(captions), r1=r1, r5=r5, r10=r10)
