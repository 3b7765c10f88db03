# ruff: noqa: N802 - methods that Qt names and calls
"""Photos being copied to a folder, along the bottom: how many, a button to stop, and what came of it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout

from pocketlens.copies import CopyOutcome
from pocketlens_desktop.gui.icons import IconButton
from pocketlens_desktop.gui.page import plain_label
from pocketlens_desktop.gui.phone_errands import Exported, PhotoExport
from pocketlens_desktop.gui.wording import copy_reason, number


class ExportStrip(QFrame):
    """Follows a `PhotoExport`; stays with the outcome until it is closed."""

    def __init__(self, export: PhotoExport) -> None:
        super().__init__()
        self.setObjectName("jobStrip")
        self._export = export
        self._done, self._total = 0, 0
        self._outcome: Exported | None = None
        self._bar = QProgressBar(textVisible=False)
        self.words, self._reasons = QLabel(), plain_label("", "small")
        self.words.setProperty("role", "strong")
        self._folder = QPushButton()
        self._folder.clicked.connect(self._open_folder)
        self._end = IconButton("stop")
        self._end.clicked.connect(self._stop_or_close)
        column = QVBoxLayout()
        column.setSpacing(6)
        for widget in (self.words, self._reasons, self._bar):
            column.addWidget(widget)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(20, 9, 12, 10)
        layout.setSpacing(10)
        layout.addLayout(column, 1)
        layout.addWidget(self._folder)
        layout.addWidget(self._end)
        export.progressed.connect(self._progressed)
        export.ended.connect(self._ended)
        export.failed.connect(lambda _: self.hide())
        self._show()
        self.hide()

    def _progressed(self, done: int, total: int) -> None:
        self._done, self._total, self._outcome = done, total, None
        self._show()
        self.show()

    def _ended(self, outcome: Exported) -> None:
        self._outcome = outcome
        self._show()

    def _show(self) -> None:
        outcome = self._outcome
        self._bar.setVisible(outcome is None)
        self._folder.setVisible(outcome is not None)
        self._folder.setText(self.tr("Show the folder"))
        self._end.show_icon("stop" if outcome is None else "close")
        self._end.describe(self.tr("Stop. What was copied stays.") if outcome is None else self.tr("Close"))
        self._reasons.setVisible(outcome is not None and bool(outcome.reasons))
        if outcome is None:
            self._bar.setRange(0, max(1, self._total))
            self._bar.setValue(self._done)
            done, total = number(self._done), number(self._total)
            copying = self.tr("Copying: {done} of {total}").format(done=done, total=total)
            self.words.setText(copying if self._total else self.tr("Looking for photos on the phone"))
            self._bar.setAccessibleName(self.words.text())
            return
        parts = [self.tr("%n photo(s) copied", "", outcome.counts.get(CopyOutcome.COPIED, 0))]
        if there := outcome.counts.get(CopyOutcome.THERE, 0):
            parts.append(self.tr("%n there already", "", there))
        if failed := outcome.counts.get(CopyOutcome.FAILED, 0):
            parts.append(self.tr("%n could not be copied", "", failed))
        self.words.setText("  ·  ".join(parts))
        self._reasons.setText("\n".join(copy_reason(reason) for reason in outcome.reasons[:3]))

    def _stop_or_close(self) -> None:
        if self._outcome is None:
            self._export.stop()
        else:
            self.hide()

    def _open_folder(self) -> None:
        if self._outcome is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._outcome.folder)))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self.isVisible():
            self._show()
        super().changeEvent(event)
