"""The catalogue as people read it, and as it fails."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from core.small_album import Indexer, SmallAlbum, known_photos
from pocketlens.catalogue import Catalogue, Counts, Month, PhotoState
from pocketlens.errors import CatalogueBusy, CatalogueDamaged, PocketLensError
from pocketlens.paths import Home


def test_reading_where_nothing_is_yet_finds_nothing_and_makes_nothing(home: Home) -> None:
    with Catalogue.open(home.catalogue, read_only=True) as catalogue:
        assert catalogue.counts() == Counts(0, 0, 0, 0)
        assert (catalogue.albums(), catalogue.sources(), list(catalogue.unreadable())) == ([], [], [])
        assert (catalogue.photo(1), catalogue.photos()) == (None, [])
    assert not home.data.exists()


def test_albums_are_the_folders_that_hold_photos(indexer: Indexer, album: SmallAlbum) -> None:
    album.write("旅行/湖边/1.jpg", 1)
    album.write("旅行/湖边/2.jpg", b"no photo")
    album.write("top.jpg", 3)
    indexer(album.spec)
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        assert [(a.name, a.path, a.source_label, a.photos, a.unreadable) for a in catalogue.albums()] == [
            ("photos", b"", "photos", 1, 0),
            ("湖边", "旅行/湖边".encode(), "photos", 2, 1),
        ]
        (source,) = catalogue.sources()
        assert (source.spec, source.label, source.photos) == (album.spec, "photos", 3)
        assert catalogue.counts() == Counts(photos=3, ready=2, pending=0, unreadable=1)


def test_an_unreadable_photo_is_listed_with_its_reason(indexer: Indexer, album: SmallAlbum) -> None:
    album.write("a.jpg", b"")
    indexer(album.spec)
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        (row,) = catalogue.unreadable()
    assert (row.source, row.path, row.code, row.reason) == (
        album.spec, b"a.jpg", "unreadable-photo", "The file is empty.",
    )  # fmt: skip


def test_photos_come_newest_first_by_the_pages(indexer: Indexer, album: SmallAlbum) -> None:
    for seed in range(5):
        album.write(f"{'ab'[seed % 2]}/{seed}.jpg", seed)
    indexer(album.spec)
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        assert [row.path for row in catalogue.photos()] == [b"a/4.jpg", b"b/3.jpg", b"a/2.jpg", b"b/1.jpg", b"a/0.jpg"]
        assert [row.path for row in catalogue.photos(offset=1, limit=2)] == [b"b/3.jpg", b"a/2.jpg"]
        odd = next(a for a in catalogue.albums() if a.name == "b")
        assert [row.path for row in catalogue.photos(odd)] == [b"b/3.jpg", b"b/1.jpg"]


def test_months_count_the_photos_in_their_order(indexer: Indexer, album: SmallAlbum) -> None:
    for seed in range(6):
        album.write(f"{'ab'[seed % 2]}/{seed}.jpg", seed)
    indexer(album.spec)
    with Catalogue.open(indexer.home.catalogue) as catalogue:
        dated = {b"a/0.jpg": 1_600_000_000, b"b/1.jpg": 1_600_000_001, b"a/2.jpg": 1_650_000_000, b"b/3.jpg": -86_400}
        for path, taken_at in dated.items():
            catalogue.connection.execute("UPDATE photos SET taken_at = ? WHERE path = ?", (taken_at, path))
        catalogue.connection.execute("UPDATE photos SET mtime_ns = 0 WHERE path = ?", (b"a/4.jpg",))
        assert catalogue.months() == [
            Month(2022, 4, 1), Month(2020, 9, 2), Month(1969, 12, 1), Month(2023, 11, 1, dated=False),
            Month(1970, 1, 1, dated=False),
        ]  # fmt: skip
        assert [row.path for row in catalogue.photos()] == [
            b"a/2.jpg", b"b/1.jpg", b"a/0.jpg", b"b/3.jpg", b"b/5.jpg", b"a/4.jpg",
        ]  # fmt: skip
        odd = next(album for album in catalogue.albums() if album.name == "b")
        assert [month.count for month in catalogue.months(odd)] == [1, 1, 1]


def test_sources_are_counted_without_a_look_at_every_photo(home: Home) -> None:
    home.make()
    with Catalogue.open(home.catalogue) as catalogue:
        plan = catalogue.connection.execute(
            "EXPLAIN QUERY PLAN SELECT count(*) FROM photos WHERE source = 1 AND missing = 0"
        ).fetchall()
    assert "COVERING INDEX photos_counted" in plan[0][3]


def test_a_photo_says_where_it_is_and_what_it_is(indexer: Indexer, album: SmallAlbum) -> None:
    path = album.write("camera/a.jpg", 1)
    indexer(album.spec)
    ident = known_photos(indexer.home)["camera/a.jpg"].id
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        row = catalogue.photo(ident)
    assert row is not None
    assert (row.location, row.album, row.state) == (str(path), "camera", PhotoState.READY)
    assert (row.width, row.height, row.format, row.size) == (48, 48, "JPEG", path.stat().st_size)


@pytest.mark.skipif(os.name != "posix", reason="names as POSIX has them")
def test_a_place_whose_name_is_not_utf8_can_be_printed(indexer: Indexer, album: SmallAlbum) -> None:
    (album.root / os.fsdecode(b"caf\xe9.jpg")).write_bytes(album.write("b.jpg", 1).read_bytes())
    indexer(album.spec)
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        locations = {row.path: row.location for row in catalogue.photos()}
    assert locations[b"caf\xe9.jpg"] == f"{album.root}/caf\\xe9.jpg"


def test_forgetting_a_source_removes_its_photos_and_no_others(indexer: Indexer, album: SmallAlbum) -> None:
    other = SmallAlbum(album.root.with_name("other"))
    album.write("a.jpg", 1)
    other.write("b.jpg", 2)
    indexer(album.spec, other.spec)
    with Catalogue.open(indexer.home.catalogue) as catalogue:
        assert catalogue.forget(album.spec) == 1
        assert catalogue.forget(album.spec) == 0
    assert set(known_photos(indexer.home)) == {"b.jpg"}


def test_a_writer_that_waits_too_long_says_that_another_one_writes(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pocketlens.sqlite_file.BUSY_TIMEOUT_MS", 1)
    home.make()
    with (
        Catalogue.open(home.catalogue) as one,
        Catalogue.open(home.catalogue) as other,
        one.transaction(),
        pytest.raises(CatalogueBusy),
        other.transaction(),
    ):
        pass


def test_a_transaction_that_fails_changes_nothing(home: Home) -> None:
    home.make()
    with Catalogue.open(home.catalogue) as catalogue:
        with pytest.raises(ZeroDivisionError), catalogue.transaction() as connection:
            connection.execute("DELETE FROM meta")
            1 // 0  # noqa: B018
        assert catalogue.identity()


@pytest.mark.parametrize("read_only", [False, True])
def test_a_file_that_is_no_database_is_damaged_and_stays_as_it_is(home: Home, read_only: bool) -> None:
    home.make()
    home.catalogue.write_bytes(b"garbage" * 5000)
    with pytest.raises(CatalogueDamaged, match="doctor --repair"):
        Catalogue.open(home.catalogue, read_only=read_only)
    assert home.catalogue.read_bytes() == b"garbage" * 5000


def test_a_catalogue_cut_short_is_damaged_whoever_meets_it(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(30)
    indexer(album.spec)
    size = indexer.home.catalogue.stat().st_size
    os.truncate(indexer.home.catalogue, size // 2)
    album.touch("camera/0001.jpg")
    with pytest.raises(CatalogueDamaged, match=r"catalogue\.sqlite3"):
        indexer(album.spec)
    assert indexer.home.catalogue.stat().st_size == size // 2


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(PocketLensError, match="cannot be opened"):
        Catalogue.open(tmp_path / "file" / "catalogue.sqlite3")


@pytest.mark.skipif(os.name != "posix", reason="file modes as POSIX has them")
def test_nobody_else_can_read_what_is_kept(indexer: Indexer, album: SmallAlbum) -> None:
    album.write("a.jpg", 1)
    indexer(album.spec)
    home = indexer.home
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (home.data, home.cache, home.vectors)] == [0o700] * 3
    for path in (home.catalogue, home.thumbnails, *home.vectors.iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
