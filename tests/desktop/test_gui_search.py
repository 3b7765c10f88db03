"""Searching in the window: as one types, with the real text model."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QClipboard
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.gui_waiting import PATIENCE_MS, OpenWindow, wait_for_answer
from pocketlens.paths import Home
from pocketlens.protocol import Role
from pocketlens_desktop.gui.engines import EngineProcess, Query, Search
from pocketlens_desktop.gui.window import MainWindow
from pocketlens_desktop.sample import GOLDEN

pytest_plugins = ("desktop.gui_fixtures",)


def golden(language: str) -> tuple[str, set[str]]:
    """The first golden query of a language, and the files that are right for it."""
    queries = tomllib.loads(GOLDEN.read_text(encoding="utf-8"))["query"]
    found = next(query for query in queries if query["language"] == language)
    return found["text"], set(found["expected"])


def test_typing_finds_the_right_photo_without_enter(browsing: MainWindow, qtbot: QtBot) -> None:
    text, right = golden("en")
    QTest.keyClicks(browsing.photos_page.field.line, text)
    wait_for_answer(qtbot, browsing)
    assert right & first_files(browsing, 3)


def test_chinese_finds_the_right_photo_too(browsing: MainWindow, qtbot: QtBot) -> None:
    text, right = golden("zh")
    browsing.photos_page.field.line.setText(text)
    wait_for_answer(qtbot, browsing)
    assert right & first_files(browsing, 3)


def first_files(window: MainWindow, count: int) -> set[str]:
    photos = window.photos_page.photos
    tiles = [photos.tile(row) for row in range(min(count, photos.rowCount()))]
    return {tile.path.decode() for tile in tiles if tile is not None}


def test_what_was_typed_last_is_what_is_shown(browsing: MainWindow, qtbot: QtBot) -> None:
    answers: list[Query] = []
    browsing.search.answered.connect(lambda query, _: answers.append(query))
    for text in ("c", "ca", "cat", "a cat on a mat"):
        browsing.photos_page.field.search_for(text)
    wait_for_answer(qtbot, browsing)
    assert [query.text for query in answers] == ["a cat on a mat"]


def test_a_photo_weaker_than_the_rest_is_folded_away_until_asked_for(browsing: MainWindow, qtbot: QtBot) -> None:
    page = browsing.photos_page
    page.field.search_for(golden("en")[0])
    wait_for_answer(qtbot, browsing)
    last = page.photos.index(page.photos.rowCount() - 1)
    assert page.grid.isIndexHidden(last)
    page.show_weak_matches(True)
    assert not page.grid.isIndexHidden(last)


def test_escape_goes_back_to_everything_one_step_at_a_time(browsing: MainWindow, qtbot: QtBot) -> None:
    page = browsing.photos_page
    everything = page.photos.rowCount()
    page.field.search_for("a dog")
    wait_for_answer(qtbot, browsing)
    browsing.open_photo(0)
    QTest.keyClick(browsing.viewer, Qt.Key.Key_Escape)
    assert not browsing.viewing
    assert page.field.text == "a dog"
    QTest.keyClick(page.grid, Qt.Key.Key_Escape)
    assert page.field.text == ""
    assert page.photos.rowCount() == everything


def test_enter_leads_from_the_words_to_the_best_photo(browsing: MainWindow, qtbot: QtBot) -> None:
    page = browsing.photos_page
    browsing.activateWindow()
    QTest.keyClicks(page.field.line, "a boat")
    QTest.keyClick(page.field.line, Qt.Key.Key_Return)
    wait_for_answer(qtbot, browsing)
    qtbot.waitUntil(page.grid.hasFocus)
    assert page.grid.currentIndex().row() == 0


def test_letters_typed_among_the_photos_go_into_the_search_field(browsing: MainWindow, qtbot: QtBot) -> None:
    browsing.photos_page.grid.setFocus()
    QTest.keyClicks(browsing.photos_page.grid, "dog")
    assert browsing.photos_page.field.text.startswith("d")


def test_similar_photos_leave_out_the_photo_itself(browsing: MainWindow, qtbot: QtBot) -> None:
    page = browsing.photos_page
    tile = page.photos.tile(0)
    assert tile is not None
    page.asking.find_similar(tile)
    wait_for_answer(qtbot, browsing)
    assert page.photos.rowCount() > 0
    assert page.photos.row_of(tile.photo) is None


def test_an_album_limits_what_is_shown_and_what_is_searched(browsing: MainWindow, qtbot: QtBot) -> None:
    page = browsing.photos_page
    album = next(album for album in browsing.library.overview.albums if album.path and album.photos > 2)
    page.choose_album(album)
    qtbot.waitUntil(lambda: page.photos.tile(0) is not None, timeout=PATIENCE_MS)
    assert page.photos.rowCount() == album.photos - album.unreadable
    page.field.search_for("something")
    wait_for_answer(qtbot, browsing)
    tiles = [page.photos.tile(row) for row in range(page.photos.rowCount())]
    assert {tile.album for tile in tiles if tile is not None} == {album.name}


def test_a_query_that_found_something_is_remembered_for_the_next_run(
    open_window: OpenWindow, indexed_home: Home, qtbot: QtBot
) -> None:
    first = open_window(indexed_home)
    first.photos_page.field.search_for("a red flower")
    wait_for_answer(qtbot, first)
    first.close()
    assert open_window(indexed_home).photos_page.field.history() == ["a red flower"]


@pytest.fixture
def clipboard(qapp: QApplication) -> Iterator[QClipboard]:
    """The clipboard, emptied before Python ends: the offscreen platform's outlives it and crashes otherwise."""
    yield qapp.clipboard()
    qapp.clipboard().clear()


def test_copying_puts_the_chosen_files_on_the_clipboard(browsing: MainWindow, clipboard: QClipboard) -> None:
    browsing.photos_page.grid.go_to(0)
    tile = browsing.photos_page.grid.current_tile()
    assert tile is not None
    browsing.photos_page.choosing.copy()
    urls = clipboard.mimeData().urls()
    assert [Path(url.toLocalFile()) for url in urls] == [Path(tile.location)]


def test_the_searching_engine_starts_at_the_first_query_and_is_let_go_when_idle(
    indexed_home: Home, starter: Path, qtbot: QtBot
) -> None:
    engine = EngineProcess(Role.SEARCH, indexed_home, starter)
    search = Search(engine, idle_ms=1)
    assert engine.pid is None
    with qtbot.waitSignal(search.answered, timeout=PATIENCE_MS):
        search.ask(Query("a cat"))
    qtbot.waitUntil(lambda: engine.pid is None, timeout=PATIENCE_MS)
    with qtbot.waitSignal(search.answered, timeout=PATIENCE_MS):
        search.ask(Query("a dog"))
    engine.close()
