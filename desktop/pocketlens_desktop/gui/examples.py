"""A few queries to begin with."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from pocketlens_desktop.gui.translated import Translated


class Examples(Translated, QWidget):
    """A few queries to begin with, until the person has one of their own."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self._label = QLabel()
        self._label.setProperty("role", "muted")
        self._layout.addWidget(self._label)
        self._buttons = [QPushButton() for _ in range(4)]
        for button in self._buttons:
            button.setProperty("role", "chip")
            button.clicked.connect(lambda _=False, pressed=button: self.chosen.emit(pressed.text()))
            self._layout.addWidget(button)
        self._retranslate()

    def _retranslate(self) -> None:
        self._label.setText(self.tr("Try:"))
        texts = (self.tr("a cat"), self.tr("food on a table"), self.tr("mountains"), self.tr("a receipt"))
        for button, text in zip(self._buttons, texts, strict=True):
            button.setText(text)
