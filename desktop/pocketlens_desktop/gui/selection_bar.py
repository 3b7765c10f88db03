"""What is chosen in the grid, along its bottom: how many, and what can be done with all of them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton

from pocketlens_desktop.gui.icons import IconButton, IconPushButton
from pocketlens_desktop.gui.translated import Translated

#: Fewer than these are nothing to speak of: a click on a photo chooses it.
_SPOKEN_OF = 2


class SelectionBar(Translated, QFrame):
    """Shown while several photos are chosen, or while there is something to say about those that are.

    Signals:
        copy_wanted: put them on the clipboard.
        export_wanted: copy them to a folder.
        mark_wanted: make them favourites, or favourites no more.
        clear_wanted: choose none.
    """

    copy_wanted = Signal()
    export_wanted = Signal()
    mark_wanted = Signal()
    clear_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("jobStrip")
        self._count = 0
        self._hint = ""
        self.words = QLabel()
        self.words.setProperty("role", "strong")
        self._said = QLabel(wordWrap=True)
        self._said.setProperty("role", "small")
        self._copy, self._export = QPushButton(), IconPushButton("download")
        self._mark, self._clear = IconButton("heart"), IconButton("close")
        self._mark.clicked.connect(self.mark_wanted)
        self._copy.clicked.connect(self.copy_wanted)
        self._export.clicked.connect(self.export_wanted)
        self._clear.clicked.connect(self.clear_wanted)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(20, 7, 12, 8)
        self._layout.setSpacing(10)
        self._layout.addWidget(self.words)
        self._layout.addWidget(self._said, 1)
        for button in (self._mark, self._copy, self._export, self._clear):
            self._layout.addWidget(button)
        self._retranslate()
        self.hide()

    def show_count(self, count: int) -> None:
        """So many are chosen now."""
        self._count, self._hint = count, ""
        self._show()

    def say(self, hint: str) -> None:
        """Say something about what is chosen, until something else is."""
        self._hint = hint
        self._show()

    def _show(self) -> None:
        self.words.setText(self.tr("%n chosen", "", self._count))
        self._said.setText(self._hint)
        self.setVisible(self._count >= _SPOKEN_OF or bool(self._hint))

    def _retranslate(self) -> None:
        self._copy.setText(self.tr("Copy"))
        self._export.setText(self.tr("Export…"))
        self._mark.describe(self.tr("Favourite"), "Ctrl+Shift+F")
        self._clear.describe(self.tr("Choose none"), "Esc")
        self._hint = ""
        self._show()
