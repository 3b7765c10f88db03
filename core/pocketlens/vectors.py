"""The vectors of one model, ready to be compared: a file derived from the catalogue, and what came since.

The file holds the vectors' ids and their photos' (int64 each), the vectors as `packed_vectors` has them and the signs
of their numbers (one bit a dimension). It is mapped into memory, so that opening 200,000 vectors costs little, and
their pages are shared and given back under pressure.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import numpy as np
from numpy.typing import NDArray

from pocketlens.catalogue import Catalogue
from pocketlens.errors import CatalogueDamaged, VectorFileDamaged
from pocketlens.packed_vectors import PackedVectors, differing_signs, joined, signs_of, unpacked
from pocketlens.sealed import Origin, Seal, damaged, open_sealed, replacing_derived, write_seal
from pocketlens.sqlite_file import REPAIR, reported

_ROWS_A_READ = 2048

#: The file is made again when what came since exceeds this share of it (and `_LEAST_REBUILD` rows). Below that,
#: reading the rest from SQLite at the start of a search costs less than rewriting the file after every job.
_REBUILD_SHARE = 0.05
_LEAST_REBUILD = 1000

#: Vectors that stand for the ordinary photos' where not all are scored.
_SAMPLE = 2_000

#: The photo of a row whose vector was replaced since: none.
NO_PHOTO = -1


class VectorModel(msgspec.Struct, frozen=True):
    """Which vectors: the model's key, its preprocessing version and its dimension."""

    key: str
    preprocessing: int
    dimension: int

    def file(self, folder: Path) -> Path:
        return folder / f"{self.key}-{self.preprocessing}.vectors"

    def row(self, catalogue: Catalogue) -> int | None:
        """The model's id in the catalogue, None when nothing was indexed with it."""
        with reported(catalogue.path):
            found = catalogue.connection.execute(
                "SELECT id FROM models WHERE key = ? AND preprocessing = ?", (self.key, self.preprocessing)
            ).fetchone()
        return int(found[0]) if found else None

    def origin(self, catalogue: Catalogue) -> Origin:
        return Origin(
            catalogue=catalogue.identity(),
            model=self.key,
            preprocessing=self.preprocessing,
            dimension=self.dimension,
        )


class VectorSet(msgspec.Struct, frozen=True, dict=True):
    """The vectors of one model, as they were when they were read. A photo deleted since is still among them.

    Attributes:
        keys: (n,) int64, the vectors' own ids, ascending: a photo that is edited gets a new vector under a new one.
        ids: (n,) int64, the photos; `NO_PHOTO` for a row that counts no more. A photo is there once.
        blocks: the vectors, which together match ``ids``.
        signs: of each block, see `packed_vectors.signs_of`; empty when nobody is going to ask for `likely`.
    """

    keys: NDArray[np.int64]
    ids: NDArray[np.int64]
    blocks: tuple[PackedVectors, ...]
    signs: tuple[NDArray[np.uint64], ...] = ()

    @property
    def last(self) -> int:
        """Greatest of ``keys``: equal `newest` means that nothing has come since."""
        return int(self.keys[-1]) if len(self.keys) else 0

    @cached_property
    def counting(self) -> NDArray[np.intp]:
        """The rows of photos, ascending: all but `NO_PHOTO`'s."""
        return np.flatnonzero(self.ids != NO_PHOTO)

    @cached_property
    def sample(self) -> PackedVectors:
        """Some vectors whose scores stand for the whole album's."""
        rows = np.linspace(0, len(self.ids) - 1, _SAMPLE).astype(np.intp)
        return self.taken(rows)

    def scores(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cosine of every row with the unit vector ``query`` (dimension,): (n,) float32 in the order of ``ids``."""
        return np.concatenate([np.empty(0, np.float32), *(block.cosines(query) for block in self.blocks)])

    def likely(self, query: NDArray[np.float32], count: int, among: NDArray[np.intp]) -> NDArray[np.intp]:
        """Some ``count`` of the rows ``among``, ascending, that hold nearly all of those most like ``query``.

        They agree with it in the signs of most dimensions: the angle between two vectors is near the share of signs in
        which they differ, times pi (Charikar 2002, for random directions; embeddings' own do as well). That reads 64
        bytes a photo instead of 512. What is found is to be scored; ``tests/bench/search_peers.py`` has the recall.
        """
        if count >= len(among):
            return among
        differing = np.concatenate([differing_signs(signs, query) for signs in self.signs])
        if len(among) < len(differing):
            differing = differing[among]
        enough: NDArray[np.intp] = among[differing <= np.partition(differing, count)[count]]
        return enough

    def scores_of(self, rows: NDArray[np.intp], query: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cosine of some rows, given in ascending order, with the unit vector ``query``."""
        return self.taken(rows).cosines(query)

    def taken(self, rows: NDArray[np.intp]) -> PackedVectors:
        """The vectors of some rows, given in ascending order."""
        parts = []
        start = 0
        for block in self.blocks:
            parts.append(block[rows[(rows >= start) & (rows < start + len(block))] - start])
            start += len(block)
        return joined(parts)

    def at(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """The vectors of some rows, in any order: (n, dimension) float32, of unit length.

        A row of -1 gives zeros, which are like nothing.
        """
        found = np.zeros((len(rows), self.blocks[0].numbers.shape[1]), np.float32)
        start = 0
        for block in self.blocks:
            inside = (rows >= start) & (rows < start + len(block))
            found[inside] = block[rows[inside] - start].floats()
            start += len(block)
        return found

    def rows_of(self, photos: NDArray[np.int64]) -> NDArray[np.intp]:
        """The rows of some photos, -1 for one that has none."""
        if not len(self.ids):
            return np.full(len(photos), -1, np.intp)
        order = self._order
        rows = order[np.minimum(np.searchsorted(self.ids, photos, sorter=order), len(order) - 1)]
        return np.where(self.ids[rows] == photos, rows, -1)

    @cached_property
    def _order(self) -> NDArray[np.intp]:
        return np.argsort(self.ids, kind="stable")

    def vector(self, photo: int) -> NDArray[np.float32] | None:
        """The unit vector of a photo, (dimension,) float32; None when it has none."""
        row = int(np.argmax(self.ids == photo)) if len(self.ids) else 0
        if not len(self.ids) or self.ids[row] != photo or photo == NO_PHOTO:
            return None
        return np.asarray(self.at(np.array([row]))[0], np.float32)


def newest(catalogue: Catalogue, model: VectorModel) -> int:
    """The greatest vectors.id of the model, 0 when it has none."""
    with reported(catalogue.path):
        found = catalogue.connection.execute(
            "SELECT max(id) FROM vectors WHERE model = ?", (model.row(catalogue),)
        ).fetchone()[0]
    return int(found or 0)


def load_vectors(catalogue: Catalogue, model: VectorModel, folder: Path) -> VectorSet:
    """All vectors of ``model``: from the file where it is sound, the rest from the catalogue.

    Nothing is written: a search never has to wait for a disk that is full.
    """
    try:
        _, vectors = _open_file(catalogue, model, folder)
    except VectorFileDamaged:
        nothing, none = np.empty(0, np.int64), unpacked([], model.dimension)
        vectors = VectorSet(nothing, nothing, (none,), (signs_of(none.numbers),))
    return with_newer(vectors, catalogue, model)


def with_newer(vectors: VectorSet, catalogue: Catalogue, model: VectorModel) -> VectorSet:
    """``vectors`` and what came to the catalogue after them."""
    keys, ids, block = _read_rows(catalogue, model, after=vectors.last)
    if not len(keys):
        return vectors
    known = vectors.ids
    replaced = np.isin(known, ids)
    if replaced.any():
        known = np.where(replaced, NO_PHOTO, known)
    # The mapped file stays as it is; what was read from the catalogue is one block, however often more comes.
    mapped, *read = vectors.blocks
    mapped_signs, *read_signs = vectors.signs
    return VectorSet(
        np.concatenate([vectors.keys, keys]),
        np.concatenate([known, ids]),
        (mapped, joined([*read, block])),
        (mapped_signs, np.concatenate([*read_signs, signs_of(block.numbers)], axis=1)),
    )


def refresh_vector_file(catalogue: Catalogue, model: VectorModel, folder: Path) -> bool:
    """Make the file again if it is damaged or far behind the catalogue. Returns whether that was due.

    Raises:
        StorageFull: the old file, if any, is as it was.
    """
    count = _count(catalogue, model)
    try:
        seal, _ = _open_file(catalogue, model, folder)
    except VectorFileDamaged:
        if count == 0:
            return False
    else:
        since = _count(catalogue, model, after=seal.last)
        gone = seal.count + since - count
        if max(since, gone) <= max(_LEAST_REBUILD, _REBUILD_SHARE * seal.count):
            return False
    with replacing_derived(model.file(folder)) as file:
        _write(catalogue, model, file)
    return True


def _count(catalogue: Catalogue, model: VectorModel, *, after: int = 0) -> int:
    with reported(catalogue.path):
        found = catalogue.connection.execute(
            "SELECT count(*) FROM vectors WHERE model = ? AND id > ?", (model.row(catalogue), after)
        ).fetchone()
    return int(found[0])


def _write(catalogue: Catalogue, model: VectorModel, file: BinaryIO) -> None:
    connection = catalogue.connection
    row = model.row(catalogue)
    checksum = 0

    def write(part: bytes) -> None:
        nonlocal checksum
        checksum = zlib.crc32(part, checksum)
        file.write(part)

    with reported(catalogue.path):
        connection.execute("BEGIN")  # one snapshot: ids, matrix and seal agree
        try:
            numbers = connection.execute("SELECT id, photo FROM vectors WHERE model = ? ORDER BY id", (row,))
            keys_and_ids = np.fromiter((n for pair in numbers for n in pair), np.int64).reshape(-1, 2).T.copy()
            write(keys_and_ids.tobytes())
            signs, squares = [signs_of(np.empty((0, model.dimension)))], []
            for rows in _rows_after(connection, row, 0):
                vectors = stored_vectors([vector for _, _, vector in rows], catalogue, model)
                write(vectors.numbers.tobytes())
                signs.append(signs_of(vectors.numbers))
                squares.append(vectors.squares.tobytes())
            write(bytes(_padding(keys_and_ids.shape[1], model.dimension)))
            write(np.concatenate(signs, axis=1).tobytes())
            write(b"".join(squares))
        finally:
            connection.execute("COMMIT")
    keys = keys_and_ids[0]
    last = int(keys[-1]) if len(keys) else 0
    write_seal(file, Seal(origin=model.origin(catalogue), count=len(keys), last=last, checksum=checksum))


def _rows_after(connection: sqlite3.Connection, model: int | None, after: int) -> Iterator[list[Any]]:
    cursor = connection.execute(
        "SELECT id, photo, vector FROM vectors WHERE model = ? AND id > ? ORDER BY id", (model, after)
    )
    while rows := cursor.fetchmany(_ROWS_A_READ):
        yield rows


def _read_rows(
    catalogue: Catalogue, model: VectorModel, *, after: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], PackedVectors]:
    keys: list[int] = []
    ids: list[int] = []
    vectors: list[bytes] = []
    with reported(catalogue.path):
        for rows in _rows_after(catalogue.connection, model.row(catalogue), after):
            keys.extend(key for key, _, _ in rows)
            ids.extend(photo for _, photo, _ in rows)
            vectors.extend(vector for _, _, vector in rows)
    return np.array(keys, np.int64), np.array(ids, np.int64), stored_vectors(vectors, catalogue, model)


def stored_vectors(vectors: list[bytes], catalogue: Catalogue, model: VectorModel) -> PackedVectors:
    """Vectors from the catalogue.

    Raises:
        CatalogueDamaged: they are of another length than the model's.
    """
    try:
        return unpacked(vectors, model.dimension)
    except ValueError as error:
        raise CatalogueDamaged(
            "The catalogue holds vectors of another length than the model's.",
            thing=str(catalogue.path),
            remedy=REPAIR,
        ) from error


def _open_file(catalogue: Catalogue, model: VectorModel, folder: Path) -> tuple[Seal, VectorSet]:
    path = model.file(folder)
    seal, body = open_sealed(path, model.origin(catalogue))
    count, dimension, words = seal.count, model.dimension, -(-model.dimension // 64)
    sizes = [8 * count, 8 * count, dimension * count, _padding(count, dimension), 8 * words * count, 4 * count]
    if len(body) != sum(sizes):
        raise damaged(path, "Its length is wrong.")
    keys, ids, numbers, _, signs, squares, _ = np.split(np.asarray(body), np.cumsum(sizes))
    vectors = PackedVectors(numbers.view(np.int8).reshape(count, dimension), squares.view(np.int32))
    return seal, VectorSet(
        keys.view(np.int64), ids.view(np.int64), (vectors,), (signs.view(np.uint64).reshape(words, count),)
    )


def _padding(count: int, dimension: int) -> int:
    """Bytes after the vectors, so that the signs begin at a multiple of eight."""
    return -(count * dimension) % 8
