# ruff: noqa: N802 - methods that Qt names and calls
"""The photos the grid shows, as a Qt model: pages are fetched as they come into view."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QDateTime,
    QLocale,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimeZone,
    QUrl,
    Signal,
)

from pocketlens.catalogue import PhotoRow
from pocketlens.protocol import Hit, SourceSpec

#: Rows fetched at a time: a screenful of the smallest tiles on a large display is about 200.
PAGE = 256

AnyIndex = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


@dataclass(frozen=True, slots=True)
class Tile:
    """One photo as the window shows it, from the catalogue or from a ranking (then with ``strength``, 0..1)."""

    photo: int
    source: SourceSpec
    path: bytes
    location: str
    album: str
    taken_at: int | None
    width: int
    height: int
    thumbnail: bytes
    strength: float | None = None
    weak: bool = False
    copies: int = 1
    favourite: bool = False
    duration_ms: int | None = None
    found_text: str = ""
    #: The others that this one stands for, by their numbers.
    members: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The file's name, fit to show."""
        return self.path.rsplit(b"/", 1)[-1].decode(errors="backslashreplace")

    @property
    def file(self) -> str | None:
        """The path to open on this machine, None for a photo that is on a phone."""
        if self.source.kind != "folder":
            return None
        return os.fsdecode(os.path.join(self.source.identity, self.path))  # noqa: PTH118 - bytes

    @property
    def key(self) -> str:
        """What the viewer calls the photo: its file, or a name that no file has."""
        return self.file or f"{self.source.kind}:{self.photo}"


def tile_of_hit(hit: Hit) -> Tile:
    return Tile(
        photo=hit.photo,
        source=hit.source,
        path=hit.path,
        location=hit.location,
        album=hit.album,
        taken_at=hit.taken_at,
        width=hit.width,
        height=hit.height,
        thumbnail=hit.thumbnail,
        strength=hit.strength,
        weak=hit.weak,
        copies=hit.copies,
        favourite=hit.favourite,
        duration_ms=hit.duration_ms,
        found_text=hit.found_text,
        members=tuple(hit.members),
    )


def tile_of_row(row: PhotoRow) -> Tile:
    return Tile(
        photo=row.id,
        source=row.source,
        path=row.path,
        location=row.location,
        album=row.album,
        taken_at=row.taken_at,
        width=row.width or 0,
        height=row.height or 0,
        thumbnail=row.content_hash or b"",
        favourite=row.favourite,
        duration_ms=row.duration_ms,
    )


def day_text(taken_at: int | None) -> str:
    """The day a photo was taken, in the window's language; empty when unknown."""
    if taken_at is None:
        return ""
    return QLocale().toString(_moment(taken_at).date(), QLocale.FormatType.LongFormat)


def time_text(taken_at: int | None) -> str:
    """The time of that day."""
    if taken_at is None:
        return ""
    return QLocale().toString(_moment(taken_at).time(), QLocale.FormatType.ShortFormat)


def _moment(taken_at: int) -> QDateTime:
    # A photo's own local time travels as if it were UTC: shown in UTC it is the time on the camera.
    return QDateTime.fromSecsSinceEpoch(taken_at, QTimeZone.utc())


class PhotoList(QAbstractListModel):
    """``total`` photos, of which any page may still be on its way.

    Signals:
        page_wanted: the number of a page that came into view and is not here yet.
    """

    page_wanted = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._total = 0
        self._pages: dict[int, list[Tile]] = {}
        self._asked: set[int] = set()

    def show_all(self, tiles: list[Tile]) -> None:
        """A complete list, such as a ranking."""
        self.beginResetModel()
        self._total = len(tiles)
        self._pages = {start // PAGE: tiles[start : start + PAGE] for start in range(0, len(tiles), PAGE)}
        self._asked = set(self._pages)
        self.endResetModel()

    def show_pages(self, total: int) -> None:
        """``total`` photos whose pages are asked for with `page_wanted` as they come into view."""
        self.beginResetModel()
        self._total = total
        self._pages = {}
        self._asked = set()
        self.endResetModel()

    def add_page(self, page: int, tiles: list[Tile]) -> None:
        """The rows of a page that was asked for. A short page means that there are fewer photos than was thought."""
        first = page * PAGE
        if page not in self._asked or first >= self._total:
            return
        self._pages[page] = tiles
        end = first + len(tiles)
        if end < min(first + PAGE, self._total):
            self.beginRemoveRows(_NOWHERE, end, self._total - 1)
            self._total = end
            self.endRemoveRows()
        if tiles:
            self.dataChanged.emit(self.index(first), self.index(min(end, self._total) - 1))

    def tile(self, row: int) -> Tile | None:
        """The photo at ``row``; None while its page is on its way (which is then asked for)."""
        page, place = divmod(row, PAGE)
        tiles = self._pages.get(page)
        if tiles is not None:
            return tiles[place] if place < len(tiles) else None
        if page not in self._asked:
            self._asked.add(page)
            self.page_wanted.emit(page)
        return None

    def tile_here(self, row: int) -> Tile | None:
        """The photo at ``row`` if its page is here; nothing is asked for."""
        page, place = divmod(row, PAGE)
        tiles = self._pages.get(page, [])
        return tiles[place] if place < len(tiles) else None

    def mark(self, photos: Collection[int], *, favourite: bool) -> None:
        """Show these as favourites, or not, and with them the copies that are here."""
        contents = {tile.thumbnail for tiles in self._pages.values() for tile in tiles if tile.photo in photos}
        for page, tiles in self._pages.items():
            for place, tile in enumerate(tiles):
                same = tile.photo in photos or (tile.thumbnail and tile.thumbnail in contents)
                if same and tile.favourite is not favourite:
                    tiles[place] = replace(tile, favourite=favourite)
                    index = self.index(page * PAGE + place)
                    self.dataChanged.emit(index, index)

    def row_of(self, photo: int) -> int | None:
        """Where a photo is, among the pages that are here."""
        for page, tiles in self._pages.items():
            for place, tile in enumerate(tiles):
                if tile.photo == photo:
                    return page * PAGE + place
        return None

    def rowCount(self, parent: AnyIndex = _NOWHERE) -> int:
        return 0 if parent.isValid() else self._total

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            tile = self.tile(index.row())
            if tile is None:
                return ""
            if role == Qt.ItemDataRole.DisplayRole:
                return tile.name
            parts = [tile.name, tile.album, day_text(tile.taken_at)]
            separator = "\n" if role == Qt.ItemDataRole.ToolTipRole else ", "
            return separator.join(part for part in parts if part)
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        kept = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        return kept | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.NoItemFlags

    def mimeData(self, indexes: list[QModelIndex]) -> QMimeData:  # type: ignore[override]
        """The files themselves, to drop in other programs."""
        tiles = [self.tile(index.row()) for index in indexes]
        return files_mime([tile for tile in tiles if tile is not None])

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list"]

    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction


def files_mime(tiles: list[Tile]) -> QMimeData:
    """``tiles`` as files on the clipboard or in a drag, with their paths as text."""
    files = [tile.file for tile in tiles if tile.file is not None]
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(file) for file in files])
    mime.setText("\n".join(files))
    # What GNOME's file manager looks for before it pastes.
    addresses = [url.toString(QUrl.ComponentFormattingOption.FullyEncoded) for url in mime.urls()]
    mime.setData("x-special/gnome-copied-files", "\n".join(["copy", *addresses]).encode())
    return mime
