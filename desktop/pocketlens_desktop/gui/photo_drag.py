"""Photos dragged out to other programs: their files, under a picture of the first one."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QDrag, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from pocketlens_desktop.gui.photo_list import Tile, files_mime
from pocketlens_desktop.gui.wording import number

#: Logical pixels.
_SIDE = 96


def photo_drag(source: QWidget, tiles: list[Tile], picture: QPixmap | None) -> QDrag:
    """A drag of the files of ``tiles``, which are on this computer."""
    drag = QDrag(source)
    drag.setMimeData(files_mime(tiles))
    drag.setPixmap(_drag_picture(picture, len(tiles), source.devicePixelRatioF()))
    drag.setHotSpot(QPoint(_SIDE // 2, _SIDE - 8))
    return drag


def _drag_picture(picture: QPixmap | None, count: int, density: float) -> QPixmap:
    drawn = QPixmap(round(_SIDE * density), round(_SIDE * density))
    drawn.setDevicePixelRatio(density)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    painter.setPen(Qt.PenStyle.NoPen)
    if picture is not None:
        painter.setOpacity(0.85)
        painter.drawPixmap(0, 0, _SIDE, _SIDE, picture)
        painter.setOpacity(1)
    else:
        painter.setBrush(QColor(128, 128, 128, 160))
        painter.drawRoundedRect(0, 0, _SIDE, _SIDE, 6, 6)
    if count > 1:
        text = number(count)
        width = max(24, painter.fontMetrics().horizontalAdvance(text) + 14)
        badge = QRectF(_SIDE - width - 4, 4, width, 24)
        painter.setBrush(QColor(0, 0, 0, 190))
        painter.drawRoundedRect(badge, 12, 12)
        painter.setPen(QColor("#ffffff"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return drawn
