"""Files that are either the old one or the whole new one, whatever happens: written beside, fsynced, renamed."""

from __future__ import annotations

import contextlib
import errno
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pocketlens.errors import StorageFull


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write ``path``'s new content to; it takes the old one's place when the block ends well.

    It is readable by its owner alone. Its ``name`` is where it lies meanwhile, for a library that writes by name.

    Raises:
        StorageFull: no space; the old file is as it was.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        with open(beside, "wb", opener=_open_private) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        beside.unlink(missing_ok=True)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(
                "The disk is full.", thing=str(path), remedy="Free some space and run it again."
            ) from error
        raise
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def sweep_unfinished(folder: Path) -> None:
    """Remove what a killed process left half-written in ``folder``. Call it while holding the folder's lock."""
    for left in folder.glob(".*.part*"):  # SQLite's own files beside one of its files, too
        left.unlink(missing_ok=True)


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    # The rename itself survives a power cut only then. Windows cannot open a folder and journals renames by itself.
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
