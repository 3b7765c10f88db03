# ruff: noqa: N802 - methods that Qt names and calls
"""What is being indexed, along the bottom of every page; nothing when nothing is."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from pocketlens.protocol import Progress
from pocketlens_desktop.gui.engines import Indexing, JobState
from pocketlens_desktop.gui.icons import IconButton
from pocketlens_desktop.gui.phone_wording import paused_words
from pocketlens_desktop.gui.wording import number, pace_text, stage_text

#: Steps of the bar: finer than any screen is wide, and within an int for any album.
_STEPS = 10_000


class JobStrip(QFrame):
    """Follows an `Indexing`: stage, counts, pace, and the buttons to pause, go on and stop."""

    def __init__(self, indexing: Indexing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("jobStrip")
        self._indexing = indexing
        self._progress: Progress | None = None
        self._bar = QProgressBar(textVisible=False)
        self._stage, self._pace, self._failed = QLabel(), QLabel(), QLabel()
        self._stage.setProperty("role", "strong")
        self._pace.setProperty("role", "muted")
        self._failed.setProperty("role", "muted")
        self.pause_button = IconButton("pause")
        self.stop_button = IconButton("stop")
        self.pause_button.clicked.connect(self._pause_or_resume)
        self.stop_button.clicked.connect(indexing.stop)
        words = QHBoxLayout()
        words.setSpacing(16)
        words.addWidget(self._stage)
        words.addWidget(self._pace)
        words.addWidget(self._failed)
        words.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addLayout(words)
        column.addWidget(self._bar)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(20, 9, 12, 10)
        layout.setSpacing(10)
        layout.addLayout(column, 1)
        layout.addWidget(self.pause_button)
        layout.addWidget(self.stop_button)
        indexing.state_changed.connect(self._show_state)
        indexing.progressed.connect(self._show_progress)
        self._show_state(indexing.state)

    @property
    def words(self) -> str:
        """All that the strip says."""
        return "\n".join(label.text() for label in (self._stage, self._pace, self._failed) if label.text())

    def _pause_or_resume(self) -> None:
        if self._indexing.state is JobState.PAUSED:
            self._indexing.resume()
        else:
            self._indexing.pause()

    def _show_progress(self, progress: Progress) -> None:
        self._progress = progress
        self._show()

    def _show_state(self, state: JobState) -> None:
        self.setVisible(state is not JobState.IDLE)
        if state in (JobState.IDLE, JobState.STARTING):
            self._progress = None
        self._show()

    def _show(self) -> None:
        state, progress = self._indexing.state, self._progress
        paused = state is JobState.PAUSED
        self.pause_button.show_icon("play" if paused else "pause")
        self.pause_button.describe(self.tr("Go on") if paused else self.tr("Pause"))
        self.stop_button.describe(self.tr("Stop. What was indexed is kept."))
        self.pause_button.setEnabled(state in (JobState.RUNNING, JobState.PAUSED))
        self.stop_button.setEnabled(state is not JobState.STOPPING)
        if state is JobState.STOPPING:
            self._stage.setText(self.tr("Stopping after the photos in hand"))
        elif progress is None:
            self._stage.setText(self.tr("Starting"))
        else:
            self._stage.setText(stage_text(progress))
        self._pace.setText(self._pace_words(state, progress))
        failed = progress.failed if progress is not None else 0
        self._failed.setText(self.tr("%n could not be read", "", failed) if failed else "")
        if progress is not None and progress.total:
            self._bar.setRange(0, _STEPS)
            self._bar.setValue(_STEPS * progress.done // progress.total)
        else:
            # A moving bar would be drawn many times a second for nothing; empty says the same.
            self._bar.setRange(0, _STEPS)
            self._bar.setValue(0)
        done = number(self._bar.value() * 100 // _STEPS)
        self._bar.setAccessibleName(self.tr("Indexing, {percent} %").format(percent=done))

    def _pace_words(self, state: JobState, progress: Progress | None) -> str:
        if state is JobState.PAUSED:
            return self.tr("Paused")
        if progress is None or state is not JobState.RUNNING:
            return ""
        # "asked" goes by the state above, which is ahead of the engine's answer.
        if progress.paused is not None and progress.paused != "asked":
            return paused_words(progress.paused)
        return pace_text(progress)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._show()
        super().changeEvent(event)
