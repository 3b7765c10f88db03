"""A stack opened: the photos that one hit of a ranking stands for, in the grid in place of the ranking."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from pocketlens_desktop.gui.grid_geometry import Section
from pocketlens_desktop.gui.library import Library
from pocketlens_desktop.gui.photo_grid import PhotoGrid
from pocketlens_desktop.gui.photo_list import Tile
from pocketlens_desktop.gui.wording import number


class StackView(QObject):
    """Signals:
    opened: a stack is shown now.
    closed: the hit whose stack was shown; the ranking is to be shown again.
    """

    opened = Signal()
    closed = Signal(object)

    def __init__(self, grid: PhotoGrid, library: Library) -> None:
        super().__init__(grid)
        self._grid, self._library = grid, library
        self._wanted: Tile | None = None
        self._hit: Tile | None = None
        grid.stack_wanted.connect(self.open)

    @property
    def hit(self) -> Tile | None:
        """The one whose stack is shown; None while the ranking is."""
        return self._hit

    def open(self, hit: Tile) -> None:
        """Show all that ``hit`` stands for, once they are read. Does nothing for one that stands for itself alone."""
        if hit.members:
            self._wanted = hit
            self._library.read_photos((hit.photo, *hit.members), lambda tiles: self._show(hit, tiles))

    def close(self) -> bool:
        """Back to the ranking. Returns whether a stack was shown."""
        hit = self.forget()
        if hit is not None:
            self.closed.emit(hit)
        return hit is not None

    def forget(self) -> Tile | None:
        """Something else is shown from now on. Returns what the stack was of, if one was shown."""
        hit, self._hit, self._wanted = self._hit, None, None
        return hit

    def section(self) -> Section:
        """The stack under its header."""
        count = self._grid.photos().rowCount()
        return Section(0, count, self.tr("{count} alike. Esc leads back.").format(count=number(count)))

    def _show(self, hit: Tile, tiles: list[Tile]) -> None:
        if hit is not self._wanted:
            return
        self._hit = hit
        self._grid.photos().show_all(tiles)
        self.opened.emit()
        self._grid.verticalScrollBar().setValue(0)
        self._grid.go_to(0)
        self._grid.setFocus()
