"""The engine process and its protocol, over real pipes."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine_process import engine
from core.small_album import SmallAlbum, known_photos
from pocketlens import __version__
from pocketlens.engine import EventWriter, failed, read_requests
from pocketlens.errors import PocketLensError
from pocketlens.paths import Home
from pocketlens.protocol import (
    LONGEST_LINE,
    PROTOCOL_VERSION,
    AnyEvent,
    AnyRequest,
    CancelRequest,
    Event,
    Failed,
    Goodbye,
    Hello,
    Indexed,
    IndexRequest,
    PauseRequest,
    Progress,
    Results,
    Role,
    SearchRequest,
    ShutdownRequest,
    Stage,
)

needs_posix = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")


def index(album: SmallAlbum, ident: int = 1, threads: int | None = None) -> IndexRequest:
    return IndexRequest(id=ident, sources=[album.spec], threads=threads)


# -- the conversation ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_it_says_hello_first_and_goodbye_last(home: Home, starter: Path, role: Role) -> None:
    with engine(role, home, starter) as running:
        running.end_input()
        first, last = running.events()
        assert isinstance(first, Hello)
        assert (first.version, first.protocol, first.role) == (__version__, PROTOCOL_VERSION, role)
        assert first.pid == running.process.pid
        assert first.model.startswith("starter@")
        assert isinstance(last, Goodbye)
        assert running.process.wait(60) == 0


def test_events_are_numbered_without_gaps(home: Home, starter: Path, album: SmallAlbum) -> None:
    album.fill(5)
    album.write("broken.jpg", b"")
    with engine(Role.INDEX, home, starter) as running:
        running.send(index(album, 1), b"what?", index(album, 2))
        events = running.events()
        numbers = []
        for event in events:
            numbers.append(event.seq)
            if isinstance(event, Indexed) and event.request == 2:
                running.end_input()
    assert numbers == list(range(len(numbers)))
    assert len(numbers) > 10


def test_requests_are_answered_one_after_the_other(home: Home, starter: Path, album: SmallAlbum) -> None:
    album.fill(3)
    with engine(Role.INDEX, home, starter) as running:
        running.send(index(album, 5), index(album, 6))
        assert [running.next(Indexed).request for _ in range(2)] == [5, 6]
    with engine(Role.SEARCH, home, starter) as running:
        running.send(SearchRequest(id=8, text="dog"), SearchRequest(id=9, text="cat"))
        assert [running.next(Results).request for _ in range(2)] == [8, 9]


@pytest.mark.parametrize(
    ("line", "request_"),
    [
        (b"what?", None),
        (b'{"type":"fly","id":7}', 7),
        (b'{"type":"search","id":7,"text":5}', 7),
        (b'{"type":"search","id":"x"}', None),
        (b"\xff\xfe", None),
        (b"[" * 100_000, None),
    ],
)
def test_a_line_that_is_no_request_is_answered_and_no_more(
    home: Home, starter: Path, line: bytes, request_: int | None
) -> None:
    with engine(Role.SEARCH, home, starter) as running:
        running.send(line, b"", SearchRequest(id=2, text="dog"))
        refused = running.next(Failed)
        assert (refused.code, refused.request) == ("protocol-violation", request_)
        assert running.next(Failed).code == "nothing-indexed"


def test_a_line_that_does_not_end_ends_the_engine(home: Home, starter: Path) -> None:
    with engine(Role.SEARCH, home, starter) as running:
        with pytest.raises(BrokenPipeError):
            for _ in range(LONGEST_LINE // 1_000_000 + 2):
                running.process.stdin.write(b"x" * 1_000_000)  # type: ignore[union-attr]
                running.process.stdin.flush()  # type: ignore[union-attr]
            running.process.wait(60)
            running.send(b"more")
        assert running.next(Failed).what == "A request is too long."
        assert running.process.wait(60) == 0


def test_an_engine_does_only_what_its_role_is(home: Home, starter: Path, album: SmallAlbum) -> None:
    with engine(Role.SEARCH, home, starter) as running:
        running.send(index(album))
        assert running.next(Failed).code == "protocol-violation"
    with engine(Role.INDEX, home, starter) as running:
        running.send(SearchRequest(id=1, text="dog"))
        assert running.next(Failed).code == "protocol-violation"
    assert not home.data.exists()


def test_a_model_that_is_not_there_is_said_instead_of_hello(home: Home, tmp_path: Path) -> None:
    with engine(Role.SEARCH, home, tmp_path) as running:
        (only,) = running.events()
        assert isinstance(only, Failed)
        assert only.code == "model-missing"
        assert running.process.wait(60) == 1


def test_what_the_machine_refuses_is_an_answer_not_a_crash(tmp_path: Path, starter: Path, album: SmallAlbum) -> None:
    (tmp_path / "file").write_bytes(b"")
    with engine(Role.INDEX, Home(tmp_path / "file" / "data", tmp_path / "cache"), starter) as running:
        running.send(index(album))
        assert running.next(Failed).what == "The system refused: Not a directory."
        running.send(index(album, 2))
        assert running.next(Failed).request == 2


# -- stopping ------------------------------------------------------------------------------------------------------


def encoding(running_events: Iterator[AnyEvent]) -> None:
    """Read on until photos are being encoded."""
    next(event for event in running_events if isinstance(event, Progress) and event.stage is Stage.ENCODING)


def test_a_running_job_is_cancelled_and_a_waiting_one_never_begins(
    home: Home, starter: Path, album: SmallAlbum
) -> None:
    album.fill(500)
    small = SmallAlbum(album.root.with_name("small"))
    with engine(Role.INDEX, home, starter) as running:
        running.send(index(album, 1, threads=1), index(album, 2))
        encoding(running.events())
        running.send(CancelRequest(id=3, target=2), CancelRequest(id=4, target=1), CancelRequest(id=5, target=77))
        done = running.next(Indexed)
        assert (done.request, done.cancelled) == (1, True)
        refused = running.next(Failed)
        assert (refused.request, refused.code) == (2, "cancelled")
        running.send(index(small, 77))
        assert not running.next(Indexed).cancelled, "a number cancelled before it was asked for means nothing"


def test_a_job_paused_before_it_begins_waits_until_it_is_resumed(home: Home, starter: Path, album: SmallAlbum) -> None:
    album.fill(3)
    with engine(Role.INDEX, home, starter) as running:
        running.send(index(album, 1), PauseRequest(id=2))
        waiting = next(event for event in running.events() if isinstance(event, Progress) and event.paused)
        assert (waiting.paused, waiting.done) == ("asked", 0)
        running.send(PauseRequest(id=3, paused=False))
        assert running.next(Indexed).added == 3
        running.send(PauseRequest(id=4), index(album, 5))
        assert running.next(Indexed).unchanged == 3, "a pause with nothing to pause is no pause"


def test_the_end_of_its_input_stops_the_job_and_the_process(home: Home, starter: Path, album: SmallAlbum) -> None:
    album.fill(500)
    with engine(Role.INDEX, home, starter) as running:
        running.send(index(album, threads=1))
        encoding(running.events())
        running.end_input()
        *_, done, last = running.events()
        assert isinstance(done, Indexed)
        assert done.cancelled
        assert isinstance(last, Goodbye)
        assert running.process.wait(60) == 0
    assert len(known_photos(home)) == 500


@needs_posix
def test_sigterm_stops_the_job_and_the_process_in_good_order(home: Home, starter: Path, album: SmallAlbum) -> None:
    album.fill(500)
    with engine(Role.INDEX, home, starter) as running:
        running.send(index(album, threads=1))
        encoding(running.events())
        running.process.terminate()
        *_, done, last = running.events()
        assert isinstance(done, Indexed)
        assert done.cancelled
        assert isinstance(last, Goodbye)
        assert running.process.wait(60) == 0


@needs_posix
def test_sigterm_ends_a_paused_and_an_idle_engine(home: Home, starter: Path, album: SmallAlbum) -> None:
    album.fill(3)
    with engine(Role.INDEX, home, starter) as running:
        running.send(index(album), PauseRequest(id=2))
        next(event for event in running.events() if isinstance(event, Progress) and event.paused)
        running.process.terminate()
        assert running.process.wait(60) == 0
    with engine(Role.INDEX, home, starter) as running:
        running.next(Hello)
        running.process.terminate()
        assert running.process.wait(60) == 0


@needs_posix
def test_ctrl_c_is_left_to_the_client(home: Home, starter: Path) -> None:
    with engine(Role.SEARCH, home, starter) as running:
        running.next(Hello)
        running.process.send_signal(signal.SIGINT)
        running.send(SearchRequest(id=1, text="dog"))
        assert running.next(Failed).request == 1


def test_nobody_listening_does_not_stop_it_from_ending(home: Home, starter: Path, album: SmallAlbum) -> None:
    album.fill(100)
    with engine(Role.INDEX, home, starter) as running:
        running.send(index(album))
        encoding(running.events())
        running.process.stdout.close()  # type: ignore[union-attr]
        running.end_input()
        assert running.process.wait(60) == 0


# -- what is written -----------------------------------------------------------------------------------------------

NOISY = """
import os, sys
from pathlib import Path
from pocketlens import engine, source

def open_noisily(spec):
    print("a library's remark")
    os.write(1, b"another's\\n")
    os.system("echo a program of its own")
    return source.open_folder(spec)

sys.exit(engine.main(sys.argv[1:], {"folder": open_noisily}))
"""


def test_what_libraries_print_does_not_reach_the_pipe(home: Home, starter: Path, album: SmallAlbum) -> None:
    album.fill(1)
    with engine(Role.INDEX, home, starter, NOISY) as running:
        running.send(index(album))
        running.next(Indexed)
        running.send(ShutdownRequest(id=2))
        assert [type(event) for event in running.events()] == [Goodbye]
        said = running.process.stderr.read()  # type: ignore[union-attr]
        for remark in (b"a library's remark", b"another's", b"a program of its own"):
            assert remark in said


class OneByteAtATime(io.RawIOBase):
    """A pipe that a signal interrupts all the time."""

    def __init__(self) -> None:
        self.written = b""

    def write(self, data: object) -> int:
        self.written += bytes(memoryview(data)[:1])  # type: ignore[arg-type]
        return 1


def test_events_are_whole_lines_even_when_writes_are_cut_short() -> None:
    pipe = OneByteAtATime()
    emit = EventWriter(pipe)
    emit(Goodbye())
    emit(Failed(request=1, code="x", what="y"))
    one, other = pipe.written.splitlines()
    assert msgspec.json.decode(one, type=AnyEvent) == Goodbye(seq=0)
    assert msgspec.json.decode(other, type=AnyEvent) == Failed(seq=1, request=1, code="x", what="y")


def test_an_error_about_a_name_that_is_not_utf8_can_be_sent() -> None:
    pipe = OneByteAtATime()
    EventWriter(pipe)(failed(PocketLensError("Gone.", thing=os.fsdecode(b"caf\xe9")), 1))
    assert msgspec.json.decode(pipe.written, type=AnyEvent).thing == r"caf\xe9"


# -- any input -----------------------------------------------------------------------------------------------------


class Taken:
    """What takes the engine's place behind the reading thread."""

    def __init__(self) -> None:
        self.requests: list[AnyRequest] = []
        self.stopped = 0

    def accept(self, request: AnyRequest) -> None:
        self.requests.append(request)

    def stop(self) -> None:
        self.stopped += 1


class Chunks(io.RawIOBase):
    """A pipe that gives its content in chunks of given sizes."""

    def __init__(self, content: bytes, sizes: list[int]) -> None:
        self._rest = content
        self._sizes = iter(sizes)

    def read(self, size: int = -1) -> bytes:
        size = min(size, next(self._sizes, 65536))
        chunk, self._rest = self._rest[:size], self._rest[size:]
        return chunk


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=8), values, max_size=3),
    max_leaves=8,
)
requests = st.builds(SearchRequest, id=st.integers(0, 99), text=st.text(max_size=20)) | st.builds(
    CancelRequest, id=st.integers(0, 99), target=st.integers(0, 99)
)
lines = st.one_of(
    st.binary(max_size=60).map(lambda line: line.replace(b"\n", b" ")),
    json_values.map(msgspec.json.encode),
    requests.map(msgspec.json.encode),
    st.sampled_from([b"{", b'{"type":"index","id":1}', b"[" * 5000, b'{"type":"search","id":1e400}', b"\x00"]),
)


@given(st.lists(lines, max_size=12), st.lists(st.integers(1, 40), max_size=60))
def test_any_line_is_either_taken_or_answered(sent: list[bytes], sizes: list[int]) -> None:
    taken, answers = Taken(), []

    def emit(event: Event) -> None:
        assert isinstance(event, Failed)
        msgspec.json.encode(event)
        answers.append(event)

    read_requests(Chunks(b"".join(line + b"\n" for line in sent), sizes), taken, emit)  # type: ignore[arg-type]
    assert len(taken.requests) + len(answers) == sum(1 for line in sent if line.strip())
    assert {answer.code for answer in answers} <= {"protocol-violation"}
    assert taken.stopped == 1


@given(st.lists(requests, max_size=12), st.lists(st.integers(1, 40), max_size=60))
def test_requests_arrive_whole_however_the_pipe_cuts_them(
    sent: list[SearchRequest | CancelRequest], sizes: list[int]
) -> None:
    taken = Taken()
    content = b"".join(msgspec.json.encode(request) + b"\n" for request in sent)
    read_requests(Chunks(content, sizes), taken, lambda event: pytest.fail(str(event)))  # type: ignore[arg-type]
    assert taken.requests == sent
