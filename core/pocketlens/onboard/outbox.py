"""What the job on the phone has decided and the PC has not committed yet: rows of the job's own catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Any

from pocketlens.catalogue import Catalogue, PhotoState
from pocketlens.known_content import CONTENT_COLUMNS, content_of
from pocketlens.model import Manifest
from pocketlens.onboard.protocol import SettledRow
from pocketlens.paths import Home
from pocketlens.sqlite_file import reported
from pocketlens.thumbnails import ThumbnailStore

_SETTLED = (
    "FROM photos LEFT JOIN vectors ON vectors.photo = photos.id AND vectors.model ="
    " (SELECT id FROM models WHERE key = ? AND preprocessing = ?)"
    " WHERE missing = 0 AND (state = ? OR state = ? AND vector IS NOT NULL)"
)


class Outbox:
    """The settled rows for one model. For one thread; the job may be writing at the same time."""

    def __init__(self, home: Home, model: Manifest) -> None:
        """Open the job's catalogue, making an empty one where there is none.

        Raises:
            CatalogueTooNew, CatalogueDamaged, StorageFull
        """
        home.make()
        self._catalogue = Catalogue.open(home.catalogue)
        self._thumbnails = ThumbnailStore(home.thumbnails)
        self._values = (model.key, model.image.preprocessing, PhotoState.UNREADABLE, PhotoState.READY)

    def rows(self, most: int) -> list[SettledRow]:
        """Up to ``most`` rows, in the order in which the photos were listed."""
        with reported(self._catalogue.path):
            found = self._catalogue.connection.execute(
                f"SELECT photos.id, path, size, mtime_ns, state, content_hash, error_code, error, {CONTENT_COLUMNS}"
                f" {_SETTLED} ORDER BY photos.id LIMIT ?",
                (*self._values, most),
            ).fetchall()
        return [self._row(row) for row in found]

    def waiting(self) -> int:
        """How many rows there are."""
        with reported(self._catalogue.path):
            row = self._catalogue.connection.execute(f"SELECT count(*) {_SETTLED}", self._values).fetchone()
        return int(row[0])

    def release(self, rows: Sequence[int]) -> None:
        """Forget rows, and the thumbnails that only they had."""
        marks = ",".join("?" * len(rows))
        with self._catalogue.transaction() as connection:
            gone = connection.execute(
                f"DELETE FROM photos WHERE id IN ({marks}) RETURNING content_hash",  # noqa: S608 - question marks
                rows,
            ).fetchall()
        with reported(self._catalogue.path):
            unused = [
                key
                for (key,) in gone
                if key is not None
                and self._catalogue.connection.execute("SELECT 1 FROM photos WHERE content_hash = ?", (key,)).fetchone()
                is None
            ]
        self._thumbnails.remove(unused)

    def close(self) -> None:
        with closing(self._catalogue):
            self._thumbnails.close()

    def _row(self, row: Sequence[Any]) -> SettledRow:
        (ident, path, size, mtime_ns, state, content_hash, code, reason), content = row[:8], row[8:]
        if state == PhotoState.UNREADABLE:
            return SettledRow(ident, path, size, mtime_ns, code=code, reason=reason)
        encoded = content_of(content)
        return SettledRow(
            ident,
            path,
            size,
            mtime_ns,
            content_hash=content_hash,
            metadata=encoded.metadata,
            vector=encoded.vector,
            thumbnail=self._thumbnails.get(content_hash),
            fingerprint=encoded.fingerprint,
        )
