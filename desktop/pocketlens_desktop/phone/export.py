"""Copies of original photos in a folder of this computer, with their times, and never over another file."""

from __future__ import annotations

import errno
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import Final

from pocketlens.errors import StorageFull
from pocketlens.source import LARGEST_PHOTO
from pocketlens_desktop.phone.errors import PhoneLost, PhoneRefused
from pocketlens_desktop.phone.link import PhoneLink, Tries
from pocketlens_desktop.phone.storage import absolute, checked
from pocketlens_desktop.phone.sync import FileStatus, SyncSession
from pocketlens_desktop.phone.transport import Transport

#: FAT, as on USB sticks, keeps times to two seconds.
_SAME_TIME_S: Final = 2
# What Windows does not allow in a name, and the names it keeps for devices.
_NOT_ON_WINDOWS = re.compile(r'[<>:"\\|?*\x00-\x1f]|[. ]$|(?i:^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$))')


class CopyOutcome(StrEnum):
    """What became of one photo."""

    COPIED = "copied"
    THERE = "already there"
    FAILED = "failed"


@dataclass(frozen=True)
class PhotoCopy:
    """One photo and its copy.

    Attributes:
        path: on the phone, relative to its shared storage.
        place: the copy; None when there is none.
        reason: why it failed, else empty.
    """

    path: bytes
    outcome: CopyOutcome
    place: Path | None
    reason: str = ""


def copies(phone: Transport, paths: Iterable[bytes], folder: Path) -> Iterator[PhotoCopy]:
    """Copy photos one by one, each into the subfolder of ``folder`` that it has on the phone.

    A file that is there already with the same size and time is the copy; one that differs is left alone, and
    the copy gets a number. An unplugged phone is waited for.

    Raises:
        StorageFull: this computer's disk is full. What was copied is complete.
        PhoneMisbehaved: a path leads out of the album.
    """
    link = PhoneLink(phone)
    try:
        for path in paths:
            yield _copy_when_there(link, checked(path), folder)
    finally:
        link.close()


def _copy_when_there(link: PhoneLink, path: bytes, folder: Path) -> PhotoCopy:
    tries = Tries()
    while True:
        phone = link.transport()
        try:
            with phone.sync() as session:
                return _copy(session, path, folder)
        except PhoneRefused as refusal:
            return PhotoCopy(path, CopyOutcome.FAILED, None, refusal.what)
        except PhoneLost as lost:
            link.lost(phone)
            if tries.used_up(phone):
                return PhotoCopy(path, CopyOutcome.FAILED, None, lost.what)


def _copy(session: SyncSession, path: bytes, folder: Path) -> PhotoCopy:
    place = absolute(path)
    status = session.status(place)
    if status is None or not status.is_file:
        return PhotoCopy(path, CopyOutcome.FAILED, None, "It is not on the phone.")
    wanted = folder.joinpath(*(local_name(part) for part in path.split(b"/")))
    for candidate in _candidates(wanted):
        if _is_copy(candidate, status):
            return PhotoCopy(path, CopyOutcome.THERE, candidate)
        if not os.path.lexists(candidate):
            break
    try:
        return PhotoCopy(path, CopyOutcome.COPIED, _write(session, place, status, wanted))
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull("This computer's disk is full.", thing=str(folder), remedy="Make room.") from error
        return PhotoCopy(path, CopyOutcome.FAILED, None, f"It cannot be written: {error.strerror}.")


def _write(session: SyncSession, place: bytes, status: FileStatus, wanted: Path) -> Path:
    wanted.parent.mkdir(parents=True, exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(prefix=".pocketlens-", suffix=".part", dir=wanted.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for block in session.blocks(place, LARGEST_PHOTO):
                file.write(block)
            file.flush()
            os.fsync(descriptor)
        os.chmod(unfinished, 0o644)  # noqa: PTH101 - a str, as mkstemp gives it
        os.utime(unfinished, (status.mtime_s, status.mtime_s))
        for candidate in _candidates(wanted):
            if _reserve(candidate):
                os.replace(unfinished, candidate)  # noqa: PTH105
                return candidate
    finally:
        Path(unfinished).unlink(missing_ok=True)
    raise AssertionError("candidates do not end")


def _reserve(place: Path) -> bool:
    """Make an empty file where there is none: from then on the name is ours to replace."""
    try:
        os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
    except FileExistsError:
        return False
    return True


def _candidates(wanted: Path) -> Iterator[Path]:
    yield wanted
    for number in count(2):
        yield wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")


def _is_copy(place: Path, status: FileStatus) -> bool:
    try:
        about = place.stat()
    except OSError:
        return False
    return about.st_size == status.size and abs(about.st_mtime - status.mtime_s) <= _SAME_TIME_S


def local_name(part: bytes, *, windows: bool = sys.platform == "win32") -> str:
    """A name on the phone as a name on this computer: the same, but for what Windows does not allow."""
    if not windows:
        return os.fsdecode(part)
    return _NOT_ON_WINDOWS.sub("_", part.decode(errors="replace"))
