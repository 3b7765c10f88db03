"""What the photos page is asked for, changed piece by piece, and asked of the search."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from pocketlens.catalogue import AlbumSummary
from pocketlens.errors import PictureNotIndexed, PocketLensError
from pocketlens.query import FavouriteFilter, Filter, parse_query
from pocketlens.searches import SavedSearch
from pocketlens_desktop.gui.asked import Asked, Picture
from pocketlens_desktop.gui.engines import Query, Search
from pocketlens_desktop.gui.photo_list import Tile


class Asking(QObject):
    """Keeps what is in force. Photos are ranked for it by ``search``, which answers; filters alone are browsed.

    Attributes:
        album: the one that is browsed or searched; None for all. Another one counts from the next `ask` on.

    Signals:
        changed: the `Asked` that is in force now; also when the same is asked again.
        browsed: nothing is to be ranked for it.
        picture_wanted: the file of a picture whose vector is needed first; see `picture_encoded`.
        unanswered: the search failed.
        failed: a `PocketLensError` for the person.
    """

    changed = Signal(object)
    browsed = Signal()
    picture_wanted = Signal(object)
    unanswered = Signal()
    failed = Signal(object)

    def __init__(self, search: Search, parent: QObject) -> None:
        super().__init__(parent)
        self._search = search
        self._asked = Asked()
        self.album: AlbumSummary | None = None
        search.failed.connect(self._failed)

    @property
    def asked(self) -> Asked:
        """What is in force, beside the album."""
        return self._asked

    @property
    def searching(self) -> bool:
        """Whether something is asked for, be it words, a picture or a filter: not everything is shown."""
        return self._asked != Asked()

    @property
    def awaits_vector(self) -> bool:
        """Whether a picture is being encoded, before anything can be ranked."""
        like = self._asked.like
        return isinstance(like, Picture) and like.vector is None

    def ask(self, asked: Asked) -> None:
        """Let ``asked`` be in force: rank photos for it, or browse them."""
        self._asked = asked
        self.changed.emit(asked)
        if not asked.ranked:
            self._search.forget()
            self.browsed.emit()
            return
        like = asked.like
        if isinstance(like, Picture) and like.vector is None:
            self._search.forget()
            self.picture_wanted.emit(like.file)
            return
        self._search.ask(
            Query(
                text=asked.sent.strip(),
                like=like.photo if isinstance(like, Tile) else None,
                picture=like.vector if isinstance(like, Picture) else None,
                albums=(_album_name(self.album),) if self.album else (),
            )
        )

    def ask_again(self) -> None:
        """Search once more, since there are other photos or another model than before."""
        like = self._asked.like
        if isinstance(like, Picture):
            # Its vector may be of another model.
            self.ask(replace(self._asked, like=Picture(like.file)))
        elif self.searching:
            self.ask(self._asked)

    def search_for(self, text: str) -> None:
        """Let these words be in force, along with what is chosen already."""
        self.ask(replace(self._asked, text=text))

    def find_similar(self, tile: Tile) -> None:
        """Search by a photo of the catalogue, and nothing else."""
        self.ask(Asked(like=tile))

    def search_by_picture(self, file: Path) -> None:
        """Search by any picture file, along with what is typed and chosen already."""
        self.ask(replace(self._asked, like=Picture(file)))

    def picture_encoded(self, picture: Picture) -> None:
        """The vector that `picture_wanted` asked for has come."""
        like = self._asked.like
        if isinstance(like, Picture) and like.file == picture.file:
            self.ask(replace(self._asked, like=picture))

    def picture_failed(self, file: Path, error: PocketLensError) -> None:
        """There is no vector for that picture."""
        like = self._asked.like
        if isinstance(like, Picture) and like.file == file:
            self.drop_like()
            self.failed.emit(error)

    def drop_like(self) -> None:
        """Search by no photo or picture any more."""
        self.ask(replace(self._asked, like=None))

    def choose_filters(self, filters: tuple[Filter, ...]) -> None:
        """Let these filters be in force and no others."""
        self.ask(self._asked.with_filters(filters))

    def recall(self, saved: SavedSearch) -> None:
        """Carry out a saved search, in the place of what is asked for now."""
        query = parse_query(saved.query)
        self.ask(Asked(text=str(msgspec.structs.replace(query, filters=())), filters=query.filters))

    def show_everything(self) -> None:
        """Leave the search and show all photos of the album."""
        self.ask(Asked())

    def favourites_changed(self) -> None:
        """Ask again where that makes a difference."""
        if any(isinstance(one, FavouriteFilter) for one in self._asked.all_filters):
            self.ask(self._asked)

    def _failed(self, _: Query, error: PocketLensError) -> None:
        query = self._asked.query
        if error.code == PictureNotIndexed.code and query is not None and isinstance(query.like, str):
            # like:FILE was typed: the picture becomes a chip, and the text goes on without it.
            without = str(msgspec.structs.replace(parse_query(self._asked.text), like=None))
            self.ask(replace(self._asked, text=without, like=Picture(Path(query.like).expanduser())))
            return
        self.unanswered.emit()
        self.failed.emit(error)


def _album_name(album: AlbumSummary) -> str:
    """What the search knows an album by: its path is the more exact one, but the top folder has none."""
    return album.path.decode(errors="backslashreplace") or album.name
