"""Two rankings become one: what has the words rises, and what has not keeps its order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pocketlens.fusion import Matching, fused


def fuse(ranked: Sequence[int], matching: Sequence[int], *, shared_places: Sequence[int] | None = None) -> list[int]:
    """Fused, where every photo with the words is somewhere in ``ranked`` or comes after all of it."""
    places = [ranked.index(row) + 1 if row in ranked else len(ranked) + 1 for row in matching]
    own = list(shared_places or range(1, len(matching) + 1))
    rows = Matching(np.array(matching, np.intp), np.array(own, np.int64))
    return [int(row) for row in fused(np.array(ranked, np.intp), rows, np.array(places, np.intp))]


def test_nothing_with_the_words_leaves_the_ranking_as_it_is() -> None:
    assert fuse([5, 3, 8], []) == [5, 3, 8]


def test_words_alone_rank_where_nothing_was_ranked() -> None:
    assert fuse([], [4, 2]) == [4, 2]


def test_two_empty_rankings_are_an_empty_one() -> None:
    assert fuse([], []) == []


def test_the_photo_with_the_best_words_comes_before_all_that_have_none() -> None:
    assert fuse(list(range(50)), [49]) == [49, *range(49)]


def test_what_is_first_in_both_is_first() -> None:
    assert fuse([7, 1, 2, 3], [7, 3]) == [7, 3, 1, 2]


def test_a_photo_that_is_in_both_comes_before_one_with_better_words_that_looks_like_nothing_asked_for() -> None:
    ranked = list(range(100))
    assert fuse(ranked, [99, 0])[:2] == [0, 99]


def test_a_photo_with_the_words_that_was_not_ranked_is_added() -> None:
    assert sorted(fuse([1, 2], [9])) == [1, 2, 9]


def test_of_equals_the_one_that_shows_it_better_comes_first() -> None:
    # 1 is first and second, 2 is second and first.
    assert fuse([1, 2], [2, 1]) == [1, 2]


def test_copies_share_a_place_and_stay_together() -> None:
    ranked = [0, 1, 2, 3, 4]
    assert fuse(ranked, [3, 4, 0], shared_places=[1, 1, 2])[:3] == [0, 3, 4]


@pytest.mark.parametrize(("second_looks_at", "first"), [(61, 20), (63, 10)])
def test_a_place_is_worth_one_over_sixty_and_itself(second_looks_at: int, first: int) -> None:
    """Photo 10 is at places 1 and 62, photo 20 at 61 (or 63) and 1: their sums differ by less than 1 %."""
    matching = Matching(np.array([10, 20], np.intp), np.array([62, 1], np.int64))
    order = fused(np.array([10], np.intp), matching, np.array([1, second_looks_at], np.intp))
    assert order[0] == first


@given(st.permutations(range(30)), st.lists(st.integers(0, 40), unique=True, max_size=12))
def test_every_photo_is_there_once_and_those_without_the_words_keep_their_order(
    ranked: list[int], matching: list[int]
) -> None:
    order = fuse(ranked, matching)
    assert sorted(order) == sorted({*ranked, *matching})
    assert [row for row in order if row not in matching] == [row for row in ranked if row not in matching]
