"""SQLite files: made whole and for their owner alone, opened, and SQLite's errors about them turned into typed ones."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

from pocketlens.errors import CatalogueBusy, CatalogueDamaged, PocketLensError, StorageFull
from pocketlens.migrations import migrate

#: What to do about a damaged catalogue.
REPAIR = "Run `pocketlens doctor --repair`: it keeps what can be read, and your photos are not touched."
#: A vector's row is some 530 bytes: fifteen fill a page of 8 KB to 97 %, seven one of 4 KB to 91 %.
PAGE_BYTES = 8192
#: How long a writer waits for another one. A commit of a batch takes milliseconds; this is for slow disks.
BUSY_TIMEOUT_MS = 15_000


def connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """Open a database that is there. What is written to it goes to a log beside it first (WAL)."""
    connection = open_read_only(path) if read_only else sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA foreign_keys = ON")
        if not read_only:
            connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
            connection.execute("PRAGMA journal_mode = WAL")
            # With WAL this cannot corrupt; a power cut may lose the last batches, which the next run makes again.
            connection.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        connection.close()
        raise
    return connection


def open_read_only(path: Path, *, one_thread: bool = True) -> sqlite3.Connection:
    """A bare connection that can write nothing. ``one_thread``: it is used by the thread that opened it alone."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=one_thread)


def expect_catalogue(path: Path) -> None:
    """Make sure that there is a catalogue at ``path``, making one when there is no file.

    SQLite takes an empty file for a new database, and it is what a power cut can leave of a full one. So a catalogue
    is made under another name, and there is never a moment at which the file is rightly empty.

    Raises:
        CatalogueDamaged: the file is empty.
    """
    try:
        size = path.stat().st_size
    except OSError:
        size = None
    if size is None and not _make(path):
        make_private_file(path)  # a file system without links: here the file is empty for a moment
    elif size == 0:
        raise CatalogueDamaged("The catalogue is empty: what it held is lost.", thing=str(path), remedy=REPAIR)


def _make(path: Path) -> bool:
    """Make a new catalogue unless another process does so first. False where it can only be made in its place."""
    beside = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    make_private_file(beside)
    try:
        with contextlib.closing(sqlite3.connect(beside, isolation_level=None)) as connection:
            connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
            # Not WAL before it is whole: on a full disk closing would leave half of it in the log, and say nothing.
            connection.execute("PRAGMA journal_mode = MEMORY")
            migrate(connection, str(path))
            connection.execute("PRAGMA journal_mode = WAL")
        # Unlike a rename, a link never takes the place of what another process made meanwhile.
        os.link(beside, path)
    except FileExistsError:
        pass
    except OSError:
        return False
    finally:
        for end in ("", "-wal", "-shm"):
            beside.with_name(beside.name + end).unlink(missing_ok=True)
    return True


def make_private_file(path: Path) -> None:
    """Make sure that there is a file at ``path``; one made here can be read by its owner alone from the start.

    Raises:
        StorageFull, PocketLensError
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise _full(path) from error
        raise PocketLensError(
            f"This file cannot be opened: {error.strerror}.", thing=str(path), remedy="Check the folder's permissions."
        ) from error


@contextlib.contextmanager
def reported(path: Path, what: str = "catalogue") -> Iterator[None]:
    """Turn SQLite's errors about the file at ``path`` into typed ones. Bugs (wrong SQL) pass through."""
    try:
        yield
    except sqlite3.Error as error:
        typed = _typed(error, path, what)
        if typed is None:
            raise
        raise typed from error


def _typed(error: sqlite3.Error, path: Path, what: str) -> PocketLensError | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return CatalogueDamaged(
            f"The {what} is damaged.",
            thing=str(path),
            remedy=REPAIR,
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return CatalogueBusy(f"Another program holds the {what}.", thing=str(path), remedy="Try again when it is done.")
    # The second: there is no room for the file that SQLite shares between processes.
    if code == sqlite3.SQLITE_FULL or getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_IOERR_SHMSIZE:
        return _full(path)
    if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return PocketLensError(
            f"The {what} cannot be used: {error}.", thing=str(path), remedy="Check the disk and the permissions."
        )
    return None


def _full(path: Path) -> StorageFull:
    return StorageFull("The disk is full.", thing=str(path), remedy="Free some space and run the same again.")
