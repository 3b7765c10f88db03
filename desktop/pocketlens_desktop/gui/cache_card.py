"""How large the thumbnails may grow, and where they are kept."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from pocketlens.paths import Home
from pocketlens_desktop.gui.page import Card, plain_label, wrapping_path
from pocketlens_desktop.gui.translated import Translated
from pocketlens_desktop.gui.wording import size_text

#: Millions of bytes: of the thumbnails of some 5,000 photos, and each twice the one before.
_LIMITS_MB = (100, 200, 500, 1000, 2000, 5000)


class CacheCard(Translated, Card):
    """Signals:
    limit_chosen: millions of bytes, or None.
    folder_wanted, usual_wanted: another folder is to be chosen, or the usual one to be used again.
    """

    limit_chosen = Signal(object)
    folder_wanted = Signal()
    usual_wanted = Signal()

    def __init__(self, home: Home, limit_mb: int | None) -> None:
        super().__init__()
        self._home, self._limit = home, limit_mb
        self.limits = QComboBox()
        self.limits.activated.connect(lambda _: self.limit_chosen.emit(self.limits.currentData()))
        self._limit_label = self.add_row(self.limits)
        self._place_label, self._place = QLabel(), plain_label("", "small")
        self._place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.choose_button, self.usual_button = QPushButton(), QPushButton()
        self.choose_button.clicked.connect(self.folder_wanted)
        self.usual_button.clicked.connect(self.usual_wanted)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._place_label)
        words.addWidget(self._place)
        row = QHBoxLayout()
        row.addLayout(words, 1)
        row.addWidget(self.usual_button)
        row.addWidget(self.choose_button)
        self.body.addLayout(row)
        self._retranslate()

    def show_limit(self, limit_mb: int | None) -> None:
        self._limit = limit_mb
        self._fill()

    def show_home(self, home: Home) -> None:
        self._home = home
        self._place.setText(wrapping_path(home.cache))
        self.usual_button.setVisible(home.usual_cache is not None)

    def set_idle(self, idle: bool) -> None:
        """Whether the cache may be moved: not while photos are indexed."""
        for button in (self.choose_button, self.usual_button):
            button.setEnabled(idle)

    def _fill(self) -> None:
        self.limits.clear()
        # One that was set on the command line is shown as well.
        for limit in (None, *sorted({*_LIMITS_MB, *filter(None, (self._limit,))})):
            text = self.tr("No limit") if limit is None else size_text(limit * 1_000_000)
            self.limits.addItem(text, limit)
        self.limits.setCurrentIndex(max(0, self.limits.findData(self._limit)))

    def _retranslate(self) -> None:
        self.describe(
            self.tr("Cache"),
            self.tr(
                "Small pictures for the grid and a copy of the index. Beyond the limit the oldest pictures go first."
            ),
        )
        self._limit_label.setText(self.tr("Thumbnails at most"))
        self.limits.setAccessibleName(self.tr("Thumbnails at most"))
        self._place_label.setText(self.tr("Kept in"))
        self.choose_button.setText(self.tr("Move…"))
        self.choose_button.setAccessibleDescription(self.tr("Choose another folder for the cache"))
        self.usual_button.setText(self.tr("Usual place"))
        self._fill()
        self.show_home(self._home)
