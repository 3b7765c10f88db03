"""A damaged catalogue: what can still be read of it goes into a new one, the damaged file is kept beside it.

Rows are read by ranges of their numbers. Where SQLite trips over a damaged page the range is halved around it, so that
a page costs its own rows and no others. Nothing is ever deleted: the damaged file gets another name.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pocketlens.atomic import replacing, sweep_unfinished
from pocketlens.catalogue import Catalogue, PhotoState
from pocketlens.errors import CatalogueDamaged
from pocketlens.indexing import only_indexer
from pocketlens.migrations import LATEST, migrate, schema_step, too_new
from pocketlens.packed_vectors import is_sound
from pocketlens.paths import Home, fit_to_show
from pocketlens.sqlite_file import PAGE_BYTES, open_read_only, reported

#: SQLite's page, cell and record headers take more than this for the smallest row: no table has more numbers in use
#: than the file has bytes divided by it. Chosen, not measured; it only bounds the search in a file that forgot its own.
_LEAST_ROW_BYTES: Final = 16
#: Findings of SQLite's own check that are told; thousands may follow from one page.
_MOST_FINDINGS: Final = 5


@dataclass(frozen=True, slots=True)
class Repair:
    """What became of a catalogue.

    Attributes:
        aside: where the damaged file lies now; None when nothing was wrong and nothing was done.
        photos: how many are known now, ``vectors`` and ``favourites`` of them. The next indexing job finds the rest.
    """

    aside: Path | None
    photos: int
    vectors: int
    favourites: int


def findings(path: Path) -> list[str]:
    """What SQLite's own check and ours say is wrong with the catalogue at ``path``; empty when nothing is.

    Reads the whole file.

    Raises:
        CatalogueTooNew, CatalogueBusy, PocketLensError
    """
    if not path.exists():
        return []
    try:
        with reported(path), closing(_opened(path)) as connection:
            step = schema_step(connection)
            if step > LATEST:
                raise too_new(step, str(path))
            said = connection.execute(f"PRAGMA integrity_check({_MOST_FINDINGS})").fetchall()
            wrong = [text for (text,) in said if text != "ok"]
            if not wrong and step == 0:
                wrong.append("the file is empty")
            if not wrong and connection.execute("PRAGMA foreign_key_check").fetchone():
                wrong.append("rows are missing that others refer to")
            if not wrong and step == LATEST and _unsound_vectors(connection):
                wrong.append("there are vectors that are none")
            return wrong
    except CatalogueDamaged as error:
        return [str(error.__cause__ or error.what)]


def repair(home: Home) -> Repair:
    """Put a catalogue that is in order into the place of a damaged one, with all that could be read of it.

    Photos keep their numbers and their marks. Vectors and photos that could not be read come back with the next
    indexing job, thumbnails stay. Killed at any moment, the damaged catalogue or the new one is in its place.

    Raises:
        CatalogueBusy: something is being indexed just now.
        CatalogueTooNew: it is a newer PocketLens that must repair it.
        StorageFull, PocketLensError
    """
    home.make()
    path = home.catalogue
    with only_indexer(home.indexing_lock):
        sweep_unfinished(home.data)
        if not path.exists() or not findings(path):
            with Catalogue.open(path, read_only=True) as catalogue:
                return _counted(catalogue.connection, None)
        with replacing(path) as file, reported(path):
            # SQLite writes by name; `replacing` moves the file to its place once it is whole.
            _salvage(path, Path(file.name))
            # Now, so that little time lies between the old one's log of writes going and its place being taken.
            os.fsync(file.fileno())
            aside = _kept_aside(path)
        with Catalogue.open(path, read_only=True) as catalogue:
            return _counted(catalogue.connection, aside)


def _counted(connection: sqlite3.Connection, aside: Path | None) -> Repair:
    (photos, favourites) = connection.execute("SELECT count(*), total(favourite) FROM photos").fetchone()
    (vectors,) = connection.execute("SELECT count(*) FROM vectors").fetchone()
    return Repair(aside, photos, vectors, int(favourites))


def _kept_aside(path: Path) -> Path:
    """Give the damaged file, and the log of writes that belongs to it, a second name; its place is taken after."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.damaged-{stamp}-{number}")
    log, index = (path.with_name(path.name + end) for end in ("-wal", "-shm"))
    _linked(path, aside)
    if log.exists() and log.stat().st_size:
        _linked(log, aside.with_name(aside.name + "-wal"))
    # The new catalogue must not find the old one's log beside it: SQLite would write it into the new file.
    log.unlink(missing_ok=True)
    index.unlink(missing_ok=True)
    return aside


def _linked(path: Path, name: Path) -> None:
    try:
        os.link(path, name)
    except OSError:  # a file system without links
        shutil.copyfile(path, name)
        name.chmod(0o600)


# -- reading what is left ----------------------------------------------------------------------------------------


def _salvage(damaged: Path, new: Path) -> None:
    """Write a sound catalogue to ``new`` with every row of ``damaged`` that can be read.

    Raises:
        CatalogueTooNew
    """
    with closing(sqlite3.connect(new, isolation_level=None)) as target:
        target.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        target.execute("PRAGMA journal_mode = OFF")  # nobody sees the file before it is whole
        with closing(_opened(damaged)) as source:
            migrate(target, str(damaged), to=_step_of(source))
            target.execute("PRAGMA foreign_keys = OFF")
            # Numbers that were given must not be given again, whether or not their rows are left.
            given = {table: _highest(source, table, damaged) for table in _tables(target)}
            target.execute("BEGIN")
            for table, highest in given.items():
                _copy(source, target, table, highest)
            _mend(target)
            target.execute("COMMIT")
        migrate(target, str(damaged))
        _drop_damaged_vectors(target)
        target.execute("UPDATE meta SET value = ? WHERE key = 'catalogue'", (uuid.uuid4().hex,))
        target.execute("PRAGMA journal_mode = WAL")
        wrong = (
            target.execute("PRAGMA integrity_check").fetchall() + target.execute("PRAGMA foreign_key_check").fetchall()
        )
        if wrong != [("ok",)]:
            raise CatalogueDamaged("What was read of it does not make a sound catalogue.", thing=str(damaged))


def _opened(damaged: Path) -> sqlite3.Connection:
    """The damaged catalogue for reading alone, with the log of writes that lies beside it."""
    connection = open_read_only(damaged)
    # Garbled names are text all the same.
    connection.text_factory = fit_to_show
    with suppress(sqlite3.Error):
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("PRAGMA writable_schema = ON")  # a damaged line of the schema hides only itself
    return connection


def _step_of(source: sqlite3.Connection) -> int | None:
    try:
        return schema_step(source) or None
    except sqlite3.Error:
        return None  # not even the header: there is nothing to read


def _tables(target: sqlite3.Connection) -> list[str]:
    """The tables that hold what cannot be computed, those that others refer to first."""
    rows = target.execute("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'").fetchall()
    ours = {name for (name,) in rows if not name.startswith("sqlite_") and name != "meta"}
    ordered = target.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid").fetchall()
    return [name for (name,) in ordered if name in ours]


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))]


def _highest(source: sqlite3.Connection, table: str, damaged: Path) -> int:
    """A number that no row of the table is above."""
    most = damaged.stat().st_size // _LEAST_ROW_BYTES
    asked = (f"SELECT seq FROM sqlite_sequence WHERE name = '{table}'", f"SELECT max(rowid) FROM {table}")  # noqa: S608
    for question in asked:
        with suppress(sqlite3.Error):
            row = source.execute(question).fetchone()
            if row and isinstance(row[0], int) and row[0] > 0:
                return min(row[0], most)
    return most


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, table: str, highest: int) -> None:
    try:
        columns = [name for name in _columns(target, table) if name in set(_columns(source, table))]
    except sqlite3.Error:
        return
    if not columns:
        return
    names, places = ", ".join(columns), ", ".join("?" * len(columns))
    statement = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({places})"  # noqa: S608 - our own schema's names
    for row in _rows(source, table, names, highest):
        # A garbled row that breaks a rule of the schema is as good as lost.
        with suppress(sqlite3.IntegrityError, OverflowError):
            target.execute(statement, row)
    schema = target.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    if "AUTOINCREMENT" in schema:
        target.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
        target.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, highest))


def _rows(source: sqlite3.Connection, table: str, names: str, highest: int) -> Iterator[Sequence[object]]:
    """Every row that can be read, by ascending number."""
    # NOT INDEXED: an index may be the damaged part, and is made anew anyway.
    query = f"SELECT rowid, {names} FROM {table} NOT INDEXED WHERE rowid BETWEEN ? AND ? ORDER BY rowid"  # noqa: S608
    ranges = [(0, highest)]
    while ranges:
        first, last = ranges.pop()
        try:
            for number, *row in source.execute(query, (first, last)):
                if number < first:
                    raise sqlite3.DatabaseError("a page refers back to an earlier one")
                first = number + 1
                yield row
        # Also what a garbled length leads to: not enough memory, a text too large.
        except (sqlite3.Error, MemoryError, OverflowError):
            if first < last:
                middle = (first + last) // 2
                ranges += [(middle + 1, last), (first, middle)]


# -- making it whole ---------------------------------------------------------------------------------------------


def _mend(target: sqlite3.Connection) -> None:
    """Bring rows into order that were read well but refer to what was lost, or hold what cannot be."""
    target.execute(
        "DELETE FROM photos WHERE typeof(path) <> 'blob' OR typeof(size) <> 'integer' OR typeof(mtime_ns) <> 'integer'"
        " OR typeof(state) <> 'integer' OR state NOT BETWEEN 0 AND ?",
        (max(PhotoState),),
    )
    target.execute("DELETE FROM sources WHERE typeof(identity) <> 'blob'")
    _mend_albums(target)
    # To and fro: a row that goes may be what another refers to.
    while lost := target.execute("PRAGMA foreign_key_check").fetchall():
        for table, number, _, key in lost:
            _let_go(target, table, number, key)


def _mend_albums(target: sqlite3.Connection) -> None:
    """An album is its photos' folder: one that was lost can be told from their paths."""
    orphans = target.execute(
        "SELECT id, source, path FROM photos WHERE source IN (SELECT id FROM sources)"
        " AND album NOT IN (SELECT id FROM albums)"
    ).fetchall()
    for photo, source, path in orphans:
        folder = path.rpartition(b"/")[0]
        name = fit_to_show(folder.rpartition(b"/")[2])
        target.execute(
            "INSERT OR IGNORE INTO albums (source, path, name) SELECT id, ?, coalesce(nullif(?, ''), label)"
            " FROM sources WHERE id = ?",
            (folder, name, source),
        )
        target.execute(
            "UPDATE photos SET album = (SELECT id FROM albums WHERE source = ? AND path = ?) WHERE id = ?",
            (source, folder, photo),
        )


def _drop_damaged_vectors(target: sqlite3.Connection) -> None:
    """SQLite notices damage to its pages' structure, not to what a row holds. A video loses its frames with one."""
    damaged = _unsound_vectors(target)
    target.execute("BEGIN")
    for table in ("vectors", "frames"):
        target.executemany(f"DELETE FROM {table} WHERE photo = ? AND model = ?", damaged)  # noqa: S608 - constants
    target.execute("COMMIT")


def _unsound_vectors(connection: sqlite3.Connection) -> set[tuple[int, int]]:
    """The photos, with the model, of which a vector is none, or that of a frame."""
    return {
        (photo, model)
        for table in ("vectors", "frames")
        for photo, model, vector, dimension in connection.execute(
            f"SELECT photo, model, vector, dimension FROM {table} JOIN models ON models.id = model"  # noqa: S608 - constants
        )
        if not isinstance(dimension, int) or not is_sound(vector, dimension)
    }


def _let_go(target: sqlite3.Connection, table: str, number: int, key: int) -> None:
    """A reference to a lost row: forgotten where the schema allows it, otherwise the row that holds it is lost too."""
    column = next(row[3] for row in target.execute(f"PRAGMA foreign_key_list({table})") if row[0] == key)
    needed = next(row[3] for row in target.execute(f"PRAGMA table_info({table})") if row[1] == column)
    if needed:
        target.execute(f"DELETE FROM {table} WHERE rowid = ?", (number,))  # noqa: S608 - our own schema's names
    else:
        target.execute(f"UPDATE {table} SET {column} = NULL WHERE rowid = ?", (number,))  # noqa: S608
