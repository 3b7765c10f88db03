# ruff: noqa: N802 - methods that Qt names and calls
"""The photos: everything, newest first, or what a search found, best first."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QSlider, QStackedWidget, QVBoxLayout, QWidget

from pocketlens.catalogue import AlbumSummary
from pocketlens.errors import PocketLensError
from pocketlens.protocol import Results
from pocketlens_desktop.gui.choosing import Choosing
from pocketlens_desktop.gui.engines import Query, Search
from pocketlens_desktop.gui.grid_geometry import Section
from pocketlens_desktop.gui.icons import IconButton, IconPushButton
from pocketlens_desktop.gui.library import Library, Overview
from pocketlens_desktop.gui.photo_grid import LARGEST_TILE, SMALLEST_TILE, PhotoGrid
from pocketlens_desktop.gui.photo_list import PhotoList, Tile, tile_of_hit
from pocketlens_desktop.gui.search_field import SearchField
from pocketlens_desktop.gui.thumbnails import Thumbnails
from pocketlens_desktop.gui.timeline import Timeline
from pocketlens_desktop.gui.welcome import Welcome
from pocketlens_desktop.gui.wording import number


class PhotosPage(QWidget):
    """Signals:
    opened: the row of a photo in `photos` to look at.
    info_wanted: the same, with what is known about it.
    failed: the `PocketLensError` of a search.
    phone_wanted: a `Tile` to show on the phone that it is on.
    export_wanted: a list of `Tile` to copy to a folder.
    """

    opened = Signal(int)
    info_wanted = Signal(int)
    failed = Signal(object)
    phone_wanted = Signal(object)
    export_wanted = Signal(list)

    def __init__(self, search: Search, library: Library, thumbnails: Thumbnails, welcome: Welcome) -> None:
        super().__init__()
        self.setObjectName("page")
        self._search, self._library, self._thumbnails = search, library, thumbnails
        self._welcome = welcome
        self._album: AlbumSummary | None = None
        self._like: Tile | None = None
        self._results: Results | None = None
        self._fold = True
        self._to_grid = False
        self._anything: bool | None = None
        self.photos = PhotoList(self)
        self._timeline = Timeline(library, self)
        self.field = SearchField()
        self.grid = PhotoGrid(thumbnails)
        self.grid.setModel(self.photos)
        self.choosing = Choosing(self.grid, library, lambda: self._album)
        self._build()
        self._connect()
        self._retranslate()

    # -- building --------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._size = QSlider(Qt.Orientation.Horizontal)
        self._size.setRange(SMALLEST_TILE, LARGEST_TILE)
        self._size.setValue(self.grid.tile_size())
        self._size.setFixedWidth(110)
        self._smaller, self._larger = IconButton("tiles-small"), IconButton("tiles-large")
        for button in (self._smaller, self._larger):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._album_chip = IconPushButton("chevron-down", role="chip")
        self._album_chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self._album_menu = QMenu(self._album_chip)
        self._album_chip.setMenu(self._album_menu)
        self._like_chip = IconPushButton("close", role="chip")
        self._like_chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self._like_chip.hide()
        self._weak_chip = QPushButton()
        self._weak_chip.setCheckable(True)
        self._weak_chip.hide()
        self._weak_chip.setProperty("role", "chip")
        self._status = QLabel()
        self._status.setProperty("role", "muted")
        self._examples = _Examples()
        self._bar = QWidget()
        self._stack = QStackedWidget()
        # Nothing is shown until it is known whether there are photos: neither page should flash up before the other.
        self._stack.addWidget(QWidget())
        self._stack.addWidget(self._welcome)
        self._stack.addWidget(self.grid)
        top = QHBoxLayout(self._bar)
        top.setContentsMargins(20, 16, 20, 4)
        top.setSpacing(4)
        top.addWidget(self.field, 1)
        top.addSpacing(14)
        for widget in (self._smaller, self._size, self._larger):
            top.addWidget(widget)
        self._chips = QWidget()
        chips = QHBoxLayout(self._chips)
        chips.setContentsMargins(20, 6, 20, 6)
        chips.setSpacing(8)
        for chip in (self._album_chip, self._like_chip, self._weak_chip):
            chips.addWidget(chip)
        chips.addWidget(self._examples)
        chips.addStretch(1)
        chips.addWidget(self._status)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._bar)
        layout.addWidget(self._chips)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.choosing.bar)
        self._bar.hide()
        self._chips.hide()

    def _connect(self) -> None:
        self.field.searched.connect(self._searched)
        self.field.accepted.connect(self._go_to_grid)
        self.field.left_downwards.connect(self._focus_grid)
        self._examples.chosen.connect(self.field.search_for)
        self.grid.opened.connect(self.opened)
        self.grid.typed.connect(self.field.type_text)
        self.grid.section_toggled.connect(lambda _: self._weak_chip.toggle())
        self.grid.tile_size_changed.connect(self._size.setValue)
        self._size.valueChanged.connect(self.grid.set_tile_size)
        self._smaller.clicked.connect(lambda: self.grid.set_tile_size(self.grid.tile_size() - 24))
        self._larger.clicked.connect(lambda: self.grid.set_tile_size(self.grid.tile_size() + 24))
        self._weak_chip.toggled.connect(self._unfold)
        self._like_chip.clicked.connect(self.show_everything)
        self.photos.page_wanted.connect(lambda page: self._library.fetch_page(self._album, page))
        self.photos.rowsRemoved.connect(self._divide)
        self._timeline.changed.connect(self._divide)
        self.choosing.opened.connect(self.opened)
        self.choosing.info_wanted.connect(self.info_wanted)
        self.choosing.export_wanted.connect(self.export_wanted)
        # What came in meanwhile was not shown.
        self.choosing.cleared.connect(lambda: self._overview_changed(self._library.overview))
        self.choosing.actions.similar_wanted.connect(self.find_similar)
        self.choosing.actions.phone_wanted.connect(self.phone_wanted)
        self._library.page_came.connect(self._page_came)
        self._library.overview_changed.connect(self._overview_changed)
        self._search.answered.connect(self._answered)
        self._search.failed.connect(self._failed)
        self._search.busy_changed.connect(lambda _: self._show_status())

    # -- searching -------------------------------------------------------------------------------------------

    @property
    def searching(self) -> bool:
        """Whether a ranking is shown or awaited, not everything."""
        return bool(self._like or self.field.text.strip())

    @property
    def album(self) -> AlbumSummary | None:
        """The one that is browsed or searched; None for all."""
        return self._album

    @property
    def results(self) -> Results | None:
        """The ranking in view; None while everything is."""
        return self._results

    def find_similar(self, tile: Tile) -> None:
        self._like = tile
        self.field.show_text("")
        self._show_like_chip()
        self._ask()

    def show_everything(self) -> None:
        """Leave the search and show all photos of the album."""
        self._like = None
        self._results = None
        self._search.forget()
        self.field.show_text("")
        self._show_like_chip()
        self._browse()

    def _searched(self, text: str) -> None:
        self._to_grid = False
        if not text:
            self.show_everything()
            return
        self._like = None
        self._show_like_chip()
        self._ask()

    def _ask(self) -> None:
        albums = (_album_name(self._album),) if self._album else ()
        like = self._like.photo if self._like else None
        self._search.ask(Query(text="" if self._like else self.field.text.strip(), like=like, albums=albums))

    def _answered(self, query: Query, results: Results) -> None:
        self._results = results
        self._fold = True
        tiles = [tile_of_hit(hit) for hit in results.hits if hit.photo != query.like]
        self.photos.show_all(tiles)
        self._weak_chip.setChecked(False)
        self._divide()
        self.grid.verticalScrollBar().setValue(0)
        if tiles:
            self.grid.go_to(0)
        if query.text and tiles:
            self.field.remember(query.text)
        if self._to_grid:
            self._focus_grid()
        self._show_status()

    def _failed(self, _: Query, error: PocketLensError) -> None:
        self._results = None
        self._show_status()
        self.failed.emit(error)

    def ask_again(self) -> None:
        if self.searching:
            self._ask()

    # -- browsing --------------------------------------------------------------------------------------------

    def _overview_changed(self, overview: Overview) -> None:
        anything = overview.counts.ready > 0
        self._stack.setCurrentWidget(self.grid if anything else self._welcome)
        self._bar.setVisible(anything)
        self._chips.setVisible(anything)
        if anything is not self._anything:
            self._anything = anything
            (self.grid if anything else self._welcome.choose_button).setFocus()
        self._fill_album_menu(overview)
        self._thumbnails.look_again()
        if self._album is not None:
            self._album = next((album for album in overview.albums if _same(album, self._album)), None)
            self._show_album_chip()
        if not self.searching and self.grid.verticalOffset() == 0 and not self.choosing.several:
            self._browse()

    def _browse(self) -> None:
        """Show everything, keeping the chosen photo when it is still there."""
        album, counts = self._album, self._library.overview.counts
        current = self.grid.currentIndex().row()
        total = album.photos - album.unreadable - album.pending if album else counts.ready
        self._timeline.follow(album, total)
        self.photos.show_pages(total)
        self._divide()
        if 0 <= current < self.photos.rowCount():
            self.grid.go_to(current)
        self._show_status()

    def _page_came(self, album: AlbumSummary | None, page: int, tiles: list[Tile]) -> None:
        # Also while an answer is awaited: what is shown until then is still everything.
        if self._results is None and album == self._album:
            self.photos.add_page(page, tiles)

    def choose_album(self, album: AlbumSummary | None) -> None:
        self._album = album
        self._show_album_chip()
        if self.searching:
            self._ask()
        else:
            self.grid.verticalScrollBar().setValue(0)
            self._browse()

    def _fill_album_menu(self, overview: Overview) -> None:
        self._album_menu.clear()
        self._add_album(self.tr("All albums"), None, overview.counts.ready)
        self._album_menu.addSeparator()
        for album in overview.albums:
            self._add_album(album.name, album, album.photos)

    def _add_album(self, name: str, album: AlbumSummary | None, photos: int) -> None:
        # Ampersands would be taken for the mark of a shortcut.
        action = QAction(f"{name.replace('&', '&&')}\t{number(photos)}", self._album_menu)
        action.triggered.connect(lambda: self.choose_album(album))
        self._album_menu.addAction(action)

    # -- showing ---------------------------------------------------------------------------------------------

    def _divide(self) -> None:
        """The sections of the grid: strong matches, and a fold with the weaker ones."""
        total = self.photos.rowCount()
        if self._results is None:
            self._weak_chip.hide()
            self.grid.show_sections(self._timeline.sections(total))
            return
        strong = self._strong_matches()
        weak = total - strong
        self._weak_chip.setVisible(strong > 0 and weak > 0)
        if not strong:
            title = self.tr("Nothing matches well. These come closest:") if total else ""
            self.grid.show_sections([Section(0, total, title)])
            return
        sections = [Section(0, strong)]
        if weak:
            title = self.tr("Weaker matches: {count}").format(count=number(weak))
            sections.append(Section(strong, weak, title, folded=self._fold, foldable=True))
        self.grid.show_sections(sections)

    def _strong_matches(self) -> int:
        """How many photos, from the best on, are not weak."""
        for row in range(self.photos.rowCount()):
            tile = self.photos.tile(row)
            if tile is None or tile.weak:
                return row
        return self.photos.rowCount()

    def show_weak_matches(self, shown: bool) -> None:
        """Open the fold with the weaker matches, or close it."""
        self._weak_chip.setChecked(shown)

    def _unfold(self, shown: bool) -> None:
        self._fold = not shown
        self._divide()

    def _show_status(self) -> None:
        self._examples.setVisible(not self.searching and not self.field.history())
        if self._search.busy:
            self._status.setText(self.tr("Searching…"))
        elif self._results is not None:
            self._status.setText(self.tr("%n photo(s) compared", "", self._results.considered))
        elif self.searching:
            self._status.clear()
        else:
            self._status.setText(self.tr("%n photo(s)", "", self.photos.rowCount()))

    def _show_like_chip(self) -> None:
        self._like_chip.setVisible(self._like is not None)
        if self._like is not None:
            name = self.grid.fontMetrics().elidedText(self._like.name, Qt.TextElideMode.ElideMiddle, 180)
            self._like_chip.setText(self.tr("Similar to {name}").format(name=name))

    def _show_album_chip(self) -> None:
        name = self._album.name if self._album else self.tr("All albums")
        self._album_chip.setText(self.grid.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, 180))
        self._album_chip.setAccessibleName(self.tr("Album: {name}").format(name=name))

    # -- keyboard, menu --------------------------------------------------------------------------------------

    def _go_to_grid(self) -> None:
        if self._search.busy:
            self._to_grid = True
        else:
            self._focus_grid()

    def _focus_grid(self) -> None:
        self._to_grid = False
        if self.photos.rowCount():
            if not self.grid.currentIndex().isValid():
                self.grid.go_to(0)
            self.grid.setFocus()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self.grid.setAccessibleName(self.tr("Photos"))
        self._weak_chip.setText(self.tr("Show weaker matches"))
        self._size.setAccessibleName(self.tr("Size of the pictures"))
        self._smaller.describe(self.tr("Smaller pictures"), "Ctrl+-")
        self._larger.describe(self.tr("Larger pictures"), "Ctrl++")
        self._show_album_chip()
        self._show_like_chip()
        self._fill_album_menu(self._library.overview)
        self._divide()
        self._show_status()


class _Examples(QWidget):
    """A few queries to begin with, until the person has one of their own."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self._label = QLabel()
        self._label.setProperty("role", "muted")
        self._layout.addWidget(self._label)
        self._buttons = [QPushButton() for _ in range(4)]
        for button in self._buttons:
            button.setProperty("role", "chip")
            button.clicked.connect(lambda _=False, pressed=button: self.chosen.emit(pressed.text()))
            self._layout.addWidget(button)
        self._retranslate()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self._label.setText(self.tr("Try:"))
        texts = (self.tr("a cat"), self.tr("food on a table"), self.tr("mountains"), self.tr("a receipt"))
        for button, text in zip(self._buttons, texts, strict=True):
            button.setText(text)


def _album_name(album: AlbumSummary) -> str:
    """What the search knows an album by: its path is the more exact one, but the top folder has none."""
    return album.path.decode(errors="backslashreplace") or album.name


def _same(one: AlbumSummary, other: AlbumSummary) -> bool:
    return one.source == other.source and one.path == other.path
