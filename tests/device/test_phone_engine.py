"""The engine on the phone, end to end over the real adbd: installed, indexing through every cut, and brought back."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.small_album import photo
from desktop.cli_command import Command
from device.phone_jobs import SPEC, fill, finish, vectors
from device.rig.desk import Desk, RigPhone
from device.rig.patience import until
from pocketlens.client import EngineClient
from pocketlens.errors import PocketLensError
from pocketlens.packed_vectors import unpacked
from pocketlens.paths import Home
from pocketlens.protocol import AnyEvent, Failed, Indexed, Place, Progress, Results, Role, Stage
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.phone import discovery
from pocketlens_desktop.phone.errors import EngineMissing, EngineRefused
from pocketlens_desktop.phone.onboard.install import install, installed, is_current, remove
from pocketlens_desktop.phone.transport import Transport

X86 = {"ro.product.cpu.abi": "x86_64", "ro.product.cpu.abilist": "x86_64"}


@pytest.fixture
def transport(engine_phone: RigPhone) -> Transport:
    return discovery.choose(None)


@pytest.fixture
def engine(engine_phone: RigPhone, home: Home, starter: Path) -> Iterator[EngineClient]:
    engine = started(home, starter)
    yield engine
    engine.close()


def started(home: Home, starter: Path) -> EngineClient:
    return EngineClient(Role.INDEX, home=home, model=starter, module="pocketlens_desktop.phone.engine")


def index(engine: EngineClient, place: Place = Place.PHONE) -> Indexed:
    return finish(engine.events(engine.index([SPEC], place=place)))


def until_it_encodes(events: Iterator[AnyEvent], done: int = 1) -> None:
    for event in events:
        if (
            isinstance(event, Progress)
            and event.stage is Stage.ENCODING
            and event.paused is None
            and event.done >= done
        ):
            return
        assert not isinstance(event, Indexed | Failed), event
    raise AssertionError("it never did")


def until_it_waits(events: Iterator[AnyEvent], reason: str) -> None:
    for event in events:
        if isinstance(event, Progress) and event.paused == reason:
            return
    raise AssertionError("it never did")


def job_process(phone: RigPhone) -> int:
    """The job's process, as this machine numbers it."""
    inside = json.loads((phone.engine / "home" / "job" / "job.json").read_bytes())["pid"]
    for place in Path("/proc").iterdir():
        if place.name.isdecimal():
            try:
                numbers = next(
                    line for line in (place / "status").read_text().splitlines() if line.startswith("NSpid:")
                ).split()
            except (OSError, StopIteration):
                continue
            if len(numbers) > 2 and int(numbers[-1]) == inside:
                return int(place.name)
    raise AssertionError("no such process")


def test_installing_checks_the_engine_and_pushes_only_what_changed(
    transport: Transport, engine_phone: RigPhone, starter: Path
) -> None:
    pushed: list[tuple[int, int]] = []
    known = install(transport, starter, lambda done, total: pushed.append((done, total)))
    assert known.parity >= 0.999
    assert pushed[0][0] == 0 and pushed[-1][0] == pushed[-1][1] > 1_000_000
    assert installed(transport) == known and is_current(known, transport, starter)
    pushed.clear()
    assert install(transport, starter, lambda done, total: pushed.append((done, total))).runtime == known.runtime
    assert pushed == [(0, 0)]
    for place in (engine_phone.engine, *engine_phone.engine.rglob("*")):
        assert stat.S_IMODE(place.lstat().st_mode) & 0o077 == 0, place


def test_a_part_that_arrives_damaged_is_not_put_to_use(
    desk: Desk, phone_bundles: Path, monkeypatch: pytest.MonkeyPatch, starter: Path
) -> None:
    monkeypatch.setenv("POCKETLENS_PHONE_BUNDLE", str(phone_bundles))
    # A phone whose storage garbles one file of what is unpacked onto it.
    tar = '#!/system/bin/sh\n/system/bin/toybox tar "$@" || exit 1\nprintf x >> ./launch 2>/dev/null || exit 0\n'
    phone = desk.phone(instead={"tar": tar}, properties=X86)
    phone.plug()
    with pytest.raises(EngineRefused, match="not whole"):
        install(discovery.choose(None), starter)
    assert installed(discovery.choose(None)) is None
    assert not list((phone.engine / "parts").glob(".new-*"))


def test_a_phone_without_room_says_so_before_anything_is_pushed(
    desk: Desk, phone_bundles: Path, monkeypatch: pytest.MonkeyPatch, starter: Path
) -> None:
    monkeypatch.setenv("POCKETLENS_PHONE_BUNDLE", str(phone_bundles))
    df = "#!/system/bin/sh\necho Filesystem 1K-blocks Used Available\necho /dev/x 9000 1 9000\n"
    phone = desk.phone(instead={"df": df}, properties=X86)
    phone.plug()
    with pytest.raises(EngineRefused, match="9 MB free") as refused:
        install(discovery.choose(None), starter)
    assert "--on pc" in refused.value.remedy
    assert list((phone.engine / "parts").iterdir()) == []


@pytest.mark.parametrize(
    ("abis", "error"),
    [("armeabi-v7a,armeabi", EngineRefused), ("riscv64", EngineRefused), ("arm64-v8a", EngineMissing)],
)
def test_a_phone_of_another_kind_is_told_so(
    desk: Desk,
    phone_bundles: Path,
    monkeypatch: pytest.MonkeyPatch,
    starter: Path,
    tmp_path: Path,
    abis: str,
    error: type[PocketLensError],
) -> None:
    (tmp_path / "x86_64").symlink_to(phone_bundles / "x86_64")
    monkeypatch.setenv("POCKETLENS_PHONE_BUNDLE", str(tmp_path))
    desk.phone(properties={"ro.product.cpu.abilist": abis, "ro.product.cpu.abi": abis.partition(",")[0]}).plug()
    with pytest.raises(error) as refused:
        install(discovery.choose(None), starter)
    assert "PC" in refused.value.remedy


def test_a_phone_that_forbids_programs_says_why(
    desk: Desk, phone_bundles: Path, monkeypatch: pytest.MonkeyPatch, starter: Path
) -> None:
    monkeypatch.setenv("POCKETLENS_PHONE_BUNDLE", str(phone_bundles))
    # Files that are unpacked lose the right to be run, as on a file system mounted noexec.
    tar = '#!/system/bin/sh\n/system/bin/toybox tar "$@" && find . -type f -exec chmod 600 {} +\n'
    desk.phone(instead={"tar": tar}, properties=X86).plug()
    with pytest.raises(EngineRefused, match="does not allow programs"):
        install(discovery.choose(None), starter)
    assert installed(discovery.choose(None)) is None


def test_removal_leaves_nothing_on_the_phone(ready_phone: RigPhone) -> None:
    transport = discovery.choose(None)
    remove(transport)
    assert list((ready_phone.root / "data" / "local" / "tmp").iterdir()) == []
    remove(transport)  # twice is not an error


def test_two_hundred_photos_through_two_unpluggings_and_a_kill(
    ready_phone: RigPhone, engine: EngineClient, home: Home, starter: Path, tmp_path: Path
) -> None:
    fill(ready_phone, 200)
    ready_phone.put(b"DCIM/Camera/broken.jpg", b"not a photo")
    odd = b"DCIM/it's a \xff $HOME\n.jpg"
    ready_phone.put(odd, photo(777))
    events = engine.events(engine.index([SPEC], place=Place.PHONE))
    until_it_encodes(events)
    for _ in range(2):
        ready_phone.unplug()
        until_it_waits(events, "unplugged")
        ready_phone.plug()
        until_it_encodes(events)
    os.kill(job_process(ready_phone), 9)
    done = finish(events)
    assert (done.added, done.unreadable, done.on_phone) == (202, 1, 202)
    there = vectors(home)
    assert len(there) == 201 and odd in there
    # The PC would have come to the same.
    other = Home(data=tmp_path / "pc" / "data", cache=tmp_path / "pc" / "cache")
    with started(other, starter) as pc:
        assert finish(pc.events(pc.index([SPEC]))).added == 202
    here = vectors(other)
    assert here.keys() == there.keys()
    for path, vector in here.items():
        one, two = unpacked([vector, there[path]], len(vector) - 4).floats()
        assert float(one @ two) >= 0.999
    with EngineClient(Role.SEARCH, home=home, model=starter) as search:
        *_, results = search.events(search.search("a red square", top=5))
    assert isinstance(results, Results)
    assert len(results.hits) == 5 and all(hit.thumbnail or hit.path for hit in results.hits)
    # Nothing is left to bring, and the next job has nothing to do.
    again = index(engine)
    assert (again.unchanged, again.on_phone) == (202, 0)


def test_adbds_death_with_the_whole_job_is_made_up_for_without_being_asked(
    ready_phone: RigPhone, engine: EngineClient, home: Home
) -> None:
    fill(ready_phone, 120)
    events = engine.events(engine.index([SPEC], place=Place.PHONE))
    until_it_encodes(events)
    victim = job_process(ready_phone)
    ready_phone.unplug()
    os.kill(victim, 9)  # as Android does with everything adbd has started
    until_it_waits(events, "unplugged")
    ready_phone.plug()
    assert finish(events).added == 120
    assert len(vectors(home)) == 120


def test_the_phone_goes_on_when_the_pc_is_killed_and_the_next_job_brings_it_back(
    ready_phone: RigPhone, home: Home, starter: Path
) -> None:
    fill(ready_phone, 60)
    first = started(home, starter)
    until_it_encodes(first.events(first.index([SPEC], place=Place.PHONE)))
    os.kill(first.pid, 9)
    first.close()
    events = ready_phone.engine / "home" / "job" / "events"
    until(lambda: b'"type":"indexed"' in events.read_bytes())
    with started(home, starter) as second:
        done = index(second)
    assert done.unchanged + done.added == 60 and done.on_phone > 0
    assert len(vectors(home)) == 60


def test_what_one_place_has_indexed_is_not_indexed_by_the_other(
    ready_phone: RigPhone, engine: EngineClient, home: Home
) -> None:
    fill(ready_phone, 4)
    assert index(engine, Place.PC).on_phone == 0
    fill(ready_phone, 3, first=4)
    done = index(engine)
    assert (done.unchanged, done.added, done.on_phone) == (4, 3, 3)
    done = index(engine, Place.PC)
    assert (done.unchanged, done.added) == (7, 0)
    ready_phone.place(b"DCIM/Camera/IMG_0005.jpg").unlink()
    assert index(engine).removed == 1


def test_cancelling_stops_the_job_on_the_phone_and_keeps_what_it_did(
    ready_phone: RigPhone, engine: EngineClient, home: Home
) -> None:
    fill(ready_phone, 200)
    request = engine.index([SPEC], place=Place.PHONE)
    events = engine.events(request)
    until_it_encodes(events)
    engine.cancel(request)
    done = finish(events)
    assert done.cancelled and 0 < done.on_phone < 200
    assert len(vectors(home)) == done.on_phone
    last = (ready_phone.engine / "home" / "job" / "events").read_bytes().splitlines()[-1]
    assert json.loads(last)["cancelled"] is True


def test_the_first_job_installs_the_engine_and_one_cancelled_meanwhile_leaves_the_rest_to_the_next(
    engine_phone: RigPhone, engine: EngineClient, transport: Transport, home: Home
) -> None:
    fill(engine_phone, 3)
    request = engine.index([SPEC], place=Place.PHONE)
    events = engine.events(request)
    for event in events:
        if isinstance(event, Progress) and event.stage is Stage.INSTALLING:
            break
    engine.cancel(request)
    done = finish(events)
    assert (done.cancelled, done.on_phone) == (True, 0)
    done = index(engine)
    assert (done.added, done.on_phone) == (3, 3)
    assert installed(transport) is not None
    assert list((engine_phone.engine / "parts").glob(".new-*")) == []
    assert len(vectors(home)) == 3


def test_a_hot_phone_is_waited_for_and_says_why(ready_phone: RigPhone, engine: EngineClient) -> None:
    ready_phone.setting("battery", b"  level: 83\n  scale: 100\n  temperature: 460\n")
    fill(ready_phone, 5)
    request = engine.index([SPEC], place=Place.PHONE)
    events = engine.events(request)
    until_it_waits(events, "hot")
    engine.cancel(request)
    assert finish(events).cancelled


def test_whichever_is_faster_is_the_pc_until_the_engine_is_on_the_phone(
    engine_phone: RigPhone, engine: EngineClient
) -> None:
    fill(engine_phone, 3)
    done = index(engine, Place.FASTEST)
    assert (done.added, done.on_phone) == (3, 0)
    assert not engine_phone.engine.exists()


@pytest.mark.parametrize(("photo_ms", "on_phone"), [(0.01, 3), (1e6, 0)])
def test_whichever_is_faster_goes_by_what_the_phones_own_check_measured(
    ready_phone: RigPhone, home: Home, starter: Path, photo_ms: float, on_phone: int
) -> None:
    place = ready_phone.engine / "installed.json"
    known = json.loads(place.read_bytes()) | {"photo_ms": photo_ms}
    place.unlink()  # it is shared with other tests
    place.write_text(json.dumps(known))
    fill(ready_phone, 3)
    with started(home, starter) as engine:
        done = index(engine, Place.FASTEST)
    assert (done.added, done.on_phone) == (3, on_phone)


def test_the_command_line_installs_checks_indexes_tells_and_removes(
    engine_phone: RigPhone, bare_desk: Desk, tmp_path: Path
) -> None:
    kept = ("ADBUTILS_ADB_PATH", "POCKETLENS_PHONE_BUNDLE")
    pocketlens = Command(tmp_path / "home", {name: os.environ[name] for name in kept})
    fill(engine_phone, 4)
    missing = pocketlens("phone", "engine", "status")
    assert missing.returncode == ExitCode.NOTHING_THERE and "engine install" in missing.stderr
    assert "Installed and checked" in pocketlens("phone", "engine", "install").stderr
    assert json.loads(pocketlens("phone", "engine", "check", "--json").stdout)["parity"] >= 0.999
    done = json.loads(pocketlens("phone", "index", "--on", "phone", "--json").stdout)
    assert (done["added"], done["on_phone"]) == (4, 4)
    status = json.loads(pocketlens("phone", "engine", "status", "--json").stdout)
    assert (status["job"]["running"], status["waiting"]) == (False, 0)
    assert "No job is running" in pocketlens("phone", "engine", "stop").stderr
    assert pocketlens("phone", "engine", "remove").returncode == ExitCode.OK
    assert not engine_phone.engine.exists()
