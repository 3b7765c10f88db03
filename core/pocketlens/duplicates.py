"""Photos that are there more than once: the same content, or much the same moments later. Nothing is deleted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from pocketlens.catalogue import Catalogue, PhotoRow, PhotoState, reported
from pocketlens.vectors import VectorSet

#: Each photo of a burst comes within so many seconds of the one before. Chosen, not measured: as long as it takes to
#: try a shot again.
BURST_SECONDS = 10
#: Photos of a burst have at least this cosine with the one before. Measured with the starter model: 150 photos moved by
#: 4 %, turned by 3° and lit by 15 % more, as hands do, had 0.95 with themselves at the 10th percentile and 0.92 at the
#: 5th; of all pairs among 3,232 different photos 0.1 % had 0.91 and 0.01 % had 0.96.
BURST_COSINE = 0.93


class Likeness(StrEnum):
    """Why photos are reported together."""

    EXACT = "exact"
    NEAR = "near"


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Two photos or more that are alike, in the order in which they came: by date, then by path."""

    likeness: Likeness
    photos: tuple[PhotoRow, ...]

    @property
    def spare_bytes(self) -> int:
        """What all but the largest of them take on disk."""
        sizes = [photo.size for photo in self.photos]
        return sum(sizes) - max(sizes)


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
    """Bursts: photos of one source, each taken `BURST_SECONDS` after the one before at most and much like it.

    Of copies only the first counts. Photos without a date are in no burst: a file's own time is often that of a copy.
    """
    burst: list[int] = []
    for ident, follows in _in_order_of_time(catalogue, vectors):
        if not follows:
            if len(burst) > 1:
                yield DuplicateGroup(Likeness.NEAR, _photos(catalogue, burst))
            burst = []
        burst.append(ident)
    if len(burst) > 1:
        yield DuplicateGroup(Likeness.NEAR, _photos(catalogue, burst))


def _in_order_of_time(catalogue: Catalogue, vectors: VectorSet) -> Iterator[tuple[int, bool]]:
    """Photos by source and time, and whether each goes on with the one before."""
    with reported(catalogue.path):
        rows = catalogue.connection.execute(
            "SELECT min(id), source, taken_at FROM photos"
            " WHERE state IN (?, ?) AND missing = 0 AND taken_at IS NOT NULL"
            " GROUP BY source, content_hash ORDER BY source, taken_at, path",
            (PhotoState.READY, PhotoState.PROVISIONAL),
        ).fetchall()
    before: tuple[int, int, int] | None = None
    for ident, source, taken_at in rows:
        soon = before is not None and before[1] == source and taken_at - before[2] <= BURST_SECONDS
        yield ident, soon and before is not None and _alike(vectors, before[0], ident)
        before = (ident, source, taken_at)


def _alike(vectors: VectorSet, one: int, other: int) -> bool:
    first, second = vectors.vector(one), vectors.vector(other)
    return first is not None and second is not None and float(np.dot(first, second)) >= BURST_COSINE


def _photos(catalogue: Catalogue, idents: list[int]) -> tuple[PhotoRow, ...]:
    return tuple(photo for ident in idents if (photo := catalogue.photo(ident)) is not None)


def all_duplicates(catalogue: Catalogue, vectors: VectorSet) -> list[DuplicateGroup]:
    """Exact ones first, then bursts."""
    return [*exact_duplicates(catalogue), *near_duplicates(catalogue, vectors)]
