"""``pocketlens phone …`` and a phone that refuses, is gone or answers wrongly: what is said, and the exit code."""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from core.small_album import photo
from desktop.cli_command import Command
from desktop.gui_phone import plug_in, unplug
from desktop.scripted_adb import READY, ScriptedAdb, receive, scripted_adb, shell
from pocketlens import __version__
from pocketlens.onboard.protocol import Answer as RelayAnswer
from pocketlens.onboard.protocol import AnyQuestion, Done, Greeting, JobStatus, News, Parcel, Steer
from pocketlens.protocol import PROTOCOL_VERSION, Progress, Stage
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.phone.onboard import layout
from pocketlens_desktop.phone.onboard.layout import Installed
from pocketlens_desktop.phone.states import ADVICE, PhoneState

UNAUTHORIZED = "PL0001                 unauthorized usb:1-1 transport_id:1\n"


@pytest.fixture
def adb() -> Iterator[ScriptedAdb]:
    with scripted_adb() as adb:
        yield adb


@pytest.fixture
def storage(tmp_path: Path, adb: ScriptedAdb) -> Path:
    """The shared storage of a phone that is plugged in, with two photos on it."""
    folder = tmp_path / "sdcard"
    (folder / "DCIM" / "Camera").mkdir(parents=True)
    for number in range(2):
        (folder / "DCIM" / "Camera" / f"{number}.jpg").write_bytes(photo(number))
    plug_in(adb, folder)
    return folder


@pytest.fixture
def pocketlens(tmp_path: Path, adb: ScriptedAdb, storage: Path) -> Command:
    return Command(tmp_path / "home", {"ANDROID_ADB_SERVER_PORT": str(adb.port)})


GREETING = Greeting(version=__version__, protocol=PROTOCOL_VERSION, model="starter@1", platform="linux-aarch64")
ENGINE = Installed(
    version=__version__,
    abi="arm64-v8a",
    runtime="1" * 64,
    core="2" * 64,
    model="3" * 64,
    model_key="starter@1",
    photo_ms=80.0,
    cores=8,
    parity=1.0,
)


def say(handle: socket.socket, answer: RelayAnswer) -> None:
    data = msgspec.json.encode(answer) + b"\n"
    handle.sendall(struct.pack("<BI", 1, len(data)) + data)


def idle_relay(handle: socket.socket) -> None:
    """An engine that has never had anything to do."""
    say(handle, GREETING)
    say(handle, News(job=None, events=[], parcel=Parcel.of([]), waiting=0))
    while handle.recv(65536):
        pass


def working_relay(handle: socket.socket) -> None:
    """An engine whose job runs until it is cancelled."""
    running = True
    say(handle, GREETING)
    with contextlib.suppress(EOFError):
        while True:
            _kind, length = struct.unpack("<BI", receive(handle, 5))
            question = msgspec.json.decode(receive(handle, length), type=AnyQuestion)
            if isinstance(question, Steer):
                assert question.to == "cancel"
                running = False
                say(handle, Done())
                continue
            job = JobStatus(job="1", running=running, silent_s=3.0, last=0)
            done = Progress(request=1, seq=0, stage=Stage.ENCODING, done=12, total=40)
            say(handle, News(job=job, events=[done], parcel=Parcel.of([]), waiting=7))


def test_a_phone_that_has_not_agreed_yet_is_listed_with_what_to_do_and_not_used(
    pocketlens: Command, adb: ScriptedAdb
) -> None:
    adb.devices = UNAUTHORIZED
    listed = pocketlens("phone", "list")
    assert (listed.returncode, "unauthorized" in listed.stdout) == (ExitCode.NOTHING_THERE, True)
    remedy = ADVICE[PhoneState.UNAUTHORIZED].remedy
    assert remedy in listed.stderr
    for words in (["index"], ["open", "a.jpg"]):
        done = pocketlens("phone", *words)
        assert (done.returncode, remedy in done.stderr) == (ExitCode.NOTHING_THERE, True), words


def test_a_phone_that_does_not_tell_its_space_or_battery_is_described_all_the_same(
    pocketlens: Command, adb: ScriptedAdb
) -> None:
    adb.services[b"shell,v2,raw:df "] = shell(b"df: not permitted\n", exit_code=1)
    adb.services[b"shell,v2,raw:dumpsys"] = shell(b"")
    done = pocketlens("phone", "info")
    assert done.returncode == ExitCode.OK
    assert "not told of not told" in done.stdout
    record = pocketlens.json("phone", "info")
    assert (record["free_bytes"], record["battery_percent"], record["name"]) == (None, None, "Google Pixel 7")


def test_a_phone_that_does_not_tell_its_model_is_refused(pocketlens: Command, adb: ScriptedAdb) -> None:
    adb.services[b"shell,v2,raw:getprop ro.product.manufacturer"] = shell(b"Google\n")
    done = pocketlens("phone", "info")
    assert (done.returncode, "does not tell its model" in done.stderr) == (ExitCode.FAILED, True)


def test_what_a_phone_calls_itself_cannot_move_the_cursor(pocketlens: Command, adb: ScriptedAdb, storage: Path) -> None:
    adb.services[b"shell,v2,raw:getprop ro.product.manufacturer"] = shell(b"G\x1b[2J\nPixel\x07\n14\x1b\narm\n")
    engine = msgspec.structs.replace(ENGINE, abi="arm64\x1b[2J", model_key="\x1b]0;title\x07")
    said = pocketlens("phone", "info")
    plug_in(adb, storage, others={layout.INSTALLED: msgspec.json.encode(engine)})
    adb.services[b"shell,v2,raw:/system/bin/sh"] = idle_relay
    told = pocketlens("phone", "engine", "status")
    assert (said.returncode, told.returncode) == (ExitCode.OK, ExitCode.OK), told.stderr
    for done in (said, told):
        assert not {"\x1b", "\x07"} & set(done.stdout + done.stderr)
        assert "\\x1b" in done.stdout


def test_a_job_on_the_phone_is_told_and_stopped(pocketlens: Command, adb: ScriptedAdb, storage: Path) -> None:
    plug_in(adb, storage, others={layout.INSTALLED: msgspec.json.encode(ENGINE)})
    adb.services[b"shell,v2,raw:/system/bin/sh"] = working_relay
    told = pocketlens("phone", "engine", "status").stdout
    assert "starter@1 for arm64-v8a, 80 ms a photo on one of 8 cores" in told
    assert "indexing, 12 of 40 photos, last heard of 3 s ago" in told
    assert "7 photos to be brought back" in told
    stopped = pocketlens("phone", "engine", "stop")
    assert (stopped.returncode, "Stopped." in stopped.stderr) == (ExitCode.OK, True)


def test_photos_of_a_phone_are_exported_by_number_while_it_is_there(
    pocketlens: Command, adb: ScriptedAdb, storage: Path, tmp_path: Path
) -> None:
    assert pocketlens.json("phone", "index")["added"] == 2
    numbers = [str(hit["photo"]) for hit in pocketlens.json("search", "a red square", "--phone")["hits"]]
    done = pocketlens.json("export", *numbers, "--to", tmp_path / "out")
    assert (done["copied"], done["failed"]) == (2, 0)
    for copy in done["photos"]:
        assert Path(copy["copy"]).read_bytes() == (storage / copy["photo"]).read_bytes()
    unplug(adb)
    away = pocketlens.json("export", numbers[0], "--to", tmp_path / "more", code=ExitCode.NOTHING_THERE)["error"]
    assert (away["code"], away["thing"]) == ("phone-unavailable", "PL0001")
    opened = pocketlens("phone", "open", numbers[0])
    assert (opened.returncode, "is not ready" in opened.stderr) == (ExitCode.NOTHING_THERE, True)
    assert not (tmp_path / "more").exists()


def test_a_photo_of_one_phone_is_not_looked_for_on_another(
    pocketlens: Command, adb: ScriptedAdb, tmp_path: Path
) -> None:
    assert pocketlens.json("phone", "index")["added"] == 2
    (number, _other) = (hit["photo"] for hit in pocketlens.json("search", "a red square", "--phone")["hits"])
    adb.devices = READY.replace("PL0001", "OTHER1") + "\n"
    adb.services[b"shell,v2,raw:getprop ro.serialno"] = shell(b"OTHER1\n\n")
    done = pocketlens("phone", "pull", str(number), "--phone", "OTHER1", "--to", tmp_path / "out")
    assert (done.returncode, "on another phone" in done.stderr) == (ExitCode.NOTHING_THERE, True)
    assert not (tmp_path / "out").exists()


def test_copies_that_fail_are_named_up_to_five_and_counted(pocketlens: Command, tmp_path: Path) -> None:
    gone = [f"DCIM/gone{number}.jpg" for number in range(7)]
    done = pocketlens("phone", "pull", "DCIM/Camera/0.jpg", *gone, "--to", tmp_path / "out")
    assert done.returncode == ExitCode.FAILED
    assert "1 copied, 7 failed" in done.stderr
    assert [name for name in gone if name in done.stderr] == gone[:5]
    assert "… and 2 more." in done.stderr


def test_an_export_that_finds_nothing_says_so(pocketlens: Command, tmp_path: Path) -> None:
    done = pocketlens("phone", "export", tmp_path / "out", "--album", "Nowhere")
    assert (done.returncode, "No photos found" in done.stderr) == (ExitCode.NOTHING_THERE, True)


def test_a_photo_that_no_app_on_the_phone_shows_is_said_so(pocketlens: Command, adb: ScriptedAdb) -> None:
    # `am` ends with 0 whatever happened.
    adb.services[b"shell,v2,raw:am "] = shell(b"Error: Activity not started, unable to resolve Intent\n")
    done = pocketlens("phone", "open", "DCIM/Camera/0.jpg")
    assert (done.returncode, "does not open this photo" in done.stderr) == (ExitCode.FAILED, True)


def test_a_phone_without_an_engine_says_how_to_install_one_and_one_of_32_bits_that_it_cannot(
    pocketlens: Command, adb: ScriptedAdb
) -> None:
    missing = pocketlens("phone", "engine", "check")
    assert (missing.returncode, "phone engine install" in missing.stderr) == (ExitCode.NOTHING_THERE, True)
    adb.services[b"shell,v2,raw:getprop ro.product.cpu.abilist"] = shell(b"armeabi-v7a,armeabi\narmeabi-v7a\n")
    done = pocketlens("phone", "engine", "install")
    assert (done.returncode, "32-bit programs only" in done.stderr) == (ExitCode.FAILED, True)
