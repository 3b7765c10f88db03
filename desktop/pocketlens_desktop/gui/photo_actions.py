"""What can be done with photos: the menu of the grid and of the viewer, and what of it needs no other page."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QMenu, QWidget

from pocketlens_desktop.gui.background import Background
from pocketlens_desktop.gui.file_place import open_in_default_program, show_in_folder
from pocketlens_desktop.gui.photo_image import load_photo
from pocketlens_desktop.gui.photo_list import Tile, files_mime
from pocketlens_desktop.gui.wording import number

#: A picture on the clipboard has at most this many pixels a side: it is held until something else is copied. Chosen,
#: not measured.
_CLIPBOARD_SIDE = 4096

#: Hands over the photos an action is about, at once or when those that are not in view are read.
Chosen = Callable[[Callable[[list[Tile]], object]], object]


class PhotoActions(QObject):
    """Signals:
    opened: look at the `Tile` in view.
    info_wanted: the same, with what is known about it.
    similar_wanted: a `Tile` to find others like.
    phone_wanted: a `Tile` to show on the phone that it is on.
    export_wanted: a list of `Tile` to copy to a folder.
    stack_wanted: a `Tile` that stands for others too, to see them all.
    mark_wanted: numbers of photos, and whether to make them favourites.
    """

    opened = Signal(object)
    info_wanted = Signal(object)
    similar_wanted = Signal(object)
    phone_wanted = Signal(object)
    export_wanted = Signal(list)
    stack_wanted = Signal(object)
    mark_wanted = Signal(list, bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = Background("clipboard", self)
        self._clipboard_changes = 0
        QGuiApplication.clipboard().dataChanged.connect(self._clipboard_changed)

    def menu(self, asker: QWidget, current: Tile, count: int, chosen: Chosen) -> QMenu:
        """The menu of the photo ``current``, one of ``count`` that are chosen in the grid."""
        menu = QMenu(asker)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Open"), lambda: self.opened.emit(current))
        menu.addAction(self.tr("Information"), lambda: self.info_wanted.emit(current))
        self._fill(menu, asker, current, count, chosen)
        return menu

    def viewer_menu(self, asker: QWidget, tile: Tile) -> QMenu:
        """The menu of the photo that is looked at."""
        menu = QMenu(asker)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill(menu, asker, tile, 1, lambda act: act([tile]))
        return menu

    def _fill(self, menu: QMenu, asker: QWidget, current: Tile, count: int, chosen: Chosen) -> None:
        menu.addAction(self.tr("Find similar photos"), lambda: self.similar_wanted.emit(current))
        if current.members:
            alike = self.tr("Show all {count} that are alike").format(count=number(current.copies))
            menu.addAction(alike, lambda: self.stack_wanted.emit(current))
        favourite = self.tr("Remove from favourites") if current.favourite else self.tr("Add to favourites")
        menu.addAction(favourite, lambda: chosen(lambda tiles: self.mark(tiles, favourite=not current.favourite)))
        menu.addSeparator()
        file = current.file
        if file is not None:
            menu.addAction(self.tr("Open in the default program"), lambda: open_in_default_program(file))
            menu.addAction(self.tr("Show in folder"), lambda: show_in_folder(file, asker))
        else:
            menu.addAction(self.tr("Open on the phone"), lambda: self.phone_wanted.emit(current))
        menu.addSeparator()
        if file is not None or count > 1:
            menu.addAction(self.tr("Copy %n photo(s)", "", count), lambda: chosen(self.copy))
        menu.addAction(self.tr("Export %n photo(s)…", "", count), lambda: chosen(self.export_wanted.emit))

    def mark(self, tiles: list[Tile], *, favourite: bool) -> None:
        """Make them favourites, or favourites no more."""
        self.mark_wanted.emit([tile.photo for tile in tiles], favourite)

    def copy(self, tiles: list[Tile]) -> None:
        """Put the files of ``tiles`` on the clipboard; of a single one its picture too, once that is decoded."""
        files = [tile.file for tile in tiles if tile.file is not None]
        if not files:
            return
        QGuiApplication.clipboard().setMimeData(files_mime(tiles))
        if len(files) == 1:
            changes = self._clipboard_changes
            self._thread.call(lambda: _picture(files[0]), lambda picture: self._add_picture(tiles, picture, changes))

    def close(self) -> None:
        self._thread.finish(lambda: None)

    def _clipboard_changed(self) -> None:
        self._clipboard_changes += 1

    def _add_picture(self, tiles: list[Tile], picture: QImage, changes: int) -> None:
        # Something else may have been copied meanwhile, here or elsewhere.
        if not picture.isNull() and changes == self._clipboard_changes:
            mime = files_mime(tiles)
            mime.setImageData(picture)
            QGuiApplication.clipboard().setMimeData(mime)


def _picture(file: str) -> QImage:
    photo = load_photo(file)
    if photo is None:
        return QImage()
    fitting = (level for level in photo.levels if max(level.width(), level.height()) <= _CLIPBOARD_SIDE)
    return next(fitting, photo.levels[-1])
