"""The settings page: threads, the cache's limit and place. Themes and languages are in test_gui_appearance.py."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from desktop.gui_waiting import PATIENCE_MS, OpenWindow, wait_for_answer
from pocketlens.cache import FOLDER_NAME
from pocketlens.paths import Home
from pocketlens.settings import Settings, load_settings, save_settings
from pocketlens.thumbnails import ThumbnailStore
from pocketlens_desktop.gui.settings_page import SettingsPage
from pocketlens_desktop.gui.stored_data import Store
from pocketlens_desktop.gui.window import MainWindow

pytest_plugins = ("desktop.gui_fixtures",)

SETTINGS = 4


@pytest.fixture
def page(browsing: MainWindow, qtbot: QtBot) -> SettingsPage:
    browsing.show_page(SETTINGS)
    page = browsing.settings_page
    qtbot.waitUntil(lambda: not page.privacy.waiting, timeout=PATIENCE_MS)
    return page


def choose(box: QComboBox, value: object) -> None:
    """As a person does, with the list open."""
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def test_the_number_of_threads_is_kept_and_given_to_the_next_job(
    browsing: MainWindow, page: SettingsPage, indexed_home: Home, sample_album: Path, qtbot: QtBot
) -> None:
    choose(page.threads, 1)
    with qtbot.waitSignal(browsing.indexing.finished, timeout=PATIENCE_MS) as ended:
        browsing.index_folders([sample_album])
    assert ended.args is not None
    assert ended.args[1].threads == 1
    browsing.close()
    assert load_settings(indexed_home).threads == 1


def test_a_limit_is_held_at_once_and_what_was_dropped_is_made_of_the_photos_themselves(
    open_window: OpenWindow, indexed_home: Home, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The sample album's thumbnails are far smaller than any limit to choose.
    monkeypatch.setattr(Settings, "thumbnail_limit", 500_000)
    window = open_window(indexed_home)
    qtbot.waitUntil(lambda: window.photos_page.photos.tile(0) is not None, timeout=PATIENCE_MS)
    window.show_page(SETTINGS)
    with qtbot.waitSignal(window.housekeeping.changed, timeout=PATIENCE_MS):
        choose(window.settings_page.cache.limits, 100)
    assert indexed_home.thumbnails.stat().st_size <= 500_000
    tiles = [window.photos_page.photos.tile(row) for row in range(20)]
    keys = [tile.thumbnail for tile in tiles if tile is not None]
    with closing(ThumbnailStore(indexed_home.thumbnails)) as store:
        dropped = [key for key in keys if store.dropped(key)]
    assert dropped
    window.thumbnails.release()
    # The settings stay in front: the grid would ask for the rows that it shows, and for nothing else, as it is painted.
    window.thumbnails.want(dropped, 150)
    qtbot.waitUntil(lambda: all(window.thumbnails.pixmap(key) for key in dropped), timeout=PATIENCE_MS)
    window.close()
    assert load_settings(indexed_home).thumbnail_limit_mb == 100


def test_a_limit_of_the_command_line_is_shown_as_it_is(open_window: OpenWindow, home: Home) -> None:
    save_settings(home.make(), Settings(language="en", thumbnail_limit_mb=64, read_text=False))
    window = open_window(home)
    assert window.settings_page.cache.limits.currentText() == "64.0 MB"


def test_the_cache_is_moved_while_the_window_runs_and_all_goes_on(
    browsing: MainWindow, page: SettingsPage, indexed_home: Home, tmp_path: Path, sample_album: Path, qtbot: QtBot
) -> None:
    browsing.photos_page.field.search_for("a cat")
    wait_for_answer(qtbot, browsing)
    with qtbot.waitSignal(browsing.housekeeping.moved, timeout=PATIENCE_MS):
        browsing.housekeeping.move_cache(tmp_path / "disk")
    place = tmp_path / "disk" / FOLDER_NAME
    assert not indexed_home.thumbnails.exists()
    assert (place / "thumbnails.sqlite3").exists()
    assert page.cache.usual_button.isVisible()
    qtbot.waitUntil(lambda: page.privacy.size_words(Store.THUMBNAILS) != "0 bytes", timeout=PATIENCE_MS)
    browsing.photos_page.field.search_for("a dog")
    wait_for_answer(qtbot, browsing)
    with qtbot.waitSignal(browsing.indexing.finished, timeout=PATIENCE_MS):
        browsing.index_folders([sample_album])
    assert not indexed_home.thumbnails.exists()
    # What is chosen afterwards must not bring the old place back.
    page.themes.buttons["dark"].click()
    with qtbot.waitSignal(browsing.housekeeping.moved, timeout=PATIENCE_MS):
        QTest.mouseClick(page.cache.usual_button, Qt.MouseButton.LeftButton)
    browsing.close()
    assert load_settings(indexed_home) == Settings(language="en", theme="dark", read_text=False)
    assert indexed_home.thumbnails.exists()
    assert not place.exists()


def test_a_place_that_cannot_be_is_said_so_and_nothing_is_lost(
    browsing: MainWindow, page: SettingsPage, indexed_home: Home, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "file").write_bytes(b"")
    browsing.housekeeping.move_cache(tmp_path / "file")
    qtbot.waitUntil(browsing.notice.isVisible, timeout=PATIENCE_MS)
    assert indexed_home.thumbnails.exists()
    assert load_settings(indexed_home).cache_folder is None


def test_the_cache_stays_where_it_is_while_photos_are_indexed(
    browsing: MainWindow, page: SettingsPage, sample_album: Path, qtbot: QtBot
) -> None:
    browsing.index_folders([sample_album])
    assert not page.cache.choose_button.isEnabled()
    qtbot.waitUntil(lambda: not browsing.indexing.working, timeout=PATIENCE_MS)
    assert page.cache.choose_button.isEnabled()


def test_what_was_chosen_in_the_last_moment_is_kept(browsing: MainWindow, indexed_home: Home) -> None:
    page = browsing.settings_page
    for theme in ("dark", "light", "dark", "system", "dark"):
        page.themes.buttons[theme].click()
    choose(page.threads, 1)
    browsing.close()
    assert (load_settings(indexed_home).theme, load_settings(indexed_home).threads) == ("dark", 1)
