"""Which rows of the grid are chosen: as ranges, since all of 100,000 photos can be."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QAbstractItemModel, QItemSelection

from pocketlens_desktop.gui.grid_geometry import Section

#: First row and count.
Rows = tuple[int, int]


def shown_selection(model: QAbstractItemModel, sections: Iterable[Section], low: int, high: int) -> QItemSelection:
    """The rows from ``low`` to ``high``, both included, without those that are folded away."""
    selection = QItemSelection()
    for section in sections:
        first, last = max(low, section.first), min(high, section.first + section.count - 1)
        if not section.folded and first <= last:
            selection.select(model.index(first, 0), model.index(last, 0))
    return selection


def rows_of(selection: QItemSelection) -> list[Rows]:
    """The selection's rows in their order."""
    return sorted((each.top(), each.height()) for each in selection.toList())


def count_of(selection: QItemSelection) -> int:
    return sum(each.height() for each in selection.toList())


def rows_among(ranges: Iterable[Rows], rows: Sequence[int]) -> set[int]:
    """Those of ``rows``, which ascend, that are in one of the ranges."""
    found: set[int] = set()
    for first, count in ranges:
        found.update(rows[bisect_left(rows, first) : bisect_left(rows, first + count)])
    return found
