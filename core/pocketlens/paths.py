"""Where everything is kept. The only module that knows a folder's name."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

HOME_VARIABLE = "POCKETLENS_HOME"


class Home(msgspec.Struct, frozen=True):
    """The folders one person's PocketLens writes to, and nothing outside them.

    Attributes:
        data: the catalogue, saved settings and installed models. Worth a backup.
        cache: thumbnails and derived vector files. Safe to delete; it is made again.
        usual_cache: where the cache would be if nobody had chosen another place; None when it is there.
    """

    data: Path
    cache: Path
    usual_cache: Path | None = None

    @property
    def catalogue(self) -> Path:
        return self.data / "catalogue.sqlite3"

    @property
    def set_aside(self) -> tuple[Path, ...]:
        """Damaged catalogues that a repair kept (`pocketlens.recovery`), with the logs that belong to them."""
        return tuple(sorted(self.data.glob(f"{self.catalogue.name}.damaged-*")))

    @property
    def settings(self) -> Path:
        return self.data / "settings.json"

    @property
    def window(self) -> Path:
        return self.data / "window.ini"

    @property
    def workers(self) -> Path:
        """What was measured of this machine (`pocketlens.calibration`)."""
        return self.data / "workers.json"

    @property
    def models(self) -> Path:
        return self.data / "models"

    @property
    def indexing_lock(self) -> Path:
        return self.data / "indexing.lock"

    @property
    def thumbnails(self) -> Path:
        return self.cache / "thumbnails.sqlite3"

    @property
    def vectors(self) -> Path:
        return self.cache / "vectors"

    def make(self) -> Home:
        """Create the folders, readable by their owner alone (0700). Returns itself."""
        for folder in (self.data, self.cache, self.vectors):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self


def fit_to_show(name: bytes) -> str:
    r"""A file's name or path as text that can be printed, stored and sent: what is not UTF-8 becomes ``\\xff``."""
    return name.decode(errors="backslashreplace")


def home_at(root: Path) -> Home:
    """Everything under one folder: tests, the demo, a stick, the phone."""
    return Home(data=root / "data", cache=root / "cache")


def default_home() -> Home:
    """The person's own folders, or those under ``$POCKETLENS_HOME`` when it is set, with the cache they chose.

    A chosen cache that is not there (its disk is unplugged) is replaced by the usual one meanwhile.
    """
    from pocketlens.settings import load_settings

    home = _usual_home()
    cache = load_settings(home).cache_folder
    if cache is None or not Path(cache).is_dir():
        return home
    return Home(data=home.data, cache=Path(cache), usual_cache=home.cache)


def _usual_home() -> Home:
    chosen = os.environ.get(HOME_VARIABLE)
    if chosen:
        return home_at(Path(chosen).absolute())
    import platformdirs

    return Home(
        data=Path(platformdirs.user_data_dir("PocketLens", appauthor=False)),
        cache=Path(platformdirs.user_cache_dir("PocketLens", appauthor=False)),
    )
