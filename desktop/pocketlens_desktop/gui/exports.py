"""Copies of photos and albums for the person: where to, and what of."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from pocketlens_desktop.gui.folder_dialog import choose_folder
from pocketlens_desktop.gui.phone_errands import PhotoExport
from pocketlens_desktop.gui.photo_list import Tile


class Exports(QWidget):
    """Asks for a folder and starts the copying. Never shown itself: a place for its dialog and its words."""

    def __init__(self, export: PhotoExport, starting: Callable[[], object], parent: QWidget) -> None:
        """``starting`` is called before anything is copied."""
        super().__init__(parent)
        self.hide()
        self._export, self._starting = export, starting

    def choose_for_photos(self, tiles: list[Tile]) -> None:
        """Let the person choose where to copy these photos to."""
        self._choose(partial(self.copy_photos, tiles))

    def choose_for_albums(self, serial: bytes, albums: Sequence[bytes]) -> None:
        """Let the person choose where to copy these albums of a phone to; all of its albums when none is named."""
        self._choose(partial(self.copy_albums, serial, albums))

    def copy_albums(self, serial: bytes, albums: Sequence[bytes], folder: Path) -> None:
        """Copy albums of a phone to a folder."""
        self._starting()
        self._export.start_albums(serial, albums, folder)

    def copy_photos(self, tiles: list[Tile], folder: Path) -> None:
        """Copy these photos, of phones or of this computer, to a folder."""
        paths: dict[bytes, list[bytes]] = defaultdict(list)
        for tile in tiles:
            if tile.file is None:
                paths[tile.source.identity].append(tile.path)
        self._starting()
        self._export.start(paths, folder, files=[os.fsencode(tile.file) for tile in tiles if tile.file is not None])

    def _choose(self, copy: Callable[[Path], object]) -> None:
        choose_folder(self.window(), self.tr("Choose a folder for the copies"), copy)
