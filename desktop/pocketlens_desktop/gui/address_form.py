"""Where to download a model package from, and what must arrive: the window's `--url`, `--size` and `--sha256`."""

from __future__ import annotations

import re

from PySide6.QtCore import QUrl, Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout

from pocketlens_desktop.gui.translated import Translated
from pocketlens_models.registry import Archive

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


class AddressForm(Translated, QFrame):
    """Hidden until `show`. Its button works once all three say something that can be.

    Signals:
        chosen: the `Archive` to download.
    """

    chosen = Signal(object)

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setObjectName("confirmation")
        self._title = title
        self.url, self.size_line, self.sha256 = QLineEdit(), QLineEdit(), QLineEdit()
        self.download_button, self.cancel_button = QPushButton(), QPushButton()
        self.download_button.setProperty("role", "primary")
        self._hint = QLabel(wordWrap=True)
        self._hint.setProperty("role", "small")
        self._labels = [QLabel() for _ in range(3)]
        fields = QFormLayout()
        fields.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for label, line in zip(self._labels, (self.url, self.size_line, self.sha256), strict=True):
            label.setBuddy(line)
            fields.addRow(label, line)
            line.textChanged.connect(self._check)
            line.returnPressed.connect(self._choose)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.download_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 12, 12)
        layout.setSpacing(10)
        layout.addWidget(self._hint)
        layout.addLayout(fields)
        layout.addLayout(buttons)
        self.download_button.clicked.connect(self._choose)
        self.cancel_button.clicked.connect(self.hide)
        self.hide()
        self._retranslate()
        self._check()

    @property
    def archive(self) -> Archive | None:
        """What the fields say; None while they do not say it all."""
        url, sha256 = QUrl(self.url.text().strip()), self.sha256.text().strip()
        size = re.sub(r"[\s,_]|bytes", "", self.size_line.text())
        there = url.isValid() and url.scheme() in ("http", "https") and url.host()
        if not there or not (size.isascii() and size.isdecimal() and int(size)) or not _SHA256.fullmatch(sha256):
            return None
        return Archive(urls=(url.toString(),), size=int(size), sha256=sha256.lower())

    def _check(self) -> None:
        self.download_button.setEnabled(self.archive is not None)

    def _choose(self) -> None:
        archive = self.archive
        if archive is not None:
            self.hide()
            self.chosen.emit(archive)

    def _retranslate(self) -> None:
        hint = self.tr(
            "For a finished package of {model} that somebody offers. Size and SHA-256 are in the record that lies "
            "beside it; only a file that matches them is installed."
        )
        self._hint.setText(hint.format(model=self._title))
        names = (self.tr("Address"), self.tr("Size in bytes"), self.tr("SHA-256"))
        for label, line, name in zip(self._labels, (self.url, self.size_line, self.sha256), names, strict=True):
            label.setText(name)
            line.setAccessibleName(name)
        self.url.setPlaceholderText("https://…")
        self.download_button.setText(self.tr("Download"))
        self.cancel_button.setText(self.tr("Cancel"))
