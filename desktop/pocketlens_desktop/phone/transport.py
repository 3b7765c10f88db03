"""One phone, as connected right now: what opens streams to it, and never to another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from pocketlens_desktop.phone import server
from pocketlens_desktop.phone.errors import PhoneLost, PhoneUnavailable
from pocketlens_desktop.phone.sync import REPLY_S, SyncSession
from pocketlens_desktop.phone.wire import Deadline, Wire

#: What a phone's adbd must be able to do; Android 7 (2016) and later can.
_NEEDED = frozenset((b"shell_v2", b"stat_v2"))


@dataclass(frozen=True)
class Transport:
    """One connection between the adb server and a phone.

    The server never gives the same ``number`` out twice: once the phone is unplugged the number is dead, and nothing
    opened by it can reach the phone that is plugged in next.

    Attributes:
        number: adb's transport id.
        address: adb's name for the phone: its USB serial, or host and port.
        serial: the phone's own serial number, which is its identity.
        features: what its adbd can do.
        opened: called with every stream, before it is used; may refuse by raising.
    """

    number: int
    address: str
    serial: bytes
    features: frozenset[bytes]
    opened: Callable[[Wire], None] = field(default=lambda _wire: None, compare=False, repr=False)

    def open(self, service: bytes) -> Wire:
        """A stream to one of the phone's services.

        Raises:
            PhoneLost: the phone is no longer connected by this transport, or refuses the service.
        """
        wire = server.ask(b"host:transport-id:%d" % self.number, service)
        try:
            self.opened(wire)
        except BaseException:
            wire.close()
            raise
        return wire

    def sync(self) -> SyncSession:
        """A new session with the phone's file service."""
        return SyncSession(lambda: self.open(b"sync:"))


def open_transport(number: int, address: str) -> Transport:
    """Get to know the phone behind a transport.

    Raises:
        PhoneLost: it is gone, or does not let us in.
        PhoneUnavailable: its Android is too old.
    """
    from pocketlens_desktop.phone import shell

    with_features = server.ask(b"host-transport-id:%d:features" % number)
    try:
        features = frozenset(server.receive_block(with_features, Deadline(REPLY_S)).split(b","))
    finally:
        with_features.close()
    if not features >= _NEEDED:
        raise PhoneUnavailable(
            "Its Android is too old to be read over adb.", thing=address, remedy="PocketLens needs Android 7 or later."
        )
    unknown = Transport(number, address, b"", features)
    said = shell.run(unknown, b"getprop ro.serialno; getprop ro.boot.serialno", seconds=REPLY_S)
    if said.exit_code != 0:
        raise PhoneLost("The phone does not tell its serial number.", thing=address)
    serials = [line.strip() for line in said.output.splitlines() if line.strip()]
    return Transport(number, address, serials[0] if serials else address.encode(), features)
