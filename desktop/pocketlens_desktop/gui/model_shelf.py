"""The models that are here and those that can be had, for the models page. Works on threads of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from pocketlens.errors import Cancelled, ModelCorrupt, ModelMissing, PocketLensError
from pocketlens.paths import Home
from pocketlens.settings import load_settings
from pocketlens_desktop.gui.background import Background
from pocketlens_models.download import Transferred
from pocketlens_models.fetching import fetch
from pocketlens_models.installation import install
from pocketlens_models.registry import Archive, InstalledModel, KnownModel, installed, known
from pocketlens_models.switching import SwitchPlan, plan_switch, seconds_to_encode, use_model

if TYPE_CHECKING:
    from pocketlens.model import Manifest
    from pocketlens_models.profile.measurement import Profile


@dataclass(frozen=True)
class ShelvedModel:
    """One model, installed or known to this release or both.

    Attributes:
        plan: what a switch to it would take; None unless it is installed and sound. ``seconds``: about how long.
        profile: what was measured of it; None where nothing was.
    """

    id: str
    known: KnownModel | None
    installed: InstalledModel | None
    in_use: bool
    plan: SwitchPlan | None = None
    profile: Profile | None = None
    seconds: float | None = None

    @property
    def usable(self) -> bool:
        return self.installed is not None and not self.installed.problem

    @property
    def title(self) -> str:
        here = self.installed.title if self.installed and not self.installed.problem else ""
        return here or (self.known.title if self.known else self.id)

    @property
    def languages(self) -> tuple[str, ...]:
        if self.installed is not None and not self.installed.problem:
            return self.installed.languages
        return self.known.languages if self.known else ()

    @property
    def disk_bytes(self) -> int | None:
        """Of the package; None where nobody measured it."""
        if self.installed is not None and not self.installed.problem:
            return self.installed.size
        if self.known is not None and self.known.archive is not None:
            return self.known.archive.size
        return self.known.disk_bytes if self.known else None

    @property
    def memory_bytes(self) -> tuple[int, int] | None:
        """Private memory while indexing and while searching; None where nobody measured both."""
        profile = self.profile
        if profile is not None and profile.image.steady is not None and profile.text.steady is not None:
            return profile.image.steady.anon, profile.text.steady.anon
        if self.known is not None and self.known.indexing_anon_bytes and self.known.searching_anon_bytes:
            return self.known.indexing_anon_bytes, self.known.searching_anon_bytes
        return None


class ModelShelf(QObject):
    """Lists, installs, downloads and chooses models.

    Signals:
        changed: a list of `ShelvedModel`, after `refresh` and whatever changes it.
        transferred: the id of the model being downloaded and its `Transferred`.
        downloading_changed: that id, "" when nothing is.
        installed: the `Manifest` of a package that was installed.
        chosen: the id of the model that is in use from now on.
        failed: a `PocketLensError`.
    """

    changed = Signal(list)
    transferred = Signal(str, object)
    downloading_changed = Signal(str)
    installed = Signal(object)
    chosen = Signal(str)
    failed = Signal(object)

    def __init__(self, home: Home, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._home = home
        self._thread = Background("models", self)
        self._fetching = Background("model-download", self)
        self._cancel = threading.Event()
        self._downloading = ""

    @property
    def downloading(self) -> str:
        """The id of the model being downloaded, "" when none is."""
        return self._downloading

    def refresh(self) -> None:
        self._thread.call(lambda: shelved_models(self._home), self.changed.emit, self.failed.emit)

    def plan(self, folder: Path, then: Callable[[SwitchPlan], object]) -> None:
        """Count anew what a switch to the package in ``folder`` would take."""
        self._thread.call(lambda: plan_switch(folder, self._home), then, self.failed.emit)

    def use(self, model: str) -> None:
        """Search and index with an installed model from now on."""
        self._thread.call(lambda: use_model(model, self._home), lambda _: self._chose(model), self.failed.emit)

    def install_from(self, source: Path) -> None:
        """Install from an archive or a package's folder."""
        self._thread.call(lambda: install(source, self._home), self._installed, self.failed.emit)

    def download(self, model: str, archive: Archive) -> None:
        """Download and install. Does nothing while something is downloaded."""
        if self._downloading:
            return
        self._cancel = cancel = threading.Event()
        self._set_downloading(model)
        self.transferred.emit(model, Transferred(0, archive.size, None, None))
        self._fetching.call(
            lambda: fetch(
                model,
                archive,
                self._home,
                on_progress=lambda progress: self.transferred.emit(model, progress),
                cancel=cancel,
            ),
            self._downloaded,
            self._download_failed,
        )

    def stop_download(self) -> None:
        """What arrived is kept: the next download of the model goes on from there."""
        self._cancel.set()

    def close(self) -> None:
        self._cancel.set()
        for thread in (self._fetching, self._thread):
            thread.finish(lambda: None)

    def _downloaded(self, manifest: Manifest) -> None:
        self._set_downloading("")
        self._installed(manifest)

    def _installed(self, manifest: Manifest) -> None:
        self.refresh()
        self.installed.emit(manifest)

    def _chose(self, model: str) -> None:
        self.chosen.emit(model)
        self.refresh()

    def _download_failed(self, error: PocketLensError) -> None:
        self._set_downloading("")
        if not isinstance(error, Cancelled):
            self.failed.emit(error)

    def _set_downloading(self, model: str) -> None:
        self._downloading = model
        self.downloading_changed.emit(model)


def shelved_models(home: Home) -> list[ShelvedModel]:
    """Installed models first, the one in use before them all, then the others in the registry's order.

    Raises:
        CatalogueTooNew, CatalogueDamaged, CatalogueBusy: as `pocketlens_models.switching.plan_switch`.
    """
    there = {model.id: model for model in installed(home)}
    entries = {entry.id: entry for entry in known()}
    in_use = load_settings(home).model
    models = [
        _shelved(ident, entries.get(ident), there.get(ident), ident == in_use, home)
        for ident in (*entries, *(ident for ident in there if ident not in entries))
    ]
    return sorted(models, key=lambda model: (not model.in_use, model.installed is None))


def _shelved(
    ident: str, entry: KnownModel | None, model: InstalledModel | None, in_use: bool, home: Home
) -> ShelvedModel:
    if model is None or model.problem:
        return ShelvedModel(ident, entry, model, in_use)
    plan = plan_switch(model.folder, home)
    seconds = seconds_to_encode(plan, model.folder, load_settings(home).threads)
    return ShelvedModel(ident, entry, model, in_use, plan, _profile(model.folder), seconds)


def _profile(folder: Path) -> Profile | None:
    # It brings numpy along, which nothing else in this process needs to start.
    from pocketlens_models.profile.measurement import read_profile

    try:
        return read_profile(folder)
    except (ModelMissing, ModelCorrupt):
        return None
