"""Putting a finished package in its place: whole or not at all, and one process at a time."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pocketlens.errors import ModelBusy, StorageFull

#: Left free beside what a package itself needs, for the manifest and the file system's own books.
MARGIN_BYTES: Final = 16 << 20


@contextlib.contextmanager
def held(lock: Path) -> Iterator[None]:
    """Hold a lock file for as long as the block runs; the system lets go of it if the process dies.

    Raises:
        ModelBusy: another process holds it.
    """
    lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with lock.open("a+b") as file:
        try:
            _lock(file.fileno())
        except OSError as error:
            raise ModelBusy(
                "Another PocketLens is fetching or installing this model.",
                thing=lock.stem.removeprefix("."),
                remedy="Wait for it to end, or stop it.",
            ) from error
        yield


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def storage_full_reported(path: Path) -> Iterator[None]:
    """A full disk as `StorageFull`; every other system error as it is."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(
                "The disk is full.", thing=str(path), remedy="Free some space and run it again."
            ) from error
        raise


def refuse_if_full(folder: Path, needed: int, *, thing: str) -> None:
    """Check for room before work that is known not to fit without it.

    Raises:
        StorageFull: fewer than ``needed`` bytes are free where ``folder`` is.
    """
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StorageFull(
            f"This needs {needed / 1e6:,.0f} MB; {free / 1e6:,.0f} MB are free.",
            thing=thing,
            remedy=f"Free some space on the disk of {folder}.",
        )


@contextlib.contextmanager
def swapped_in(target: Path) -> Iterator[Path]:
    """An empty folder beside ``target`` to fill; it takes the place of ``target`` when the block ends well.

    Raises:
        ModelBusy: another process is making the same target.
        StorageFull: no space; ``target`` is as it was.
    """
    with held(target.parent / f".{target.name}.lock"), storage_full_reported(target):
        _clear_up_after_a_killed_one(target)
        beside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
        try:
            yield beside
            for file in beside.iterdir():
                _to_disk(file)
            _replace(target, beside)
        finally:
            shutil.rmtree(beside, ignore_errors=True)


def _clear_up_after_a_killed_one(target: Path) -> None:
    # No dot in what mkdtemp made up: ".name.more.xyz.part" is of the model "name.more", and that may be in the making.
    left_behind = re.compile(rf"\.{re.escape(target.name)}\.[^.]+\.part")
    for left in [entry for entry in target.parent.iterdir() if left_behind.fullmatch(entry.name)]:
        # Killed between the two renames of `_replace`: the package that was there is still in here.
        if (left / target.name).is_dir() and not target.exists():
            (left / target.name).rename(target)
        shutil.rmtree(left, ignore_errors=True)


def _to_disk(file: Path) -> None:
    with file.open("r+b") as opened:
        os.fsync(opened.fileno())


def _replace(target: Path, beside: Path) -> None:
    """Two renames: a folder cannot be replaced in one. Between them the old package is still there, aside."""
    if not target.exists():
        beside.rename(target)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
    target.rename(aside / target.name)
    try:
        beside.rename(target)
    except OSError:
        (aside / target.name).rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)
