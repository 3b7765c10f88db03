"""Photographs every page of the window, in both themes, both languages and two sizes, with the real engine.

    python packaging/screenshots/take.py [OUT] [--model FOLDER] [--only NAME] [--keep]

The window runs over the sample album in a home of its own, which is removed afterwards. Where there is no display
this runs itself under Xvfb.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import stat
import struct
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import product
from pathlib import Path

import msgspec
from PIL import Image
from PySide6.QtCore import QDeadlineTimer, QEvent, QEventLoop, QSize
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from pocketlens.errors import AlbumMissing
from pocketlens.model import read_manifest
from pocketlens.paths import Home, home_at
from pocketlens.settings import Settings, save_settings
from pocketlens_desktop.gui.app import make_window
from pocketlens_desktop.gui.engines import JobState
from pocketlens_desktop.gui.window import MainWindow
from pocketlens_desktop.phone.discovery import Sighting, parse_sightings
from pocketlens_desktop.sample import ALBUM
from pocketlens_models.manifest import write_manifest
from pocketlens_models.profile.measurement import PROFILE_NAME, profile_package, write_profile
from pocketlens_models.registry import SHIPPED

# The scripted adb server is the tests' own: one script for the pictures and for what is asserted about them.
sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
from desktop.scripted_adb import ScriptedAdb, receive, scripted_adb, shell

SIZES = (QSize(900, 600), QSize(1400, 900))
QUERIES = {"en": "mountains in the snow", "zh_CN": "毕业证书"}
_PHONE = "device usb:1-1 product:p model:Pixel_8 device:d"
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
PHONE_ANSWERS = {
    b"getprop ro.serialno": b"PL0001\n\n",
    b"getprop ro.product.manufacturer": b"Google\nPixel 8\n14\narm64-v8a\n",
    b"df ": b"Filesystem 1K-blocks Used Available\n/dev/fuse 117000000 61000000 56000000\n",
    b"dumpsys": b"  level: 81\n",
    b"pm ": b"UserInfo{0:Owner:c13}\n",
}
#: Those that the README shows, kept beside this program as JPEG: a tenth of the PNG's size.
KEPT = {
    "05-weaker-light-en-900": "search.jpg",
    "04-results-dark-zh_CN-900": "search-chinese.jpg",
    "06-viewer-dark-en-900": "viewer.jpg",
}
#: An index of a hundred photos and a first search take seconds; this is for a machine that is busy.
PATIENCE_MS = 120_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, nargs="?", default=Path(".work/screenshots"))
    parser.add_argument("--model", type=Path)
    parser.add_argument("--only", default="", help="only pictures whose name contains this")
    parser.add_argument("--keep", action="store_true", help="also renew those that the README shows")
    options = parser.parse_args()
    if not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        os.execvp("xvfb-run", ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24", sys.executable, *sys.argv])
    options.out.mkdir(parents=True, exist_ok=True)
    application = QApplication(sys.argv[:1])
    # A bare X server has 9 points; desktops use 10 or 11.
    application.setFont(QFont("Noto Sans", 10))
    with tempfile.TemporaryDirectory() as folder, scripted_phones() as adb:
        home = home_at(Path(folder)).make()
        add_second_model(home)
        with opened(application, home, options.model, Settings()) as window:
            window.index_folders([ALBUM])
            wait_until(lambda: window.library.overview.counts.ready > 0, "photos")
            wait_until(lambda: window.indexing.state is JobState.IDLE, "the end of indexing")
        for theme, language, size in product(("light", "dark"), ("en", "zh_CN"), SIZES):
            settings = Settings(theme=theme, language=language)  # type: ignore[arg-type]
            name = f"{theme}-{language}-{size.width()}"
            shoot_first_run(application, options, settings, size, name, adb)
            with opened(application, home, options.model, settings) as window:
                window.resize(size)
                Shoot(window, options.out, name, options.only, adb).everything(QUERIES[language])
    if options.keep:
        keep(options.out)
    return 0


@contextmanager
def scripted_phones() -> Iterator[ScriptedAdb]:
    """An adb server with one phone to ask, used in place of this machine's own."""
    with scripted_adb() as adb:
        os.environ["ANDROID_ADB_SERVER_PORT"] = str(adb.port)
        for line, said in PHONE_ANSWERS.items():
            adb.services[b"shell,v2,raw:" + line] = shell(said)
        adb.services[b"sync:"] = unlocked_storage
        yield adb


def unlocked_storage(handle: socket.socket) -> None:
    """Answer one listing of the shared storage with the folder that every Android has."""
    _kind, length = struct.unpack("<4sI", receive(handle, 8))
    receive(handle, length)
    entry = struct.Struct("<4sIQQIIIIQqqqI")
    handle.sendall(entry.pack(b"DNT2", 0, 0, 0, stat.S_IFDIR | 0o755, 1, 0, 0, 0, 0, 0, 0, 7) + b"Android")
    handle.sendall(entry.pack(b"DONE", *(0,) * 12))


def add_second_model(home: Home) -> None:
    """A model beside the starter, with its memory measured: the same one, under another name."""
    folder = Path(shutil.copytree(SHIPPED / "starter", home.models / "second"))
    manifest = msgspec.structs.replace(read_manifest(folder), id="second", version="2", title="Second")
    write_manifest(folder, manifest)
    write_profile(profile_package(folder, runs=10), folder / PROFILE_NAME)


def keep(out: Path) -> None:
    """Renew the pictures of the README from those just taken."""
    for taken, kept in KEPT.items():
        picture = Image.open(out / f"{taken}.png").convert("RGB")
        # No chroma subsampling: it would smear coloured text.
        picture.save(Path(__file__).with_name(kept), quality=88, subsampling=0, optimize=True)


@contextmanager
def opened(application: QApplication, home: Home, model: Path | None, settings: Settings) -> Iterator[MainWindow]:
    """The window with these settings, closed at the end."""
    save_settings(home, settings)
    window = make_window(application, home, model)
    window.show()
    try:
        yield window
    finally:
        window.close()
        window.deleteLater()
        # Without it the old window would still answer events while the next one is photographed.
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def shoot_first_run(
    application: QApplication, options: argparse.Namespace, settings: Settings, size: QSize, name: str, adb: ScriptedAdb
) -> None:
    """A fresh home: the three steps, and the second of them under way."""
    with tempfile.TemporaryDirectory() as folder:
        home = home_at(Path(folder)).make()
        with opened(application, home, options.model, settings) as window:
            window.resize(size)
            shoot = Shoot(window, options.out, name, options.only, adb)
            shoot.take("01-welcome")
            window.index_folders([ALBUM])
            wait_until(lambda: window.indexing.state is JobState.RUNNING, "a running job")
            shoot.take("02-indexing")
            window.indexing.stop()
            wait_until(lambda: window.indexing.state is JobState.IDLE, "a stopped job")


class Shoot:
    """Leads one window through its states and photographs each."""

    def __init__(self, window: MainWindow, out: Path, name: str, only: str, adb: ScriptedAdb) -> None:
        self.window, self.out, self.name, self.only, self.adb = window, out, name, only, adb

    def everything(self, query: str) -> None:
        window, photos = self.window, self.window.photos_page
        wait_until(lambda: photos.photos.rowCount() > 0, "the album")
        self.take("03-photos")
        photos.field.search_for(query)
        wait_until(lambda: photos.searching and not window.search.busy, "results")
        self.take("04-results")
        photos.show_weak_matches(True)
        self.take("05-weaker")
        self.view()
        tile = photos.photos.tile(0)
        assert tile is not None
        photos.find_similar(tile)
        wait_until(lambda: not window.search.busy, "similar photos")
        self.take("08-similar")
        photos.show_everything()
        window.show_page(1)
        self.take("09-folders")
        self.phone()
        self.models()
        self.settings()
        window.show_page(0)
        window.notice.show_error(AlbumMissing("", thing="/media/phone/DCIM"), window.library.refresh)
        self.take("11-error")
        window.notice.dismiss()

    def phone(self) -> None:
        """What the phone page says in each state; adb's own words for them come from a server with a script."""
        window, devices = self.window, self.adb.changes
        window.show_page(2)
        for name, text in PHONE_STATES.items():
            devices.put(text)
            wait_until(partial(self._sees, parse_sightings(text)), name)
            settle()
            self.take(f"12-phone-{name}")
        devices.put("")
        wait_until(lambda: window.phones.sightings == (), "an unplugged phone")

    def _sees(self, phones: tuple[Sighting, ...]) -> bool:
        return self.window.phones.sightings == phones

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
        self.take("10-settings")
        privacy = window.settings_page.privacy
        privacy.everything_button.click()
        settle()
        window.settings_page.scroller.ensureWidgetVisible(privacy.everything_button)
        self.take("15-delete")
        privacy.confirmation.dismiss()

    def view(self) -> None:
        window = self.window
        window.open_photo(0)
        wait_until(lambda: window.viewer.canvas.has_photo, "the photo")
        self.take("06-viewer")
        window.viewer.show_info(True)
        settle()
        self.take("07-viewer-info")
        window.viewer.show_info(False)
        window.viewer.leave()

    def take(self, state: str) -> None:
        if self.only in f"{state}-{self.name}":
            settle()
            self.window.grab().save(str(self.out / f"{state}-{self.name}.png"))


def settle() -> None:
    """Let everything come that is on its way: thumbnails, pages, layouts."""
    for _ in range(4):
        wait(QDeadlineTimer(120))


def wait(deadline: QDeadlineTimer) -> None:
    while not deadline.hasExpired():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


def wait_until(happened: Callable[[], bool], what: str) -> None:
    deadline = QDeadlineTimer(PATIENCE_MS)
    while not happened():
        if deadline.hasExpired():
            raise TimeoutError(f"Waited in vain for {what}.")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


if __name__ == "__main__":
    sys.exit(main())
