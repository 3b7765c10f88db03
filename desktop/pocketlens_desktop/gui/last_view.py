"""What was in view when the window was closed last: shown again, kept for the next time, or forgotten."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt

from pocketlens_desktop.gui.library import Library, Overview
from pocketlens_desktop.gui.photos_page import PhotosPage
from pocketlens_desktop.gui.viewer import Viewer
from pocketlens_desktop.gui.window_memory import WindowMemory


class LastView(QObject):
    """Of the photos page and the viewer; the window itself sees to its geometry and its page."""

    def __init__(self, memory: WindowMemory, photos_page: PhotosPage, viewer: Viewer, library: Library) -> None:
        super().__init__(photos_page)
        self._memory, self._photos_page, self._viewer, self._library = memory, photos_page, viewer, library

    def show(self) -> None:
        """Show it again; the album when it is known which there are."""
        if self._memory.tile_size is not None:
            self._photos_page.grid.set_tile_size(self._memory.tile_size)
        self._photos_page.field.set_history(self._memory.history)
        self._viewer.show_info(self._memory.information)
        self._library.overview_changed.connect(self._choose_album, Qt.ConnectionType.SingleShotConnection)

    def keep(self) -> None:
        self._memory.tile_size = self._photos_page.grid.tile_size()
        self._memory.information = self._viewer.shows_info
        self._memory.set_album(self._photos_page.album)
        self._memory.history = self._photos_page.field.history()

    def forget(self) -> None:
        """Forget everything, the searches made as well."""
        self._memory.clear()
        self._photos_page.field.set_history([])

    def _choose_album(self, overview: Overview) -> None:
        album = self._memory.album_among(overview.albums)
        if album is not None:
            self._photos_page.choose_album(album)
