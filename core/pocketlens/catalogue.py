"""The catalogue: albums, photos and their vectors in one SQLite file (WAL). It is the truth; all else is derived.

Reading for people (`Catalogue.albums`, `counts`, `photos` …) is here; what an indexing job writes is in
`pocketlens.ledger`, what a search reads is in `pocketlens.vectors`.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from enum import IntEnum
from pathlib import Path

import msgspec

from pocketlens.migrations import LATEST, migrate, schema_step
from pocketlens.paths import fit_to_show
from pocketlens.protocol import SourceSpec
from pocketlens.query import Filter
from pocketlens.sqlite_file import connect, expect_catalogue, reported


class PhotoState(IntEnum):
    """How far a photo is."""

    PENDING = 0
    READY = 1
    UNREADABLE = 2
    #: Encoded from its preview alone, and to be refined from the photo itself by a job that is not a fast one.
    PROVISIONAL = 3


class AlbumSummary(msgspec.Struct, frozen=True):
    """A folder of a source that holds photos itself. ``name`` is its last part; ``path`` all of it.

    Of its ``photos`` some are ``unreadable``, and ``pending`` ones are listed but not looked at yet.
    """

    name: str
    path: bytes
    source: SourceSpec
    source_label: str
    photos: int
    unreadable: int
    pending: int = 0


class SourceSummary(msgspec.Struct, frozen=True):
    """A folder or phone that was indexed. ``listed_at``: seconds since 1970 of its last full listing."""

    spec: SourceSpec
    label: str
    photos: int
    listed_at: int | None


class Counts(msgspec.Struct, frozen=True):
    """``ready`` photos can be found; ``provisional`` ones of them were only encoded from their preview so far."""

    photos: int
    ready: int
    pending: int
    unreadable: int
    provisional: int = 0


class Month(msgspec.Struct, frozen=True):
    """Photos of one month, local time. ``dated``: they say so themselves; else it is their files' time, in UTC.

    ``year`` and ``month`` are 0 for a time beyond the calendar.
    """

    year: int
    month: int
    count: int
    dated: bool = True


class UnreadableRow(msgspec.Struct, frozen=True):
    """A photo that could not be read: where it is, and why."""

    source: SourceSpec
    path: bytes
    code: str
    reason: str


class PlaceName(msgspec.Struct, frozen=True):
    """A city by its names; ``name_zh`` is empty where it has none in Chinese. ``country``: ISO 3166-1, two letters."""

    name: str
    name_zh: str
    country: str


class PlaceSummary(msgspec.Struct, frozen=True):
    """A city that photos were taken in."""

    place: PlaceName
    photos: int


class PhotoRow(msgspec.Struct, frozen=True):
    """One photo as the catalogue knows it. See `PhotoMetadata` for the units; ``location`` as in `Hit`.

    ``fingerprint``: see `pocketlens.fingerprint`; None when it is not known yet.
    ``kind``: one of `pocketlens.kinds.Kind`; None before it was looked at.
    ``duration_ms``: of a video; None for a photo. ``motion``: a photo with a few seconds' video in it.
    """

    id: int
    source: SourceSpec
    path: bytes
    location: str
    album: str
    size: int
    mtime_ns: int
    state: PhotoState
    content_hash: bytes | None
    taken_at: int | None
    width: int | None
    height: int | None
    latitude: float | None
    longitude: float | None
    camera: str | None
    format: str | None
    favourite: bool
    fingerprint: bytes | None = None
    place: PlaceName | None = None
    duration_ms: int | None = None
    motion: bool = False
    kind: str | None = None


#: Columns of a `PhotoRow`, to be used with `photo_row`.
PHOTO_COLUMNS = (
    "photos.id, sources.kind, sources.identity, sources.label, photos.path, albums.name, photos.size, photos.mtime_ns, "
    "photos.state, photos.content_hash, photos.taken_at, photos.width, photos.height, photos.latitude, "
    "photos.longitude, photos.camera, photos.format, photos.favourite, photos.fingerprint, "
    "photos.duration_ms, photos.motion, photos.kind, places.name, places.name_zh, places.country"
)
#: Those with a date in themselves first, then by their file's time.
NEWEST_FIRST = "photos.taken_at DESC NULLS LAST, photos.mtime_ns DESC, photos.id"
PHOTO_TABLES = (
    "photos JOIN sources ON sources.id = photos.source JOIN albums ON albums.id = photos.album"
    " LEFT JOIN places ON places.id = photos.place AND places.id <> 0"
)


#: Takes away the cities that no photo was taken in any more: where somebody was is not kept longer than the photo.
FORGET_PLACES = "DELETE FROM places WHERE id <> 0 AND NOT EXISTS (SELECT 1 FROM photos WHERE place = places.id)"


def location(spec: SourceSpec, label: str, path: bytes) -> str:
    """The whole place of a photo as text: its path for a folder, ``label:path`` for a phone.

    A folder's opens as it is unless the name is not UTF-8: then only ``spec.identity`` and ``path`` do.
    """
    if spec.kind == "folder":
        return fit_to_show(os.path.join(spec.identity, path))  # noqa: PTH118 - bytes
    return f"{label}:{fit_to_show(path)}"


def photo_row(row: sqlite3.Row | tuple[object, ...]) -> PhotoRow:
    (ident, kind, identity, label, path, album, size, mtime_ns, state, *rest) = row
    content_hash, taken_at, width, height, latitude, longitude, camera, image_format, favourite, *rest = rest
    fingerprint, duration_ms, motion, looks_like, *place = rest
    spec = SourceSpec(kind=kind, identity=identity)  # type: ignore[arg-type]
    return PhotoRow(
        id=ident,  # type: ignore[arg-type]
        source=spec,
        path=path,  # type: ignore[arg-type]
        location=location(spec, label, path),  # type: ignore[arg-type]
        album=album,  # type: ignore[arg-type]
        size=size,  # type: ignore[arg-type]
        mtime_ns=mtime_ns,  # type: ignore[arg-type]
        state=PhotoState(state),  # type: ignore[arg-type]
        content_hash=content_hash,  # type: ignore[arg-type]
        taken_at=taken_at,  # type: ignore[arg-type]
        width=width,  # type: ignore[arg-type]
        height=height,  # type: ignore[arg-type]
        latitude=latitude,  # type: ignore[arg-type]
        longitude=longitude,  # type: ignore[arg-type]
        camera=camera,  # type: ignore[arg-type]
        format=image_format,  # type: ignore[arg-type]
        favourite=bool(favourite),
        fingerprint=fingerprint,  # type: ignore[arg-type]
        place=None if place[0] is None else PlaceName(*place),
        duration_ms=duration_ms,  # type: ignore[arg-type]
        motion=bool(motion),
        kind=looks_like,  # type: ignore[arg-type]
    )


class Catalogue:
    """One open connection to the catalogue. Use it from one thread; open another for another."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection = connection
        self.path = path

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Catalogue:
        """Open the catalogue, making it or bringing its schema up to date when ``read_only`` is False.

        A read-only one that does not exist yet is opened as an empty one in memory: nothing is indexed.

        Raises:
            CatalogueTooNew, CatalogueDamaged, CatalogueBusy, StorageFull
        """
        with reported(path):
            nothing_yet = read_only and not path.exists()
            if not nothing_yet:
                expect_catalogue(path)
            connection = (
                sqlite3.connect(":memory:", isolation_level=None) if nothing_yet else connect(path, read_only=read_only)
            )
            try:
                if read_only and not nothing_yet and schema_step(connection) < LATEST:
                    # Made by an older version, or being made this moment: a reader may not bring it up to date.
                    Catalogue.open(path).close()
                migrate(connection, str(path))
            except BaseException:
                connection.close()
                raise
        return cls(connection, path)

    def __enter__(self) -> Catalogue:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.connection.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, holding the write lock from the start."""
        with reported(self.path):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
            except BaseException:
                # SQLite has already rolled back by itself after some errors (disk full).
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise
            self.connection.execute("COMMIT")

    def identity(self) -> str:
        """A random name given when the catalogue was made: derived files carry it."""
        with reported(self.path):
            return str(self.connection.execute("SELECT value FROM meta WHERE key = 'catalogue'").fetchone()[0])

    def sources(self) -> list[SourceSummary]:
        with reported(self.path):
            rows = self.connection.execute(
                "SELECT kind, identity, label, listed_at,"
                # Answered from photos_counted alone: without it this reads every photo's row.
                " (SELECT count(*) FROM photos WHERE source = sources.id AND missing = 0)"
                " FROM sources ORDER BY label, id"
            ).fetchall()
        return [SourceSummary(SourceSpec(kind=k, identity=i), label, n, at) for k, i, label, at, n in rows]

    def albums(self) -> list[AlbumSummary]:
        """Albums that hold photos, by name."""
        with reported(self.path):
            rows = self.connection.execute(
                "SELECT albums.name, albums.path, sources.kind, identity, label, count(*),"
                " total(state = ?), total(state = ?)"
                " FROM photos JOIN albums ON albums.id = photos.album JOIN sources ON sources.id = photos.source"
                " WHERE missing = 0 GROUP BY albums.id ORDER BY albums.name COLLATE NOCASE, albums.path",
                (PhotoState.UNREADABLE, PhotoState.PENDING),
            ).fetchall()
        return [
            AlbumSummary(
                name, path, SourceSpec(kind=kind, identity=ident), label, photos, int(unreadable), int(pending)
            )
            for name, path, kind, ident, label, photos, unreadable, pending in rows
        ]

    def counts(self) -> Counts:
        with reported(self.path):
            by_state = dict(
                self.connection.execute(
                    "SELECT state, count(*) FROM photos WHERE missing = 0 GROUP BY state"
                ).fetchall()
            )
        pending, ready, unreadable, provisional = (by_state.get(state, 0) for state in PhotoState)
        return Counts(sum(by_state.values()), ready + provisional, pending, unreadable, provisional)

    def unreadable(self) -> Iterator[UnreadableRow]:
        """Photos that could not be read, with the reason, by source and path."""
        with reported(self.path):
            for kind, identity, path, code, reason in self.connection.execute(
                "SELECT sources.kind, identity, path, error_code, error"
                " FROM photos JOIN sources ON sources.id = photos.source WHERE state = ? AND missing = 0"
                " ORDER BY photos.source, path",
                (PhotoState.UNREADABLE,),
            ):
                yield UnreadableRow(SourceSpec(kind=kind, identity=identity), path, code, reason)

    def photo(self, ident: int) -> PhotoRow | None:
        with reported(self.path):
            row = self.connection.execute(
                f"SELECT {PHOTO_COLUMNS} FROM {PHOTO_TABLES} WHERE photos.id = ?",  # noqa: S608 - constants
                (ident,),
            ).fetchone()
        return photo_row(row) if row else None

    def photos(
        self, album: AlbumSummary | None = None, filters: Sequence[Filter] = (), *, offset: int = 0, limit: int = 200
    ) -> list[PhotoRow]:
        """Readable photos that pass the filters, newest first, those without a date last (by their file's time).

        Raises:
            AlbumMissing: a filter names an album that is not there. So do `count` and `months`.
        """
        with reported(self.path):
            where, values = self.condition(album, filters)
            rows = self.connection.execute(
                f"SELECT {PHOTO_COLUMNS} FROM {PHOTO_TABLES} WHERE {where}"  # noqa: S608 - constants
                f" ORDER BY {NEWEST_FIRST} LIMIT ? OFFSET ?",
                (*values, limit, offset),
            ).fetchall()
        return [photo_row(row) for row in rows]

    def count(self, album: AlbumSummary | None = None, filters: Sequence[Filter] = ()) -> int:
        """How many `photos` there are."""
        with reported(self.path):
            where, values = self.condition(album, filters)
            found = self.connection.execute(f"SELECT count(*) FROM photos WHERE {where}", values)  # noqa: S608 - constants
            return int(found.fetchone()[0])

    def months(self, album: AlbumSummary | None = None, filters: Sequence[Filter] = ()) -> list[Month]:
        """How many of `photos` each month has, in their order: first those with a date, then those without."""
        with reported(self.path):
            where, values = self.condition(album, filters)
            rows = self.connection.execute(
                "SELECT taken_at IS NOT NULL AS dated,"  # noqa: S608 - constants
                " strftime('%Y-%m', coalesce(taken_at, mtime_ns / 1000000000), 'unixepoch') AS month, count(*)"
                f" FROM photos WHERE {where} GROUP BY dated, month"
                " ORDER BY dated DESC, max(coalesce(taken_at, mtime_ns / 1000000000)) DESC",
                values,
            ).fetchall()
        return [Month(*_year_and_month(month), count, dated=bool(dated)) for dated, month, count in rows]

    def condition(self, album: AlbumSummary | None, filters: Sequence[Filter]) -> tuple[str, list[object]]:
        """SQL, on ``photos`` alone, for the photos of an album, or all, that can be shown and pass; and its values."""
        # They are compiled where a search does it too, which knows this module.
        from pocketlens.selection import conditions

        where, values = conditions(self.connection, filters)
        where.append("photos.state IN (?, ?)")
        values += [PhotoState.READY.value, PhotoState.PROVISIONAL.value]
        if album is not None:
            where.append(
                "photos.album = (SELECT albums.id FROM albums JOIN sources ON sources.id = albums.source"
                " WHERE sources.kind = ? AND sources.identity = ? AND albums.path = ?)"
            )
            values += [album.source.kind, album.source.identity, album.path]
        return " AND ".join(where), values

    def places(self) -> list[PlaceSummary]:
        """The cities that readable photos were taken in, those with the most photos first."""
        with reported(self.path):
            rows = self.connection.execute(
                "SELECT places.name, places.name_zh, places.country, count(*) AS photos"
                " FROM photos JOIN places ON places.id = photos.place"
                " WHERE missing = 0 AND state IN (?, ?) AND places.id <> 0"
                " GROUP BY places.id ORDER BY photos DESC, places.name, places.id",
                (PhotoState.READY, PhotoState.PROVISIONAL),
            ).fetchall()
        return [PlaceSummary(PlaceName(*place), photos) for *place, photos in rows]

    def has_places(self) -> bool:
        """Whether `places` would find any: at once, where counting takes the longer the more photos have a place."""
        with reported(self.path):
            # The unknown place is 0; above it the index of places is walked, and only to its first hit.
            (found,) = self.connection.execute(
                "SELECT EXISTS (SELECT 1 FROM photos WHERE place > 0 AND missing = 0 AND state IN (?, ?))",
                (PhotoState.READY, PhotoState.PROVISIONAL),
            ).fetchone()
        return bool(found)

    def forget(self, spec: SourceSpec) -> int:
        """Remove a source with its albums, photos and vectors. Returns how many photos it had."""
        with self.transaction() as connection:
            known = connection.execute(
                "SELECT id FROM sources WHERE kind = ? AND identity = ?", (spec.kind, spec.identity)
            ).fetchone()
            if known is None:
                return 0
            removed = connection.execute("DELETE FROM photos WHERE source = ?", known).rowcount
            connection.execute("DELETE FROM albums WHERE source = ?", known)
            connection.execute("DELETE FROM sources WHERE id = ?", known)
            connection.execute(FORGET_PLACES)
        return removed


def _year_and_month(text: str | None) -> tuple[int, int]:
    # SQLite knows the years 0 to 9999; a file's time may be anything.
    if text is None:
        return 0, 0
    year, _, month = text.rpartition("-")
    return int(year), int(month)
