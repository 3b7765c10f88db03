"""What is dropped on the window or pasted into it: folders to index, a picture to search by."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication

from pocketlens.errors import PocketLensError
from pocketlens.paths import Home
from pocketlens_desktop.gui.pasted_pictures import PastedPictures


class Incoming(QObject):
    """Signals:
    folders_came: a list of their `Path`.
    picture_came: the `Path` of a picture's file.
    failed: a `PocketLensError`.
    """

    folders_came = Signal(list)
    picture_came = Signal(object)
    failed = Signal(object)

    def __init__(self, home: Home, parent: QObject) -> None:
        super().__init__(parent)
        self._pictures = PastedPictures(home)

    def use_home(self, home: Home) -> None:
        """Pictures without a file are written to another cache from now on."""
        self._pictures.use_home(home)

    def close(self) -> None:
        """Remove those pictures."""
        self._pictures.clear()

    def welcome(self, mime: QMimeData) -> bool:
        """Whether there is anything of use in it."""
        return bool(_folders_of(mime)) or self._pictures.offered(mime)

    def paste(self) -> None:
        """Take what is on the clipboard."""
        self.take(QGuiApplication.clipboard().mimeData())

    def take(self, mime: QMimeData) -> None:
        """Hand on the folders in it; where there are none, the picture."""
        folders = _folders_of(mime)
        if folders:
            self.folders_came.emit(folders)
            return
        try:
            picture = self._pictures.file_of(mime)
        except PocketLensError as error:
            self.failed.emit(error)
            return
        if picture is not None:
            self.picture_came.emit(picture)


def _folders_of(mime: QMimeData) -> list[Path]:
    paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    return [path for path in paths if path.is_dir()]
