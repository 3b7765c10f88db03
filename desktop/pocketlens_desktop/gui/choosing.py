"""The photos that are chosen in the grid: what is said of them, and what is done with them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel, QObject, QPoint, Signal, SignalInstance
from PySide6.QtWidgets import QMenu

from pocketlens_desktop.gui.library import Browsed, Library
from pocketlens_desktop.gui.photo_actions import PhotoActions
from pocketlens_desktop.gui.photo_grid import PhotoGrid
from pocketlens_desktop.gui.photo_list import Tile
from pocketlens_desktop.gui.selection_bar import SelectionBar


class Choosing(QObject):
    """Signals:
    opened: the row of a photo to look at.
    info_wanted: the same, with what is known about it.
    export_wanted: a list of `Tile` to copy to a folder.
    cleared: no longer are several photos chosen, because the person said so.
    """

    opened = Signal(int)
    info_wanted = Signal(int)
    export_wanted = Signal(list)
    cleared = Signal()

    def __init__(self, grid: PhotoGrid, library: Library, browsed: Callable[[], Browsed]) -> None:
        """``browsed``: what the grid shows, for photos of it that are not in the list yet."""
        super().__init__(grid)
        self._grid, self._library, self._browsed = grid, library, browsed
        self.actions = PhotoActions(self)
        self.bar = SelectionBar()
        grid.photos().modelReset.connect(lambda: self.bar.show_count(0))
        grid.chosen_changed.connect(self.bar.show_count)
        grid.drag_refused.connect(lambda: self.bar.say(self.tr("These cannot be dragged: export them first.")))
        grid.customContextMenuRequested.connect(self._show_menu)
        self.bar.copy_wanted.connect(self.copy)
        self.bar.mark_wanted.connect(self.mark)
        self.bar.export_wanted.connect(lambda: self.hand_over(self.export_wanted.emit))
        self.bar.clear_wanted.connect(self.clear)
        self.actions.opened.connect(lambda tile: self._emit_row(self.opened, tile))
        self.actions.info_wanted.connect(lambda tile: self._emit_row(self.info_wanted, tile))
        self.actions.export_wanted.connect(self.export_wanted)

    @property
    def several(self) -> bool:
        """Whether more than one photo is chosen: then photos that come in must not take the choice away."""
        return self._grid.chosen_count() > 1

    def clear(self) -> bool:
        """Choose the photo in hand alone. Returns whether there were several."""
        if not self.several:
            return False
        chosen = self._grid.selectionModel()
        chosen.select(self._grid.currentIndex(), QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._grid.setFocus()
        self.cleared.emit()
        return True

    def hand_over(self, act: Callable[[list[Tile]], object]) -> None:
        """Do ``act`` with the chosen photos: at once, or when those far from view are read from the catalogue."""
        tiles = self._grid.selected_tiles()
        if len(tiles) < self._grid.chosen_count():
            self._library.read_tiles(self._browsed(), self._grid.chosen_rows(), act)
        elif tiles:
            act(tiles)

    def mark(self) -> None:
        """Make the chosen photos favourites; if all of them that are in view are, favourites no more."""
        favourite = not all(tile.favourite for tile in self._grid.selected_tiles())
        self.hand_over(lambda tiles: self.actions.mark(tiles, favourite=favourite))

    def copy(self) -> None:
        """Put the chosen photos' files on the clipboard."""
        self.hand_over(self.actions.copy)

    def menu(self) -> QMenu | None:
        """What can be done with the chosen photos; None when there are none."""
        count = self._grid.chosen_count()
        current = self._grid.current_tile() or next(iter(self._grid.selected_tiles()), None)
        return self.actions.menu(self._grid, current, count, self.hand_over) if current and count else None

    def _emit_row(self, signal: SignalInstance, tile: Tile) -> None:
        row = self._grid.photos().row_of(tile.photo)
        if row is not None:
            signal.emit(row)

    def _show_menu(self, point: QPoint) -> None:
        menu = self.menu()
        if menu is not None:
            if not self._grid.indexAt(point).isValid():  # asked for with a key
                point = self._grid.visualRect(self._grid.currentIndex()).center()
            menu.popup(self._grid.viewport().mapToGlobal(point))
