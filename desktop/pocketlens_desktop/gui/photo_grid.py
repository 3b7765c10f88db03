# ruff: noqa: N802 - methods that Qt names and calls
"""The photo grid: a list view with a layout of its own, so that any number of photos costs the same."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QWidget

from pocketlens_desktop.gui.grid_geometry import HEADER_HEIGHT, Section
from pocketlens_desktop.gui.grid_selection import Rows, count_of, rows_among, rows_of, shown_selection
from pocketlens_desktop.gui.photo_drag import photo_drag
from pocketlens_desktop.gui.photo_list import AnyIndex, Tile
from pocketlens_desktop.gui.scroll_hint import ScrollHint
from pocketlens_desktop.gui.sectioned_view import SectionedView
from pocketlens_desktop.gui.thumbnails import Thumbnails
from pocketlens_desktop.gui.tile_painter import (
    TileState,
    in_stack_badge,
    paint_band,
    paint_header,
    paint_sticky_header,
    paint_tile,
)

SMALLEST_TILE, LARGEST_TILE, USUAL_TILE = 88, 320, 168
_ZOOM_STEP = 24
_CTRL = Qt.KeyboardModifier.ControlModifier
_MOVES = {
    Qt.Key.Key_Left: QAbstractItemView.CursorAction.MoveLeft,
    Qt.Key.Key_Right: QAbstractItemView.CursorAction.MoveRight,
    Qt.Key.Key_Up: QAbstractItemView.CursorAction.MoveUp,
    Qt.Key.Key_Down: QAbstractItemView.CursorAction.MoveDown,
    Qt.Key.Key_Home: QAbstractItemView.CursorAction.MoveHome,
    Qt.Key.Key_End: QAbstractItemView.CursorAction.MoveEnd,
    Qt.Key.Key_PageUp: QAbstractItemView.CursorAction.MovePageUp,
    Qt.Key.Key_PageDown: QAbstractItemView.CursorAction.MovePageDown,
}


class PhotoGrid(SectionedView):
    """Shows a `PhotoList` in square tiles, in sections that can be folded: its painting, mouse and keys.

    Signals:
        opened: the row of a photo to look at (double click, Enter, Space).
        typed: text typed while the grid has the focus, for the search field.
        tile_size_changed: the least side of a tile in pixels.
        section_toggled: the first row of a section whose header was clicked.
        chosen_changed: how many photos are chosen now.
        drag_refused: none of the photos that would be dragged has a file here, or not all of them are known yet.
        stack_wanted: the `Tile` whose stack is to be shown (a click on its sign, Ctrl+Enter).
    """

    opened = Signal(int)
    typed = Signal(str)
    tile_size_changed = Signal(int)
    section_toggled = Signal(int)
    chosen_changed = Signal(int)
    drag_refused = Signal()
    stack_wanted = Signal(object)

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(USUAL_TILE, parent)
        self._thumbnails = thumbnails
        self._hovered: int | None = None
        self._hovered_header: Section | None = None
        self._anchor = 0
        self._band: tuple[QPoint, QPoint] | None = None
        self.setObjectName("photoGrid")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))
        thumbnails.loaded.connect(self._picture_came)
        self._hint = ScrollHint(self)
        self.verticalScrollBar().valueChanged.connect(self._show_hint)
        self.verticalScrollBar().sliderReleased.connect(self._hint.hide)

    # -- what is shown ---------------------------------------------------------------------------------------

    def tile_size(self) -> int:
        return self._tile

    def set_tile_size(self, tile: int) -> None:
        tile = min(LARGEST_TILE, max(SMALLEST_TILE, tile))
        if tile == self._tile:
            return
        middle = self._geometry.rows_between(*self._middle())
        self._tile = tile
        self._lay_out()
        if middle:
            self._scroll_to_row(middle[0], QAbstractItemView.ScrollHint.PositionAtCenter)
        self.tile_size_changed.emit(tile)

    def current_tile(self) -> Tile | None:
        index = self.currentIndex()
        return self.photos().tile(index.row()) if index.isValid() else None

    def selected_tiles(self) -> list[Tile]:
        """The chosen photos that are here, in the grid's order. All are when there are `chosen_count` of them."""
        rows = (row for first, count in self.chosen_rows() for row in range(first, first + count))
        tiles = (self.photos().tile_here(row) for row in rows)
        return [tile for tile in tiles if tile is not None]

    def chosen_rows(self) -> list[Rows]:
        """The rows of the chosen photos, as ranges in their order."""
        return rows_of(self.selectionModel().selection())

    def chosen_count(self) -> int:
        return count_of(self.selectionModel().selection())

    def selectAll(self) -> None:
        selection = shown_selection(self.photos(), self._sections, 0, self.photos().rowCount() - 1)
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.chosen_changed.emit(self.chosen_count())

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self._anchor = current.row()

    def go_to(self, row: int) -> None:
        """Make ``row`` the only chosen photo and bring it into view."""
        index = self.photos().index(row)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index)

    # -- choosing -------------------------------------------------------------------------------------------

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        # Asked for to know what to repaint; painting what is in view is cheaper than a region of many tiles.
        return QRegion(self.viewport().rect()) if not selection.isEmpty() else QRegion()

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """The tile at a point, or all that a rectangle drawn from a gap covers."""
        selection = QItemSelection()
        area = rect.normalized().translated(0, self.verticalOffset())
        for row in self._geometry.rows_between(area.top(), area.bottom() + 1, area.left(), area.right() + 1):
            selection.select(self.photos().index(row), self.photos().index(row))
        self.selectionModel().select(selection, command)

    def _choose_up_to(self, row: int, modifiers: Qt.KeyboardModifier) -> None:
        """From where choosing began to ``row`` in reading order, besides what is chosen already with Ctrl."""
        low, high = sorted((self._anchor, row))
        flags = QItemSelectionModel.SelectionFlag
        command = flags.Select if modifiers & _CTRL else flags.ClearAndSelect
        anchor = self._anchor
        self.selectionModel().select(shown_selection(self.photos(), self._sections, low, high), command)
        self.selectionModel().setCurrentIndex(self.photos().index(row), flags.NoUpdate)
        self._anchor = anchor
        self._scroll_to_row(row, QAbstractItemView.ScrollHint.EnsureVisible)

    # -- painting --------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        palette, offset = QGuiApplication.palette(), self.verticalOffset()
        area = event.rect().translated(0, offset)
        sticky = self._geometry.sticky_header(offset)
        for section, top in self._geometry.headers_between(area.top(), area.bottom() + 1):
            if sticky is not None and section == sticky[0]:
                continue
            rect = QRect(0, top - offset, self.viewport().width(), HEADER_HEIGHT)
            paint_header(painter, rect, section, palette, hovered=section == self._hovered_header)
        painter.setFont(self.font())
        current = self.currentIndex().row() if self.hasFocus() else -1
        rows = self._geometry.rows_between(area.top(), area.bottom() + 1)
        # Asking the selection model about each row makes it ask the list for the flags of each.
        chosen = rows_among(self.chosen_rows(), rows)
        for row in rows:
            box = self._geometry.box(row)
            tile = self.photos().tile(row)
            if box is None:
                continue
            picture = self._thumbnails.pixmap(tile.thumbnail) if tile else None
            state = TileState(selected=row in chosen, current=row == current, hovered=row == self._hovered)
            paint_tile(painter, self._shown(box), tile, picture, state)
        if self._band is not None:
            paint_band(painter, QRect(*self._band).normalized().translated(0, -offset), palette)
        if sticky is not None:
            rect = QRect(0, sticky[1] - offset, self.viewport().width(), HEADER_HEIGHT)
            paint_sticky_header(painter, rect, sticky[0], palette)
        painter.end()
        self._want_pictures()

    def _want_pictures(self) -> None:
        """Ask for what is in view, then for one screen below: that is where most people go next."""
        top, page = self.verticalOffset(), self.viewport().height()
        rows = self._geometry.rows_between(top, top + 2 * page)
        tiles = (self.photos().tile(row) for row in rows)
        self._thumbnails.want([tile.thumbnail for tile in tiles if tile], self._device_side())

    def _picture_came(self, key: bytes) -> None:
        top = self.verticalOffset()
        for row in self._geometry.rows_between(top, top + self.viewport().height()):
            tile, box = self.photos().tile(row), self._geometry.box(row)
            if tile is not None and box is not None and tile.thumbnail == key:
                self.viewport().update(self._shown(box))

    def _device_side(self) -> int:
        return round(self._geometry.side * self.devicePixelRatioF())

    def _middle(self) -> tuple[int, int]:
        y = self.verticalOffset() + self.viewport().height() // 2
        return y, y + self._geometry.pitch

    # -- mouse and keyboard ----------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        row = self.currentIndex().row()
        move = _MOVES.get(Qt.Key(event.key()))
        if move is not None and event.modifiers() & Qt.KeyboardModifier.ShiftModifier and row >= 0:
            self._choose_up_to(self.moveCursor(move, event.modifiers()).row(), event.modifiers())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers() & _CTRL:
            self._open_stack(self.current_tile())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and plain:
            if row >= 0:
                self.opened.emit(row)
        elif event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown) and event.modifiers() == _CTRL and row >= 0:
            self.go_to(self._geometry.section_beside(row, 1 if event.key() == Qt.Key.Key_PageDown else -1))
        elif plain and event.text().isprintable() and event.text().strip():
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_tile_size(self._tile + (_ZOOM_STEP if event.angleDelta().y() > 0 else -_ZOOM_STEP))
            event.accept()
        else:
            super().wheelEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        header = self._header_at(event.position().toPoint())
        if header is not None and event.button() == Qt.MouseButton.LeftButton:
            if header.foldable:
                self.section_toggled.emit(header.first)
            elif header.choosable:
                self._choose_section(header, event.modifiers())
            return
        point = event.position().toPoint()
        index = self.indexAt(point)
        if event.button() == Qt.MouseButton.LeftButton:
            if index.isValid() and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._choose_up_to(index.row(), event.modifiers())
                return
            tile = self.photos().tile_here(index.row()) if index.isValid() else None
            if tile is not None and tile.members and in_stack_badge(self.visualRect(index), point):
                self._open_stack(tile)
                return
            if not index.isValid():
                start = point + QPoint(0, self.verticalOffset())
                self._band = (start, start)
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self._band is not None:
            self._band = None
            self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        point = event.position().toPoint()
        index = self.indexAt(point)
        if self._band is not None:
            self._band = (self._band[0], point + QPoint(0, self.verticalOffset()))
            self.viewport().update()
        self._hover(index.row() if index.isValid() else None, self._header_at(point))

    def startDrag(self, actions: Qt.DropAction) -> None:
        tiles = self.selected_tiles()
        files = [tile for tile in tiles if tile.file is not None]
        if not files or len(tiles) < self.chosen_count():
            self.drag_refused.emit()
            return
        current = self.current_tile() or files[0]
        photo_drag(self, files, self._thumbnails.pixmap(current.thumbnail)).exec(actions)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(None, None)

    def _hover(self, row: int | None, header: Section | None) -> None:
        if (row, header) != (self._hovered, self._hovered_header):
            self._hovered, self._hovered_header = row, header
            pressed = header is not None and (header.foldable or header.choosable)
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if pressed else Qt.CursorShape.ArrowCursor)
            self.viewport().update()

    def _header_at(self, point: QPoint) -> Section | None:
        sticky = self._geometry.sticky_header(self.verticalOffset())
        if sticky is not None and point.y() < sticky[1] - self.verticalOffset() + HEADER_HEIGHT:
            return sticky[0]
        return self._geometry.header_at(point.y() + self.verticalOffset())

    def _choose_section(self, section: Section, modifiers: Qt.KeyboardModifier) -> None:
        """All photos of a section, besides those that are chosen already with Ctrl."""
        rows = QItemSelection(
            self.photos().index(section.first), self.photos().index(section.first + section.count - 1)
        )
        flags = QItemSelectionModel.SelectionFlag
        added = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        self.selectionModel().setCurrentIndex(self.photos().index(section.first), flags.NoUpdate)
        self.selectionModel().select(rows, flags.Select if added else flags.ClearAndSelect)

    def _open_stack(self, tile: Tile | None) -> None:
        if tile is not None and tile.members:
            self.stack_wanted.emit(tile)

    def _show_hint(self, offset: int) -> None:
        """While the scroll bar is dragged: what is where it is now."""
        section = self._geometry.section_at(offset + HEADER_HEIGHT)
        bar = self.verticalScrollBar()
        if bar.isSliderDown() and section is not None and section.title.strip():
            self._hint.show_beside(section.title, offset / max(1, bar.maximum()))
