"""``pocketlens phone …`` in processes of its own, over the real adbd."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from core.small_album import photo
from desktop.cli_command import Command
from device.rig.desk import Desk, RigPhone
from pocketlens_desktop.cli.exit_codes import ExitCode


@pytest.fixture
def pocketlens(bare_desk: Desk, tmp_path: Path) -> Command:
    """The command with an empty home, in the desk's network."""
    return Command(tmp_path / "home", {"ADBUTILS_ADB_PATH": os.environ["ADBUTILS_ADB_PATH"]})


def record(pocketlens: Command, *arguments: str | bytes | Path) -> dict[str, Any]:
    done = pocketlens(*arguments, "--json")
    assert done.stdout, done.stderr
    (line,) = done.stdout.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_list_shows_what_is_plugged_in(pocketlens: Command, phone: RigPhone) -> None:
    done = pocketlens("phone", "list")
    assert (done.returncode, phone.address in done.stdout, "ready" in done.stdout) == (ExitCode.OK, True, True)
    (one,) = record(pocketlens, "phone", "list")["phones"]
    assert (one["address"], one["state"], one["remedy"]) == (phone.address, "device", "")


def test_list_without_a_phone_says_what_to_do(pocketlens: Command, desk: Desk) -> None:
    done = pocketlens("phone", "list")
    assert done.returncode == ExitCode.NOTHING_THERE
    assert "No phone is plugged in." in done.stderr
    assert "USB debugging" in done.stderr


def test_list_watch_tells_of_every_change_until_it_is_interrupted(pocketlens: Command, desk: Desk) -> None:
    line = pocketlens.line("phone", "list", "--watch", "--json")
    with subprocess.Popen(line, env=pocketlens.environment, stdout=subprocess.PIPE) as watching:
        assert watching.stdout is not None
        assert json.loads(watching.stdout.readline())["phones"] == []
        desk.phone().plug()
        for change in watching.stdout:
            if [one["state"] for one in json.loads(change)["phones"]] == ["device"]:
                break
        watching.send_signal(signal.SIGINT)
    assert watching.returncode == ExitCode.INTERRUPTED


def test_info_shows_model_android_and_space(pocketlens: Command, phone: RigPhone) -> None:
    phone.setting("users", b"\tUserInfo{0:Owner:c13} running\n\tUserInfo{10:Work profile:1030} running\n")
    done = pocketlens("phone", "info")
    assert done.returncode == ExitCode.OK
    assert "Google Pixel 7" in done.stdout
    assert "work profile" in done.stderr
    known = record(pocketlens, "phone", "info", "--phone", "PL0001")
    assert (known["serial"], known["android"], known["battery_percent"]) == ("PL0001", "14", 83)
    assert known["free_bytes"] > 0


def test_index_then_search_then_open_and_pull_by_number(pocketlens: Command, phone: RigPhone, tmp_path: Path) -> None:
    for number in range(3):
        phone.put(b"DCIM/Camera/%d.jpg" % number, photo(number), mtime_s=1_500_000_000)
    assert record(pocketlens, "phone", "index")["added"] == 3
    assert record(pocketlens, "phone", "index")["unchanged"] == 3
    hits = record(pocketlens, "search", "a red square")["hits"]
    names = [hit["file"].partition(":")[2] for hit in hits]
    assert sorted(names) == [f"DCIM/Camera/{number}.jpg" for number in range(3)]
    first = str(hits[0]["photo"])
    assert pocketlens("phone", "open", first).returncode == ExitCode.OK
    (intent,) = phone.intents()
    assert b"file:///storage/emulated/0/" + names[0].encode() in intent
    done = pocketlens("phone", "pull", first, "--to", tmp_path / "out")
    assert done.returncode == ExitCode.OK
    copy = tmp_path / "out" / names[0]
    assert copy.read_bytes() == photo(int(copy.stem))
    assert copy.stat().st_mtime == 1_500_000_000


def test_a_search_can_be_of_the_phones_photos_alone(pocketlens: Command, phone: RigPhone, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "here.jpg").write_bytes(photo(0))
    assert pocketlens("index", folder).returncode == ExitCode.OK
    assert pocketlens("search", "a red square", "--phone").returncode == ExitCode.NOTHING_THERE
    phone.put(b"DCIM/Camera/there.jpg", photo(1))
    assert record(pocketlens, "phone", "index")["added"] == 1
    (hit,) = record(pocketlens, "search", "a red square", "--phone")["hits"]
    assert hit["file"].endswith("there.jpg")
    assert pocketlens("search", "x", "--phone", "--album", "Camera").returncode == ExitCode.USAGE


def test_export_copies_an_album_once(pocketlens: Command, phone: RigPhone, tmp_path: Path) -> None:
    phone.put(b"DCIM/Camera/1.jpg", b"one")
    phone.put(b"Pictures/Screenshots/2.png", b"two")
    first = record(pocketlens, "phone", "export", tmp_path / "out", "--album", "Camera")
    assert (first["copied"], first["already_there"], first["failed"]) == (1, 0, 0)
    assert [one["photo"] for one in first["photos"]] == ["DCIM/Camera/1.jpg"]
    again = record(pocketlens, "phone", "export", tmp_path / "out")
    assert (again["copied"], again["already_there"], again["failed"]) == (1, 1, 0)
    assert (tmp_path / "out" / "Pictures" / "Screenshots" / "2.png").read_bytes() == b"two"


def test_pull_takes_paths_as_phones_and_people_write_them(pocketlens: Command, phone: RigPhone, tmp_path: Path) -> None:
    phone.put(b"DCIM/it's \xff.jpg", b"x")
    for path in (b"DCIM/it's \xff.jpg", b"/sdcard/DCIM/it's \xff.jpg", b"/storage/emulated/0/DCIM/it's \xff.jpg"):
        assert pocketlens("phone", "pull", path, "--to", tmp_path).returncode == ExitCode.OK
    assert [place.name for place in (tmp_path / "DCIM").iterdir()] == [os.fsdecode(b"it's \xff.jpg")]


def test_a_photo_that_is_not_there_is_an_error_with_its_reason(
    pocketlens: Command, phone: RigPhone, tmp_path: Path
) -> None:
    assert "no longer on the phone" in pocketlens("phone", "open", "DCIM/gone.jpg").stderr
    pulled = pocketlens("phone", "pull", "DCIM/gone.jpg", "--to", tmp_path)
    assert (pulled.returncode, "not on the phone" in pulled.stderr) == (ExitCode.FAILED, True)
    unknown = pocketlens("phone", "open", "77")
    assert (unknown.returncode, "this number" in unknown.stderr) == (ExitCode.NOTHING_THERE, True)


def test_of_several_phones_the_one_that_is_meant_has_to_be_named(
    pocketlens: Command, desk: Desk, phone: RigPhone
) -> None:
    desk.phone("OTHER").plug()
    done = pocketlens("phone", "info")
    assert done.returncode != ExitCode.OK
    assert phone.address in done.stderr
    assert record(pocketlens, "phone", "info", "--phone", "OTHER")["serial"] == "OTHER"


def test_errors_are_typed_in_json_too(pocketlens: Command, desk: Desk) -> None:
    assert record(pocketlens, "phone", "index")["error"]["code"] == "phone-unavailable"


def test_albums_are_listed_with_what_is_on_the_phone_and_what_is_indexed(pocketlens: Command, phone: RigPhone) -> None:
    for number in range(3):
        phone.put(b"DCIM/Camera/%d.jpg" % number, photo(number))
    before = record(pocketlens, "phone", "albums")
    assert before["albums"] == [{"path": "DCIM/Camera", "photos": 3, "indexed": 0}]
    record(pocketlens, "phone", "index")
    phone.put("图片/花.jpg".encode(), photo(9))
    after = record(pocketlens, "phone", "albums")
    assert after["albums"] == [
        {"path": "DCIM/Camera", "photos": 3, "indexed": 3},
        {"path": "图片", "photos": 1, "indexed": 0},
    ]
    assert "DCIM/Camera" in pocketlens("phone", "albums").stdout
