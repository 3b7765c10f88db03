# ruff: noqa: N802 - methods that Qt names and calls
"""The main window: its pages, what connects them to the engines, and its keys."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec
from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from pocketlens.catalogue import AlbumSummary
from pocketlens.errors import PocketLensError
from pocketlens.paths import Home
from pocketlens.protocol import Indexed, Place, Progress, Role, SourceSpec, TextsRead
from pocketlens.settings import Settings, load_settings, save_settings
from pocketlens.texts import reader_installed
from pocketlens_desktop.gui.background import Background
from pocketlens_desktop.gui.engines import EngineProcess, Indexing, Job, Search
from pocketlens_desktop.gui.export_strip import ExportStrip
from pocketlens_desktop.gui.exports import Exports
from pocketlens_desktop.gui.folder_dialog import choose_folder
from pocketlens_desktop.gui.folders_page import FoldersPage
from pocketlens_desktop.gui.housekeeping import Housekeeping
from pocketlens_desktop.gui.job_strip import JobStrip
from pocketlens_desktop.gui.language import Language
from pocketlens_desktop.gui.library import Library, Overview
from pocketlens_desktop.gui.model_shelf import ModelShelf, ShelvedModel
from pocketlens_desktop.gui.models_page import ModelsPage
from pocketlens_desktop.gui.notice import Notice
from pocketlens_desktop.gui.originals import Originals
from pocketlens_desktop.gui.pasted_pictures import PastedPictures
from pocketlens_desktop.gui.phone_errands import PhoneScreen, PhotoExport
from pocketlens_desktop.gui.phones import Phones
from pocketlens_desktop.gui.phones_page import PhonesPage
from pocketlens_desktop.gui.photos_page import PhotosPage
from pocketlens_desktop.gui.picture_search import PictureEncoder
from pocketlens_desktop.gui.rail import Rail
from pocketlens_desktop.gui.repairing import Repairing
from pocketlens_desktop.gui.settings_page import SettingsPage
from pocketlens_desktop.gui.stored_data import Store
from pocketlens_desktop.gui.theme import Theme
from pocketlens_desktop.gui.thumbnails import Thumbnails
from pocketlens_desktop.gui.viewer import Viewer
from pocketlens_desktop.gui.welcome import Welcome
from pocketlens_desktop.gui.window_memory import WindowMemory
from pocketlens_models.registry import locate

#: How often photos that were just indexed are looked for while a job runs: often enough to see them come in, rarely
#: enough that reading counts from a catalogue of 100,000 photos (40 ms) is no load.
_REFRESH_MS = 1_500
#: The engine that knows phones as well as folders.
INDEX_ENGINE = "pocketlens_desktop.phone.engine"
#: The phone page's place.
_PHONE = 2
_SMALLEST = QSize(720, 480)
_USUAL = QSize(1180, 780)


class MainWindow(QMainWindow):
    """Everything the person sees. `close` ends the engines too."""

    def __init__(self, home: Home, model: Path, sample: Path, theme: Theme, language: Language) -> None:
        super().__init__()
        self._home, self._sample, self._theme, self._language = home, sample, theme, language
        self._settings, self._package = load_settings(home), model
        self._unsaved: Settings | None = None
        self._memory = WindowMemory(home.window)
        self._writer = Background("settings", self)
        self.library = Library(home, self)
        self.thumbnails = Thumbnails(home.thumbnails, self, original=Originals(home.catalogue))
        self.search_engine = EngineProcess(Role.SEARCH, home, model, self)
        self.index_engine = EngineProcess(Role.INDEX, home, model, self, module=INDEX_ENGINE)
        self.picture_engine = EngineProcess(Role.INDEX, home, model, self)
        self.search = Search(self.search_engine)
        self.pictures = PictureEncoder(self.picture_engine)
        self.pasted = PastedPictures(home)
        self.reading_engine = EngineProcess(Role.READ, home, model, self, module=INDEX_ENGINE)
        self.indexing = Indexing(self.index_engine, self.reading_engine)
        self.welcome = Welcome(self.indexing)
        self.photos_page = PhotosPage(self.search, self.library, self.thumbnails, self.welcome)
        self.folders_page = FoldersPage(self.library, self.indexing)
        self.phones = Phones(self)
        self.phones_page = PhonesPage(self.phones, self.library, self.indexing, self._settings.index_phones_on)
        self.phone_screen = PhoneScreen(self)
        self.export = PhotoExport(self)
        self.notice = Notice()
        self.exports = Exports(self.export, self.notice.dismiss, self)
        self.shelf = ModelShelf(home, self)
        self.models_page = ModelsPage(self.shelf, self.indexing)
        self.settings_page = SettingsPage(self._settings, home)
        self.housekeeping = Housekeeping(
            home, self._writer, thumbnails=self.thumbnails, library=self.library, search=self.search
        )
        self.viewer = Viewer(self.thumbnails)
        self.repairing = Repairing(self.notice, self.search, self.library, self.indexing, self._begin)
        self.job_strip = JobStrip(self.indexing)
        self.export_strip = ExportStrip(self.export)
        self._refresh = QTimer(self, interval=_REFRESH_MS)
        self._seen_done = 0
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
        self.folders_page.index_wanted.connect(self._start)
        self.photos_page.opened.connect(self.open_photo)
        self.photos_page.info_wanted.connect(self.open_photo_with_info)
        self.photos_page.failed.connect(self._search_failed)
        self.photos_page.picture_wanted.connect(self.pictures.encode)
        self.pictures.encoded.connect(self.photos_page.picture_encoded)
        self.pictures.failed.connect(self.photos_page.picture_failed)
        actions = self.photos_page.choosing.actions
        self.viewer.menu_wanted.connect(lambda tile, place: actions.viewer_menu(self.viewer, tile).popup(place))
        self.viewer.copy_wanted.connect(lambda tile: actions.copy([tile]))
        for shown_elsewhere in (actions.similar_wanted, actions.stack_wanted):
            shown_elsewhere.connect(lambda _: self.viewer.leave() if self.viewing else None)
        self.viewer.mark_wanted.connect(lambda photos, on: self.library.mark(photos, favourite=on))
        self.viewer.closed.connect(self._viewer_closed)
        self.viewer.similar_wanted.connect(self._find_similar)
        self.viewer.details_wanted.connect(self.library.look_up)
        self.library.photo_came.connect(self.viewer.show_details)
        self.library.failed.connect(lambda error: self.repairing.show_failure(error, self.library.refresh))
        self.indexing.progressed.connect(self._progressed)
        self.indexing.finished.connect(self._indexed)
        self.indexing.words_read.connect(self._words_read)
        self.indexing.failed.connect(self._indexing_failed)
        self.settings_page.changed.connect(self._apply)
        self._refresh.timeout.connect(self.library.refresh)
        self._connect_phones()
        self._connect_models()
        self._connect_privacy()

    def _connect_phones(self) -> None:
        self.phones_page.index_wanted.connect(self._start)
        self.phones_page.place_chosen.connect(self._choose_place)
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
        self.models_page.switch_wanted.connect(self.switch_model)
        self.shelf.failed.connect(self.notice.show_error)
        self.shelf.chosen.connect(self._model_chosen)
        self.shelf.installed.connect(lambda manifest: self._package_replaced(manifest.id))

    def _connect_privacy(self) -> None:
        privacy = self.settings_page.privacy
        privacy.forget_wanted.connect(self.library.forget)
        privacy.delete_wanted.connect(self.delete_stored)
        self.settings_page.shown.connect(self.housekeeping.measure)
        self.settings_page.cache_folder_wanted.connect(self.choose_cache_folder)
        self.settings_page.usual_cache_wanted.connect(lambda: self.move_cache(None))
        self.housekeeping.measured.connect(privacy.show_sizes)
        self.housekeeping.moved.connect(self._cache_moved)
        self.housekeeping.changed.connect(self._stored_changed)
        self.housekeeping.failed.connect(self.repairing.show_failure)
        self.repairing.repaired.connect(self._repaired)
        self.library.overview_changed.connect(lambda overview: privacy.show_sources(overview.sources))
        self.library.overview_changed.connect(lambda _: self._measure_if_seen())
        self.indexing.state_changed.connect(lambda _: self.settings_page.set_idle(not self.indexing.working))

    def _add_shortcuts(self) -> None:
        for keys, action in (
            ("/", self._focus_search),
            (QKeySequence.StandardKey.Find, self._focus_search),
            (QKeySequence.StandardKey.Open, self.choose_folder),
            (QKeySequence.StandardKey.Copy, self.photos_page.choosing.copy),
            ("Ctrl+Shift+F", self.photos_page.choosing.mark),
            (QKeySequence.StandardKey.Paste, self.paste),
            ("Ctrl+D", self.photos_page.bookmark.name_search),
            (QKeySequence.StandardKey.ZoomIn, lambda: self._zoom(24)),
            ("Ctrl+=", lambda: self._zoom(24)),
            (QKeySequence.StandardKey.ZoomOut, lambda: self._zoom(-24)),
            ("Esc", self._step_back),
            (QKeySequence.StandardKey.Quit, self.close),
        ):
            self._shortcut(keys, action)

        for page in range(self.pages.count()):
            self._shortcut(f"Ctrl+{page + 1}", partial(self.show_page, page))

    def _shortcut(self, keys: str | QKeySequence.StandardKey, action: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self._main)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(action)

    def _restore(self) -> None:
        if not self.restoreGeometry(self._memory.geometry):
            self.resize(_USUAL)
        if self._memory.tile_size is not None:
            self.photos_page.grid.set_tile_size(self._memory.tile_size)
        self.photos_page.field.set_history(self._memory.history)
        self.viewer.show_info(self._memory.information)
        # A page beyond the last may have been that of another version.
        self.show_page(self._memory.page if self._memory.page < self.pages.count() else 0)
        self.library.overview_changed.connect(self._restore_album, Qt.ConnectionType.SingleShotConnection)

    def _restore_album(self, overview: Overview) -> None:
        album = self._memory.album_among(overview.albums)
        if album is not None:
            self.photos_page.choose_album(album)

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

    def _viewer_closed(self, row: int) -> None:
        self._screens.setCurrentIndex(0)
        if 0 <= row < self.photos_page.photos.rowCount():
            self.photos_page.grid.go_to(row)
        self.photos_page.grid.setFocus()

    def _find_similar(self, tile: object) -> None:
        self.viewer.leave()
        self.photos_page.find_similar(tile)  # type: ignore[arg-type]

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
        elif self.photos_page.searching:
            self.photos_page.show_everything()
            self.photos_page.field.setFocus()

    # -- indexing --------------------------------------------------------------------------------------------

    def choose_folder(self) -> None:
        """Let the person choose a folder to index."""
        choose_folder(self, self.tr("Choose a folder of photos"), lambda folder: self.index_folders([folder]))

    def index_folders(self, folders: list[Path]) -> None:
        """Add these folders, or look for changes in them."""
        self._start(Job(tuple(SourceSpec("folder", os.fsencode(folder.absolute())) for folder in folders)))

    def _start(self, job: Job) -> None:
        self.notice.dismiss()
        self._begin(job)

    def _begin(self, job: Job) -> None:
        self.indexing.start(
            dataclasses.replace(job, threads=self._settings.threads, place=self._settings.index_phones_on)
        )

    def _progressed(self, progress: Progress) -> None:
        if progress.done != self._seen_done:
            self._seen_done = progress.done
            if not self._refresh.isActive():
                self._refresh.start()

    def _indexed(self, event: Indexed, job: Job) -> None:
        self._refresh.stop()
        self.library.refresh()
        self.shelf.refresh()
        if job.model is not None and not event.cancelled:
            self.shelf.use(job.model.name)
        if not event.cancelled and (event.added or event.changed):
            self.photos_page.ask_again()
        if not event.cancelled and self._settings.read_text and reader_installed():
            self.indexing.start(Job(job.sources, retry_unreadable=job.retry_unreadable, words=True))

    def _words_read(self, event: TextsRead, _: Job) -> None:
        if event.with_words:
            self.photos_page.ask_again()

    def _indexing_failed(self, job: Job, error: PocketLensError) -> None:
        self._refresh.stop()
        self.library.refresh()
        self.repairing.show_failure(error, lambda: self._start(job))

    def _search_failed(self, error: PocketLensError) -> None:
        self.repairing.show_failure(error, self.photos_page.ask_again)

    # -- phones ----------------------------------------------------------------------------------------------

    def _change_engine(self, serial: bytes, wanted: bool) -> None:
        """Put the engine on a phone with the model in use, or remove it from there."""
        self.notice.dismiss()
        if wanted:
            self.phones_page.engines.install(serial, self._package)
        else:
            self.phones_page.engines.remove(serial)

    def _show_album(self, album: AlbumSummary) -> None:
        self.show_page(0)
        self.photos_page.choose_album(album)

    def _errand_failed(self, error: PocketLensError) -> None:
        if self.viewing:
            self.viewer.leave()
        self.notice.show_error(error)

    # -- models ----------------------------------------------------------------------------------------------

    def switch_model(self, model: ShelvedModel) -> None:
        """Look at the photos with another model, then search with it. Phones follow when they are indexed."""
        if model.installed is None or model.plan is None:
            return
        folders = tuple(source for source in model.plan.to_encode if source.kind == "folder")
        if folders:
            self._start(Job(folders, model=model.installed.folder))
        else:
            self.shelf.use(model.id)

    def _model_chosen(self, model: str) -> None:
        self._settings = msgspec.structs.replace(self._settings, model=model)
        self.settings_page.adopt(self._settings)
        self._package_replaced(model)

    def _package_replaced(self, model: str) -> None:
        """The engines go on with the package that is installed now, if it is the one in use."""
        if model == self._settings.model:
            folder = self._package = locate(model, self._home)
            self.search.use_model(folder)
            self.index_engine.use_model(folder)
            self.reading_engine.use_model(folder)
            self.picture_engine.use_model(folder)
            self.photos_page.ask_again()

    # -- what is stored --------------------------------------------------------------------------------------

    def _measure_if_seen(self) -> None:
        if self.settings_page.isVisible():
            self.housekeeping.measure()

    def delete_stored(self, stores: tuple[Store, ...]) -> None:
        """Delete what is stored of these kinds."""
        if self.indexing.working:
            return
        self.photos_page.show_everything()
        if Store.SETTINGS in stores:
            self._memory.clear()
            self.photos_page.field.set_history([])
            self._wear(Settings(cache_folder=self._settings.cache_folder))
            self.settings_page.adopt(self._settings)
            self.phones_page.place.show_place(self._settings.index_phones_on)
        self.housekeeping.delete(stores)

    def choose_cache_folder(self) -> None:
        """Let the person choose where thumbnails and derived files are kept."""
        choose_folder(self, self.tr("Choose a folder for the cache"), self.move_cache)

    def move_cache(self, folder: Path | None) -> None:
        """Keep thumbnails and derived files there from now on, in the usual place for None."""
        if not self.indexing.working:
            self.housekeeping.move_cache(folder)

    def _cache_moved(self, home: Home) -> None:
        self._home = home
        chosen = str(home.cache) if home.usual_cache is not None else None
        self._settings = msgspec.structs.replace(self._settings, cache_folder=chosen)
        self.settings_page.adopt(self._settings)
        self.settings_page.show_home(home)
        self.pasted.use_home(home)
        for engine in (self.search_engine, self.index_engine, self.reading_engine, self.picture_engine):
            engine.use_home(home)

    def _repaired(self) -> None:
        self.library.fetch_searches()
        self.library.refresh()
        self.photos_page.ask_again()

    def _stored_changed(self) -> None:
        self.library.fetch_searches()
        self._package_replaced(self._settings.model)
        self.library.refresh()
        self.shelf.refresh()

    # -- settings --------------------------------------------------------------------------------------------

    def _wear(self, settings: Settings) -> None:
        self._settings = settings
        self._theme.choose(settings.theme)
        self._language.choose(settings.language)

    def _choose_place(self, place: Place) -> None:
        self._apply(msgspec.structs.replace(self._settings, index_phones_on=place))
        self.settings_page.adopt(self._settings)

    def _apply(self, settings: Settings) -> None:
        limited = settings.thumbnail_limit_mb != self._settings.thumbnail_limit_mb
        if settings.read_text != self._settings.read_text:
            self._let_words_be_read(settings.read_text)
        self._wear(settings)
        self._unsaved = settings
        self._writer.call(lambda: self._save(settings), failed=self.notice.show_error)
        # A job that runs begins with the limit it found, and the next one holds the new one.
        if limited and not self.indexing.working:
            self.housekeeping.hold_limit()

    def _let_words_be_read(self, wanted: bool) -> None:
        sources = tuple(source.spec for source in self.library.overview.sources if source.spec.kind == "folder")
        job = self.indexing.job
        if wanted and sources and reader_installed():
            self.indexing.start(Job(sources, words=True))
        elif not wanted and job is not None and job.words:
            self.indexing.stop()

    def _save(self, settings: Settings) -> None:
        """On the writer's thread. Where the cache is goes by what its move has written, whichever comes first."""
        cache_folder = load_settings(self._home).cache_folder
        save_settings(self._home, msgspec.structs.replace(settings, cache_folder=cache_folder))
        if self._unsaved is settings:
            self._unsaved = None

    # -- dropping, closing, language ---------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        # What is dragged out of the grid is not to be dropped where it came from.
        if event.source() is None and (_folders_of(event.mimeData()) or self.pasted.offered(event.mimeData())):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self._take(event.mimeData())
        event.acceptProposedAction()

    def paste(self) -> None:
        """Search by the picture on the clipboard, or index the folders on it."""
        self._take(QGuiApplication.clipboard().mimeData())

    def _take(self, mime: QMimeData) -> None:
        folders = _folders_of(mime)
        if folders:
            self.index_folders(folders)
            return
        try:
            picture = self.pasted.file_of(mime)
        except PocketLensError as error:
            self.notice.show_error(error)
            return
        if picture is not None:
            self.notice.dismiss()
            if self.viewing:
                self.viewer.leave()
            self.show_page(0)
            self.photos_page.search_by_picture(picture)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._memory.geometry = self.saveGeometry()
        self._memory.tile_size = self.photos_page.grid.tile_size()
        self._memory.page = self.pages.currentIndex()
        self._memory.information = self.viewer.shows_info
        self._memory.set_album(self.photos_page.album)
        self._memory.history = self.photos_page.field.history()
        # Gone from the screen at once; the engine still finishes the photo in hand.
        self.hide()
        self._refresh.stop()
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
        self.search_engine.close()
        self.index_engine.close()
        self.reading_engine.close()
        self.picture_engine.close()
        self.pasted.clear()
        self.library.close()
        # What was chosen a moment ago may still wait its turn.
        unsaved = self._unsaved
        self._writer.finish(lambda: self._save(unsaved) if unsaved is not None else None)
        super().closeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self.setWindowTitle("PocketLens")
        self.viewer.setAccessibleName(self.tr("Photo"))


def _folders_of(mime: QMimeData) -> list[Path]:
    """The folders that are being dragged or pasted here."""
    paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    return [path for path in paths if path.is_dir()]
