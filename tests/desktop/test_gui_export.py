"""Copying originals from the window to a folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.gui_waiting import PATIENCE_MS
from pocketlens.copies import CopyOutcome
from pocketlens_desktop.gui.photo_list import Tile
from pocketlens_desktop.gui.window import MainWindow

pytest_plugins = ("desktop.gui_fixtures",)


@pytest.fixture
def three(browsing: MainWindow) -> list[Tile]:
    tiles = [browsing.photos_page.photos.tile(row) for row in range(3)]
    return [tile for tile in tiles if tile is not None]


def test_photos_of_a_folder_are_copied_and_the_outcome_is_told(
    browsing: MainWindow, three: list[Tile], qtbot: QtBot, tmp_path: Path
) -> None:
    with qtbot.waitSignal(browsing.export.ended, timeout=PATIENCE_MS) as ended:
        browsing.exports.copy_photos(three, tmp_path / "copies")
    assert ended.args is not None
    assert ended.args[0].counts == {CopyOutcome.COPIED: 3}
    assert "3 photos copied" in browsing.export_strip.words.text()
    for tile in three:
        assert tile.file is not None
        assert (tmp_path / "copies" / tile.name).read_bytes() == Path(tile.file).read_bytes()


def test_the_menu_exports_every_photo_that_is_chosen(browsing: MainWindow, three: list[Tile], qtbot: QtBot) -> None:
    grid = browsing.photos_page.grid
    grid.selectAll()
    menu = browsing.photos_page.choosing.menu()
    assert menu is not None
    count = browsing.photos_page.photos.rowCount()
    export = next(action for action in menu.actions() if action.text() == f"Export {count} photos…")
    browsing.photos_page.export_wanted.disconnect()
    with qtbot.waitSignal(browsing.photos_page.export_wanted) as wanted:
        export.trigger()
    assert wanted.args is not None
    assert wanted.args[0][:3] == three
    menu.close()
