"""A damaged catalogue in the window: said in plain words, repaired by a button, and gone on with."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.small_album import KnownPhoto, known_photos, mark_favourite
from desktop.gui_waiting import PATIENCE_MS, OpenWindow, wait_for_answer
from pocketlens.paths import Home
from pocketlens.recovery import Repair, findings
from pocketlens_desktop.gui.window import MainWindow

pytest_plugins = ("desktop.gui_fixtures",)

PAGE = 8192


def words(window: MainWindow) -> str:
    return window.notice.accessibleName()


def press_repair(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(window.notice.again_button.isVisible, timeout=PATIENCE_MS)
    assert "The catalogue is damaged." in words(window)
    assert window.notice.again_button.text() == "Repair it"
    assert QApplication.activeModalWidget() is None
    QTest.mouseClick(window.notice.again_button, Qt.MouseButton.LeftButton)


def test_a_damaged_catalogue_is_repaired_by_a_button_and_the_album_is_whole_again(
    open_window: OpenWindow, indexed_home: Home, qtbot: QtBot
) -> None:
    before = known_photos(indexed_home)
    favourite = next(iter(before))
    mark_favourite(indexed_home, favourite)
    with indexed_home.catalogue.open("r+b") as file:
        # The schema's page stays; what is behind it is zeroes for a while, photos and vectors among it.
        file.seek(indexed_home.catalogue.stat().st_size // 2)
        file.write(bytes(6 * PAGE))
        # And so that it is met at once: the root of the albums.
        file.seek(4 * PAGE)
        file.write(bytes(PAGE))
    damaged = indexed_home.catalogue.read_bytes()
    window = open_window(indexed_home)
    press_repair(window, qtbot)
    qtbot.waitUntil(lambda: "was repaired" in words(window), timeout=PATIENCE_MS)
    (kept,) = indexed_home.data.glob("*.damaged-*")
    assert kept.read_bytes() == damaged
    assert str(kept) in words(window)
    assert not window.notice.again_button.isVisible()
    # The lost rows come from the photos again, without anybody asking for it.
    qtbot.waitUntil(lambda: window.library.overview.counts.ready == _ready(before), timeout=PATIENCE_MS)
    window.photos_page.field.search_for("a cat")
    wait_for_answer(qtbot, window)
    assert window.photos_page.photos.rowCount() > 0
    window.close()
    assert findings(indexed_home.catalogue) == []
    after = known_photos(indexed_home)
    assert {path: (one.content_hash, one.vectors) for path, one in after.items()} == {
        path: (one.content_hash, one.vectors) for path, one in before.items()
    }


def test_a_catalogue_that_nothing_can_be_read_of_is_kept_and_a_new_one_is_begun(
    open_window: OpenWindow, indexed_home: Home, sample_album: Path, qtbot: QtBot
) -> None:
    indexed_home.catalogue.write_bytes(b"garbage" * 5000)
    window = open_window(indexed_home)
    press_repair(window, qtbot)
    qtbot.waitUntil(lambda: "a new one was begun" in words(window), timeout=PATIENCE_MS)
    (kept,) = indexed_home.data.glob("*.damaged-*")
    assert kept.read_bytes() == b"garbage" * 5000
    with qtbot.waitSignal(window.indexing.finished, timeout=PATIENCE_MS):
        window.index_folders([sample_album])
    assert not window.notice.isVisible()
    qtbot.waitUntil(lambda: window.library.overview.counts.ready > 100, timeout=PATIENCE_MS)


def test_a_job_that_runs_is_stopped_first_and_the_window_goes_on_after_the_repair(
    open_window: OpenWindow, indexed_home: Home, sample_album: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(indexed_home)
    qtbot.waitUntil(lambda: window.library.overview.counts.ready > 100, timeout=PATIENCE_MS)
    states: list[bool] = []

    def repaired(home: Home) -> Repair:
        states.append(window.indexing.working)
        return Repair(home.catalogue, 1, 1, 0)

    monkeypatch.setattr("pocketlens.recovery.repair", repaired)
    window.index_folders([sample_album])
    assert window.indexing.working
    window.repairing.repair()
    qtbot.waitUntil(lambda: "was repaired" in words(window), timeout=PATIENCE_MS)
    assert states == [False]
    # What is missing is read again, by a job that comes to its end.
    qtbot.waitUntil(lambda: not window.indexing.working, timeout=PATIENCE_MS)
    with qtbot.waitSignal(window.indexing.finished, timeout=PATIENCE_MS):
        window.index_folders([sample_album])


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), sqlite3.OperationalError("disk I/O error")])
def test_why_a_repair_failed_stays_on_the_screen_with_the_button(
    error: Exception, open_window: OpenWindow, indexed_home: Home, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexed_home.catalogue.write_bytes(b"garbage" * 5000)
    window = open_window(indexed_home)

    tries: list[Home] = []

    def refused(home: Home) -> Repair:
        tries.append(home)
        raise error

    monkeypatch.setattr("pocketlens.recovery.repair", refused)
    press_repair(window, qtbot)
    qtbot.waitUntil(lambda: "The system refused" in words(window), timeout=PATIENCE_MS)
    qtbot.wait(500)
    assert "The system refused" in words(window)
    QTest.mouseClick(window.notice.again_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(tries) == 2, timeout=PATIENCE_MS)


def _ready(known: dict[str, KnownPhoto]) -> int:
    return sum(bool(one.vectors) for one in known.values())
