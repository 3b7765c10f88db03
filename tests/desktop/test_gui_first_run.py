"""From an empty home to the first found photo, with real engines."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.gui_waiting import PATIENCE_MS, wait_for_answer
from pocketlens_desktop.gui.engines import JobState
from pocketlens_desktop.gui.window import MainWindow

pytest_plugins = ("desktop.gui_fixtures",)


@pytest.fixture
def folder(tmp_path: Path, sample_album: Path) -> Path:
    """Some of the sample album, and a file that only says it is a photo."""
    found = sorted(path for path in sample_album.rglob("*.jpg") if path.stat().st_size > 20_000)
    target = tmp_path / "my photos"
    target.mkdir()
    for photo in found[:12]:
        shutil.copy(photo, target)
    (target / "broken.jpg").write_bytes(b"not a picture")
    return target


def state_of(window: MainWindow) -> JobState:
    return window.indexing.state


def drop(window: MainWindow, folder: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(folder))])
    event = QDropEvent(
        QPointF(10, 10), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    # Not sent through the application: that hands a drop to where the platform's own drag is, and there is none.
    window.dropEvent(event)


def test_an_empty_home_shows_the_three_steps_and_nothing_to_search(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(window.welcome.isVisible)
    assert window.welcome.choose_button.isVisible()
    assert not window.photos_page.field.isVisible()


def test_the_sample_album_is_found_in_three_steps(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(window.welcome.isVisible)
    window.welcome.sample_wanted.emit()
    qtbot.waitUntil(window.photos_page.grid.isVisible, timeout=PATIENCE_MS)
    # Searching does not wait for the rest of the album.
    QTest.keyClicks(window.photos_page.field.line, "a cat")
    wait_for_answer(qtbot, window)
    assert window.photos_page.photos.rowCount() > 0


def test_a_folder_dropped_on_the_window_is_indexed(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    drop(window, folder)
    qtbot.waitUntil(lambda: window.library.overview.counts.ready == 12, timeout=PATIENCE_MS)
    assert [source.spec.identity for source in window.library.overview.sources] == [os.fsencode(folder)]


def test_a_photo_that_cannot_be_read_is_listed_with_its_reason(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    window.index_folders([folder])
    qtbot.waitUntil(lambda: window.folders_page.log.topLevelItemCount() == 1, timeout=PATIENCE_MS)
    item = window.folders_page.log.topLevelItem(0)
    assert item is not None
    assert item.text(0) == "broken.jpg"
    assert "not a picture" in item.text(1)


def test_a_folder_that_is_not_there_is_said_so_and_can_be_tried_again(
    window: MainWindow, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    missing = tmp_path / "elsewhere"
    window.index_folders([missing])
    qtbot.waitUntil(window.notice.isVisible, timeout=PATIENCE_MS)
    assert window.notice.error is not None
    assert window.notice.error.code == "album-missing"
    folder.rename(missing)
    QTest.mouseClick(window.notice.again_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.library.overview.counts.ready == 12, timeout=PATIENCE_MS)
    assert not window.notice.isVisible()


def test_indexing_pauses_goes_on_and_stops_when_asked(window: MainWindow, sample_album: Path, qtbot: QtBot) -> None:
    window.index_folders([sample_album])
    qtbot.waitUntil(lambda: window.indexing.state is JobState.RUNNING, timeout=PATIENCE_MS)
    assert window.job_strip.isVisible()
    QTest.mouseClick(window.job_strip.pause_button, Qt.MouseButton.LeftButton)
    assert state_of(window) is JobState.PAUSED
    QTest.mouseClick(window.job_strip.pause_button, Qt.MouseButton.LeftButton)
    assert state_of(window) is JobState.RUNNING
    with qtbot.waitSignal(window.indexing.finished, timeout=PATIENCE_MS) as ended:
        QTest.mouseClick(window.job_strip.stop_button, Qt.MouseButton.LeftButton)
    assert ended.args is not None
    assert ended.args[0].cancelled
    assert not window.job_strip.isVisible()


def test_the_indexing_engine_ends_with_its_job(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.indexing.finished, timeout=PATIENCE_MS):
        window.index_folders([folder])
    qtbot.waitUntil(lambda: window.engines.indexer.pid is None, timeout=PATIENCE_MS)


def test_closing_the_window_ends_a_running_engine(window: MainWindow, sample_album: Path, qtbot: QtBot) -> None:
    window.index_folders([sample_album])
    qtbot.waitUntil(lambda: window.engines.indexer.pid is not None, timeout=PATIENCE_MS)
    pid = window.engines.indexer.pid
    assert pid is not None
    window.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_killed_engine_is_reported_and_what_it_did_is_kept(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    window.index_folders([folder])
    qtbot.waitUntil(lambda: window.indexing.state is JobState.RUNNING, timeout=PATIENCE_MS)
    pid = window.engines.indexer.pid
    assert pid is not None
    os.kill(pid, 9)
    qtbot.waitUntil(window.notice.isVisible, timeout=PATIENCE_MS)
    assert window.notice.error is not None
    assert window.notice.error.code == "engine-died"
    with qtbot.waitSignal(window.indexing.finished, timeout=PATIENCE_MS) as ended:
        QTest.mouseClick(window.notice.again_button, Qt.MouseButton.LeftButton)
    assert ended.args is not None
    assert not ended.args[0].cancelled


# Offscreen, a file dialog's size hints have nowhere to go.
@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_no_window_is_modal_while_a_folder_is_chosen(window: MainWindow, qtbot: QtBot) -> None:
    window.choose_folder()
    assert QApplication.activeModalWidget() is None
    for widget in QApplication.topLevelWidgets():
        if widget is not window:
            widget.close()
    assert window.childAt(QPoint(5, 5)) is not None


def test_photos_on_a_phone_are_one_press_away(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(window.welcome.isVisible)
    QTest.mouseClick(window.welcome.phone_button, Qt.MouseButton.LeftButton)
    assert window.phones_page.isVisible()


def test_the_folders_page_says_what_to_do_while_there_is_none(window: MainWindow, folder: Path, qtbot: QtBot) -> None:
    window.show_page(1)
    assert window.folders_page.empty.isVisible()
    window.index_folders([folder])
    qtbot.waitUntil(lambda: not window.folders_page.empty.isVisible(), timeout=PATIENCE_MS)


def test_a_folder_whose_disk_is_pulled_out_is_shown_as_away_and_still_searched(
    window: MainWindow, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(window.indexing.finished, timeout=PATIENCE_MS):
        window.index_folders([folder])
    folder.rename(tmp_path / "pulled out")
    window.show_page(1)
    qtbot.waitUntil(lambda: "plug its disk in" in window.folders_page.words, timeout=PATIENCE_MS)
    window.show_page(0)
    window.photos_page.field.search_for("a cat")
    wait_for_answer(qtbot, window)
    assert window.photos_page.photos.rowCount() > 0
    (tmp_path / "pulled out").rename(folder)
    window.show_page(1)
    qtbot.waitUntil(lambda: "plug its disk in" not in window.folders_page.words, timeout=PATIENCE_MS)


def test_no_page_stops_anybody_while_photos_are_indexed(window: MainWindow, sample_album: Path, qtbot: QtBot) -> None:
    window.index_folders([sample_album])
    qtbot.waitUntil(lambda: window.indexing.state is JobState.RUNNING, timeout=PATIENCE_MS)
    for page in range(window.pages.count()):
        window.show_page(page)
        assert QApplication.activeModalWidget() is None
        shown = window.pages.currentWidget()
        assert shown is not None and shown.isEnabled()
    window.indexing.stop()
    qtbot.waitUntil(lambda: not window.indexing.working, timeout=PATIENCE_MS)
