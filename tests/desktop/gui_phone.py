"""A phone for the window's tests: its answers, and its file service over a folder of this computer."""

from __future__ import annotations

import os
import socket
import stat
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from desktop.scripted_adb import READY, Answer, ScriptedAdb, receive, shell

SERIAL = b"PL0001"
_HEAD = struct.Struct("<4sI")
_STAT = struct.Struct("<4sIQQIIIIQqqq")
_MISSING = b"No such file or directory"
_ENTRY = struct.Struct("<4sIQQIIIIQqqqI")
_ANSWERS = {
    b"getprop ro.serialno": SERIAL + b"\n\n",
    b"getprop ro.product.manufacturer": b"Google\nPixel 7\n14\narm64-v8a\n",
    b"getprop ro.product.model": b"Pixel 7\n",
    b"getprop persist.sys.timezone": b"Asia/Shanghai\n",
    b"df ": b"Filesystem 1K-blocks Used Available\n/dev/fuse 117000000 61000000 56000000\n",
    b"dumpsys": b"  level: 81\n",
    b"pm ": b"UserInfo{0:Owner:c13}\n",
    b"content ": b"No result found.\n",
    b"am ": b"Starting: Intent\n",
    # It says nothing of use, so that its photos are listed by a walk through the file service.
    b"find ": b"",
}


def plug_in(
    adb: ScriptedAdb,
    folder: Path,
    between: Callable[[], object] = lambda: None,
    *,
    others: Mapping[bytes, bytes] = MappingProxyType({}),
) -> None:
    """A phone whose shared storage is ``folder``; ``between`` is called before each block of a file that is sent.

    ``others``: files outside that storage, by their whole path.
    """
    for line, said in _ANSWERS.items():
        adb.services[b"shell,v2,raw:" + line] = shell(said)
    adb.services[b"sync:"] = _files(folder, between, others)
    adb.devices = READY + "\n"
    adb.changes.put(adb.devices)


def unplug(adb: ScriptedAdb) -> None:
    adb.devices = ""
    adb.services.clear()
    adb.changes.put("")


def _files(folder: Path, between: Callable[[], object], others: Mapping[bytes, bytes]) -> Answer:
    def answer(handle: socket.socket) -> None:
        while True:
            kind, length = _HEAD.unpack(receive(handle, _HEAD.size))
            asked = receive(handle, length)
            place = folder / os.fsdecode(asked.removeprefix(b"/sdcard/"))
            if kind == b"STA2":
                handle.sendall(_status(place))
            elif kind == b"LIS2":
                handle.sendall(_listing(place, top=asked == b"/sdcard/"))
            elif asked in others:
                _send(handle, others[asked], between)
            elif not asked.startswith(b"/sdcard/") or not place.is_file():
                handle.sendall(_HEAD.pack(b"FAIL", len(_MISSING)) + _MISSING)
            else:
                _send(handle, place.read_bytes(), between)

    return answer


def _listing(place: Path, *, top: bool) -> bytes:
    entries = [(entry.stat(), os.fsencode(entry.name)) for entry in sorted(place.iterdir())] if place.is_dir() else []
    # The folder that every Android has: the storage is unlocked.
    answer = _ENTRY.pack(b"DNT2", 0, 0, 0, stat.S_IFDIR | 0o755, 1, 0, 0, 0, 0, 0, 0, 7) + b"Android" if top else b""
    for about, name in entries:
        numbers = (0, 0, 0, about.st_mode, 1, 0, 0, about.st_size, 0, int(about.st_mtime), 0, len(name))
        answer += _ENTRY.pack(b"DNT2", *numbers) + name
    return answer + _ENTRY.pack(b"DONE", *(0,) * 12)


def _status(place: Path) -> bytes:
    if not place.is_file():
        return _STAT.pack(b"STA2", 2, *(0,) * 10)
    about = place.stat()
    return _STAT.pack(b"STA2", 0, 0, 0, about.st_mode, 1, 0, 0, about.st_size, 0, int(about.st_mtime), 0)


def _send(handle: socket.socket, data: bytes, between: Callable[[], object]) -> None:
    for start in range(0, len(data), 16384):
        between()
        block = data[start : start + 16384]
        handle.sendall(_HEAD.pack(b"DATA", len(block)) + block)
    handle.sendall(_HEAD.pack(b"DONE", 0))
