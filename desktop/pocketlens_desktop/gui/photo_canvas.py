# ruff: noqa: N802, ARG002 - methods that Qt names and calls
"""One photo on a dark ground: fitted, at 100 %, or anywhere between, moved with the mouse."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from pocketlens_desktop.gui.photo_image import PhotoImage

GROUND = QColor("#101214")
_LARGEST_SCALE = 8.0
_ZOOM_STEP = 1.25


class PhotoCanvas(QWidget):
    """Shows a `PhotoImage`, or a preview (a thumbnail) until it is there.

    A scale of 1 shows one photo pixel on one device pixel.

    Signals:
        scale_changed: the scale in use.
    """

    scale_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: PhotoImage | None = None
        self._preview: QImage | None = None
        self._size = QSizeF()
        self._fitted = True
        self._scale = 1.0
        self._centre = QPointF()
        self._dragged_from: QPoint | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.ArrowCursor)

    @property
    def scale(self) -> float:
        return self._scale

    @property
    def fitted(self) -> bool:
        return self._fitted

    @property
    def has_photo(self) -> bool:
        return self._image is not None

    @property
    def has_preview(self) -> bool:
        """Whether something smaller stands for the photo."""
        return self._preview is not None

    @property
    def photo_size(self) -> QSizeF:
        """The photo's own size, pixels."""
        return self._size

    def photo_point(self, point: QPointF) -> QPointF:
        """The photo's pixel under a point of the canvas."""
        offset = point - QRectF(self.rect()).center()
        return self._centre + offset * self.devicePixelRatioF() / self._scale

    def expect(self, width: int, height: int) -> None:
        """A photo of that size is on its way."""
        self._image = self._preview = None
        self._size = QSizeF(width, height)
        self.fit()

    def show_preview(self, preview: QImage) -> None:
        """What there is of the expected photo, until it comes."""
        if self._image is None:
            self._preview = preview
            self.update()

    def show_photo(self, image: PhotoImage) -> None:
        self._image, self._preview = image, None
        self._size = QSizeF(image.width, image.height)
        if self._fitted:
            self.fit()
        self.update()

    def clear(self) -> None:
        self._image = self._preview = None
        self._size = QSizeF()
        self.update()

    def fit(self) -> None:
        """The whole photo, never larger than 100 %."""
        self._fitted = True
        self._centre = QPointF(self._size.width() / 2, self._size.height() / 2)
        self._set_scale(self._fitting_scale())

    def actual_size(self) -> None:
        self.zoom_to(1.0, QRectF(self.rect()).center())

    def toggle(self) -> None:
        """From fitted to 100 %, from anything else to fitted."""
        if self._fitted:
            self.actual_size()
        else:
            self.fit()

    def zoom(self, steps: float, around: QPointF | None = None) -> None:
        """Larger by ``steps`` (smaller when negative), keeping the point ``around`` where it is."""
        target = self._scale * _ZOOM_STEP**steps
        if target <= self._fitting_scale():
            self.fit()
        else:
            self.zoom_to(min(_LARGEST_SCALE, target), around or QRectF(self.rect()).center())

    def zoom_to(self, scale: float, around: QPointF) -> None:
        point = self.photo_point(around)
        offset = around - QRectF(self.rect()).center()
        self._fitted = False
        self._centre = point - offset * self.devicePixelRatioF() / scale
        self._set_scale(scale)

    def _set_scale(self, scale: float) -> None:
        self._scale = scale
        self._keep_inside()
        self.setCursor(Qt.CursorShape.OpenHandCursor if not self._fitted else Qt.CursorShape.ArrowCursor)
        self.scale_changed.emit(scale)
        self.update()

    def _fitting_scale(self) -> float:
        if self._size.isEmpty():
            return 1.0
        density = self.devicePixelRatioF()
        room = QSizeF(self.width() * density, self.height() * density)
        return min(1.0, room.width() / self._size.width(), room.height() / self._size.height())

    def _keep_inside(self) -> None:
        """No ground shows beside a photo that is larger than the canvas; a smaller one stays in the middle."""
        density = self.devicePixelRatioF()
        half_x = self.width() * density / self._scale / 2
        half_y = self.height() * density / self._scale / 2
        width, height = self._size.width(), self._size.height()
        x = width / 2 if width <= 2 * half_x else min(max(self._centre.x(), half_x), width - half_x)
        y = height / 2 if height <= 2 * half_y else min(max(self._centre.y(), half_y), height - half_y)
        self._centre = QPointF(x, y)

    def _target(self) -> QRectF:
        factor = self._scale / self.devicePixelRatioF()
        middle = QRectF(self.rect()).center()
        return QRectF(middle - self._centre * factor, self._size * factor)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), GROUND)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._scale < 4)
        target = self._target()
        if self._image is not None:
            self._paint_photo(painter, self._image, target)
        elif self._preview is not None and not self._size.isEmpty():
            painter.drawImage(target, self._preview)
        painter.end()

    def _paint_photo(self, painter: QPainter, image: PhotoImage, target: QRectF) -> None:
        level = image.levels[image.level_for(self._scale)]
        shown = target.intersected(QRectF(self.rect()))
        # Only what is in view is scaled: at 100 % that is a small part of a large photo.
        part = QRectF(
            (shown.left() - target.left()) / target.width() * level.width(),
            (shown.top() - target.top()) / target.height() * level.height(),
            shown.width() / target.width() * level.width(),
            shown.height() / target.height() * level.height(),
        )
        painter.drawImage(shown, level, part)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._fitted:
            self.fit()
        else:
            self._set_scale(self._scale)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom(event.angleDelta().y() / 120, event.position())
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._fitted:
            self.zoom_to(1.0, event.position())
        else:
            self.fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self._fitted:
            self._dragged_from = event.position().toPoint()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged_from is not None:
            moved = event.position().toPoint() - self._dragged_from
            self._dragged_from = event.position().toPoint()
            self.pan(moved.x(), moved.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragged_from is not None:
            self._dragged_from = None
            self.setCursor(Qt.CursorShape.OpenHandCursor)

    def pan(self, x: int, y: int) -> None:
        """Move the photo by logical pixels."""
        self._centre -= QPointF(x, y) * self.devicePixelRatioF() / self._scale
        self._keep_inside()
        self.update()
