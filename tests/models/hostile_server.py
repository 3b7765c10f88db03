"""A web server on this machine that holds one file, and misbehaves on request."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Behaviour:
    """What the server does with one request.

    Attributes:
        status: answered instead of 200 or 206; with an empty body.
        cut_after: bytes of the body after which the connection is closed.
        stall_after: bytes of the body after which nothing more comes, until the test is over.
        claimed_length: what Content-Length says instead of the truth.
        content: the file as it is for this request and those after it.
        etag: of the file from now on; None for none.
        ignores_ranges: sends all of the file with 200, whatever was asked for.
        range_start: where a 206 claims to begin and begins, instead of where it was asked to.
        extra: sent after the file's own bytes.
    """

    status: int | None = None
    cut_after: int | None = None
    stall_after: int | None = None
    claimed_length: int | None = None
    content: bytes | None = None
    etag: str | None = ""
    ignores_ranges: bool = False
    range_start: int | None = None
    extra: bytes = b""


@dataclass
class HostileServer:
    """Attributes:
    url: of the file.
    requests: the headers of every request so far.
    behaviours: taken one a request; when none is left the server behaves.
    """

    url: str
    content: bytes
    etag: str | None
    behaviours: list[Behaviour] = field(default_factory=list)
    requests: list[dict[str, str]] = field(default_factory=list)
    stalled: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def ranges(self) -> list[str | None]:
        """The Range of every request so far, None for a request without."""
        return [headers.get("Range") for headers in self.requests]


@contextlib.contextmanager
def hostile_server(content: bytes) -> Iterator[HostileServer]:
    """Serve ``content`` with a strong validator for as long as the block runs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            _answer(self, state)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        tag = f'"{hashlib.sha256(content).hexdigest()[:8]}"'
        state = HostileServer(f"http://127.0.0.1:{server.server_port}/model.zip", content, tag)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield state
        finally:
            state.over.set()
            server.shutdown()
            thread.join()


def _answer(handler: BaseHTTPRequestHandler, state: HostileServer) -> None:
    state.requests.append(dict(handler.headers.items()))
    behaviour = state.behaviours.pop(0) if state.behaviours else Behaviour()
    if behaviour.content is not None:
        state.content = behaviour.content
    if behaviour.etag != "":
        state.etag = behaviour.etag
    if behaviour.status is not None:
        handler.send_response(behaviour.status)
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return
    start = _asked_start(handler, state, behaviour)
    if start is not None and start >= len(state.content):
        handler.send_response(416)
        handler.send_header("Content-Range", f"bytes */{len(state.content)}")
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return
    _send(handler, state, behaviour, start)


def _asked_start(handler: BaseHTTPRequestHandler, state: HostileServer, behaviour: Behaviour) -> int | None:
    """Where a partial answer begins; None for the whole file."""
    asked = handler.headers.get("Range")
    condition = handler.headers.get("If-Range")
    if asked is None or behaviour.ignores_ranges or (condition is not None and condition != state.etag):
        return None
    start = int(asked.removeprefix("bytes=").rstrip("-"))
    return start if behaviour.range_start is None else behaviour.range_start


def _send(handler: BaseHTTPRequestHandler, state: HostileServer, behaviour: Behaviour, start: int | None) -> None:
    body = state.content[start or 0 :] + behaviour.extra
    handler.send_response(200 if start is None else 206)
    if start is not None:
        handler.send_header("Content-Range", f"bytes {start}-{len(state.content) - 1}/{len(state.content)}")
    if state.etag:
        handler.send_header("ETag", state.etag)
    length = len(body) if behaviour.claimed_length is None else behaviour.claimed_length
    handler.send_header("Content-Length", str(length))
    handler.end_headers()
    kept = [count for count in (behaviour.cut_after, behaviour.stall_after) if count is not None]
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        handler.wfile.write(body[: kept[0]] if kept else body)
        handler.wfile.flush()
        if behaviour.stall_after is not None:
            state.stalled.set()
            state.over.wait()
    if kept or behaviour.claimed_length is not None:
        handler.close_connection = True
