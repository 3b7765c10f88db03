"""Above a limit, the graph proposes: the answers stay those of an exact comparison."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pocketlens.catalogue import Catalogue
from pocketlens.graph import PhotoGraph, graph_file, open_graph, refresh_graph
from pocketlens.packed_vectors import joined, pack_all
from pocketlens.paths import Home
from pocketlens.vectors import NO_PHOTO, VectorModel, VectorSet

MODEL = VectorModel("clusters@1", 1, 64)


def clustered(count: int, seed: int) -> np.ndarray:
    """Unit vectors around 200 centres, as photos of one thing lie together: (count, 64)."""
    centres = np.random.default_rng(0).normal(size=(200, 64))
    random = np.random.default_rng(seed)
    rows = centres[random.integers(0, 200, count)] + 0.35 * random.normal(size=(count, 64))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@pytest.fixture
def catalogue(home: Home) -> Iterator[Catalogue]:
    home.make()
    with Catalogue.open(home.catalogue) as catalogue:
        yield catalogue


@pytest.fixture
def vectors() -> VectorSet:
    """6,000 vectors in two blocks; the keys have gaps, as after deletions."""
    rows = pack_all(clustered(6000, seed=1))
    keys = np.cumsum(np.random.default_rng(2).integers(1, 4, 6000))
    return VectorSet(keys, keys + 100_000, (rows[:5000], rows[5000:]))


def made(vectors: VectorSet, catalogue: Catalogue, folder: Path) -> PhotoGraph:
    assert refresh_graph(vectors, catalogue, MODEL, folder, exact_limit=1000)
    graph = open_graph(catalogue, MODEL, folder)
    assert graph is not None
    return graph


def test_its_candidates_hold_the_exact_top_ten(catalogue: Catalogue, vectors: VectorSet, home: Home) -> None:
    graph = made(vectors, catalogue, home.vectors)
    found = 0
    queries = clustered(100, seed=3)
    for query in queries:
        exact = set(np.argsort(-vectors.scores(query))[:10])
        found += len(exact & set(graph.candidates(vectors, query, 30)))
    assert found >= 0.98 * 10 * len(queries), f"recall@10 is {found / 10 / len(queries):.3f}"


def test_every_photo_can_be_reached(catalogue: Catalogue, home: Home) -> None:
    """usearch adds on all cores, and loses some thirty of these that way, half of them again when added again."""
    rows = pack_all(clustered(40_000, seed=1))
    keys = np.arange(1, 40_001)
    vectors = VectorSet(keys, keys, (rows[:30_000], rows[30_000:]))
    graph = made(vectors, catalogue, home.vectors)
    assert len(graph.candidates(vectors, clustered(1, seed=8)[0], 40_000)) == 40_000


def test_what_came_after_it_is_always_a_candidate(catalogue: Catalogue, vectors: VectorSet, home: Home) -> None:
    graph = made(vectors, catalogue, home.vectors)
    later = VectorSet(
        np.concatenate([vectors.keys, vectors.last + np.array([5, 9])]),
        np.concatenate([vectors.ids, [1, 2]]),
        (*vectors.blocks, pack_all(clustered(2, seed=9))),
    )
    for query in clustered(5, seed=4):
        candidates = graph.candidates(later, query, 10)
        assert {6000, 6001} <= set(candidates)
        assert len(candidates) == 12
        assert list(candidates) == sorted(set(candidates))


def test_what_left_since_is_no_candidate(catalogue: Catalogue, vectors: VectorSet, home: Home) -> None:
    graph = made(vectors, catalogue, home.vectors)
    kept = np.arange(6000) % 2 == 0
    rows = joined(list(vectors.blocks))
    fewer = VectorSet(vectors.keys[kept], vectors.ids[kept], (rows[kept],))
    query = clustered(1, seed=5)[0]
    proposed = set(vectors.keys[graph.candidates(vectors, query, 30)])
    assert set(fewer.keys[graph.candidates(fewer, query, 30)]) == proposed & set(fewer.keys)


def test_a_small_album_has_none(catalogue: Catalogue, vectors: VectorSet, home: Home) -> None:
    made(vectors, catalogue, home.vectors)
    assert not refresh_graph(vectors, catalogue, MODEL, home.vectors, exact_limit=6000)
    assert not graph_file(home.vectors, MODEL).exists()
    assert open_graph(catalogue, MODEL, home.vectors) is None


def test_it_is_made_again_only_when_a_tenth_has_come_or_gone(
    catalogue: Catalogue, vectors: VectorSet, home: Home
) -> None:
    made(vectors, catalogue, home.vectors)

    def due(vectors: VectorSet) -> bool:
        before = graph_file(home.vectors, MODEL).read_bytes()
        again = refresh_graph(vectors, catalogue, MODEL, home.vectors, exact_limit=1000)
        graph_file(home.vectors, MODEL).write_bytes(before)
        return again

    def with_more(count: int) -> VectorSet:
        return VectorSet(
            np.concatenate([vectors.keys, vectors.last + 1 + np.arange(count)]),
            np.concatenate([vectors.ids, np.arange(count)]),
            (*vectors.blocks, pack_all(clustered(count, seed=6))),
        )

    def with_fewer(count: int) -> VectorSet:
        return VectorSet(vectors.keys, np.where(np.arange(6000) < count, NO_PHOTO, vectors.ids), vectors.blocks)

    assert not due(vectors)
    assert (due(with_more(300)), due(with_more(900))) == (False, True)
    assert (due(with_fewer(300)), due(with_fewer(900))) == (False, True)


def test_a_damaged_one_is_never_mapped_and_made_again(catalogue: Catalogue, vectors: VectorSet, home: Home) -> None:
    made(vectors, catalogue, home.vectors)
    path = graph_file(home.vectors, MODEL)
    sound = path.read_bytes()
    garbled = bytearray(sound)
    garbled[len(garbled) // 2] ^= 0xFF
    for content in (b"", sound[:-1], sound[: len(sound) // 2], bytes(len(sound)), bytes(garbled)):
        path.write_bytes(content)
        assert open_graph(catalogue, MODEL, home.vectors) is None
    made(vectors, catalogue, home.vectors)


def test_it_belongs_to_one_catalogue(catalogue: Catalogue, vectors: VectorSet, home: Home, tmp_path: Path) -> None:
    made(vectors, catalogue, home.vectors)
    with Catalogue.open(tmp_path / "other.sqlite3") as other:
        assert open_graph(other, MODEL, home.vectors) is None


def test_making_it_can_be_stopped_and_leaves_nothing(catalogue: Catalogue, vectors: VectorSet, home: Home) -> None:
    calls = iter(range(3))

    def stop_at_the_third() -> None:
        if next(calls) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        refresh_graph(vectors, catalogue, MODEL, home.vectors, exact_limit=1000, go_on=stop_at_the_third)
    assert list(home.vectors.iterdir()) == []


def test_a_model_can_be_loaded_after_it_in_a_new_process() -> None:
    # As a search does in a large album: first the vectors, then the words.
    program = "from pocketlens.graph import _usearch; _usearch(); import onnxruntime; print('both')"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, "both\n")
