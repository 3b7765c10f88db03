"""The catalogue's schema, as numbered steps that are only ever added to.

A catalogue holds its step in SQLite's ``user_version``. Opening one at an older step runs the missing ones in
one transaction; a catalogue at a newer step is refused (`CatalogueTooNew`), never touched.
"""

from __future__ import annotations

import sqlite3
import uuid
from contextlib import suppress
from typing import Final

from pocketlens.errors import CatalogueTooNew
from pocketlens.kinds import kind_of
from pocketlens.paths import fit_to_show

#: Float16 vectors of unit length are this near to it.
_UNIT_TOLERANCE: Final = 0.02

_FIRST = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    identity BLOB NOT NULL,
    label TEXT NOT NULL,
    listed_at INTEGER,
    UNIQUE (kind, identity)
);

CREATE TABLE albums (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES sources ON DELETE CASCADE,
    path BLOB NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (source, path)
);

-- AUTOINCREMENT: an id that was shown in a window is never given to another photo.
CREATE TABLE photos (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source INTEGER NOT NULL REFERENCES sources ON DELETE CASCADE,
    album INTEGER NOT NULL REFERENCES albums,
    path BLOB NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,          -- PhotoState
    missing INTEGER NOT NULL DEFAULT 0,        -- not in the last listing; gone at the end of that job
    content_hash BLOB,
    taken_at INTEGER,
    width INTEGER,
    height INTEGER,
    latitude REAL,
    longitude REAL,
    camera TEXT,
    format TEXT,
    kind TEXT,
    favourite INTEGER NOT NULL DEFAULT 0,
    error_code TEXT,
    error TEXT,
    UNIQUE (source, path)
);
CREATE INDEX photos_by_album ON photos (album);
CREATE INDEX photos_by_hash ON photos (content_hash) WHERE content_hash IS NOT NULL;
CREATE INDEX photos_by_date ON photos (taken_at);
CREATE INDEX photos_to_do ON photos (source, id) WHERE state <> 1;

CREATE TABLE models (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    preprocessing INTEGER NOT NULL,
    dimension INTEGER NOT NULL,
    UNIQUE (key, preprocessing)
);

-- A rowid table: in a WITHOUT ROWID one, a row of 1 KB would spill to a page of its own. Rows are never updated and
-- ids never used twice: `id > n` is what came since a derived file was made with n as its last.
CREATE TABLE vectors (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    model INTEGER NOT NULL REFERENCES models ON DELETE CASCADE,
    photo INTEGER NOT NULL REFERENCES photos ON DELETE CASCADE,
    vector BLOB NOT NULL,                      -- float16, unit length
    UNIQUE (photo, model)
);
CREATE INDEX vectors_by_model ON vectors (model);

CREATE TABLE saved_searches (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    query TEXT NOT NULL
);
"""

# photo_kind() is `_photo_kind`: what an older row tells of its kind, which is all but what only the header knew.
_KINDS = """
CREATE INDEX photos_counted ON photos (source, missing, state);
-- All that a search filters by: it reads this instead of every photo's row.
CREATE INDEX photos_filtered ON photos
    (coalesce(taken_at, mtime_ns / 1000000000), missing, album, kind, favourite);
UPDATE photos SET kind = photo_kind(path, camera, format, width, height) WHERE content_hash IS NOT NULL;
"""

# ``marked``: the person chose here whether it is a favourite, and what a phone says of it counts no more.
_MARKS = """
ALTER TABLE photos ADD COLUMN marked INTEGER NOT NULL DEFAULT 0;
"""

# Those of older rows are made from their thumbnails by the next indexing job (`pocketlens.fingerprint`).
_FINGERPRINTS = """
ALTER TABLE photos ADD COLUMN fingerprint BLOB;
CREATE INDEX photos_without_fingerprint ON photos (content_hash)
    WHERE fingerprint IS NULL AND content_hash IS NOT NULL;
"""

# The cities that photos were taken in (`pocketlens.places`). 0 is where none is: such a photo is not looked up again.
_PLACES = """
CREATE TABLE places (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    country TEXT NOT NULL
);
INSERT INTO places VALUES (0, '', '', '');
ALTER TABLE photos ADD COLUMN place INTEGER REFERENCES places;
CREATE INDEX photos_by_place ON photos (place) WHERE place IS NOT NULL;
CREATE INDEX photos_by_position ON photos (latitude, longitude) WHERE latitude IS NOT NULL;
CREATE INDEX photos_to_place ON photos (id) WHERE place IS NULL AND latitude IS NOT NULL;
"""

_VIDEOS = """
ALTER TABLE photos ADD COLUMN duration_ms INTEGER;
-- A video's single frames. Its row in vectors is their mean: what other photos are compared with.
CREATE TABLE frames (
    photo INTEGER NOT NULL REFERENCES photos ON DELETE CASCADE,
    model INTEGER NOT NULL REFERENCES models ON DELETE CASCADE,
    at_ms INTEGER NOT NULL,
    vector BLOB NOT NULL,                      -- float16, unit length
    PRIMARY KEY (photo, model, at_ms)
);
CREATE INDEX frames_by_model ON frames (model);
"""

# Only the photos themselves tell: those of older rows do when they are read again.
_MOTION = """
ALTER TABLE photos ADD COLUMN motion INTEGER NOT NULL DEFAULT 0;
"""

# Words that photos show (`pocketlens.texts`). The two line ends let the last characters of a text begin a trigram too.
_TEXTS = """
CREATE TABLE texts (
    id INTEGER PRIMARY KEY,
    content_hash BLOB NOT NULL UNIQUE,
    state INTEGER NOT NULL,                    -- TextState
    reader INTEGER NOT NULL,                   -- text_reader.VERSION
    words TEXT NOT NULL DEFAULT ''
);
CREATE VIEW ended_texts AS SELECT id, words || char(10, 10) AS words FROM texts;
CREATE VIRTUAL TABLE text_grams USING fts5(words, content = 'ended_texts', content_rowid = 'id', tokenize = 'trigram');
CREATE VIRTUAL TABLE text_gram_places USING fts5vocab(text_grams, instance);
CREATE TRIGGER texts_added AFTER INSERT ON texts WHEN new.words <> '' BEGIN
    INSERT INTO text_grams (rowid, words) VALUES (new.id, new.words || char(10, 10));
END;
CREATE TRIGGER texts_removed AFTER DELETE ON texts WHEN old.words <> '' BEGIN
    INSERT INTO text_grams (text_grams, rowid, words) VALUES ('delete', old.id, old.words || char(10, 10));
END;
"""

# From here on vectors are stored as `packed_vectors.packed` has them. Derived files are sealed anew for it. What was no
# vector goes, a video with one of its frames: the next job reads those photos again.
_PACKED_VECTORS = """
UPDATE vectors SET vector = packed_vector(vector);
UPDATE frames SET vector = packed_vector(vector);
DELETE FROM vectors WHERE vector = x'' OR EXISTS
    (SELECT 1 FROM frames WHERE frames.photo = vectors.photo AND frames.model = vectors.model AND frames.vector = x'');
DELETE FROM frames WHERE NOT EXISTS
    (SELECT 1 FROM vectors WHERE vectors.photo = frames.photo AND vectors.model = frames.model);
"""
#: In ``meta`` while the catalogue's pages are half empty.
_VACUUM = "vacuum"

STEPS: tuple[str, ...] = (_FIRST, _KINDS, _MARKS, _FINGERPRINTS, _PLACES, _VIDEOS, _MOTION, _TEXTS, _PACKED_VECTORS)
LATEST = len(STEPS)


def schema_step(connection: sqlite3.Connection) -> int:
    """The step the file is at; 0 for one just made."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, name: str, *, to: int | None = None) -> None:
    """Bring the catalogue behind ``connection`` to the latest step, or to the step ``to`` if it is at an earlier one.

    Raises:
        CatalogueTooNew: it is at a step this version does not know.
    """
    last = LATEST if to is None else to
    at = schema_step(connection)
    if max(at, last) > LATEST:
        raise too_new(max(at, last), name)
    if at >= last:
        return
    connection.create_function("photo_kind", 5, _photo_kind, deterministic=True)
    connection.create_function("packed_vector", 1, _packed_vector, deterministic=True)
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have done it while this one waited for the lock.
        at = schema_step(connection)
        for step in STEPS[at:last]:
            for statement in _statements(step):
                connection.execute(statement)
        if at == 0:
            connection.execute("INSERT INTO meta VALUES ('catalogue', ?)", (uuid.uuid4().hex,))
        elif at <= STEPS.index(_PACKED_VECTORS) < last:
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, 'due')", (_VACUUM,))
        connection.execute(f"PRAGMA user_version = {max(at, last)}")
        connection.execute("COMMIT")
    except BaseException:
        # SQLite has already rolled back by itself after some errors (disk full).
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    compact(connection)


def compact(connection: sqlite3.Connection) -> None:
    """Write the catalogue anew where a migration has left its pages half empty: new rows would not fill them.

    It needs room for a second one. Without, it is left as it is, and tried again at the end of the next job.
    """
    if not connection.execute("SELECT 1 FROM meta WHERE key = ?", (_VACUUM,)).fetchone():
        return
    with suppress(sqlite3.OperationalError):
        connection.execute("VACUUM")
        connection.execute("DELETE FROM meta WHERE key = ?", (_VACUUM,))


def too_new(step: int, name: str) -> CatalogueTooNew:
    """The error of a catalogue at a step that only a newer PocketLens knows."""
    return CatalogueTooNew(
        f"This catalogue was written by a newer PocketLens (step {step}; this one knows {LATEST}).",
        thing=name,
        remedy="Update PocketLens, or set another folder with POCKETLENS_HOME.",
    )


def _photo_kind(path: bytes, camera: str | None, image_format: str | None, width: int, height: int) -> str:
    kind = kind_of(fit_to_show(path), camera=camera, image_format=image_format, width=width, height=height)
    return kind.value


def _packed_vector(vector: object) -> bytes:
    """A float16 vector in its later form; nothing for what is none."""
    # Only here: whoever looks at a list of albums does without numpy.
    import numpy as np

    from pocketlens.packed_vectors import packed

    if not isinstance(vector, bytes) or len(vector) % 2:
        return b""
    with np.errstate(all="ignore"):
        numbers = np.frombuffer(vector, "<f2").astype(np.float32)
        length = float(np.linalg.norm(numbers))
    return packed(numbers) if abs(length - 1.0) <= _UNIT_TOLERANCE else b""  # NaN is not


def _statements(script: str) -> list[str]:
    # executescript() would commit the transaction that makes a step all or nothing.
    statements: list[str] = []
    text = ""
    for line in script.splitlines(keepends=True):
        text += line
        if sqlite3.complete_statement(text):
            statements.append(text)
            text = ""
    return statements
