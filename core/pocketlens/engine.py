"""The engine process: ``python -m pocketlens.engine --role ROLE --model FOLDER --data FOLDER --cache FOLDER``.

Reads requests from stdin and writes events to stdout, one JSON object a line (`pocketlens.protocol`). Its role is
"index", "read" or "search": an indexing process loads the image model alone, a searching one the text model alone, a
reading one what recognizes letters; ending the process is what gives the memory back. End of input, or SIGTERM, means:
stop after the photo in hand.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import queue
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from io import FileIO, RawIOBase
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import msgspec

from pocketlens import __version__
from pocketlens.errors import Cancelled, PocketLensError, ProtocolViolation, refused
from pocketlens.model import ModelPackage, Part, load_package, read_manifest
from pocketlens.paths import Home
from pocketlens.protocol import (
    LONGEST_LINE,
    PROTOCOL_VERSION,
    AnyRequest,
    CancelRequest,
    Embedded,
    EmbedRequest,
    Event,
    Failed,
    Goodbye,
    Hello,
    IndexRequest,
    PauseRequest,
    ReadRequest,
    Role,
    SearchRequest,
    ShutdownRequest,
)
from pocketlens.source import DEFAULT_OPENERS, SourceOpener

if TYPE_CHECKING:
    from pocketlens.encoders import ImageEncoder
    from pocketlens.indexing import IndexingJob
    from pocketlens.reading import ReadingJob
    from pocketlens.remote import RemoteOpener
    from pocketlens.search import Searcher


_NO_REMOTES: Final[Mapping[str, RemoteOpener]] = MappingProxyType({})
# By this much a reading process steps back behind the others of the machine: nobody waits for it.
_NICENESS = 10
# What is read from the pipe at a time; requests are some hundred bytes.
_READ_BYTES = 65536


class EventWriter:
    """Numbers events and writes them, whole lines only, from any thread."""

    def __init__(self, out: RawIOBase) -> None:
        self._out = out
        self._lock = threading.Lock()
        self._encoder = msgspec.json.Encoder()
        self._next = 0

    def __call__(self, event: Event) -> None:
        with self._lock:
            line = memoryview(self._encoder.encode(msgspec.structs.replace(event, seq=self._next)) + b"\n")
            self._next += 1
            # A signal may cut a long write short.
            with contextlib.suppress(BrokenPipeError):
                # When nobody listens any more, the end of the input comes soon and stops what is running.
                while line:
                    line = line[self._out.write(line) or 0 :]


class Engine:
    """Carries out requests one after the other; cancelling and pausing come in between."""

    def __init__(
        self,
        role: Role,
        home: Home,
        model: Path,
        openers: Mapping[str, SourceOpener],
        emit: Callable[[Event], None],
        *,
        remotes: Mapping[str, RemoteOpener] = _NO_REMOTES,
    ) -> None:
        self._role = role
        self._home = home
        self._folder = model
        self._openers = openers
        self._remotes = remotes
        self._emit = emit
        self._requests: queue.SimpleQueue[AnyRequest | None] = queue.SimpleQueue()
        self._encoder_lock = threading.Lock()
        # What the reading thread and the one that carries out share:
        self._lock = threading.Lock()
        self._unanswered: set[int] = set()
        self._cancelled: set[int] = set()
        self._paused = False
        self._ending = False
        self._job: IndexingJob | ReadingJob | None = None
        self._running: int | None = None

    @cached_property
    def _package(self) -> ModelPackage:
        part: Part = "image" if self._role is Role.INDEX else "text"
        return load_package(self._folder, parts=(part,))

    @cached_property
    def _searcher(self) -> Searcher:
        from pocketlens.search import Searcher

        return Searcher(self._home, self._package)

    def accept(self, request: AnyRequest) -> None:
        """Take a request from the reading thread."""
        if isinstance(request, ShutdownRequest):
            self.stop()
            return
        with self._lock:
            if isinstance(request, CancelRequest):
                if request.target in self._unanswered:
                    self._cancelled.add(request.target)
                if self._job is not None and self._running == request.target:
                    self._job.cancel()
            elif isinstance(request, PauseRequest):
                # A job that was asked for but has not begun yet begins paused.
                self._paused = request.paused and bool(self._unanswered)
                if self._job is not None:
                    self._job.pause(request.paused)
            else:
                self._unanswered.add(request.id)
                self._requests.put(request)

    def stop(self) -> None:
        """Finish the photo in hand, then end."""
        with self._lock:
            self._ending = True
            if self._job is not None:
                self._job.cancel()
        self._requests.put(None)

    def run(self) -> None:
        """Carry out requests until `stop`. Each is answered with exactly one final event."""
        while (request := self._requests.get()) is not None:
            if self._ending:
                return
            answer = answered(request.id, partial(self._carry_out, request))
            with self._lock:
                self._unanswered.discard(request.id)
                self._cancelled.discard(request.id)
                self._paused = self._paused and bool(self._unanswered)
            self._emit(answer)

    def _carry_out(self, request: AnyRequest) -> Event:
        with self._lock:
            if request.id in self._cancelled:
                raise Cancelled("It was cancelled before it began.")
        if isinstance(request, IndexRequest) and self._role is Role.INDEX:
            return self._index(request)
        if isinstance(request, ReadRequest) and self._role is Role.READ:
            return self._read(request)
        if isinstance(request, EmbedRequest) and self._role is Role.INDEX:
            return self._embed(request)
        if isinstance(request, SearchRequest) and self._role is Role.SEARCH:
            return self._searcher.search(request)
        raise ProtocolViolation(
            f"A process for {self._role} does not carry out this request.", thing=type(request).__name__
        )

    def _embed(self, request: EmbedRequest) -> Event:
        from pocketlens.decoders import Decoders
        from pocketlens.picture_query import encoded_picture

        path = Path(os.fsdecode(request.path))
        with contextlib.closing(Decoders()) as decoders:
            picture, thumbnail = encoded_picture(path, self._package, self._image_encoder, decoders)
        return Embedded(request=request.id, picture=picture, thumbnail=thumbnail)

    def _index(self, request: IndexRequest) -> Event:
        from pocketlens.decoders import Decoders
        from pocketlens.indexing import IndexingJob

        with contextlib.closing(Decoders()) as decoders:
            job = IndexingJob(
                self._home,
                self._package,
                self._image_encoder,
                request,
                openers=self._openers,
                remotes=self._remotes,
                emit=self._emit,
                decode=decoders,
            )
            return self._run(job, request.id)

    def _read(self, request: ReadRequest) -> Event:
        from pocketlens.decoders import Decoders
        from pocketlens.reading import ReadingJob
        from pocketlens.text_reader import TextReader

        with contextlib.closing(Decoders()) as decoders:
            reader = partial(TextReader, decode=decoders.picture)
            return self._run(
                ReadingJob(self._home, reader, request, openers=self._openers, emit=self._emit), request.id
            )

    def _run(self, job: IndexingJob | ReadingJob, request: int) -> Event:
        with self._lock:
            self._job, self._running = job, request
            if self._ending or request in self._cancelled:
                job.cancel()
            job.pause(self._paused)
        try:
            return job.run()
        finally:
            with self._lock:
                self._job = self._running = None

    def _image_encoder(self) -> ImageEncoder:
        with self._encoder_lock:
            return self._loaded_encoder

    @cached_property
    def _loaded_encoder(self) -> ImageEncoder:
        from pocketlens.encoders import ImageEncoder

        return ImageEncoder(self._package)


def answered(request: int, carry_out: Callable[[], Event]) -> Event:
    """What ``carry_out`` gives, or the error it ended with, as the final event of a request."""
    try:
        return carry_out()
    except PocketLensError as error:
        return failed(error, request)
    except MemoryError:
        return Failed(request=request, code="out-of-memory", what="There is not enough memory.")
    except OSError as error:
        return failed(refused(error), request)


def failed(error: PocketLensError, request: int | None) -> Failed:
    """The error as it travels on the wire."""
    # A path that is not UTF-8 is text with lone surrogates, which JSON cannot hold.
    what, thing, remedy = (
        text.encode(errors="surrogateescape").decode(errors="backslashreplace")
        for text in (error.what, error.thing, error.remedy)
    )
    return Failed(request=request, code=error.code, what=what, thing=thing, remedy=remedy)


class _Numbered(msgspec.Struct):
    """What can be made out of a request that is wrong otherwise."""

    id: int | None = None


def read_requests(stream: RawIOBase, engine: Engine, emit: Callable[[Event], None]) -> None:
    """Hand every line of ``stream`` to the engine until it ends, then stop the engine.

    A line that is no request is answered, not fatal, except one that does not end.
    """
    rest = bytearray()
    try:
        while chunk := stream.read(_READ_BYTES):
            *lines, start = chunk.split(b"\n")
            for line in lines:
                whole = bytes(rest) + line
                rest.clear()
                if whole.strip():
                    _hand_over(whole, engine, emit)
            rest += start
            if len(rest) > LONGEST_LINE:
                emit(failed(ProtocolViolation("A request is too long.", thing=f"{len(rest)} bytes"), None))
                break
    finally:
        engine.stop()


def _hand_over(line: bytes, engine: Engine, emit: Callable[[Event], None]) -> None:
    try:
        engine.accept(_REQUESTS.decode(line))
    except _NO_MESSAGE as error:
        number = None
        with contextlib.suppress(*_NO_MESSAGE):
            # So that whoever waits for the answer to this very request gets it.
            number = msgspec.json.decode(line, type=_Numbered).id
        start = line[:80].decode(errors="backslashreplace")
        emit(failed(ProtocolViolation(f"This is no request: {error}.", thing=start), number))


_REQUESTS = msgspec.json.Decoder(AnyRequest)
# RecursionError: a line of brackets alone.
_NO_MESSAGE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def main(
    arguments: Sequence[str] | None = None,
    openers: Mapping[str, SourceOpener] = DEFAULT_OPENERS,
    remotes: Mapping[str, RemoteOpener] = _NO_REMOTES,
) -> int:
    """Run the engine until its input ends.

    Args:
        openers: which kinds of source it can index.
        remotes: which of them can encode their photos themselves.
    """
    options = _parser().parse_args(arguments)
    role = Role(options.role)
    emit = EventWriter(_private_stdout())
    home = Home(data=options.data, cache=options.cache)
    # SQLite's own temporary files (a large listing) stay in our folders. It looks once, when it is imported.
    os.environ["SQLITE_TMPDIR"] = str(home.cache)
    try:
        manifest = read_manifest(options.model)
    except PocketLensError as error:
        emit(failed(error, None))
        return 1
    if role is Role.READ and hasattr(os, "nice"):
        os.nice(_NICENESS)
    engine = Engine(role, home, options.model, openers, emit, remotes=remotes)
    _stop_on_signals(engine)
    emit(
        Hello(
            version=__version__,
            protocol=PROTOCOL_VERSION,
            role=role,
            model=manifest.key,
            dimension=manifest.dimension,
            platform=f"{sys.platform}-{platform.machine()}",
            pid=os.getpid(),
        )
    )
    # Unbuffered: a thread that waits inside sys.stdin's buffer makes the interpreter abort when it ends.
    stdin = FileIO(0, closefd=False)
    threading.Thread(target=read_requests, args=(stdin, engine, emit), name="requests", daemon=True).start()
    engine.run()
    emit(Goodbye())
    return 0


def _stop_on_signals(engine: Engine) -> None:
    # Ctrl-C in a terminal reaches the whole group; the client decides what it means for the engine.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if os.name != "posix":
        return  # Windows ends a process without a word
    # The handler itself may do next to nothing: it can interrupt the main thread while it holds any lock.
    wake, woken = os.pipe()
    os.set_blocking(woken, False)
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)

    def stop_when_woken() -> None:
        os.read(wake, 1)
        engine.stop()

    threading.Thread(target=stop_when_woken, name="signals", daemon=True).start()


def _private_stdout() -> FileIO:
    """The real stdout for events alone; whatever a library prints goes to stderr."""
    out = FileIO(os.dup(1), "wb")
    os.dup2(2, 1)
    return out


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pocketlens.engine", description="PocketLens's engine process.")
    parser.add_argument("--role", required=True, choices=[role.value for role in Role])
    parser.add_argument("--model", required=True, type=Path, help="folder of the model package")
    parser.add_argument("--data", required=True, type=Path, help="folder of the catalogue")
    parser.add_argument("--cache", required=True, type=Path, help="folder of thumbnails and derived files")
    return parser


if __name__ == "__main__":
    sys.exit(main())
