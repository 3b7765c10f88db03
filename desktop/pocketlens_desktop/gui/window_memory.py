"""What the window remembers from one run to the next: its place, the tile size, the searches made."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings


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
