"""A decoder's process, ``python -m pocketlens.decoder``: photos on stdin, what was decoded of them on stdout.

It is started and spoken to by `pocketlens.decoders`. What a hostile photo can do here ends with this process, which
has limits of its own for computing time and memory.
"""

from __future__ import annotations

import os
import signal
import struct
import sys
from contextlib import suppress
from io import FileIO
from typing import Final

import msgspec
import numpy as np

from pocketlens.decoding import DecodedPhoto, Interpolation, Resize, decode, decode_picture
from pocketlens.errors import UnreadablePhoto

#: Computing time of one photo, seconds, not counting what the machine does meanwhile. The largest that is read, 256
#: megapixels, takes a few on one core. Chosen, not measured.
MOST_SECONDS: Final = 60
#: Private memory of the process. 256 megapixels are 1 GiB decoded; a conversion holds two or three of that. Chosen.
MOST_BYTES: Final = 4 << 30
#: Said once at the start: everything is imported, and the limits are set.
READY: Final = b"pocketlens decoder\n"
#: Before a request: bytes of its order and of the photo. Before an answer: its bytes.
REQUEST: Final = struct.Struct("<IQ")
ANSWER: Final = struct.Struct("<Q")


class Order(msgspec.Struct, frozen=True, tag="photo"):
    """How a photo is to be decoded, see `pocketlens.decoding.decode`."""

    size: int
    resize: Resize
    interpolation: Interpolation
    name: str


class PictureOrder(msgspec.Struct, frozen=True, tag="picture"):
    """What is to be decoded is the whole picture, see `pocketlens.decoding.decode_picture`."""

    short_side: int
    name: str


class Unreadable(msgspec.Struct, frozen=True, tag="unreadable"):
    """The photo cannot be decoded."""

    what: str
    remedy: str


class Decoded(msgspec.Struct, frozen=True, tag="decoded"):
    """What was decoded; the pixels as their bytes."""

    photo: DecodedPhoto


class Picture(msgspec.Struct, frozen=True, tag="picture"):
    """The whole picture: its rows from the top, three bytes a pixel."""

    height: int
    width: int
    pixels: memoryview


AnyOrder = Order | PictureOrder
Answer = Decoded | Picture | Unreadable


def as_bytes(pixels: object) -> bytes:
    """The array as it travels."""
    if isinstance(pixels, np.ndarray):
        return pixels.tobytes()
    raise NotImplementedError(type(pixels).__name__)


def serve(requests: FileIO, answers: FileIO) -> None:
    """Decode one photo after the other, until there are no more."""
    encoder = msgspec.msgpack.Encoder(enc_hook=as_bytes)
    while head := read_whole(requests, REQUEST.size):
        order_bytes, photo_bytes = REQUEST.unpack(head)
        order = msgspec.msgpack.decode(read_whole(requests, order_bytes), type=AnyOrder)
        photo = read_whole(requests, photo_bytes)
        _limit_time(MOST_SECONDS)
        answer = encoder.encode(_decoded(bytes(photo), order))
        _limit_time(0)
        write_whole(answers, ANSWER.pack(len(answer)), answer)


def _decoded(photo: bytes, order: AnyOrder) -> Answer:
    try:
        if isinstance(order, PictureOrder):
            pixels = decode_picture(photo, short_side=order.short_side, name=order.name)
            height, width = pixels.shape[:2]
            return Picture(height, width, np.ascontiguousarray(pixels).data.cast("B"))
        return Decoded(
            decode(photo, size=order.size, resize=order.resize, interpolation=order.interpolation, name=order.name)
        )
    except UnreadablePhoto as error:
        return Unreadable(error.what, error.remedy)


def read_whole(file: FileIO, count: int) -> bytearray:
    """``count`` bytes, or none at the end of the file.

    Raises:
        EOFError: it ends in the middle of them.
    """
    whole = bytearray(count)
    rest = memoryview(whole)
    while rest:
        got = file.readinto(rest)
        if not got:
            if len(rest) == count:
                return bytearray()
            raise EOFError
        rest = rest[got:]
    return whole


def write_whole(file: FileIO, *parts: bytes) -> None:
    """Write all of it, however often the pipe takes less."""
    for part in parts:
        rest = memoryview(part)
        while rest:
            rest = rest[file.write(rest) or 0 :]


def _limit_time(seconds: float) -> None:
    # The signal's own action ends the process, whatever library the photo holds up. Processor time, so that neither a
    # busy machine nor one that slept counts against a photo. Windows has no such clock.
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _limit_memory() -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource

        # Not the address space (RLIMIT_AS): libraries map much that they never touch.
        resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def main() -> int:
    """Serve until the input ends."""
    # Ctrl-C in a terminal reaches the whole group; the engine decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = FileIO(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the answers
    _limit_memory()
    with suppress(BrokenPipeError, EOFError):  # the engine was killed
        write_whole(answers, READY)
        serve(FileIO(0, closefd=False), answers)
    return 0


if __name__ == "__main__":
    sys.exit(main())
