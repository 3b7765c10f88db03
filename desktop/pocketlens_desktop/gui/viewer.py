# ruff: noqa: N802 - methods that Qt names and calls
"""Looking at one photo: the whole window, next and previous, fitted or at 100 %, what is known about it."""

from __future__ import annotations

import os

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QImage, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from pocketlens.catalogue import PhotoRow
from pocketlens.errors import PocketLensError
from pocketlens_desktop.gui.file_place import open_in_default_program, show_in_folder
from pocketlens_desktop.gui.icons import IconButton
from pocketlens_desktop.gui.phone_errands import PhoneOriginals
from pocketlens_desktop.gui.photo_canvas import PhotoCanvas
from pocketlens_desktop.gui.photo_image import PhotoImage, PhotoLoader, Unshown
from pocketlens_desktop.gui.photo_list import PhotoList, Tile
from pocketlens_desktop.gui.shortcuts import add_shortcuts
from pocketlens_desktop.gui.thumbnails import Thumbnails
from pocketlens_desktop.gui.translated import Translated
from pocketlens_desktop.gui.viewer_bar import ON_DARK, ViewerBar
from pocketlens_desktop.gui.viewer_panels import FetchStrip, InfoPanel

#: Neighbours of more pixels are decoded only when they are looked at: three of these take 400 MB. Chosen, not measured.
_MOST_AHEAD = 25_000_000


class Viewer(Translated, QWidget):
    """Shows the photos of a `PhotoList`, one at a time.

    Signals:
        closed: the row that was in view last.
        similar_wanted: a `Tile` to find others like.
        details_wanted: the number of the photo in view, whose `PhotoRow` goes to `show_details`.
        phone_wanted: a `Tile` to show on the phone that it is on.
        mark_wanted: numbers of photos, and whether to make them favourites.
        menu_wanted: the `Tile` in view, and where on the screen its menu was asked for.
        copy_wanted: the `Tile` in view, for the clipboard.
    """

    closed = Signal(int)
    similar_wanted = Signal(object)
    details_wanted = Signal(int)
    phone_wanted = Signal(object)
    mark_wanted = Signal(list, bool)
    menu_wanted = Signal(object, QPoint)
    copy_wanted = Signal(object)

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("viewer")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._thumbnails = thumbnails
        self._loader = PhotoLoader(self)
        self._loader.previewed.connect(self._preview_came)
        self._loader.loaded.connect(self._photo_came)
        self._originals = PhoneOriginals(self)
        self._originals.progressed.connect(self._fetching)
        self._originals.fetched.connect(self._fetched)
        self._originals.failed.connect(self._fetch_failed)
        self._photos: PhotoList | None = None
        self._row = -1
        self._tile: Tile | None = None
        self._build()
        self._add_shortcuts()
        self._retranslate()

    # -- building --------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.bar = ViewerBar()
        self._canvas = PhotoCanvas(self)
        self._previous = IconButton("chevron-left", colour=ON_DARK)
        self._next = IconButton("chevron-right", colour=ON_DARK)
        self._previous.clicked.connect(lambda: self.step(-1))
        self._next.clicked.connect(lambda: self.step(1))
        self._info_panel = InfoPanel(self)
        self._info_panel.hide()
        self._fetch_strip = FetchStrip()
        self._fetch_strip.again_wanted.connect(self._fetch)
        picture = QVBoxLayout()
        picture.addWidget(self._canvas, 1)
        picture.addWidget(self._fetch_strip)
        middle = QHBoxLayout()
        middle.setContentsMargins(8, 0, 8, 8)
        middle.setSpacing(8)
        middle.addWidget(self._previous)
        middle.addLayout(picture, 1)
        middle.addWidget(self._next)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addLayout(middle, 1)
        body.addWidget(self._info_panel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addLayout(body, 1)
        self._connect_bar()

    def _connect_bar(self) -> None:
        self.bar.back.clicked.connect(self.leave)
        self.bar.fit.clicked.connect(self._canvas.fit)
        self.bar.actual.clicked.connect(self._canvas.actual_size)
        self.bar.favourite.clicked.connect(self._mark)
        self.bar.similar.clicked.connect(self._find_similar)
        self.bar.open.clicked.connect(self._open_elsewhere)
        self.bar.on_phone.clicked.connect(self._open_elsewhere)
        self.bar.show_folder.clicked.connect(self._show_in_folder)
        self.bar.info.toggled.connect(self._toggle_info)
        self._canvas.scale_changed.connect(self.bar.show_scale)

    def _add_shortcuts(self) -> None:
        add_shortcuts(
            self,
            ("0", self._canvas.fit),
            ("Z", self._canvas.toggle),
            ("1", self._canvas.actual_size),
            ("+", lambda: self._canvas.zoom(1)),
            ("=", lambda: self._canvas.zoom(1)),
            ("-", lambda: self._canvas.zoom(-1)),
            ("I", self.bar.info.toggle),
            ("F", self._mark),
            (QKeySequence.StandardKey.Copy, self._copy),
            ("S", self._find_similar),
            ("O", self._open_elsewhere),
        )

    # -- what is shown ---------------------------------------------------------------------------------------

    @property
    def row(self) -> int:
        return self._row

    @property
    def canvas(self) -> PhotoCanvas:
        return self._canvas

    def look_at(self, photos: PhotoList, row: int) -> None:
        """Show ``row`` of ``photos``."""
        if self._photos is not photos:
            if self._photos is not None:
                self._photos.dataChanged.disconnect(self._page_came)
                self._photos.modelReset.disconnect(self._photos_replaced)
            self._photos = photos
            photos.dataChanged.connect(self._page_came)
            photos.modelReset.connect(self._photos_replaced)
        self._show_row(row)
        self.setFocus()

    def step(self, by: int) -> None:
        """Show the next photo, or with -1 the previous one."""
        if self._photos is not None and 0 <= self._row + by < self._photos.rowCount():
            self._show_row(self._row + by)

    def leave(self) -> None:
        self._originals.stop()
        self._loader.drop()
        self._canvas.clear()
        self.closed.emit(self._row)

    def show_info(self, shown: bool) -> None:
        """Open the panel with what is known about the photo, or close it."""
        self.bar.info.setChecked(shown)

    @property
    def shows_info(self) -> bool:
        return self.bar.info.isChecked()

    def info_texts(self) -> list[str]:
        """What the information panel says."""
        return [label.text() for label in self._info_panel.findChildren(QLabel)]

    def show_details(self, row: PhotoRow) -> None:
        if self._tile is not None and row.id == self._tile.photo:
            self._info_panel.show_row(row, self._tile.found_text)

    @property
    def fetch_strip(self) -> FetchStrip:
        """What it says of a photo that is being fetched from a phone."""
        return self._fetch_strip

    def close_loader(self) -> None:
        self._originals.close()
        self._loader.close()

    def _show_row(self, row: int) -> None:
        assert self._photos is not None
        self._row = row
        self._tile = self._photos.tile(row)
        self._previous.setEnabled(row > 0)
        self._next.setEnabled(row + 1 < self._photos.rowCount())
        self._originals.stop()
        self._fetch_strip.hide()
        self._info_panel.clear()
        self._show_bar()
        tile = self._tile
        if tile is None:
            self._canvas.clear()
            return
        self._canvas.expect(tile.width, tile.height)
        if tile.duration_ms is not None:
            # Its frame stands for it; the player of the system shows the rest.
            self._loader.preview(tile.key, lambda: self._thumbnails.read(tile.thumbnail))
        elif tile.file is not None or self._loader.kept(tile.key) is not None:
            self._read_file(tile)
        else:
            self._loader.preview(tile.key, lambda: self._thumbnails.read(tile.thumbnail))
            self._fetch()
        if self.bar.info.isChecked():
            self.details_wanted.emit(tile.photo)

    def _preview_came(self, key: str, preview: QImage) -> None:
        if self._tile is not None and self._tile.key == key and not preview.isNull():
            self._canvas.show_preview(preview)

    def _read_file(self, tile: Tile) -> None:
        folder = os.fsdecode(tile.source.identity) if tile.source.kind == "folder" else None
        self._loader.request(tile.key, lambda: self._thumbnails.read(tile.thumbnail), folder=folder)

    def _fetch(self) -> None:
        """Fetch the photo in view from its phone; read it once more where it should be on this computer."""
        tile = self._tile
        if tile is not None and tile.file is not None:
            self._fetch_strip.hide()
            self._read_file(tile)
        elif tile is not None:
            self._fetch_strip.show_progress(0, 0)
            self._originals.fetch(tile.key, tile.source.identity, tile.path)

    def _fetching(self, key: str, done: int, total: int) -> None:
        if self._tile is not None and self._tile.key == key:
            self._fetch_strip.show_progress(done, total)

    def _fetched(self, key: str, data: bytes) -> None:
        if self._tile is not None and self._tile.key == key:
            self._loader.decode(key, data)

    def _fetch_failed(self, key: str, error: PocketLensError) -> None:
        if self._tile is not None and self._tile.key == key:
            self._fetch_strip.show_error(error)

    def _photo_came(self, key: str, image: PhotoImage | Unshown) -> None:
        if self._tile is None or self._tile.key != key:
            return
        self._fetch_strip.hide()
        if isinstance(image, Unshown):
            self._fetch_strip.show_unshown(image)
        else:
            self._canvas.show_photo(image)
            self._load_neighbours()

    def _load_neighbours(self) -> None:
        """Decode ahead, so that the next key press finds the photo ready."""
        assert self._photos is not None
        for row in (self._row + 1, self._row - 1):
            tile = self._photos.tile(row) if 0 <= row < self._photos.rowCount() else None
            if tile is None or tile.file is None or tile.duration_ms is not None:
                continue
            if tile.width * tile.height <= _MOST_AHEAD and self._loader.kept(tile.file) is None:
                self._loader.request(tile.file)

    def _page_came(self, first: QModelIndex, last: QModelIndex) -> None:
        if not first.row() <= self._row <= last.row() or self._photos is None:
            return
        if self._tile is None:
            self._show_row(self._row)
        elif (tile := self._photos.tile_here(self._row)) is not None and tile.photo == self._tile.photo:
            # It is marked as a favourite, or no more.
            self._tile = tile
            self._show_bar()

    def _photos_replaced(self) -> None:
        """The list changed below the photo in view: find it again, else stay with what is shown."""
        if self._photos is None or self._tile is None or not self.isVisible():
            return
        row = self._photos.row_of(self._tile.photo)
        if row is not None:
            self._row = row
            self._show_bar()

    def _show_bar(self) -> None:
        assert self._photos is not None
        self.bar.show_photo(self._tile, self._row, self._photos.rowCount())

    # -- what can be done with it ----------------------------------------------------------------------------

    def _toggle_info(self, shown: bool) -> None:
        self._info_panel.setVisible(shown)
        if shown and self._tile is not None:
            self.details_wanted.emit(self._tile.photo)

    def _mark(self) -> None:
        if self._tile is not None:
            self.mark_wanted.emit([self._tile.photo], not self._tile.favourite)

    def _copy(self) -> None:
        if self._tile is not None:
            self.copy_wanted.emit(self._tile)

    def _find_similar(self) -> None:
        if self._tile is not None:
            self.similar_wanted.emit(self._tile)

    def _open_elsewhere(self) -> None:
        if self._tile is None:
            return
        if self._tile.file is not None:
            open_in_default_program(self._tile.file)
        else:
            self.phone_wanted.emit(self._tile)

    def _show_in_folder(self) -> None:
        if self._tile is not None and self._tile.file is not None:
            show_in_folder(self._tile.file, self)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._tile is not None:
            self.menu_wanted.emit(self._tile, event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_PageUp | Qt.Key.Key_Backspace:
                self.step(-1)
            case Qt.Key.Key_Right | Qt.Key.Key_PageDown | Qt.Key.Key_Space:
                self.step(1)
            case Qt.Key.Key_Escape | Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.leave()
            case _:
                super().keyPressEvent(event)

    def _retranslate(self) -> None:
        self._previous.describe(self.tr("Previous photo"), "←")
        self._next.describe(self.tr("Next photo"), "→")
        self._canvas.setAccessibleName(self.tr("Photo"))
