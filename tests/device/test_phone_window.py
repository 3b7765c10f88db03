"""The phone page over the real adbd: plugged in, indexed, pulled out in the middle, plugged in again, copied from."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.small_album import photo
from desktop.gui_waiting import PATIENCE_MS
from desktop.gui_windows import closing_windows
from device.rig.desk import Desk, RigPhone
from pocketlens.copies import CopyOutcome
from pocketlens.paths import Home
from pocketlens.protocol import Indexed, Place, Stage
from pocketlens.settings import load_settings
from pocketlens_desktop.gui.engines import JobState
from pocketlens_desktop.gui.phone_card import PhoneCard
from pocketlens_desktop.gui.phone_picture import Scene
from pocketlens_desktop.gui.window import MainWindow

SERIAL = b"PL0001"
PHONE = 2


@pytest.fixture
def window(desk: Desk, qapp: QApplication, qtbot: QtBot, starter: Path, home: Home) -> Iterator[MainWindow]:
    """The window at the phone page, in the desk's network, with nothing plugged in."""
    with closing_windows(qapp, qtbot, starter) as open_it:
        window = open_it(home.make())
        window.show_page(PHONE)
        qtbot.waitUntil(lambda: window.phones.sightings == (), timeout=PATIENCE_MS)
        yield window


@pytest.fixture
def full_phone(desk: Desk) -> RigPhone:
    """A phone with three albums that is not plugged in yet."""
    phone = desk.phone()
    for number in range(40):
        phone.put(b"DCIM/Camera/IMG_%04d.jpg" % number, photo(number), mtime_s=1_700_000_000 + number)
    for number in range(3):
        phone.put("Pictures/旅行/照片 %d.jpg".encode() % number, photo(100 + number))
    phone.put(b"Download/half.jpg", photo(200)[:200])
    return phone


def card_of(window: MainWindow, qtbot: QtBot) -> PhoneCard:
    qtbot.waitUntil(lambda: window.phones_page.card_of(SERIAL) is not None, timeout=PATIENCE_MS)
    card = window.phones_page.card_of(SERIAL)
    assert card is not None
    return card


def scenes(window: MainWindow) -> list[Scene]:
    return [situation.scene for situation in window.phones_page.situations]


def album_names(card: PhoneCard) -> list[str]:
    return [button.accessibleName() for button in card.albums.buttons]


def index(window: MainWindow, card: PhoneCard, qtbot: QtBot) -> Indexed:
    """Press the card's button and wait for the end."""
    with qtbot.waitSignal(window.indexing.finished, timeout=PATIENCE_MS) as ended:
        QTest.mouseClick(card.index_button, Qt.MouseButton.LeftButton)
    assert ended.args is not None
    done = ended.args[0]
    assert isinstance(done, Indexed)
    return done


def try_again(window: MainWindow, qtbot: QtBot) -> Indexed:
    """Press the button beside the photos that could not be read, and wait for the end."""
    qtbot.waitUntil(window.phones_page.again_button.isEnabled, timeout=PATIENCE_MS)
    with qtbot.waitSignal(window.indexing.finished, timeout=PATIENCE_MS) as ended:
        QTest.mouseClick(window.phones_page.again_button, Qt.MouseButton.LeftButton)
    assert ended.args is not None
    done = ended.args[0]
    assert isinstance(done, Indexed)
    return done


def test_a_phones_albums_are_counted_when_it_is_plugged_in_and_again_when_it_is_indexed(
    window: MainWindow, full_phone: RigPhone, qtbot: QtBot
) -> None:
    full_phone.plug()
    card = card_of(window, qtbot)
    qtbot.waitUntil(lambda: len(card.albums.buttons) == 3, timeout=PATIENCE_MS)
    assert album_names(card) == [
        "Camera, 40 photos on the phone, 0 indexed",
        "旅行, 3 photos on the phone, 0 indexed",
        "Download, 1 photo on the phone, 0 indexed",
    ]
    assert "44 photos on it, none of them indexed yet." in card.words
    full_phone.put(b"DCIM/Camera/new.jpg", photo(300))
    done = index(window, card, qtbot)
    assert (done.added, done.unreadable) == (45, 1)
    qtbot.waitUntil(lambda: "Camera, 41 photos on the phone, 41 indexed" in album_names(card), timeout=PATIENCE_MS)
    assert "45 photos" in card.words


def test_a_phone_pulled_out_in_the_middle_is_seen_waited_for_and_finished(
    window: MainWindow, full_phone: RigPhone, qtbot: QtBot
) -> None:
    full_phone.plug()
    card = card_of(window, qtbot)
    QTest.mouseClick(card.index_button, Qt.MouseButton.LeftButton)
    # Paused first, so that there are photos left to read however fast this machine is.
    qtbot.waitUntil(lambda: window.indexing.state is JobState.RUNNING, timeout=PATIENCE_MS)
    QTest.mouseClick(window.job_strip.pause_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: card.stage_line.stage is Stage.ENCODING, timeout=PATIENCE_MS)
    assert card.stage_line.isVisible()
    full_phone.unplug()
    QTest.mouseClick(window.job_strip.pause_button, Qt.MouseButton.LeftButton)
    unplugged = "The phone is unplugged. Plug it in to go on."
    qtbot.waitUntil(lambda: unplugged in card.words, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: scenes(window) == [Scene.PLUG], timeout=PATIENCE_MS)
    assert window.phones_page.situations[0].title == "The phone is unplugged"
    assert unplugged in window.job_strip.words
    assert window.indexing.working
    with qtbot.waitSignal(window.indexing.finished, timeout=PATIENCE_MS) as ended:
        full_phone.plug()
    assert ended.args is not None
    assert (ended.args[0].added, ended.args[0].cancelled) == (44, False)
    qtbot.waitUntil(lambda: "44 photos" in card_of(window, qtbot).words, timeout=PATIENCE_MS)
    assert not card_of(window, qtbot).stage_line.isVisible()
    assert scenes(window) == []


def test_a_job_that_waits_for_a_phone_can_be_stopped(window: MainWindow, full_phone: RigPhone, qtbot: QtBot) -> None:
    full_phone.plug()
    card = card_of(window, qtbot)
    QTest.mouseClick(card.index_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.indexing.state is JobState.RUNNING, timeout=PATIENCE_MS)
    QTest.mouseClick(window.job_strip.pause_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: card.stage_line.stage is Stage.ENCODING, timeout=PATIENCE_MS)
    full_phone.unplug()
    QTest.mouseClick(window.job_strip.pause_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "unplugged" in card.words, timeout=PATIENCE_MS)
    with qtbot.waitSignal(window.indexing.finished, timeout=PATIENCE_MS) as ended:
        QTest.mouseClick(window.job_strip.stop_button, Qt.MouseButton.LeftButton)
    assert ended.args is not None
    assert ended.args[0].cancelled
    assert "Not plugged in" in card_of(window, qtbot).words


def test_the_window_closes_while_its_job_waits_for_a_phone(
    window: MainWindow, full_phone: RigPhone, qtbot: QtBot
) -> None:
    full_phone.plug()
    card = card_of(window, qtbot)
    QTest.mouseClick(card.index_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.indexing.state is JobState.RUNNING, timeout=PATIENCE_MS)
    window.indexing.pause()
    full_phone.die()
    window.indexing.resume()
    pid = window.engines.indexer.pid
    assert pid is not None
    window.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_photo_that_could_not_be_read_is_listed_with_its_reason_and_read_when_tried_again(
    window: MainWindow, full_phone: RigPhone, qtbot: QtBot
) -> None:
    full_phone.plug()
    index(window, card_of(window, qtbot), qtbot)
    log = window.phones_page.log
    qtbot.waitUntil(lambda: log.topLevelItemCount() == 1, timeout=PATIENCE_MS)
    item = log.topLevelItem(0)
    assert item is not None
    assert item.text(0) == "Download/half.jpg"
    assert item.text(1)
    # Nothing changed on the phone: it is only read again because it is asked for.
    assert try_again(window, qtbot).unreadable == 1
    full_phone.put(b"Download/half.jpg", photo(200))
    assert try_again(window, qtbot).unreadable == 0
    qtbot.waitUntil(lambda: not log.isVisible(), timeout=PATIENCE_MS)


def test_one_album_of_a_phone_is_copied_before_anything_is_indexed(
    window: MainWindow, full_phone: RigPhone, qtbot: QtBot, tmp_path: Path
) -> None:
    full_phone.plug()
    card = card_of(window, qtbot)
    qtbot.waitUntil(lambda: len(card.albums.buttons) == 3, timeout=PATIENCE_MS)
    menu = card.albums.buttons[1].menu()
    look, copy = menu.actions()
    assert not look.isEnabled()
    asked: list[tuple[bytes, tuple[bytes, ...]]] = []
    window.phones_page.export_wanted.disconnect(window.exports.choose_for_albums)
    window.phones_page.export_wanted.connect(lambda serial, albums: asked.append((serial, albums)))
    copy.trigger()
    assert asked == [(SERIAL, ("Pictures/旅行".encode(),))]
    with qtbot.waitSignal(window.export.ended, timeout=PATIENCE_MS) as ended:
        window.exports.copy_albums(*asked[0], tmp_path / "copies")
    assert ended.args is not None
    assert ended.args[0].counts == {CopyOutcome.COPIED: 3}
    copied = sorted(path.name for path in (tmp_path / "copies").rglob("*.jpg"))
    assert copied == ["照片 0.jpg", "照片 1.jpg", "照片 2.jpg"]


def test_another_phone_at_the_same_place_is_not_taken_for_the_first(
    window: MainWindow, full_phone: RigPhone, desk: Desk, qtbot: QtBot
) -> None:
    full_phone.plug()
    index(window, card_of(window, qtbot), qtbot)
    full_phone.unplug()
    other = desk.phone("PL0002", model="Redmi Note 12", port=full_phone.port)
    other.plug()
    qtbot.waitUntil(lambda: window.phones_page.card_of(b"PL0002") is not None, timeout=PATIENCE_MS)
    second = window.phones_page.card_of(b"PL0002")
    assert second is not None
    assert "Redmi Note 12" in second.words
    qtbot.waitUntil(lambda: "Not plugged in" in card_of(window, qtbot).words, timeout=PATIENCE_MS)


def chosen(window: MainWindow, place: Place) -> None:
    window.phones_page.place.places.buttons[place.value].click()


def test_where_phones_are_indexed_is_chosen_said_and_remembered(
    window: MainWindow, full_phone: RigPhone, qtbot: QtBot, home: Home
) -> None:
    full_phone.plug()
    card = card_of(window, qtbot)
    assert card.index_button.text() == "Index on this computer"
    chosen(window, Place.FASTEST)
    assert card.index_button.text() == "Index this phone"
    assert "How fast this phone is" in card.words
    chosen(window, Place.PHONE)
    assert card.index_button.text() == "Index on the phone"
    window.close()
    assert load_settings(home).index_phones_on is Place.PHONE


def test_a_phone_indexes_itself_and_its_engine_can_be_removed(
    engine_files: Path, window: MainWindow, engine_phone: RigPhone, qtbot: QtBot
) -> None:
    # Hard links: parts are never written to.
    subprocess.run(["cp", "-al", engine_files, engine_phone.engine], check=True)
    for count in range(6):
        engine_phone.put(b"DCIM/Camera/IMG_%04d.jpg" % count, photo(count))
    card = card_of(window, qtbot)
    window.phones_page.engines.look(SERIAL)
    qtbot.waitUntil(lambda: "Has the engine with “starter@2”" in card.words, timeout=PATIENCE_MS)
    chosen(window, Place.PHONE)
    done = index(window, card, qtbot)
    assert (done.added, done.on_phone) == (6, 6)
    qtbot.waitUntil(lambda: "6 photos" in card.words, timeout=PATIENCE_MS)
    qtbot.waitUntil(card.remove_engine.isEnabled, timeout=PATIENCE_MS)
    card.remove_engine.trigger()
    qtbot.waitUntil(lambda: "Has the engine" not in card.words, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not window.phones_page.engines.busy(SERIAL), timeout=PATIENCE_MS)
    assert window.notice.error is None, window.notice.error.what
    assert not engine_phone.engine.exists()


def test_an_engine_that_cannot_be_put_on_a_phone_is_said_so(
    window: MainWindow, full_phone: RigPhone, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POCKETLENS_PHONE_BUNDLE", str(tmp_path))
    full_phone.plug()
    card = card_of(window, qtbot)
    chosen(window, Place.PHONE)
    qtbot.waitUntil(card.put_engine.isEnabled, timeout=PATIENCE_MS)
    card.put_engine.trigger()
    qtbot.waitUntil(window.notice.isVisible, timeout=PATIENCE_MS)
    assert window.notice.error is not None
    assert window.notice.error.code == "phone-engine-missing"
    qtbot.waitUntil(card.index_button.isEnabled, timeout=PATIENCE_MS)
