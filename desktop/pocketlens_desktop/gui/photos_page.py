"""The photos: everything, newest first, or what a search found, best first."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from pocketlens.catalogue import AlbumSummary
from pocketlens.facets import Facets
from pocketlens.protocol import Results
from pocketlens.searches import SavedSearch
from pocketlens_desktop.gui.album_chip import AlbumChip
from pocketlens_desktop.gui.asked import Asked
from pocketlens_desktop.gui.asking import Asking
from pocketlens_desktop.gui.bookmark import Bookmark
from pocketlens_desktop.gui.choosing import Choosing
from pocketlens_desktop.gui.engines import Query, Search
from pocketlens_desktop.gui.examples import Examples
from pocketlens_desktop.gui.filter_bar import FilterBar
from pocketlens_desktop.gui.library import Browsed, Library, Overview
from pocketlens_desktop.gui.like_chip import LikeChip
from pocketlens_desktop.gui.photo_grid import PhotoGrid
from pocketlens_desktop.gui.photo_list import PhotoList, Tile, tile_of_hit
from pocketlens_desktop.gui.ranking import Ranking
from pocketlens_desktop.gui.search_field import SearchField
from pocketlens_desktop.gui.stack_view import StackView
from pocketlens_desktop.gui.thumbnails import Thumbnails
from pocketlens_desktop.gui.tile_size import TileSize
from pocketlens_desktop.gui.timeline import Timeline
from pocketlens_desktop.gui.translated import Translated
from pocketlens_desktop.gui.welcome import Welcome

#: So that the words beside them are level with the first line of chips.
_CHIP_HEIGHT = 32


class PhotosPage(Translated, QWidget):
    """Signals:
    opened: the row of a photo in `photos` to look at.
    info_wanted: the same, with what is known about it.
    phone_wanted: a `Tile` to show on the phone that it is on.
    export_wanted: a list of `Tile` to copy to a folder.
    """

    opened = Signal(int)
    info_wanted = Signal(int)
    phone_wanted = Signal(object)
    export_wanted = Signal(list)

    def __init__(self, search: Search, library: Library, thumbnails: Thumbnails, welcome: Welcome) -> None:
        super().__init__()
        self.setObjectName("page")
        self._search, self._library, self._thumbnails = search, library, thumbnails
        self._welcome = welcome
        self._browsed = Browsed()
        self._counting = False
        self._to_grid = False
        self._anything: bool | None = None
        self.asking = Asking(search, self)
        self.photos = PhotoList(self)
        self.ranking = Ranking(self.photos)
        self.timeline = Timeline(library, self)
        self.field = SearchField()
        self.bookmark = Bookmark(self.field, library, self)
        self.grid = PhotoGrid(thumbnails)
        self.grid.setModel(self.photos)
        self.choosing = Choosing(self.grid, library, lambda: self._browsed)
        self.stack = StackView(self.grid, library)
        self._build()
        self._connect()
        self._retranslate()

    # -- building --------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._album_chip, self._like_chip = AlbumChip(), LikeChip()
        self._weak_chip = QPushButton()
        self._weak_chip.setCheckable(True)
        self._weak_chip.hide()
        self._weak_chip.setProperty("role", "chip")
        self._status = QLabel()
        self._status.setProperty("role", "muted")
        self._status.setMinimumHeight(_CHIP_HEIGHT)
        self._examples = Examples()
        self.filters = FilterBar(before=(self._like_chip, self._album_chip), after=(self._weak_chip, self._examples))
        self._bar = QWidget()
        self._screens = QStackedWidget()
        # Nothing is shown until it is known whether there are photos: neither page should flash up before the other.
        self._screens.addWidget(QWidget())
        self._screens.addWidget(self._welcome)
        self._screens.addWidget(self.grid)
        top = QHBoxLayout(self._bar)
        top.setContentsMargins(20, 16, 20, 4)
        top.setSpacing(4)
        top.addWidget(self.field, 1)
        top.addSpacing(14)
        top.addWidget(TileSize(self.grid))
        self._chips = QWidget()
        chips = QHBoxLayout(self._chips)
        chips.setContentsMargins(20, 6, 20, 6)
        chips.setSpacing(8)
        chips.addWidget(self.filters, 1)
        chips.addWidget(self._status, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._bar)
        layout.addWidget(self._chips)
        layout.addWidget(self._screens, 1)
        layout.addWidget(self.choosing.bar)
        self._bar.hide()
        self._chips.hide()

    def _connect(self) -> None:
        self.field.searched.connect(self._searched)
        self.field.accepted.connect(self._go_to_grid)
        self.field.left_downwards.connect(self._focus_grid)
        self.field.recalled.connect(self._recall)
        self.filters.chosen.connect(self.asking.choose_filters)
        self.filters.facets_wanted.connect(self._fetch_facets)
        self._examples.chosen.connect(self.field.search_for)
        self.grid.opened.connect(self.opened)
        self.grid.typed.connect(self.field.type_text)
        self.grid.section_toggled.connect(lambda _: self._weak_chip.toggle())
        self._weak_chip.toggled.connect(self._unfold)
        self._like_chip.dropped.connect(self.asking.drop_like)
        self._album_chip.chosen.connect(self.choose_album)
        self.photos.page_wanted.connect(lambda page: self._library.fetch_page(self._browsed, page))
        self.photos.rowsRemoved.connect(self._divide)
        self.timeline.changed.connect(self._divide)
        self.choosing.opened.connect(self.opened)
        self.choosing.info_wanted.connect(self.info_wanted)
        self.choosing.export_wanted.connect(self.export_wanted)
        # What came in meanwhile was not shown.
        self.choosing.cleared.connect(lambda: self._overview_changed(self._library.overview))
        self.choosing.actions.similar_wanted.connect(self.asking.find_similar)
        self.choosing.actions.phone_wanted.connect(self.phone_wanted)
        self.choosing.actions.mark_wanted.connect(lambda photos, on: self._library.mark(photos, favourite=on))
        self.choosing.actions.stack_wanted.connect(self.stack.open)
        self.stack.opened.connect(self._divide)
        self.stack.closed.connect(self._show_ranking_again)
        self._library.page_came.connect(self._page_came)
        self._library.facets_came.connect(self._facets_came)
        self._library.favourites_changed.connect(self._favourites_changed)
        self._library.overview_changed.connect(self._overview_changed)
        self.asking.changed.connect(self._show_asked)
        self.asking.browsed.connect(self._leave_ranking)
        self.asking.picture_wanted.connect(lambda _: self._show_status())
        self.asking.unanswered.connect(self._unanswered)
        self._search.answered.connect(self._answered)
        self._search.busy_changed.connect(lambda _: self._show_status())

    # -- searching -------------------------------------------------------------------------------------------

    @property
    def album(self) -> AlbumSummary | None:
        """The one that is browsed or searched; None for all."""
        return self.asking.album

    @property
    def results(self) -> Results | None:
        """The answer in view; None while photos are browsed."""
        return self.ranking.results

    def _searched(self, text: str) -> None:
        self._to_grid = False
        self.asking.search_for(text)

    def _recall(self, saved: SavedSearch) -> None:
        self.asking.recall(saved)
        self._focus_grid()

    def _show_asked(self, asked: Asked) -> None:
        """Words, chips and bookmark as they are for what is asked."""
        if self.field.text.strip() != asked.text.strip():
            self.field.show_text(asked.text)
        self._like_chip.show_like(asked.like)
        self.filters.show_filters(asked.all_filters)
        self.bookmark.show_asked(asked)

    def _leave_ranking(self) -> None:
        self.ranking.forget()
        self.stack.forget()
        self._browse()

    def _answered(self, query: Query, results: Results) -> None:
        self.ranking.answer(results)
        self.stack.forget()
        tiles = [tile_of_hit(hit) for hit in results.hits if hit.photo != query.like]
        self._weak_chip.setChecked(False)
        self.show_ranking(tiles)
        self.grid.verticalScrollBar().setValue(0)
        if tiles:
            self.grid.go_to(0)
        if tiles and self.asking.asked.text.strip():
            self.field.remember(self.asking.asked.text.strip())
        if self._to_grid:
            self._focus_grid()
        self._show_status()

    def show_ranking(self, tiles: list[Tile]) -> None:
        """Show these, best first."""
        self.ranking.show(tiles)
        self._divide()

    def _show_ranking_again(self, hit: Tile) -> None:
        """After a stack was looked at: the ranking, with the photo in hand that the stack was of."""
        self.ranking.show_again()
        self._divide()
        row = self.photos.row_of(hit.photo)
        if row is not None:
            self.grid.go_to(row)

    def _unanswered(self) -> None:
        self.ranking.forget()
        self._show_status()

    # -- browsing --------------------------------------------------------------------------------------------

    def _overview_changed(self, overview: Overview) -> None:
        anything = overview.counts.ready > 0
        self._screens.setCurrentWidget(self.grid if anything else self._welcome)
        self._bar.setVisible(anything)
        self._chips.setVisible(anything)
        if anything is not self._anything:
            self._anything = anything
            (self.grid if anything else self._welcome.choose_button).setFocus()
            if anything:
                # So that the chips open as large as they need to be; from then on they ask when they are opened.
                self._fetch_facets()
        self._album_chip.show_overview(overview)
        self.filters.show_place_chip(overview.has_places)
        self._thumbnails.look_again()
        if self.album is not None:
            self.asking.album = next((album for album in overview.albums if _same(album, self.album)), None)
            self._album_chip.show_album(self.album)
        browsing = self.results is None and not self.asking.asked.ranked
        if browsing and self.grid.verticalOffset() == 0 and not self.choosing.several:
            self._browse()

    def _asked_to_browse(self) -> Browsed:
        return Browsed(self.album, self.asking.asked.all_filters)

    def _browse(self) -> None:
        """Show what is chosen by date, keeping the chosen photo when it is still there."""
        self._browsed = self._asked_to_browse()
        if self._browsed.filters:
            # How many there are is not known yet; what is shown stays until it is.
            self._counting = True
            self._fetch_facets()
        else:
            album, counts = self.album, self._library.overview.counts
            self._show_browsed(album.photos - album.unreadable - album.pending if album else counts.ready)

    def _show_browsed(self, total: int) -> None:
        current = self.grid.currentIndex().row()
        self.photos.show_pages(total)
        # The first photos are asked for before the months, which take longer to count.
        self.photos.tile(0)
        self.timeline.follow(self._browsed, total)
        self._divide()
        if 0 <= current < self.photos.rowCount():
            self.grid.go_to(current)
        self._show_status()

    def _page_came(self, browsed: Browsed, page: int, tiles: list[Tile]) -> None:
        # Also while an answer is awaited: what is shown until then is still everything.
        if self.results is None and browsed == self._browsed:
            self.photos.add_page(page, tiles)

    def _fetch_facets(self) -> None:
        self._library.fetch_facets(self._asked_to_browse())

    def _facets_came(self, browsed: Browsed, total: int, found: Facets) -> None:
        if browsed != self._asked_to_browse():
            return
        self.filters.show_facets(found)
        if self._counting and browsed == self._browsed and not self.asking.asked.ranked:
            self._counting = False
            self._show_browsed(total)

    def _favourites_changed(self, photos: list[int], favourite: bool) -> None:
        self.photos.mark(photos, favourite=favourite)
        self.ranking.mark(photos, favourite=favourite)
        self.asking.favourites_changed()

    def choose_album(self, album: AlbumSummary | None) -> None:
        self.asking.album = album
        self._album_chip.show_album(album)
        if not self.asking.asked.ranked:
            self.grid.verticalScrollBar().setValue(0)
        self.asking.ask(self.asking.asked)

    # -- showing ---------------------------------------------------------------------------------------------

    def _divide(self) -> None:
        """The sections of the grid: of a stack, of the ranking, or by month."""
        if self.stack.hit is not None:
            sections = [self.stack.section()]
        elif self.results is not None:
            sections = self.ranking.sections()
        else:
            sections = self.timeline.sections(self.photos.rowCount())
        self._weak_chip.setVisible(any(section.foldable for section in sections))
        self.grid.show_sections(sections)

    def show_weak_matches(self, shown: bool) -> None:
        """Open the fold with the weaker matches, or close it."""
        self._weak_chip.setChecked(shown)

    def _unfold(self, shown: bool) -> None:
        self.ranking.fold(not shown)
        self._divide()

    def _show_status(self) -> None:
        self._examples.setVisible(not self.asking.searching and not self.field.history())
        if self._search.busy:
            self._status.setText(self.tr("Searching…"))
        elif self.asking.awaits_vector:
            self._status.setText(self.tr("Looking at the picture…"))
        elif self.results is not None:
            self._status.setText(self.tr("%n photo(s) compared", "", self.results.considered))
        elif self.asking.asked.ranked:
            self._status.clear()
        else:
            self._status.setText(self.tr("%n photo(s)", "", self.photos.rowCount()))

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

    def _retranslate(self) -> None:
        self.grid.setAccessibleName(self.tr("Photos"))
        self._weak_chip.setText(self.tr("Show weaker matches"))
        self._divide()
        self._show_status()


def _same(one: AlbumSummary, other: AlbumSummary) -> bool:
    return one.source == other.source and one.path == other.path
