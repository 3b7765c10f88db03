"""Chosen rows as ranges: what is folded away is never among them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QItemSelection, QStringListModel

from pocketlens_desktop.gui.grid_geometry import Section
from pocketlens_desktop.gui.grid_selection import count_of, rows_among, rows_of, shown_selection

pytest_plugins = ("desktop.gui_fixtures",)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 10)), max_size=8), st.integers(0, 60), st.integers(0, 40))
def test_the_rows_in_view_that_are_chosen_are_those_in_a_range(
    ranges: list[tuple[int, int]], first: int, count: int
) -> None:
    rows = list(range(first, first + count))
    chosen = {row for low, many in ranges for row in range(low, low + many)}
    assert rows_among(ranges, rows) == chosen & set(rows)


def test_from_one_row_to_another_nothing_that_is_folded_away_is_chosen() -> None:
    model = QStringListModel([str(number) for number in range(30)])
    sections = [Section(0, 10), Section(10, 10, "folded", folded=True), Section(20, 10, "open")]
    selection = shown_selection(model, sections, 5, 24)
    assert rows_of(selection) == [(5, 5), (20, 5)]
    assert count_of(selection) == 10
    assert rows_of(QItemSelection()) == []
