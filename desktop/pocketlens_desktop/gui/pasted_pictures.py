"""Pictures that are dropped or pasted into the window, as files to search by."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage

from pocketlens.errors import PocketLensError
from pocketlens.paths import Home

_FORGOTTEN_S = 86_400.0


class PastedPictures:
    """A picture without a file is written to the cache, readable by its owner alone, and removed by `clear`."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._made: list[Path] = []
        self._remove_forgotten()

    def use_home(self, home: Home) -> None:
        """Write to another cache from now on."""
        self._home = home

    def offered(self, mime: QMimeData) -> bool:
        """Whether there is a file or a picture in it."""
        return mime.hasImage() or any(url.isLocalFile() for url in mime.urls())

    def file_of(self, mime: QMimeData) -> Path | None:
        """The first picture in it as a file; None when there is none.

        Raises:
            PocketLensError: it cannot be written to the cache.
        """
        for url in mime.urls():
            # A file is what the person sees; whether it is a picture shows when it is read.
            if url.isLocalFile() and not os.path.isdir(url.toLocalFile()):  # noqa: PTH112
                return Path(url.toLocalFile())
        image = mime.imageData() if mime.hasImage() else None
        if not isinstance(image, QImage) or image.isNull():
            return None
        self._home.make()
        try:
            handle, name = tempfile.mkstemp(prefix="pasted-", suffix=".png", dir=self._home.cache)
        except OSError as error:
            raise PocketLensError(
                f"The picture cannot be kept: {error.strerror}.", thing=str(self._home.cache)
            ) from error
        os.close(handle)
        self._made.append(Path(name))
        if not image.save(name, "PNG"):  # type: ignore[call-overload]
            raise PocketLensError("The picture cannot be kept.", thing=name)
        return Path(name)

    def _remove_forgotten(self) -> None:
        """Those of a window that was killed. Another one's may be in use: they are younger than a day."""
        for file in self._home.cache.glob("pasted-*.png"):
            with contextlib.suppress(OSError):
                if time.time() - file.stat().st_mtime > _FORGOTTEN_S:
                    file.unlink()

    def clear(self) -> None:
        """Remove the files that were made here."""
        for file in self._made:
            file.unlink(missing_ok=True)
        self._made.clear()
