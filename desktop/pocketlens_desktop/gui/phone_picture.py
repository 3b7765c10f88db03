# ruff: noqa: N802, ARG002 - methods that Qt names and calls
"""Drawings of what to do with a phone, in the colours of the theme: what to tap is in the accent colour."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

#: Every scene is drawn in a square of this side and scaled.
_SIDE = 160.0


class Scene(Enum):
    PLUG = "plug"
    DEBUGGING = "debugging"
    ALLOW = "allow"
    SEVERAL = "several"
    READY = "ready"
    WAIT = "wait"
    RESTART = "restart"
    COMPUTER = "computer"


class PhonePicture(QWidget):
    """Shows one `Scene`. It says nothing that the words beside it do not, so screen readers pass it over."""

    def __init__(self, scene: Scene, side: int = 150, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene, self._side = scene, side
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(self._side, self._side)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.LanguageChange):
            self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self.width() / _SIDE, self.height() / _SIDE)
        pen = _Pen(painter, self.palette())
        match self._scene:
            case Scene.PLUG:
                _plug(pen)
            case Scene.DEBUGGING:
                _debugging(pen, self.tr("USB debugging"))
            case Scene.ALLOW:
                _allow(pen, self.tr("Allow USB debugging?"), self.tr("Allow"))
            case Scene.SEVERAL:
                _several(pen)
            case Scene.READY:
                pen.phone(QRectF(48, 14, 64, 132))
                pen.tick(QPointF(80, 80))
            case Scene.WAIT:
                pen.phone(QRectF(48, 14, 64, 132))
                for place in (66, 80, 94):
                    pen.dot(QPointF(place, 80), 4)
            case Scene.RESTART:
                _restart(pen)
            case Scene.COMPUTER:
                _computer(pen)
        painter.end()


class _Pen:
    """What the scenes are made of."""

    def __init__(self, painter: QPainter, palette: QPalette) -> None:
        self.painter = painter
        self.line = palette.color(QPalette.ColorRole.PlaceholderText)
        self.faint = palette.color(QPalette.ColorRole.Mid)
        self.ground = palette.color(QPalette.ColorRole.Base)
        self.sunken = palette.color(QPalette.ColorRole.AlternateBase)
        self.accent = palette.color(QPalette.ColorRole.Highlight)
        self.on_accent = palette.color(QPalette.ColorRole.HighlightedText)
        self.text = palette.color(QPalette.ColorRole.Text)

    def shape(self, box: QRectF, radius: float, fill: QColor, line: QColor | None = None, width: float = 2.5) -> None:
        self.painter.setBrush(fill)
        self.painter.setPen(QPen(line, width) if line is not None else Qt.PenStyle.NoPen)
        self.painter.drawRoundedRect(box, radius, radius)

    def stroke(self, *points: QPointF, colour: QColor | None = None, width: float = 3) -> None:
        pen = QPen(
            colour or self.line, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        )
        self.painter.setPen(pen)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        path = QPainterPath(points[0])
        for point in points[1:]:
            path.lineTo(point)
        self.painter.drawPath(path)

    def dot(self, centre: QPointF, radius: float, colour: QColor | None = None) -> None:
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(colour or self.accent)
        self.painter.drawEllipse(centre, radius, radius)

    def write(self, text: str, box: QRectF, size: float, colour: QColor, *, bold: bool = False) -> None:
        """``text`` in one line, smaller where it would not fit."""
        font = QFont(self.painter.font())
        font.setBold(bold)
        font.setPixelSize(max(1, round(size * 1.33)))
        self.painter.setFont(font)
        wide = self.painter.fontMetrics().horizontalAdvance(text)
        if wide > box.width():
            font.setPixelSize(max(5, int(font.pixelSize() * box.width() / wide)))
            self.painter.setFont(font)
        self.painter.setPen(colour)
        self.painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def phone(self, box: QRectF) -> None:
        """A phone: its body, screen and camera."""
        self.shape(box, 11, self.ground, self.line, 3)
        self.shape(box.adjusted(6, 12, -6, -12), 4, self.sunken)
        self.dot(QPointF(box.center().x(), box.top() + 6.5), 1.8, self.line)

    def tick(self, centre: QPointF) -> None:
        self.dot(centre, 17)
        self.stroke(
            centre + QPointF(-7, 0), centre + QPointF(-2, 6), centre + QPointF(8, -6), colour=self.on_accent, width=3.5
        )

    def tap(self, at: QPointF) -> None:
        """Where to put the finger: rings that spread from a point."""
        soft = QColor(self.accent)
        for radius, alpha in ((17, 40), (11, 80)):
            soft.setAlpha(alpha)
            self.dot(at, radius, soft)
        self.dot(at, 5.5)


def _plug(pen: _Pen) -> None:
    pen.phone(QRectF(16, 10, 50, 100))
    pen.shape(QRectF(84, 64, 64, 42), 5, pen.ground, pen.line, 3)
    pen.shape(QRectF(90, 70, 52, 30), 2, pen.sunken)
    pen.stroke(QPointF(78, 112), QPointF(154, 112), width=4)
    cable = QPainterPath(QPointF(41, 126))
    cable.cubicTo(QPointF(41, 158), QPointF(116, 158), QPointF(116, 134))
    pen.painter.setPen(QPen(pen.accent, 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    pen.painter.setBrush(Qt.BrushStyle.NoBrush)
    pen.painter.drawPath(cable)
    pen.shape(QRectF(34, 115, 14, 13), 3, pen.accent)
    pen.shape(QRectF(109, 121, 14, 13), 3, pen.accent)


def _debugging(pen: _Pen, label: str) -> None:
    pen.phone(QRectF(30, 6, 100, 148))
    for top in (30, 48, 106, 124):
        pen.shape(QRectF(46, top, 44 if top in (30, 106) else 56, 6), 3, pen.faint)
    pen.shape(QRectF(38, 64, 84, 32), 5, pen.ground)
    pen.write(label, QRectF(42, 66, 48, 28), 7, pen.text, bold=True)
    pen.shape(QRectF(93, 73, 25, 14), 7, pen.accent)
    pen.dot(QPointF(111, 80), 5, pen.on_accent)
    pen.tap(QPointF(111, 94))


def _allow(pen: _Pen, question: str, allow: str) -> None:
    pen.phone(QRectF(30, 6, 100, 148))
    pen.shape(QRectF(38, 48, 84, 70), 8, pen.ground, pen.faint, 1.5)
    pen.write(question, QRectF(43, 53, 74, 16), 7.5, pen.text, bold=True)
    pen.shape(QRectF(45, 74, 9, 9), 2, pen.accent)
    pen.stroke(QPointF(47, 78.5), QPointF(49, 80.5), QPointF(52.2, 76.2), colour=pen.on_accent, width=1.5)
    pen.shape(QRectF(58, 76, 50, 5), 2.5, pen.faint)
    pen.shape(QRectF(48, 100, 24, 5), 2.5, pen.faint)
    pen.shape(QRectF(80, 92, 36, 20), 6, pen.accent)
    pen.write(allow, QRectF(82, 92, 32, 20), 7.5, pen.on_accent, bold=True)
    pen.tap(QPointF(110, 116))


def _several(pen: _Pen) -> None:
    pen.phone(QRectF(14, 34, 48, 98))
    pen.phone(QRectF(98, 34, 48, 98))
    pen.phone(QRectF(54, 22, 52, 110))
    pen.tick(QPointF(80, 78))


def _restart(pen: _Pen) -> None:
    pen.phone(QRectF(44, 10, 68, 140))
    pen.shape(QRectF(112, 44, 5, 24), 2, pen.accent)
    pen.tap(QPointF(122, 56))
    pen.painter.setPen(QPen(pen.line, 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    pen.painter.setBrush(Qt.BrushStyle.NoBrush)
    pen.painter.drawArc(QRectF(62, 64, 32, 32), 120 * 16, 300 * 16)
    pen.stroke(QPointF(78, 58), QPointF(78, 78), width=4)


def _computer(pen: _Pen) -> None:
    pen.shape(QRectF(26, 30, 108, 74), 8, pen.ground, pen.line, 3)
    pen.shape(QRectF(34, 38, 92, 58), 3, pen.sunken)
    pen.stroke(QPointF(14, 118), QPointF(146, 118), width=6)
    pen.dot(QPointF(80, 67), 18)
    pen.stroke(QPointF(80, 57), QPointF(80, 68), colour=pen.on_accent, width=4)
    pen.dot(QPointF(80, 75.5), 2.5, pen.on_accent)
