"""What is stored on this computer, measured, deleted and moved, after everything that has it open has let go of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from pocketlens.errors import PocketLensError
from pocketlens.paths import Home
from pocketlens_desktop.gui.background import Background
from pocketlens_desktop.gui.engines import Indexing, Search
from pocketlens_desktop.gui.library import Library
from pocketlens_desktop.gui.stored_data import Store, delete, sizes
from pocketlens_desktop.gui.thumbnails import Thumbnails


class Housekeeping(QObject):
    """Works on ``writer``, the thread that also saves the settings: neither undoes what the other has just written.

    Signals:
        measured: bytes by `Store`.
        changed: something was deleted or moved, or could not be: whoever shows it looks again.
        moved: the `Home` with the cache in its new place.
        failed: a `PocketLensError`.
    """

    measured = Signal(object)
    changed = Signal()
    moved = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        home: Home,
        writer: Background,
        *,
        thumbnails: Thumbnails,
        library: Library,
        search: Search,
        indexing: Indexing,
    ) -> None:
        super().__init__(writer)
        self._home, self._writer = home, writer
        self._thumbnails, self._library, self._search, self._indexing = thumbnails, library, search, indexing

    def measure(self) -> None:
        home = self._home
        self._writer.call(lambda: sizes(home), self.measured.emit)

    def delete(self, stores: tuple[Store, ...]) -> None:
        """Delete what is stored of these kinds. Not to be called while photos are indexed."""
        home = self._home
        self._let_go(lambda: self._writer.call(lambda: delete(stores, home), lambda _: self._look_again(), self._fail))

    def move_cache(self, folder: Path | None) -> None:
        """Keep thumbnails and derived files in ``folder``, in the usual place for None."""
        if self._indexing.working:
            return  # they are being written; the button cannot be pressed then
        home = self._home
        self._let_go(lambda: self._writer.call(lambda: _move_cache(home, folder), self._move, self._fail))

    def hold_limit(self) -> None:
        """Bring the thumbnails down to the limit that was just set."""
        if self._indexing.working:
            return  # the job began with the limit it found, and the next one holds the new one
        home = self._home
        self._writer.call(lambda: _hold_limit(home), lambda _: self._look_again(), self._fail)

    def _let_go(self, then: Callable[[], object]) -> None:
        self._thumbnails.release()
        self._search.let_go(lambda: self._library.release(then))

    def _move(self, home: Home) -> None:
        self._home = home
        self._thumbnails.use_store(home.thumbnails)
        self._library.use_home(home)
        self.moved.emit(home)
        self._look_again()

    def _fail(self, error: PocketLensError) -> None:
        self.failed.emit(error)
        self._look_again()

    def _look_again(self) -> None:
        self._thumbnails.look_again()
        self.changed.emit()
        self.measure()


# They bring the whole of indexing along, which the window needs for nothing else.
def _hold_limit(home: Home) -> None:
    from pocketlens.cache import hold_limit

    hold_limit(home)


def _move_cache(home: Home, folder: Path | None) -> Home:
    from pocketlens.cache import move_cache

    return move_cache(home, folder)
