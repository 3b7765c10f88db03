"""The search field by itself: its list, its keys, its bookmark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListView, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from pocketlens.searches import SavedSearch
from pocketlens_desktop.gui.search_field import SearchField

# For the platform that needs no display.
pytest_plugins = ("desktop.gui_fixtures",)

#: What the offscreen platform cannot do with windows; the main window asks for none of it.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)", "grabbing the keyboard")

CATS = SavedSearch("cats", "a cat kind:photo")


@pytest.fixture
def field(qtbot: QtBot) -> Iterator[SearchField]:
    """A field with one saved search and two that were typed before, in a window of its own, in focus."""
    window = QWidget()
    qtbot.addWidget(window)
    field = SearchField()
    QVBoxLayout(window).addWidget(field)
    field.set_history(["a dog", "a boat"])
    field.set_saved([CATS])
    window.show()
    window.activateWindow()
    qtbot.waitExposed(window)
    field.setFocus()
    qtbot.waitUntil(field.line.hasFocus)
    yield field


def opened_list() -> QListView:
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, QListView)
    return popup


def test_a_click_into_the_empty_field_lists_what_was_searched_for(field: SearchField) -> None:
    QTest.mouseClick(field.line, Qt.MouseButton.LeftButton)
    shown = opened_list().model()
    assert [shown.index(row, 0).data() for row in range(shown.rowCount())] == ["cats", "a dog", "a boat"]
    opened_list().hide()
    field.line.setText("a")
    QTest.mouseClick(field.line, Qt.MouseButton.LeftButton)
    assert QApplication.activePopupWidget() is None


def test_the_list_is_gone_through_and_chosen_from_with_the_keyboard(field: SearchField, qtbot: QtBot) -> None:
    QTest.keyClick(field.line, Qt.Key.Key_Down)
    QTest.keyClick(opened_list(), Qt.Key.Key_Down)
    with qtbot.waitSignal(field.recalled) as recalled:
        QTest.keyClick(opened_list(), Qt.Key.Key_Return)
    assert recalled.args == [CATS]
    field.clear()
    QTest.keyClick(field.line, Qt.Key.Key_Down)
    opened_list().setCurrentIndex(opened_list().model().index(0, 0))
    QTest.keyClick(opened_list(), Qt.Key.Key_Down)
    with qtbot.waitSignal(field.searched) as searched:
        QTest.keyClick(opened_list(), Qt.Key.Key_Return)
    assert searched.args == ["a dog"]


def test_delete_takes_off_what_is_marked_in_the_list_until_there_is_none(field: SearchField, qtbot: QtBot) -> None:
    QTest.keyClick(field.line, Qt.Key.Key_Down)
    QTest.keyClick(opened_list(), Qt.Key.Key_Delete)
    assert field.entries() == ["cats", "a dog", "a boat"], "nothing is marked yet"
    with qtbot.waitSignal(field.removal_wanted) as removal:
        opened_list().setCurrentIndex(opened_list().model().index(0, 0))
        QTest.keyClick(opened_list(), Qt.Key.Key_Delete)
    assert removal.args == ["cats"]
    for left in (["a boat"], []):
        opened_list().setCurrentIndex(opened_list().model().index(0, 0))
        QTest.keyClick(opened_list(), Qt.Key.Key_Delete)
        assert field.entries() == left
    assert QApplication.activePopupWidget() is None
    QTest.keyClick(field.line, Qt.Key.Key_Down)
    assert QApplication.activePopupWidget() is None


def test_escape_clears_what_is_written_and_down_leads_to_the_photos(field: SearchField, qtbot: QtBot) -> None:
    field.search_for("a dog")
    with qtbot.waitSignal(field.left_downwards):
        QTest.keyClick(field.line, Qt.Key.Key_Down)
    with qtbot.waitSignal(field.searched) as searched:
        QTest.keyClick(field.line, Qt.Key.Key_Escape)
    assert (searched.args, field.text) == ([""], "")


def test_what_is_found_again_comes_to_the_front_of_the_list_once(field: SearchField) -> None:
    field.remember("a boat")
    field.remember("a car")
    assert field.entries() == ["cats", "a car", "a boat", "a dog"]


@pytest.mark.parametrize("kept", [False, True])
def test_another_language_leaves_the_bookmark_as_it_was(field: SearchField, kept: bool) -> None:
    field.show_bookmark(True, kept=kept)
    before = field.bookmark.toolTip()
    # The language is chosen on another page than this one.
    field.window().hide()
    QApplication.sendEvent(field, QEvent(QEvent.Type.LanguageChange))
    field.window().show()
    assert field.bookmark.isVisible()
    assert field.bookmark.toolTip() == before
