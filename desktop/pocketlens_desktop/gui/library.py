"""What the window knows of the catalogue: read on a thread of its own, handed over on the main thread."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from pocketlens.catalogue import AlbumSummary, Catalogue, Counts, PhotoRow, SourceSummary, UnreadableRow
from pocketlens.errors import PocketLensError, refused
from pocketlens.facets import Facets, facets
from pocketlens.favourites import mark
from pocketlens.paths import Home
from pocketlens.protocol import SourceSpec
from pocketlens.query import Filter
from pocketlens.searches import remove_search, save_search, saved_searches
from pocketlens_desktop.gui.background import Background
from pocketlens_desktop.gui.photo_list import PAGE, Tile, tile_of_row

if TYPE_CHECKING:
    from pocketlens.recovery import Repair

#: As many rows of the log of unreadable photos as anybody reads; the count says how many there are.
MOST_UNREADABLE = 1_000


@dataclass(frozen=True)
class Overview:
    """What is indexed, at one moment."""

    counts: Counts = field(default_factory=lambda: Counts(0, 0, 0, 0))
    sources: list[SourceSummary] = field(default_factory=list)
    albums: list[AlbumSummary] = field(default_factory=list)
    unreadable: list[UnreadableRow] = field(default_factory=list)
    #: Folders that are not there just now.
    away: frozenset[SourceSpec] = frozenset()
    #: Whether it is known of any photo where it was taken.
    has_places: bool = False

    def unreadable_by_source(self) -> dict[SourceSpec, int]:
        """How many photos of each source could not be read."""
        failed: dict[SourceSpec, int] = {}
        for album in self.albums:
            failed[album.source] = failed.get(album.source, 0) + album.unreadable
        return failed


@dataclass(frozen=True)
class Browsed:
    """Which photos are browsed: those of an album, or all, that pass the filters."""

    album: AlbumSummary | None = None
    filters: tuple[Filter, ...] = ()


class Library(QObject):
    """The catalogue of a home, for reading. It need not exist yet.

    Signals:
        overview_changed: an `Overview`, after `refresh`.
        page_came: a `Browsed`, page number, its list of `Tile`.
        facets_came: a `Browsed`, how many photos it has, its `Facets`, after `fetch_facets`.
        favourites_changed: the numbers of photos, and whether they are favourites now.
        searches_came: every `SavedSearch`, after `fetch_searches` and when one is saved or removed.
        months_came: a `Browsed`, its list of `Month`, after `fetch_months`.
        photo_came: a `PhotoRow`, after `look_up`.
        failed: a `PocketLensError`.
    """

    overview_changed = Signal(object)
    page_came = Signal(object, int, list)
    facets_came = Signal(object, int, object)
    favourites_changed = Signal(list, bool)
    searches_came = Signal(list)
    months_came = Signal(object, list)
    photo_came = Signal(object)
    failed = Signal(object)

    def __init__(self, home: Home, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._home = home
        self._path = home.catalogue
        self._thread = Background("library", self)
        self._catalogue: Catalogue | None = None
        self._refreshing = False
        self._asked_again = False
        self._overview = Overview()

    @property
    def overview(self) -> Overview:
        """The last one that was read."""
        return self._overview

    def use_home(self, home: Home) -> None:
        """The same catalogue, with another cache."""
        self._home = home

    def refresh(self) -> None:
        """Read the overview again; while one is being read, once more after it, however often this is called."""
        if self._refreshing:
            # What is being read may have been looked at before that which this call is about.
            self._asked_again = True
            return
        self._refreshing = True
        self._thread.call(self._read_overview, self._show_overview, self._refresh_failed)

    def fetch_page(self, browsed: Browsed, page: int) -> None:
        self._thread.call(
            lambda: self._read_page(browsed, page),
            lambda tiles: self.page_came.emit(browsed, page, tiles),
            self.failed.emit,
        )

    def fetch_facets(self, browsed: Browsed) -> None:
        self._thread.call(
            lambda: self._read_facets(browsed),
            lambda found: self.facets_came.emit(browsed, *found),
            self.failed.emit,
        )

    def mark(self, photos: list[int], *, favourite: bool) -> None:
        """Make photos favourites, or make them none."""
        self._thread.call(
            lambda: self._write(lambda catalogue: mark(catalogue, photos, favourite=favourite)),
            lambda _: self.favourites_changed.emit(photos, favourite),
            self.failed.emit,
        )

    def fetch_searches(self) -> None:
        self._thread.call(lambda: saved_searches(self._opened()), self.searches_came.emit, self.failed.emit)

    def save_search(self, name: str, query: str) -> None:
        self._thread.call(
            lambda: self._write(lambda catalogue: save_search(catalogue, name, query)),
            lambda _: self.fetch_searches(),
            self.failed.emit,
        )

    def remove_search(self, name: str) -> None:
        self._thread.call(
            lambda: self._write(lambda catalogue: remove_search(catalogue, name)),
            lambda _: self.fetch_searches(),
            self.failed.emit,
        )

    def read_tiles(
        self, browsed: Browsed, rows: Sequence[tuple[int, int]], then: Callable[[list[Tile]], object]
    ) -> None:
        """The photos at ``rows`` (each a first one and a count) of what is browsed, handed to ``then``."""
        self._thread.call(lambda: self._read_rows(browsed, rows), then, self.failed.emit)

    def read_photos(self, photos: Sequence[int], then: Callable[[list[Tile]], object]) -> None:
        """These photos by their numbers, in that order, handed to ``then``; those that are gone are left out."""
        self._thread.call(lambda: self._read_photos(photos), then, self.failed.emit)

    def fetch_months(self, browsed: Browsed) -> None:
        self._thread.call(
            lambda: self._opened().months(browsed.album, browsed.filters),
            lambda months: self.months_came.emit(browsed, months),
            self.failed.emit,
        )

    def look_up(self, photo: int) -> None:
        self._thread.call(lambda: self._opened().photo(photo), self._show_photo, self.failed.emit)

    def forget(self, source: SourceSpec) -> None:
        """Remove a source from the catalogue. Its photos themselves are not touched."""
        self._thread.call(lambda: self._forget(source), lambda _: self.refresh(), self.failed.emit)

    def release(self, then: Callable[[], object]) -> None:
        """Close the catalogue, so that its file can be deleted; ``then`` is called when it is. `refresh` opens it."""
        self._thread.call(self._close_catalogue, lambda _: then())

    def repair(self, then: Callable[[Repair], object], failed: Callable[[PocketLensError], object]) -> None:
        """Put a catalogue that is in order into the place of a damaged one. What is asked meanwhile waits for it."""
        self._thread.call(self._repair, then, failed)

    def close(self) -> None:
        self._thread.finish(self._close_catalogue)

    def _repair(self) -> Repair:
        # It brings the whole of indexing along, which the window needs for nothing else.
        from pocketlens.recovery import repair

        self._close_catalogue()
        try:
            return repair(self._home)
        except (OSError, sqlite3.Error) as error:
            raise refused(error, str(self._path)) from error

    def _show_overview(self, overview: Overview) -> None:
        self._refreshed()
        self._overview = overview
        self.overview_changed.emit(overview)

    def _refresh_failed(self, error: PocketLensError) -> None:
        self._refreshed()
        self.failed.emit(error)

    def _refreshed(self) -> None:
        again, self._refreshing, self._asked_again = self._asked_again, False, False
        if again:
            self.refresh()

    def _show_photo(self, row: PhotoRow | None) -> None:
        if row is not None:
            self.photo_came.emit(row)

    # -- on the library's thread -------------------------------------------------------------------------------

    def _opened(self) -> Catalogue:
        if self._catalogue is not None and not self._catalogue.path.exists():
            self._close_catalogue()
        if self._catalogue is None:
            catalogue = Catalogue.open(self._path, read_only=True)
            if not self._path.exists():
                # An empty one in memory: not kept, so that the real one is seen once it is made.
                return catalogue
            self._catalogue = catalogue
        return self._catalogue

    def _read_overview(self) -> Overview:
        catalogue = self._opened()
        unreadable = list(islice(catalogue.unreadable(), MOST_UNREADABLE))
        sources = catalogue.sources()
        folders = [source.spec for source in sources if source.spec.kind == "folder"]
        away = frozenset(spec for spec in folders if not os.path.isdir(spec.identity))  # noqa: PTH112 - bytes
        albums, has_places = catalogue.albums(), catalogue.has_places()
        return Overview(catalogue.counts(), sources, albums, unreadable, away, has_places)

    def _read_page(self, browsed: Browsed, page: int) -> list[Tile]:
        return self._read_rows(browsed, [(page * PAGE, PAGE)])

    def _read_rows(self, browsed: Browsed, rows: Sequence[tuple[int, int]]) -> list[Tile]:
        catalogue = self._opened()
        parts = (catalogue.photos(browsed.album, browsed.filters, offset=first, limit=count) for first, count in rows)
        return [tile_of_row(row) for part in parts for row in part]

    def _read_photos(self, photos: Sequence[int]) -> list[Tile]:
        rows = (self._opened().photo(photo) for photo in photos)
        return [tile_of_row(row) for row in rows if row is not None]

    def _read_facets(self, browsed: Browsed) -> tuple[int, Facets]:
        catalogue = self._opened()
        return catalogue.count(browsed.album, browsed.filters), facets(catalogue, browsed.album, browsed.filters)

    def _write(self, change: Callable[[Catalogue], object]) -> None:
        """With a connection of its own, held no longer than it takes."""
        self._home.make()
        with Catalogue.open(self._path) as catalogue:
            change(catalogue)

    def _forget(self, source: SourceSpec) -> int:
        # It brings the whole of indexing along, which the window needs for nothing else.
        from pocketlens.forgetting import forget

        return forget(self._home, source)

    def _close_catalogue(self) -> None:
        if self._catalogue is not None:
            self._catalogue.close()
            self._catalogue = None
