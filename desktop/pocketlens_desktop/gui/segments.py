"""A few choices side by side, one of them taken."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton


class Segments(QFrame):
    """Signals:
    chosen: the value that was taken.
    """

    chosen = Signal(str)

    def __init__(self, values: Sequence[str], taken: str) -> None:
        super().__init__()
        self.setProperty("role", "segments")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(3, 3, 3, 3)
        layout.setSpacing(2)
        group = QButtonGroup(self)
        self.buttons: dict[str, QPushButton] = {}
        for value in values:
            button = QPushButton()
            button.setCheckable(True)
            button.setProperty("role", "segment")
            button.setChecked(value == taken)
            button.clicked.connect(lambda _=False, picked=value: self.chosen.emit(picked))
            group.addButton(button)
            layout.addWidget(button)
            self.buttons[value] = button

    def take(self, value: str) -> None:
        """Show ``value`` as the one that is taken."""
        self.buttons[value].setChecked(True)

    def label(self, texts: Sequence[str]) -> None:
        for button, text in zip(self.buttons.values(), texts, strict=True):
            button.setText(text)
