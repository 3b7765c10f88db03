"""Thumbnails by content: one SQLite file of JPEGs, a cache that may be deleted at any time."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from pocketlens.catalogue import BUSY_TIMEOUT_MS, Catalogue, make_private_file, reported
from pocketlens.errors import CatalogueDamaged

T = TypeVar("T")


class ThumbnailStore:
    """Thumbnails by the photo's content hash. All methods may be called from any thread.

    A store that is damaged, when it is opened or at any time later, is made anew: it is only a cache, and the next
    indexing job makes the thumbnails that are missing.
    """

    def __init__(self, path: Path) -> None:
        """Open the store at ``path``, making it when needed.

        Raises:
            StorageFull, PocketLensError
        """
        self.path = path
        self._lock = threading.Lock()
        try:
            self._connection = self._open()
        except CatalogueDamaged:
            self._connection = self._open_anew()

    def get(self, key: bytes) -> bytes | None:
        """The JPEG of the photo with content hash ``key``, as `decoding.decode` made it; None if there is none."""
        row = self._do(lambda c: c.execute("SELECT jpeg FROM thumbnails WHERE content_hash = ?", (key,)).fetchone())
        return row[0] if row else None

    def __contains__(self, key: bytes) -> bool:
        row = self._do(lambda c: c.execute("SELECT 1 FROM thumbnails WHERE content_hash = ?", (key,)).fetchone())
        return row is not None

    def keys(self) -> list[bytes]:
        """The content hashes that have a thumbnail."""
        return self._do(lambda c: [key for (key,) in c.execute("SELECT content_hash FROM thumbnails")])

    def put(self, thumbnails: Iterable[tuple[bytes, bytes]]) -> None:
        """Store (key, JPEG) pairs, all or none."""
        rows = list(thumbnails)
        self._change("INSERT OR IGNORE INTO thumbnails (content_hash, jpeg) VALUES (?, ?)", rows)

    def keep_only(self, catalogue: Catalogue) -> None:
        """Drop the thumbnails that no photo of ``catalogue`` has, and overwrite what they took in the file."""
        with reported(catalogue.path):
            wanted = {
                key
                for (key,) in catalogue.connection.execute(
                    "SELECT content_hash FROM photos WHERE content_hash IS NOT NULL"
                )
            }
        self.remove(key for key in self.keys() if key not in wanted)
        # The log of writes still holds the old pages otherwise.
        self._do(lambda c: c.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())

    def remove(self, keys: Iterable[bytes]) -> None:
        """Drop the thumbnails of these contents, all or none."""
        self._change("DELETE FROM thumbnails WHERE content_hash = ?", [(key,) for key in keys])

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _change(self, statement: str, rows: Sequence[tuple[bytes, ...]]) -> None:
        def change(connection: sqlite3.Connection) -> None:
            connection.execute("BEGIN IMMEDIATE")
            try:
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
            except BaseException:
                connection.close()
                raise
            return connection
