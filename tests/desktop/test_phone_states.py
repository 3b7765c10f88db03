"""Every state a phone can be plugged in with, and what is said about it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.scripted_adb import READY, ScriptedAdb, scripted_adb, shell
from device.rig.patience import until
from pocketlens_desktop.phone import discovery, server, usb
from pocketlens_desktop.phone.discovery import PhoneWatch, Sighting, parse_sightings, situation
from pocketlens_desktop.phone.errors import AdbUnavailable, PhoneMisbehaved, PhoneUnavailable, ReadingStopped
from pocketlens_desktop.phone.information import has_work_profile, parse_space
from pocketlens_desktop.phone.link import UNPLUGGED, PhoneLink
from pocketlens_desktop.phone.states import ADVICE, CHARGING_ONLY, NO_PHONE, PhoneState
from pocketlens_desktop.phone.transport import open_transport

NO_PERMISSIONS = (
    "????????????           no permissions (missing udev rules? user is in the plugdev group); "
    "see [http://developer.android.com/tools/device.html] usb:1-2 transport_id:3"
)
LINES = {
    PhoneState.UNAUTHORIZED: "PL0001                 unauthorized usb:1-1 transport_id:1",
    PhoneState.AUTHORIZING: "PL0001                 authorizing usb:1-1 transport_id:1",
    PhoneState.CONNECTING: "PL0001                 connecting usb:1-1 transport_id:1",
    PhoneState.OFFLINE: "PL0001                 offline usb:1-1 transport_id:1",
    PhoneState.NO_PERMISSIONS: NO_PERMISSIONS,
    PhoneState.RECOVERY: "PL0001                 recovery usb:1-1 product:p model:M device:d transport_id:1",
    PhoneState.RESCUE: "PL0001                 rescue usb:1-1 transport_id:1",
    PhoneState.SIDELOAD: "PL0001                 sideload usb:1-1 transport_id:1",
    PhoneState.BOOTLOADER: "PL0001                 bootloader usb:1-1 transport_id:1",
    PhoneState.HOST: "PL0001                 host transport_id:1",
    PhoneState.DETACHED: "PL0001                 detached usb:1-1 transport_id:1",
    PhoneState.UNKNOWN: "PL0001                 something-new usb:1-1 transport_id:1",
}


@pytest.fixture
def adb(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedAdb]:
    with scripted_adb() as adb:
        monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", str(adb.port))
        yield adb


def test_every_state_but_ready_says_what_to_do() -> None:
    assert set(ADVICE) == set(PhoneState)
    assert [state for state, advice in ADVICE.items() if not advice.remedy] == [PhoneState.READY]


@pytest.mark.parametrize("state", LINES)
def test_a_phone_that_is_not_ready_is_refused_with_what_to_do(adb: ScriptedAdb, state: PhoneState) -> None:
    adb.devices = LINES[state] + "\n"
    (one,) = discovery.sightings()
    assert one.state is state
    for wanted in (None, one.address):
        with pytest.raises(PhoneUnavailable) as told:
            discovery.choose(wanted)
        assert (told.value.what, told.value.remedy) == (ADVICE[state].what, ADVICE[state].remedy)


def test_a_ready_phone_beside_one_that_is_not_is_the_one_that_is_used(adb: ScriptedAdb) -> None:
    adb.devices = LINES[PhoneState.UNAUTHORIZED].replace("PL0001", "OTHER") + "\n" + READY + "\n"
    assert discovery.choose(None).serial == b"PL0001"
    assert discovery.choose("pixel 7").serial == b"PL0001"


def test_a_watch_follows_a_phone_from_unauthorized_to_ready(adb: ScriptedAdb) -> None:
    watch = PhoneWatch()
    changes = iter(watch)
    for text in ("", LINES[PhoneState.UNAUTHORIZED] + "\n", READY + "\n"):
        adb.changes.put(text)
    assert [[one.state for one in next(changes)] for _ in range(3)] == [[], ["unauthorized"], ["device"]]
    watch.stop()
    assert list(changes) == []


def test_a_phone_that_comes_back_locked_is_waited_for_and_the_reason_is_told(adb: ScriptedAdb) -> None:
    link = PhoneLink(open_transport(1, "PL0001"))
    link.lost(link.transport())
    adb.devices = LINES[PhoneState.UNAUTHORIZED] + "\n"
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(link.transport)
        until(lambda: link.waiting == "unauthorized")
        adb.devices = ""
        until(lambda: link.waiting == UNPLUGGED)
        adb.devices = READY.replace("transport_id:1", "transport_id:2") + "\n"
        assert waiting.result().number == 2
    assert link.waiting is None


def test_another_phone_is_asked_for_its_serial_number_once(adb: ScriptedAdb) -> None:
    link = PhoneLink(open_transport(1, "PL0001"))
    link.lost(link.transport())
    asked = []

    def answer(handle: socket.socket) -> None:
        asked.append(handle)
        shell(b"OTHER\n")(handle)

    adb.services[b"shell,v2,raw:getprop ro.serialno"] = answer
    adb.devices = READY.replace("PL0001", "OTHER") + "\n"
    looks = adb.looks
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(link.transport)
        until(lambda: adb.looks > looks + 3)
        link.close()
        with pytest.raises(ReadingStopped):
            waiting.result()
    assert len(asked) == 1


def test_a_phone_with_an_android_that_is_too_old_is_refused(adb: ScriptedAdb) -> None:
    adb.features = b"cmd"
    with pytest.raises(PhoneUnavailable, match="too old"):
        discovery.choose(None)


def test_an_adb_server_that_is_too_old_is_refused(adb: ScriptedAdb) -> None:
    adb.devices = "PL0001                 device\n"
    with pytest.raises(PhoneUnavailable, match="too old"):
        discovery.choose(None)


def test_another_program_on_adbs_port_is_not_believed(adb: ScriptedAdb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adb, "_converse", lambda handle: (handle.sendall(b"HTTP/1.1 400 Bad\r\n"), handle.close()))
    with pytest.raises(PhoneMisbehaved, match="not an adb server"):
        discovery.sightings()


def test_an_adb_that_cannot_be_started_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing = tmp_path / "adb"
    failing.write_text("#!/bin/sh\nexit 1\n")
    failing.chmod(0o755)
    monkeypatch.setenv("ADBUTILS_ADB_PATH", str(failing))
    monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", "1")
    with pytest.raises(AdbUnavailable, match="does not start"):
        server.ensure()


def device(folder: Path, name: str, vendor: str, *interfaces: str) -> None:
    place = folder / name
    place.mkdir()
    (place / "idVendor").write_text(vendor + "\n")
    for number, interface in enumerate(interfaces):
        below = place / f"{name}:1.{number}"
        below.mkdir()
        for part, value in zip(("Class", "SubClass", "Protocol"), interface.split("/"), strict=True):
            (below / f"bInterface{part}").write_text(value + "\n")


@pytest.mark.parametrize(
    ("vendor", "interfaces", "expected"),
    [
        ("18d1", ["06/01/01"], True),
        ("04e8", ["ff/ff/00"], True),
        ("18d1", ["06/01/01", "ff/42/01"], False),  # adb has it, or will in a moment
        ("04e8", ["08/06/50"], False),  # a disk of a maker of phones
        ("04a9", ["06/01/01"], False),  # a camera
    ],
)
def test_a_phone_without_debugging_is_told_from_no_phone_at_all(
    tmp_path: Path, vendor: str, interfaces: list[str], expected: bool
) -> None:
    device(tmp_path, "1-1", "1d6b", "09/00/00")
    device(tmp_path, "1-2", vendor, *interfaces)
    assert usb.phone_without_adb(tmp_path) is expected
    assert situation([], usb_devices=tmp_path) is (CHARGING_ONLY if expected else NO_PHONE)


def test_a_system_that_does_not_describe_its_usb_devices_has_no_such_phone(tmp_path: Path) -> None:
    assert situation([], usb_devices=tmp_path / "none") is NO_PHONE


@given(st.text())
def test_any_answer_of_adb_can_be_read(text: str) -> None:
    for one in parse_sightings(text):
        assert one.address
        assert one.state in PhoneState


def test_both_forms_of_adbs_list_are_read() -> None:
    assert parse_sightings("PL0001\tdevice\nOTHER\tunauthorized\n\n* daemon started *") == (
        Sighting("PL0001", PhoneState.READY),
        Sighting("OTHER", PhoneState.UNAUTHORIZED),
        Sighting("*", PhoneState.UNKNOWN),
    )


@given(st.text())
def test_any_answer_about_space_and_users_can_be_read(text: str) -> None:
    for number in parse_space(text):
        assert number is None or number >= 0
    assert has_work_profile(text) in (True, False)
