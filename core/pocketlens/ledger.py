"""What an indexing job reads from and writes to the catalogue: the diff, the work left, and each batch's results."""

from __future__ import annotations

import itertools
import sqlite3
import time
from collections.abc import Iterable, Iterator

from pocketlens.catalogue import Catalogue, PhotoState
from pocketlens.errors import AlbumMissing
from pocketlens.kind_probe import KindProbe
from pocketlens.kinds import Kind, kind_of
from pocketlens.paths import fit_to_show
from pocketlens.source import ListedPhoto, PhotoSource, UnlistedFolder
from pocketlens.work import GonePhoto, Outcome, ReadPhoto, UnreadPhoto, Why, Work, Written

#: Rows of a listing that are written, and of the work that is fetched, at a time: bounds memory, costs nothing.
_CHUNK = 500


class Ledger:
    """One source's part of the catalogue during a job, for one model. Use it from the job's thread."""

    def __init__(self, catalogue: Catalogue, source: PhotoSource, model: int, probe: KindProbe | None = None) -> None:
        """``probe`` tells the kinds of what is written by their looks; None where the model has none."""
        self._catalogue = catalogue
        self._probe = probe
        self._connection = catalogue.connection
        self._model = model
        self._spec = source.spec
        self._label = source.label
        # None: never listed before. `compare` adds it then, as a mistyped folder must not become a source.
        self._source = self._known_source(self._connection)

    def _known_source(self, connection: sqlite3.Connection) -> int | None:
        row = connection.execute(
            "SELECT id FROM sources WHERE kind = ? AND identity = ?", (self._spec.kind, self._spec.identity)
        ).fetchone()
        return None if row is None else int(row[0])

    def known_photos(self) -> int:
        """Photos of this source in the catalogue."""
        row = self._connection.execute("SELECT count(*) FROM photos WHERE source = ?", (self._source,)).fetchone()
        return int(row[0])

    # -- the diff ------------------------------------------------------------------------------------------------

    def take_listing(self, listed: Iterable[ListedPhoto | UnlistedFolder]) -> Iterator[int]:
        """Write a listing to a table that lives as long as the connection. Yields how many photos it has so far."""
        self._connection.executescript(_LISTING)
        count = 0
        for chunk in _batched(listed):
            photos = [entry for entry in chunk if isinstance(entry, ListedPhoto)]
            self._connection.execute("BEGIN")
            self._connection.executemany(
                "INSERT OR REPLACE INTO listed VALUES (?, ?, ?, ?, ?, ?)",
                ((p.path, p.size, p.mtime_ns, p.album, p.taken_at, p.favourite) for p in photos),
            )
            self._connection.executemany(
                "INSERT INTO unlisted VALUES (?, ?)",
                (
                    (entry.path, entry.path + b"/" if entry.path else b"")
                    for entry in chunk
                    if isinstance(entry, UnlistedFolder)
                ),
            )
            self._connection.execute("COMMIT")
            count += len(photos)
            yield count

    def compare(self) -> int:
        """Bring the photos' rows in line with the listing; new and changed ones become pending.

        A source that was not known becomes so now, as its listing is whole.

        Returns:
            How many photos of the listing are as the catalogue knows them.
        """
        with self._catalogue.transaction() as connection:
            if self._source is not None:
                self._expect_source(connection)
            connection.execute(
                "INSERT INTO sources (kind, identity, label) VALUES (?, ?, ?)"
                " ON CONFLICT (kind, identity) DO UPDATE SET label = excluded.label",
                (self._spec.kind, self._spec.identity, self._label),
            )
            self._source = self._known_source(connection)
            values = {"source": self._source, "pending": PhotoState.PENDING, "now": int(time.time())}
            self._add_albums(connection)
            for statement in _COMPARISON:
                connection.execute(statement, values)
            row = connection.execute(
                "SELECT count(*) FROM photos JOIN listed ON listed.path = photos.path"
                " WHERE source = :source AND state <> :pending",
                values,
            ).fetchone()
        return int(row[0])

    def _expect_source(self, connection: sqlite3.Connection) -> None:
        if connection.execute("SELECT 1 FROM sources WHERE id = ?", (self._source,)).fetchone() is None:
            raise AlbumMissing("It was forgotten while it was being indexed.", thing=self._label)

    def _add_albums(self, connection: sqlite3.Connection) -> None:
        folders = connection.execute(
            "SELECT DISTINCT album FROM listed"
            " WHERE NOT EXISTS (SELECT 1 FROM albums WHERE source = ? AND albums.path = listed.album)",
            (self._source,),
        ).fetchall()
        connection.executemany(
            "INSERT INTO albums (source, path, name) VALUES (?, ?, ?)",
            ((self._source, path, fit_to_show(path.rsplit(b"/", 1)[-1]) or self._label) for (path,) in folders),
        )

    # -- the work ------------------------------------------------------------------------------------------------

    def list_work(self, thumbnails: Iterable[bytes], *, retry_unreadable: bool, refine: bool = True) -> int:
        """Decide which photos are to be read. Returns their number.

        Args:
            thumbnails: the contents that have one.
            retry_unreadable: also those that could not be read before.
            refine: also those that only their preview was encoded of.
        """
        self._connection.executescript(_WORK)
        self._connection.execute("BEGIN")
        self._connection.executemany("INSERT OR IGNORE INTO pictured VALUES (?)", ((key,) for key in thumbnails))
        # A preview's hash is not the photo's: those that went missing after only their preview was read are found
        # again by the preview.
        self._connection.execute(
            "INSERT OR IGNORE INTO sought SELECT size FROM photos"
            " WHERE source = ? AND missing = 1 AND content_hash IS NOT NULL AND state <> ?",
            (self._source, PhotoState.PROVISIONAL),
        )
        self._connection.execute("COMMIT")
        return self._connection.execute(
            "INSERT INTO to_read SELECT id FROM photos WHERE source = ? AND missing = 0 AND (state = ?"
            " OR state = ? AND ? OR state = ? AND ?"
            " OR state IN (?, ?) AND (NOT EXISTS (SELECT 1 FROM vectors WHERE photo = photos.id AND model = ?)"
            "                   OR content_hash NOT IN pictured))",
            (
                self._source,
                PhotoState.PENDING,
                PhotoState.UNREADABLE,
                retry_unreadable,
                PhotoState.PROVISIONAL,
                refine,
                PhotoState.READY,
                PhotoState.PROVISIONAL,
                self._model,
            ),
        ).rowcount

    def work(self) -> Iterator[Work]:
        """The photos of `list_work`, in the order in which they came to the catalogue, fetched a chunk at a time."""
        last = 0
        while rows := self._connection.execute(
            "SELECT id, path, state, content_hash IS NULL AND error_code IS NULL, size IN sought"
            " FROM to_read JOIN photos USING (id) WHERE id > ? ORDER BY id LIMIT ?",
            (last, _CHUNK),
        ).fetchall():
            for ident, path, state, never_read, may_be_moved in rows:
                why = _why(state, never_read)
                preview = state != PhotoState.READY and not (why is Why.NEW and may_be_moved)
                yield Work(ident, path, why, preview)
            last = rows[-1][0]

    def work_on(self, path: bytes, size: int, mtime_ns: int) -> Work | None:
        """The work of `list_work` on the photo at ``path``, None when it is none, or done, or another photo by now."""
        row = self._connection.execute(
            "SELECT id, state, content_hash IS NULL AND error_code IS NULL FROM to_read JOIN photos USING (id)"
            " WHERE source = ? AND path = ? AND size = ? AND mtime_ns = ?",
            (self._source, path, size, mtime_ns),
        ).fetchone()
        return None if row is None else Work(row[0], path, _why(row[1], row[2]), preview=False)

    def done(self, works: Iterable[Work]) -> None:
        """Take work off the list."""
        self._connection.executemany("DELETE FROM to_read WHERE id = ?", ((work.photo,) for work in works))

    def ordered(self) -> Iterator[tuple[bytes, int, int]]:
        """Path, size and time of what is on the list of work, in the order in which they came to the catalogue."""
        yield from self._connection.execute(
            "SELECT path, size, mtime_ns FROM to_read JOIN photos USING (id) ORDER BY id"
        )

    # -- the results ---------------------------------------------------------------------------------------------

    def commit(self, outcomes: Iterable[Outcome]) -> Written:
        """Write a batch in one transaction."""
        added = changed = moved = unreadable = 0
        with self._catalogue.transaction() as connection:
            self._expect_source(connection)
            for outcome in outcomes:
                was_moved = False
                if isinstance(outcome, ReadPhoto):
                    was_moved = self._commit_read(connection, outcome)
                elif isinstance(outcome, UnreadPhoto):
                    self._commit_unread(connection, outcome)
                    unreadable += 1
                else:
                    self._commit_gone(connection, outcome)
                    continue
                moved += was_moved
                added += outcome.work.why is Why.NEW and not was_moved
                changed += outcome.work.why is Why.CHANGED
        return Written(added, changed, moved, unreadable)

    def _commit_unread(self, connection: sqlite3.Connection, unread: UnreadPhoto) -> None:
        connection.execute(
            "UPDATE photos SET state = ?, error_code = ?, error = ?, content_hash = NULL WHERE id = ?",
            (PhotoState.UNREADABLE, unread.code, unread.reason, unread.work.photo),
        )
        connection.execute("DELETE FROM vectors WHERE photo = ?", (unread.work.photo,))
        connection.execute("DELETE FROM frames WHERE photo = ?", (unread.work.photo,))

    def _commit_gone(self, connection: sqlite3.Connection, gone: GonePhoto) -> None:
        # One that was read before may be back in a moment (editors save by renaming): the next listing decides.
        if gone.work.why is Why.NEW:
            connection.execute("DELETE FROM photos WHERE id = ?", (gone.work.photo,))

    def _commit_read(self, connection: sqlite3.Connection, read: ReadPhoto) -> bool:
        """Returns whether it is a photo known before that has moved."""
        photo = read.work.photo
        origin = self._moved_from(connection, read) if read.work.why is Why.NEW else None
        if origin is not None:
            # The row that went missing goes on at the new path: its id and its favourite mark stay.
            row = connection.execute("SELECT path, album, size, mtime_ns FROM photos WHERE id = ?", (photo,)).fetchone()
            connection.execute("DELETE FROM photos WHERE id = ?", (photo,))
            connection.execute(
                "UPDATE photos SET path = ?, album = ?, size = ?, mtime_ns = ?, missing = 0 WHERE id = ?",
                (*row, origin),
            )
            photo = origin
        # A preview takes no other model's vector of a whole photo away, be it of the photo before an edit: there would
        # be none in its place. It goes when the whole is read. (Only a whole photo has dimensions.)
        connection.execute(
            "DELETE FROM vectors WHERE photo = ? AND EXISTS"
            " (SELECT 1 FROM photos WHERE photos.id = vectors.photo AND content_hash IS NOT ?"
            "  AND (NOT ? OR vectors.model = ? OR width IS NULL))",
            (photo, read.content_hash, read.provisional, self._model),
        )
        connection.execute(
            "INSERT OR IGNORE INTO vectors (model, photo, vector) VALUES (?, ?, ?)",
            (self._model, photo, read.encoded.vector),
        )
        connection.execute(
            "DELETE FROM frames WHERE photo = ? AND (model = ? OR EXISTS"
            " (SELECT 1 FROM photos WHERE photos.id = frames.photo AND content_hash IS NOT ?))",
            (photo, self._model, read.content_hash),
        )
        connection.executemany(
            "INSERT INTO frames (photo, model, at_ms, vector) VALUES (?, ?, ?, ?)",
            ((photo, self._model, at_ms, vector) for at_ms, vector in read.encoded.frames),
        )
        about = read.encoded.metadata
        dimensions = (None, None) if read.provisional else (about.width, about.height)
        # The date in the photo itself is better than what the source says; that is better than none.
        connection.execute(
            "UPDATE photos SET state = ?, content_hash = ?, error_code = NULL, error = NULL, width = ?, height = ?,"
            " place = CASE WHEN latitude IS ? AND longitude IS ? THEN place END,"
            " latitude = ?, longitude = ?, camera = ?, format = ?, kind = ?, duration_ms = ?, motion = ?,"
            " fingerprint = ?, taken_at = coalesce(?, (SELECT taken_at FROM listed WHERE path = photos.path))"
            " WHERE id = ?",
            (
                PhotoState.PROVISIONAL if read.provisional else PhotoState.READY, read.content_hash, *dimensions,
                about.latitude, about.longitude, about.latitude, about.longitude, about.camera, about.format,
                _kind(read, self._probe), about.duration_ms, about.motion, read.encoded.fingerprint, about.taken_at,
                photo,
            ),
        )  # fmt: skip
        return origin is not None

    def _moved_from(self, connection: sqlite3.Connection, read: ReadPhoto) -> int | None:
        # Of several with this content, the one of the same name: a renamed folder keeps each mark where it was.
        name = b"/" + read.work.path.rsplit(b"/", 1)[-1]
        rows = connection.execute(
            "SELECT id, path FROM photos WHERE source = ? AND missing = 1 AND content_hash = ? ORDER BY id",
            (self._source, read.content_hash),
        ).fetchall()
        return next((ident for ident, path in rows if (b"/" + path).endswith(name)), rows[0][0] if rows else None)

    def remove_missing(self) -> int:
        """Delete the photos that were not listed and did not turn up elsewhere, and albums left empty."""
        with self._catalogue.transaction() as connection:
            self._expect_source(connection)
            removed = connection.execute(
                "DELETE FROM photos WHERE source = ? AND missing = 1", (self._source,)
            ).rowcount
            connection.execute(
                "DELETE FROM albums WHERE source = ? AND NOT EXISTS (SELECT 1 FROM photos WHERE album = albums.id)",
                (self._source,),
            )
        return removed


_LISTING = """
DROP TABLE IF EXISTS temp.listed;
DROP TABLE IF EXISTS temp.unlisted;
CREATE TEMP TABLE listed (path BLOB PRIMARY KEY, size INTEGER, mtime_ns INTEGER, album BLOB, taken_at INTEGER,
                          favourite INTEGER) WITHOUT ROWID;
CREATE TEMP TABLE unlisted (path BLOB, below BLOB);
"""

_WORK = """
DROP TABLE IF EXISTS temp.to_read;
DROP TABLE IF EXISTS temp.pictured;
DROP TABLE IF EXISTS temp.sought;
CREATE TEMP TABLE to_read (id INTEGER PRIMARY KEY);
CREATE TEMP TABLE pictured (content_hash BLOB PRIMARY KEY) WITHOUT ROWID;
-- The sizes of what went missing: a new photo of one of them may be a known one that was moved or renamed.
CREATE TEMP TABLE sought (size INTEGER PRIMARY KEY);
"""

_COMPARISON = (
    # What is listed and known, be it that a job which never ended had found it missing.
    "UPDATE photos SET missing = 0, size = l.size, mtime_ns = l.mtime_ns,"
    " state = CASE WHEN photos.size = l.size AND photos.mtime_ns = l.mtime_ns THEN state ELSE :pending END,"
    " favourite = CASE WHEN photos.marked THEN photos.favourite ELSE coalesce(l.favourite, photos.favourite) END"
    " FROM listed AS l WHERE photos.source = :source AND photos.path = l.path AND (photos.missing = 1"
    " OR photos.size <> l.size OR photos.mtime_ns <> l.mtime_ns"
    " OR NOT photos.marked AND photos.favourite <> l.favourite)",
    "INSERT INTO photos (source, album, path, size, mtime_ns, taken_at, favourite)"
    " SELECT :source, albums.id, l.path, l.size, l.mtime_ns, l.taken_at, coalesce(l.favourite, 0)"
    " FROM listed AS l JOIN albums ON albums.source = :source AND albums.path = l.album"
    " WHERE NOT EXISTS (SELECT 1 FROM photos WHERE photos.source = :source AND photos.path = l.path)"
    " ORDER BY l.path",
    "UPDATE photos SET missing = 1 WHERE source = :source AND missing = 0"
    " AND NOT EXISTS (SELECT 1 FROM listed WHERE listed.path = photos.path)"
    " AND NOT EXISTS (SELECT 1 FROM unlisted AS u"
    "                 WHERE photos.path = u.path OR substr(photos.path, 1, length(u.below)) = u.below)",
    "UPDATE sources SET listed_at = :now WHERE id = :source",
)


def _why(state: int, never_read: bool) -> Why:
    return Why.AGAIN if state != PhotoState.PENDING else Why.NEW if never_read else Why.CHANGED


def _kind(read: ReadPhoto, probe: KindProbe | None) -> str:
    about = read.encoded.metadata
    if about.duration_ms is not None:
        return Kind.VIDEO.value
    looks = None
    if probe is not None:
        looks = probe.kind(
            read.encoded.vector, by_camera=about.camera is not None, width=about.width, height=about.height
        )
    kind = kind_of(
        fit_to_show(read.work.path),
        by_header=about.kind,
        camera=about.camera,
        image_format=about.format,
        width=about.width,
        height=about.height,
        by_looks=looks,
    )
    return kind.value


def model_row(catalogue: Catalogue, key: str, preprocessing: int, dimension: int) -> int:
    """The id under which the vectors of that model and preprocessing are kept, made when new."""
    with catalogue.transaction() as connection:
        connection.execute(
            "INSERT OR IGNORE INTO models (key, preprocessing, dimension) VALUES (?, ?, ?)",
            (key, preprocessing, dimension),
        )
        row = connection.execute(
            "SELECT id FROM models WHERE key = ? AND preprocessing = ?", (key, preprocessing)
        ).fetchone()
    return int(row[0])


def _batched(listed: Iterable[ListedPhoto | UnlistedFolder]) -> Iterator[tuple[ListedPhoto | UnlistedFolder, ...]]:
    # itertools.batched is 3.12's.
    entries = iter(listed)
    while chunk := tuple(itertools.islice(entries, _CHUNK)):
        yield chunk
