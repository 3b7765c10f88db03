"""The phone of one serial number, through every unplugging and coming back."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
import weakref
from collections.abc import Sequence
from typing import Final

from pocketlens_desktop.phone import discovery
from pocketlens_desktop.phone.discovery import Sighting
from pocketlens_desktop.phone.errors import AdbUnavailable, PhoneLost, ReadingStopped
from pocketlens_desktop.phone.transport import Transport
from pocketlens_desktop.phone.wire import Wire

#: How often to look whether the phone is back. Asking costs a millisecond of the adb server's time.
_LOOK_EVERY_S: Final = 0.5
UNPLUGGED: Final = "unplugged"
_MOST_TRIES: Final = 3


class Tries:
    """Failures of one thing on one connection. A cable that was pulled is nobody's fault and begins a new count."""

    def __init__(self) -> None:
        self._number = -1
        self._failed = 0

    def used_up(self, transport: Transport) -> bool:
        """Count a failure, and say whether there were enough to blame what is being done."""
        self._failed = self._failed + 1 if transport.number == self._number else 1
        self._number = transport.number
        return self._failed >= _MOST_TRIES


class PhoneLink:
    """Hands out the current connection to one phone, and waits for the phone when there is none.

    Every connection is checked to lead to a phone with the same serial number of its own: one that takes its
    place, even at the same address, is never used.

    Args:
        transport: the connection it begins with.
    """

    def __init__(self, transport: Transport) -> None:
        self.serial = transport.serial
        #: Why the phone is waited for: `UNPLUGGED`, or adb's word for its state; None when it is not.
        self.waiting: str | None = None
        self._address = transport.address
        self._wires: weakref.WeakSet[Wire] = weakref.WeakSet()
        self._guard = threading.Lock()  # of what follows, held for moments
        self._searching = threading.Lock()  # one thread looks for the phone, the others wait for it
        self._closed = threading.Event()
        # Connections that were found to lead to other phones. Their numbers are never given out again.
        self._others: set[int] = set()
        self._transport: Transport | None = self._ours(transport)

    def transport(self) -> Transport:
        """The connection to use now. Waits, as long as it takes, until the phone is there.

        Raises:
            ReadingStopped: `close` was called.
        """
        with self._searching:
            while True:
                if self._closed.is_set():
                    raise ReadingStopped("Reading from the phone was stopped.")
                with self._guard:
                    if self._transport is not None:
                        return self._transport
                self._look()

    def look(self) -> Transport | None:
        """The connection to use now, None when the phone is not there; then this takes half a second.

        Raises:
            ReadingStopped: `close` was called.
        """
        with self._searching:
            if self._closed.is_set():
                raise ReadingStopped("Reading from the phone was stopped.")
            with self._guard:
                if self._transport is not None:
                    return self._transport
            self._look()
            with self._guard:
                return self._transport

    def lost(self, transport: Transport) -> None:
        """Say that a connection does not work any more."""
        with self._guard:
            if self._transport is not None and self._transport.number == transport.number:
                self._transport = None

    def close(self) -> None:
        """Stop every reading and waiting, from any thread: they end with `ReadingStopped`."""
        with self._guard:
            self._closed.set()
            for wire in list(self._wires):
                wire.stop()

    def _look(self) -> None:
        found: Sequence[Sighting] = ()
        with contextlib.suppress(AdbUnavailable, PhoneLost):  # adb is being restarted: look again
            found = discovery.sightings()
        for phone in discovery.reachable([one for one in found if one.number not in self._others]):
            if phone.serial == self.serial:
                with self._guard:
                    self._transport = self._ours(phone)
                self._address = phone.address
                self.waiting = None
                return
            self._others.add(phone.number)
        here = [one.state.value for one in found if one.address == self._address]
        self.waiting = here[0] if here and here[0] != "device" else UNPLUGGED
        self._closed.wait(_LOOK_EVERY_S)

    def _ours(self, transport: Transport) -> Transport:
        return dataclasses.replace(transport, opened=self._register)

    def _register(self, wire: Wire) -> None:
        with self._guard:
            if self._closed.is_set():
                raise ReadingStopped("Reading from the phone was stopped.")
            self._wires.add(wire)
