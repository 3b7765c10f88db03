# ruff: noqa: N802 - methods that Qt names and calls
"""A message above the page: what went wrong and what to do. It waits; it never stops anybody's work."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from pocketlens.errors import PocketLensError
from pocketlens_desktop.gui.icons import IconButton, pixmap
from pocketlens_desktop.gui.wording import error_detail, error_title


class Notice(QWidget):
    """Shows one error at a time, the latest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        frame = QFrame()
        frame.setObjectName("notice")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(20, 14, 20, 0)
        outer.addWidget(frame)
        self._error: PocketLensError | None = None
        self._act: Callable[[], object] | None = None
        self._icon = QLabel()
        self._title, self._detail = QLabel(), QLabel()
        self._title.setProperty("role", "strong")
        for label in (self._title, self._detail):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.again_button = QPushButton()
        self.again_button.clicked.connect(self._try_again)
        self._close = IconButton("close")
        self._close.clicked.connect(self.dismiss)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._detail)
        layout = QHBoxLayout(frame)
        layout.setContentsMargins(16, 12, 10, 12)
        layout.setSpacing(12)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        layout.addWidget(self.again_button)
        layout.addWidget(self._close)
        self.hide()

    @property
    def error(self) -> PocketLensError | None:
        """The error in view."""
        return self._error

    def show_error(self, error: PocketLensError, again: Callable[[], object] | None = None) -> None:
        """Show ``error``, with a button that does ``again`` when that may help."""
        self._error, self._act = error, again
        self._retranslate()
        self.again_button.setVisible(again is not None)
        self.show()

    def dismiss(self) -> None:
        self._error = self._act = None
        self.hide()

    def _try_again(self) -> None:
        act = self._act
        self.dismiss()
        if act is not None:
            act()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.StyleChange) and hasattr(self, "_close"):
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self.again_button.setText(self.tr("Try again"))
        self._close.describe(self.tr("Close this message"))
        colour = QGuiApplication.palette().color(QPalette.ColorRole.BrightText).name()
        picture = pixmap("alert", colour, round(22 * self.devicePixelRatioF()))
        picture.setDevicePixelRatio(self.devicePixelRatioF())
        self._icon.setPixmap(picture)
        if self._error is not None:
            self._title.setText(error_title(self._error))
            self._detail.setText(error_detail(self._error))
            self._detail.setVisible(bool(self._detail.text()))
            self.setAccessibleName(f"{self._title.text()} {self._detail.text()}")
