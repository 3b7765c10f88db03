"""The window reads the words in photos once they are indexed, shows which were found, and lets the person say no."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.gui_waiting import PATIENCE_MS, OpenWindow, wait_for_answer
from pocketlens.paths import Home
from pocketlens.settings import Settings, save_settings
from pocketlens.texts import reader_installed
from pocketlens_desktop.gui.engines import Job, JobState
from pocketlens_desktop.gui.window import MainWindow

pytest_plugins = ("desktop.gui_fixtures",)
needs_reader = pytest.mark.skipif(not reader_installed(), reason="the extra [ocr] is not installed")


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Two pictures, one of which shows words."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for name, text in (("plain.png", ""), ("sign.png", "KINGFISHER LANE")):
        picture = Image.new("RGB", (900, 300), "white")
        ImageDraw.Draw(picture).text((60, 110), text, "black", font=ImageFont.load_default(72))
        picture.save(folder / name)
    return folder


@pytest.fixture
def reading(open_window: OpenWindow, home: Home) -> MainWindow:
    """A window that reads words, as it does unless the person says no."""
    save_settings(home.make(), Settings(language="en", theme="light"))
    return open_window(home)


@needs_reader
def test_words_are_read_after_indexing_and_found_and_shown(reading: MainWindow, album: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(reading.indexing.words_read, timeout=2 * PATIENCE_MS) as read:
        reading.index_folders([album])
    assert read.args is not None
    assert (read.args[0].read, read.args[0].with_words) == (2, 1)
    qtbot.waitUntil(lambda: reading.indexing.state is JobState.IDLE and reading.engines.reader.pid is None)
    page = reading.photos_page
    page.field.search_for("kingfisher lane")
    wait_for_answer(qtbot, reading)
    tile = page.photos.tile(0)
    assert tile is not None
    assert tile.name == "sign.png"
    assert "KINGFISHER" in tile.found_text.upper()
    reading.open_photo(0)
    reading.viewer.show_info(True)
    qtbot.waitUntil(
        lambda: any(tile.found_text in label.text() for label in reading.viewer.findChildren(QLabel)),
        timeout=PATIENCE_MS,
    )


@needs_reader
def test_reading_gives_way_to_indexing_and_goes_on_after_it(reading: MainWindow, album: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(reading.indexing.finished, timeout=PATIENCE_MS):
        reading.index_folders([album])
    job = reading.indexing.job
    assert job is not None
    assert job.words
    ended: list[str] = []
    reading.indexing.finished.connect(lambda *_: ended.append("indexed"))
    reading.indexing.words_read.connect(lambda event, _: ended.append("stopped" if event.cancelled else "read"))
    reading.index_folders([album])
    qtbot.waitUntil(lambda: "indexed" in ended and ended[-1] == "read", timeout=2 * PATIENCE_MS)
    # Before them it may have said that it stopped, or that it was done already; or nothing, if it had not begun.
    assert ended[-2:] == ["indexed", "read"]
    assert ended[:-2] in ([], ["stopped"], ["read"])


def test_words_are_not_read_where_the_person_said_no(
    open_window: OpenWindow, home: Home, album: Path, qtbot: QtBot
) -> None:
    window = open_window(home.make())
    with qtbot.waitSignal(window.indexing.finished, timeout=PATIENCE_MS):
        window.index_folders([album])
    assert window.indexing.job is None
    assert window.engines.reader.pid is None


@needs_reader
def test_changing_ones_mind_starts_and_stops_the_reading(
    open_window: OpenWindow, home: Home, album: Path, qtbot: QtBot
) -> None:
    window = open_window(home.make())
    with qtbot.waitSignal(window.indexing.finished, timeout=PATIENCE_MS):
        window.index_folders([album])
    qtbot.waitUntil(lambda: window.library.overview.counts.ready == 2, timeout=PATIENCE_MS)
    words = window.settings_page.words
    with qtbot.waitSignal(window.indexing.words_read, timeout=2 * PATIENCE_MS):
        words.setCurrentIndex(words.findData(True))
        words.activated.emit(words.currentIndex())
    words.setCurrentIndex(words.findData(False))
    words.activated.emit(words.currentIndex())
    qtbot.waitUntil(lambda: window.indexing.state is JobState.IDLE, timeout=PATIENCE_MS)


def test_a_chip_for_places_is_there_once_photos_have_positions(
    open_window: OpenWindow, home: Home, album: Path, qtbot: QtBot
) -> None:
    window = open_window(home.make())
    chip, menu = window.photos_page.filters.place_chip, window.photos_page.filters.place_menu
    with qtbot.waitSignal(window.indexing.finished, timeout=PATIENCE_MS):
        window.index_folders([album])
    qtbot.waitUntil(lambda: window.library.overview.counts.ready == 2, timeout=PATIENCE_MS)
    assert not chip.isVisible()
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (30.0, 15.0, 0.0), 3: "E", 4: (120.0, 9.0, 36.0)}
    Image.effect_noise((64, 64), 90).save(album / "hangzhou.jpg", exif=exif)
    with qtbot.waitSignal(window.indexing.finished, timeout=PATIENCE_MS):
        window.index_folders([album])
    qtbot.waitUntil(chip.isVisible, timeout=PATIENCE_MS)
    with qtbot.waitSignal(window.library.facets_came, timeout=PATIENCE_MS):
        menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == "Hangzhou\t1").trigger()
    qtbot.waitUntil(lambda: window.photos_page.photos.rowCount() == 1, timeout=PATIENCE_MS)
    assert chip.text() == "Hangzhou"
    menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: window.photos_page.photos.rowCount() == 3, timeout=PATIENCE_MS)


@needs_reader
def test_a_job_that_reads_words_is_not_queued_twice(reading: MainWindow, album: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(reading.indexing.finished, timeout=PATIENCE_MS):
        reading.index_folders([album])
    job = reading.indexing.job
    assert job is not None
    reading.indexing.start(Job(job.sources, words=True))
    with qtbot.waitSignal(reading.indexing.words_read, timeout=2 * PATIENCE_MS):
        pass
    assert reading.indexing.job is None
