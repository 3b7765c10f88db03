"""All engine processes of the window, and what is asked of them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from pocketlens.paths import Home
from pocketlens.protocol import Role
from pocketlens_desktop.gui.engines import EngineProcess, Indexing, Search
from pocketlens_desktop.gui.picture_search import PictureEncoder

#: The engine that knows phones as well as folders.
_PHONE_ENGINE = "pocketlens_desktop.phone.engine"


class EngineProcesses:
    """Four of them, so that none waits for another. Each runs only while there is something to do.

    Attributes:
        search: asks ``searcher``.
        indexing: asks ``indexer``, and ``reader`` for the words in photos.
        pictures: asks ``encoder`` for the vectors of pictures to search by.
    """

    def __init__(self, home: Home, model: Path, parent: QObject) -> None:
        self.searcher = EngineProcess(Role.SEARCH, home, model, parent)
        self.indexer = EngineProcess(Role.INDEX, home, model, parent, module=_PHONE_ENGINE)
        self.encoder = EngineProcess(Role.INDEX, home, model, parent)
        self.reader = EngineProcess(Role.READ, home, model, parent, module=_PHONE_ENGINE)
        self.search = Search(self.searcher)
        self.indexing = Indexing(self.indexer, self.reader)
        self.pictures = PictureEncoder(self.encoder)

    def use_model(self, folder: Path) -> None:
        """Work with another model package from now on; what was asked of the search meanwhile is asked again."""
        self.search.use_model(folder)
        for process in (self.indexer, self.reader, self.encoder):
            process.use_model(folder)

    def use_home(self, home: Home) -> None:
        """Work with another cache from now on."""
        for process in self._all:
            process.use_home(home)

    def close(self) -> None:
        """End all processes and wait for that."""
        for process in self._all:
            process.close()

    @property
    def _all(self) -> tuple[EngineProcess, ...]:
        return self.searcher, self.indexer, self.reader, self.encoder
