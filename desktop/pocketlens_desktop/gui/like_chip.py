# ruff: noqa: N802 - methods that Qt names and calls
"""The chip that says what photos are to be like, with a small picture of it when that is from elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from pocketlens_desktop.gui.asked import Picture
from pocketlens_desktop.gui.icons import IconPushButton
from pocketlens_desktop.gui.photo_list import Tile

#: The chip's own height, and the widest that a name may be, in pixels.
_SIDE, _WIDEST = 32, 180


class LikeChip(QWidget):
    """Signals:
    dropped: photos need not be like anything any more.
    """

    dropped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._like: Tile | Picture | None = None
        self._picture = QLabel()
        self._chip = IconPushButton("close", role="chip")
        self._chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self._chip.clicked.connect(self.dropped)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._picture)
        layout.addWidget(self._chip)
        self.show_like(None)

    def show_like(self, like: Tile | Picture | None) -> None:
        """A photo of the catalogue, a picture, or nothing."""
        self._like = like
        self.setVisible(like is not None)
        self._chip.setAccessibleName(self.tr("Search no more for what is like this picture"))
        picture = QPixmap()
        self._picture.setVisible(isinstance(like, Picture) and picture.loadFromData(like.thumbnail))
        if not picture.isNull():
            ratio = self.devicePixelRatioF()
            side = round(_SIDE * ratio)
            kept, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            picture = picture.scaled(side, side, kept, smooth)
            picture.setDevicePixelRatio(ratio)
            self._picture.setPixmap(picture)
        if like is not None:
            whole = like.name if isinstance(like, Tile) else like.file.name
            name = self.fontMetrics().elidedText(whole, Qt.TextElideMode.ElideMiddle, _WIDEST)
            self._chip.setText(self.tr("Similar to {name}").format(name=name))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.show_like(self._like)
        super().changeEvent(event)
