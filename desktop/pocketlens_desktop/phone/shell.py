"""Commands on the phone, with their exit code, their errors apart, and their output as it comes.

Callers build command lines with `pocketlens_desktop.phone.quoting` only.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from pocketlens_desktop.phone.errors import PhoneMisbehaved
from pocketlens_desktop.phone.wire import Deadline

if TYPE_CHECKING:
    from pocketlens_desktop.phone.transport import Transport

# shell_protocol.h
_PACKET = struct.Struct("<BI")
_STDIN, _STDOUT, _STDERR, _EXIT, _END_OF_STDIN = range(5)
_LARGEST_PACKET: Final = 1024 * 1024
#: Old ones take no larger packets than adb's own were before Android 7.
_SENT_AT_ONCE: Final = 64 * 1024
#: What is kept of a command's errors.
_MOST_ERRORS: Final = 64 * 1024
#: What `run` keeps of the output; for more there is `ShellStream`.
_MOST_OUTPUT: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ShellResult:
    """How a command ended."""

    exit_code: int
    output: bytes
    errors: bytes


class ShellStream:
    """A running command. `blocks` hands out its output; afterwards ``exit_code`` and ``errors`` are known.

    A stream that ends without an exit code is a phone that was unplugged, not a command that has finished: it raises
    `PhoneLost`, so that half a listing is never taken for a whole one.

    Args:
        line: the command line, quoted.
        silence_s: how long the command may say nothing.
    """

    def __init__(self, transport: Transport, line: bytes, *, silence_s: float) -> None:
        self._wire = transport.open(b"shell,v2,raw:" + line)
        self._silence_s = silence_s
        self.exit_code: int | None = None
        self.errors = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def blocks(self) -> Iterator[bytes]:
        """The command's output, piece by piece, until it has ended."""
        while self.exit_code is None:
            kind, data = self._receive(Deadline(self._silence_s))
            if kind == _STDOUT and data:
                yield data
            elif kind == _STDERR:
                self.errors = (self.errors + data)[:_MOST_ERRORS]
            elif kind == _EXIT and len(data) == 1:
                self.exit_code = data[0]

    def send(self, data: bytes) -> None:
        """Give the command input. It must not answer at length meanwhile: nobody reads that yet."""
        for start in range(0, len(data), _SENT_AT_ONCE):
            part = data[start : start + _SENT_AT_ONCE]
            self._wire.send(_PACKET.pack(_STDIN, len(part)) + part, Deadline(self._silence_s))

    def end_input(self) -> None:
        """Say that there is no more input."""
        self._wire.send(_PACKET.pack(_END_OF_STDIN, 0), Deadline(self._silence_s))

    def close(self) -> None:
        self._wire.close()

    def _receive(self, deadline: Deadline) -> tuple[int, bytes]:
        kind, length = _PACKET.unpack(self._wire.receive(_PACKET.size, deadline))
        if length > _LARGEST_PACKET:
            raise PhoneMisbehaved("The phone's shell sends packets that its protocol does not allow.")
        return kind, self._wire.receive(length, deadline)


def run(transport: Transport, line: bytes, *, seconds: float) -> ShellResult:
    """Run a command to its end.

    Args:
        line: the command line, quoted.
        seconds: how long it may say nothing.

    Raises:
        PhoneLost: the connection ended first.
        PhoneMisbehaved: it says more than a few megabytes.
    """
    output = bytearray()
    with ShellStream(transport, line, silence_s=seconds) as stream:
        for block in stream.blocks():
            output += block
            if len(output) > _MOST_OUTPUT:
                raise PhoneMisbehaved("The phone's answer does not end.")
    assert stream.exit_code is not None
    return ShellResult(stream.exit_code, bytes(output), stream.errors)
