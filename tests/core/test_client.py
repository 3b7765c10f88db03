"""The client's end: a conversation with a real engine, and what it makes of one that fails."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.engine_process import TESTS, exists
from core.small_album import SmallAlbum, known_photos
from pocketlens.client import EngineClient, raise_failed, typed_error
from pocketlens.errors import EngineDied, EngineMismatch, ModelCorrupt, ModelMissing, PocketLensError, ProtocolViolation
from pocketlens.paths import Home
from pocketlens.protocol import AnyEvent, Failed, Indexed, Progress, Results, Role, Stage

needs_posix = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")


def test_an_album_is_indexed_and_searched(home: Home, starter: Path, album: SmallAlbum) -> None:
    album.fill(3)
    with EngineClient(Role.INDEX, home=home, model=starter) as indexing:
        assert indexing.alive
        assert indexing.hello.role is Role.INDEX
        *progress, done = indexing.events(indexing.index([album.spec]))
        assert isinstance(done, Indexed)
        assert done.added == 3
        assert {type(event) for event in progress} == {Progress}
    with EngineClient(Role.SEARCH, home=home, model=starter) as searching:
        (found,) = searching.events(searching.search("dog", top=2))
        assert isinstance(found, Results)
        assert len(found.hits) == 2
        (like,) = searching.events(searching.search(like=found.hits[0].photo, albums=["camera"]))
        assert isinstance(like, Results)
        assert like.hits[0].photo == found.hits[0].photo


def test_answers_are_given_to_whoever_asked(home: Home, starter: Path, album: SmallAlbum) -> None:
    album.fill(2)
    with EngineClient(Role.INDEX, home=home, model=starter) as client:
        first, second = client.index([album.spec]), client.index([album.spec])
        *_, later = client.events(second)
        *_, earlier = client.events(first)
        assert isinstance(earlier, Indexed)
        assert isinstance(later, Indexed)
        assert (earlier.request, earlier.added) == (first, 2)
        assert (later.request, later.unchanged) == (second, 2)
        with pytest.raises(KeyError):
            next(client.events(first))


def test_a_job_is_paused_resumed_and_cancelled(home: Home, starter: Path, album: SmallAlbum) -> None:
    album.fill(200)
    with EngineClient(Role.INDEX, home=home, model=starter) as client:
        request = client.index([album.spec], threads=1)
        client.pause()
        events = client.events(request)
        assert next(event for event in events if isinstance(event, Progress) and event.paused)
        client.resume()
        assert next(event for event in events if isinstance(event, Progress) and not event.paused)
        client.cancel(request)
        *_, done = events
        assert isinstance(done, Indexed)
        assert done.cancelled


def test_a_refusal_is_an_event_that_can_be_raised(home: Home, starter: Path, album: SmallAlbum) -> None:
    with EngineClient(Role.SEARCH, home=home, model=starter) as client:
        (refused,) = client.events(client.search("dog"))
        assert isinstance(refused, Failed)
        with pytest.raises(typed_error(refused).__class__, match="No photo is indexed"):
            raise_failed(refused)


def test_an_error_this_version_does_not_know_is_an_error_still() -> None:
    error = typed_error(Failed(request=1, code="of-the-future", what="W.", thing="t", remedy="R."))
    assert type(error) is PocketLensError
    assert str(error) == "t: W. R."


def test_with_a_callback_every_event_comes_to_it(home: Home, starter: Path, album: SmallAlbum) -> None:
    album.fill(2)
    events: list[AnyEvent] = []
    ended = threading.Event()

    def take(event: AnyEvent) -> None:
        events.append(event)
        if isinstance(event, Indexed):
            ended.set()

    with EngineClient(Role.INDEX, home=home, model=starter, on_event=take) as client:
        request = client.index([album.spec])
        assert ended.wait(60)
    assert {event.request for event in events if event.request is not None} == {request}
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert not [event for event in events if isinstance(event, Failed)], "an end that was asked for is no failure"


# -- the end of a process ------------------------------------------------------------------------------------------


def test_close_leaves_no_process(home: Home, starter: Path) -> None:
    client = EngineClient(Role.SEARCH, home=home, model=starter)
    assert exists(client.pid)
    client.close()
    assert not client.alive
    assert not exists(client.pid)
    client.close()
    with pytest.raises(EngineDied):
        client.search("dog")


def test_close_ends_a_running_job_and_keeps_what_it_did(home: Home, starter: Path, album: SmallAlbum) -> None:
    album.fill(300)
    client = EngineClient(Role.INDEX, home=home, model=starter)
    events = client.events(client.index([album.spec], threads=1))
    next(event for event in events if isinstance(event, Progress) and event.stage is Stage.ENCODING)
    client.close(timeout_s=60)
    assert not exists(client.pid)
    *_, done = events
    assert isinstance(done, Indexed)
    assert done.cancelled
    assert len(known_photos(home)) == 300


@needs_posix
def test_a_killed_engine_is_reported_to_whoever_waits(home: Home, starter: Path, album: SmallAlbum) -> None:
    album.fill(100)
    with EngineClient(Role.INDEX, home=home, model=starter) as client:
        events = client.events(client.index([album.spec]))
        next(events)
        os.kill(client.pid, signal.SIGKILL)
        with pytest.raises(EngineDied, match="goes on where it stopped"):
            list(events)
        assert not client.alive
        with pytest.raises(EngineDied):
            client.index([album.spec])


@needs_posix
def test_a_killed_engine_is_reported_to_the_callback(home: Home, starter: Path) -> None:
    events: list[AnyEvent] = []
    told = threading.Event()

    def take(event: AnyEvent) -> None:
        events.append(event)
        told.set()

    with EngineClient(Role.SEARCH, home=home, model=starter, on_event=take) as client:
        os.kill(client.pid, signal.SIGKILL)
        assert told.wait(60)
    (only,) = events
    assert isinstance(only, Failed)
    assert only.code == "engine-died"


@needs_posix
def test_a_client_that_is_killed_takes_its_engine_with_it(home: Home, starter: Path) -> None:
    import subprocess
    import sys

    program = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from pocketlens.client import EngineClient\n"
        "from pocketlens.paths import home_at\n"
        "from pocketlens.protocol import Role\n"
        "client = EngineClient(Role.SEARCH, home=home_at(Path(sys.argv[1])), model=Path(sys.argv[2]))\n"
        "print(client.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    # The engine holds this pipe as its stderr: its end is the engine's.
    client = subprocess.Popen(
        [sys.executable, "-c", program, str(home.data.parent), str(starter)], stdout=subprocess.PIPE
    )
    said, _ = client.communicate(timeout=60)
    engine = int(said)
    for _ in range(600):
        if not exists(engine) or "State:\tZ" in Path(f"/proc/{engine}/status").read_text():
            break
        threading.Event().wait(0.1)
    else:
        pytest.fail("the engine is still there")


# -- engines that cannot be used -----------------------------------------------------------------------------------


def test_a_model_that_is_not_there_is_said_at_the_start(home: Home, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        EngineClient(Role.SEARCH, home=home, model=tmp_path)


def test_a_corrupt_model_is_never_loaded(home: Home, starter: Path, album: SmallAlbum, tmp_path: Path) -> None:
    album.fill(1)
    model = tmp_path / "model"
    shutil.copytree(starter, model)
    with (model / "image.onnx.data").open("r+b") as file:
        file.write(b"x")
    with EngineClient(Role.INDEX, home=home, model=model) as client:
        *_, refused = client.events(client.index([album.spec]))
        with pytest.raises(ModelCorrupt, match=r"image\.onnx\.data"):
            raise_failed(refused)


@contextmanager
def misbehaving(how: str, home: Home, starter: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EngineClient]:
    monkeypatch.setenv("MISBEHAVIOUR", how)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")]))
    with EngineClient(Role.SEARCH, home=home, model=starter, module="core.engine_process") as client:
        yield client


@pytest.mark.parametrize(
    ("how", "error", "says"),
    [
        ("other release", EngineMismatch, "The engine is 0.0.1"),
        ("other protocol", EngineMismatch, "Install PocketLens again"),
        ("no hello", ProtocolViolation, "did not say hello"),
        ("nonsense at once", EngineDied, "Segmentation fault"),
        ("dies at once", EngineDied, "libfoo.so is missing"),
    ],
)
def test_an_engine_that_is_not_ours_is_refused(
    home: Home,
    starter: Path,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
    error: type[PocketLensError],
    says: str,
) -> None:
    with pytest.raises(error, match=says), misbehaving(how, home, starter, monkeypatch):
        pass


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("nonsense later", "no event"),
        ("half a line", "exit status 0"),
        ("endless line", "no event"),
        ("much on stderr", "last words"),
    ],
)
def test_an_engine_that_breaks_off_has_died(
    home: Home, starter: Path, monkeypatch: pytest.MonkeyPatch, how: str, says: str
) -> None:
    with misbehaving(how, home, starter, monkeypatch) as client:
        request = client.search("dog")
        with pytest.raises(EngineDied, match=says):
            list(client.events(request))
        client.close()
        assert not exists(client.pid)


@needs_posix
def test_an_engine_that_will_not_end_is_killed(home: Home, starter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with misbehaving("will not end", home, starter, monkeypatch) as client:
        client.close(timeout_s=0.1)
        assert not exists(client.pid)


@needs_posix
def test_a_callback_that_fails_does_not_leave_an_engine_nobody_listens_to(
    home: Home, starter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: list[BaseException | None] = []
    monkeypatch.setattr(threading, "excepthook", lambda failure: failures.append(failure.exc_value))

    def fail(event: AnyEvent) -> None:
        raise ZeroDivisionError

    with EngineClient(Role.SEARCH, home=home, model=starter, on_event=fail) as client:
        client.search("dog")
        client._reader.join(60)
        assert not exists(client.pid)
    assert isinstance(failures[0], ZeroDivisionError)


def test_an_error_of_a_kind_that_only_the_engine_knows_keeps_its_code() -> None:
    error = typed_error(Failed(code="phone-unavailable", what="It is not there.", remedy="Plug it in."))
    assert (type(error), error.code, error.remedy) == (PocketLensError, "phone-unavailable", "Plug it in.")


def test_an_engine_imports_nothing_from_the_folder_one_happens_to_be_in(
    home: Home, starter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "queue.py").write_text("raise SystemExit('taken from the current folder')")
    monkeypatch.chdir(tmp_path)
    with EngineClient(Role.INDEX, home=home, model=starter) as client:
        assert client.hello.role is Role.INDEX
