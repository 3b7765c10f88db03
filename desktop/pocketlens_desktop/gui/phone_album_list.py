"""A phone's albums on its card: counts of the phone and of what is indexed, and what can be done with each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QMenu, QPushButton, QWidget

from pocketlens.catalogue import AlbumSummary
from pocketlens.paths import fit_to_show
from pocketlens_desktop.gui.wording import number
from pocketlens_desktop.phone.albums import PhoneAlbum

#: Albums shown at once; the rest are counted. A phone has some ten to thirty.
_MOST = 12
_COLUMNS = 3


@dataclass(frozen=True)
class ListedAlbum:
    """One album, known from the phone, from the catalogue, or both.

    Attributes:
        on_phone: photos on the phone, as counted just now, or as they were last listed.
        indexed: photos of it that can be found, or were found to be unreadable.
        album: what the catalogue has; None before it was indexed.
    """

    path: bytes
    name: str
    on_phone: int
    indexed: int
    album: AlbumSummary | None


def merged(on_phone: Sequence[PhoneAlbum] | None, indexed: Sequence[AlbumSummary]) -> tuple[ListedAlbum, ...]:
    """The albums of a phone, the largest first."""
    known = {album.path: album for album in indexed}
    counted = {album.path: album.photos for album in on_phone or ()}
    found = []
    for path in (*counted, *(path for path in known if path not in counted)):
        album = known.get(path)
        name = album.name if album else fit_to_show(path.rpartition(b"/")[2]) or "/"
        # One that the phone does not have any more stays until it is checked for changes.
        there = album.photos if album and on_phone is None else counted.get(path, 0)
        found.append(ListedAlbum(path, name, there, album.photos - album.pending if album else 0, album))
    return tuple(sorted(found, key=lambda one: (-one.on_phone, one.path)))


class AlbumList(QWidget):
    """Albums as buttons in columns.

    Signals:
        chosen: an `AlbumSummary` to look at.
        export_wanted: the path of an album to copy.
    """

    chosen = Signal(object)
    export_wanted = Signal(bytes)

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)
        self._shown: tuple[Sequence[ListedAlbum], bool] | None = None
        self._rest = QLabel("", self)
        self._rest.setProperty("role", "small")
        self.buttons: list[QPushButton] = []

    def show_albums(self, albums: Sequence[ListedAlbum], *, connected: bool) -> None:
        """``connected``: whether the phone is there to copy from."""
        self.setVisible(bool(albums))
        rest = len(albums) - _MOST
        self._rest.setVisible(rest > 0)
        self._rest.setText(self.tr("and %n more album(s)", "", rest) if rest > 0 else "")
        if (albums, connected) == self._shown:
            return
        self._shown = (albums, connected)
        for button in self.buttons:
            self._grid.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = [self._button(album, connected) for album in albums[:_MOST]]
        for place, button in enumerate(self.buttons):
            self._grid.addWidget(button, place // _COLUMNS, place % _COLUMNS)
        self._grid.addWidget(self._rest, _MOST // _COLUMNS, 0, 1, _COLUMNS)
        for column in range(_COLUMNS):
            self._grid.setColumnStretch(column, 1)

    def retranslate(self) -> None:
        shown, self._shown = self._shown, None
        if shown is not None:
            self.show_albums(shown[0], connected=shown[1])

    def _button(self, album: ListedAlbum, connected: bool) -> QPushButton:
        name = self.fontMetrics().elidedText(album.name, Qt.TextElideMode.ElideMiddle, 130)
        button = QPushButton(f"{name.replace('&', '&&')}   {self._count(album)}", self)
        button.setProperty("role", "chip")
        button.setAccessibleName(f"{album.name}, {self._in_words(album)}")
        button.setToolTip(f"{fit_to_show(album.path)}\n{self._in_words(album)}")
        menu = QMenu(button)
        look = menu.addAction(self.tr("Show its photos"), lambda: self.chosen.emit(album.album))
        look.setEnabled(album.indexed > 0)
        copy = menu.addAction(self.tr("Copy its photos to this computer…"), lambda: self.export_wanted.emit(album.path))
        copy.setEnabled(connected)
        button.setMenu(menu)
        return button

    @staticmethod
    def _count(album: ListedAlbum) -> str:
        if album.indexed in (0, album.on_phone):
            return number(album.on_phone)
        return f"{number(album.indexed)} / {number(album.on_phone)}"

    def _in_words(self, album: ListedAlbum) -> str:
        text = self.tr("%n photo(s) on the phone, {indexed} indexed", "", album.on_phone)
        return text.format(indexed=number(album.indexed))
