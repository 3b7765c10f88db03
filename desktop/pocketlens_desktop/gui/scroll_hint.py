"""What is where the scroll bar is dragged to, said beside its handle."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractScrollArea, QLabel

_FROM_THE_BAR = 14


class ScrollHint(QLabel):
    """A label over the right edge of a scroll area; hidden until `show_beside`."""

    def __init__(self, area: QAbstractScrollArea) -> None:
        super().__init__(area.viewport())
        self._area = area
        self.setObjectName("scrollHint")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_beside(self, text: str, share: float) -> None:
        """Say ``text`` at ``share`` (0..1) of the way down."""
        self.setText(text)
        self.adjustSize()
        room = self._area.viewport()
        self.move(room.width() - self.width() - _FROM_THE_BAR, round(share * (room.height() - self.height())))
        self.show()
        self.raise_()
