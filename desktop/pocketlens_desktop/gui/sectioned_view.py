# ruff: noqa: N802, ARG002 - methods that Qt names and calls
"""A list view laid out in square tiles, in sections: its places, its scrolling and its keyboard steps."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from pocketlens_desktop.gui.grid_geometry import HEADER_HEIGHT, MARGIN, Box, GridGeometry, Section
from pocketlens_desktop.gui.photo_list import AnyIndex, PhotoList


class SectionedView(QListView):
    """Shows a `PhotoList` in tiles at least ``tile`` wide.

    A list view by type, so that screen readers see a list of named photos; its layout and keyboard steps come from
    `GridGeometry` instead, because `QListView` keeps a rectangle for every photo.
    """

    def __init__(self, tile: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sections: list[Section] = []
        self._tile = tile
        self._geometry = GridGeometry([], 0, tile)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there: tiles would change their size as it comes and goes.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)

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
        top = box.y - above if box.y - above > MARGIN else 0
        bottom = box.y + box.height + HEADER_HEIGHT // 2
        if hint == QAbstractItemView.ScrollHint.PositionAtTop:
            bar.setValue(top)
        elif hint == QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(box.y + box.height // 2 - page // 2)
        elif top < bar.value():
            bar.setValue(top)
        elif bottom > bar.value() + page:
            bar.setValue(bottom - page)

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

    def _shown_top(self, row: int) -> int | None:
        box = self._geometry.box(row)
        return box.y - self.verticalOffset() if box is not None else None

    def _shown(self, box: Box) -> QRect:
        return QRect(box.x, box.y - self.verticalOffset(), box.width, box.height)
