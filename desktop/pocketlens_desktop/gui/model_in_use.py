"""The model package in use: changed for another one, or put in place anew."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from pocketlens.paths import Home
from pocketlens.protocol import Indexed
from pocketlens_desktop.gui.engine_processes import EngineProcesses
from pocketlens_desktop.gui.engines import Job
from pocketlens_desktop.gui.jobs import Jobs
from pocketlens_desktop.gui.model_shelf import ModelShelf, ShelvedModel
from pocketlens_desktop.gui.settings_in_use import SettingsInUse
from pocketlens_models.registry import locate


class ModelInUse(QObject):
    """Signals:
    changed: the engines work with another package, or with the same one put in place anew.
    """

    changed = Signal()

    def __init__(
        self,
        home: Home,
        package: Path,
        *,
        settings: SettingsInUse,
        shelf: ModelShelf,
        engines: EngineProcesses,
        jobs: Jobs,
    ) -> None:
        super().__init__(shelf)
        self._home, self._package = home, package
        self._settings, self._shelf, self._engines, self._jobs = settings, shelf, engines, jobs
        engines.indexing.finished.connect(self._indexed)
        shelf.chosen.connect(self._chosen)
        shelf.installed.connect(lambda manifest: self._replaced(manifest.id))

    @property
    def package(self) -> Path:
        """Its folder."""
        return self._package

    def switch(self, model: ShelvedModel) -> None:
        """Look at the photos with another model, then search with it. Phones follow when they are indexed."""
        if model.installed is None or model.plan is None:
            return
        folders = tuple(source for source in model.plan.to_encode if source.kind == "folder")
        if folders:
            self._jobs.start(Job(folders, model=model.installed.folder))
        else:
            self._shelf.use(model.id)

    def look_again(self) -> None:
        """Its package may have been deleted, and the one that ships stands in for it."""
        self._replaced(self._settings.now.model)

    def _indexed(self, event: Indexed, job: Job) -> None:
        self._shelf.refresh()
        if job.model is not None and not event.cancelled:
            self._shelf.use(job.model.name)

    def _chosen(self, model: str) -> None:
        self._settings.learn(model=model)
        self._replaced(model)

    def _replaced(self, model: str) -> None:
        if model == self._settings.now.model:
            self._package = locate(model, self._home)
            self._engines.use_model(self._package)
            self.changed.emit()
