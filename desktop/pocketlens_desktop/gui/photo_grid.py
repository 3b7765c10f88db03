# ruff: noqa: N802, ARG002 - methods that Qt names and calls
"""The photo grid: a list view with a layout of its own, so that any number of photos costs the same."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from pocketlens_desktop.gui.grid_geometry import HEADER_HEIGHT, Box, GridGeometry, Section
from pocketlens_desktop.gui.photo_list import AnyIndex, PhotoList, Tile
from pocketlens_desktop.gui.scroll_hint import ScrollHint
from pocketlens_desktop.gui.thumbnails import Thumbnails
from pocketlens_desktop.gui.tile_painter import TileState, paint_header, paint_sticky_header, paint_tile

SMALLEST_TILE, LARGEST_TILE, USUAL_TILE = 88, 320, 168
_ZOOM_STEP = 24
_CTRL = Qt.KeyboardModifier.ControlModifier


class PhotoGrid(QListView):
    """Shows a `PhotoList` in square tiles, in sections that can be folded.

    A list view by type, so that screen readers see a list of named photos; its layout, painting and keyboard
    steps come from `GridGeometry` instead, because `QListView` keeps a rectangle for every photo.

    Signals:
        opened: the row of a photo to look at (double click, Enter, Space).
        typed: text typed while the grid has the focus, for the search field.
        tile_size_changed: the least side of a tile in pixels.
        section_toggled: the first row of a section whose header was clicked.
    """

    opened = Signal(int)
    typed = Signal(str)
    tile_size_changed = Signal(int)
    section_toggled = Signal(int)

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._sections: list[Section] = []
        self._tile = USUAL_TILE
        self._geometry = GridGeometry([], 0, USUAL_TILE)
        self._hovered: int | None = None
        self._hovered_header: Section | None = None
        self.setObjectName("photoGrid")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there: tiles would change their size as it comes and goes.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
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

    def photos(self) -> PhotoList:
        model = self.model()
        assert isinstance(model, PhotoList)
        return model

    def sections(self) -> list[Section]:
        return self._sections

    def show_sections(self, sections: list[Section]) -> None:
        """How the model's rows are divided. Call after the model was given its rows."""
        if sections == self._sections:
            return
        anchor = self._geometry.rows_between(self.verticalOffset(), self.verticalOffset() + self._geometry.pitch)
        above = self._shown_top(anchor[0]) if anchor and self.verticalOffset() > 0 else None
        self._sections = sections
        self._lay_out()
        box = self._geometry.box(anchor[0]) if above is not None else None
        if box is not None and above is not None:
            # What is looked at stays where it is, whatever came or went above it.
            self.verticalScrollBar().setValue(box.y - above)

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
        """The chosen photos that are here, in the grid's order."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        tiles = (self.photos().tile(row) for row in rows)
        return [tile for tile in tiles if tile is not None]

    def go_to(self, row: int) -> None:
        """Make ``row`` the only chosen photo and bring it into view."""
        index = self.photos().index(row)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index)

    # -- layout: what QListView would do for every photo -------------------------------------------------------

    def doItemsLayout(self) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        self._geometry = GridGeometry(self._sections, self.viewport().width(), self._tile)
        self.updateGeometries()
        self.viewport().update()

    def updateGeometries(self) -> None:
        bar, page = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(0, self._geometry.height - page))
        bar.setPageStep(page)
        bar.setSingleStep(max(20, self._geometry.pitch // 3))

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.size().width() != event.oldSize().width():
            anchor = self._geometry.rows_between(self.verticalOffset(), self.verticalOffset() + 1)
            self._lay_out()
            if anchor and self.verticalOffset() > 0:
                self._scroll_to_row(anchor[0], QAbstractItemView.ScrollHint.PositionAtTop)
        else:
            self.updateGeometries()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def visualRect(self, index: AnyIndex) -> QRect:
        box = self._geometry.box(index.row()) if index.isValid() else None
        return self._shown(box) if box else QRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        row = self._geometry.row_at(point.x(), point.y() + self.verticalOffset())
        return self.photos().index(row) if row is not None else QModelIndex()

    def isIndexHidden(self, index: AnyIndex) -> bool:
        return self._geometry.box(index.row()) is None

    def scrollTo(
        self, index: AnyIndex, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        if index.isValid():
            self._scroll_to_row(index.row(), hint)

    def _scroll_to_row(self, row: int, hint: QAbstractItemView.ScrollHint) -> None:
        box = self._geometry.box(row)
        if box is None:
            return
        bar, page = self.verticalScrollBar(), self.viewport().height()
        section = self._geometry.section_at(box.y)
        # A header that stays in view must not cover what was gone to.
        above = HEADER_HEIGHT if section is not None and section.title else HEADER_HEIGHT // 2
        top, bottom = box.y - above, box.y + box.height + HEADER_HEIGHT // 2
        if hint == QAbstractItemView.ScrollHint.PositionAtTop:
            bar.setValue(top)
        elif hint == QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(box.y + box.height // 2 - page // 2)
        elif top < bar.value():
            bar.setValue(top)
        elif bottom > bar.value() + page:
            bar.setValue(bottom - page)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        # Asked for to know what to repaint; painting what is in view is cheaper than a region of many tiles.
        return QRegion(self.viewport().rect()) if not selection.isEmpty() else QRegion()

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """From tile to tile in reading order; from a gap, what the rectangle covers."""
        start, end = self.indexAt(rect.topLeft()), self.indexAt(rect.bottomRight())
        selection = QItemSelection()
        if start.isValid() and end.isValid():
            low, high = sorted((start.row(), end.row()))
            selection.select(self.photos().index(low), self.photos().index(high))
        else:
            area = rect.normalized().translated(0, self.verticalOffset())
            rows = self._geometry.rows_between(area.top(), area.bottom() + 1, area.left(), area.right() + 1)
            for row in rows:
                selection.select(self.photos().index(row), self.photos().index(row))
        self.selectionModel().select(selection, command)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        count = self._geometry.count
        if not count:
            return QModelIndex()
        current = self.currentIndex()
        if not current.isValid():
            return self.photos().index(0)
        row, lines = current.row(), max(1, self.viewport().height() // self._geometry.pitch)
        moves = QAbstractItemView.CursorAction
        target = {
            moves.MoveLeft: lambda: self._geometry.nearest(max(0, row - 1)),
            moves.MovePrevious: lambda: self._geometry.nearest(max(0, row - 1)),
            moves.MoveRight: lambda: self._geometry.shown_after(row, 1),
            moves.MoveNext: lambda: self._geometry.shown_after(row, 1),
            moves.MoveUp: lambda: self._geometry.step(row, -1),
            moves.MoveDown: lambda: self._geometry.step(row, 1),
            moves.MovePageUp: lambda: self._geometry.step(row, -lines),
            moves.MovePageDown: lambda: self._geometry.step(row, lines),
            moves.MoveHome: lambda: 0,
            moves.MoveEnd: self._geometry.last_shown,
        }[action]()
        return self.photos().index(target)

    # -- painting --------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        palette, offset = QGuiApplication.palette(), self.verticalOffset()
        area = event.rect().translated(0, offset)
        for section, top in self._geometry.headers_between(area.top(), area.bottom() + 1):
            rect = QRect(0, top - offset, self.viewport().width(), HEADER_HEIGHT)
            paint_header(painter, rect, section, palette, hovered=section == self._hovered_header)
        painter.setFont(self.font())
        chosen, current = self.selectionModel(), self.currentIndex().row() if self.hasFocus() else -1
        for row in self._geometry.rows_between(area.top(), area.bottom() + 1):
            box = self._geometry.box(row)
            tile = self.photos().tile(row)
            if box is None:
                continue
            picture = self._thumbnails.pixmap(tile.thumbnail) if tile else None
            selected = chosen.isRowSelected(row, QModelIndex())
            state = TileState(selected=selected, current=row == current, hovered=row == self._hovered)
            paint_tile(painter, self._shown(box), tile, picture, state)
        sticky = self._geometry.sticky_header(offset)
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

    def _shown_top(self, row: int) -> int | None:
        box = self._geometry.box(row)
        return box.y - self.verticalOffset() if box is not None else None

    def _shown(self, box: Box) -> QRect:
        return QRect(box.x, box.y - self.verticalOffset(), box.width, box.height)

    def _middle(self) -> tuple[int, int]:
        y = self.verticalOffset() + self.viewport().height() // 2
        return y, y + self._geometry.pitch

    # -- mouse and keyboard ----------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        row = self.currentIndex().row()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and plain:
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
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        point = event.position().toPoint()
        index = self.indexAt(point)
        self._hover(index.row() if index.isValid() else None, self._header_at(point))

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

    def _show_hint(self, offset: int) -> None:
        """While the scroll bar is dragged: what is where it is now."""
        section = self._geometry.section_at(offset + HEADER_HEIGHT)
        bar = self.verticalScrollBar()
        if bar.isSliderDown() and section is not None and section.title.strip():
            self._hint.show_beside(section.title, offset / max(1, bar.maximum()))
