"""Photographs every page of the window, in both themes, both languages and two sizes, with the real engine.

    python packaging/screenshots/take.py [OUT] [--model FOLDER] [--only NAME] [--keep] [--scale 2]

One process, one home that is indexed once (and removed afterwards), one window that changes its theme, language and
size while it runs. Where there is no display this runs itself under Xvfb.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import product
from pathlib import Path

import msgspec
from PIL import Image
from PySide6.QtCore import QDeadlineTimer, QEvent, QEventLoop, QRunnable, QSize, QThread, QThreadPool
from PySide6.QtGui import QFont, QImage
from PySide6.QtWidgets import QApplication, QPushButton

from pocketlens.errors import AlbumMissing
from pocketlens.model import read_manifest
from pocketlens.paths import Home, home_at
from pocketlens.protocol import SourceSpec
from pocketlens.query import DateFilter
from pocketlens.settings import Settings, save_settings
from pocketlens_desktop.gui.app import make_window
from pocketlens_desktop.gui.engines import Job, JobState
from pocketlens_desktop.gui.window import MainWindow
from pocketlens_desktop.phone.discovery import parse_sightings
from pocketlens_desktop.sample import ALBUM
from pocketlens_models.manifest import write_manifest
from pocketlens_models.registry import SHIPPED

# The scripted adb server is the tests' own: one script for the pictures and for what is asserted about them.
sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
from desktop.gui_phone import SERIAL, plug_in, unplug
from desktop.scripted_adb import ScriptedAdb, scripted_adb

SIZES = (QSize(900, 600), QSize(1400, 900))
LOOKS = tuple(product(("light", "dark"), ("en", "zh_CN")))
QUERIES = {"en": "mountains in the snow", "zh_CN": "毕业证书"}
_PHONE = "device usb:1-1 product:p model:Pixel_7 device:d"
#: What adb says of the phones on the phone page, by the name of the picture.
PHONE_STATES = {
    "none": "",
    "allow": "PL0001  unauthorized usb:1-1 transport_id:1\n",
    "offline": "PL0001  offline usb:1-1 transport_id:1\n",
    "computer": "PL0001  no permissions usb:1-1 transport_id:1\n",
    "restart": "PL0001  recovery usb:1-1 transport_id:1\n",
    "several": f"PL0001  {_PHONE} transport_id:1\nPL0002  unauthorized usb:1-2 transport_id:2\n",
    "ready": f"PL0001  {_PHONE} transport_id:1\n",
}
#: Those that the README shows, kept beside this program as JPEG: a tenth of the PNG's size.
KEPT = {
    "05-weaker-light-en-900": "search.jpg",
    "04-results-dark-zh_CN-900": "search-chinese.jpg",
    "16-phone-indexing-light-en-900": "phone.jpg",
}
#: Of 16 KB each: some half of the sample album.
BLOCKS_BEFORE_LOOKING = 250
#: Words are not read: it takes minutes, and shows in one line.
SILENT = Settings(read_text=False)
#: When the newest photo of the album is from: the summer of 2025, seconds since 1970.
NEWEST = 1_755_000_000
#: An index of a hundred photos and a first search take seconds; this is for a machine that is busy.
PATIENCE_MS = 120_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, nargs="?", default=Path(".work/screenshots"))
    parser.add_argument("--model", type=Path)
    parser.add_argument("--only", default="", help="only pictures whose name contains this")
    parser.add_argument("--keep", action="store_true", help="also renew those that the README shows")
    parser.add_argument("--scale", default="1", help="the desktop's scale: 2 is 200 %%; its pictures are called so")
    options = parser.parse_args()
    os.environ["QT_SCALE_FACTOR"] = options.scale
    if not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        os.execvp("xvfb-run", ["xvfb-run", "-a", "-s", "-screen 0 3200x2000x24", sys.executable, *sys.argv])
    options.out.mkdir(parents=True, exist_ok=True)
    application = QApplication(sys.argv[:1])
    # A bare X server has 9 points; desktops use 10 or 11.
    application.setFont(QFont("Noto Sans", 10))
    with tempfile.TemporaryDirectory() as folder, scripted_adb() as adb:
        os.environ["ANDROID_ADB_SERVER_PORT"] = str(adb.port)
        adb.devices = ""
        adb.changes.put("")
        home = home_at(Path(folder)).make()
        add_second_model(home)
        save_settings(home, SILENT)
        with opened(application, home, options) as window:
            shoot = Shoot(window, options, adb, spread_over_years(Path(folder) / "Photos"))
            shoot.first_run()
            for theme, language in LOOKS:
                shoot.wear(theme, language)
                shoot.everything()
            shoot.phone_job()
        QThreadPool.globalInstance().waitForDone()
    if options.keep:
        keep(options.out)
    return 0


def add_second_model(home: Home) -> None:
    """A model beside the starter, with its memory measured: the same one, under another name."""
    folder = Path(shutil.copytree(SHIPPED / "starter", home.models / "second"))
    manifest = msgspec.structs.replace(read_manifest(folder), id="second", version="2", title="Second")
    write_manifest(folder, manifest)


def spread_over_years(folder: Path) -> Path:
    """The sample album in files of many months: its photos have no dates of their own."""
    shutil.copytree(ALBUM, folder)
    for place, photo in enumerate(sorted(path for path in folder.rglob("*") if path.is_file())):
        # Fewer a month towards the past, as albums have them.
        moment = NEWEST - place * 86_400 * (2 + place // 8)
        os.utime(photo, (moment, moment))
    return folder


def keep(out: Path) -> None:
    """Renew the pictures of the README from those just taken."""
    for taken, kept in KEPT.items():
        picture = Image.open(out / f"{taken}.png").convert("RGB")
        # No chroma subsampling: it would smear coloured text.
        picture.save(Path(__file__).with_name(kept), quality=88, subsampling=0, optimize=True)


@contextmanager
def opened(application: QApplication, home: Home, options: argparse.Namespace) -> Iterator[MainWindow]:
    """The window, closed at the end."""
    window = make_window(application, home, options.model)
    window.show()
    try:
        yield window
    finally:
        window.close()
        window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


class Shoot:
    """Leads the window through its states and photographs each, in both sizes."""

    def __init__(self, window: MainWindow, options: argparse.Namespace, adb: ScriptedAdb, album: Path) -> None:
        self.window, self.adb, self.album = window, adb, album
        self.out, self.only, self.scale = options.out, options.only, options.scale
        self.look = LOOKS[0]

    def wear(self, theme: str, language: str) -> None:
        """Change theme and language while the window runs."""
        self.look = (theme, language)
        settings = msgspec.structs.replace(SILENT, theme=theme, language=language)
        self.window.settings_page.adopt(settings)
        self.window.settings_page.changed.emit(settings)

    def in_every_look(self, state: str) -> None:
        """One state that is kept while theme and language change."""
        for look in LOOKS:
            self.wear(*look)
            self.take(state)

    def first_run(self) -> None:
        """A fresh home: the three steps, the second of them under way, and pages with nothing on them yet."""
        window = self.window
        wait_until(window.welcome.isVisible, "the welcome")
        self.in_every_look("01-welcome")
        window.show_page(1)
        self.in_every_look("17-folders-empty")
        window.show_page(0)
        window.index_folders([self.album])
        wait_until(lambda: window.indexing.state is JobState.RUNNING, "a running job")
        window.indexing.pause()
        if window.welcome.isVisible():
            self.in_every_look("02-indexing")
        window.indexing.resume()
        wait_until(lambda: window.indexing.state is JobState.IDLE, "the end of indexing")
        wait_until(lambda: window.photos_page.photos.rowCount() > 0, "the album")

    def everything(self) -> None:
        window, photos = self.window, self.window.photos_page
        window.show_page(0)
        self.take("03-photos")
        photos.field.search_for(QUERIES[self.look[1]])
        wait_until(lambda: photos.asking.searching and not window.search.busy, "results")
        self.take("04-results")
        photos.show_weak_matches(True)
        self.take("05-weaker")
        self.view()
        tile = photos.photos.tile(0)
        assert tile is not None
        photos.asking.find_similar(tile)
        wait_until(lambda: not window.search.busy, "similar photos")
        self.take("08-similar")
        self.asking()
        photos.asking.show_everything()
        window.show_page(1)
        self.take("09-folders")
        self.phone()
        self.models()
        self.settings()
        window.show_page(0)
        window.notice.show_error(AlbumMissing("", thing="/media/phone/DCIM"), window.library.refresh)
        self.take("11-error")
        window.notice.dismiss()

    def asking(self) -> None:
        """What narrows a search: chips, the months, a name for it; and a picture in the place of words."""
        window, photos = self.window, self.window.photos_page
        photos.asking.show_everything()
        photos.filters.facets_wanted.emit()
        wait_until(lambda: photos.filters.dates.histogram.months > 0, "the months")
        photos.asking.choose_filters((DateFilter(date(2023, 1, 1), date(2024, 12, 31)),))
        wait_until(lambda: 0 < photos.photos.rowCount() < window.library.overview.counts.ready, "two years")
        self.take("18-two-years")
        self.pop_up("19-dates", photos.filters.date_chip)
        self.pop_up("20-kinds", photos.filters.kind_chip)
        photos.asking.show_everything()
        photos.field.search_for(QUERIES[self.look[1]])
        wait_until(lambda: not window.search.busy, "results")
        photos.bookmark.name_search()
        self.take("21-saving")
        photos.bookmark.saving.hide()
        photos.asking.show_everything()
        photos.asking.search_by_picture(next(self.album.rglob("*.jpg")))
        wait_until(lambda: photos.results is not None, "what is like a picture")
        self.take("22-picture")

    def pop_up(self, state: str, chip: QPushButton) -> None:
        """Photograph a chip's menu, which is a window of its own."""
        name = f"{state}-{self.look[0]}-{self.look[1]}"
        menu = chip.menu()
        if self.only in name and menu is not None:
            menu.popup(chip.mapToGlobal(chip.rect().bottomLeft()))
            settle(self.window)
            QThreadPool.globalInstance().start(Saving(menu.grab().toImage(), self.out / f"{name}.png"))
            menu.close()

    def phone(self) -> None:
        """What the phone page says in each state; adb's own words for them come from a server with a script."""
        self.window.show_page(2)
        plug_in(self.adb, ALBUM)
        for name, text in PHONE_STATES.items():
            self.plug(text)
            self.take(f"12-phone-{name}")
        self.plug("")

    def plug(self, text: str) -> None:
        """Let adb say this, and wait until the page shows it, with the albums of a phone that is ready."""
        window, page = self.window, self.window.phones_page
        self.adb.devices = text
        self.adb.changes.put(text)
        wait_until(lambda: window.phones.sightings == parse_sightings(text), "the phones")
        if _PHONE in text:
            wait_until(lambda: page.albums.of(SERIAL) is not None and not page.albums.counting(SERIAL), "its albums")

    def phone_job(self) -> None:
        """A phone that is being indexed, and the same pulled out in the middle."""
        window = self.window
        window.show_page(2)
        # The phone stops giving out photos in the middle, so that there is time to look, and never goes on.
        blocks, halfway, pulled_out = iter(range(BLOCKS_BEFORE_LOOKING)), threading.Event(), threading.Event()

        def between() -> None:
            if next(blocks, None) is None:
                halfway.set()
                pulled_out.wait()
                raise ConnectionError

        plug_in(self.adb, ALBUM, between)
        self.plug(PHONE_STATES["ready"])
        window.phones_page.index_wanted.emit(Job((SourceSpec("phone", SERIAL),)))
        wait_until(halfway.is_set, "half of the photos")
        wait(QDeadlineTimer(800))
        self.in_every_look("16-phone-indexing")
        unplug(self.adb)
        pulled_out.set()
        wait_until(lambda: "unplugged" in str(window.phones_page.paused), "a phone that is waited for")
        self.in_every_look("16-phone-unplugged")
        window.indexing.stop()
        wait_until(lambda: window.indexing.state is JobState.IDLE, "a stopped job")

    def models(self) -> None:
        window = self.window
        window.show_page(3)
        wait_until(lambda: window.models_page.card_of("second") is not None, "the models")
        self.take("13-models")
        card = window.models_page.card_of("second")
        assert card is not None
        card.use_button.click()
        self.take("14-switch")
        card.confirmation.dismiss()

    def settings(self) -> None:
        window = self.window
        window.show_page(4)
        window.settings_page.scroller.verticalScrollBar().setValue(0)
        wait_until(lambda: not window.settings_page.privacy.waiting, "the sizes")
        self.take("10-settings")
        privacy = window.settings_page.privacy
        privacy.everything_button.click()
        self.take("15-delete", lambda: window.settings_page.scroller.ensureWidgetVisible(privacy.everything_button))
        privacy.confirmation.dismiss()

    def view(self) -> None:
        window = self.window
        window.open_photo(0)
        wait_until(lambda: window.viewer.canvas.has_photo, "the photo")
        self.take("06-viewer")
        window.viewer.show_info(True)
        self.take("07-viewer-info")
        window.viewer.show_info(False)
        window.viewer.leave()

    def take(self, state: str, scroll: Callable[[], object] = lambda: None) -> None:
        theme, language = self.look
        scale = "" if self.scale == "1" else f"@{self.scale}"
        for size in SIZES:
            name = f"{state}-{theme}-{language}-{size.width()}{scale}"
            if self.only in name:
                self.window.resize(size)
                settle(self.window)
                scroll()
                settle(self.window)
                picture = self.window.grab().toImage()
                QThreadPool.globalInstance().start(Saving(picture, self.out / f"{name}.png"))


class Saving(QRunnable):
    """Writes a picture beside the taking of the next: to compress one takes longer than to draw it."""

    def __init__(self, picture: QImage, place: Path) -> None:
        super().__init__()
        self.picture, self.place = picture, place

    def run(self) -> None:
        self.picture.save(str(self.place), "PNG", 80)  # type: ignore[call-overload]


def settle(window: MainWindow) -> None:
    """Let everything come that is on its way: layouts, pages of the album, thumbnails."""
    for _ in range(4):
        # Without a limit of time: on a busy machine one would end in the middle of a layout.
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
    wait_until(lambda: not window.thumbnails.busy, "the thumbnails")
    QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)


def wait(deadline: QDeadlineTimer) -> None:
    while not deadline.hasExpired():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        QThread.msleep(1)  # leaves the engines and the other threads their turn


def wait_until(happened: Callable[[], bool], what: str) -> None:
    deadline = QDeadlineTimer(PATIENCE_MS)
    while not happened():
        if deadline.hasExpired():
            raise TimeoutError(f"Waited in vain for {what}.")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        QThread.msleep(1)  # leaves the engines and the other threads their turn


if __name__ == "__main__":
    sys.exit(main())
