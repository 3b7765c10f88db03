"""Decoding in processes of its own, so that a photo that crashes a decoder costs that photo and not the job.

Photos and pixels travel through pipes: on 4 MB of photo and 150 KB of pixels that is a small part of what decoding
takes (``tests/bench/decoder_processes.py``). A decoder that ends with the engine's death notices the end of its input.
"""

from __future__ import annotations

import math
import os
import queue
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from io import FileIO
from typing import Any, Final, Protocol

import msgspec
import numpy as np

from pocketlens.decoder import (
    ANSWER,
    READY,
    REQUEST,
    Answer,
    AnyOrder,
    Decoded,
    Order,
    Picture,
    PictureOrder,
    Unreadable,
    read_whole,
    write_whole,
)
from pocketlens.decoding import MOST_PIXELS, DecodedPhoto, Interpolation, Pixels, Resize
from pocketlens.errors import EngineDied, UnreadablePhoto

#: -P: the folder that the person happens to be in is no place to import from.
COMMAND: Final = (sys.executable, "-P", "-m", "pocketlens.decoder")
#: A decoder that ends is tried once more on the same photo: it may have been killed by somebody else.
_ATTEMPTS: Final = 2
#: The longest answer, by what was asked for: pixels of the largest model input and a thumbnail are below 2 MB; a whole
#: picture may be a strip as narrow as it likes, which is not made smaller.
_LONGEST_ANSWER: Final = {Order: 64 << 20, PictureOrder: 3 * MOST_PIXELS + 1024}
#: What Linux's pipes are widened to, from 64 KB: a photo then takes a few turns between the processes, not sixty.
_PIPE_BYTES: Final = 1 << 20
_CRASHED: Final = "Decoding this picture makes the decoder crash."
_ENDLESS: Final = "Decoding this picture takes too long."


class Decode(Protocol):
    """`pocketlens.decoding.decode`, or something that does the same elsewhere."""

    def __call__(
        self, data: bytes, *, size: int, resize: Resize, name: str, interpolation: Interpolation
    ) -> DecodedPhoto: ...


class DecoderEnded(Exception):
    """The process ended in the middle of a photo. ``status``: as `subprocess.Popen.returncode`."""

    def __init__(self, status: int | None) -> None:
        super().__init__(status)
        self.status = status


class Decoders:
    """Decoder processes, as many as there are photos decoded at a time. To be called from any thread."""

    def __init__(self) -> None:
        self._idle: queue.SimpleQueue[DecoderProcess] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._all: set[DecoderProcess] = set()

    def __call__(
        self, data: bytes, *, size: int, resize: Resize, name: str, interpolation: Interpolation = "bicubic"
    ) -> DecodedPhoto:
        """Decode a photo in a process of its own.

        Raises:
            UnreadablePhoto: as `pocketlens.decoding.decode`, and when the decoder crashed or took too long.
            EngineDied, OSError: no decoder can be started.
        """
        answer = self._answer(data, Order(size, resize, interpolation, name))
        assert isinstance(answer, Decoded)
        return answer.photo

    def picture(self, data: bytes, *, short_side: int, name: str) -> Pixels:
        """Decode a whole picture in a process of its own; it can only be read.

        Raises:
            UnreadablePhoto: as `pocketlens.decoding.decode_picture`, and when the decoder crashed or took too long.
            EngineDied, OSError: no decoder can be started.
        """
        answer = self._answer(data, PictureOrder(short_side, name))
        assert isinstance(answer, Picture)
        try:
            return np.frombuffer(answer.pixels, np.uint8).reshape(answer.height, answer.width, 3)
        except ValueError as error:  # it writes what it likes
            raise UnreadablePhoto(_CRASHED, thing=name) from error

    def _answer(self, data: bytes, order: AnyOrder) -> Decoded | Picture:
        name = order.name
        for _ in range(_ATTEMPTS):
            decoder = self._decoder()
            try:
                answer = decoder.decode(data, order)
            except DecoderEnded as ended:
                self._let_go(decoder)
                if ended.status == -getattr(signal, "SIGPROF", 0):
                    raise UnreadablePhoto(_ENDLESS, thing=name) from ended
                continue
            except BaseException:
                self._let_go(decoder)
                raise
            self._idle.put(decoder)
            if isinstance(answer, Unreadable):
                raise UnreadablePhoto(answer.what, thing=name, remedy=answer.remedy)
            return answer
        raise UnreadablePhoto(_CRASHED, thing=name)

    def _decoder(self) -> DecoderProcess:
        with suppress(queue.Empty):
            return self._idle.get_nowait()
        decoder = DecoderProcess()
        with self._lock:
            self._all.add(decoder)
        return decoder

    def _let_go(self, decoder: DecoderProcess) -> None:
        with self._lock:
            self._all.discard(decoder)
        decoder.end()

    def running(self) -> list[DecoderProcess]:
        """The decoders there are just now."""
        with self._lock:
            return list(self._all)

    def close(self) -> None:
        """End every decoder; none may be in use."""
        for decoder in self.running():
            self._let_go(decoder)


class DecoderProcess:
    """One decoder, decoding one photo at a time."""

    def __init__(self) -> None:
        """Start it.

        Raises:
            EngineDied: it ended before it was ready.
            OSError: the system refuses another process.
        """
        self._process = subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            # A decoder computes with Pillow; numpy's own threads would only take memory.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
        self._requests, self._answers = _raw(self._process.stdin), _raw(self._process.stdout)
        _widen(self._requests)
        _widen(self._answers)
        try:
            ready = read_whole(self._answers, len(READY))
        except EOFError:
            ready = bytearray()
        if ready != READY:
            self.end()
            raise EngineDied(
                f"The decoder ended unexpectedly (exit status {self._process.returncode}).",
                remedy="What was indexed is kept. Run the same again: it goes on where it stopped.",
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def decode(self, data: bytes, order: AnyOrder) -> Answer:
        """The photo or picture decoded, or why it cannot be.

        Raises:
            DecoderEnded: the process ended over it.
        """
        head = msgspec.msgpack.encode(order)
        try:
            write_whole(self._requests, REQUEST.pack(len(head), len(data)), head, data)
            (length,) = ANSWER.unpack(_expected(read_whole(self._answers, ANSWER.size)))
            if length > _LONGEST_ANSWER[type(order)]:
                raise EOFError  # noqa: TRY301 - it writes what it likes: as good as ended
            answer: Answer = _ANSWERS[type(order)].decode(_expected(read_whole(self._answers, length)))
        except (BrokenPipeError, ConnectionResetError, EOFError, msgspec.MsgspecError) as error:
            self._process.kill()
            # A signal that ended it comes first; otherwise it was this kill.
            raise DecoderEnded(self._process.wait()) from error
        return answer

    def end(self) -> None:
        """End it at once: between two photos there is nothing to lose."""
        self._process.kill()
        self._process.wait()
        self._requests.close()
        self._answers.close()


def _raw(pipe: object) -> FileIO:
    assert isinstance(pipe, FileIO)
    return pipe


def _expected(content: bytearray) -> bytearray:
    if not content:
        raise EOFError
    return content


def _widen(pipe: FileIO) -> None:
    with suppress(ImportError, AttributeError, OSError):  # Linux alone has it, and may refuse
        import fcntl

        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _pixels(kind: type[Any], content: Any) -> Any:
    """The array that `pocketlens.decoder.as_bytes` made bytes of: a square of three colours."""
    if getattr(kind, "__origin__", kind) is not np.ndarray or not isinstance(content, bytes):
        raise NotImplementedError(kind)
    side = math.isqrt(len(content) // 3)
    return np.frombuffer(content, np.uint8).reshape(side, side, 3)


_ANSWERS: Final = {
    Order: msgspec.msgpack.Decoder(Decoded | Unreadable, dec_hook=_pixels),
    PictureOrder: msgspec.msgpack.Decoder(Picture | Unreadable),
}
