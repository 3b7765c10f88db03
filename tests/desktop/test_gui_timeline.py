"""Browsing by month: headers in the order of the photos, the keyboard across them, the scroll bar's hint."""

from __future__ import annotations

import sqlite3

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.gui_waiting import PATIENCE_MS, OpenWindow, wait_for_answer
from pocketlens.paths import Home
from pocketlens_desktop.gui.grid_geometry import HEADER_HEIGHT, GridGeometry, Section
from pocketlens_desktop.gui.scroll_hint import ScrollHint
from pocketlens_desktop.gui.window import MainWindow

pytest_plugins = ("desktop.gui_fixtures",)

_MARCH, _MAY = 1_678_000_000, 1_684_000_000
_NEXT_MONTH, _MONTH_BEFORE = Qt.Key.Key_PageDown, Qt.Key.Key_PageUp


@pytest.fixture
def dated_home(indexed_home: Home) -> Home:
    """Five photos of May 2023, seven of March, and the rest without a date in files of September 2001."""
    connection = sqlite3.connect(indexed_home.catalogue, isolation_level=None)
    connection.execute("UPDATE photos SET taken_at = NULL, mtime_ns = 1000000000000000000 + id")
    connection.execute(
        "UPDATE photos SET taken_at = ? + id WHERE id IN (SELECT id FROM photos WHERE state = 1 LIMIT 5)", (_MAY,)
    )
    undated = "SELECT id FROM photos WHERE state = 1 AND taken_at IS NULL LIMIT 7"
    connection.execute(f"UPDATE photos SET taken_at = ? + id WHERE id IN ({undated})", (_MARCH,))
    connection.close()
    return indexed_home


@pytest.fixture
def by_month(open_window: OpenWindow, dated_home: Home, qtbot: QtBot) -> MainWindow:
    window = open_window(dated_home)
    qtbot.waitUntil(lambda: len(titles(window)) > 1, timeout=PATIENCE_MS)
    return window


def titles(window: MainWindow) -> list[str]:
    return [section.title for section in window.photos_page.grid.sections()]


def test_everything_is_shown_by_month_and_undated_photos_by_their_files(by_month: MainWindow) -> None:
    assert titles(by_month) == ["May 2023", "March 2023", "September 2001, by the date of the file"]
    sections = by_month.photos_page.grid.sections()
    assert [(section.first, section.count) for section in sections[:2]] == [(0, 5), (5, 7)]
    assert sections[-1].first + sections[-1].count == by_month.photos_page.photos.rowCount()


def test_an_album_has_the_months_of_its_own_photos(by_month: MainWindow, qtbot: QtBot) -> None:
    page = by_month.photos_page
    album = max(by_month.library.overview.albums, key=lambda album: album.photos)
    page.choose_album(album)
    qtbot.waitUntil(lambda: titles(by_month) != [" "], timeout=PATIENCE_MS)
    assert sum(section.count for section in page.grid.sections()) == album.photos - album.unreadable


def test_a_ranking_is_not_divided_by_month_and_browsing_is_again(by_month: MainWindow, qtbot: QtBot) -> None:
    by_month.photos_page.field.search_for("a dog")
    wait_for_answer(qtbot, by_month)
    assert not any("2023" in title for title in titles(by_month))
    by_month.photos_page.asking.show_everything()
    assert titles(by_month)[:2] == ["May 2023", "March 2023"]


def test_down_leads_across_a_header_in_the_same_column(by_month: MainWindow) -> None:
    grid = by_month.photos_page.grid
    grid.go_to(4)
    column = grid.visualRect(grid.currentIndex()).x()
    QTest.keyClick(grid, Qt.Key.Key_Down)
    assert grid.currentIndex().row() >= 5
    assert grid.visualRect(grid.currentIndex()).x() == column


def test_ctrl_page_down_and_up_lead_from_month_to_month(by_month: MainWindow) -> None:
    grid = by_month.photos_page.grid
    grid.go_to(2)
    for key, row in ((_NEXT_MONTH, 5), (_NEXT_MONTH, 12), (_NEXT_MONTH, 12), (_MONTH_BEFORE, 5), (_MONTH_BEFORE, 0)):
        QTest.keyClick(grid, key, Qt.KeyboardModifier.ControlModifier)
        assert grid.currentIndex().row() == row


def test_a_click_on_a_month_chooses_its_photos_and_with_ctrl_another_months_too(by_month: MainWindow) -> None:
    grid = by_month.photos_page.grid
    header = QPoint(60, 30)
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=header)
    assert grid.chosen_count() == 5
    march = grid.visualRect(grid.model().index(5, 0)).top() - HEADER_HEIGHT // 2
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, QPoint(60, march))
    assert grid.chosen_count() == 12


def test_a_photo_that_is_gone_to_lies_below_the_header_that_stays(by_month: MainWindow) -> None:
    grid = by_month.photos_page.grid
    grid.go_to(by_month.photos_page.photos.rowCount() - 1)
    grid.go_to(20)
    assert grid.visualRect(grid.currentIndex()).top() >= HEADER_HEIGHT


def test_the_scroll_bar_says_which_month_it_is_dragged_to(by_month: MainWindow) -> None:
    grid = by_month.photos_page.grid
    hint = grid.findChild(ScrollHint)
    assert hint is not None
    bar = grid.verticalScrollBar()
    bar.setValue(bar.maximum())
    assert not hint.isVisible()
    bar.setSliderDown(True)
    bar.setValue(1)
    assert hint.isVisible()
    assert hint.text() == "May 2023"
    bar.setSliderDown(False)
    assert not hint.isVisible()


def test_what_is_looked_at_stays_where_it_is_when_a_month_appears_above(by_month: MainWindow) -> None:
    grid = by_month.photos_page.grid
    grid.verticalScrollBar().setValue(700)
    row = grid.indexAt(QPoint(60, 200)).row()
    top = grid.visualRect(grid.model().index(row, 0)).top()
    total = by_month.photos_page.photos.rowCount()
    grid.show_sections([Section(0, 2, "New"), Section(2, total - 2, "Old")])
    assert abs(grid.visualRect(grid.model().index(row, 0)).top() - top) <= grid.tile_size()


def test_a_header_stays_in_view_until_the_next_one_pushes_it_out() -> None:
    grid = GridGeometry([Section(0, 40, "A"), Section(40, 40, "B")], 900, 168)
    second = grid.box(40)
    assert second is not None
    top_of_b = second.y - HEADER_HEIGHT
    assert grid.sticky_header(0) is None
    sticky = grid.sticky_header(200)
    assert sticky is not None
    assert (sticky[0].title, sticky[1]) == ("A", 200)
    pushed = grid.sticky_header(top_of_b - 10)
    assert pushed is not None
    assert (pushed[0].title, pushed[1]) == ("A", top_of_b - HEADER_HEIGHT)
