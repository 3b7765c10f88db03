"""What is stored where, and deleting it: the cache, one folder, everything."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.gui_waiting import PATIENCE_MS, wait_for_answer
from pocketlens.paths import Home
from pocketlens.protocol import SourceSpec
from pocketlens_desktop.gui.privacy_card import PrivacyCard
from pocketlens_desktop.gui.stored_data import Store, places, sizes
from pocketlens_desktop.gui.window import MainWindow

pytest_plugins = ("desktop.gui_fixtures",)

SETTINGS = 4


@pytest.fixture
def privacy(browsing: MainWindow, qtbot: QtBot) -> PrivacyCard:
    browsing.show_page(SETTINGS)
    card = browsing.settings_page.privacy
    qtbot.waitUntil(lambda: card.size_words(Store.CATALOGUE) not in ("", "0 bytes"), timeout=PATIENCE_MS)
    return card


def click(button: object) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)  # type: ignore[call-overload]


def test_every_file_that_is_stored_belongs_to_a_kind_that_is_listed(browsing: MainWindow, indexed_home: Home) -> None:
    browsing.close()
    known = {place for store in Store for place in places(store, indexed_home)}
    stored = {
        path for folder in (indexed_home.data, indexed_home.cache) for path in folder.rglob("*") if path.is_file()
    }
    assert {path for path in stored if not known & {path, *path.parents}} == set()
    assert sum(sizes(indexed_home).values()) == sum(path.stat().st_size for path in stored)


def test_nothing_is_deleted_before_it_is_confirmed_and_no_dialog_is_in_the_way(
    privacy: PrivacyCard, indexed_home: Home
) -> None:
    click(privacy.everything_button)
    assert privacy.confirmation.isVisible()
    assert QApplication.activeModalWidget() is None
    click(privacy.confirmation.no)
    assert not privacy.confirmation.isVisible()
    assert indexed_home.catalogue.exists()


def test_the_cache_is_deleted_and_made_again_when_a_folder_is_checked(
    browsing: MainWindow, privacy: PrivacyCard, indexed_home: Home, sample_album: Path, qtbot: QtBot
) -> None:
    click(privacy.cache_button)
    click(privacy.confirmation.yes)
    qtbot.waitUntil(lambda: privacy.size_words(Store.THUMBNAILS) == "0 bytes", timeout=PATIENCE_MS)
    assert indexed_home.catalogue.exists()
    with qtbot.waitSignal(browsing.indexing.finished, timeout=PATIENCE_MS):
        browsing.index_folders([sample_album])
    assert sizes(indexed_home)[Store.THUMBNAILS] > 1_000_000
    browsing.photos_page.field.search_for("a cat")
    wait_for_answer(qtbot, browsing)
    assert browsing.photos_page.photos.rowCount() > 0


def test_one_folder_is_forgotten_when_confirmed(
    browsing: MainWindow, privacy: PrivacyCard, sample_album: Path, qtbot: QtBot
) -> None:
    spec = SourceSpec("folder", os.fsencode(sample_album))
    click(privacy.forget_button(spec))
    click(privacy.confirmation.yes)
    qtbot.waitUntil(lambda: not browsing.library.overview.sources, timeout=PATIENCE_MS)
    assert any(sample_album.rglob("*.jpg"))


def test_after_deleting_everything_the_window_is_as_on_its_first_day(
    browsing: MainWindow, privacy: PrivacyCard, indexed_home: Home, sample_album: Path, qtbot: QtBot
) -> None:
    browsing.photos_page.field.search_for("a cat")
    wait_for_answer(qtbot, browsing)
    click(privacy.everything_button)
    click(privacy.confirmation.yes)
    qtbot.waitUntil(lambda: browsing.library.overview.counts.photos == 0, timeout=PATIENCE_MS)
    browsing.show_page(0)
    qtbot.waitUntil(browsing.welcome.isVisible, timeout=PATIENCE_MS)
    assert browsing.photos_page.field.history() == []
    assert not indexed_home.catalogue.exists()
    assert not indexed_home.settings.exists()
    with qtbot.waitSignal(browsing.indexing.finished, timeout=PATIENCE_MS):
        browsing.index_folders([sample_album])
    qtbot.waitUntil(browsing.photos_page.grid.isVisible, timeout=PATIENCE_MS)


def test_nothing_can_be_deleted_while_photos_are_indexed(
    browsing: MainWindow, privacy: PrivacyCard, sample_album: Path, qtbot: QtBot
) -> None:
    browsing.index_folders([sample_album])
    assert not privacy.everything_button.isEnabled()
    qtbot.waitUntil(lambda: not browsing.indexing.working, timeout=PATIENCE_MS)
    assert privacy.everything_button.isEnabled()
