"""The other end of the engine's pipe: starts the process, sends requests, gives its events."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

import pocketlens.errors as errors_module
from pocketlens import __version__
from pocketlens.errors import EngineDied, EngineMismatch, PocketLensError, ProtocolViolation
from pocketlens.paths import Home
from pocketlens.protocol import (
    FINAL_EVENTS,
    LONGEST_LINE,
    PROTOCOL_VERSION,
    AnyEvent,
    CancelRequest,
    EmbedRequest,
    Event,
    Failed,
    Hello,
    IndexRequest,
    PauseRequest,
    PictureVector,
    Place,
    ReadRequest,
    Request,
    Role,
    SearchRequest,
    ShutdownRequest,
    SourceSpec,
)

#: Seconds until a fresh process must have said hello: 0.2 measured; a busy machine with a cold disk takes longer.
HELLO_TIMEOUT_S = 60.0
# What an engine's last words on stderr are cut to, characters.
_LAST_WORDS = 2000


class EngineClient:
    """One engine process and the conversation with it. All methods may be called from any thread."""

    def __init__(
        self,
        role: Role,
        *,
        home: Home,
        model: Path,
        on_event: Callable[[AnyEvent], None] | None = None,
        module: str = "pocketlens.engine",
    ) -> None:
        """Start the process and wait for its hello.

        Args:
            home: where the catalogue and the cache are.
            model: folder of the model package.
            on_event: called from the client's reading thread with every event after the hello; then `events` is not
                to be used. When the process ends unasked, it gets a last `Failed` with code "engine-died".
            module: the engine to run: core's own, or one that can open more kinds of source.

        Raises:
            EngineDied, EngineMismatch, ModelMissing, ModelCorrupt, ModelUnsupported
        """
        self._on_event = on_event
        self._lock = threading.Lock()
        self._next_id = 1
        self._closing = False
        self._queues: dict[int, queue.SimpleQueue[AnyEvent | None]] = {}
        self._greeting: queue.SimpleQueue[AnyEvent | None] = queue.SimpleQueue()
        self._last_words = ""
        self._process = subprocess.Popen(
            engine_command(role, home, model, module),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=engine_environment(),
            # A window's engine must not open a console of its own.
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._reader = threading.Thread(target=self._read_events, name="engine-events", daemon=True)
        self._stderr_reader = threading.Thread(target=self._read_stderr, name="engine-stderr", daemon=True)
        self._stderr_reader.start()
        self._reader.start()
        try:
            self.hello = self._welcome()
        except BaseException:
            self.close(timeout_s=0)
            raise

    def _welcome(self) -> Hello:
        try:
            first = self._greeting.get(timeout=HELLO_TIMEOUT_S)
        except queue.Empty:
            raise EngineDied(f"The engine said nothing for {HELLO_TIMEOUT_S:.0f} seconds.") from None
        if first is None:
            raise self._died()
        if isinstance(first, Failed):
            raise typed_error(first)
        if not isinstance(first, Hello):
            raise ProtocolViolation("The engine did not say hello first.", thing=type(first).__name__)
        if first.protocol != PROTOCOL_VERSION or first.version != __version__:
            raise EngineMismatch(
                f"The engine is {first.version} (protocol {first.protocol}), this is {__version__}"
                f" (protocol {PROTOCOL_VERSION}).",
                remedy="Install PocketLens again, so that both come from one release.",
            )
        return first

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def index(
        self,
        sources: Sequence[SourceSpec],
        *,
        retry_unreadable: bool = False,
        threads: int | None = None,
        fast: bool = False,
        place: Place = Place.PC,
    ) -> int:
        """Ask for an indexing job (`IndexRequest`). Returns the request's id."""
        return self._ask(
            lambda ident: IndexRequest(
                id=ident,
                sources=list(sources),
                retry_unreadable=retry_unreadable,
                threads=threads,
                fast=fast,
                place=place,
            )
        )

    def read(self, sources: Sequence[SourceSpec], *, retry_failed: bool = False) -> int:
        """Ask for the words in photos (`ReadRequest`). Returns the request's id."""
        return self._ask(lambda ident: ReadRequest(id=ident, sources=list(sources), retry_failed=retry_failed))

    def embed(self, picture: Path) -> int:
        """Ask for a picture's vector (`EmbedRequest`). Returns the request's id."""
        return self._ask(lambda ident: EmbedRequest(id=ident, path=os.fsencode(picture.absolute())))

    def search(
        self,
        text: str = "",
        *,
        like: int | None = None,
        picture: PictureVector | None = None,
        top: int = 50,
        albums: Sequence[str] = (),
    ) -> int:
        """Ask for a ranking (`SearchRequest`). Returns the request's id."""
        return self._ask(
            lambda ident: SearchRequest(id=ident, text=text, like=like, picture=picture, top=top, albums=list(albums))
        )

    def cancel(self, request: int) -> None:
        """Ask the engine to stop ``request``; its final event still comes."""
        self._ask(lambda ident: CancelRequest(id=ident, target=request))

    def pause(self) -> None:
        self._ask(lambda ident: PauseRequest(id=ident))

    def resume(self) -> None:
        self._ask(lambda ident: PauseRequest(id=ident, paused=False))

    def events(self, request: int) -> Iterator[AnyEvent]:
        """The events of ``request`` as they come, up to its final one. They can be had once.

        Raises:
            EngineDied: the process ended before that.
            KeyError: there is no such request, or its events were had already.
        """
        with self._lock:
            waiting = self._queues[request]
        while (event := waiting.get()) is not None:
            if isinstance(event, FINAL_EVENTS):
                with self._lock:
                    del self._queues[request]
                yield event
                return
            yield event
        raise self._died()

    def close(self, timeout_s: float = 5.0) -> None:
        """End the process: it is asked to, and killed when it has not ended after ``timeout_s`` seconds."""
        self._closing = True
        with contextlib.suppress(EngineDied):
            self._ask(lambda ident: ShutdownRequest(id=ident))
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        with contextlib.suppress(OSError):
            self._process.stdin.close()  # type: ignore[union-attr]
        for thread in (self._reader, self._stderr_reader):
            if thread is not threading.current_thread():
                thread.join()

    def __enter__(self) -> EngineClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, make: Callable[[int], Request]) -> int:
        with self._lock:
            ident = self._next_id
            self._next_id += 1
            request = make(ident)
            if (
                isinstance(request, IndexRequest | ReadRequest | EmbedRequest | SearchRequest)
                and self._on_event is None
            ):
                self._queues[ident] = queue.SimpleQueue()
            try:
                self._process.stdin.write(msgspec.json.encode(request) + b"\n")  # type: ignore[union-attr]
                self._process.stdin.flush()  # type: ignore[union-attr]
            except (OSError, ValueError) as error:
                self._queues.pop(ident, None)
                raise self._died() from error
        return ident

    def _read_events(self) -> None:
        greeted = False
        try:
            for event in self._decoded():
                if greeted:
                    self._give(event)
                else:
                    greeted = True
                    self._greeting.put(event)
        except ProtocolViolation as error:
            # A process that talks nonsense cannot be reasoned with.
            self._last_words = str(error)
            self._process.kill()
        except BaseException:
            # The callback is broken: nobody would read on, and the process would wait for that for ever.
            self._process.kill()
            raise
        finally:
            self._process.wait()
            self._stderr_reader.join()
            self._end(greeted)

    def _decoded(self) -> Iterator[AnyEvent]:
        decoder = msgspec.json.Decoder(AnyEvent)
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            while line := stream.readline(LONGEST_LINE + 1):
                if not line.endswith(b"\n") and len(line) <= LONGEST_LINE:
                    return  # killed in the middle of it
                try:
                    yield decoder.decode(line)
                except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
                    raise ProtocolViolation("The engine sent what is no event.", thing=repr(line[:80])) from error

    def _give(self, event: AnyEvent) -> None:
        if self._on_event is not None:
            self._on_event(event)
            return
        with self._lock:
            waiting = self._queues.get(event.request) if event.request is not None else None
        if waiting is not None:
            waiting.put(event)

    def _end(self, greeted: bool) -> None:
        if not greeted:
            self._greeting.put(None)
        with self._lock:
            waiting = list(self._queues.values())
        for one in waiting:
            one.put(None)
        if self._on_event is not None and greeted and not self._closing:
            died = self._died()
            self._on_event(Failed(code=died.code, what=died.what, thing=died.thing, remedy=died.remedy))

    def _read_stderr(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as stream:
            for line in stream:
                self._last_words = (self._last_words + line.decode(errors="replace"))[-_LAST_WORDS:]

    def _died(self) -> EngineDied:
        said = self._last_words.strip().splitlines()
        return EngineDied(
            f"The engine ended unexpectedly (exit status {self._process.poll()})." + (f" {said[-1]}" if said else ""),
            remedy="What was indexed is kept. Run the same again: it goes on where it stopped.",
        )


def engine_command(role: Role, home: Home, model: Path, module: str) -> list[str]:
    """The command line of an engine process."""
    return [
        # -P: the folder that the person happens to be in is no place to import from.
        sys.executable, "-P", "-m", module,
        "--role", role.value, "--model", str(model), "--data", str(home.data), "--cache", str(home.cache),
    ]  # fmt: skip


def engine_environment() -> dict[str, str]:
    """This process's environment with what every engine needs."""
    # OpenBLAS's threads take time to start and memory, and nothing here multiplies large matrices.
    return {"OPENBLAS_NUM_THREADS": "1", **os.environ, "PYTHONUTF8": "1", "ORT_DISABLE_TELEMETRY": "1"}


_TYPED: dict[str, type[PocketLensError]] = {
    kind.code: kind
    for kind in vars(errors_module).values()
    if isinstance(kind, type) and issubclass(kind, PocketLensError)
}


def typed_error(event: Failed) -> PocketLensError:
    """The typed error that a `Failed` event stands for; the base class for a code this version does not know."""
    error = _TYPED.get(event.code, PocketLensError)(event.what, thing=event.thing, remedy=event.remedy)
    error.code = event.code
    return error


def raise_failed(event: Event) -> None:
    """Raise the typed error when ``event`` is a `Failed` one."""
    if isinstance(event, Failed):
        raise typed_error(event)
