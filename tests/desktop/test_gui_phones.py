"""The phone page and what can be done with photos of a phone, with an adb server that follows a script."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.gui_phone import SERIAL, plug_in, unplug
from desktop.gui_waiting import PATIENCE_MS, OpenWindow
from desktop.scripted_adb import READY, ScriptedAdb
from pocketlens.catalogue import Catalogue
from pocketlens.copies import CopyOutcome
from pocketlens.paths import Home
from pocketlens_desktop.gui import phone_wording
from pocketlens_desktop.gui.phone_picture import Scene
from pocketlens_desktop.gui.phones import Phones
from pocketlens_desktop.gui.window import MainWindow
from pocketlens_desktop.phone.states import PhoneState

pytest_plugins = ("desktop.gui_fixtures",)

PHONE = 2


@pytest.fixture
def phone_home(indexed_home: Home) -> Home:
    """The sample album, as if it had been indexed on a phone."""
    with Catalogue.open(indexed_home.catalogue) as catalogue, catalogue.transaction() as connection:
        connection.execute("UPDATE sources SET kind = 'phone', identity = ?, label = 'Pixel 7'", (SERIAL,))
    return indexed_home


@pytest.fixture
def phone_window(open_window: OpenWindow, phone_home: Home, qtbot: QtBot) -> MainWindow:
    """The window over the photos of a phone that is not plugged in."""
    window = open_window(phone_home)
    qtbot.waitUntil(lambda: window.photos_page.photos.tile(0) is not None, timeout=PATIENCE_MS)
    return window


def scenes(window: MainWindow) -> list[Scene]:
    return [situation.scene for situation in window.phones_page.situations]


def test_adb_is_not_started_before_somebody_looks_at_the_phone_page(window: MainWindow, qtbot: QtBot) -> None:
    assert window.phones.sightings is None
    window.show_page(PHONE)
    qtbot.waitUntil(lambda: window.phones.sightings == (), timeout=PATIENCE_MS)
    assert scenes(window) == [Scene.PLUG]


@pytest.mark.parametrize(
    ("said", "scene"),
    [
        ("unauthorized", Scene.ALLOW),
        ("offline", Scene.PLUG),
        ("no permissions", Scene.COMPUTER),
        ("recovery", Scene.RESTART),
        ("connecting", Scene.WAIT),
    ],
)
def test_a_phone_that_is_not_ready_is_shown_with_a_picture_of_what_to_do(
    window: MainWindow, adb: ScriptedAdb, qtbot: QtBot, said: str, scene: Scene
) -> None:
    window.show_page(PHONE)
    adb.changes.put(f"PL0001 {said} usb:1-1 transport_id:1\n")
    qtbot.waitUntil(lambda: bool(window.phones.sightings), timeout=PATIENCE_MS)
    assert scenes(window) == [scene]


def test_every_state_has_words_and_only_a_ready_phone_needs_no_steps() -> None:
    situations = {state: phone_wording.situation_of(state) for state in PhoneState}
    assert all(situation.title for situation in situations.values())
    assert {state for state in PhoneState if not situations[state].steps} == {
        PhoneState.READY,
        PhoneState.CONNECTING,
        PhoneState.HOST,
    }


def test_a_ready_phone_says_what_it_is_and_offers_to_index_it(
    window: MainWindow, adb: ScriptedAdb, qtbot: QtBot, tmp_path: Path
) -> None:
    window.show_page(PHONE)
    plug_in(adb, tmp_path)
    qtbot.waitUntil(lambda: window.phones_page.card_of(SERIAL) is not None, timeout=PATIENCE_MS)
    card = window.phones_page.card_of(SERIAL)
    assert card is not None
    assert "Google Pixel 7" in card.words
    assert "Android 14" in card.words
    assert "57.3 GB free of 119.8 GB" in card.words
    assert card.index_button.text() == "Index on this computer"
    with qtbot.waitSignal(window.phones_page.index_wanted) as asked:
        QTest.mouseClick(card.index_button, Qt.MouseButton.LeftButton)
    assert asked.args is not None
    assert [(spec.kind, spec.identity) for spec in asked.args[0].sources] == [("phone", SERIAL)]
    window.indexing.stop()
    qtbot.waitUntil(lambda: not window.indexing.working, timeout=PATIENCE_MS)


def test_several_phones_are_told_apart(window: MainWindow, adb: ScriptedAdb, qtbot: QtBot, tmp_path: Path) -> None:
    window.show_page(PHONE)
    plug_in(adb, tmp_path)
    adb.changes.put(READY + "\n" + READY.replace("PL0001", "PL0002").replace("transport_id:1", "transport_id:2") + "\n")
    qtbot.waitUntil(lambda: len(window.phones.sightings or ()) == 2, timeout=PATIENCE_MS)
    assert scenes(window)[0] is Scene.SEVERAL


def test_a_phone_that_is_away_is_still_listed_with_its_albums(phone_window: MainWindow, qtbot: QtBot) -> None:
    phone_window.show_page(PHONE)
    card = phone_window.phones_page.card_of(SERIAL)
    assert card is not None
    assert "Not plugged in" in card.words
    assert "114 photos" in card.words
    assert not card.index_button.isVisible()
    assert phone_window.phones_page.log.topLevelItemCount() == 1
    assert phone_window.folders_page.log.topLevelItemCount() == 0


def test_a_phone_without_usb_debugging_is_noticed(qtbot: QtBot, adb: ScriptedAdb, tmp_path: Path, qapp: object) -> None:
    interface = tmp_path / "1-2" / "1-2:1.0"
    interface.mkdir(parents=True)
    (tmp_path / "1-2" / "idVendor").write_text("18d1\n")
    for part, value in (("Class", "06"), ("SubClass", "01"), ("Protocol", "01")):
        (interface / f"bInterface{part}").write_text(value + "\n")
    phones = Phones(usb_devices=tmp_path)
    phones.watch()
    qtbot.waitUntil(lambda: phones.charging_only, timeout=PATIENCE_MS)
    phones.close()


def test_what_answers_on_adbs_port_and_is_not_adb_is_reported_and_can_be_tried_again(
    window: MainWindow, adb: ScriptedAdb, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as another:
        another.setattr(adb, "_converse", lambda handle: (handle.sendall(b"HTTP/1.1 400\r\n"), handle.close()))
        window.show_page(PHONE)
        qtbot.waitUntil(lambda: window.phones.error is not None, timeout=PATIENCE_MS)
        assert scenes(window) == [Scene.COMPUTER]
    window.phones.watch()
    qtbot.waitUntil(lambda: window.phones.sightings == (), timeout=PATIENCE_MS)


def test_a_photo_of_a_phone_is_shown_small_at_once_and_whole_when_it_came(
    phone_window: MainWindow, adb: ScriptedAdb, qtbot: QtBot, sample_album: Path
) -> None:
    go_on = threading.Event()
    plug_in(adb, sample_album, between=lambda: go_on.wait(20))
    phone_window.open_photo(0)
    strip = phone_window.viewer.fetch_strip
    assert strip.words == "Fetching the photo from the phone"
    assert not phone_window.viewer.canvas.has_photo
    go_on.set()
    qtbot.waitUntil(lambda: phone_window.viewer.canvas.has_photo, timeout=PATIENCE_MS)
    assert not strip.isVisible()


def test_a_photo_of_a_phone_that_is_away_says_so_and_comes_when_tried_again(
    phone_window: MainWindow, adb: ScriptedAdb, qtbot: QtBot, sample_album: Path
) -> None:
    phone_window.open_photo(0)
    strip = phone_window.viewer.fetch_strip
    qtbot.waitUntil(strip.again_button.isVisible, timeout=PATIENCE_MS)
    assert "not plugged in" in strip.words
    plug_in(adb, sample_album)
    QTest.mouseClick(strip.again_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: phone_window.viewer.canvas.has_photo, timeout=PATIENCE_MS)


def test_a_phone_pulled_out_in_the_middle_of_a_photo_is_told(
    phone_window: MainWindow, adb: ScriptedAdb, qtbot: QtBot, sample_album: Path
) -> None:
    def pull() -> None:
        unplug(adb)
        raise ConnectionError

    plug_in(adb, sample_album, between=pull)
    phone_window.open_photo(0)
    strip = phone_window.viewer.fetch_strip
    qtbot.waitUntil(strip.again_button.isVisible, timeout=PATIENCE_MS)
    assert "unplugged" in strip.words


def test_the_menu_of_a_photo_on_a_phone_opens_it_there_and_exports_it(phone_window: MainWindow) -> None:
    grid = phone_window.photos_page.grid
    grid.go_to(0)
    menu = phone_window.photos_page.choosing.menu()
    assert menu is not None
    texts = [action.text() for action in menu.actions() if action.text()]
    assert "Open on the phone" in texts
    assert "Export 1 photo…" in texts
    assert "Show in folder" not in texts
    menu.close()


def test_photos_are_copied_from_the_phone_and_the_outcome_is_told(
    phone_window: MainWindow, adb: ScriptedAdb, qtbot: QtBot, sample_album: Path, tmp_path: Path
) -> None:
    plug_in(adb, sample_album)
    tiles = [phone_window.photos_page.photos.tile(row) for row in range(3)]
    wanted = [tile for tile in tiles if tile is not None]
    with qtbot.waitSignal(phone_window.export.ended, timeout=PATIENCE_MS) as ended:
        phone_window.exports.copy_photos(wanted, tmp_path / "copies")
    assert ended.args is not None
    assert ended.args[0].counts == {CopyOutcome.COPIED: 3}
    assert "3 photos copied" in phone_window.export_strip.words.text()
    for tile in wanted:
        name = tile.path.decode()
        assert (tmp_path / "copies" / name).read_bytes() == (sample_album / name).read_bytes()


def test_an_export_from_a_phone_that_is_away_says_so(phone_window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    tile = phone_window.photos_page.photos.tile(0)
    assert tile is not None
    phone_window.exports.copy_photos([tile], tmp_path / "copies")
    qtbot.waitUntil(phone_window.notice.isVisible, timeout=PATIENCE_MS)
    assert phone_window.notice.error is not None
    assert phone_window.notice.error.code == "phone-unavailable"


def test_a_photo_is_opened_on_the_phone(
    phone_window: MainWindow, adb: ScriptedAdb, qtbot: QtBot, sample_album: Path
) -> None:
    plug_in(adb, sample_album)
    tile = phone_window.photos_page.photos.tile(0)
    with qtbot.waitSignal(phone_window.phone_screen.shown, timeout=PATIENCE_MS):
        phone_window.photos_page.phone_wanted.emit(tile)


@pytest.mark.parametrize(
    ("state", "scene", "words"),
    [("unauthorized", Scene.ALLOW, "tap “Allow” to go on"), ("offline", Scene.PLUG, "Unlock it to go on")],
)
def test_a_phone_that_comes_back_and_lets_nobody_in_is_waited_for_with_words_and_a_picture(
    window: MainWindow, adb: ScriptedAdb, qtbot: QtBot, sample_album: Path, state: str, scene: Scene, words: str
) -> None:
    def pull() -> None:
        adb.services.clear()
        adb.devices = f"PL0001 {state} usb:1-1 transport_id:2\n"
        adb.changes.put(adb.devices)
        raise ConnectionError

    window.show_page(PHONE)
    plug_in(adb, sample_album, between=pull)
    qtbot.waitUntil(lambda: window.phones_page.card_of(SERIAL) is not None, timeout=PATIENCE_MS)
    card = window.phones_page.card_of(SERIAL)
    assert card is not None
    QTest.mouseClick(card.index_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: words in window.job_strip.words, timeout=PATIENCE_MS)
    assert scenes(window) == [scene]
    qtbot.waitUntil(lambda: words in card.words, timeout=PATIENCE_MS)
    window.indexing.stop()
    qtbot.waitUntil(lambda: not window.indexing.working, timeout=PATIENCE_MS)
