"""Thumbnails by content: one SQLite file of JPEGs, a cache that may be deleted at any time."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from pocketlens.catalogue import Catalogue
from pocketlens.errors import CatalogueDamaged
from pocketlens.sqlite_file import BUSY_TIMEOUT_MS, make_private_file, reported

T = TypeVar("T")


#: Thumbnails dropped in one go: some 0.3 MB, a small part of the smallest limit.
_DROPPED_AT_ONCE = 16
#: Below this share of its limit a store has room for what was dropped: the limit was raised, or photos were forgotten.
_ROOMY = 0.8


class ThumbnailStore:
    """Thumbnails by the photo's content hash. All methods may be called from any thread.

    With a limit the oldest thumbnails are dropped once the file would grow beyond it. What was dropped stays listed,
    without its picture, so that the next indexing job does not read those photos once more only to drop others; it
    does once the limit leaves room for them.

    A store that is damaged, when it is opened or at any time later, is made anew: it is only a cache, and the next
    indexing job makes the thumbnails that are missing.
    """

    def __init__(self, path: Path, limit_bytes: int | None = None) -> None:
        """Open the store at ``path``, making it when needed.

        Args:
            limit_bytes: how large the file may grow; None for as large as it wants.

        Raises:
            StorageFull, PocketLensError
        """
        self.path = path
        self._limit = limit_bytes
        self._lock = threading.Lock()
        try:
            self._connection = self._open()
        except CatalogueDamaged:
            self._connection = self._open_anew()

    def get(self, key: bytes) -> bytes | None:
        """The JPEG of the photo with content hash ``key``, as `decoding.decode` made it; None if there is none."""
        row = self._do(lambda c: c.execute("SELECT jpeg FROM thumbnails WHERE content_hash = ?", (key,)).fetchone())
        return row[0] if row else None

    def dropped(self, key: bytes) -> bool:
        """Whether there was a thumbnail that the limit left no room for."""
        row = self._do(lambda c: c.execute("SELECT 1 FROM dropped WHERE content_hash = ?", (key,)).fetchone())
        return row is not None

    def __contains__(self, key: bytes) -> bool:
        """Whether there is nothing to make: the thumbnail is there, or there is no room for it."""
        row = self._do(lambda c: c.execute("SELECT 1 FROM thumbnails WHERE content_hash = ?", (key,)).fetchone())
        return row is not None or (not self._roomy() and self.dropped(key))

    def keys(self) -> list[bytes]:
        """The content hashes of which there is nothing to make, see `__contains__`."""
        statement = "SELECT content_hash FROM thumbnails"
        if not self._roomy():
            statement += " UNION ALL SELECT content_hash FROM dropped"
        return self._do(lambda c: [key for (key,) in c.execute(statement)])

    def used_bytes(self) -> int:
        """Bytes of the file that hold something."""
        return self._do(_used)

    def put(self, thumbnails: Iterable[tuple[bytes, bytes]]) -> None:
        """Store (key, JPEG) pairs, all or none, and drop the oldest others if there is no room for them."""
        rows = list(thumbnails)
        self._change(
            ("INSERT OR IGNORE INTO thumbnails (content_hash, jpeg) VALUES (?, ?)", rows),
            ("DELETE FROM dropped WHERE content_hash = ?", [(key,) for key, _ in rows]),
        )
        self._hold_limit()

    def shrink(self) -> None:
        """Hold the limit now, and give back the room of what was dropped or deleted."""
        self._hold_limit()
        self._do(lambda c: c.execute("VACUUM"))
        self._do(lambda c: c.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())

    def keep_only(self, catalogue: Catalogue) -> None:
        """Drop the thumbnails that no photo of ``catalogue`` has, and overwrite what they took in the file."""
        with reported(catalogue.path):
            wanted = {
                key
                for (key,) in catalogue.connection.execute(
                    "SELECT content_hash FROM photos WHERE content_hash IS NOT NULL"
                )
            }
        both = "SELECT content_hash FROM thumbnails UNION ALL SELECT content_hash FROM dropped"
        self.remove(key for (key,) in self._do(lambda c: c.execute(both).fetchall()) if key not in wanted)
        # The log of writes still holds the old pages otherwise.
        self._do(lambda c: c.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())

    def remove(self, keys: Iterable[bytes]) -> None:
        """Drop the thumbnails of these contents, all or none."""
        rows = [(key,) for key in keys]
        self._change(
            ("DELETE FROM thumbnails WHERE content_hash = ?", rows),
            ("DELETE FROM dropped WHERE content_hash = ?", rows),
        )

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _roomy(self) -> bool:
        """Whether there is room for what was dropped."""
        return self._limit is None or self.used_bytes() < _ROOMY * self._limit

    def _hold_limit(self) -> None:
        limit = self._limit
        oldest = "SELECT content_hash FROM thumbnails ORDER BY id LIMIT ?"
        while limit is not None and self.used_bytes() > limit:
            rows = self._do(lambda c: c.execute(oldest, (_DROPPED_AT_ONCE,)).fetchall())
            if not rows:
                return
            self._change(
                ("INSERT OR IGNORE INTO dropped VALUES (?)", rows),
                ("DELETE FROM thumbnails WHERE content_hash = ?", rows),
            )

    def _change(self, *statements: tuple[str, Sequence[tuple[bytes, ...]]]) -> None:
        def change(connection: sqlite3.Connection) -> None:
            connection.execute("BEGIN IMMEDIATE")
            try:
                for statement, rows in statements:
                    connection.executemany(statement, rows)
                connection.execute("COMMIT")
            except BaseException:
                # SQLite has already rolled back by itself after some errors (disk full).
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

        self._do(change)

    def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self._lock:
            try:
                with reported(self.path, "thumbnail cache"):
                    return work(self._connection)
            except CatalogueDamaged:
                self._connection.close()
                self._connection = self._open_anew()
                with reported(self.path, "thumbnail cache"):
                    return work(self._connection)

    def _open_anew(self) -> sqlite3.Connection:
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        return self._open()

    def _open(self) -> sqlite3.Connection:
        make_private_file(self.path)
        with reported(self.path, "thumbnail cache"):
            connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
            try:
                connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
                connection.execute("PRAGMA page_size = 8192")
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA secure_delete = ON")
                connection.execute("PRAGMA synchronous = OFF")  # a cache: losing it costs time, not data
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS thumbnails"
                    " (id INTEGER PRIMARY KEY, content_hash BLOB NOT NULL UNIQUE, jpeg BLOB NOT NULL)"
                )
                # Contents whose thumbnails a limit left no room for.
                connection.execute("CREATE TABLE IF NOT EXISTS dropped (content_hash BLOB PRIMARY KEY) WITHOUT ROWID")
            except BaseException:
                connection.close()
                raise
            return connection


def _used(connection: sqlite3.Connection) -> int:
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)
