# ruff: noqa: N802 - methods that Qt names and calls
"""The main window: its pages, what connects them to the engines, and its keys."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from pocketlens.catalogue import AlbumSummary
from pocketlens.errors import PocketLensError
from pocketlens.paths import Home
from pocketlens_desktop.gui.background import Background
from pocketlens_desktop.gui.engine_processes import EngineProcesses
from pocketlens_desktop.gui.export_strip import ExportStrip
from pocketlens_desktop.gui.exports import Exports
from pocketlens_desktop.gui.folder_dialog import choose_folder
from pocketlens_desktop.gui.folders_page import FoldersPage
from pocketlens_desktop.gui.housekeeping import Housekeeping
from pocketlens_desktop.gui.incoming import Incoming
from pocketlens_desktop.gui.job_strip import JobStrip
from pocketlens_desktop.gui.jobs import Jobs
from pocketlens_desktop.gui.language import Language
from pocketlens_desktop.gui.last_view import LastView
from pocketlens_desktop.gui.library import Library
from pocketlens_desktop.gui.model_in_use import ModelInUse
from pocketlens_desktop.gui.model_shelf import ModelShelf
from pocketlens_desktop.gui.models_page import ModelsPage
from pocketlens_desktop.gui.notice import Notice
from pocketlens_desktop.gui.originals import Originals
from pocketlens_desktop.gui.phone_errands import PhoneScreen, PhotoExport
from pocketlens_desktop.gui.phones import Phones
from pocketlens_desktop.gui.phones_page import PhonesPage
from pocketlens_desktop.gui.photo_list import Tile
from pocketlens_desktop.gui.photos_page import PhotosPage
from pocketlens_desktop.gui.rail import Rail
from pocketlens_desktop.gui.repairing import Repairing
from pocketlens_desktop.gui.settings_in_use import SettingsInUse
from pocketlens_desktop.gui.settings_page import SettingsPage
from pocketlens_desktop.gui.shortcuts import add_shortcuts
from pocketlens_desktop.gui.stored_data import Store
from pocketlens_desktop.gui.theme import Theme
from pocketlens_desktop.gui.thumbnails import Thumbnails
from pocketlens_desktop.gui.translated import Translated
from pocketlens_desktop.gui.viewer import Viewer
from pocketlens_desktop.gui.welcome import Welcome
from pocketlens_desktop.gui.window_memory import WindowMemory

#: The phone page's place.
_PHONE = 2
_SMALLEST = QSize(720, 480)
_USUAL = QSize(1180, 780)


class MainWindow(Translated, QMainWindow):
    """Everything the person sees. `close` ends the engines too."""

    def __init__(self, home: Home, model: Path, sample: Path, theme: Theme, language: Language) -> None:
        super().__init__()
        self._sample = sample
        self._memory = WindowMemory(home.window)
        self._writer = Background("settings", self)
        self.settings = SettingsInUse(home, self._writer, theme, language)
        self.library = Library(home, self)
        self.thumbnails = Thumbnails(home.thumbnails, self, original=Originals(home.catalogue))
        self.engines = EngineProcesses(home, model, self)
        self.search, self.indexing, self.pictures = self.engines.search, self.engines.indexing, self.engines.pictures
        self.notice = Notice()
        self.jobs = Jobs(self.indexing, self.library, self.settings, self.notice.dismiss)
        self.incoming = Incoming(home, self)
        self.welcome = Welcome(self.indexing)
        self.photos_page = PhotosPage(self.search, self.library, self.thumbnails, self.welcome)
        self.folders_page = FoldersPage(self.library, self.indexing)
        self.phones = Phones(self)
        self.phones_page = PhonesPage(self.phones, self.library, self.indexing, self.settings.now.index_phones_on)
        self.phone_screen = PhoneScreen(self)
        self.export = PhotoExport(self)
        self.exports = Exports(self.export, self.notice.dismiss, self)
        self.shelf = ModelShelf(home, self)
        self.models_page = ModelsPage(self.shelf, self.indexing)
        self.model = ModelInUse(
            home, model, settings=self.settings, shelf=self.shelf, engines=self.engines, jobs=self.jobs
        )
        self.settings_page = SettingsPage(self.settings.now, home)
        self.housekeeping = Housekeeping(
            home,
            self._writer,
            thumbnails=self.thumbnails,
            library=self.library,
            search=self.search,
            indexing=self.indexing,
        )
        self.viewer = Viewer(self.thumbnails)
        self._last_view = LastView(self._memory, self.photos_page, self.viewer, self.library)
        self.repairing = Repairing(self.notice, self.search, self.library, self.indexing, self.jobs.begin)
        self.job_strip = JobStrip(self.indexing)
        self.export_strip = ExportStrip(self.export)
        self._build()
        self._connect()
        self._add_shortcuts()
        self._restore()
        self._retranslate()
        self.library.refresh()
        self.library.fetch_searches()

    # -- building --------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.setAcceptDrops(True)
        self.setMinimumSize(_SMALLEST)
        self.rail = Rail()
        self.rail.page_wanted.connect(self.show_page)
        self.pages = QStackedWidget()
        for page in (self.photos_page, self.folders_page, self.phones_page, self.models_page, self.settings_page):
            self.pages.addWidget(page)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.notice)
        right.addWidget(self.pages, 1)
        right.addWidget(self.export_strip)
        right.addWidget(self.job_strip)
        self._main = QWidget()
        self._main.setObjectName("screen")
        across = QHBoxLayout(self._main)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self.rail)
        across.addLayout(right, 1)
        self._screens = QStackedWidget()
        self._screens.addWidget(self._main)
        self._screens.addWidget(self.viewer)
        self.setCentralWidget(self._screens)

    def _connect(self) -> None:
        self.welcome.folder_wanted.connect(self.choose_folder)
        self.welcome.phone_wanted.connect(lambda: self.show_page(_PHONE))
        self.welcome.sample_wanted.connect(lambda: self.index_folders([self._sample]))
        self.folders_page.folder_wanted.connect(self.choose_folder)
        self.folders_page.index_wanted.connect(self.jobs.start)
        self.photos_page.opened.connect(self.open_photo)
        self.photos_page.info_wanted.connect(self.open_photo_with_info)
        self.photos_page.asking.failed.connect(
            lambda error: self.repairing.show_failure(error, self.photos_page.asking.ask_again)
        )
        self.photos_page.asking.picture_wanted.connect(self.pictures.encode)
        self.pictures.encoded.connect(self.photos_page.asking.picture_encoded)
        self.pictures.failed.connect(self.photos_page.asking.picture_failed)
        self.library.failed.connect(lambda error: self.repairing.show_failure(error, self.library.refresh))
        self.jobs.answers_changed.connect(self.photos_page.asking.ask_again)
        self.indexing.failed.connect(
            lambda job, error: self.repairing.show_failure(error, partial(self.jobs.start, job))
        )
        self.incoming.folders_came.connect(self.jobs.index_folders)
        self.incoming.picture_came.connect(self._search_by_picture)
        self.incoming.failed.connect(self.notice.show_error)
        self._connect_viewer()
        self._connect_settings()
        self._connect_phones()
        self._connect_models()
        self._connect_privacy()

    def _connect_viewer(self) -> None:
        actions = self.photos_page.choosing.actions
        self.viewer.menu_wanted.connect(lambda tile, place: actions.viewer_menu(self.viewer, tile).popup(place))
        self.viewer.copy_wanted.connect(lambda tile: actions.copy([tile]))
        for shown_elsewhere in (actions.similar_wanted, actions.stack_wanted):
            shown_elsewhere.connect(lambda _: self._leave_viewer())
        self.viewer.mark_wanted.connect(lambda photos, on: self.library.mark(photos, favourite=on))
        self.viewer.closed.connect(self._viewer_closed)
        self.viewer.similar_wanted.connect(self._find_similar)
        self.viewer.details_wanted.connect(self.library.look_up)
        self.library.photo_came.connect(self.viewer.show_details)

    def _connect_settings(self) -> None:
        self.settings_page.changed.connect(self.settings.choose)
        self.settings.changed.connect(self.settings_page.adopt)
        self.settings.changed.connect(lambda settings: self.phones_page.place.show_place(settings.index_phones_on))
        self.settings.failed.connect(self.notice.show_error)
        self.settings.limit_changed.connect(self.housekeeping.hold_limit)

    def _connect_phones(self) -> None:
        self.phones_page.index_wanted.connect(self.jobs.start)
        self.phones_page.place_chosen.connect(lambda place: self.settings.change(index_phones_on=place))
        self.phones_page.engine_wanted.connect(self._change_engine)
        self.phones_page.engines.failed.connect(self.notice.show_error)
        self.phones_page.album_wanted.connect(self._show_album)
        self.phones_page.export_wanted.connect(self.exports.choose_for_albums)
        for source in (self.photos_page, self.viewer):
            source.phone_wanted.connect(lambda tile: self.phone_screen.show_photo(tile.source.identity, tile.path))
        self.photos_page.export_wanted.connect(self.exports.choose_for_photos)
        self.phone_screen.failed.connect(self._errand_failed)
        self.export.failed.connect(self.notice.show_error)

    def _connect_models(self) -> None:
        self.models_page.switch_wanted.connect(self.model.switch)
        self.shelf.failed.connect(self.notice.show_error)
        self.model.changed.connect(self.photos_page.asking.ask_again)

    def _connect_privacy(self) -> None:
        privacy = self.settings_page.privacy
        privacy.forget_wanted.connect(self.library.forget)
        privacy.delete_wanted.connect(self.delete_stored)
        self.settings_page.shown.connect(self.housekeeping.measure)
        self.settings_page.cache_folder_wanted.connect(self.choose_cache_folder)
        self.settings_page.usual_cache_wanted.connect(lambda: self.housekeeping.move_cache(None))
        self.housekeeping.measured.connect(privacy.show_sizes)
        for keeps_files in (self.settings, self.settings_page, self.incoming, self.engines):
            self.housekeeping.moved.connect(keeps_files.use_home)
        self.housekeeping.changed.connect(self.library.fetch_searches)
        self.housekeeping.changed.connect(self.model.look_again)
        self.housekeeping.changed.connect(self.library.refresh)
        self.housekeeping.changed.connect(self.shelf.refresh)
        self.housekeeping.failed.connect(self.repairing.show_failure)
        self.repairing.repaired.connect(self.library.fetch_searches)
        self.repairing.repaired.connect(self.library.refresh)
        self.repairing.repaired.connect(self.photos_page.asking.ask_again)
        self.library.overview_changed.connect(lambda overview: privacy.show_sources(overview.sources))
        self.library.overview_changed.connect(lambda _: self._measure_if_seen())
        self.indexing.state_changed.connect(lambda _: self.settings_page.set_idle(not self.indexing.working))

    def _add_shortcuts(self) -> None:
        add_shortcuts(
            self._main,
            ("/", self._focus_search),
            (QKeySequence.StandardKey.Find, self._focus_search),
            (QKeySequence.StandardKey.Open, self.choose_folder),
            (QKeySequence.StandardKey.Copy, self.photos_page.choosing.copy),
            ("Ctrl+Shift+F", self.photos_page.choosing.mark),
            (QKeySequence.StandardKey.Paste, self.incoming.paste),
            ("Ctrl+D", self.photos_page.bookmark.name_search),
            (QKeySequence.StandardKey.ZoomIn, lambda: self._zoom(24)),
            ("Ctrl+=", lambda: self._zoom(24)),
            (QKeySequence.StandardKey.ZoomOut, lambda: self._zoom(-24)),
            ("Esc", self._step_back),
            (QKeySequence.StandardKey.Quit, self.close),
            *((f"Ctrl+{page + 1}", partial(self.show_page, page)) for page in range(self.pages.count())),
        )

    def _restore(self) -> None:
        if not self.restoreGeometry(self._memory.geometry):
            self.resize(_USUAL)
        # A page beyond the last may have been that of another version.
        self.show_page(self._memory.page if self._memory.page < self.pages.count() else 0)
        self._last_view.show()

    # -- pages -----------------------------------------------------------------------------------------------

    def show_page(self, place: int) -> None:
        self.pages.setCurrentIndex(place)
        self.rail.show_page(place)

    def open_photo(self, row: int) -> None:
        self._screens.setCurrentWidget(self.viewer)
        self.viewer.look_at(self.photos_page.photos, row)

    def open_photo_with_info(self, row: int) -> None:
        self.open_photo(row)
        self.viewer.show_info(True)

    @property
    def viewing(self) -> bool:
        """Whether one photo fills the window."""
        return self._screens.currentWidget() is self.viewer

    def _leave_viewer(self) -> None:
        if self.viewing:
            self.viewer.leave()

    def _viewer_closed(self, row: int) -> None:
        self._screens.setCurrentIndex(0)
        if 0 <= row < self.photos_page.photos.rowCount():
            self.photos_page.grid.go_to(row)
        self.photos_page.grid.setFocus()

    def _find_similar(self, tile: Tile) -> None:
        self.viewer.leave()
        self.photos_page.asking.find_similar(tile)

    def _search_by_picture(self, file: Path) -> None:
        self.notice.dismiss()
        self._leave_viewer()
        self.show_page(0)
        self.photos_page.asking.search_by_picture(file)

    def _focus_search(self) -> None:
        self.show_page(0)
        self.photos_page.field.select_all()

    def _zoom(self, by: int) -> None:
        grid = self.photos_page.grid
        grid.set_tile_size(grid.tile_size() + by)

    def _step_back(self) -> None:
        if self.pages.currentIndex():
            self.show_page(0)
        elif self.photos_page.choosing.clear() or self.photos_page.stack.close():
            pass
        elif self.photos_page.asking.searching:
            self.photos_page.asking.show_everything()
            self.photos_page.field.setFocus()

    # -- indexing --------------------------------------------------------------------------------------------

    def choose_folder(self) -> None:
        """Let the person choose a folder to index."""
        choose_folder(self, self.tr("Choose a folder of photos"), lambda folder: self.index_folders([folder]))

    def index_folders(self, folders: list[Path]) -> None:
        """Add these folders, or look for changes in them."""
        self.jobs.index_folders(folders)

    # -- phones ----------------------------------------------------------------------------------------------

    def _change_engine(self, serial: bytes, wanted: bool) -> None:
        """Put the engine on a phone with the model in use, or remove it from there."""
        self.notice.dismiss()
        if wanted:
            self.phones_page.engines.install(serial, self.model.package)
        else:
            self.phones_page.engines.remove(serial)

    def _show_album(self, album: AlbumSummary) -> None:
        self.show_page(0)
        self.photos_page.choose_album(album)

    def _errand_failed(self, error: PocketLensError) -> None:
        self._leave_viewer()
        self.notice.show_error(error)

    # -- what is stored --------------------------------------------------------------------------------------

    def _measure_if_seen(self) -> None:
        if self.settings_page.isVisible():
            self.housekeeping.measure()

    def delete_stored(self, stores: tuple[Store, ...]) -> None:
        """Delete what is stored of these kinds."""
        if self.indexing.working:
            return
        self.photos_page.asking.show_everything()
        if Store.SETTINGS in stores:
            self._last_view.forget()
            self.settings.reset()
        self.housekeeping.delete(stores)

    def choose_cache_folder(self) -> None:
        """Let the person choose where thumbnails and derived files are kept."""
        choose_folder(self, self.tr("Choose a folder for the cache"), self.housekeeping.move_cache)

    # -- dropping, closing, language ---------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        # What is dragged out of the grid is not to be dropped where it came from.
        if event.source() is None and self.incoming.welcome(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.incoming.take(event.mimeData())
        event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._memory.geometry = self.saveGeometry()
        self._memory.page = self.pages.currentIndex()
        self._last_view.keep()
        # Gone from the screen at once; the engine still finishes the photo in hand.
        self.hide()
        self.jobs.close()
        self._memory.save()
        self.viewer.close_loader()
        self.export.close()
        self.photos_page.choosing.actions.close()
        self.phone_screen.close()
        self.phones_page.albums.close()
        self.phones_page.engines.close()
        self.phones.close()
        self.shelf.close()
        self.thumbnails.close()
        self.engines.close()
        self.incoming.close()
        self.library.close()
        self._writer.finish(self.settings.save_last)
        super().closeEvent(event)

    def _retranslate(self) -> None:
        self.setWindowTitle("PocketLens")
        self.viewer.setAccessibleName(self.tr("Photo"))
