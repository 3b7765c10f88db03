"""One stream to a phone: exact reads with deadlines, and a way to end them from another thread."""

from __future__ import annotations

import socket
import time
from typing import Final

from pocketlens_desktop.phone.errors import PhoneLost, PhoneStalled, ReadingStopped

_READ_SIZE: Final = 256 * 1024
_REPLUG: Final = "Check the cable. What was done so far is kept."


class Deadline:
    """A moment after which waiting is over; moved on by `grant` as data arrives."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def grant(self, seconds: float) -> None:
        """Allow this much more time."""
        self._end += seconds

    def step(self, seconds: float) -> Deadline:
        """The deadline of one step: this one, or ``seconds`` from now when that is sooner."""
        return Deadline(min(seconds, self.remaining_s))

    @property
    def remaining_s(self) -> float:
        """Seconds left.

        Raises:
            PhoneStalled: none are.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise PhoneStalled("The phone does not answer in time.", remedy=_REPLUG)
        return left


class Wire:
    """A connected socket to one service of adb or of the phone. It owns the socket.

    Every method raises `PhoneLost` when the connection ends, `PhoneStalled` when the deadline passes (no deadline:
    waits for ever), and `ReadingStopped` after `stop`.
    """

    def __init__(self, handle: socket.socket) -> None:
        self._handle = handle
        self._buffer = bytearray()
        self._stopped = False

    def receive(self, count: int, deadline: Deadline | None) -> bytes:
        """Exactly ``count`` bytes."""
        while len(self._buffer) < count:
            self._fill(deadline)
        with memoryview(self._buffer) as view:
            data = bytes(view[:count])
        del self._buffer[:count]
        return data

    def send(self, data: bytes, deadline: Deadline | None) -> None:
        """All of ``data``."""
        with memoryview(data) as view:
            sent = 0
            while sent < len(view):
                try:
                    self._handle.settimeout(deadline.remaining_s if deadline else None)
                    sent += self._handle.send(view[sent:])
                except OSError as error:
                    raise self._fault(error) from error

    def stop(self) -> None:
        """End what another thread is waiting for. Safe to call at any time, more than once."""
        self._stopped = True
        try:
            self._handle.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it has ended by itself

    def close(self) -> None:
        """Give the socket back. Only for the thread that reads; others call `stop`."""
        self._handle.close()

    def _fill(self, deadline: Deadline | None) -> None:
        try:
            self._handle.settimeout(deadline.remaining_s if deadline else None)
            data = self._handle.recv(_READ_SIZE)
        except OSError as error:
            raise self._fault(error) from error
        if not data:
            raise self._fault(None)
        self._buffer += data

    def _fault(self, error: OSError | None) -> Exception:
        if self._stopped:
            return ReadingStopped("Reading from the phone was stopped.")
        if isinstance(error, TimeoutError):
            return PhoneStalled("The phone does not answer in time.", remedy=_REPLUG)
        return PhoneLost("The connection to the phone ended.", remedy=_REPLUG)
