"""Favourites, and the stacks of photos that one hit stands for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.gui_waiting import PATIENCE_MS, wait_for_answer
from pocketlens.catalogue import Catalogue
from pocketlens.paths import Home
from pocketlens_desktop.gui.photo_list import Tile
from pocketlens_desktop.gui.window import MainWindow

pytest_plugins = ("desktop.gui_fixtures",)

_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def favourites(home: Home) -> set[int]:
    with Catalogue.open(home.catalogue, read_only=True) as catalogue:
        return {row.id for row in catalogue.photos() if row.favourite}


def test_the_chosen_photos_become_favourites_with_a_key_and_are_none_with_the_same(
    browsing: MainWindow, indexed_home: Home, qtbot: QtBot
) -> None:
    grid, photos = browsing.photos_page.grid, browsing.photos_page.photos
    grid.go_to(0)
    QTest.keyClick(grid, Qt.Key.Key_Right, _SHIFT)
    tiles = grid.selected_tiles()
    assert len(tiles) == 2
    for favourite in (True, False):
        with qtbot.waitSignal(browsing.library.favourites_changed, timeout=PATIENCE_MS):
            QTest.keyClick(grid, Qt.Key.Key_F, _CTRL | _SHIFT)
        marked = [tile.favourite for row in (0, 1) if (tile := photos.tile(row)) is not None]
        assert marked == [favourite, favourite]
        assert favourites(indexed_home) == ({tile.photo for tile in tiles} if favourite else set())
    assert len(grid.selected_tiles()) == 2


def test_the_photo_in_view_becomes_a_favourite_with_f(browsing: MainWindow, indexed_home: Home, qtbot: QtBot) -> None:
    browsing.open_photo(1)
    tile = browsing.photos_page.photos.tile(1)
    assert tile is not None
    with qtbot.waitSignal(browsing.library.favourites_changed, timeout=PATIENCE_MS):
        QTest.keyClick(browsing.viewer, Qt.Key.Key_F)
    assert favourites(indexed_home) == {tile.photo}
    assert browsing.viewer.bar.favourite.accessibleName() == "Remove from favourites"


@pytest.fixture
def stacked(browsing: MainWindow, qtbot: QtBot) -> Tile:
    """A ranking of which the second hit stands for two other photos too."""
    page = browsing.photos_page
    everything = [tile for row in range(page.photos.rowCount()) if (tile := page.photos.tile(row)) is not None]
    page.field.search_for("a dog")
    wait_for_answer(qtbot, browsing)
    ranked = [tile for row in range(page.photos.rowCount()) if (tile := page.photos.tile(row)) is not None]
    others = [tile.photo for tile in everything if tile.photo != ranked[1].photo][:2]
    stack = replace(ranked[1], members=tuple(others), copies=3)
    page.show_ranking([ranked[0], stack, *ranked[2:]])
    return stack


def shown(window: MainWindow) -> list[int]:
    photos = window.photos_page.photos
    return [tile.photo for row in range(photos.rowCount()) if (tile := photos.tile(row)) is not None]


def test_a_stack_is_opened_with_the_keyboard_and_left_again_to_where_it_was(
    browsing: MainWindow, stacked: Tile, qtbot: QtBot
) -> None:
    page = browsing.photos_page
    ranking = shown(browsing)
    page.grid.go_to(1)
    with qtbot.waitSignal(page.stack.opened, timeout=PATIENCE_MS):
        QTest.keyClick(page.grid, Qt.Key.Key_Return, _CTRL)
    assert shown(browsing) == [stacked.photo, *stacked.members]
    assert [section.title for section in page.grid.sections()] == ["3 alike. Esc leads back."]
    QTest.keyClick(page.grid, Qt.Key.Key_Escape)
    assert shown(browsing) == ranking
    assert page.grid.currentIndex().row() == 1
    assert page.field.text == "a dog"


def test_a_click_on_the_sign_of_a_stack_opens_it(browsing: MainWindow, stacked: Tile, qtbot: QtBot) -> None:
    page = browsing.photos_page
    place = page.grid.visualRect(page.photos.index(1))
    with qtbot.waitSignal(page.stack.opened, timeout=PATIENCE_MS):
        QTest.mouseClick(
            page.grid.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place.right() - 20, place.top() + 18)
        )
    assert len(shown(browsing)) == 3


def test_another_search_leaves_the_stack(browsing: MainWindow, stacked: Tile, qtbot: QtBot) -> None:
    page = browsing.photos_page
    with qtbot.waitSignal(page.stack.opened, timeout=PATIENCE_MS):
        page.stack.open(stacked)
    page.field.search_for("a boat")
    wait_for_answer(qtbot, browsing)
    qtbot.waitUntil(lambda: page.stack.hit is None, timeout=PATIENCE_MS)
    page.asking.show_everything()
    assert page.stack.hit is None


def test_the_menu_of_a_stack_shows_all_that_are_alike(browsing: MainWindow, stacked: Tile) -> None:
    page = browsing.photos_page
    page.grid.go_to(1)
    menu = page.choosing.menu()
    assert menu is not None
    texts = [action.text() for action in menu.actions()]
    assert "Show all 3 that are alike" in texts
    assert "Add to favourites" in texts
    menu.close()


def test_the_photo_in_view_has_a_menu_of_its_own(browsing: MainWindow, qtbot: QtBot) -> None:
    browsing.open_photo(1)
    tile = browsing.photos_page.photos.tile(1)
    assert tile is not None
    menu = browsing.photos_page.choosing.actions.viewer_menu(browsing.viewer, tile)
    actions = {action.text(): action for action in menu.actions()}
    assert {"Add to favourites", "Show in folder", "Export 1 photo…"} <= set(actions)
    assert "Open" not in actions
    with qtbot.waitSignal(browsing.search.answered, timeout=PATIENCE_MS):
        actions["Find similar photos"].trigger()
    assert not browsing.viewing
    menu.close()
