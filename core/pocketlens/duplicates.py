"""Photos that are there more than once: copies, the same picture saved again, and bursts. Nothing is deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from pocketlens.catalogue import Catalogue, PhotoRow, PhotoState
from pocketlens.likeness import VectorsOf, burst_pairs, copy_pairs, joined
from pocketlens.protocol import SourceSpec
from pocketlens.sqlite_file import reported
from pocketlens.vectors import VectorSet


class Likeness(StrEnum):
    """Why photos are reported together. The values are typed and written: they stay as they are."""

    EXACT = "exact"
    NEAR = "near"
    BURST = "burst"


class DuplicateGroup(msgspec.Struct, frozen=True):
    """Two photos or more that are alike.

    Copies come by date, then by path, as do the photos of a burst; of pictures saved again the best comes first.
    """

    likeness: Likeness
    photos: tuple[PhotoRow, ...]

    @property
    def spare_bytes(self) -> int:
        """What all but the largest of them take on disk."""
        sizes = [photo.size for photo in self.photos]
        return sum(sizes) - max(sizes)


def picture_quality(photo: PhotoRow) -> tuple[int, int, int]:
    """Orders what shows the same: more pixels are better, then more bytes, then what came first."""
    return (photo.width or 0) * (photo.height or 0), photo.size, -photo.id


def stacked(photos: Sequence[PhotoRow], vectors: VectorsOf, *, most_compared: int) -> list[list[int]]:
    """Ranked photos as stacks of what is alike: places in the ranking, the stacks and what is in them best first.

    Args:
        vectors: of places in the ranking.
        most_compared: so many of the best are looked at for more than exact copies.
    """
    place_of: dict[bytes, int] = {}
    copies = [(place_of.setdefault(photo.content_hash or b"", place), place) for place, photo in enumerate(photos)]
    # Of copies the first stands for all.
    places = np.array([place for first, place in copies if first == place][:most_compared], np.intp)
    some = [photos[place] for place in places]

    def of_some(chosen: NDArray[np.intp]) -> NDArray[np.float32]:
        return vectors(places[chosen])

    alike = [
        places[pairs].tolist()
        for pairs in (
            copy_pairs([photo.fingerprint for photo in some], [_shot_at(photo) for photo in some], of_some),
            burst_pairs(_times(some), of_some),
        )
    ]
    return joined(len(photos), [*copies, *alike[0], *alike[1]])


def _shot_at(photo: PhotoRow) -> int | None:
    # A photo without a camera may have the date of whatever saved it.
    return photo.taken_at if photo.camera else None


def _times(photos: Sequence[PhotoRow]) -> list[tuple[int, int] | None]:
    sources: dict[SourceSpec, int] = {}
    return [
        None
        if photo.taken_at is None or photo.duration_ms is not None
        else (sources.setdefault(photo.source, len(sources)), photo.taken_at)
        for photo in photos
    ]


def exact_duplicates(catalogue: Catalogue) -> Iterator[DuplicateGroup]:
    """Photos with the same content, byte by byte, by what the copies take on disk, most first."""
    with reported(catalogue.path):
        hashes = catalogue.connection.execute(
            "SELECT content_hash FROM photos WHERE state = ? AND missing = 0 GROUP BY content_hash"
            " HAVING count(*) > 1 ORDER BY (count(*) - 1) * max(size) DESC, content_hash",
            (PhotoState.READY,),
        ).fetchall()
        for (content_hash,) in hashes:
            rows = catalogue.connection.execute(
                "SELECT id FROM photos WHERE content_hash = ? AND state = ? AND missing = 0 ORDER BY taken_at, path",
                (content_hash, PhotoState.READY),
            )
            yield DuplicateGroup(Likeness.EXACT, _photos(catalogue, [ident for (ident,) in rows.fetchall()]))


def near_duplicates(catalogue: Catalogue, vectors: VectorSet) -> Iterator[DuplicateGroup]:
    """The same picture saved again: resized, recompressed, in another format. Of exact copies only the first counts.

    By what all but the largest take on disk, most first.
    """
    with reported(catalogue.path):
        rows = catalogue.connection.execute(
            "SELECT min(id), fingerprint, iif(camera IS NULL, NULL, taken_at) FROM photos"
            " WHERE state = ? AND missing = 0 GROUP BY content_hash ORDER BY 1",
            (PhotoState.READY,),
        ).fetchall()
    idents = np.array([ident for ident, _, _ in rows], np.int64)
    pairs = copy_pairs([one for _, one, _ in rows], [at for _, _, at in rows], _vectors_of(idents, vectors))
    groups = [_photos(catalogue, [int(idents[place]) for place in group]) for group in _of_two(len(rows), pairs)]
    found = [
        DuplicateGroup(Likeness.NEAR, tuple(sorted(photos, key=picture_quality, reverse=True))) for photos in groups
    ]
    yield from sorted(found, key=lambda group: -group.spare_bytes)


def bursts(catalogue: Catalogue, vectors: VectorSet) -> Iterator[DuplicateGroup]:
    """Photos of one source, each taken `likeness.BURST_SECONDS` after the one before at most and much like it.

    Of copies only the first counts. Photos without a date are in no burst: a file's own time is often that of a copy.
    """
    with reported(catalogue.path):
        rows = catalogue.connection.execute(
            "SELECT min(id), source, taken_at FROM photos"
            " WHERE state IN (?, ?) AND missing = 0 AND taken_at IS NOT NULL AND duration_ms IS NULL"
            " GROUP BY source, content_hash ORDER BY source, taken_at, path",
            (PhotoState.READY, PhotoState.PROVISIONAL),
        ).fetchall()
    idents = np.array([ident for ident, _, _ in rows], np.int64)
    pairs = burst_pairs([(source, taken) for _, source, taken in rows], _vectors_of(idents, vectors))
    for group in _of_two(len(rows), pairs):
        yield DuplicateGroup(Likeness.BURST, _photos(catalogue, [int(idents[place]) for place in group]))


_FINDERS: Final[dict[Likeness, Callable[[Catalogue, VectorSet], Iterable[DuplicateGroup]]]] = {
    Likeness.EXACT: lambda catalogue, _: exact_duplicates(catalogue),
    Likeness.NEAR: near_duplicates,
    Likeness.BURST: bursts,
}


def all_duplicates(
    catalogue: Catalogue, vectors: VectorSet, likenesses: Iterable[Likeness] = tuple(Likeness)
) -> list[DuplicateGroup]:
    """Groups of each likeness asked for, in the order of `Likeness`. What is near is not told as a burst once more."""
    wanted = set(likenesses)
    groups = [group for likeness in Likeness if likeness in wanted for group in _FINDERS[likeness](catalogue, vectors)]
    near = [{photo.id for photo in group.photos} for group in groups if group.likeness is Likeness.NEAR]
    return [
        group
        for group in groups
        if group.likeness is not Likeness.BURST or not any({photo.id for photo in group.photos} <= one for one in near)
    ]


def _of_two(count: int, pairs: NDArray[np.intp]) -> list[list[int]]:
    return [group for group in joined(count, pairs.tolist()) if len(group) > 1]


def _vectors_of(idents: NDArray[np.int64], vectors: VectorSet) -> VectorsOf:
    rows = vectors.rows_of(idents)
    return lambda places: vectors.at(rows[places])


def _photos(catalogue: Catalogue, idents: list[int]) -> tuple[PhotoRow, ...]:
    return tuple(photo for ident in idents if (photo := catalogue.photo(ident)) is not None)
