"""How large the pictures of a grid are: a slider between two buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from pocketlens_desktop.gui.icons import IconButton
from pocketlens_desktop.gui.photo_grid import LARGEST_TILE, SMALLEST_TILE, PhotoGrid
from pocketlens_desktop.gui.translated import Translated

#: What a press of a button changes, in pixels.
_STEP = 24


class TileSize(Translated, QWidget):
    """Follows a `PhotoGrid`, which can be zoomed in other ways too."""

    def __init__(self, grid: PhotoGrid) -> None:
        super().__init__()
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(SMALLEST_TILE, LARGEST_TILE)
        self._slider.setValue(grid.tile_size())
        self._slider.setFixedWidth(110)
        self._smaller, self._larger = IconButton("tiles-small"), IconButton("tiles-large")
        for button in (self._smaller, self._larger):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (self._smaller, self._slider, self._larger):
            layout.addWidget(widget)
        grid.tile_size_changed.connect(self._slider.setValue)
        self._slider.valueChanged.connect(grid.set_tile_size)
        self._smaller.clicked.connect(lambda: grid.set_tile_size(grid.tile_size() - _STEP))
        self._larger.clicked.connect(lambda: grid.set_tile_size(grid.tile_size() + _STEP))
        self._retranslate()

    def _retranslate(self) -> None:
        self._slider.setAccessibleName(self.tr("Size of the pictures"))
        self._smaller.describe(self.tr("Smaller pictures"), "Ctrl+-")
        self._larger.describe(self.tr("Larger pictures"), "Ctrl++")
