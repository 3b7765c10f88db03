# ruff: noqa: N802 - methods that Qt names and calls
"""How many photos each month has, as bars to drag a range over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QDate, QEvent, QLocale, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from pocketlens.catalogue import Month
from pocketlens_desktop.gui.wording import number

#: Narrower bars can neither be seen nor hit; wider ones say no more.
_NARROWEST, _WIDEST = 5, 26
_HEIGHT, _YEARS_HEIGHT = 84, 22
#: A month with a single photo is to be seen beside one with thousands.
_LEAST_BAR = 3


class MonthHistogram(QWidget):
    """A bar for every month from the first to the last with photos.

    A click chooses a month, a drag a range; the arrow keys go from month to month, with Shift they stretch the range,
    and Enter chooses it.

    Signals:
        chosen: the first and the last day of a range.
    """

    chosen = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self._counts: list[int] = []
        self._first = 0  # months since the year 0
        self._range: tuple[int, int] | None = None
        self._anchor = self._at = 0
        self._dragging = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.MinimumExpanding, QSizePolicy.Policy.Fixed)

    def show_months(self, months: Sequence[Month]) -> None:
        """``months`` in any order; gaps between them are bars of nothing."""
        counts = {month.year * 12 + month.month - 1: month.count for month in months}
        self._first = min(counts, default=0)
        last = max(counts, default=-1)
        self._counts = [counts.get(month, 0) for month in range(self._first, last + 1)]
        self._at = self._anchor = max(len(self._counts) - 1, 0)
        self.updateGeometry()
        self._say()
        self.update()

    def show_range(self, first: date | None, last: date | None) -> None:
        """Mark what is chosen; None is open, and both None nothing."""
        if first is None and last is None:
            self._range = None
        else:
            end = len(self._counts) - 1
            low = 0 if first is None else first.year * 12 + first.month - 1 - self._first
            high = end if last is None else last.year * 12 + last.month - 1 - self._first
            self._range = (max(low, 0), min(high, end))
            if 0 <= self._range[0] <= self._range[1] <= end:
                self._anchor, self._at = self._range
        self._say()
        self.update()

    @property
    def months(self) -> int:
        """How many bars there are."""
        return len(self._counts)

    def sizeHint(self) -> QSize:
        return QSize(max(len(self._counts), 1) * self._bar_width(260), _HEIGHT + _YEARS_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(max(len(self._counts), 1) * _NARROWEST, _HEIGHT + _YEARS_HEIGHT)

    def _bar_width(self, room: int) -> int:
        return min(max(room // max(len(self._counts), 1), _NARROWEST), _WIDEST)

    def bar(self, place: int) -> QRectF:
        """Where a month's bar may be, whatever its height."""
        width = self._bar_width(self.width())
        return QRectF(place * width, 0, width, _HEIGHT)

    def _place_at(self, point: QPointF) -> int:
        return min(max(int(point.x() // self._bar_width(self.width())), 0), max(len(self._counts) - 1, 0))

    # -- choosing --------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._counts:
            self._dragging = True
            self._anchor = self._at = self._place_at(event.position())
            self._mark()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self._at = self._place_at(event.position())
            self._mark()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragging and event.button() == Qt.MouseButton.LeftButton:
            self._dragging = False
            self._choose()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_PageUp: -12,
            Qt.Key.Key_PageDown: 12,
            Qt.Key.Key_Home: -len(self._counts),
            Qt.Key.Key_End: len(self._counts),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is not None and self._counts:
            self._at = min(max(self._at + step, 0), len(self._counts) - 1)
            if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._anchor = self._at
            self._mark()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._counts:
            self._choose()
        else:
            super().keyPressEvent(event)

    def _mark(self) -> None:
        self._range = (min(self._anchor, self._at), max(self._anchor, self._at))
        self._say()
        self.update()

    def _choose(self) -> None:
        low, high = min(self._anchor, self._at), max(self._anchor, self._at)
        first, last = self._month(low), self._month(high)
        self.chosen.emit(date(first.year(), first.month(), 1), date(last.year(), last.month(), last.daysInMonth()))

    def _month(self, place: int) -> QDate:
        year, month = divmod(self._first + place, 12)
        return QDate(year, month + 1, 1)

    # -- showing ---------------------------------------------------------------------------------------------

    def range_text(self) -> str:
        """The marked months with their number of photos, in words; empty when none is."""
        if self._range is None or not self._counts:
            return ""
        low, high = self._range
        names = [QLocale().toString(self._month(place), "MMM yyyy") for place in dict.fromkeys((low, high))]
        count = sum(self._counts[low : high + 1])
        return f"{' – '.join(names)}: {number(count)}"

    def _say(self) -> None:
        self.setAccessibleDescription(self.range_text())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self._counts:
            place = self._place_at(QPointF(event.pos()))
            month = QLocale().toString(self._month(place), "MMMM yyyy")
            QToolTip.showText(event.globalPos(), f"{month}: {number(self._counts[place])}", self)
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.LanguageChange):
            self._say()
            self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        accent, plain = palette.color(QPalette.ColorRole.Highlight), palette.color(QPalette.ColorRole.Mid)
        highest = max(self._counts, default=1)
        painter.setPen(Qt.PenStyle.NoPen)
        for place, count in enumerate(self._counts):
            box = self.bar(place)
            marked = self._range is not None and self._range[0] <= place <= self._range[1]
            if marked:
                painter.fillRect(box, palette.color(QPalette.ColorRole.Midlight))
            if count:
                tall = max(_LEAST_BAR, (_HEIGHT - 6) * count / highest)
                gap = 1 if box.width() > _NARROWEST + 1 else 0.5
                painter.setBrush(accent if marked else plain)
                painter.drawRoundedRect(box.adjusted(gap, _HEIGHT - tall, -gap, 0), 1.5, 1.5)
        self._paint_years(painter)
        if self.hasFocus():
            painter.setPen(palette.color(QPalette.ColorRole.Highlight))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.end()

    def _paint_years(self, painter: QPainter) -> None:
        small = self.font()
        small.setPointSizeF(small.pointSizeF() * 0.82)
        painter.setFont(small)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        room = QFontMetrics(small).horizontalAdvance("0000") + 8
        free = 0.0
        for place in range(len(self._counts)):
            month = self._month(place)
            left = self.bar(place).left()
            if (month.month() == 1 or place == 0) and left >= free and left + room <= self.width() + 8:
                # A year that begins right after the first, cut off one is the one to name.
                if place == 0 and month.month() > 1 and self.bar(13 - month.month()).left() < room:
                    continue
                painter.drawText(QRectF(left + 1, _HEIGHT + 3, room, _YEARS_HEIGHT - 3), str(month.year()))
                free = left + room
