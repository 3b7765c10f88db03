# ruff: noqa: N802 - methods that Qt names and calls
"""What a page shows while there is nothing on it: a picture, what it is for, and what to do."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout

from pocketlens_desktop.gui.icons import pixmap

_ICON = 44


class EmptyState(QFrame):
    """``body`` is below the words, for buttons."""

    def __init__(self, icon: str) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._icon_name = icon
        self._icon, self._title, self._text = QLabel(), QLabel(wordWrap=True), QLabel(wordWrap=True)
        self._title.setProperty("role", "heading")
        self._text.setProperty("role", "muted")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(28, 40, 28, 40)
        self.body.setSpacing(10)
        for label in (self._icon, self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self.body.addWidget(label)
        self._paint_icon()

    def describe(self, title: str, text: str) -> None:
        self._title.setText(title)
        self._text.setText(text)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_text"):
            self._paint_icon()
        super().changeEvent(event)

    def _paint_icon(self) -> None:
        colour = QGuiApplication.palette().color(QPalette.ColorRole.Highlight).name()
        picture = pixmap(self._icon_name, colour, round(_ICON * self.devicePixelRatioF()))
        picture.setDevicePixelRatio(self.devicePixelRatioF())
        self._icon.setPixmap(picture)
