"""The relay and the job behind it, as processes of their own: what a phone runs, run here."""

from __future__ import annotations

import hashlib
import os
import signal
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from core.relay_process import RelayProcess, Storage
from core.scenes import files
from core.small_album import photo
from pocketlens import __version__
from pocketlens.catalogue import Catalogue
from pocketlens.decoding import decode
from pocketlens.encoders import ImageEncoder
from pocketlens.metadata import PhotoMetadata
from pocketlens.model import ModelPackage
from pocketlens.onboard.protocol import (
    AddToOrder,
    Done,
    JobEvent,
    News,
    OrderedPhoto,
    Parcel,
    Poll,
    Refused,
    SettledRow,
    StartJob,
    Steer,
    is_sound,
)
from pocketlens.packed_vectors import packed
from pocketlens.paths import home_at
from pocketlens.protocol import PROTOCOL_VERSION, Failed, Indexed, PhotoFailed, Progress, Stage
from pocketlens.thumbnails import ThumbnailStore

Connect = Callable[[], RelayProcess]


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path / "sdcard")


@pytest.fixture
def battery(tmp_path: Path) -> Callable[[str], None]:
    """Sets what `dumpsys battery` answers."""
    programs = tmp_path / "bin"
    programs.mkdir()
    program = programs / "dumpsys"
    program.write_text(f'#!/bin/sh\nexec cat "{tmp_path}/battery"\n')
    program.chmod(0o755)

    def answer(text: str) -> None:
        (tmp_path / "battery").write_text(text)

    answer("  level: 83\n  scale: 100\n  temperature: 291\n")
    return answer


@pytest.fixture
def connect(starter: Path, storage: Storage, tmp_path: Path, battery: object) -> Iterator[Connect]:
    relays: list[RelayProcess] = []

    def connected() -> RelayProcess:
        path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
        relays.append(RelayProcess(starter, tmp_path / "home", storage, {"PATH": path}))
        return relays[-1]

    yield connected
    last = connected()
    last.ask(Steer(to="kill"), Done)
    for relay in relays:
        if relay.process.returncode is None:
            relay.close()


@pytest.fixture
def relay(connect: Connect) -> RelayProcess:
    return connect()


def job_pid(relay: RelayProcess) -> int:
    found: dict[str, int] = msgspec.json.decode((relay.home / "job" / "job.json").read_bytes())
    return found["pid"]


def until_some_are_settled(relay: RelayProcess, job: str) -> None:
    while relay.ask(Poll(job=job, rows=1), News).parcel.rows() == []:
        pass


def test_the_relay_says_who_it_is(relay: RelayProcess, starter_package: ModelPackage) -> None:
    greeting = relay.greeting
    assert (greeting.version, greeting.protocol) == (__version__, PROTOCOL_VERSION)
    assert greeting.model == starter_package.manifest.key


def test_what_is_ordered_is_encoded_and_handed_over_with_vectors_and_thumbnails(
    relay: RelayProcess, storage: Storage, starter_package: ModelPackage
) -> None:
    job = relay.start(storage.fill(5))
    done = relay.finish(job)
    assert isinstance(done, Indexed)
    rows = relay.collect()
    assert [row.path for row in rows] == [b"DCIM/Camera/%04d.jpg" % seed for seed in range(5)]
    decoded = decode(photo(3), size=starter_package.manifest.image.size, resize="squash", name="3")
    vector = ImageEncoder(starter_package).encode(decoded.pixels)
    # Batch and thread layout are the same, so here the vectors are too.
    assert rows[3].vector == packed(vector)
    assert rows[3].content_hash == hashlib.blake2b(photo(3), digest_size=16).digest()
    assert rows[3].thumbnail is not None and rows[3].thumbnail.startswith(b"\xff\xd8")
    assert rows[3].metadata is not None and (rows[3].metadata.width, rows[3].metadata.height) == (48, 48)


def test_what_was_released_takes_no_room_on_the_phone(relay: RelayProcess, storage: Storage) -> None:
    relay.finish(relay.start(storage.fill(4)))
    assert len(relay.collect()) == 4
    assert relay.ask(Poll(), News).parcel.rows() == []
    home = home_at(relay.home)
    with closing(ThumbnailStore(home.thumbnails)) as thumbnails, Catalogue.open(home.catalogue) as catalogue:
        assert thumbnails.keys() == []
        assert catalogue.counts().photos == 0
    assert list(home.vectors.iterdir()) == []


def test_only_what_is_ordered_is_looked_at(relay: RelayProcess, storage: Storage) -> None:
    first, second, _third = storage.fill(3)
    relay.finish(relay.start([second]))
    assert [row.path for row in relay.collect()] == [second.path]
    relay.finish(relay.start([first]))
    assert [row.path for row in relay.collect()] == [first.path]


def test_a_photo_that_cannot_be_read_is_handed_over_with_its_reason(relay: RelayProcess, storage: Storage) -> None:
    job = relay.start([*storage.fill(1), storage.put(b"DCIM/broken.jpg", b"not a photo")])
    since = -1
    told: Sequence[JobEvent] = ()
    while not any(isinstance(event, Indexed) for event in told):
        told = relay.ask(Poll(job=job, since=since, rows=0), News).events
    assert [event.path for event in relay.ask(Poll(job=job), News).events if isinstance(event, PhotoFailed)] == [
        b"DCIM/broken.jpg"
    ]
    good, broken = relay.collect()
    assert (good.code, broken.path, broken.code) == ("", b"DCIM/broken.jpg", "unreadable-photo")
    assert broken.reason and broken.vector == b""


def test_a_photo_that_is_gone_since_the_order_is_left_out(relay: RelayProcess, storage: Storage) -> None:
    order = storage.fill(3)
    (storage.root / "DCIM" / "Camera" / "0001.jpg").unlink()
    assert isinstance(relay.finish(relay.start(order)), Indexed)
    assert [row.path[-8:] for row in relay.collect()] == [b"0000.jpg", b"0002.jpg"]


def test_names_of_every_kind_come_through_as_they_are(relay: RelayProcess, storage: Storage) -> None:
    names = [
        b"a b.jpg",
        b"it's $HOME `x`.jpg",
        b"line\nbreak.jpg",
        b"\xff\xfe.jpg",
        "毕业证 🎓.jpg".encode(),
        b"-rf.jpg",
    ]
    order = [storage.put(b"DCIM/" + name, photo(seed)) for seed, name in enumerate(names)]
    relay.finish(relay.start(order))
    assert sorted(row.path for row in relay.collect()) == sorted(b"DCIM/" + name for name in names)


def test_the_job_goes_on_without_the_relay_and_the_next_one_asks_for_what_it_missed(
    connect: Connect, storage: Storage
) -> None:
    first = connect()
    job = first.start(storage.fill(80))
    until_some_are_settled(first, job)
    seen = first.ask(Poll(job=job, rows=0), News).events
    first.cut()
    second = connect()
    missed: list[object] = []
    since = seen[-1].seq
    while not any(isinstance(event, Indexed) for event in missed):
        events = second.ask(Poll(job=job, since=since, rows=0), News).events
        assert [event.seq for event in events] == list(range(since + 1, since + 1 + len(events)))
        since += len(events)
        missed += events
    assert len(second.collect()) == 80


def test_rows_are_handed_over_while_the_job_runs(relay: RelayProcess, storage: Storage) -> None:
    job = relay.start(storage.fill(90))
    until_some_are_settled(relay, job)
    early = relay.collect()
    assert len(early) > 0
    relay.finish(job)
    assert len(early) + len(relay.collect()) == 90


def test_a_job_that_was_killed_is_told_and_the_next_one_goes_on_where_it_was(
    relay: RelayProcess, storage: Storage
) -> None:
    order = storage.fill(90)
    job = relay.start(order)
    until_some_are_settled(relay, job)
    os.kill(job_pid(relay), signal.SIGKILL)
    while (status := relay.ask(Poll(job=job, rows=0), News).job) is not None and status.running:
        pass
    kept = {row.row for row in relay.ask(Poll(), News).parcel.rows()}
    again = relay.start(order)
    assert again != job
    done = relay.finish(again)
    assert isinstance(done, Indexed) and done.unchanged >= len(kept) > 0
    assert len(relay.collect()) == 90


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: bytes(len(data)),
        lambda data: b"\xff\xfe{[\n" + data[8:] + b'{"type": "progress"\n[[[[\n',
        None,
    ],
    ids=["cut", "emptied", "zeroed", "garbled", "gone"],
)
def test_whatever_became_of_the_jobs_files_the_next_job_does_the_rest(
    connect: Connect, storage: Storage, spoil: Callable[[bytes], bytes] | None
) -> None:
    order = storage.fill(8)
    relay = connect()
    relay.finish(relay.start(order[:4]))
    relay.close()
    kept = [path for path in (relay.home / "job").iterdir() if path.name != "log"]
    assert {path.name for path in kept} >= {"order", "events", "control", "alive", "job.json"}
    for path in kept:
        if spoil is None:
            path.unlink()
        else:
            path.write_bytes(spoil(path.read_bytes()))
    relay = connect()
    assert relay.ask(Poll(job="whatever it was", since=3), News).parcel.rows() != [], "what was done is not lost"
    done = relay.finish(relay.start(order))
    assert isinstance(done, Indexed) and (done.unchanged, done.added) == (4, 4)
    assert [row.path for row in relay.collect()] == [ordered.path for ordered in order]


def test_wishes_are_heard_behind_garbage(relay: RelayProcess, storage: Storage) -> None:
    job = relay.start(storage.fill(60))
    with (relay.home / "job" / "control").open("ab") as file:
        file.write(b'\xff\0{"to": 3}\n[[[[\n{}\n')
    relay.ask(Steer(to="cancel"), Done)
    done = relay.finish(job)
    assert isinstance(done, Indexed) and done.cancelled


def test_a_damaged_catalogue_of_the_job_is_said_to_be_damaged(connect: Connect, storage: Storage) -> None:
    relay = connect()
    relay.finish(relay.start(storage.fill(2)))
    relay.close()
    catalogue = home_at(relay.home).catalogue
    catalogue.write_bytes(b"garbage" * 5000)
    assert connect().ask(Poll(), Refused).code == "catalogue-damaged"
    catalogue.unlink()  # which is what the PC does then


def test_what_a_job_logs_names_no_photo(relay: RelayProcess, storage: Storage) -> None:
    torn = bytearray(files()["TIFF LZW"])
    torn[len(torn) // 2 : len(torn) // 2 + 40] = b"\xff\0" * 20
    order = [storage.put(b"DCIM/grandmother.tif", bytes(torn)), storage.put(b"DCIM/grandmother.jpg", photo(1)[:300])]
    relay.finish(relay.start(order))
    logged = (relay.home / "job" / "log").read_bytes()
    assert b"Using code not yet in table" in logged, "libtiff's own remarks come through"
    assert b"grandmother" not in logged


def test_a_second_job_is_refused_while_one_runs(relay: RelayProcess, storage: Storage) -> None:
    job = relay.start(storage.fill(40))
    relay.ask(AddToOrder(photos=[]), Done)
    assert relay.ask(StartJob(), Refused).code == "catalogue-busy"
    assert isinstance(relay.finish(job), Indexed)


def test_cancel_ends_the_job_and_keeps_what_it_did(relay: RelayProcess, storage: Storage) -> None:
    job = relay.start(storage.fill(120))
    until_some_are_settled(relay, job)
    relay.ask(Steer(to="cancel"), Done)
    done = relay.finish(job)
    assert isinstance(done, Indexed) and done.cancelled
    assert 0 < len(relay.collect()) < 120


def test_pause_holds_the_job_until_it_is_resumed(relay: RelayProcess, storage: Storage) -> None:
    job = relay.start(storage.fill(90))
    relay.ask(Steer(to="pause"), Done)
    reasons: list[str | None] = []
    since = -1
    while "asked" not in reasons:
        for event in relay.ask(Poll(job=job, since=since, rows=0), News).events:
            since = event.seq
            reasons += [event.paused] if isinstance(event, Progress) else []
    relay.ask(Steer(to="resume"), Done)
    assert isinstance(relay.finish(job), Indexed)
    assert len(relay.collect()) == 90


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("  level: 83\n  scale: 100\n  temperature: 450\n", "hot"),
        ("  level: 12\n  scale: 100\n  temperature: 291\n", "low-battery"),
    ],
)
def test_a_hot_or_empty_phone_makes_the_job_wait_and_say_why(
    connect: Connect, battery: Callable[[str], None], storage: Storage, said: str, reason: str
) -> None:
    battery(said)
    relay = connect()
    job = relay.start(storage.fill(3))
    since = -1
    while True:
        events = relay.ask(Poll(job=job, since=since, rows=0), News).events
        since = events[-1].seq if events else since
        assert not any(isinstance(event, Indexed | Failed) for event in events)
        if any(isinstance(event, Progress) and event.paused == reason for event in events):
            break
    relay.ask(Steer(to="cancel"), Done)
    assert isinstance(relay.finish(job), Indexed)


def test_the_job_is_nice_to_the_phone(relay: RelayProcess, storage: Storage) -> None:
    relay.start(storage.fill(90))
    assert os.getpriority(os.PRIO_PROCESS, job_pid(relay)) >= 10


def test_nothing_it_writes_can_be_read_by_others(relay: RelayProcess, storage: Storage) -> None:
    relay.finish(relay.start(storage.fill(3)))
    for place in (relay.home, *relay.home.rglob("*")):
        assert stat.S_IMODE(place.lstat().st_mode) & 0o077 == 0, place


def test_what_is_no_question_is_answered_and_the_next_one_too(relay: RelayProcess) -> None:
    for line in (b"{}", b"[[[[", b"\xff\xff", b'{"ask": "fly"}', b'{"ask": "release", "rows": "all"}'):
        assert relay.ask(line, Refused).code == "protocol-violation"
    assert relay.ask(Poll(), News).job is None


def test_a_storage_that_is_not_there_is_an_error_of_the_job(relay: RelayProcess, storage: Storage) -> None:
    order = storage.fill(1)
    storage.root.rename(storage.root.with_name("unmounted"))
    failed = relay.finish(relay.start(order))
    assert isinstance(failed, Failed) and failed.code == "album-missing"


def test_garbled_rows_are_noticed() -> None:
    parcel = Parcel.of([SettledRow(1, b"a.jpg", 1, 1, code="unreadable-photo", reason="broken")])
    assert parcel.rows()[0].path == b"a.jpg"
    garbled = Parcel(data=parcel.data.replace(b"broken", b"borken"), digest=parcel.digest)
    with pytest.raises(ValueError, match="hash"):
        garbled.rows()


SOUND = SettledRow(
    1,
    b"a.jpg",
    5,
    10**9,
    content_hash=bytes(16),
    metadata=PhotoMetadata(4000, 3000, "JPEG", taken_at=1_700_000_000, latitude=52.5, longitude=13.4),
    vector=packed(np.array([0.6, 0.8, 0.0])),
    fingerprint=bytes(32),
)


def with_metadata(**changes: object) -> SettledRow:
    assert SOUND.metadata is not None
    return msgspec.structs.replace(SOUND, metadata=replace(SOUND.metadata, **changes))  # type: ignore[arg-type]


def test_what_an_engine_makes_of_a_photo_is_sound() -> None:
    assert is_sound(SOUND, 3)
    assert is_sound(msgspec.structs.replace(SOUND, fingerprint=b""), 3), "a blank page"
    assert is_sound(with_metadata(taken_at=None, latitude=None, longitude=None), 3)
    assert is_sound(SettledRow(1, b"a.jpg", 5, 10**9, code="unreadable-photo", reason="broken"), 3)


@pytest.mark.parametrize(
    "row",
    [
        msgspec.structs.replace(SOUND, vector=b""),
        msgspec.structs.replace(SOUND, vector=SOUND.vector[:-1]),
        msgspec.structs.replace(SOUND, vector=SOUND.vector * 2),
        msgspec.structs.replace(SOUND, vector=bytes(7)),
        msgspec.structs.replace(SOUND, vector=SOUND.vector[:-1] + b"\1"),
        msgspec.structs.replace(SOUND, vector=b"\1" + SOUND.vector[1:]),
        msgspec.structs.replace(SOUND, content_hash=b"short"),
        msgspec.structs.replace(SOUND, fingerprint=b"short"),
        msgspec.structs.replace(SOUND, metadata=None),
        with_metadata(width=0),
        with_metadata(height=1 << 63),
        with_metadata(taken_at=1 << 62),
        with_metadata(latitude=None),
        with_metadata(latitude=float("nan")),
        with_metadata(longitude=1000.0),
    ],
)
def test_what_no_engine_makes_of_a_photo_is_not_sound(row: SettledRow) -> None:
    assert not is_sound(row, 3)


def test_the_first_stages_are_told_too(relay: RelayProcess, storage: Storage) -> None:
    job = relay.start([OrderedPhoto(b"DCIM/gone.jpg", 1, 1), *storage.fill(1)])
    relay.finish(job)
    stages = [event.stage for event in relay.ask(Poll(job=job), News).events if isinstance(event, Progress)]
    assert stages[0] is Stage.LISTING and Stage.ENCODING in stages
