"""The adb server on this machine: the only thing PocketLens ever connects to.

adbutils brings the adb program and knows where it and its server are. It would start the server by itself and open
streams too, but with adb's greeting on our standard output, which in an engine process is the protocol, and without
deadlines: so those two are done here.
"""

from __future__ import annotations

import socket
import subprocess
import sys
from typing import Final

import adbutils
from adbutils.errors import AdbError

from pocketlens_desktop.phone.errors import AdbUnavailable, PhoneLost, PhoneMisbehaved
from pocketlens_desktop.phone.wire import Deadline, Wire

#: An adb server that is there answers within milliseconds, also about a phone that is offline.
ANSWER_S: Final = 10.0
#: Starting it takes up to a few seconds (keys, a scan of the USB ports).
_START_S: Final = 30.0

_INSTALL: Final = (
    "Install Android's platform tools (the package is called adb on Linux), or reinstall PocketLens, which brings them."
)


def ensure() -> None:
    """Start the adb server when there is none.

    Raises:
        AdbUnavailable: adb is not installed, or does not start.
    """
    try:
        _connect().close()
    except OSError:
        _start()
    else:
        return
    try:
        _connect().close()
    except OSError as error:
        raise AdbUnavailable("adb was started, but its server does not answer.", remedy=_INSTALL) from error


def ask(*services: bytes) -> Wire:
    """Connect to the server, request one service after the other, and hand out the stream of the last.

    Raises:
        AdbUnavailable: there is no server.
        PhoneLost: the server refuses, in its own words: the device is gone, offline, not authorized, …
    """
    try:
        wire = Wire(_connect())
    except OSError as error:
        raise AdbUnavailable(f"The adb server does not answer: {error}.", remedy="Try again.") from error
    deadline = Deadline(ANSWER_S)
    try:
        for service in services:
            wire.send(b"%04x" % len(service) + service, deadline)
            _check_okay(wire, deadline)
    except BaseException:
        wire.close()
        raise
    return wire


def receive_block(wire: Wire, deadline: Deadline | None = None) -> bytes:
    """One answer with its length before it, as the ``host:`` services send them. Waits for ever without a deadline."""
    length = wire.receive(4, deadline)
    try:
        return wire.receive(int(length, 16), deadline)
    except ValueError as error:
        raise PhoneMisbehaved("What answers on adb's port is not an adb server.") from error


def _check_okay(wire: Wire, deadline: Deadline) -> None:
    status = wire.receive(4, deadline)
    if status == b"FAIL":
        said = receive_block(wire, deadline).decode(errors="replace")
        raise PhoneLost(f"adb says: {said}.", remedy="Check the cable and the phone's screen.")
    if status != b"OKAY":
        raise PhoneMisbehaved("What answers on adb's port is not an adb server.")


def _connect() -> socket.socket:
    place = adbutils.AdbClient()
    return socket.create_connection((place.host, place.port), timeout=ANSWER_S)


def _start() -> None:
    try:
        adb = adbutils.adb_path()
    except AdbError as error:
        raise AdbUnavailable("There is no adb program on this computer.", remedy=_INSTALL) from error
    hidden = getattr(subprocess, "CREATE_NO_WINDOW", 0) if sys.platform == "win32" else 0
    try:
        # No pipes: the server that stays behind would hold them open.
        subprocess.run(
            [adb, "start-server"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_START_S,
            check=True,
            creationflags=hidden,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise AdbUnavailable(f"adb does not start: {error}.", thing=adb, remedy=_INSTALL) from error
