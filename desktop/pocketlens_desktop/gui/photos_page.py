# ruff: noqa: N802 - methods that Qt names and calls
"""The photos: everything, newest first, or what a search found, best first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from pocketlens.catalogue import AlbumSummary
from pocketlens.errors import PictureNotIndexed, PocketLensError
from pocketlens.facets import Facets
from pocketlens.protocol import Results
from pocketlens.query import FavouriteFilter, Filter, parse_query
from pocketlens.searches import SavedSearch
from pocketlens_desktop.gui.album_chip import AlbumChip
from pocketlens_desktop.gui.asked import Asked, Picture
from pocketlens_desktop.gui.bookmark import Bookmark
from pocketlens_desktop.gui.choosing import Choosing
from pocketlens_desktop.gui.engines import Query, Search
from pocketlens_desktop.gui.examples import Examples
from pocketlens_desktop.gui.filter_bar import FilterBar
from pocketlens_desktop.gui.grid_geometry import Section
from pocketlens_desktop.gui.library import Browsed, Library, Overview
from pocketlens_desktop.gui.like_chip import LikeChip
from pocketlens_desktop.gui.photo_grid import PhotoGrid
from pocketlens_desktop.gui.photo_list import PhotoList, Tile, tile_of_hit
from pocketlens_desktop.gui.search_field import SearchField
from pocketlens_desktop.gui.stack_view import StackView
from pocketlens_desktop.gui.thumbnails import Thumbnails
from pocketlens_desktop.gui.tile_size import TileSize
from pocketlens_desktop.gui.timeline import Timeline
from pocketlens_desktop.gui.welcome import Welcome
from pocketlens_desktop.gui.wording import number

#: So that the words beside them are level with the first line of chips.
_CHIP_HEIGHT = 32


class PhotosPage(QWidget):
    """Signals:
    opened: the row of a photo in `photos` to look at.
    info_wanted: the same, with what is known about it.
    failed: the `PocketLensError` of a search.
    picture_wanted: the file of a picture to be encoded, so that it can be searched by.
    phone_wanted: a `Tile` to show on the phone that it is on.
    export_wanted: a list of `Tile` to copy to a folder.
    """

    opened = Signal(int)
    info_wanted = Signal(int)
    failed = Signal(object)
    picture_wanted = Signal(object)
    phone_wanted = Signal(object)
    export_wanted = Signal(list)

    def __init__(self, search: Search, library: Library, thumbnails: Thumbnails, welcome: Welcome) -> None:
        super().__init__()
        self.setObjectName("page")
        self._search, self._library, self._thumbnails = search, library, thumbnails
        self._welcome = welcome
        self._album: AlbumSummary | None = None
        self._asked = Asked()
        self._browsed = Browsed()
        self._counting = False
        self._results: Results | None = None
        self._ranked: list[Tile] = []
        self._fold = True
        self._to_grid = False
        self._anything: bool | None = None
        self.photos = PhotoList(self)
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
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.choosing.bar)
        self._bar.hide()
        self._chips.hide()

    def _connect(self) -> None:
        self.field.searched.connect(self._searched)
        self.field.accepted.connect(self._go_to_grid)
        self.field.left_downwards.connect(self._focus_grid)
        self.field.recalled.connect(self._recall)
        self.filters.chosen.connect(self.choose_filters)
        self.filters.facets_wanted.connect(self._fetch_facets)
        self._examples.chosen.connect(self.field.search_for)
        self.grid.opened.connect(self.opened)
        self.grid.typed.connect(self.field.type_text)
        self.grid.section_toggled.connect(lambda _: self._weak_chip.toggle())
        self._weak_chip.toggled.connect(self._unfold)
        self._like_chip.dropped.connect(self._drop_like)
        self._album_chip.chosen.connect(self.choose_album)
        self.photos.page_wanted.connect(lambda page: self._library.fetch_page(self._browsed, page))
        self.photos.rowsRemoved.connect(self._divide)
        self.timeline.changed.connect(self._divide)
        self.choosing.opened.connect(self.opened)
        self.choosing.info_wanted.connect(self.info_wanted)
        self.choosing.export_wanted.connect(self.export_wanted)
        # What came in meanwhile was not shown.
        self.choosing.cleared.connect(lambda: self._overview_changed(self._library.overview))
        self.choosing.actions.similar_wanted.connect(self.find_similar)
        self.choosing.actions.phone_wanted.connect(self.phone_wanted)
        self.choosing.actions.mark_wanted.connect(lambda photos, on: self._library.mark(photos, favourite=on))
        self.choosing.actions.stack_wanted.connect(self.stack.open)
        self.stack.opened.connect(self._divide)
        self.stack.closed.connect(self._show_ranking_again)
        self._library.page_came.connect(self._page_came)
        self._library.facets_came.connect(self._facets_came)
        self._library.favourites_changed.connect(self._favourites_changed)
        self._library.overview_changed.connect(self._overview_changed)
        self._search.answered.connect(self._answered)
        self._search.failed.connect(self._failed)
        self._search.busy_changed.connect(lambda _: self._show_status())

    # -- searching -------------------------------------------------------------------------------------------

    @property
    def searching(self) -> bool:
        """Whether something is asked for, be it words, a picture or a filter: not everything is shown."""
        return self._asked != Asked()

    @property
    def asked(self) -> Asked:
        """What is asked for, beside the album."""
        return self._asked

    @property
    def album(self) -> AlbumSummary | None:
        """The one that is browsed or searched; None for all."""
        return self._album

    @property
    def results(self) -> Results | None:
        """The ranking in view; None while photos are browsed."""
        return self._results

    def find_similar(self, tile: Tile) -> None:
        """Search by a photo of the catalogue, and nothing else."""
        self._ask(Asked(like=tile))

    def search_by_picture(self, file: Path) -> None:
        """Search by any picture file, along with what is typed and chosen already."""
        self._ask(replace(self._asked, like=Picture(file)))

    def picture_encoded(self, picture: Picture) -> None:
        """The vector that `picture_wanted` asked for has come."""
        like = self._asked.like
        if isinstance(like, Picture) and like.file == picture.file:
            self._ask(replace(self._asked, like=picture))

    def picture_failed(self, file: Path, error: PocketLensError) -> None:
        """There is no vector for that picture."""
        like = self._asked.like
        if isinstance(like, Picture) and like.file == file:
            self._drop_like()
            self.failed.emit(error)

    def choose_filters(self, filters: tuple[Filter, ...]) -> None:
        """Let these filters be in force and no others."""
        self._ask(self._asked.with_filters(filters))

    def show_everything(self) -> None:
        """Leave the search and show all photos of the album."""
        self._ask(Asked())

    def _drop_like(self) -> None:
        self._ask(replace(self._asked, like=None))

    def _searched(self, text: str) -> None:
        self._to_grid = False
        self._ask(replace(self._asked, text=text))

    def _recall(self, saved: SavedSearch) -> None:
        """Carry out a saved search, in the place of what is asked for now."""
        query = parse_query(saved.query)
        self._ask(Asked(text=str(replace(query, filters=())), filters=query.filters))
        self._focus_grid()

    def _ask(self, asked: Asked) -> None:
        """Let ``asked`` be in force: rank photos for it, or browse them."""
        self._asked = asked
        if self.field.text.strip() != asked.text.strip():
            self.field.show_text(asked.text)
        self._show_asked()
        if not asked.ranked:
            self._results = None
            self.stack.forget()
            self._search.forget()
            self._browse()
            return
        like = asked.like
        if isinstance(like, Picture) and like.vector is None:
            self._search.forget()
            self.picture_wanted.emit(like.file)
            self._show_status()
            return
        self._search.ask(
            Query(
                text=asked.sent.strip(),
                like=like.photo if isinstance(like, Tile) else None,
                picture=like.vector if isinstance(like, Picture) else None,
                albums=(_album_name(self._album),) if self._album else (),
            )
        )

    def _show_asked(self) -> None:
        """Chips and bookmark as they are for what is asked."""
        self._like_chip.show_like(self._asked.like)
        self.filters.show_filters(self._asked.all_filters)
        self.bookmark.show_asked(self._asked)

    def _answered(self, query: Query, results: Results) -> None:
        self._results = results
        self._fold = True
        self.stack.forget()
        tiles = [tile_of_hit(hit) for hit in results.hits if hit.photo != query.like]
        self._weak_chip.setChecked(False)
        self.show_ranking(tiles)
        self.grid.verticalScrollBar().setValue(0)
        if tiles:
            self.grid.go_to(0)
        if tiles and self._asked.text.strip():
            self.field.remember(self._asked.text.strip())
        if self._to_grid:
            self._focus_grid()
        self._show_status()

    def show_ranking(self, tiles: list[Tile]) -> None:
        """Show these, best first."""
        self._ranked = tiles
        self.photos.show_all(list(tiles))
        self._divide()

    def _show_ranking_again(self, hit: Tile) -> None:
        """After a stack was looked at: the ranking, with the photo in hand that the stack was of."""
        self.show_ranking(self._ranked)
        row = self.photos.row_of(hit.photo)
        if row is not None:
            self.grid.go_to(row)

    def _failed(self, _: Query, error: PocketLensError) -> None:
        query = self._asked.query
        if error.code == PictureNotIndexed.code and query is not None and isinstance(query.like, str):
            # like:FILE was typed: the picture becomes a chip, and the text goes on without it.
            without = str(replace(parse_query(self._asked.text), like=None))
            self._ask(replace(self._asked, text=without, like=Picture(Path(query.like).expanduser())))
            return
        self._results = None
        self._show_status()
        self.failed.emit(error)

    def ask_again(self) -> None:
        """Search once more, since there are other photos or another model than before."""
        like = self._asked.like
        if isinstance(like, Picture):
            # Its vector may be of another model.
            self._ask(replace(self._asked, like=Picture(like.file)))
        elif self.searching:
            self._ask(self._asked)

    # -- browsing --------------------------------------------------------------------------------------------

    def _overview_changed(self, overview: Overview) -> None:
        anything = overview.counts.ready > 0
        self._stack.setCurrentWidget(self.grid if anything else self._welcome)
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
        if self._album is not None:
            self._album = next((album for album in overview.albums if _same(album, self._album)), None)
            self._album_chip.show_album(self._album)
        browsing = self._results is None and not self._asked.ranked
        if browsing and self.grid.verticalOffset() == 0 and not self.choosing.several:
            self._browse()

    def _browse(self) -> None:
        """Show what is chosen by date, keeping the chosen photo when it is still there."""
        self._browsed = Browsed(self._album, self._asked.all_filters)
        if self._browsed.filters:
            # How many there are is not known yet; what is shown stays until it is.
            self._counting = True
            self._fetch_facets()
        else:
            album, counts = self._album, self._library.overview.counts
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
        if self._results is None and browsed == self._browsed:
            self.photos.add_page(page, tiles)

    def _fetch_facets(self) -> None:
        self._library.fetch_facets(Browsed(self._album, self._asked.all_filters))

    def _facets_came(self, browsed: Browsed, total: int, found: Facets) -> None:
        if browsed != Browsed(self._album, self._asked.all_filters):
            return
        self.filters.show_facets(found)
        if self._counting and browsed == self._browsed and not self._asked.ranked:
            self._counting = False
            self._show_browsed(total)

    def _favourites_changed(self, photos: list[int], favourite: bool) -> None:
        self.photos.mark(photos, favourite=favourite)
        self._ranked = [replace(one, favourite=favourite) if one.photo in photos else one for one in self._ranked]
        if any(isinstance(one, FavouriteFilter) for one in self._asked.all_filters):
            self._ask(self._asked)

    def choose_album(self, album: AlbumSummary | None) -> None:
        self._album = album
        self._album_chip.show_album(self._album)
        if not self._asked.ranked:
            self.grid.verticalScrollBar().setValue(0)
        self._ask(self._asked)

    # -- showing ---------------------------------------------------------------------------------------------

    def _divide(self) -> None:
        """The sections of the grid: strong matches, and a fold with the weaker ones."""
        total = self.photos.rowCount()
        if self.stack.hit is not None:
            self._weak_chip.hide()
            self.grid.show_sections([self.stack.section()])
            return
        if self._results is None:
            self._weak_chip.hide()
            self.grid.show_sections(self.timeline.sections(total))
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
        elif isinstance(self._asked.like, Picture) and self._asked.like.vector is None:
            self._status.setText(self.tr("Looking at the picture…"))
        elif self._results is not None:
            self._status.setText(self.tr("%n photo(s) compared", "", self._results.considered))
        elif self._asked.ranked:
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

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self.grid.setAccessibleName(self.tr("Photos"))
        self._weak_chip.setText(self.tr("Show weaker matches"))
        self._divide()
        self._show_status()


def _album_name(album: AlbumSummary) -> str:
    """What the search knows an album by: its path is the more exact one, but the top folder has none."""
    return album.path.decode(errors="backslashreplace") or album.name


def _same(one: AlbumSummary, other: AlbumSummary) -> bool:
    return one.source == other.source and one.path == other.path
