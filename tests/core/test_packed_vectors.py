"""Vectors are stored a byte a dimension: what that costs, and that damage to them shows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hypothesis_numpy

from pocketlens.packed_vectors import differing_signs, is_sound, pack_all, packed, signs_of, unpacked

DIMENSION = 100  # no multiple of 8 or 64

vectors = hypothesis_numpy.arrays(np.float32, DIMENSION, elements=st.floats(-1, 1, width=32))


def unit_rows(count: int, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, DIMENSION))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@given(vector=vectors)
def test_the_direction_is_kept_within_a_255th_of_the_largest_number(vector: np.ndarray) -> None:
    most = float(np.abs(vector).max())
    assume(most > 1e-6)
    one = unpacked([packed(vector)], DIMENSION)
    np.testing.assert_allclose(one.numbers[0] * (most / 127), vector, atol=most / 253)
    assert float(np.linalg.norm(one.floats()[0])) == pytest.approx(1.0, abs=1e-6)
    np.testing.assert_array_equal(one.squares, (one.numbers.astype(int) ** 2).sum(axis=1))


def test_a_vector_that_was_stored_is_stored_again_as_it_is() -> None:
    for row in pack_all(unit_rows(50)).floats():
        assert unpacked([packed(row)], DIMENSION).floats()[0] == pytest.approx(row, abs=1e-6)


def test_cosines_are_those_of_the_vectors_before() -> None:
    rows, queries = unit_rows(500), unit_rows(20, seed=1)
    stored = pack_all(rows)
    for query in queries:
        np.testing.assert_allclose(stored.cosines(query), rows @ query, atol=3e-3)
        # What remains is the stored vectors' own rounding, hardly that of the query.
        np.testing.assert_allclose(stored.cosines(query), stored.floats() @ query, atol=2e-5)
        np.testing.assert_allclose(stored.cosines(3 * query), 3 * stored.cosines(query), atol=1e-5)


def test_nothing_is_like_zero() -> None:
    zero = pack_all(np.zeros((2, DIMENSION)))
    assert zero.cosines(unit_rows(1)[0]).tolist() == [0.0, 0.0]
    assert zero.floats().any() == False  # noqa: E712 - numpy's own truth
    assert pack_all(unit_rows(1)).cosines(np.zeros(DIMENSION, np.float32)).tolist() == [0.0]
    assert not is_sound(packed(np.zeros(DIMENSION)), DIMENSION)


@given(data=st.data())
def test_damage_to_any_byte_shows(data: st.DataObject) -> None:
    stored = bytearray(packed(unit_rows(1, seed=data.draw(st.integers(0, 99)))[0]))
    assert is_sound(bytes(stored), DIMENSION)
    place = data.draw(st.integers(0, len(stored) - 1))
    before = stored[place]
    stored[place] ^= data.draw(st.integers(1, 255))
    # All but the sign: its square is the same, and one wrong sign among many is hardly a difference.
    assume(place >= DIMENSION or (256 - before) % 256 != stored[place])
    assert not is_sound(bytes(stored), DIMENSION)


@pytest.mark.parametrize("stored", [None, "text", b"", bytes(DIMENSION), bytes(DIMENSION + 4), b"\x80" * 2 * DIMENSION])
def test_what_is_no_vector_is_not_sound(stored: object) -> None:
    assert not is_sound(stored, DIMENSION)


def test_vectors_of_another_length_are_refused() -> None:
    good = packed(unit_rows(1)[0])
    for bad in ([good[:-1]], [good, good + b"\0"], [good[:-1], good + b"\0"]):
        with pytest.raises(ValueError, match="another length"):
            unpacked(bad, DIMENSION)
    assert len(unpacked([], DIMENSION)) == 0
    assert unpacked([], DIMENSION).numbers.shape == (0, DIMENSION)


@pytest.mark.parametrize("dimension", [1, 8, 63, 64, 65, 100, 512])
def test_signs_are_counted_as_they_differ(dimension: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pocketlens.packed_vectors._AT_A_TIME", 7)
    random = np.random.default_rng(dimension)
    rows, query = random.integers(-1, 2, (20, dimension)), random.normal(size=dimension).astype(np.float32)
    signs = signs_of(rows)
    assert signs.shape == (-(-dimension // 64), 20)
    expected = ((rows > 0) != (query > 0)).sum(axis=1)
    np.testing.assert_array_equal(differing_signs(signs, query), expected)
