"""The chip that says which album is shown, and lists the others."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from pocketlens.catalogue import AlbumSummary
from pocketlens_desktop.gui.icons import IconPushButton
from pocketlens_desktop.gui.library import Overview
from pocketlens_desktop.gui.translated import Translated
from pocketlens_desktop.gui.wording import number

#: Of a name, in pixels.
_WIDEST = 180


class AlbumChip(Translated, IconPushButton):
    """Signals:
    chosen: an `AlbumSummary`, or None for all albums.
    """

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__("chevron-down", role="chip")
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self._album: AlbumSummary | None = None
        self._overview = Overview()
        self._menu = QMenu(self)
        self.setMenu(self._menu)
        self._retranslate()

    def show_album(self, album: AlbumSummary | None) -> None:
        """This one is shown now."""
        self._album = album
        name = album.name if album else self.tr("All albums")
        self.setText(self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, _WIDEST))
        self.setAccessibleName(self.tr("Album: {name}").format(name=name))

    def show_overview(self, overview: Overview) -> None:
        """These albums there are."""
        self._overview = overview
        self._menu.clear()
        self._add(self.tr("All albums"), None, overview.counts.ready)
        self._menu.addSeparator()
        for album in overview.albums:
            self._add(album.name, album, album.photos)

    def _add(self, name: str, album: AlbumSummary | None, photos: int) -> None:
        # Ampersands would be taken for the mark of a shortcut.
        action = QAction(f"{name.replace('&', '&&')}\t{number(photos)}", self._menu)
        action.triggered.connect(lambda: self.chosen.emit(album))
        self._menu.addAction(action)

    def _retranslate(self) -> None:
        self.show_album(self._album)
        self.show_overview(self._overview)
