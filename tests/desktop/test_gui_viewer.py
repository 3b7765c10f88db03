"""Looking at one photo: upright, of any format, fitted or at its real size."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QProgressBar, QWidget
from pytestqt.qtbot import QtBot

from desktop.gui_inspection import taken_for_markup
from desktop.gui_waiting import PATIENCE_MS, OpenWindow
from pocketlens.catalogue import Catalogue
from pocketlens.paths import Home
from pocketlens_desktop.gui import photo_image
from pocketlens_desktop.gui.confirmation import Confirmation
from pocketlens_desktop.gui.photo_canvas import PhotoCanvas
from pocketlens_desktop.gui.photo_image import PhotoImage, Unshown, load_photo, why_unshown
from pocketlens_desktop.gui.photo_list import PhotoList
from pocketlens_desktop.gui.viewer_panels import FetchStrip, InfoPanel
from pocketlens_desktop.gui.window import MainWindow
from pocketlens_desktop.phone.errors import PhoneUnavailable

pytest_plugins = ("desktop.gui_fixtures",)


def open_first(window: MainWindow, qtbot: QtBot) -> None:
    window.open_photo(0)
    qtbot.waitUntil(lambda: window.viewer.canvas.has_photo, timeout=PATIENCE_MS)


def test_space_opens_the_chosen_photo_and_escape_comes_back_to_it(browsing: MainWindow, qtbot: QtBot) -> None:
    grid = browsing.photos_page.grid
    grid.go_to(3)
    QTest.keyClick(grid, Qt.Key.Key_Space)
    assert browsing.viewing
    assert browsing.viewer.row == 3
    QTest.keyClick(browsing.viewer, Qt.Key.Key_Right)
    QTest.keyClick(browsing.viewer, Qt.Key.Key_Escape)
    assert not browsing.viewing
    assert grid.currentIndex().row() == 4


def test_the_first_photo_has_none_before_it(browsing: MainWindow, qtbot: QtBot) -> None:
    open_first(browsing, qtbot)
    QTest.keyClick(browsing.viewer, Qt.Key.Key_Left)
    assert browsing.viewer.row == 0


def test_every_photo_of_the_sample_album_opens(browsing: MainWindow, qtbot: QtBot) -> None:
    open_first(browsing, qtbot)
    for row in range(browsing.photos_page.photos.rowCount()):
        assert browsing.viewer.row == row
        qtbot.waitUntil(lambda: browsing.viewer.canvas.has_photo, timeout=PATIENCE_MS)
        tile = browsing.photos_page.photos.tile(row)
        assert tile is not None
        size = browsing.viewer.canvas.photo_size
        # The catalogue's upright size and the viewer's come from two decoders.
        assert (size.width(), size.height()) == (tile.width, tile.height), tile.name
        QTest.keyClick(browsing.viewer, Qt.Key.Key_Right)


def test_a_video_shows_its_frame_and_how_long_it_is(browsing: MainWindow, qtbot: QtBot) -> None:
    open_first(browsing, qtbot)
    tile = browsing.photos_page.photos.tile(0)
    assert tile is not None
    videos = PhotoList(browsing)
    videos.show_all([replace(tile, path=b"no such video.mp4", duration_ms=42_900)])
    viewer = browsing.viewer
    viewer.look_at(videos, 0)
    qtbot.waitUntil(lambda: viewer.canvas.has_preview, timeout=PATIENCE_MS)
    texts = [label.text() for label in viewer.findChildren(QLabel) if label.isVisible()]
    assert any("0:42" in text for text in texts)
    assert not any("cannot be opened" in text for text in texts)


def test_the_photos_details_are_shown_when_asked_for(browsing: MainWindow, qtbot: QtBot) -> None:
    open_first(browsing, qtbot)
    tile = browsing.photos_page.photos.tile(0)
    assert tile is not None
    with qtbot.waitSignal(browsing.library.photo_came, timeout=PATIENCE_MS):
        QTest.keyClick(browsing.viewer, Qt.Key.Key_I)
    assert any(tile.name in text.replace("\u200b", "") for text in browsing.viewer.info_texts())


def test_a_photo_deleted_meanwhile_is_said_to_be_gone(browsing: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    assert load_photo(str(tmp_path / "gone.jpg")) is None


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "heic", "tiff", "bmp"])
def test_a_photo_of_every_format_is_read_in_its_size(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"photo.{suffix}"
    if suffix == "heic":
        pytest.importorskip("pillow_heif").register_heif_opener()
    Image.new("RGB", (120, 80), "red").save(file)
    image = load_photo(str(file))
    assert image is not None
    assert (image.width, image.height) == (120, 80)
    colour = image.levels[0].pixelColor(60, 40)
    assert colour.red() > 240
    assert colour.green() < 15


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "heic", "webp", "tiff"])
def test_a_photo_is_turned_upright(tmp_path: Path, suffix: str, orientation: int) -> None:
    """What EXIF calls the top left corner is red whichever way the camera was held."""
    upright = Image.new("RGB", (64, 32), "white")
    upright.paste("red", (0, 0, 16, 16))
    # The camera stores the scene turned the other way, and says so.
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }.get(orientation)
    stored = upright.transpose(back) if back is not None else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = tmp_path / f"turned.{suffix}"
    if suffix == "heic":
        pytest.importorskip("pillow_heif").register_heif_opener()
    # As bytes: pillow-heif then turns the picture by HEIF's own means, as phones do, which is what counts there.
    stored.save(file, exif=exif.tobytes(), quality=95)
    image = load_photo(str(file))
    assert image is not None
    assert (image.width, image.height) == (64, 32)
    assert image.levels[0].pixelColor(5, 5).green() < 60
    assert image.levels[0].pixelColor(60, 28).green() > 200


@pytest.mark.parametrize("suffix", ["gif", "webp", "png"])
def test_of_an_animated_picture_the_first_one_is_shown(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"moving.{suffix}"
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    frames[0].save(file, save_all=True, append_images=frames[1:], duration=50)
    photo = load_photo(str(file))
    assert photo is not None
    assert photo.levels[0].pixelColor(20, 20).red() > 200


def test_a_huge_photo_is_decoded_smaller_and_keeps_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo_image, "MOST_DECODED", 400_000)
    file = tmp_path / "huge.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (2000, 1000), "grey").save(file, exif=exif)
    photo = load_photo(str(file))
    assert photo is not None
    assert (photo.width, photo.height) == (1000, 2000)
    assert (photo.levels[0].width(), photo.levels[0].height()) == (250, 500)
    assert photo.level_for(1.0) == 0


def test_why_a_photo_is_not_shown_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "there").mkdir()
    damaged, large = tmp_path / "there" / "damaged.jpg", tmp_path / "there" / "large.png"
    damaged.write_bytes(b"no picture of any format")
    Image.new("L", (200, 100)).save(large)
    monkeypatch.setattr(photo_image, "MOST_PIXELS", 10_000)
    there = str(tmp_path / "there")
    assert why_unshown(str(tmp_path / "there" / "gone.jpg"), there) is Unshown.GONE
    assert why_unshown(str(tmp_path / "away" / "a.jpg"), str(tmp_path / "away")) is Unshown.AWAY
    for file, why in ((damaged, Unshown.DAMAGED), (large, Unshown.TOO_LARGE)):
        assert load_photo(str(file)) is None
        assert why_unshown(str(file), there) is why


def test_a_photo_that_is_gone_keeps_its_small_picture_says_so_and_is_read_again(
    open_window: OpenWindow, indexed_home: Home, tmp_path: Path, qtbot: QtBot
) -> None:
    away = tmp_path / "album"
    connection = sqlite3.connect(indexed_home.catalogue, isolation_level=None)
    (album,) = connection.execute("SELECT identity FROM sources").fetchone()
    connection.execute("UPDATE sources SET identity = ?", (os.fsencode(away),))
    connection.close()
    window = open_window(indexed_home)
    qtbot.waitUntil(lambda: window.photos_page.photos.tile(0) is not None, timeout=PATIENCE_MS)
    window.open_photo(0)
    strip = window.viewer.fetch_strip
    qtbot.waitUntil(strip.again_button.isVisible, timeout=PATIENCE_MS)
    assert "its disk may be unplugged" in strip.words
    assert not window.viewer.canvas.has_photo
    away.symlink_to(os.fsdecode(album), target_is_directory=True)
    QTest.mouseClick(strip.again_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.viewer.canvas.has_photo, timeout=PATIENCE_MS)
    assert not strip.isVisible()


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_what_is_fetched_and_why_it_is_not_shown_is_said_in_words(qtbot: QtBot) -> None:
    strip = FetchStrip()
    qtbot.addWidget(strip)
    bar = strip.findChild(QProgressBar)
    assert bar is not None
    strip.show_progress(0, 0)
    assert (strip.words, strip.again_button.isVisible()) == ("Fetching the photo from the phone", False)
    strip.show_progress(500_000, 2_000_000)
    assert (bar.value(), "500" in strip.words, "2.0" in strip.words) == (25, True, True)
    said = set()
    for reason in Unshown:
        strip.show_unshown(reason)
        assert (bar.isVisible(), strip.again_button.isVisible()) == (False, True)
        said.add(strip.words)
    assert len(said) == len(Unshown)
    strip.show_error(PhoneUnavailable("The phone with this photo is not ready.", thing="PL0001"))
    assert strip.words.startswith("This is the small picture.")
    strip.show_progress(2_000_000, 2_000_000)
    assert (bar.value(), strip.again_button.isVisible()) == (100, False)


def test_what_is_known_of_a_photo_is_all_shown_and_gone_when_it_is_cleared(qtbot: QtBot, indexed_home: Home) -> None:
    with Catalogue.open(indexed_home.catalogue, read_only=True) as catalogue:
        (number,) = catalogue.connection.execute(
            "SELECT id FROM photos WHERE latitude IS NOT NULL AND camera IS NOT NULL AND taken_at IS NOT NULL"
        ).fetchone()
        row = catalogue.photo(number)
    assert row is not None and row.camera is not None
    window = QWidget()
    qtbot.addWidget(window)
    panel = InfoPanel(window)
    panel.show_row(row, found_text="two words")
    texts = [label.text().replace("\u200b", "") for label in panel.findChildren(QLabel)]
    for wanted in ("“two words”", row.location, row.camera, f"{row.width:,} × {row.height:,}", f"{row.latitude:.5f}"):
        assert any(wanted in text for text in texts), (wanted, texts)
    panel.clear()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert panel.findChildren(QLabel) == []


def test_no_name_is_taken_for_markup(browsing: MainWindow, indexed_home: Home, qtbot: QtBot) -> None:
    open_first(browsing, qtbot)
    tile = browsing.photos_page.photos.tile(0)
    assert tile is not None
    named = PhotoList(browsing)
    named.show_all([replace(tile, path=b"<b>album/<i>a.jpg", album="<b>album")])
    viewer = browsing.viewer
    viewer.look_at(named, 0)
    viewer.show_info(True)
    with Catalogue.open(indexed_home.catalogue, read_only=True) as catalogue:
        row = catalogue.photo(tile.photo)
    assert row is not None
    viewer.show_details(msgspec.structs.replace(row, path=b"<b>album/<i>a.jpg", camera="<img src=x>"))
    texts = [label.text().replace("\u200b", "") for label in viewer.findChildren(QLabel)]
    assert any("<i>a.jpg" in text for text in texts) and "<img src=x>" in texts
    assert taken_for_markup(viewer) == []


def test_nor_is_a_name_in_a_question_or_a_reason(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    Confirmation(window).ask("Forget the phone “<b>Pixel</b>”?", "Forget", lambda: None)
    strip = FetchStrip()
    strip.setParent(window)
    strip.show_error(PhoneUnavailable("<b>Not ready</b>.", thing="<i>PL0001</i>"))
    assert taken_for_markup(window) == []


@pytest.fixture
def canvas(qtbot: QtBot, tmp_path: Path) -> PhotoCanvas:
    """A canvas of 400 x 300 with a photo of 4,000 x 2,000 on it."""
    file = tmp_path / "large.png"
    Image.new("RGB", (4000, 2000), "grey").save(file)
    photo = load_photo(str(file))
    assert isinstance(photo, PhotoImage)
    canvas = PhotoCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(400, 300)
    canvas.show()
    canvas.show_photo(photo)
    return canvas


def test_a_large_photo_is_fitted_and_a_smaller_version_of_it_painted(canvas: PhotoCanvas) -> None:
    assert canvas.scale == pytest.approx(0.1)
    assert canvas.fitted


def test_zooming_keeps_the_point_under_the_mouse(canvas: PhotoCanvas) -> None:
    # A point far enough inside that no edge of the photo has to move.
    point = QPointF(200, 150)
    before = canvas.photo_point(point)
    canvas.zoom(8, point)
    after = canvas.photo_point(point)
    assert canvas.scale > 0.5
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()), abs=1)


def test_one_key_leads_from_the_whole_photo_to_its_real_size_and_back(browsing: MainWindow, qtbot: QtBot) -> None:
    open_first(browsing, qtbot)
    canvas = browsing.viewer.canvas
    canvas.zoom(1)
    for fitted in (True, False, True):
        QTest.keyClick(browsing.viewer, Qt.Key.Key_Z)
        assert canvas.fitted is fitted


def test_a_photo_cannot_be_dragged_out_of_view(canvas: PhotoCanvas) -> None:
    canvas.actual_size()
    canvas.pan(100_000, 100_000)
    corner = canvas.photo_point(QPointF(0, 0))
    assert (corner.x(), corner.y()) == pytest.approx((0, 0), abs=1)


def test_zooming_out_ends_at_the_whole_photo(canvas: PhotoCanvas) -> None:
    canvas.actual_size()
    canvas.zoom(-50)
    assert canvas.fitted
