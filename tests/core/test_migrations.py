"""The catalogue's schema comes in steps, all or nothing."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from core.small_album import Indexer, SmallAlbum, known_photos
from pocketlens import migrations
from pocketlens.catalogue import Catalogue
from pocketlens.errors import CatalogueTooNew
from pocketlens.packed_vectors import packed, unpacked
from pocketlens.paths import Home
from pocketlens.places import name_places


def test_a_new_catalogue_is_at_the_latest_step(home: Home) -> None:
    home.make()
    with Catalogue.open(home.catalogue) as catalogue:
        assert migrations.schema_step(catalogue.connection) == migrations.LATEST


@pytest.mark.parametrize("read_only", [False, True])
def test_a_newer_catalogue_is_refused_and_not_touched(home: Home, read_only: bool) -> None:
    home.make()
    with Catalogue.open(home.catalogue) as catalogue:
        catalogue.connection.execute(f"PRAGMA user_version = {migrations.LATEST + 1}")
    before = home.catalogue.read_bytes()
    with pytest.raises(CatalogueTooNew, match="Update PocketLens"):
        Catalogue.open(home.catalogue, read_only=read_only)
    assert home.catalogue.read_bytes() == before


def test_a_step_that_fails_leaves_the_catalogue_at_the_step_before(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.make()
    Catalogue.open(home.catalogue).close()
    latest = migrations.LATEST
    broken = "CREATE TABLE colours (name TEXT);\nCREATE TABLE photos (again TEXT);\n"
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, broken))
    monkeypatch.setattr(migrations, "LATEST", latest + 1)
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        Catalogue.open(home.catalogue)
    with sqlite3.connect(home.catalogue) as connection:
        assert migrations.schema_step(connection) == latest
        assert connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'colours'").fetchone() is None
    connection.close()


def test_a_reader_brings_an_older_catalogue_up_to_date(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.make()
    Catalogue.open(home.catalogue).close()
    step = "CREATE TABLE colours (name TEXT);\n"
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, step))
    monkeypatch.setattr(migrations, "LATEST", migrations.LATEST + 1)
    monkeypatch.setattr("pocketlens.catalogue.LATEST", migrations.LATEST)
    with Catalogue.open(home.catalogue, read_only=True) as catalogue:
        assert catalogue.connection.execute("SELECT count(*) FROM colours").fetchone() == (0,)


def test_a_catalogue_made_by_the_first_step_learns_the_kinds_of_its_photos(home: Home) -> None:
    home.make()
    connection = sqlite3.connect(home.catalogue)
    for statement in migrations._statements(migrations.STEPS[0]):
        connection.execute(statement)
    connection.execute("INSERT INTO meta VALUES ('catalogue', 'old')")
    connection.execute("INSERT INTO sources VALUES (1, 'folder', x'2f70', 'p', NULL)")
    connection.execute("INSERT INTO albums VALUES (1, 1, x'', 'p')")
    connection.executemany(
        "INSERT INTO photos (source, album, path, size, mtime_ns, state, content_hash, width, height, camera, format)"
        " VALUES (1, 1, ?, 1, 1, 1, ?, ?, ?, ?, ?)",
        [
            ("截屏/a.jpg".encode(), b"1", 48, 48, None, "JPEG"),
            (b"b.png", b"2", 1080, 2400, None, "PNG"),
            (b"c\xff.jpg", b"3", 9000, 2000, "Canon", "JPEG"),
            (b"d.jpg", b"4", None, None, None, None),
            (b"Screenshots/not read yet.jpg", None, None, None, None, None),
        ],
    )
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    connection.close()
    with Catalogue.open(home.catalogue, read_only=True) as catalogue:
        kinds = [kind for (kind,) in catalogue.connection.execute("SELECT kind FROM photos ORDER BY id")]
        assert catalogue.identity() == "old"
        assert catalogue.sources()[0].photos == 5
    assert kinds == ["screenshot", "screenshot", "panorama", "photo", None]


def test_photos_of_a_catalogue_made_by_the_second_step_have_no_fingerprint_yet_and_are_no_videos(home: Home) -> None:
    home.make()
    connection = sqlite3.connect(home.catalogue)
    for step in migrations.STEPS[:2]:
        connection.create_function("photo_kind", 5, lambda *_: "photo")
        for statement in migrations._statements(step):
            connection.execute(statement)
    connection.execute("INSERT INTO meta VALUES ('catalogue', 'old')")
    connection.execute("INSERT INTO sources VALUES (1, 'folder', x'2f70', 'p', NULL)")
    connection.execute("INSERT INTO albums VALUES (1, 1, x'', 'p')")
    connection.execute(
        "INSERT INTO photos (source, album, path, size, mtime_ns, state, content_hash)"
        " VALUES (1, 1, x'61', 1, 1, 1, x'68')"
    )
    connection.execute("PRAGMA user_version = 2")
    connection.commit()
    connection.close()
    with Catalogue.open(home.catalogue) as catalogue:
        (photo,) = catalogue.photos()
    assert (photo.fingerprint, photo.duration_ms) == (None, None)


def test_a_catalogue_from_before_there_were_places_learns_where_its_photos_were_taken(home: Home) -> None:
    home.make()
    with sqlite3.connect(home.catalogue) as connection:
        for step in migrations.STEPS[:1]:
            for statement in migrations._statements(step):
                connection.execute(statement)
        connection.execute("INSERT INTO meta VALUES ('catalogue', 'old')")
        connection.execute("INSERT INTO sources VALUES (1, 'folder', x'2f70', 'p', NULL)")
        connection.execute("INSERT INTO albums VALUES (1, 1, x'', 'p')")
        connection.execute(
            "INSERT INTO photos (source, album, path, size, mtime_ns, state, content_hash, latitude, longitude)"
            " VALUES (1, 1, x'61', 1, 1, 1, x'01', 30.25, 120.15)"
        )
        connection.execute("PRAGMA user_version = 1")
    connection.close()
    with Catalogue.open(home.catalogue) as catalogue:
        assert catalogue.places() == []
        assert name_places(catalogue) == 1
        assert [summary.place.name_zh for summary in catalogue.places()] == ["杭州"]


def filled(path: Path, step: int) -> dict[str, list[tuple[object, ...]]]:
    """A catalogue as a PocketLens of that step left it, with something in every table it had. Returns its rows."""
    connection = sqlite3.connect(path, isolation_level=None)
    migrations.migrate(connection, "old", to=step)
    connection.execute("INSERT INTO sources VALUES (7, 'phone', x'4142', 'Pixel', 1700000000)")
    connection.execute("INSERT INTO albums VALUES (3, 7, CAST('DCIM/Camera' AS BLOB), 'Camera')")
    connection.execute(
        "INSERT INTO photos (id, source, album, path, size, mtime_ns, state, content_hash, taken_at, width, height,"
        " latitude, longitude, camera, format, favourite) VALUES (11, 7, 3, CAST('DCIM/Camera/a.jpg' AS BLOB), 5,"
        " 1700000000000000000, 1, x'aa', 1600000000, 4000, 3000, 31.2, 121.5, 'Pixel 8', 'JPEG', 1)"
    )
    connection.execute(
        "INSERT INTO photos (id, source, album, path, size, mtime_ns, state, error_code, error)"
        " VALUES (12, 7, 3, CAST('DCIM/Camera/b.jpg' AS BLOB), 5, 6, 2, 'unreadable-photo', 'The file is empty.')"
    )
    connection.execute("INSERT INTO models VALUES (2, 'starter@1', 1, 4)")
    packed = step > migrations.STEPS.index(migrations._PACKED_VECTORS)
    connection.execute("INSERT INTO vectors (id, model, photo, vector) VALUES (21, 2, 11, ?)", (_VECTOR[packed],))
    connection.execute("INSERT INTO saved_searches (id, name, query) VALUES (1, 'stars', 'night sky')")
    rows = held(connection, _FIRST_COLUMNS)
    connection.close()
    return rows


#: What every step so far has kept as the first one made it; a photo's kind is computed by the second.
_FIRST_COLUMNS = {
    "meta": "key, value",
    "sources": "id, kind, identity, label, listed_at",
    "albums": "id, source, path, name",
    "photos": "id, source, album, path, size, mtime_ns, state, missing, content_hash, taken_at, width, height,"
    " latitude, longitude, camera, format, favourite, error_code, error",
    "models": "id, key, preprocessing, dimension",
    "vectors": "id, model, photo, vector",
    "saved_searches": "id, name, query",
}


#: (1, 0, 0, 0), before and after vectors were packed.
_VECTOR = (b"\0\x3c" + bytes(6), packed(np.array([1.0, 0.0, 0.0, 0.0])))


def held(connection: sqlite3.Connection, columns: dict[str, str]) -> dict[str, list[tuple[object, ...]]]:
    return {table: connection.execute(f"SELECT {names} FROM {table}").fetchall() for table, names in columns.items()}


@pytest.mark.parametrize("step", range(1, migrations.LATEST + 1))
def test_a_catalogue_of_every_earlier_step_opens_with_all_it_held(home: Home, step: int) -> None:
    home.make()
    before = filled(home.catalogue, step)
    with Catalogue.open(home.catalogue, read_only=True) as catalogue:
        connection = catalogue.connection
        assert migrations.schema_step(connection) == migrations.LATEST
        assert held(connection, _FIRST_COLUMNS) == before | {"vectors": [(21, 2, 11, _VECTOR[1])]}
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert [row.favourite for row in catalogue.photos()] == [True]


def test_vectors_of_two_bytes_a_dimension_become_vectors_of_one(home: Home) -> None:
    home.make()
    filled(home.catalogue, migrations.STEPS.index(migrations._PACKED_VECTORS))
    rows = np.random.default_rng(0).normal(size=(2000, 512))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    garbled = rows[0].astype("<f2").tobytes()[::-1]
    with closing(sqlite3.connect(home.catalogue, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        connection.execute("INSERT INTO models VALUES (9, 'large@1', 1, 512)")
        connection.executemany(
            "INSERT INTO photos (id, source, album, path, size, mtime_ns) VALUES (?, 7, 3, ?, 1, 1)",
            ((number + 100, b"%d.jpg" % number) for number in range(len(rows) + 1)),
        )
        stored = [*(row.astype("<f2").tobytes() for row in rows), garbled]
        connection.executemany(
            "INSERT INTO vectors (model, photo, vector) VALUES (9, ?, ?)",
            ((number + 100, one) for number, one in enumerate(stored)),
        )
        connection.execute("INSERT INTO frames VALUES (100, 9, 500, ?)", (stored[0],))
        connection.execute("INSERT INTO vectors (model, photo, vector) VALUES (9, 11, ?)", (stored[0],))
        connection.execute("INSERT INTO frames VALUES (11, 9, 0, ?), (11, 9, 500, 7)", (stored[0],))
        connection.execute("COMMIT")
    before = home.catalogue.stat().st_size
    with Catalogue.open(home.catalogue) as catalogue:
        packed_rows = [
            one for (one,) in catalogue.connection.execute("SELECT vector FROM vectors WHERE model = 9 ORDER BY photo")
        ]
        assert len(packed_rows) == len(rows), "what is no vector goes, for the next job to make"
        found = unpacked(packed_rows, 512).floats()
        assert (found * rows).sum(axis=1).min() > 0.9999
        assert catalogue.connection.execute("SELECT vector FROM frames").fetchall() == [(packed_rows[0],)]
    assert home.catalogue.stat().st_size < 0.65 * before, "and what is free is given back"


def test_where_there_was_no_room_to_write_it_anew_the_next_job_does(
    indexer: Indexer, album: SmallAlbum, monkeypatch: pytest.MonkeyPatch
) -> None:
    album.fill(1)
    indexer(album.spec)
    before = migrations.STEPS.index(migrations._PACKED_VECTORS)
    (vector,) = known_photos(indexer.home)["camera/0000.jpg"].vectors.values()
    old = unpacked([vector], len(vector) - 4).floats()[0].astype("<f2").tobytes()
    with closing(sqlite3.connect(indexer.home.catalogue, isolation_level=None)) as connection:
        connection.execute("UPDATE vectors SET vector = ?", (old,))
        connection.execute(f"PRAGMA user_version = {before}")

    due = "SELECT value FROM meta WHERE key = 'vacuum'"
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "compact", lambda _: None)
        with Catalogue.open(indexer.home.catalogue) as catalogue:
            assert catalogue.connection.execute(due).fetchall() == [("due",)]
    indexer(album.spec)
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        assert catalogue.connection.execute(due).fetchall() == []
    assert known_photos(indexer.home)["camera/0000.jpg"].vectors


@pytest.mark.parametrize("step", range(1, migrations.LATEST + 1))
def test_the_same_schema_comes_of_every_earlier_step(home: Home, step: int) -> None:
    home.make()
    filled(home.catalogue, step)
    with Catalogue.open(home.catalogue) as upgraded, sqlite3.connect(":memory:", isolation_level=None) as new:
        migrations.migrate(new, "new")
        schema = "SELECT type, name, sql FROM sqlite_master ORDER BY type, name"
        assert upgraded.connection.execute(schema).fetchall() == new.execute(schema).fetchall()
    new.close()


def test_after_a_look_by_an_older_version_a_newer_catalogue_is_as_it_was(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.make()
    before = filled(home.catalogue, migrations.LATEST)
    latest = migrations.LATEST
    with monkeypatch.context() as older:
        older.setattr(migrations, "LATEST", latest - 1)
        older.setattr("pocketlens.catalogue.LATEST", latest - 1)
        for read_only in (False, True):
            with pytest.raises(CatalogueTooNew):
                Catalogue.open(home.catalogue, read_only=read_only)
    with Catalogue.open(home.catalogue) as catalogue:
        assert held(catalogue.connection, _FIRST_COLUMNS) == before


def test_processes_that_open_a_new_catalogue_at_once_make_one(home: Home) -> None:
    home.make()
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from pocketlens.catalogue import Catalogue\n"
        "sys.stdin.read(1)\n"
        "with Catalogue.open(Path(sys.argv[1]), read_only=sys.argv[2] == 'read') as c: print(c.identity())\n"
    )
    openers = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(home.catalogue), "read" if number % 2 else "write"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for number in range(6)
    ]
    for opener in openers:
        assert opener.stdin is not None
        opener.stdin.write(b"g")
        opener.stdin.flush()
    said = [opener.communicate()[0] for opener in openers]
    assert [opener.returncode for opener in openers] == [0] * len(openers)
    with Catalogue.open(home.catalogue, read_only=True) as catalogue:
        # A reader may have come before there was a file: it saw an empty one of its own.
        writers = {line.decode().strip() for line in said[::2]}
        assert writers == {catalogue.identity()}


def test_the_statements_of_a_step_are_not_cut_at_a_comments_semicolon() -> None:
    script = "CREATE TABLE a (x TEXT); -- one; two\nCREATE TABLE b (y TEXT);\n"
    connection = sqlite3.connect(":memory:")
    for statement in migrations._statements(script):
        connection.execute(statement)
    assert [name for (name,) in connection.execute("SELECT name FROM sqlite_master")] == ["a", "b"]
    connection.close()


def test_whoever_opens_a_catalogue_that_is_up_to_date_needs_no_numpy(home: Home) -> None:
    with Catalogue.open(home.make().catalogue):
        pass
    program = (
        "import pathlib, sys; from pocketlens.catalogue import Catalogue;"
        "Catalogue.open(pathlib.Path(sys.argv[1]), read_only=True).close(); sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program, home.catalogue], check=False).returncode == 0
