"""A client of adbd's file service: many requests on one stream, byte names, 64-bit sizes, a deadline on each.

The protocol is Android's (packages/modules/adb, SYNC.TXT and file_sync_protocol.h). What adbutils has for it asks for a
new connection with every call, reads 32-bit sizes, decodes names with replacement and waits for ever.
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NoReturn, Self

from pocketlens_desktop.phone.errors import PhoneMisbehaved, PhoneRefused
from pocketlens_desktop.phone.wire import Deadline, Wire

#: For one answer, and for a transfer to begin. A phone that wakes its storage up was seen to take a few seconds.
REPLY_S: Final = 20.0
#: Slower than any cable or card (USB 1.1 is 1 MB/s): below this rate a transfer counts as stalled.
SLOWEST_BYTES_PER_S: Final = 128 * 1024

_HEAD = struct.Struct("<4sI")
_STAT = struct.Struct("<4sIQQIIIIQqqq")
_ENTRY = struct.Struct("<4sIQQIIIIQqqqI")
_LARGEST_BLOCK: Final = 64 * 1024  # SYNC_DATA_MAX
_LONGEST_PATH: Final = 1024  # adbd refuses longer ones
_LONGEST_NAME: Final = 255  # NAME_MAX, in bytes
_LONGEST_MESSAGE: Final = 64 * 1024
_ENOENT: Final = 2  # as Linux, and so Android, numbers it


@dataclass(frozen=True, slots=True)
class FileStatus:
    """What the phone knows of a file. ``size`` in bytes, ``mtime_s`` in seconds since 1970."""

    mode: int
    size: int
    mtime_s: int

    @property
    def is_folder(self) -> bool:
        return stat.S_ISDIR(self.mode)

    @property
    def is_file(self) -> bool:
        return stat.S_ISREG(self.mode)


@dataclass(frozen=True, slots=True)
class FolderEntry:
    """One entry of a folder. ``name`` has no ``/`` in it and is neither ``.`` nor ``..``."""

    name: bytes
    status: FileStatus


class SyncSession:
    """One stream to the file service, opened when first needed and again after anything went wrong on it.

    For one thread at a time. Close it, or use it as a context manager.

    Args:
        connect: opens a new stream on which ``sync:`` has been granted.
    """

    def __init__(self, connect: Callable[[], Wire]) -> None:
        self._connect = connect
        self._wire: Wire | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def status(self, path: bytes) -> FileStatus | None:
        """What is at ``path`` (links followed not), None when nothing is.

        Raises:
            PhoneRefused: the phone does not tell, a permission for instance.
        """
        deadline = Deadline(REPLY_S)
        wire = self._request(b"STA2", path, deadline)
        with _Exchange(self):
            kind, error, _dev, _ino, mode, _links, _uid, _gid, size, _at, mtime, _ct = _STAT.unpack(
                wire.receive(_STAT.size, deadline)
            )
            if kind != b"STA2":
                _misbehaved("a question for a file's status")
        if error == _ENOENT:
            return None
        if error:
            raise PhoneRefused(f"The phone does not show this file (error {error}).", thing=_text(path))
        return FileStatus(mode, size, mtime)

    def entries(self, path: bytes) -> Iterator[FolderEntry]:
        """The entries of a folder, as they arrive.

        Raises:
            PhoneRefused: the folder is missing or closed to us. adbd answers as for an empty one, except that an
                empty one still has itself, ``.``, in it.
        """
        shown = False
        deadline = Deadline(REPLY_S)
        wire = self._request(b"LIS2", path, deadline)
        with _Exchange(self):
            while True:
                kind, error, _dev, _ino, mode, _links, _uid, _gid, size, _at, mtime, _ct, length = _ENTRY.unpack(
                    wire.receive(_ENTRY.size, deadline)
                )
                if kind == b"DONE":
                    break
                if kind != b"DNT2" or length > _LONGEST_NAME:
                    _misbehaved("the listing of a folder")
                name = wire.receive(length, deadline)
                if b"/" in name or not name or b"\0" in name:
                    _misbehaved("the listing of a folder")
                shown = shown or not error
                if not error and name not in (b".", b".."):
                    yield FolderEntry(name, FileStatus(mode, size, mtime))
                deadline = Deadline(REPLY_S)
        if not shown:
            raise PhoneRefused("The phone does not show what is in this folder.", thing=_text(path))

    def blocks(self, path: bytes, largest: int) -> Generator[bytes]:
        """A file's content, block by block.

        Args:
            largest: bytes after which the file is refused, whatever its size was said to be.

        Raises:
            PhoneRefused: the phone does not give the file out, or it is larger than ``largest``.
            PhoneStalled: it comes slower than `SLOWEST_BYTES_PER_S`.
        """
        deadline = Deadline(REPLY_S)
        wire = self._request(b"RECV", path, deadline)
        received = 0
        with _Exchange(self):
            while True:
                # What a fast beginning has saved up must not let the phone fall silent for minutes.
                step = deadline.step(REPLY_S)
                kind, length = _HEAD.unpack(wire.receive(_HEAD.size, step))
                if kind == b"DONE":
                    return
                if kind == b"FAIL":
                    self._refused(wire, length, path, step)
                # An empty block is no progress: a phone could send them for ever.
                if kind != b"DATA" or not 0 < length <= _LARGEST_BLOCK:
                    _misbehaved("the reading of a file")
                received += length
                if received > largest:
                    raise PhoneRefused(f"It is larger than {largest >> 20} MB.", thing=_text(path))
                yield wire.receive(length, step)
                deadline.grant(length / SLOWEST_BYTES_PER_S)

    def read(self, path: bytes, largest: int) -> bytes:
        """A whole file. See `blocks`."""
        return b"".join(self.blocks(path, largest))

    def write(self, path: bytes, blocks: Iterable[bytes], *, mode: int = 0o644, mtime_s: int = 0) -> None:
        """Make a file on the phone, with the folders above it.

        Raises:
            PhoneRefused: no permission, no space, …
        """
        deadline = Deadline(REPLY_S)
        wire = self._request(b"SEND", path + b",%d" % (stat.S_IFREG | mode), deadline)
        with _Exchange(self):
            for block in blocks:
                for start in range(0, len(block), _LARGEST_BLOCK):
                    part = block[start : start + _LARGEST_BLOCK]
                    deadline.grant(len(part) / SLOWEST_BYTES_PER_S)
                    wire.send(_HEAD.pack(b"DATA", len(part)) + part, deadline.step(REPLY_S))
            wire.send(_HEAD.pack(b"DONE", mtime_s), deadline)
            deadline = Deadline(REPLY_S)
            kind, length = _HEAD.unpack(wire.receive(_HEAD.size, deadline))
            if kind == b"FAIL":
                self._refused(wire, length, path, deadline)
            if kind != b"OKAY":
                _misbehaved("the writing of a file")

    def close(self) -> None:
        """Give the stream back. The next request opens another."""
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.close()

    def _request(self, kind: bytes, path: bytes, deadline: Deadline) -> Wire:
        if len(path) > _LONGEST_PATH:
            raise PhoneRefused(f"Its path has {len(path)} bytes; adb takes {_LONGEST_PATH}.", thing=_text(path))
        if self._wire is None:
            self._wire = self._connect()
        try:
            self._wire.send(_HEAD.pack(kind, len(path)) + path, deadline)
        except BaseException:
            self.close()
            raise
        return self._wire

    def _refused(self, wire: Wire, length: int, path: bytes, deadline: Deadline) -> NoReturn:
        if length > _LONGEST_MESSAGE:
            _misbehaved("a refusal")
        said = wire.receive(length, deadline).decode(errors="replace")
        raise PhoneRefused(f"The phone says: {said}.", thing=_text(path))


class _Exchange:
    """One question and its answer: whatever interrupts it leaves unread bytes, so the stream is given up."""

    def __init__(self, session: SyncSession) -> None:
        self._session = session

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        if kind is not None:
            self._session.close()


def _misbehaved(during: str) -> NoReturn:
    raise PhoneMisbehaved(f"The phone's answer to {during} is not what adb's protocol allows.")


def _text(path: bytes) -> str:
    return path.decode(errors="backslashreplace")
