"""Phones coming and going, seen through a real adb server; and what a real phone says of itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from device.rig.desk import Desk, RigPhone
from pocketlens_desktop.phone import discovery, server
from pocketlens_desktop.phone.discovery import PhoneWatch, Sighting
from pocketlens_desktop.phone.errors import AdbUnavailable, PhoneAmbiguous, PhoneLost, PhoneUnavailable
from pocketlens_desktop.phone.information import information
from pocketlens_desktop.phone.states import WORK_PROFILE, PhoneState
from pocketlens_desktop.phone.transport import Transport


def test_a_watch_sees_phones_come_and_go_and_ends_when_told(desk: Desk) -> None:
    watch = PhoneWatch()
    changes = iter(watch)
    assert next(changes) == ()
    phone = desk.phone()
    phone.plug()
    states: list[PhoneState] = []
    while states[-1:] != [PhoneState.READY]:
        states += [one.state for one in next(changes)]
    assert set(states[:-1]) <= {PhoneState.CONNECTING, PhoneState.OFFLINE, PhoneState.AUTHORIZING}
    phone.unplug()
    while next(changes):
        pass
    with ThreadPoolExecutor(1) as pool:
        rest = pool.submit(list, changes)
        watch.stop()
        assert rest.result() == []


def test_a_watch_outlives_the_adb_server(desk: Desk) -> None:
    watch = PhoneWatch()
    changes = iter(watch)
    assert next(changes) == ()
    desk.unserve()
    assert next(changes) == ()
    phone = desk.phone()
    with ThreadPoolExecutor(1) as pool:
        # The first list of the server that was started again comes first; the phone can only be plugged in then.
        assert pool.submit(next, changes).result() == ()
        phone.plug()
        while not any(one.state is PhoneState.READY for one in pool.submit(next, changes).result()):
            pass
    watch.stop()
    assert list(changes) == []


def test_the_only_phone_is_chosen_without_being_named(phone: RigPhone) -> None:
    assert discovery.choose(None).serial == b"PL0001"


def test_a_phone_can_be_named_by_its_serial_or_its_address(desk: Desk, phone: RigPhone) -> None:
    other = desk.phone("OTHER")
    other.plug()
    assert discovery.choose("PL0001").address == phone.address
    assert discovery.choose(other.address).serial == b"OTHER"


def test_of_several_phones_none_is_guessed(desk: Desk, phone: RigPhone) -> None:
    desk.phone("OTHER").plug()
    with pytest.raises(PhoneAmbiguous) as told:
        discovery.choose(None)
    assert phone.address in told.value.remedy
    assert discovery.situation(discovery.sightings()).what == "2 phones are plugged in."


def test_a_phone_that_is_not_plugged_in_is_not_found(phone: RigPhone) -> None:
    with pytest.raises(PhoneUnavailable, match="not plugged in"):
        discovery.choose("ELSE")
    assert discovery.find(b"ELSE") is None


def test_a_transport_is_dead_once_its_phone_was_unplugged(phone: RigPhone, transport: Transport) -> None:
    phone.unplug()
    phone.plug()
    with transport.sync() as session, pytest.raises(PhoneLost, match="transport id"):
        session.status(b"/sdcard")


def test_the_adb_server_is_started_when_there_is_none(bare_desk: Desk, capfd: pytest.CaptureFixture[str]) -> None:
    assert discovery.sightings() == ()
    # In an engine process stdout is the protocol: adb's greeting must not get there.
    assert capfd.readouterr().out == ""


def test_without_adb_the_reason_says_what_to_install(
    bare_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADBUTILS_ADB_PATH", str(tmp_path / "adb"))
    with pytest.raises(AdbUnavailable) as told:
        server.ensure()
    assert "platform tools" in told.value.remedy


def test_a_phone_says_what_it_is(transport: Transport) -> None:
    known = information(transport)
    assert (known.serial, known.name, known.android, known.abi) == ("PL0001", "Google Pixel 7", "14", "arm64-v8a")
    assert known.battery_percent == 83
    assert known.free_bytes is not None
    assert known.total_bytes is not None
    assert 0 < known.free_bytes < known.total_bytes
    assert known.notes == ()


def test_a_work_profile_is_mentioned(phone: RigPhone, transport: Transport) -> None:
    phone.setting("users", b"\tUserInfo{0:Owner:c13} running\n\tUserInfo{10:Work profile:1030} running\n")
    assert information(transport).notes == (WORK_PROFILE,)


def test_a_second_person_on_the_phone_is_no_work_profile(phone: RigPhone, transport: Transport) -> None:
    phone.setting("users", b"\tUserInfo{0:Owner:c13} running\n\tUserInfo{11:Guest:414} running\n")
    assert information(transport).notes == ()


def test_a_plugged_in_phone_is_seen_as_ready(phone: RigPhone) -> None:
    (one,) = discovery.sightings()
    assert one == Sighting(phone.address, PhoneState.READY, number=one.number)
