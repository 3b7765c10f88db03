# ruff: noqa: N802 - methods that Qt names and calls
"""The frame that the pages of the rail share: a title, a sentence, and cards that scroll below."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from pocketlens_desktop.gui.focus_order import order_focus


class ScrollingPage(QWidget):
    """A titled column in the middle of the window.

    Attributes:
        head: beside the title, for the page's main buttons.
        cards: below it; grows downwards.
    """

    def __init__(self, width: int = 900) -> None:
        super().__init__()
        self.setObjectName("page")
        self._title, self._hint = QLabel(), QLabel(wordWrap=True)
        self._title.setProperty("role", "title")
        self._hint.setProperty("role", "muted")
        names = QVBoxLayout()
        names.setSpacing(4)
        names.addWidget(self._title)
        names.addWidget(self._hint)
        self.head = QHBoxLayout()
        self.head.addLayout(names, 1)
        self.cards = QVBoxLayout()
        self.cards.setSpacing(14)
        inner = QWidget()
        inner.setMaximumWidth(width)
        column = QVBoxLayout(inner)
        column.setContentsMargins(28, 24, 28, 24)
        column.setSpacing(18)
        column.addLayout(self.head)
        column.addLayout(self.cards)
        column.addStretch(1)
        holder = QWidget()
        centre = QHBoxLayout(holder)
        centre.setContentsMargins(0, 0, 0, 0)
        centre.addWidget(inner)
        self.scroller = QScrollArea(widgetResizable=True)
        self.scroller.setFrameShape(QFrame.Shape.NoFrame)
        self.scroller.setWidget(holder)
        # The keys that scroll work from everything on the page; it is no stop of its own.
        self.scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner.installEventFilter(self)
        self._inner = inner
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.scroller)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Cards came, went or changed places.
        layout = self._inner.layout()
        if event.type() == QEvent.Type.LayoutRequest and layout is not None:
            order_focus(layout)
        return super().eventFilter(watched, event)

    def describe(self, title: str, hint: str = "") -> None:
        self._title.setText(title)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))


class Card(QFrame):
    """A titled group on a page. ``body`` is below the title."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._title, self._text = QLabel(), QLabel(wordWrap=True)
        self._title.setProperty("role", "heading")
        self._text.setProperty("role", "muted")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(20, 16, 20, 18)
        self.body.setSpacing(12)
        self.body.addWidget(self._title)
        self.body.addWidget(self._text)

    def describe(self, title: str, text: str = "") -> None:
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))

    def add_row(self, control: QWidget) -> QLabel:
        """A control with a label before it. Returns the label, to be given its text."""
        label = QLabel()
        label.setBuddy(control)
        row = QHBoxLayout()
        row.addWidget(label, 1)
        row.addWidget(control)
        self.body.addLayout(row)
        return label


def plain_label(text: str, role: str = "") -> QLabel:
    """A wrapping label for text from outside, such as a file's name: never taken for markup."""
    label = QLabel(text, wordWrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    return label


def replace_cards(layout: QVBoxLayout, old: list[QWidget], new: list[QWidget]) -> None:
    """Take the old cards away and put the new ones in their place."""
    for card in old:
        layout.removeWidget(card)
        card.hide()
        card.deleteLater()
    for card in new:
        layout.addWidget(card)


def wrapping_path(place: Path) -> str:
    """A path that a label can wrap: it has no spaces, and zero-width ones do not show."""
    return str(place).replace(os.sep, f"{os.sep}\u200b")
