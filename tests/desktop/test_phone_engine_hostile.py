"""An engine on a phone that answers with what none may: refused, with a typed error, and nothing of it is kept."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from core.small_album import photo
from desktop.gui_phone import plug_in
from desktop.scripted_adb import Answer, ScriptedAdb, endless_shell, raw, receive, scripted_adb, shell
from desktop.test_phone_parts import bundle
from pocketlens import __version__
from pocketlens.catalogue import Catalogue
from pocketlens.client import EngineClient
from pocketlens.errors import EngineMismatch
from pocketlens.metadata import PhotoMetadata
from pocketlens.model import read_manifest
from pocketlens.onboard.protocol import Answer as RelayAnswer
from pocketlens.onboard.protocol import Done, Greeting, News, Parcel, Poll, Refused, SettledRow
from pocketlens.onboard.self_check import CheckResult
from pocketlens.paths import Home
from pocketlens.protocol import PROTOCOL_VERSION, Failed, Place, Role, SourceSpec
from pocketlens_desktop.phone import discovery
from pocketlens_desktop.phone.errors import EngineRefused, PhoneMisbehaved
from pocketlens_desktop.phone.onboard import connection, layout
from pocketlens_desktop.phone.onboard.connection import RelayConnection
from pocketlens_desktop.phone.onboard.install import check, check_here, install, installed
from pocketlens_desktop.phone.onboard.layout import Installed, Parts
from pocketlens_desktop.phone.parts import VARIABLE, core_part, model_part
from pocketlens_desktop.phone.transport import Transport

PARTS = Parts("1" * 64, "2" * 64, "3" * 64)
GREETING = Greeting(version=__version__, protocol=PROTOCOL_VERSION, model="starter@1", platform="linux-aarch64")
#: What starts a program of the engine.
PROGRAM = b"shell,v2,raw:/system/bin/sh"


@pytest.fixture
def adb(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ScriptedAdb]:
    """With a phone plugged in that has a photo."""
    (tmp_path / "sdcard" / "DCIM").mkdir(parents=True)
    (tmp_path / "sdcard" / "DCIM" / "a.jpg").write_bytes(photo(1))
    with scripted_adb() as adb:
        plug_in(adb, tmp_path / "sdcard")
        monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", str(adb.port))
        yield adb


@pytest.fixture
def phone(adb: ScriptedAdb) -> Transport:
    return discovery.choose(None)


def packet(kind: int, data: bytes) -> bytes:
    return struct.pack("<BI", kind, len(data)) + data


def says(line: bytes) -> Answer:
    """A program that says this and waits for questions that it never answers."""
    return raw(packet(1, line + b"\n"))


def fails(errors: bytes, exit_code: int = 1) -> Answer:
    """A program that complains and ends."""
    return lambda handle: handle.sendall(packet(2, errors) + packet(3, bytes((exit_code,))))


def reads_then(answer: bytes) -> Answer:
    """A program that takes all of its input before it says this."""

    def take_and_answer(handle: socket.socket) -> None:
        kind = 0
        while kind != 4:
            kind, length = struct.unpack("<BI", receive(handle, 5))
            receive(handle, length)
        handle.sendall(answer)

    return take_and_answer


def relay(answer: RelayAnswer) -> Answer:
    """A relay that greets, and has the same answer to every question."""

    def converse(handle: socket.socket) -> None:
        handle.sendall(packet(1, msgspec.json.encode(GREETING) + b"\n"))
        while True:
            _kind, length = struct.unpack("<BI", receive(handle, 5))
            receive(handle, length)
            handle.sendall(packet(1, msgspec.json.encode(answer) + b"\n"))

    return converse


# -- the relay -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (says(b"WARNING: linker: no such library"), PhoneMisbehaved, "no answer"),
        (says(b"[" * 100_000), PhoneMisbehaved, "no answer"),
        (says(b"\xff\xfe"), PhoneMisbehaved, "no answer"),
        (says(b'{"answer":"done"}'), PhoneMisbehaved, "another question"),
        (says(msgspec.json.encode(msgspec.structs.replace(GREETING, version="0.0.1"))), EngineMismatch, r"is 0\.0\.1"),
        (fails(b"CANNOT LINK EXECUTABLE: library missing\n"), EngineRefused, "status 1.*library missing"),
    ],
    ids=["text", "nested", "bytes", "kind", "version", "ended"],
)
def test_a_relay_that_does_not_greet_is_refused(
    adb: ScriptedAdb, phone: Transport, answer: Answer, error: type[Exception], words: str
) -> None:
    adb.services[PROGRAM] = answer
    with pytest.raises(error, match=words):
        RelayConnection(phone, PARTS, "Pixel 7")


def test_a_relay_whose_line_does_not_end_is_refused(
    adb: ScriptedAdb, phone: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "LONGEST_LINE", 100_000)
    adb.services[PROGRAM] = endless_shell(b"x" * 1000)
    with pytest.raises(PhoneMisbehaved, match="without an end"):
        RelayConnection(phone, PARTS, "Pixel 7")


def test_what_a_relay_refuses_is_told_in_its_words(adb: ScriptedAdb, phone: Transport) -> None:
    adb.services[PROGRAM] = relay(Refused(code="catalogue-busy", what="A job runs.", remedy="Wait."))
    with (
        RelayConnection(phone, PARTS, "Pixel 7") as connected,
        pytest.raises(EngineRefused, match="A job runs") as told,
    ):
        connected.ask(Poll(), News)
    assert (told.value.code, told.value.remedy) == ("catalogue-busy", "Wait.")


# -- what it hands over --------------------------------------------------------------------------------------------


def handed_over(vector: bytes) -> News:
    row = SettledRow(
        *(1, b"DCIM/a.jpg", 1, 1),
        content_hash=bytes(16),
        metadata=PhotoMetadata(32, 32, "JPEG"),
        vector=vector,
        fingerprint=b"",
    )
    return News(job=None, events=[], parcel=Parcel.of([row]), waiting=1)


GARBLED = News(job=None, events=[], parcel=Parcel(data=b"rows", digest=bytes(16)), waiting=1)


@pytest.mark.parametrize(
    ("news", "words"),
    [(handed_over(bytes(6)), "no engine makes"), (GARBLED, "garbled"), (Done(), "another question")],
    ids=["vector", "hash", "kind"],
)
def test_what_no_engine_makes_is_not_taken_into_the_catalogue(
    adb: ScriptedAdb,
    news: RelayAnswer,
    words: str,
    home: Home,
    starter: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # There is none to install, so that the phone's, which says that it is this PC's, is the newest.
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    plug_in(adb, tmp_path / "sdcard", others={layout.INSTALLED: msgspec.json.encode(this_engine(starter))})
    adb.services[b"shell,v2,raw:getprop ro.product.cpu.abilist"] = shell(b"arm64-v8a\n")
    adb.services[PROGRAM] = relay(news)
    with EngineClient(Role.INDEX, home=home, model=starter, module="pocketlens_desktop.phone.engine") as engine:
        *_, last = engine.events(engine.index([SourceSpec("phone", b"PL0001")], place=Place.PHONE))
    assert isinstance(last, Failed)
    assert (last.code, words in last.what) == ("phone-misbehaved", True), last
    with Catalogue.open(home.catalogue, read_only=True) as catalogue:
        assert catalogue.connection.execute("SELECT count(*) FROM vectors").fetchone() == (0,)


def this_engine(model: Path) -> Installed:
    return Installed(
        version=__version__,
        abi="arm64-v8a",
        runtime="1" * 64,
        core=core_part().sha256,
        model=model_part(model).sha256,
        model_key=read_manifest(model).key,
        photo_ms=100.0,
        cores=8,
        parity=1.0,
    )


@pytest.mark.parametrize("change", [{"runtime": "\u00fc" * 64}, {"core": "../.."}, {"cores": "8"}, {"model": None}])
def test_an_engine_whose_description_cannot_be_is_none(
    adb: ScriptedAdb, phone: Transport, starter: Path, tmp_path: Path, change: dict[str, object]
) -> None:
    known = msgspec.to_builtins(this_engine(starter))
    plug_in(adb, tmp_path / "sdcard", others={layout.INSTALLED: json.dumps(known).encode()})
    assert installed(phone) == this_engine(starter)
    plug_in(adb, tmp_path / "sdcard", others={layout.INSTALLED: json.dumps(known | change).encode()})
    assert installed(phone) is None


# -- installing and checking it ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def found_here(starter: Path) -> CheckResult:
    return check_here(starter)


@pytest.fixture
def checked_here(found_here: CheckResult, monkeypatch: pytest.MonkeyPatch) -> CheckResult:
    """What this PC's own check finds. It takes seconds, so the tests share one."""
    monkeypatch.setattr("pocketlens_desktop.phone.onboard.install.check_here", lambda _model: found_here)
    return found_here


def answer_with(here: CheckResult, **changes: object) -> Answer:
    said = msgspec.json.encode(msgspec.structs.replace(here, **changes))
    return reads_then(packet(1, said) + packet(3, b"\0"))


def test_a_phone_that_computes_the_same_passes(
    adb: ScriptedAdb, phone: Transport, checked_here: CheckResult, starter: Path
) -> None:
    adb.services[PROGRAM] = answer_with(checked_here, platform="linux-aarch64")
    there, parity = check(phone, PARTS, starter)
    assert there.platform == "linux-aarch64"
    assert parity == pytest.approx(1.0)


def test_a_phone_that_computes_something_else_is_refused(
    adb: ScriptedAdb, phone: Transport, checked_here: CheckResult, starter: Path
) -> None:
    size = len(checked_here.vector)
    infinite = np.full(size // 2, np.inf, "<f2").tobytes()
    for vector in (checked_here.vector[::-1], bytes(size), infinite):
        adb.services[PROGRAM] = answer_with(checked_here, vector=vector)
        with pytest.raises(EngineRefused, match="other vectors"):
            check(phone, PARTS, starter)
    for changes in ({"vector": checked_here.vector[:-1]}, {"model": "another@1"}, {"version": "0.0.1"}):
        adb.services[PROGRAM] = answer_with(checked_here, **changes)
        with pytest.raises(EngineRefused, match="another than this PC's"):
            check(phone, PARTS, starter)
    adb.services[PROGRAM] = reads_then(packet(1, b"Hello") + packet(3, b"\0"))
    with pytest.raises(EngineRefused, match="makes no sense"):
        check(phone, PARTS, starter)


@pytest.mark.parametrize(
    ("complaint", "reason"),
    [
        (b"sh: python: not executable: 64-bit ELF file", "of another kind"),
        (b"Illegal instruction", "too old"),
        (b"sh: can't execute: Permission denied", "does not allow programs"),
        (b"something nobody has seen", "exit status 1"),
    ],
)
def test_why_the_engine_does_not_run_is_said_in_plain_words(
    adb: ScriptedAdb, phone: Transport, checked_here: CheckResult, starter: Path, complaint: bytes, reason: str
) -> None:
    adb.services[PROGRAM] = reads_then(packet(2, complaint) + packet(3, b"\1"))
    with pytest.raises(EngineRefused, match=reason) as told:
        check(phone, PARTS, starter)
    assert told.value.thing == complaint.decode()
    assert "--on pc" in told.value.remedy


@pytest.mark.parametrize(
    ("complaint", "reason"),
    [
        (b"mkdir: '/data/local/tmp/pocketlens': No space left on device", "storage is full"),
        (b"mkdir: '/data/local/tmp/pocketlens': Read-only file system", "read-only"),
    ],
)
def test_why_the_engine_cannot_be_put_on_the_phone_is_said_in_plain_words(
    adb: ScriptedAdb,
    phone: Transport,
    starter: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    complaint: bytes,
    reason: str,
) -> None:
    bundle(tmp_path / "arm64-v8a", b"12345", 5)
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    adb.services[b"shell,v2,raw:getprop ro.product.cpu.abilist"] = shell(b"arm64-v8a\n")
    adb.services[b"shell,v2,raw:umask"] = fails(complaint)
    with pytest.raises(EngineRefused, match=reason):
        install(phone, starter)
