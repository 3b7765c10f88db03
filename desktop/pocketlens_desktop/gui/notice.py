# ruff: noqa: N802 - methods that Qt names and calls
"""A message above the page: what went wrong and what to do, or what came of that. It waits; it never stops anybody's
work.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from pocketlens.errors import CatalogueDamaged, PocketLensError
from pocketlens_desktop.gui.icons import IconButton, pixmap
from pocketlens_desktop.gui.wording import error_detail, error_title


class Notice(QWidget):
    """Shows one error or piece of news at a time, the latest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame = frame = QFrame()
        frame.setObjectName("notice")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(20, 14, 20, 0)
        outer.addWidget(frame)
        self._error: PocketLensError | None = None
        self._words: Callable[[], tuple[str, str]] | None = None
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
        self._words = lambda: (error_title(error), error_detail(error))
        self._appear()

    def show_words(self, words: Callable[[], tuple[str, str]]) -> None:
        """Show a title and a detail that are no error; ``words`` gives them in the window's language."""
        self._error, self._act, self._words = None, None, words
        self._appear()

    def _appear(self) -> None:
        self._frame.setProperty("news", self._error is None)
        self._frame.style().polish(self._frame)
        self._retranslate()
        self.again_button.setVisible(self._act is not None)
        self.show()

    def dismiss(self) -> None:
        self._error = self._act = self._words = None
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
        damaged = isinstance(self._error, CatalogueDamaged)
        self.again_button.setText(self.tr("Repair it") if damaged else self.tr("Try again"))
        self._close.describe(self.tr("Close this message"))
        news = self._error is None
        role = QPalette.ColorRole.Highlight if news else QPalette.ColorRole.BrightText
        colour = QGuiApplication.palette().color(role).name()
        picture = pixmap("info" if news else "alert", colour, round(22 * self.devicePixelRatioF()))
        picture.setDevicePixelRatio(self.devicePixelRatioF())
        self._icon.setPixmap(picture)
        if self._words is not None:
            title, detail = self._words()
            self._title.setText(title)
            self._detail.setText(detail)
            self._detail.setVisible(bool(self._detail.text()))
            self.setAccessibleName(f"{self._title.text()} {self._detail.text()}")
