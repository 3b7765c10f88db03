"""Which fingerprints are alike, and how what is alike is joined."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pocketlens import likeness
from pocketlens.likeness import COPY_BITS, COPY_KEY_BITS, burst_pairs, copy_pairs, joined


def same_vectors(places: NDArray[np.intp]) -> NDArray[np.float32]:
    return np.ones((len(places), 1), np.float32)


def different_vectors(places: NDArray[np.intp]) -> NDArray[np.float32]:
    return np.eye(1000, dtype=np.float32)[places]


def changed(fingerprint: bytes, bits: list[int]) -> bytes:
    values = np.unpackbits(np.frombuffer(fingerprint, np.uint8))
    values[bits] ^= 1
    return np.packbits(values).tobytes()


def random_fingerprints(count: int) -> list[bytes]:
    return [row.tobytes() for row in np.random.default_rng(7).integers(0, 256, (count, 32), np.uint8)]


def found(fingerprints: list[bytes | None]) -> set[frozenset[int]]:
    return {frozenset(pair) for pair in copy_pairs(fingerprints, [None] * len(fingerprints), same_vectors).tolist()}


@pytest.fixture(params=[0, 10_000], ids=["by bands", "all with all"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "_ALL_WITH_ALL", request.param)


@pytest.mark.usefixtures("way")
def test_copies_are_found_up_to_the_last_bit_allowed_and_no_further() -> None:
    many: list[bytes | None] = [*random_fingerprints(300)]
    first = many[0]
    assert first is not None
    # Bits of all four bands, as unlucky as can be.
    key = list(range(0, 64, 9))[:COPY_KEY_BITS]
    rest = list(range(64, 64 + COPY_BITS - COPY_KEY_BITS))
    many += [changed(first, key + rest), changed(first, [*key, 63]), changed(first, [*key, *rest, 255])]
    assert {pair for pair in found(many) if 0 in pair} == {frozenset({0, 300})}


@pytest.mark.usefixtures("way")
def test_of_equal_fingerprints_each_is_paired_with_the_first() -> None:
    one, other = random_fingerprints(2)
    assert found([one, other, one, None, b"", one]) == {frozenset({0, 2}), frozenset({0, 5})}


def test_two_shots_of_a_camera_at_two_times_are_no_copies_but_one_without_a_time_may_be_of_either() -> None:
    (one,) = random_fingerprints(1)
    pairs = copy_pairs([one, one, one, one], [5, 6, None, 5], same_vectors)
    assert {frozenset(pair) for pair in pairs.tolist()} == {frozenset({0, 3}), frozenset({0, 2}), frozenset({1, 2})}


def test_the_fingerprint_is_not_enough_where_the_vectors_differ() -> None:
    (one,) = random_fingerprints(1)
    assert len(copy_pairs([one, one], [None, None], different_vectors)) == 0


@pytest.mark.parametrize("fingerprints", [[], [None], [b"x" * 32], [None, b"", b"x" * 32]])
def test_alone_there_are_no_pairs(fingerprints: list[bytes | None]) -> None:
    assert len(copy_pairs(fingerprints, [None] * len(fingerprints), same_vectors)) == 0


def test_work_is_cut_into_pieces_without_losing_any(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "_ALL_WITH_ALL", 0)
    monkeypatch.setattr(likeness, "_PAIRS_AT_ONCE", 3)
    (one,) = random_fingerprints(1)
    family: list[bytes | None] = [changed(one, [bit]) for bit in range(12)]
    assert found(family) == {frozenset({a, b}) for a in range(12) for b in range(a)}


def test_a_burst_goes_on_from_shot_to_shot_within_one_source() -> None:
    pairs = burst_pairs([(1, 0), (2, 5), None, (1, 9), (1, 18), (1, 40)], same_vectors)
    assert pairs.tolist() == [[0, 3], [3, 4]]


def test_groups_are_joined_by_their_first() -> None:
    assert joined(6, [(4, 1), (5, 3), (3, 4)]) == [[0], [1, 3, 4, 5], [2]]
