"""The vector file is derived: missing, cut short, garbled or another's, the vectors are right."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hypothesis_numpy

from core.small_album import Indexer, SmallAlbum, known_photos
from pocketlens.catalogue import Catalogue
from pocketlens.errors import CatalogueDamaged
from pocketlens.model import ModelPackage
from pocketlens.packed_vectors import joined, pack_all, signs_of
from pocketlens.paths import Home
from pocketlens.vectors import (
    NO_PHOTO,
    VectorModel,
    VectorSet,
    load_vectors,
    newest,
    refresh_vector_file,
    with_newer,
)


@pytest.fixture
def model(starter_package: ModelPackage) -> VectorModel:
    manifest = starter_package.manifest
    return VectorModel(manifest.key, manifest.image.preprocessing, manifest.dimension)


def loaded(home: Home, model: VectorModel) -> dict[int, bytes]:
    """The vectors by photo, as a search has them."""
    with Catalogue.open(home.catalogue, read_only=True) as catalogue:
        vectors = load_vectors(catalogue, model, home.vectors)
    rows = joined(list(vectors.blocks))
    assert len(rows) == len(vectors.ids) == len(vectors.keys)
    np.testing.assert_array_equal(np.concatenate(vectors.signs, axis=1), signs_of(rows.numbers))
    stored = zip(vectors.ids, rows.numbers, rows.squares, strict=True)
    return {int(i): numbers.tobytes() + square.tobytes() for i, numbers, square in stored if i != NO_PHOTO}


def stored(home: Home, model: VectorModel) -> dict[int, bytes]:
    """The vectors by photo, as the catalogue has them."""
    return {p.id: p.vectors[model.key] for p in known_photos(home).values() if model.key in p.vectors}


def test_a_finished_job_leaves_a_file_with_all_vectors(indexer: Indexer, album: SmallAlbum, model: VectorModel) -> None:
    album.fill(5)
    indexer(album.spec)
    assert model.file(indexer.home.vectors).is_file()
    assert loaded(indexer.home, model) == stored(indexer.home, model)


def test_what_came_after_the_file_is_there_too(indexer: Indexer, album: SmallAlbum, model: VectorModel) -> None:
    album.fill(5)
    indexer(album.spec)
    before = model.file(indexer.home.vectors).read_bytes()
    album.write("camera/new.jpg", 9)
    album.write("camera/0000.jpg", 8)
    indexer(album.spec)
    assert model.file(indexer.home.vectors).read_bytes() == before, "too little for a new file"
    assert loaded(indexer.home, model) == stored(indexer.home, model)


def foreign(path: Path) -> None:
    content = path.read_bytes()
    place = content.index(b'"catalogue":"') + len(b'"catalogue":"')
    path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])


def garbled(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    path.write_bytes(content)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "missing": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "cut short": lambda path: os.truncate(path, path.stat().st_size - 3000),
    "cut at the seal": lambda path: os.truncate(path, path.stat().st_size - 1024),
    "zeroed": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "garbled": garbled,
    "longer": lambda path: path.write_bytes(bytes(100) + path.read_bytes()),
    "of another catalogue": foreign,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_not_trusted_and_made_again_by_the_next_job(
    indexer: Indexer, album: SmallAlbum, model: VectorModel, damage: str
) -> None:
    album.fill(5)
    indexer(album.spec)
    path = model.file(indexer.home.vectors)
    sound = path.read_bytes()
    DAMAGES[damage](path)
    assert loaded(indexer.home, model) == stored(indexer.home, model)
    indexer(album.spec)
    assert path.read_bytes() == sound


def test_a_folder_in_the_files_place_is_not_trusted_either(
    indexer: Indexer, album: SmallAlbum, model: VectorModel
) -> None:
    album.fill(5)
    indexer(album.spec)
    path = model.file(indexer.home.vectors)
    path.unlink()
    path.mkdir()
    assert loaded(indexer.home, model) == stored(indexer.home, model)


def test_the_file_is_made_again_when_much_has_come_or_gone(
    home: Home, monkeypatch: pytest.MonkeyPatch, indexer: Indexer, album: SmallAlbum, model: VectorModel
) -> None:
    monkeypatch.setattr("pocketlens.vectors._LEAST_REBUILD", 2)
    album.fill(5)
    indexer(album.spec)
    path = model.file(home.vectors)
    for change in (lambda n: album.write(f"camera/new{n}.jpg", 100 + n), lambda n: album.remove(f"camera/000{n}.jpg")):
        for number in range(2):
            change(number)
        indexer(album.spec)
        before = path.read_bytes()
        change(2)
        indexer(album.spec)
        assert path.read_bytes() != before
        assert loaded(home, model) == stored(home, model)
        with Catalogue.open(home.catalogue) as catalogue:
            assert not refresh_vector_file(catalogue, model, home.vectors)


def test_vectors_that_come_while_a_search_is_open_are_added(
    indexer: Indexer, album: SmallAlbum, model: VectorModel
) -> None:
    album.fill(3)
    indexer(album.spec)
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        vectors = load_vectors(catalogue, model, indexer.home.vectors)
        assert with_newer(vectors, catalogue, model) is vectors
        for seed in (11, 12, 13):
            album.write("camera/0000.jpg", seed)
            indexer(album.spec)
            assert newest(catalogue, model) > vectors.last
            vectors = with_newer(vectors, catalogue, model)
            assert newest(catalogue, model) == vectors.last
    assert len(vectors.blocks) == 2
    assert sorted(int(i) for i in vectors.ids if i != NO_PHOTO) == sorted(stored(indexer.home, model))


def test_another_models_vectors_are_not_mixed_in(indexer: Indexer, album: SmallAlbum, model: VectorModel) -> None:
    album.fill(2)
    indexer(album.spec)
    other = VectorModel(model.key, model.preprocessing + 1, model.dimension)
    assert loaded(indexer.home, other) == {}
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        assert newest(catalogue, other) == 0


def test_a_vector_of_another_length_means_that_the_catalogue_is_damaged(
    indexer: Indexer, album: SmallAlbum, model: VectorModel
) -> None:
    album.fill(2)
    indexer(album.spec)
    with Catalogue.open(indexer.home.catalogue) as catalogue:
        catalogue.connection.execute("UPDATE vectors SET vector = x'00'")
        model.file(indexer.home.vectors).unlink()
        with pytest.raises(CatalogueDamaged, match="another length"):
            load_vectors(catalogue, model, indexer.home.vectors)
        with pytest.raises(CatalogueDamaged, match="another length"):
            refresh_vector_file(catalogue, model, indexer.home.vectors)


unit_rows = hypothesis_numpy.arrays(
    np.float32, st.tuples(st.integers(1, 40), st.just(16)), elements=st.floats(-1, 1, width=16)
).map(lambda rows: rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 0.1))


@given(rows=unit_rows, cuts=st.lists(st.integers(0, 40), max_size=3))
def test_scores_are_the_cosines_however_the_rows_lie_in_blocks(rows: np.ndarray, cuts: list[int]) -> None:
    numbers = np.arange(1, len(rows) + 1)
    blocks = tuple(pack_all(block) for block in np.split(rows, sorted(cuts)))
    vectors = VectorSet(numbers, numbers * 10, blocks)
    query = rows[0].astype(np.float32)
    lengths = np.linalg.norm(rows, axis=1)
    expected = rows @ query / np.where(lengths > 0, lengths, 1.0)
    np.testing.assert_allclose(vectors.scores(query), expected, atol=1e-2)
    some = np.arange(0, len(rows), 3)
    np.testing.assert_allclose(vectors.scores_of(some, query), expected[some], atol=1e-2)
    np.testing.assert_allclose(vectors.at(some) @ query, vectors.scores_of(some, query), atol=1e-4)


def test_nearly_all_of_the_best_are_likely_and_only_what_is_asked_about() -> None:
    random = np.random.default_rng(0)
    centres = random.normal(size=(200, 128))
    rows = centres[random.integers(0, 200, 6000)] + 0.35 * random.normal(size=(6000, 128))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    numbers = np.arange(6000)
    blocks = tuple(pack_all(part) for part in (rows[:4000], rows[4000:]))
    vectors = VectorSet(numbers + 1, numbers, blocks, tuple(signs_of(block.numbers) for block in blocks))
    even = numbers[::2]
    found = 0
    # Away from every centre, as words are from photos.
    queries = centres[:100] / np.linalg.norm(centres[:100], axis=1, keepdims=True) + 0.07 * random.normal(
        size=(100, 128)
    )
    for query in np.asarray(queries / np.linalg.norm(queries, axis=1, keepdims=True), np.float32):
        likely = vectors.likely(query, 300, even)
        assert 300 <= len(likely) < 600
        assert np.isin(likely, even).all() and (np.diff(likely) > 0).all()
        exact = even[np.argsort(-vectors.scores(query)[even])[:10]]
        found += len(np.intersect1d(likely, exact))
    assert found >= 0.98 * 1000, f"recall@10 is {found / 1000:.3f}"
    np.testing.assert_array_equal(vectors.likely(rows[0].astype(np.float32), 3000, even), even)


def test_a_photos_own_vector_is_found_in_any_block() -> None:
    rows = pack_all(np.eye(4))
    vectors = VectorSet(np.arange(1, 5), np.array([7, 8, NO_PHOTO, 9]), (rows[:1], rows[1:1], rows[1:]))
    assert [vectors.vector(photo) is not None for photo in (7, 8, 9, 10, NO_PHOTO)] == [True, True, True, False, False]
    np.testing.assert_array_equal(vectors.vector(9), [0, 0, 0, 1])
