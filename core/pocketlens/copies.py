"""Copies of original photos in a folder of the person's: complete, with their times, never over another file."""

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
from typing import BinaryIO, Final

from pocketlens.errors import StorageFull

#: Read at a time. Chosen, not measured.
_BLOCK: Final = 1024 * 1024
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
        path: the photo: a whole path on this computer, or on a phone one relative to its shared storage.
        place: the copy; None when there is none.
        reason: why it failed, else empty.
    """

    path: bytes
    outcome: CopyOutcome
    place: Path | None
    reason: str = ""


def file_copies(files: Iterable[bytes], folder: Path) -> Iterator[PhotoCopy]:
    """Copy photos of this computer one by one, all into ``folder`` itself.

    A file that is there already with the same content is the copy; one that differs is left alone, and the copy gets
    a number.

    Raises:
        StorageFull: the disk is full. What was copied is complete.
    """
    for file in files:
        try:
            yield _copy_file(file, folder)
        except OSError as error:
            yield failed_copy(file, folder, error)


def failed_copy(path: bytes, folder: Path, error: OSError) -> PhotoCopy:
    """The copy of a photo that could not be made for that reason.

    Raises:
        StorageFull: that was the reason.
    """
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        raise StorageFull("This computer's disk is full.", thing=str(folder), remedy="Make room.") from error
    return PhotoCopy(path, CopyOutcome.FAILED, None, f"It cannot be copied: {error.strerror}.")


def written_copy(blocks: Iterable[bytes], wanted: Path, mtime_ns: int) -> Path:
    """Write ``blocks`` to a new file at ``wanted``, or beside it with a number. Returns where it is once complete.

    Raises:
        OSError: it cannot be written; nothing is left behind.
    """
    wanted.parent.mkdir(parents=True, exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(prefix=".pocketlens-", suffix=".part", dir=wanted.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for block in blocks:
                file.write(block)
            file.flush()
            os.fsync(descriptor)
        os.chmod(unfinished, 0o644)  # noqa: PTH101 - a str, as mkstemp gives it
        os.utime(unfinished, ns=(mtime_ns, mtime_ns))
        for candidate in candidates(wanted):
            if _reserve(candidate):
                os.replace(unfinished, candidate)  # noqa: PTH105
                return candidate
    finally:
        Path(unfinished).unlink(missing_ok=True)
    raise AssertionError("candidates do not end")


def candidates(wanted: Path) -> Iterator[Path]:
    """``wanted``, then the same name with 2, 3, …"""
    yield wanted
    for number in count(2):
        yield wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")


def local_name(part: bytes, *, windows: bool = sys.platform == "win32") -> str:
    """A name on a phone as a name on this computer: the same, but for what Windows does not allow."""
    if not windows:
        return os.fsdecode(part)
    return _NOT_ON_WINDOWS.sub("_", part.decode(errors="replace"))


def _copy_file(path: bytes, folder: Path) -> PhotoCopy:
    original = Path(os.fsdecode(path))
    try:
        file = original.open("rb")
    except OSError as error:
        reason = "It is not there any more." if isinstance(error, FileNotFoundError) else error.strerror
        return PhotoCopy(path, CopyOutcome.FAILED, None, str(reason))
    with file:
        wanted = folder / original.name
        for candidate in candidates(wanted):
            if _has_content_of(candidate, file):
                return PhotoCopy(path, CopyOutcome.THERE, candidate)
            if not os.path.lexists(candidate):
                break
        file.seek(0)
        place = written_copy(_blocks(file), wanted, os.fstat(file.fileno()).st_mtime_ns)
        return PhotoCopy(path, CopyOutcome.COPIED, place)


def _has_content_of(place: Path, file: BinaryIO) -> bool:
    """Whether the file at ``place`` holds what ``file`` does. The same size alone says little: cameras repeat names."""
    try:
        if place.stat().st_size != os.fstat(file.fileno()).st_size:
            return False
        file.seek(0)
        with place.open("rb") as other:
            return all(block == other.read(_BLOCK) for block in _blocks(file))
    except OSError:
        return False


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(_BLOCK):
        yield block


def _reserve(place: Path) -> bool:
    """Make an empty file where there is none: from then on the name is ours to replace."""
    try:
        os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
    except FileExistsError:
        return False
    return True
