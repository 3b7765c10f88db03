"""Choosing several photos, with the mouse and with the keyboard, and what is done with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QClipboard, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.gui_waiting import PATIENCE_MS, wait_for_answer
from pocketlens.protocol import SourceSpec
from pocketlens_desktop.gui.grid_geometry import Section
from pocketlens_desktop.gui.photo_drag import photo_drag
from pocketlens_desktop.gui.photo_grid import PhotoGrid
from pocketlens_desktop.gui.photo_list import Tile
from pocketlens_desktop.gui.window import MainWindow

pytest_plugins = ("desktop.gui_fixtures",)

_SHIFT, _CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def grid(browsing: MainWindow, qtbot: QtBot) -> PhotoGrid:
    """The grid with the sample album in one section, its first row in view."""
    page = browsing.photos_page
    # The months, which would lay it out anew when they come.
    qtbot.waitUntil(lambda: page.timeline.photos == page.photos.rowCount(), timeout=PATIENCE_MS)
    grid = page.grid
    grid.show_sections([Section(0, page.photos.rowCount())])
    grid.go_to(0)
    return grid


def click(grid: PhotoGrid, row: int, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    place = grid.visualRect(grid.photos().index(row)).center()
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, modifiers, place)


def chosen(grid: PhotoGrid) -> list[int]:
    return [row for first, count in grid.chosen_rows() for row in range(first, first + count)]


def test_ctrl_adds_and_takes_away_and_shift_chooses_all_between(grid: PhotoGrid) -> None:
    click(grid, 1)
    click(grid, 3, _CTRL)
    assert chosen(grid) == [1, 3]
    click(grid, 1, _CTRL)
    assert chosen(grid) == [3]
    click(grid, 6, _SHIFT)
    assert chosen(grid) == [1, 2, 3, 4, 5, 6]
    click(grid, 0, _SHIFT)
    assert chosen(grid) == [0, 1]


def test_shift_and_arrows_choose_from_where_it_began(grid: PhotoGrid) -> None:
    grid.go_to(3)
    for key, rows in (
        (Qt.Key.Key_Right, [3, 4]),
        (Qt.Key.Key_Right, [3, 4, 5]),
        (Qt.Key.Key_Left, [3, 4]),
        (Qt.Key.Key_Left, [3]),
        (Qt.Key.Key_Left, [2, 3]),
        (Qt.Key.Key_Home, [0, 1, 2, 3]),
    ):
        QTest.keyClick(grid, key, _SHIFT)
        assert chosen(grid) == rows
    QTest.keyClick(grid, Qt.Key.Key_Right)
    assert chosen(grid) == [1]


def test_ctrl_a_chooses_everything_that_is_not_folded_away(browsing: MainWindow, grid: PhotoGrid) -> None:
    QTest.keyClick(grid, Qt.Key.Key_A, _CTRL)
    total = browsing.photos_page.photos.rowCount()
    assert grid.chosen_count() == total
    assert f"{total} chosen" in browsing.photos_page.choosing.bar.words.text()
    grid.show_sections([Section(0, 5), Section(5, total - 5, "Weaker", folded=True, foldable=True)])
    QTest.keyClick(grid, Qt.Key.Key_A, _CTRL)
    assert chosen(grid) == [0, 1, 2, 3, 4]


def test_a_rectangle_drawn_from_a_gap_chooses_what_it_covers(grid: PhotoGrid) -> None:
    first = grid.visualRect(grid.photos().index(0))
    below = grid.visualRect(grid.currentIndex()).bottom() + first.height() // 2
    start = QPoint(first.left() - 8, first.top() + 20)
    QTest.mousePress(grid.viewport(), Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(grid.viewport(), QPoint(first.left() + 30, first.center().y()))
    QTest.mouseMove(grid.viewport(), QPoint(first.right() + 30, below))
    grid.viewport().grab()
    QTest.mouseRelease(grid.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(first.right() + 30, below))
    columns = grid.viewport().width() // (first.width() + 8)
    assert chosen(grid) == [0, 1, columns, columns + 1]


def test_several_chosen_photos_are_counted_and_escape_keeps_the_one_in_hand(
    browsing: MainWindow, grid: PhotoGrid
) -> None:
    bar = browsing.photos_page.choosing.bar
    click(grid, 1)
    assert not bar.isVisible()
    click(grid, 2, _CTRL)
    assert bar.isVisible()
    assert bar.words.text() == "2 chosen"
    QTest.keyClick(grid, Qt.Key.Key_Escape)
    assert chosen(grid) == [2]
    assert not bar.isVisible()


def test_photos_that_come_in_do_not_take_the_choice_away(browsing: MainWindow, grid: PhotoGrid, qtbot: QtBot) -> None:
    click(grid, 1)
    click(grid, 2, _CTRL)
    with qtbot.waitSignal(browsing.library.overview_changed, timeout=PATIENCE_MS):
        browsing.library.refresh()
    assert chosen(grid) == [1, 2]


def test_photos_far_from_view_are_handed_over_too(browsing: MainWindow, grid: PhotoGrid, qtbot: QtBot) -> None:
    page = browsing.photos_page
    total = page.photos.rowCount()
    page.photos.show_pages(total)
    grid.selectAll()
    assert grid.selected_tiles() == []
    handed: list[Tile] = []
    page.choosing.hand_over(handed.extend)
    qtbot.waitUntil(lambda: len(handed) == total, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: page.photos.tile(0) is not None, timeout=PATIENCE_MS)
    assert handed[0] == page.photos.tile(0)


def test_a_drag_carries_the_files(grid: PhotoGrid) -> None:
    grid.selectAll()
    tiles = grid.selected_tiles()[:3]
    drag = photo_drag(grid, tiles, None)
    assert [Path(url.toLocalFile()) for url in drag.mimeData().urls()] == [Path(tile.location) for tile in tiles]
    assert not drag.pixmap().isNull()
    drag.deleteLater()


def test_photos_on_a_phone_are_said_to_need_an_export(browsing: MainWindow, grid: PhotoGrid) -> None:
    tile = grid.current_tile()
    assert tile is not None
    away = replace(tile, source=SourceSpec("phone", b"PL0001"))
    photos = browsing.photos_page.photos
    photos.show_all([away])
    grid.show_sections([Section(0, 1)])
    grid.go_to(0)
    grid.startDrag(Qt.DropAction.CopyAction)
    assert browsing.photos_page.choosing.bar.isVisible()


def test_the_menu_shows_what_is_known_of_a_photo(browsing: MainWindow, grid: PhotoGrid, qtbot: QtBot) -> None:
    grid.go_to(2)
    menu = browsing.photos_page.choosing.menu()
    assert menu is not None
    with qtbot.waitSignal(browsing.library.photo_came, timeout=PATIENCE_MS):
        next(action for action in menu.actions() if action.text() == "Information").trigger()
    assert browsing.viewing
    assert browsing.viewer.row == 2
    menu.close()


@pytest.fixture
def clipboard(qapp: QApplication) -> Iterator[QClipboard]:
    """The clipboard, emptied before Python ends: the offscreen platform's outlives it and crashes otherwise."""
    yield qapp.clipboard()
    qapp.clipboard().clear()


def test_a_single_photo_is_copied_with_its_picture(
    grid: PhotoGrid, browsing: MainWindow, clipboard: QClipboard, qtbot: QtBot
) -> None:
    tile = grid.current_tile()
    assert tile is not None
    browsing.photos_page.choosing.copy()
    qtbot.waitUntil(lambda: clipboard.mimeData().hasImage(), timeout=PATIENCE_MS)
    picture = clipboard.image()
    assert isinstance(picture, QImage)
    assert (picture.width(), picture.height()) == (tile.width, tile.height)
    assert clipboard.mimeData().urls()[0].toLocalFile() == tile.location
    assert clipboard.text() == tile.location


def test_what_is_copied_meanwhile_is_not_replaced_by_a_picture(
    grid: PhotoGrid, browsing: MainWindow, clipboard: QClipboard, qtbot: QtBot
) -> None:
    browsing.photos_page.choosing.copy()
    clipboard.setText("something else")
    done: list[bool] = []
    browsing.photos_page.choosing.actions._thread.call(lambda: True, done.append)
    qtbot.waitUntil(lambda: bool(done), timeout=PATIENCE_MS)
    assert clipboard.text() == "something else"


def test_a_ranking_can_be_chosen_from_as_well(browsing: MainWindow, qtbot: QtBot) -> None:
    browsing.photos_page.field.search_for("a dog")
    wait_for_answer(qtbot, browsing)
    grid = browsing.photos_page.grid
    grid.selectAll()
    assert len(grid.selected_tiles()) == grid.chosen_count() > 1
