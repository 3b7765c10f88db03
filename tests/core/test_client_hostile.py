"""Whatever an engine writes, its client gives events or says that the engine died; it neither hangs nor raises else."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pocketlens import __version__
from pocketlens import client as client_module
from pocketlens.client import EngineClient
from pocketlens.errors import PocketLensError
from pocketlens.paths import Home
from pocketlens.protocol import PROTOCOL_VERSION, AnyEvent, Failed, Hello, Role

HELLO = msgspec.json.encode(
    Hello(
        seq=0, version=__version__, protocol=PROTOCOL_VERSION, role=Role.SEARCH, model="m@1", dimension=1,
        platform="x", pid=1,
    )
)  # fmt: skip

#: In an engine's place: it says what it is given and ends.
SAYS = "import sys; sys.stdout.buffer.write(open(sys.argv[1], 'rb').read())"

#: Nearly events: the right names with any kinds of values.
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
_TYPES = st.sampled_from(
    ["hello", "progress", "photo-failed", "indexed", "texts-read", "embedded", "results", "failed", "goodbye", "other"]
)
_FIELDS = st.sampled_from(
    ["seq", "request", "stage", "done", "total", "source", "path", "code", "what", "hits", "considered", "picture"]
)
_NEARLY = st.builds(
    lambda kind, fields: msgspec.json.encode({**fields, "type": kind}),
    _TYPES,
    st.dictionaries(_FIELDS, _VALUES, max_size=6),
)
_REAL = st.sampled_from(
    [
        HELLO,
        b'{"type":"progress","seq":1,"request":1,"stage":"encoding","done":1,"total":2}',
        b'{"type":"results","seq":2,"request":1,"hits":[],"considered":0,"encode_ms":0,"search_ms":0}',
        b'{"type":"failed","seq":3,"request":1,"code":"album-missing","what":"x"}',
        b'{"type":"goodbye","seq":4}',
    ]
)
_LINES = st.lists(_REAL | _NEARLY | st.binary(max_size=60), max_size=8)


@pytest.fixture
def saying(tmp_path: Path, home: Home, starter: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., EngineClient]:
    """A client of an engine that says these bytes and ends."""
    script = tmp_path / "script"

    def command(*_: object) -> list[str]:
        return [sys.executable, "-I", "-S", "-c", SAYS, str(script)]

    monkeypatch.setattr(client_module, "engine_command", command)

    def connected(said: bytes, **more: Any) -> EngineClient:
        script.write_bytes(said)
        return EngineClient(Role.SEARCH, home=home, model=starter, **more)

    return connected


def read_to_the_end(client: EngineClient) -> list[AnyEvent]:
    """The events of one request, up to where the engine died."""
    events: list[AnyEvent] = []
    try:
        request = client.search("dog")
        events.extend(client.events(request))
    except PocketLensError as error:
        assert error.what
    return events


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(lines=_LINES, greets=st.booleans(), whole=st.booleans())
@example(lines=[b"[" * 100_000], greets=True, whole=True)
@example(lines=[b'{"type":"hello"' + b'{"a":' * 100_000], greets=False, whole=True)
@example(lines=[b"\xff\xfe", b"", b"\0" * 50], greets=True, whole=False)
@example(lines=[b'{"type":"results","seq":1e400,"request":1}'], greets=True, whole=True)
def test_any_lines_give_events_or_an_error_of_ours(
    saying: Callable[..., EngineClient], lines: list[bytes], greets: bool, whole: bool
) -> None:
    said = b"\n".join([HELLO, *lines] if greets else lines) + (b"\n" if whole else b"")
    try:
        client = saying(said)
    except PocketLensError as error:
        assert error.what
        assert not said.startswith(HELLO + b"\n")
        return
    with client:
        assert client.hello.model
        read_to_the_end(client)
    assert not client.alive


@settings(
    deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(lines=_LINES)
def test_a_listener_hears_events_and_last_that_the_engine_died(
    saying: Callable[..., EngineClient], lines: list[bytes]
) -> None:
    heard: list[AnyEvent] = []
    ended = threading.Event()

    def hear(event: AnyEvent) -> None:
        heard.append(event)
        if isinstance(event, Failed) and event.code == "engine-died":
            ended.set()

    with saying(b"\n".join([HELLO, *lines]) + b"\n", on_event=hear) as client:
        assert ended.wait(60), "nobody waits for an engine that is gone"
        assert not client.alive
    assert isinstance(heard[-1], Failed)
    assert heard[-1].code == "engine-died"


def test_the_witness_says_what_it_is_given(tmp_path: Path) -> None:
    (tmp_path / "script").write_bytes(HELLO)
    said = subprocess.run(
        [sys.executable, "-I", "-S", "-c", SAYS, tmp_path / "script"], capture_output=True, check=True
    )
    assert said.stdout == HELLO
