"""An adb server that follows a script: for phones in states, and with answers, that a real adbd cannot show."""

from __future__ import annotations

import contextlib
import queue
import socket
import struct
import threading
from collections.abc import Callable, Iterator

READY = "PL0001                 device usb:1-1 product:p model:Pixel_7 device:d transport_id:1"
FEATURES = b"shell_v2,cmd,stat_v2,ls_v2"
Answer = Callable[[socket.socket], None]


class ScriptedAdb:
    """Answers ``host:`` services from `devices`, and a phone's services from `services`, by their beginning.

    Attributes:
        devices: the text of ``host:devices-l``.
        changes: the texts that ``host:track-devices-l`` sends, one after the other; None ends it.
        services: what a phone does with a stream once it was granted.
        looks: how often it was asked for `devices`.
    """

    def __init__(self) -> None:
        self.devices = READY + "\n"
        self.features = FEATURES
        self.looks = 0
        self.changes: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self.services: dict[bytes, Answer] = {b"shell,v2,raw:getprop ro.serialno": shell(b"PL0001\n\n")}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept)
        self._conversations: list[threading.Thread] = []
        self._accepting.start()

    def close(self) -> None:
        self.changes.put(None)
        self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._listener.close()
        for conversation in self._conversations:
            conversation.join()

    def _accept(self) -> None:
        while True:
            try:
                handle, _address = self._listener.accept()
            except OSError:
                return
            handle.settimeout(20)
            conversation = threading.Thread(target=self._converse, args=(handle,))
            self._conversations.append(conversation)
            conversation.start()

    def _converse(self, handle: socket.socket) -> None:
        # A client that hangs up in the middle is what some tests are about.
        with handle, contextlib.suppress(ConnectionError, EOFError):
            while True:
                service = receive(handle, int(receive(handle, 4), 16))
                if service == b"host:devices-l":
                    self.looks += 1
                    handle.sendall(b"OKAY" + block(self.devices.encode()))
                elif service == b"host:track-devices-l":
                    handle.sendall(b"OKAY")
                    while (text := self.changes.get()) is not None:
                        handle.sendall(block(text.encode()))
                    return
                elif service.startswith(b"host:transport-id:"):
                    handle.sendall(b"OKAY")
                    continue
                elif service.endswith(b":features"):
                    handle.sendall(b"OKAY" + block(self.features))
                else:
                    self._serve(service, handle)
                return

    def _serve(self, service: bytes, handle: socket.socket) -> None:
        for beginning, answer in self.services.items():
            if service.startswith(beginning):
                handle.sendall(b"OKAY")
                answer(handle)
                return
        handle.sendall(b"FAIL" + block(b"closed"))


def block(text: bytes) -> bytes:
    return b"%04x" % len(text) + text


def receive(handle: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = handle.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def shell(output: bytes, exit_code: int = 0) -> Answer:
    """A command that says this and ends."""

    def answer(handle: socket.socket) -> None:
        handle.sendall(struct.pack("<BI", 1, len(output)) + output + struct.pack("<BIB", 3, 1, exit_code))

    return answer


def endless_shell(output: bytes) -> Answer:
    """A command that says this again and again."""
    return endless(struct.pack("<BI", 1, len(output)) + output)


def endless(data: bytes) -> Answer:
    """Send the same for ever; for file services, once the request has come."""
    many = data * (1 + 65536 // len(data))

    def answer(handle: socket.socket) -> None:
        while True:
            handle.sendall(many)

    return answer


def raw(data: bytes) -> Answer:
    """Send this, then wait until the other side hangs up."""

    def answer(handle: socket.socket) -> None:
        handle.sendall(data)
        while handle.recv(65536):
            pass

    return answer


@contextlib.contextmanager
def scripted_adb() -> Iterator[ScriptedAdb]:
    adb = ScriptedAdb()
    try:
        yield adb
    finally:
        adb.close()
