"""What the window remembers from one run to the next: its place, what it showed and how, the searches made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from pocketlens.catalogue import AlbumSummary


class WindowMemory:
    """An INI file. A value that is missing or makes no sense is the default."""

    def __init__(self, file: Path) -> None:
        self._store = QSettings(str(file), QSettings.Format.IniFormat)

    @property
    def geometry(self) -> QByteArray:
        value = self._store.value("geometry")
        return value if isinstance(value, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._store.setValue("geometry", value)

    @property
    def tile_size(self) -> int | None:
        value = self._store.value("tileSize")
        return int(value) if str(value).isdigit() else None

    @tile_size.setter
    def tile_size(self, value: int) -> None:
        self._store.setValue("tileSize", value)

    @property
    def page(self) -> int:
        value = self._store.value("page")
        return int(value) if str(value).isdigit() else 0

    @page.setter
    def page(self, value: int) -> None:
        self._store.setValue("page", value)

    @property
    def information(self) -> bool:
        """Whether what is known about a photo was shown beside it."""
        return str(self._store.value("information")) == "true"

    @information.setter
    def information(self, value: bool) -> None:
        self._store.setValue("information", "true" if value else "false")

    def album_among(self, albums: Sequence[AlbumSummary]) -> AlbumSummary | None:
        """The album that was browsed last, if it is one of ``albums``."""
        value = self._store.value("album")
        return next((album for album in albums if _album_key(album) == value), None)

    def set_album(self, album: AlbumSummary | None) -> None:
        self._store.setValue("album", _album_key(album) if album is not None else "")

    @property
    def history(self) -> list[str]:
        value = self._store.value("history", [])
        # One entry comes back from an INI file as a plain string.
        entries = value if isinstance(value, list) else [value]
        return [entry for entry in entries if isinstance(entry, str) and entry]

    @history.setter
    def history(self, value: list[str]) -> None:
        self._store.setValue("history", value)

    def clear(self) -> None:
        """Forget everything."""
        self._store.clear()
        self._store.sync()

    def save(self) -> None:
        self._store.sync()


def _album_key(album: AlbumSummary) -> str:
    # Paths are bytes of any kind.
    return f"{album.source.kind} {album.source.identity.hex()} {album.path.hex()}"
