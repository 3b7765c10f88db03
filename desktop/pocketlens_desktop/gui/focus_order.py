"""The way of the Tab key: as things are laid out, whenever they were made."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QWidget


def order_focus(layout: QLayout) -> None:
    """Let the Tab key go through ``layout`` from its first item to its last.

    Without it Qt keeps the order in which widgets came: a card that is made anew would be the last of all.
    """
    for before, after in pairwise(_stops(layout)):
        if before.nextInFocusChain() is not after:
            QWidget.setTabOrder(before, after)


def _stops(layout: QLayout) -> Iterator[QWidget]:
    """What takes the focus by the Tab key, in the order of the layout, with what is in it."""
    for place in range(layout.count()):
        item = layout.itemAt(place)
        if item is None:
            continue
        inner, widget = item.layout(), item.widget()
        if inner is not None:
            yield from _stops(inner)
        if widget is None:
            continue
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            yield widget
        if isinstance(widget, QScrollArea):
            widget = widget.widget()
        below = widget.layout() if widget is not None else None
        if below is not None:
            yield from _stops(below)
