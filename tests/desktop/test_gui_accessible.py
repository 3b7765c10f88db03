"""Names, roles and focus order for those who do not see or do not use a mouse; room for every text in small windows."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget
from pytestqt.exceptions import TimeoutError as QtTimeout
from pytestqt.qtbot import QtBot

from desktop.gui_inspection import clipped, goes_up, nameless, outside, tab_order, tab_stops
from desktop.gui_phone import SERIAL, plug_in
from desktop.gui_waiting import PATIENCE_MS, OpenWindow, wait_for_answer
from desktop.scripted_adb import ScriptedAdb
from pocketlens.errors import AlbumMissing
from pocketlens.paths import Home
from pocketlens.settings import Settings, save_settings
from pocketlens_desktop.gui.page import ScrollingPage
from pocketlens_desktop.gui.window import MainWindow

pytest_plugins = ("desktop.gui_fixtures",)

PHOTOS, FOLDERS, PHONE, MODELS, SETTINGS = range(5)
SIZES = {"900x600": QSize(900, 600), "smallest": QSize(720, 480)}


def full_window(open_window: OpenWindow, home: Home, adb: ScriptedAdb, album: Path, qtbot: QtBot) -> MainWindow:
    """The window with something on every page: photos, a folder, a phone with albums, models, sizes."""
    window = open_window(home)
    qtbot.waitUntil(lambda: window.photos_page.photos.tile(0) is not None, timeout=PATIENCE_MS)
    plug_in(adb, album)
    window.show_page(PHONE)
    qtbot.waitUntil(lambda: bool(window.phones_page.albums.of(SERIAL)), timeout=PATIENCE_MS)
    window.show_page(MODELS)
    qtbot.waitUntil(lambda: window.models_page.card_of("starter") is not None, timeout=PATIENCE_MS)
    window.show_page(SETTINGS)
    qtbot.waitUntil(lambda: not window.settings_page.privacy.waiting, timeout=PATIENCE_MS)
    window.show_page(PHOTOS)
    return window


@pytest.fixture
def full(open_window: OpenWindow, indexed_home: Home, adb: ScriptedAdb, sample_album: Path, qtbot: QtBot) -> MainWindow:
    return full_window(open_window, indexed_home, adb, sample_album, qtbot)


def test_everything_to_press_type_into_or_follow_has_a_name_and_a_role(full: MainWindow, qtbot: QtBot) -> None:
    full.notice.show_error(AlbumMissing("", thing="/media/disk"), full.library.refresh)
    full.settings_page.privacy.everything_button.click()
    for page in range(full.pages.count()):
        full.show_page(page)
        assert nameless(full) == [], page
    full.show_page(PHOTOS)
    full.photos_page.field.search_for("a cat")
    wait_for_answer(qtbot, full)
    assert nameless(full) == []
    full.open_photo(0)
    qtbot.waitUntil(lambda: full.viewer.canvas.has_photo, timeout=PATIENCE_MS)
    full.viewer.show_info(True)
    assert nameless(full) == []


def test_the_first_run_has_names_for_everything(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(window.welcome.isVisible)
    for page in range(window.pages.count()):
        window.show_page(page)
        assert nameless(window) == [], page


@pytest.mark.parametrize("page", range(5), ids=["photos", "folders", "phone", "models", "settings"])
def test_the_tab_key_reaches_everything_on_a_page_from_top_to_bottom(full: MainWindow, qtbot: QtBot, page: int) -> None:
    full.show_page(page)
    full.activateWindow()
    root = full.pages.currentWidget()
    assert root is not None
    # Cards may still come, and are put in order when the event loop gets to it.
    with suppress(QtTimeout):
        qtbot.waitUntil(lambda: goes_up(root, tab_order(full, root)) == [], timeout=3000)
    order = tab_order(full, root)
    assert tab_stops(root) - set(order) == set()
    assert goes_up(root, order) == []


def pages_in(window: MainWindow) -> list[QWidget]:
    pages = (window.pages.widget(place) for place in range(window.pages.count()))
    return [page for page in pages if page is not None]


def lacks_room(window: MainWindow, qtbot: QtBot) -> dict[str, list[str]]:
    """By page, texts without room for them."""
    found: dict[str, list[str]] = {}
    for place, page in enumerate(pages_in(window)):
        window.show_page(place)
        # Cards and sizes come from other threads, and are laid out when the event loop gets to it.
        with suppress(QtTimeout):
            qtbot.waitUntil(lambda page=page: lacking(page) == [], timeout=3000)  # type: ignore[misc]
        found[type(page).__name__] = lacking(page)
    return {name: lines for name, lines in found.items() if lines}


def lacking(page: QWidget) -> list[str]:
    sideways = isinstance(page, ScrollingPage) and page.scroller.horizontalScrollBar().maximum() > 0
    return clipped(page) + outside(page) + ["scrolls sideways"] * sideways


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_no_text_lacks_room_in_a_small_window(
    open_window: OpenWindow,
    indexed_home: Home,
    adb: ScriptedAdb,
    sample_album: Path,
    qtbot: QtBot,
    language: str,
    size: QSize,
) -> None:
    save_settings(indexed_home, Settings(language=language))  # type: ignore[arg-type]
    window = full_window(open_window, indexed_home, adb, sample_album, qtbot)
    window.resize(size)
    assert window.size() == size
    assert lacks_room(window, qtbot) == {}


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_no_text_of_the_first_run_lacks_room(open_window: OpenWindow, home: Home, qtbot: QtBot, language: str) -> None:
    save_settings(home.make(), Settings(language=language))  # type: ignore[arg-type]
    window = open_window(home)
    qtbot.waitUntil(window.welcome.isVisible)
    window.resize(SIZES["900x600"])
    assert lacks_room(window, qtbot) == {}


@pytest.mark.skipif("QT_SCALE_FACTOR" in os.environ, reason="this is the run at another scale")
def test_it_is_the_same_at_200_percent() -> None:
    """Qt takes its scale once, when it starts: so this runs the same checks in a process of its own."""
    which = "test_no_text_lacks_room_in_a_small_window[zh_CN-900x600]"
    line = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"{__file__}::{which}"]
    done = subprocess.run(line, env={**os.environ, "QT_SCALE_FACTOR": "2"}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
