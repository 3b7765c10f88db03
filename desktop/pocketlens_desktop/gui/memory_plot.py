# ruff: noqa: N802, ARG002 - methods that Qt names and calls
"""What a model's tower took of memory while it was measured: resident and private, over time, phase by phase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from pocketlens_desktop.gui.wording import number

if TYPE_CHECKING:
    from pocketlens_models.profile.measurement import TowerProfile

_MB = 1e6
_LEFT, _TOP, _RIGHT, _BOTTOM = 46, 26, 12, 24
#: Of what a gridline may stand for: the smallest that gives no more than four lines is taken.
_STEPS_MB = (10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000)


class MemoryPlot(QWidget):
    """Draws a `TowerProfile` that has samples."""

    def __init__(self, tower: TowerProfile) -> None:
        super().__init__()
        self._tower = tower
        self._title = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def describe(self, title: str) -> None:
        """``title`` is drawn, and with the figures read out."""
        self._title = title
        steady = self._tower.steady or self._tower.samples[-1]
        private, resident = number(round(steady.anon / _MB)), number(round(steady.rss / _MB))
        self.setAccessibleName(
            self.tr("{title}: {private} MB private, {resident} MB resident").format(
                title=title, private=private, resident=resident
            )
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(340, 190)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 190)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.LanguageChange):
            self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)
        span = max(self._tower.phases[-1].end if self._tower.phases else 0.0, self._tower.samples[-1].at, 1e-3)
        step, highest = _scale(max(sample.rss for sample in self._tower.samples) / _MB)
        small = self.font()
        small.setPointSizeF(small.pointSizeF() * 0.8)
        self._draw_title(painter)
        painter.setFont(small)
        self._draw_phases(painter, room, span)
        self._draw_grid(painter, room, step, highest)
        colours = self.palette()
        faint = colours.color(QPalette.ColorRole.PlaceholderText)
        accent = colours.color(QPalette.ColorRole.Highlight)
        resident = [(sample.at, sample.rss / _MB) for sample in self._tower.samples]
        private = [(sample.at, sample.anon / _MB) for sample in self._tower.samples]
        for points, colour, filled in ((resident, faint, False), (private, accent, True)):
            _draw_line(
                painter, [_place(room, at / span, value / highest) for at, value in points], colour, room, filled
            )
        self._draw_legend(painter, room, faint, accent)
        painter.end()

    def _draw_title(self, painter: QPainter) -> None:
        font = self.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        painter.drawText(QRectF(0, 0, self.width(), _TOP - 6), Qt.AlignmentFlag.AlignLeft, self._title)

    def _draw_phases(self, painter: QPainter, room: QRectF, span: float) -> None:
        """Every second phase on a darker ground, and the long ones named."""
        names = {
            "baseline": self.tr("start"),
            "check": self.tr("check"),
            "load": self.tr("load"),
            "first run": self.tr("first"),
            "steady": self.tr("at work"),
            "unload": self.tr("end"),
        }
        ground = self.palette().color(QPalette.ColorRole.AlternateBase)
        for place, phase in enumerate(self._tower.phases):
            left = room.left() + room.width() * phase.begin / span
            band = QRectF(left, room.top(), room.width() * (phase.end - phase.begin) / span, room.height())
            if place % 2:
                painter.fillRect(band, ground)
            name = names.get(phase.name, phase.name)
            if painter.fontMetrics().horizontalAdvance(name) + 4 < band.width():
                painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
                below = QRectF(band.left(), room.bottom() + 3, band.width(), _BOTTOM - 4)
                painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, name)

    def _draw_grid(self, painter: QPainter, room: QRectF, step: int, highest: int) -> None:
        for value in range(0, highest + 1, step):
            left = _place(room, 0, value / highest)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Mid), 0.6))
            painter.drawLine(left, QPointF(room.right(), left.y()))
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            box = QRectF(0, left.y() - 8, _LEFT - 6, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{number(value)} MB")

    def _draw_legend(self, painter: QPainter, room: QRectF, faint: QColor, accent: QColor) -> None:
        right = room.right()
        for name, colour in ((self.tr("private"), accent), (self.tr("resident"), faint)):
            wide = painter.fontMetrics().horizontalAdvance(name)
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(QPointF(right - wide, _TOP - 11), name)
            painter.setPen(QPen(colour, 2.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(QPointF(right - wide - 18, _TOP - 15), QPointF(right - wide - 6, _TOP - 15))
            right -= wide + 28


def _scale(highest: float) -> tuple[int, int]:
    """Megabytes between two gridlines, and at the top one."""
    step = next((step for step in _STEPS_MB if highest <= 4 * step), _STEPS_MB[-1])
    lines = max(1, -int(-highest // step))
    return step, step * lines


def _place(room: QRectF, across: float, up: float) -> QPointF:
    return QPointF(room.left() + room.width() * min(across, 1.0), room.bottom() - room.height() * up)


def _draw_line(painter: QPainter, points: list[QPointF], colour: QColor, room: QRectF, filled: bool) -> None:
    if filled:
        soft = QColor(colour)
        soft.setAlpha(36)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(soft)
        last, first = QPointF(points[-1].x(), room.bottom()), QPointF(points[0].x(), room.bottom())
        painter.drawPolygon(QPolygonF([*points, last, first]))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.drawPolyline(QPolygonF(points))
