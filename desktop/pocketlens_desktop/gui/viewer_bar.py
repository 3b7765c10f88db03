"""The bar above one photo: what it is, how large it is shown, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from pocketlens.video import duration_text
from pocketlens_desktop.gui.icons import IconButton
from pocketlens_desktop.gui.photo_list import Tile, day_text
from pocketlens_desktop.gui.translated import Translated
from pocketlens_desktop.gui.wording import number

#: Icons on the viewer's dark ground.
ON_DARK = "#f1f3f4"


class ViewerBar(Translated, QWidget):
    """Its buttons do nothing by themselves. Those that make no sense for the photo are hidden."""

    def __init__(self) -> None:
        super().__init__()
        self._tile: Tile | None = None
        self._row = self._total = 0
        self._title, self._subtitle, self._scale = QLabel(), QLabel(), QLabel()
        self._title.setProperty("role", "strong")
        self._subtitle.setProperty("role", "small")
        self._scale.setProperty("role", "small")
        for label in (self._title, self._subtitle):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.back = IconButton("back", colour=ON_DARK)
        self.fit = IconButton("fit", colour=ON_DARK)
        self.actual = IconButton("actual", colour=ON_DARK)
        self.favourite = IconButton("heart", colour=ON_DARK)
        self.similar = IconButton("similar", colour=ON_DARK)
        self.open = IconButton("open", colour=ON_DARK)
        self.on_phone = IconButton("phone", colour=ON_DARK)
        self.show_folder = IconButton("folder", colour=ON_DARK)
        self.info = IconButton("info", colour=ON_DARK)
        self.info.setCheckable(True)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self._title)
        names.addWidget(self._subtitle)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 10)
        layout.setSpacing(4)
        layout.addWidget(self.back)
        layout.addSpacing(8)
        layout.addLayout(names, 1)
        layout.addWidget(self._scale)
        layout.addSpacing(6)
        for button in (self.fit, self.actual, self.favourite, self.similar):
            layout.addWidget(button)
        for button in (self.open, self.on_phone, self.show_folder, self.info):
            layout.addWidget(button)
        self._retranslate()

    def show_photo(self, tile: Tile | None, row: int, total: int) -> None:
        """The photo at ``row`` of ``total``; None while it is not known yet."""
        self._tile, self._row, self._total = tile, row, total
        on_phone = tile is not None and tile.file is None
        self.on_phone.setVisible(on_phone)
        self.open.setVisible(not on_phone)
        self.show_folder.setVisible(not on_phone)
        self._show_names()
        self._show_favourite()

    def show_scale(self, scale: float) -> None:
        """1 for a photo at its actual size."""
        self._scale.setText(f"{scale * 100:.0f} %")

    def _show_names(self) -> None:
        tile = self._tile
        self._title.setText(tile.name if tile else "")
        parts = [tile.album, day_text(tile.taken_at)] if tile else []
        if tile is not None and tile.duration_ms is not None:
            parts.append(duration_text(tile.duration_ms))
        if tile is not None and tile.width:
            parts.append(f"{number(tile.width)} × {number(tile.height)}")
        if self._total:
            place = self.tr("{row} of {total}")
            parts.append(place.format(row=number(self._row + 1), total=number(self._total)))
        self._subtitle.setText("  ·  ".join(part for part in parts if part))

    def _show_favourite(self) -> None:
        favourite = self._tile is not None and self._tile.favourite
        self.favourite.show_icon("heart-filled" if favourite else "heart")
        text = self.tr("Remove from favourites") if favourite else self.tr("Add to favourites")
        self.favourite.describe(text, "F")

    def _retranslate(self) -> None:
        self.back.describe(self.tr("Back to the photos"), "Esc")
        self.fit.describe(self.tr("Fit to the window"), "0")
        self.actual.describe(self.tr("Actual size"), "1")
        self._show_favourite()
        self.similar.describe(self.tr("Find similar photos"), "S")
        self.open.describe(self.tr("Open in the default program"), "O")
        self.on_phone.describe(self.tr("Open on the phone"), "O")
        self.show_folder.describe(self.tr("Show in folder"))
        self.info.describe(self.tr("Information"), "I")
        self._show_names()
