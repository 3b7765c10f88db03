"""Test phones: the real adbd over a phone-like folder, and the desk (namespaces, adb server) they lie on.

Every desk has a network namespace of its own, so any number of test runs use the same ports at once without
meeting, and no test can reach a phone or an adb server of the machine it runs on. `Desk.entered` moves the calling
thread into that network; threads and processes started there follow. The code under test therefore runs in
the test's own process, debugger and all, and finds an adb server where it always is: 127.0.0.1:5037.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import adbutils

from device.rig.desk_init import SHELL_UID

_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)
#: Outside 5555-5585, which every adb server probes for emulators by itself.
FIRST_PORT = 15555
STORAGE = b"/storage/emulated/0"


@dataclass(frozen=True)
class MediaRow:
    """One row of a phone's MediaStore; None is what Android prints as NULL."""

    id: int
    data: bytes
    taken_ms: int | None = None
    bucket: bytes | None = None
    favourite: bool | None = None
    mime: bytes | None = b"image/jpeg"

    def fields(self) -> Iterator[bytes]:
        for value in (self.id, self.taken_ms, self.bucket, self.favourite, self.mime, self.data):
            match value:
                case None:
                    yield b"NULL"
                case bytes():
                    yield value
                case bool():
                    yield b"1" if value else b"0"
                case int():
                    yield b"%d" % value


@dataclass
class RigPhone:
    """One test phone.

    Attributes:
        serial: what the phone says of itself (``ro.serialno``).
        address: what the adb server calls it.
        root: its root folder, seen from the host.
    """

    desk: Desk
    serial: str
    model: str
    root: Path
    port: int
    arm64: bool = False

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def storage(self) -> Path:
        """The folder that the phone calls /sdcard, seen from the host."""
        return self.root / "storage" / "emulated" / "0"

    @property
    def engine(self) -> Path:
        """The folder that PocketLens's engine is installed to, seen from the host."""
        return self.root / "data" / "local" / "tmp" / "pocketlens"

    def plug(self) -> None:
        """Plug the phone in and wait until the adb server has it."""
        self.desk.order("plug", root=str(self.root), port=self.port, arm64=self.arm64)
        self.connect()

    def connect(self) -> None:
        """Tell the adb server about the phone, which over TCP does not notice by itself."""
        with self.desk.entered():
            said = adbutils.AdbClient().connect(self.address, timeout=20)
        assert said.startswith(("connected", "already connected")), said

    def unplug(self) -> None:
        """Kill adbd and make the adb server forget the phone, as pulling a cable does."""
        self.desk.order("unplug", root=str(self.root))
        with self.desk.entered():
            adbutils.AdbClient().disconnect(self.address)

    def die(self) -> None:
        """Kill adbd and tell nobody."""
        self.desk.order("unplug", root=str(self.root))

    def place(self, path: bytes) -> Path:
        """Where a path relative to the shared storage is on the host."""
        return self.storage / os.fsdecode(path)

    def put(self, path: bytes, data: bytes, *, mtime_s: int = 1_700_000_000) -> None:
        """Write a file, folders included, as the phone's own user. ``path`` is relative to the shared storage."""
        place = self.place(path)
        self._make_folder(place.parent)
        place.write_bytes(data)
        os.utime(place, (mtime_s, mtime_s))
        os.chown(place, SHELL_UID, SHELL_UID)

    def _make_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            self._make_folder(folder.parent)
            folder.mkdir()
            os.chown(folder, SHELL_UID, SHELL_UID)

    def setting(self, name: str, text: bytes) -> None:
        """Replace one of the files that the userland's programs answer from."""
        (self.root / "system" / "etc" / name).write_bytes(text)

    def media_store(self, rows: Sequence[MediaRow], *, old: bool = False) -> None:
        """Let `content` answer with these rows; ``old``: an Android before 11, without favourites."""
        self.setting("mediastore", b"".join(value + b"\0" for row in rows for value in row.fields()))
        if old:
            self.setting("mediastore.old", b"")

    def intents(self) -> list[list[bytes]]:
        """The arguments of every `am` call so far."""
        record = self.root / "data" / "local" / "intents"
        if not record.exists():
            return []
        return [call.split(b"\0") for call in record.read_bytes().split(b"\0\0")[:-1]]


class Desk:
    """The namespaces and the adb server of one test; close it and everything on it is gone."""

    def __init__(self, template: Path, folder: Path) -> None:
        self.template = template
        self.folder = folder
        self._adb = adbutils.adb_path()
        self._phones: list[RigPhone] = []
        unshare = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child"]
        self._init = subprocess.Popen(
            [*unshare, sys.executable, "-E", str(Path(__file__).with_name("desk_init.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._init.stdout is not None
        if not self._init.stdout.readline():
            raise OSError(f"unshare ended with {self._init.wait()}")
        self._pid = self._init_child()
        self._network = os.open(f"/proc/{self._pid}/ns/net", os.O_RDONLY | os.O_CLOEXEC)

    def _init_child(self) -> int:
        pid = self._init.pid
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])

    def order(self, do: str, **arguments: object) -> None:
        assert self._init.stdin is not None and self._init.stdout is not None
        self._init.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
        self._init.stdin.flush()
        answer = json.loads(self._init.stdout.readline())
        if "error" in answer:
            logs = "\n".join(log.read_text() for log in self.folder.glob("*.log"))
            raise RuntimeError(f"{do}: {answer['error']}\n{logs}")

    def serve(self) -> None:
        """Start the adb server."""
        self.order("serve", adb=self._adb, home=str(self.folder))

    def adb(self) -> Path:
        """An adb program that runs in this desk: a server that it starts ends with the desk too."""
        program = self.folder / "adb"
        inside = f"nsenter --target {self._pid} --net --mount --pid env HOME={self.folder} ADB_MDNS=0 ADB_LIBUSB=0"
        log = f"ANDROID_ADB_LOG_PATH={self.folder / 'adb-restarted.log'}"
        program.write_text(f'#!/bin/sh\nexec {inside} {log} {self._adb} "$@"\n')
        program.chmod(0o755)
        return program

    def unserve(self) -> None:
        """Kill the adb server."""
        self.order("unserve")

    def phone(
        self,
        serial: str = "PL0001",
        *,
        model: str = "Pixel 7",
        android: str = "14",
        instead: Mapping[str, str] = MappingProxyType({}),
        properties: Mapping[str, str] = MappingProxyType({}),
        port: int | None = None,
        arm64: bool = False,
    ) -> RigPhone:
        """A phone that is not plugged in yet.

        Args:
            instead: programs of the userland to replace, by name, with the text of a script.
            properties: what `getprop` knows besides the usual.
            port: the address of an earlier phone, for a phone that comes in its place.
            arm64: it runs arm64 programs, through an emulator.
        """
        root = self.folder / f"phone-{len(self._phones)}"
        phone = RigPhone(self, serial, model, root, port or FIRST_PORT + len(self._phones), arm64)
        for name in ("storage/emulated/0/Android/data", "storage/emulated/0/DCIM", "data/local/tmp", "system/etc"):
            (root / name).mkdir(parents=True)
        for link, target in (("bin", "system/bin"), ("etc", "system/etc"), ("sdcard", "storage/emulated/0")):
            (root / link).symlink_to(target)
        for folder in (
            phone.storage,
            *phone.storage.rglob("*"),
            root / "data" / "local",
            root / "data" / "local" / "tmp",
        ):
            os.chown(folder, SHELL_UID, SHELL_UID)
        known = {
            "ro.serialno": serial,
            "ro.product.manufacturer": "Google",
            "ro.product.model": model,
            "ro.build.version.release": android,
            "ro.build.version.sdk": "34",
            "ro.product.cpu.abi": "arm64-v8a",
            **properties,
        }
        phone.setting("build.prop", "".join(f"{key}={value}\n" for key, value in known.items()).encode())
        phone.setting("battery", b"Current Battery Service state:\n  level: 83\n  scale: 100\n  temperature: 291\n")
        phone.setting("users", b"\tUserInfo{0:Owner:c13} running\n")
        programs = {}
        for name, text in instead.items():
            program = self.folder / f"phone-{len(self._phones)}-{name}"
            program.write_text(text)
            program.chmod(0o755)
            programs[name] = str(program)
        self.order("furnish", template=str(self.template), root=str(root), instead=programs)
        self._phones.append(phone)
        return phone

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """The calling thread is in the desk's network; what it starts meanwhile stays there."""
        before = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        try:
            _enter(self._network)
            try:
                yield
            finally:
                _enter(before)
        finally:
            os.close(before)

    def close(self) -> None:
        assert self._init.stdin is not None and self._init.stdout is not None
        self._init.stdin.close()
        self._init.wait(timeout=20)
        self._init.stdout.close()
        os.close(self._network)
        shutil.rmtree(self.folder)


def _enter(network: int) -> None:
    if _libc.setns(network, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")
