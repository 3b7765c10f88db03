"""How one tile and one section header of the photo grid look."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QGuiApplication,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPalette,
    QPen,
    QPixmap,
)

from pocketlens.video import duration_text
from pocketlens_desktop.gui.grid_geometry import MARGIN, Section
from pocketlens_desktop.gui.icons import pixmap
from pocketlens_desktop.gui.photo_list import Tile
from pocketlens_desktop.gui.thumbnails import CORNER

_HEART = "#ff6b81"


@dataclass(frozen=True)
class TileState:
    selected: bool
    current: bool
    hovered: bool


def paint_tile(painter: QPainter, rect: QRect, tile: Tile | None, picture: QPixmap | None, state: TileState) -> None:
    """Paint a photo: its picture or a placeholder, its strength, and whether it is chosen."""
    palette = QGuiApplication.palette()
    corner = CORNER * rect.width()
    if picture is not None:
        painter.drawPixmap(rect, picture)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(QPalette.ColorRole.AlternateBase))
        painter.drawRoundedRect(rect, corner, corner)
    if tile is not None:
        if state.hovered:
            _paint_name(painter, rect, corner, tile)
        if tile.strength is not None:
            _paint_strength(painter, rect, tile.strength)
        if tile.copies > 1:
            _paint_badge(painter, rect, f"×{tile.copies}", right=True)
        if tile.favourite:
            _paint_heart(painter, rect, raised=tile.strength is not None)
        if tile.duration_ms is not None:
            _paint_badge(painter, rect, f"▶ {duration_text(tile.duration_ms)}", right=False)
    if state.selected or state.current:
        _paint_frame(painter, rect, corner, state, palette)


def paint_header(painter: QPainter, rect: QRect, section: Section, palette: QPalette, *, hovered: bool) -> None:
    """Paint the line of text above a section, with an arrow when it can be folded."""
    painter.save()
    font = QFont(painter.font())
    font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(font)
    line = rect.adjusted(MARGIN, 8, -MARGIN, 0)
    role = QPalette.ColorRole.Text if not section.foldable or hovered else QPalette.ColorRole.PlaceholderText
    painter.setPen(palette.color(role))
    left = line.left()
    if section.foldable:
        _paint_arrow(painter, QPointF(left + 6, line.center().y() + 1), folded=section.folded)
        left += 20
    painter.drawText(line.adjusted(left - line.left(), 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, section.title)
    width = painter.fontMetrics().horizontalAdvance(section.title)
    if section.note:
        font.setWeight(QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        note = line.adjusted(left - line.left() + width + 10, 0, 0, 0)
        painter.drawText(note, Qt.AlignmentFlag.AlignVCenter, section.note)
    if section.foldable:
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Mid), 1))
        y = line.center().y() + 1
        painter.drawLine(left + width + 14, y, line.right(), y)
    painter.restore()


def paint_sticky_header(painter: QPainter, rect: QRect, section: Section, palette: QPalette) -> None:
    """Paint the header of a section whose own is out of view, on a ground that the tiles shine through a little."""
    ground = palette.color(QPalette.ColorRole.Window)
    ground.setAlpha(235)
    painter.fillRect(rect, ground)
    paint_header(painter, rect, section, palette, hovered=True)


def _paint_arrow(painter: QPainter, middle: QPointF, *, folded: bool) -> None:
    pen = QPen(painter.pen().color(), 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    tips = [(-2.5, -5), (3, 0), (-2.5, 5)] if folded else [(-5, -2.5), (0, 3), (5, -2.5)]
    painter.drawPolyline([middle + QPointF(x, y) for x, y in tips])


def _paint_name(painter: QPainter, rect: QRect, corner: float, tile: Tile) -> None:
    """The file's name on a shade along the bottom, light on dark in both themes since it lies on the photo."""
    shade = QLinearGradient(rect.left(), rect.bottom() - 56, rect.left(), rect.bottom())
    shade.setColorAt(0, QColor(0, 0, 0, 0))
    shade.setColorAt(1, QColor(0, 0, 0, 190))
    outline = QPainterPath()
    outline.addRoundedRect(QRectF(rect), corner, corner)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.fillPath(outline, shade)
    painter.setPen(QColor("#ffffff"))
    room = rect.adjusted(10, 0, -36 if tile.favourite else -10, -13 if tile.strength is not None else -8)
    name = painter.fontMetrics().elidedText(tile.name, Qt.TextElideMode.ElideMiddle, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, name)


def _paint_strength(painter: QPainter, rect: QRect, strength: float) -> None:
    """A bar along the bottom edge: how far this photo stands out for this query."""
    track = QRectF(rect.left() + 10, rect.bottom() - 9, rect.width() - 20, 4)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 110))
    painter.drawRoundedRect(track.adjusted(-1, -1, 1, 1), 3, 3)
    painter.setBrush(QColor(255, 255, 255, 235))
    filled = QRectF(track)
    filled.setWidth(max(4.0, track.width() * min(1.0, max(0.0, strength))))
    painter.drawRoundedRect(filled, 2, 2)


def _paint_heart(painter: QPainter, rect: QRect, *, raised: bool) -> None:
    """The mark of a favourite in the lower right corner, above the bar of its strength where there is one."""
    ground = QRectF(rect.right() - 31, rect.bottom() - (42 if raised else 32), 24, 24)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 120))
    painter.drawEllipse(ground)
    density = painter.device().devicePixelRatioF()
    painter.drawPixmap(ground.adjusted(4, 4, -4, -4).toRect(), pixmap("heart-filled", _HEART, round(16 * density)))


def in_stack_badge(rect: QRect, point: QPoint) -> bool:
    """Whether a point of the tile at ``rect`` is on the sign of how many photos it stands for, or close to it."""
    return QRect(rect.right() - 55, rect.top(), 56, 38).contains(point)


def _paint_badge(painter: QPainter, rect: QRect, text: str, *, right: bool) -> None:
    """A few signs in an upper corner."""
    width = painter.fontMetrics().horizontalAdvance(text) + 14
    badge = QRectF(rect.right() - width - 7 if right else rect.left() + 8, rect.top() + 8, width, 22)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 150))
    painter.drawRoundedRect(badge, 11, 11)
    painter.setPen(QColor("#ffffff"))
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)


def _paint_frame(painter: QPainter, rect: QRect, corner: float, state: TileState, palette: QPalette) -> None:
    """A ring around a chosen photo, with a thin line of the ground inside so that it shows on any picture."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    accent = palette.color(QPalette.ColorRole.Highlight)
    if not state.selected:
        accent = palette.color(QPalette.ColorRole.Mid)
    painter.setPen(QPen(palette.color(QPalette.ColorRole.Window), 2))
    painter.drawRoundedRect(QRectF(rect).adjusted(3, 3, -3, -3), corner, corner)
    painter.setPen(QPen(accent, 3))
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), corner, corner)


def paint_band(painter: QPainter, rect: QRect, palette: QPalette) -> None:
    """Paint the rectangle that is being drawn with the mouse to choose what it covers."""
    accent = palette.color(QPalette.ColorRole.Highlight)
    painter.setPen(QPen(accent, 1))
    inside = QColor(accent)
    inside.setAlpha(40)
    painter.setBrush(inside)
    painter.drawRect(rect)
