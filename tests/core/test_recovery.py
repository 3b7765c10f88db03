"""A damaged catalogue gives up what can be read of it, and is kept beside the new one."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from core.small_album import Indexer, SmallAlbum, content_hash, known_photos, mark_favourite
from pocketlens import migrations
from pocketlens.catalogue import Catalogue, PhotoState
from pocketlens.errors import CatalogueBusy, CatalogueDamaged, CatalogueTooNew
from pocketlens.indexing import only_indexer
from pocketlens.model import ModelPackage
from pocketlens.paths import Home, home_at
from pocketlens.recovery import findings, repair

PAGE = 8192
PHOTOS = 150


class Sketcher:
    """In the image model's place: a photo's own pixels as its vector. What is tested is what becomes of rows."""

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension

    def encode(self, pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        vector = np.resize(pixels[::8, ::8].astype(np.float32), self._dimension) + 1.0
        return vector / np.linalg.norm(vector)


@pytest.fixture(scope="module")
def indexed_once(tmp_path_factory: pytest.TempPathFactory, starter_package: ModelPackage) -> Path:
    """An album of two folders with one favourite, and the home it was indexed into."""
    root = tmp_path_factory.mktemp("indexed")
    album = SmallAlbum(root / "photos")
    album.fill(PHOTOS - 10)
    for seed in range(PHOTOS - 10, PHOTOS):
        album.write(f"trip/{seed:04}.jpg", seed)
    home = home_at(root / "home")
    Indexer(home, starter_package, Sketcher(starter_package.manifest.dimension))(album.spec)  # type: ignore[arg-type]
    mark_favourite(home, "camera/0003.jpg")
    return root


@pytest.fixture
def album(indexed_once: Path) -> SmallAlbum:
    """The album that was indexed. It is shared: read only."""
    return SmallAlbum(indexed_once / "photos")


@pytest.fixture
def full(indexed_once: Path, home: Home, starter_package: ModelPackage) -> Indexer:
    """An indexer with a copy of the indexed home, which a test may spoil."""
    shutil.copytree(indexed_once / "home", home.data.parent)
    return Indexer(home, starter_package, Sketcher(starter_package.manifest.dimension))  # type: ignore[arg-type]


def spoil(path: Path, offset: int, content: bytes) -> None:
    assert 0 <= offset <= path.stat().st_size - len(content), "what is spoilt lies in the file"
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(content)


def garble(path: Path, offset: int, length: int) -> None:
    spoil(path, offset, random.Random(offset).randbytes(length))


def root_page(path: Path, table: str) -> int:
    with sqlite3.connect(path) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    connection.close()
    return int(page)


def last_leaf(path: Path, table: str) -> int:
    """The page that holds the last rows of a table of more than one page."""
    start = (root_page(path, table) - 1) * PAGE
    root = path.read_bytes()[start : start + PAGE]
    # SQLite's file format, 1.6: 5 is an inner page of a table. In a leaf the same four bytes are places of rows, and
    # taken for a page they once made this file 4 TB long.
    assert root[0] == 5
    return int.from_bytes(root[8:12])


def kept_aside(home: Home) -> list[Path]:
    return sorted(path for path in home.data.iterdir() if ".damaged-" in path.name)


def expect_whole_again(indexer: Indexer, album: SmallAlbum) -> None:
    """One more job, and every photo of the album is known with its vector."""
    indexer(album.spec)
    known = known_photos(indexer.home)
    assert {path: p.content_hash for path, p in known.items()} == {
        path: content_hash(content) for path, content in album.files().items()
    }
    assert all(p.state == PhotoState.READY and p.vectors for p in known.values())


def test_a_sound_catalogue_is_left_as_it_is(full: Indexer) -> None:
    before = full.home.catalogue.read_bytes()
    repaired = repair(full.home)
    assert (repaired.aside, repaired.photos, repaired.vectors, repaired.favourites) == (None, PHOTOS, PHOTOS, 1)
    assert full.home.catalogue.read_bytes() == before


def test_where_there_is_no_catalogue_there_is_nothing_to_repair(home: Home) -> None:
    assert findings(home.catalogue) == []
    assert repair(home).photos == 0


def test_a_damaged_leaf_costs_its_own_rows_and_no_others(full: Indexer, album: SmallAlbum) -> None:
    path, before = full.home.catalogue, known_photos(full.home)
    garble(path, (last_leaf(path, "vectors") - 1) * PAGE, PAGE)
    assert findings(path)
    repaired = repair(full.home)
    assert repaired.photos == PHOTOS
    assert PHOTOS - 20 <= repaired.vectors < PHOTOS
    after = known_photos(full.home)
    assert {p: (k.id, k.favourite) for p, k in after.items()} == {p: (k.id, k.favourite) for p, k in before.items()}
    full.encoded = 0
    expect_whole_again(full, album)
    assert full.encoded == PHOTOS - repaired.vectors


def test_a_favourite_outlives_damage_elsewhere_in_the_photos(full: Indexer, album: SmallAlbum) -> None:
    path = full.home.catalogue
    garble(path, (last_leaf(path, "photos") - 1) * PAGE, PAGE)
    assert findings(path)
    assert 0 < repair(full.home).photos < PHOTOS
    assert known_photos(full.home)["camera/0003.jpg"].favourite
    expect_whole_again(full, album)
    assert known_photos(full.home)["camera/0003.jpg"].favourite


def test_a_damaged_index_costs_nothing(full: Indexer) -> None:
    before = known_photos(full.home)
    garble(full.home.catalogue, (root_page(full.home.catalogue, "photos_by_hash") - 1) * PAGE, PAGE)
    assert repair(full.home).photos == PHOTOS
    assert known_photos(full.home) == before


def test_albums_that_were_lost_are_told_from_their_photos(full: Indexer) -> None:
    garble(full.home.catalogue, (root_page(full.home.catalogue, "albums") - 1) * PAGE, PAGE)
    assert repair(full.home).photos == PHOTOS
    with Catalogue.open(full.home.catalogue, read_only=True) as catalogue:
        assert [(a.name, a.photos) for a in catalogue.albums()] == [("camera", PHOTOS - 10), ("trip", 10)]


def test_vectors_whose_content_was_damaged_are_encoded_again(full: Indexer, album: SmallAlbum) -> None:
    before = known_photos(full.home)
    (vector,) = before["camera/0007.jpg"].vectors.values()
    content = full.home.catalogue.read_bytes()
    # SQLite itself sees nothing in this.
    spoil(full.home.catalogue, content.index(vector), b"\x7f\xfe" * 100)
    assert repair(full.home).vectors == PHOTOS - 1
    expect_whole_again(full, album)
    assert known_photos(full.home) == before


def test_a_video_with_a_damaged_frame_is_read_again(full: Indexer) -> None:
    spoilt, sound = (known_photos(full.home)[name].id for name in ("camera/0007.jpg", "camera/0008.jpg"))
    with Catalogue.open(full.home.catalogue) as catalogue:
        catalogue.connection.execute(
            "INSERT INTO frames SELECT photo, model, at_ms, iif(photo = ? AND at_ms, zeroblob(length(vector)), vector)"
            " FROM vectors JOIN (SELECT 0 AS at_ms UNION SELECT 1000) WHERE photo IN (?, ?)",
            (spoilt, spoilt, sound),
        )
    garble(full.home.catalogue, (root_page(full.home.catalogue, "photos_by_date") - 1) * PAGE, PAGE)
    assert repair(full.home).vectors == PHOTOS - 1
    with Catalogue.open(full.home.catalogue, read_only=True) as catalogue:
        frames = catalogue.connection.execute("SELECT photo, at_ms FROM frames").fetchall()
    assert frames == [(sound, 0), (sound, 1000)]


@pytest.mark.parametrize(
    "spoilt", ["vectors SET vector = 5", "vectors SET vector = 'aa'", "models SET dimension = 'zz'"]
)
@pytest.mark.parametrize("earlier", [True, False])
def test_a_number_or_a_text_where_vectors_are_costs_the_vectors(full: Indexer, spoilt: str, earlier: bool) -> None:
    with Catalogue.open(full.home.catalogue) as catalogue:
        catalogue.connection.execute(f"UPDATE {spoilt}")
        if earlier:
            catalogue.connection.execute(f"PRAGMA user_version = {migrations.LATEST - 1}")
    garble(full.home.catalogue, (root_page(full.home.catalogue, "photos_by_date") - 1) * PAGE, PAGE)
    repaired = repair(full.home)
    assert (repaired.photos, repaired.vectors) == (PHOTOS, 0)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(bytes(path.stat().st_size)),
        lambda path: path.write_bytes(b"garbage" * 5000),
        lambda path: garble(path, 0, PAGE),
        lambda path: os.truncate(path, 100),
    ],
    ids=["emptied", "zeroed", "another file", "no header", "cut after 100 bytes"],
)
def test_a_catalogue_that_nothing_can_be_read_of_is_set_aside(
    full: Indexer, album: SmallAlbum, damage: Callable[[Path], object]
) -> None:
    home = full.home
    damage(home.catalogue)
    damaged = home.catalogue.read_bytes()
    with pytest.raises(CatalogueDamaged, match="doctor --repair"):
        full(album.spec)
    assert home.catalogue.read_bytes() == damaged, "it was not replaced silently"
    repaired = repair(home)
    assert repaired.photos == 0
    assert kept_aside(home) == [repaired.aside]
    assert repaired.aside is not None
    assert repaired.aside.read_bytes() == damaged
    expect_whole_again(full, album)


def test_a_catalogue_cut_short_keeps_what_is_left(full: Indexer, album: SmallAlbum) -> None:
    os.truncate(full.home.catalogue, full.home.catalogue.stat().st_size * 3 // 4)
    repaired = repair(full.home)
    assert repaired.photos > 0
    expect_whole_again(full, album)


@pytest.mark.parametrize("seed", range(12))
def test_wherever_it_is_damaged_the_album_is_whole_after_repair_and_one_more_job(
    full: Indexer, album: SmallAlbum, seed: int
) -> None:
    blows, home = random.Random(seed), full.home
    for _ in range(blows.randint(1, 8)):
        length = blows.choice([1, 16, 512, PAGE])
        spoil(home.catalogue, blows.randrange(home.catalogue.stat().st_size - length), blows.randbytes(length))
    damaged = home.catalogue.read_bytes()
    wrong = findings(home.catalogue)
    repaired = repair(home)
    assert bool(wrong) == (repaired.aside is not None)
    assert home.catalogue.stat().st_size < 2 * len(damaged), "no garbled number makes it grow"
    if repaired.aside is not None:
        assert repaired.aside.read_bytes() == damaged
        expect_whole_again(full, album)


def test_what_only_the_log_of_writes_holds_is_read_too_and_kept_with_the_file(full: Indexer, album: SmallAlbum) -> None:
    home = full.home
    writer = Catalogue.open(home.catalogue)
    with writer.transaction() as connection:
        connection.execute("UPDATE photos SET favourite = 1")
    garble(home.catalogue, (root_page_of_open(writer, "photos_by_date") - 1) * PAGE, PAGE)
    content = {end: home.catalogue.with_name(home.catalogue.name + end).read_bytes() for end in ("", "-wal")}
    writer.close()
    # As after a kill: closing wrote the log into the file, so both become what they were.
    for end, bytes_ in content.items():
        home.catalogue.with_name(home.catalogue.name + end).write_bytes(bytes_)
    repaired = repair(home)
    assert repaired.favourites == PHOTOS
    assert repaired.aside is not None
    assert repaired.aside.with_name(repaired.aside.name + "-wal").read_bytes() == content["-wal"]
    assert home.catalogue.with_name(home.catalogue.name + "-wal").read_bytes() != content["-wal"]
    assert known_photos(home)["camera/0001.jpg"].favourite


def root_page_of_open(catalogue: Catalogue, name: str) -> int:
    (page,) = catalogue.connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    return int(page)


def test_numbers_that_were_given_are_not_given_again(full: Indexer, album: SmallAlbum) -> None:
    highest = max(p.id for p in known_photos(full.home).values())
    garble(full.home.catalogue, (root_page(full.home.catalogue, "photos") - 1) * PAGE, PAGE)
    repair(full.home)
    full(album.spec)
    assert min(p.id for p in known_photos(full.home).values()) > highest


def test_a_catalogue_of_an_earlier_step_is_repaired_and_brought_up_to_date(home: Home) -> None:
    home.make()
    with sqlite3.connect(home.catalogue, isolation_level=None) as connection:
        connection.execute(f"PRAGMA page_size = {PAGE}")
        migrations.migrate(connection, "old", to=1)
        connection.execute("INSERT INTO sources VALUES (1, 'folder', x'2f70', 'p', NULL)")
        connection.execute("INSERT INTO albums VALUES (1, 1, x'', 'p')")
        connection.execute(
            "INSERT INTO photos (source, album, path, size, mtime_ns, state, content_hash, format)"
            " VALUES (1, 1, CAST('Screenshots/a.png' AS BLOB), 1, 1, 1, x'aa', 'PNG')"
        )
    connection.close()
    garble(home.catalogue, (root_page(home.catalogue, "photos_by_hash") - 1) * PAGE, PAGE)
    assert repair(home).photos == 1
    with Catalogue.open(home.catalogue, read_only=True) as catalogue:
        assert migrations.schema_step(catalogue.connection) == migrations.LATEST
        assert catalogue.connection.execute("SELECT kind FROM photos").fetchall() == [("screenshot",)]


def test_a_newer_catalogue_is_for_a_newer_version_to_repair(full: Indexer) -> None:
    with Catalogue.open(full.home.catalogue) as catalogue:
        catalogue.connection.execute(f"PRAGMA user_version = {migrations.LATEST + 1}")
    garble(full.home.catalogue, (root_page(full.home.catalogue, "vectors") - 1) * PAGE, PAGE)
    before = full.home.catalogue.read_bytes()
    with pytest.raises(CatalogueTooNew):
        repair(full.home)
    assert full.home.catalogue.read_bytes() == before


def test_nothing_is_repaired_while_something_is_being_indexed(full: Indexer) -> None:
    full.home.catalogue.write_bytes(b"garbage" * 5000)
    with only_indexer(full.home.indexing_lock), pytest.raises(CatalogueBusy):
        repair(full.home)


@pytest.mark.skipif(os.name != "posix", reason="file modes as POSIX has them")
def test_both_files_are_their_owners_alone(full: Indexer) -> None:
    full.home.catalogue.write_bytes(b"garbage" * 5000)
    aside = repair(full.home).aside
    assert aside is not None
    assert {stat.S_IMODE(path.stat().st_mode) for path in (aside, full.home.catalogue)} == {0o600}
