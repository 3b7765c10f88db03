"""What the window can be asked for beside words: filters by chips, pictures, saved searches."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QClipboard, QDragEnterEvent, QDropEvent, QEnterEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from desktop.gui_waiting import PATIENCE_MS, OpenWindow, wait_for_answer
from pocketlens.catalogue import Catalogue
from pocketlens.favourites import mark
from pocketlens.kinds import Kind
from pocketlens.paths import Home
from pocketlens.query import AlbumFilter, DateFilter, FavouriteFilter, KindFilter
from pocketlens.searches import saved_searches
from pocketlens_desktop.gui.asked import Asked, Picture
from pocketlens_desktop.gui.photo_list import Tile
from pocketlens_desktop.gui.photos_page import PhotosPage
from pocketlens_desktop.gui.window import MainWindow

pytest_plugins = ("desktop.gui_fixtures",)


def tiles(page: PhotosPage) -> list[Tile]:
    found = [page.photos.tile(row) for row in range(page.photos.rowCount())]
    return [tile for tile in found if tile is not None]


def wait_for_count(qtbot: QtBot, page: PhotosPage, count: int) -> None:
    qtbot.waitUntil(lambda: page.photos.rowCount() == count and len(tiles(page)) == count, timeout=PATIENCE_MS)


def counted(home: Home, *filters: KindFilter | FavouriteFilter | DateFilter) -> int:
    with Catalogue.open(home.catalogue, read_only=True) as catalogue:
        return catalogue.count(None, filters)


# -- filters -------------------------------------------------------------------------------------------------------


def test_a_kind_is_chosen_from_those_there_are_with_their_counts(
    browsing: MainWindow, indexed_home: Home, qtbot: QtBot
) -> None:
    page = browsing.photos_page
    everything = page.photos.rowCount()
    page.filters.facets_wanted.emit()
    qtbot.waitUntil(lambda: any(a.text().startswith("Screenshots") for a in page.filters.kind_menu.actions()))
    count = counted(indexed_home, KindFilter(Kind.SCREENSHOT))
    action = next(a for a in page.filters.kind_menu.actions() if a.text() == f"Screenshots\t{count}")
    action.trigger()
    wait_for_count(qtbot, page, count)
    assert page.filters.kind_chip.text() == "Screenshots"
    page.filters.kind_menu.actions()[0].trigger()
    wait_for_count(qtbot, page, everything)
    assert not page.asking.searching


def test_what_is_typed_shows_on_the_chips_and_a_chip_takes_it_out_of_the_text(
    browsing: MainWindow, indexed_home: Home, qtbot: QtBot
) -> None:
    page = browsing.photos_page
    page.field.search_for("kind:screenshot fav: -date:2020")
    wait_for_count(qtbot, page, 0)
    assert page.filters.kind_chip.text() == "Screenshots"
    assert page.filters.favourite_chip.isChecked()
    page.filters.favourite_chip.click()
    wait_for_count(qtbot, page, counted(indexed_home, KindFilter(Kind.SCREENSHOT)))
    assert page.field.text == ""
    (other,) = [chip for chip in page.filters.findChildren(QPushButton) if "date:" in chip.text()]
    other.click()
    assert page.asking.asked == Asked(filters=(KindFilter(Kind.SCREENSHOT),))


def test_chips_narrow_a_search_in_words(browsing: MainWindow, qtbot: QtBot) -> None:
    page = browsing.photos_page
    page.asking.choose_filters((KindFilter(Kind.SCREENSHOT),))
    page.field.search_for("a map")
    wait_for_answer(qtbot, browsing)
    assert page.results is not None
    assert page.field.text == "a map"
    assert {tile.strength is None for tile in tiles(page)} == {False}
    with_chip = {tile.photo for tile in tiles(page)}
    page.field.search_for("a map kind:screenshot")
    page.asking.choose_filters(page.asking.asked.all_filters)
    wait_for_answer(qtbot, browsing)
    assert {tile.photo for tile in tiles(page)} == with_chip


def test_an_album_that_is_not_there_is_said_and_nothing_breaks(browsing: MainWindow, qtbot: QtBot) -> None:
    page = browsing.photos_page
    page.field.search_for("album:nowhere")
    qtbot.waitUntil(browsing.notice.isVisible, timeout=PATIENCE_MS)
    page.asking.show_everything()
    qtbot.waitUntil(lambda: page.photos.tile(0) is not None, timeout=PATIENCE_MS)


def test_dragging_over_the_months_chooses_their_days(browsing: MainWindow, indexed_home: Home, qtbot: QtBot) -> None:
    page = browsing.photos_page
    page.filters.facets_wanted.emit()
    histogram = page.filters.dates.histogram
    qtbot.waitUntil(lambda: histogram.months > 0, timeout=PATIENCE_MS)
    histogram.resize(max(histogram.minimumSizeHint().width(), 400), histogram.height())
    last = histogram.months - 1
    first = max(last - 2, 0)
    QTest.mousePress(histogram, Qt.MouseButton.LeftButton, pos=histogram.bar(first).center().toPoint())
    QTest.mouseMove(histogram, histogram.bar(last).center().toPoint())
    QTest.mouseRelease(histogram, Qt.MouseButton.LeftButton, pos=histogram.bar(last).center().toPoint())
    (one,) = page.asking.asked.all_filters
    assert isinstance(one, DateFilter)
    assert one.first is not None
    assert one.last is not None
    assert (one.first.day, one.last.year * 12 + one.last.month - one.first.year * 12 - one.first.month) == (
        1,
        last - first,
    )
    wait_for_count(qtbot, page, counted(indexed_home, one))
    assert counted(indexed_home, one) > 0


def test_months_can_be_chosen_with_the_keyboard_alone(browsing: MainWindow, qtbot: QtBot) -> None:
    page = browsing.photos_page
    page.filters.facets_wanted.emit()
    histogram = page.filters.dates.histogram
    qtbot.waitUntil(lambda: histogram.months > 0, timeout=PATIENCE_MS)
    QTest.keyClick(histogram, Qt.Key.Key_End)
    QTest.keyClick(histogram, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert histogram.accessibleDescription() == histogram.range_text() != ""
    QTest.keyClick(histogram, Qt.Key.Key_Return)
    (one,) = page.asking.asked.all_filters
    assert isinstance(one, DateFilter)


@pytest.mark.parametrize(
    ("place", "first", "last"),
    [
        (0, date(2024, 3, 1), date(2024, 3, 1)),
        (1, date(2024, 2, 24), date(2024, 3, 1)),
        (2, date(2024, 3, 1), date(2024, 3, 31)),
        (3, date(2024, 2, 1), date(2024, 2, 29)),
        (4, date(2024, 1, 1), date(2024, 12, 31)),
        (5, date(2023, 1, 1), date(2023, 12, 31)),
    ],
)
def test_the_words_for_dates_mean_what_people_mean(
    qapp: QApplication, qtbot: QtBot, place: int, first: date, last: date
) -> None:
    from pocketlens_desktop.gui.date_chooser import DateChooser

    chooser = DateChooser(today=lambda: date(2024, 3, 1))
    qtbot.addWidget(chooser)
    with qtbot.waitSignal(chooser.chosen) as chosen:
        chooser.presets[place].click()
    assert chosen.args == [DateFilter(first, last)]


def test_what_could_be_chosen_is_counted_when_a_chip_is_looked_at_and_not_while_photos_come_in(
    browsing: MainWindow, qtbot: QtBot
) -> None:
    filters, library = browsing.photos_page.filters, browsing.library
    came: list[object] = []

    def wait_for_all() -> None:
        # It answers in the order it was asked.
        with qtbot.waitSignal(library.searches_came, timeout=PATIENCE_MS):
            library.fetch_searches()

    wait_for_all()
    library.facets_came.connect(lambda *found: came.append(found))
    for _ in range(3):
        with qtbot.waitSignal(library.overview_changed, timeout=PATIENCE_MS):
            library.refresh()
    wait_for_all()
    assert not came
    filters.kind_menu.aboutToShow.emit()
    wait_for_all()
    assert len(came) == 1
    QApplication.sendEvent(filters.favourite_chip, QEnterEvent(QPointF(), QPointF(), QPointF()))
    qtbot.waitUntil(lambda: len(came) >= 2, timeout=PATIENCE_MS)


def test_favourites_are_counted_and_shown_alone(open_window: OpenWindow, indexed_home: Home, qtbot: QtBot) -> None:
    with Catalogue.open(indexed_home.catalogue) as catalogue:
        marked = [row.id for row in catalogue.photos(limit=3)]
        mark(catalogue, marked)
    page = open_window(indexed_home).photos_page
    qtbot.waitUntil(lambda: page.photos.tile(0) is not None, timeout=PATIENCE_MS)
    page.filters.favourite_chip.click()
    wait_for_count(qtbot, page, counted(indexed_home, FavouriteFilter()))
    assert {tile.favourite for tile in tiles(page)} == {True}


# -- pictures ------------------------------------------------------------------------------------------------------


@pytest.fixture
def picture(tmp_path: Path, sample_album: Path) -> Path:
    """A photo of the album, smaller and mirrored: a file that is not indexed."""
    source = next(path for path in sorted(sample_album.rglob("*.jpg")))
    with Image.open(source) as image:
        image.convert("RGB").resize((200, 150)).transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(tmp_path / "图 1.png")
    return tmp_path / "图 1.png"


def wait_for_picture(qtbot: QtBot, window: MainWindow) -> None:
    page = window.photos_page
    qtbot.waitUntil(
        lambda: isinstance(page.asking.asked.like, Picture) and page.asking.asked.like.vector is not None,
        timeout=PATIENCE_MS,
    )
    wait_for_answer(qtbot, window)


def dropped(window: MainWindow, mime: QMimeData) -> bool:
    """Whether the window takes what is dropped on it."""
    at = QPoint(200, 200)
    action, left, plain = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at, action, mime, left, plain)
    enter.ignore()
    window.dragEnterEvent(enter)
    if enter.isAccepted():
        window.dropEvent(QDropEvent(QPointF(at), action, mime, left, plain))
    return enter.isAccepted()


def test_a_dropped_picture_is_searched_by_and_words_go_with_it(
    browsing: MainWindow, picture: Path, qtbot: QtBot
) -> None:
    page = browsing.photos_page
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(picture))])
    assert dropped(browsing, mime)
    wait_for_picture(qtbot, browsing)
    assert page.results is not None
    alone = [hit.photo for hit in page.results.hits]
    assert alone
    page.field.search_for("a certificate")
    wait_for_answer(qtbot, browsing)
    assert [hit.photo for hit in page.results.hits] != alone
    assert isinstance(page.asking.asked.like, Picture)
    page.asking.show_everything()
    qtbot.waitUntil(lambda: page.photos.tile(0) is not None, timeout=PATIENCE_MS)
    assert not page.asking.searching


def test_the_image_model_is_let_go_soon_and_never_shares_a_process(
    browsing: MainWindow, picture: Path, qtbot: QtBot
) -> None:
    browsing.photos_page.asking.search_by_picture(picture)
    wait_for_picture(qtbot, browsing)
    assert browsing.engines.encoder.pid is not None
    assert browsing.engines.encoder.pid != browsing.engines.searcher.pid
    browsing.pictures.idle_timer.setInterval(1)
    browsing.pictures.encode(picture)
    qtbot.waitUntil(lambda: browsing.engines.encoder.pid is None, timeout=PATIENCE_MS)


@pytest.fixture
def clipboard(qapp: QApplication) -> Iterator[QClipboard]:
    """The clipboard, emptied before Python ends: the offscreen platform's outlives it and crashes otherwise."""
    yield qapp.clipboard()
    qapp.clipboard().clear()


def test_a_pasted_picture_is_kept_by_the_owner_alone_and_only_as_long_as_the_window(
    browsing: MainWindow, indexed_home: Home, picture: Path, clipboard: QClipboard, qtbot: QtBot
) -> None:
    clipboard.setImage(QImage(str(picture)))
    browsing.incoming.paste()
    wait_for_picture(qtbot, browsing)
    (kept,) = indexed_home.cache.glob("pasted-*")
    assert kept.stat().st_mode & 0o077 == 0
    browsing.close()
    assert not kept.exists()


def test_what_a_killed_window_left_behind_is_removed_by_a_later_one(
    open_window: OpenWindow, indexed_home: Home
) -> None:
    old, new = (indexed_home.cache / f"pasted-{age}.png" for age in ("old", "new"))
    for file, age in ((old, 2 * 86_400), (new, 60)):
        file.write_bytes(b"")
        os.utime(file, (time.time() - age, time.time() - age))
    open_window(indexed_home)
    assert (old.exists(), new.exists()) == (False, True)


@pytest.mark.parametrize("content", [b"", b"no picture"])
def test_a_file_that_is_no_picture_is_said_and_what_was_shown_comes_back(
    browsing: MainWindow, tmp_path: Path, content: bytes, qtbot: QtBot
) -> None:
    everything = browsing.photos_page.photos.rowCount()
    (tmp_path / "a.jpg").write_bytes(content)
    browsing.photos_page.asking.search_by_picture(tmp_path / "a.jpg")
    qtbot.waitUntil(browsing.notice.isVisible, timeout=PATIENCE_MS)
    assert browsing.photos_page.asking.asked == Asked()
    assert browsing.photos_page.photos.rowCount() == everything


def test_a_file_typed_after_like_becomes_a_chip(browsing: MainWindow, picture: Path, qtbot: QtBot) -> None:
    page = browsing.photos_page
    page.field.search_for(f'a boat like:"{picture}"')
    wait_for_picture(qtbot, browsing)
    assert page.field.text == "a boat"
    assert isinstance(page.asking.asked.like, Picture)
    assert page.asking.asked.like.file == picture


# -- saved searches --------------------------------------------------------------------------------------------------


def test_a_search_is_saved_recalled_renamed_and_removed(browsing: MainWindow, indexed_home: Home, qtbot: QtBot) -> None:
    page = browsing.photos_page

    def kept() -> list[tuple[str, str]]:
        with Catalogue.open(indexed_home.catalogue, read_only=True) as catalogue:
            return [(one.name, one.query) for one in saved_searches(catalogue)]

    assert not page.field.bookmark.isVisible()
    page.asking.choose_filters((KindFilter(Kind.SCREENSHOT), AlbumFilter("nowhere", wanted=False)))
    page.asking.choose_filters((KindFilter(Kind.SCREENSHOT),))
    page.field.search_for("a map")
    wait_for_answer(qtbot, browsing)
    page.field.bookmark.click()
    page.bookmark.saving.name.setText("maps")
    with qtbot.waitSignal(browsing.library.searches_came, timeout=PATIENCE_MS):
        QTest.keyClick(page.bookmark.saving.name, Qt.Key.Key_Return)
    assert kept() == [("maps", "a map kind:screenshot")]
    page.asking.show_everything()
    (saved,) = page.bookmark.saved_searches
    page.field.recalled.emit(saved)
    wait_for_answer(qtbot, browsing)
    assert (page.field.text, page.asking.asked.filters) == ("a map", (KindFilter(Kind.SCREENSHOT),))
    page.field.bookmark.click()
    page.bookmark.saving.name.setText("地图")
    page.bookmark.saving.save.click()
    qtbot.waitUntil(lambda: kept() == [("地图", "a map kind:screenshot")], timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: [one.name for one in page.bookmark.saved_searches] == ["地图"], timeout=PATIENCE_MS)
    page.field.bookmark.click()
    page.bookmark.saving.remove.click()
    qtbot.waitUntil(lambda: kept() == [], timeout=PATIENCE_MS)


def test_the_list_below_the_field_has_saved_and_recent_searches_and_delete_takes_one_off(
    open_window: OpenWindow, indexed_home: Home, qtbot: QtBot
) -> None:
    from pocketlens.searches import save_search

    with Catalogue.open(indexed_home.catalogue) as catalogue:
        save_search(catalogue, "cats", "a cat")
    window = open_window(indexed_home)
    field = window.photos_page.field
    field.set_history(["a dog", "a boat"])
    qtbot.waitUntil(lambda: field.entries() == ["cats", "a dog", "a boat"], timeout=PATIENCE_MS)
    field.take_off(1)
    assert field.history() == ["a boat"]
    field.take_off(0)
    qtbot.waitUntil(lambda: window.photos_page.bookmark.saved_searches == [], timeout=PATIENCE_MS)
    assert field.entries() == ["a boat"]
