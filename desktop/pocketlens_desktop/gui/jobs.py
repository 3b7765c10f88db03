"""Indexing as the person has set it: jobs begun, photos shown as they come in, words read afterwards."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from pocketlens.errors import PocketLensError
from pocketlens.protocol import Indexed, Progress, SourceSpec, TextsRead
from pocketlens.texts import reader_installed
from pocketlens_desktop.gui.engines import Indexing, Job
from pocketlens_desktop.gui.library import Library
from pocketlens_desktop.gui.settings_in_use import SettingsInUse

#: How often photos that were just indexed are looked for while a job runs: often enough to see them come in, rarely
#: enough that reading counts from a catalogue of 100,000 photos (40 ms) is no load.
_REFRESH_MS = 1_500


class Jobs(QObject):
    """Begins indexing jobs by the settings in use, and sees to what follows on each.

    Signals:
        answers_changed: photos or words came in: what was searched for may be answered otherwise now.
    """

    answers_changed = Signal()

    def __init__(
        self, indexing: Indexing, library: Library, settings: SettingsInUse, starting: Callable[[], object]
    ) -> None:
        """``starting`` is called before a job that the person asked for."""
        super().__init__(indexing)
        self._indexing, self._library, self._settings, self._starting = indexing, library, settings, starting
        self._refresh = QTimer(self, interval=_REFRESH_MS)
        self._refresh.timeout.connect(library.refresh)
        self._seen_done = 0
        indexing.progressed.connect(self._progressed)
        indexing.finished.connect(self._indexed)
        indexing.words_read.connect(self._words_read)
        indexing.failed.connect(self._failed)
        settings.reading_changed.connect(self._let_words_be_read)

    def index_folders(self, folders: Sequence[Path]) -> None:
        """Add these folders, or look for changes in them."""
        self.start(Job(tuple(SourceSpec("folder", os.fsencode(folder.absolute())) for folder in folders)))

    def start(self, job: Job) -> None:
        """Carry out what the person asked for."""
        self._starting()
        self.begin(job)

    def begin(self, job: Job) -> None:
        """Carry out what follows on something else."""
        settings = self._settings.now
        self._indexing.start(dataclasses.replace(job, threads=settings.threads, place=settings.index_phones_on))

    def close(self) -> None:
        """Look for nothing any more."""
        self._refresh.stop()

    def _progressed(self, progress: Progress) -> None:
        if progress.done != self._seen_done:
            self._seen_done = progress.done
            if not self._refresh.isActive():
                self._refresh.start()

    def _indexed(self, event: Indexed, job: Job) -> None:
        self._refresh.stop()
        self._library.refresh()
        if event.cancelled:
            return
        if event.added or event.changed:
            self.answers_changed.emit()
        if self._settings.now.read_text and reader_installed():
            self._indexing.start(Job(job.sources, retry_unreadable=job.retry_unreadable, words=True))

    def _words_read(self, event: TextsRead, _: Job) -> None:
        if event.with_words:
            self.answers_changed.emit()

    def _failed(self, _job: Job, _error: PocketLensError) -> None:
        self._refresh.stop()
        self._library.refresh()

    def _let_words_be_read(self, wanted: bool) -> None:
        sources = tuple(source.spec for source in self._library.overview.sources if source.spec.kind == "folder")
        job = self._indexing.job
        if wanted and sources and reader_installed():
            self._indexing.start(Job(sources, words=True))
        elif not wanted and job is not None and job.words:
            self._indexing.stop()
