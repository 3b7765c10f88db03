"""The HNSW graph over a large album's vectors, kept by usearch in a file derived from the catalogue.

Up to `EXACT_LIMIT` photos there is none: all are compared, or those with like signs (`VectorSet.likely`). Above it the
graph proposes candidates, which are then scored exactly; vectors that came after the graph was made are all compared,
so nothing new is ever missed.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pocketlens.catalogue import Catalogue
from pocketlens.errors import VectorFileDamaged
from pocketlens.packed_vectors import packed_numbers
from pocketlens.sealed import Seal, open_sealed, replacing_derived, write_seal
from pocketlens.session import onnxruntime
from pocketlens.vectors import NO_PHOTO, VectorModel, VectorSet

#: Photos above which there is a graph. Words lie apart from all photos, where graphs are at their worst: among 200,000
#: vectors made of real photos' it finds .976 of the ten best in 3 ms, and for one query in ninety none of them, when
#: like signs find .991 in 4 (tests/bench/search_peers.py). Those take time in proportion: 10 ms here, 20 at a million.
EXACT_LIMIT = 500_000

#: The graph is made again when this share of the vectors came after it, or left: an HNSW graph does not shrink, and
#: usearch's recall@10 fell from .96 to .77 when half of one was removed and added again.
_REBUILD_SHARE = 0.1

# usearch's own defaults but for the search: recall@10 is .85 with 128, .94 with 512, .976 with 1,024, .983 with 2,048.
_CONNECTIVITY = 16
_EXPANSION_ADD = 128
_EXPANSION_SEARCH = 1024
#: Vectors added between two looks at whether to go on: a second's worth.
_ADDED_AT_A_TIME = 1000
# With 128, as at first, some are lost in the same way every time; with this once was enough for 200,000.
_EXPANSION_RECONNECT = 1024
_RECONNECTED_AT_MOST = 3


class PhotoGraph:
    """The graph over the first rows of a `VectorSet`, opened for searching."""

    def __init__(self, index: Any, seal: Seal, content: NDArray[np.uint8]) -> None:
        """``index``: a usearch index over the mapped ``content``, whose keys are ``vectors.id``."""
        self._index = index
        # usearch keeps an address, no reference: unmapped under it, the process would crash.
        self._content = content
        self._last = seal.last
        self._count = seal.count

    def covered(self, vectors: VectorSet) -> int:
        """How many of the rows, from the first, are in the graph: it was made of all there were then."""
        return int(np.searchsorted(vectors.keys, self._last, side="right"))

    def behind(self, vectors: VectorSet) -> int:
        """How many vectors came after the graph, or have left it, whichever is more."""
        covered = self.covered(vectors)
        still_there = int(np.count_nonzero(vectors.ids[:covered] != NO_PHOTO))
        return max(len(vectors.ids) - covered, self._count - still_there)

    def candidates(self, vectors: VectorSet, query: NDArray[np.float32], count: int) -> NDArray[np.intp]:
        """Rows worth scoring, ascending: some ``count`` that the graph proposes, and all that came after it."""
        covered = self.covered(vectors)
        proposed = np.sort(np.asarray(self._index.search(packed_numbers(query), count).keys, np.int64))
        rows = np.searchsorted(vectors.keys[:covered], proposed)
        rows = rows[rows < covered]
        found = rows[np.isin(vectors.keys[rows], proposed)]
        return np.concatenate([np.unique(found), np.arange(covered, len(vectors.keys))])


def graph_file(folder: Path, model: VectorModel) -> Path:
    return model.file(folder).with_suffix(".usearch")


def open_graph(catalogue: Catalogue, model: VectorModel, folder: Path) -> PhotoGraph | None:
    """The graph, mapped read-only; None when there is none that can be used."""
    try:
        seal, body = open_sealed(graph_file(folder, model), model.origin(catalogue))
        # A buffer rather than the path: the seal comes after it, and usearch trusts whatever it maps.
        index = _usearch().Index.restore(body.data, view=True, expansion_search=_EXPANSION_SEARCH)
    except (VectorFileDamaged, RuntimeError):
        return None
    return PhotoGraph(index, seal, body) if index is not None and len(index) == seal.count else None


def refresh_graph(
    vectors: VectorSet,
    catalogue: Catalogue,
    model: VectorModel,
    folder: Path,
    *,
    go_on: Callable[[], None] = lambda: None,
    exact_limit: int = EXACT_LIMIT,
) -> bool:
    """Make the graph when the album is large and the file is missing, damaged or far behind.

    A small album's graph, left from when it was large, is removed.

    Args:
        go_on: called every second or so while the graph is made; raising stops it.

    Returns:
        Whether the graph was made.

    Raises:
        StorageFull: the old file, if any, is as it was.
    """
    path = graph_file(folder, model)
    if len(vectors.ids) <= exact_limit:
        path.unlink(missing_ok=True)
        return False
    graph = open_graph(catalogue, model, folder)
    if graph is not None and graph.behind(vectors) <= _REBUILD_SHARE * len(vectors.ids):
        return False
    with replacing_derived(path) as file:
        index = _build(vectors, model, go_on)
        # usearch writes by name, in place.
        index.save(file.name)
        checksum = zlib.crc32(np.memmap(file.name, np.uint8, "r").data)
        file.seek(0, 2)
        origin = model.origin(catalogue)
        write_seal(file, Seal(origin=origin, count=len(index), last=vectors.last, checksum=checksum))
    return True


def _build(vectors: VectorSet, model: VectorModel, go_on: Callable[[], None]) -> Any:
    index = _usearch().Index(
        ndim=model.dimension,
        metric="cos",
        dtype="i8",
        connectivity=_CONNECTIVITY,
        expansion_add=_EXPANSION_ADD,
        expansion_search=_EXPANSION_SEARCH,
    )
    start = 0
    for block in vectors.blocks:
        for first in range(0, len(block), _ADDED_AT_A_TIME):
            go_on()
            rows = slice(first, min(first + _ADDED_AT_A_TIME, len(block)))
            keys = vectors.keys[start + rows.start : start + rows.stop]
            counts = vectors.ids[start + rows.start : start + rows.stop] != NO_PHOTO
            index.add(keys[counts].astype(np.uint64), block.numbers[rows][counts])
        start += len(block)
    if len(index):
        _reconnect(index, vectors, go_on)
    return index


def _reconnect(index: Any, vectors: VectorSet, go_on: Callable[[], None]) -> None:
    """Add again, one after the other, what no search can reach.

    usearch adds on all cores, and vectors that are added at the same time do not always link to each other: one in a
    thousand was reached from nowhere, where one thread alone leaves none. Looking for them took .02 s of 20,000.
    """
    index.expansion_add = _EXPANSION_RECONNECT
    for _ in range(_RECONNECTED_AT_MOST):
        go_on()
        everything = np.asarray(index.keys)
        reached = index.search(np.ones(index.ndim, np.int8), len(index)).keys
        lost = np.setdiff1d(everything, reached)
        if not len(lost):
            return
        index.remove(lost)
        rows = np.searchsorted(vectors.keys, lost.astype(np.int64))
        index.add(lost, vectors.taken(rows).numbers, threads=1)


def _usearch() -> Any:
    # onnxruntime 1.28 crashes while it is imported after usearch 2.26; the other way round both work.
    onnxruntime()
    from usearch import index

    return index
