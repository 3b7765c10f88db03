"""Thumbnails are a cache: whatever happens to it, no photo is the worse for it."""

from __future__ import annotations

from contextlib import closing

import pytest

from core.small_album import Indexer, SmallAlbum, content_hash, photo
from pocketlens.paths import Home
from pocketlens.thumbnails import ThumbnailStore


@pytest.fixture
def store(home: Home) -> ThumbnailStore:
    home.make()
    return ThumbnailStore(home.thumbnails)


def test_what_was_put_is_got(store: ThumbnailStore) -> None:
    with closing(store):
        store.put([(b"one", b"jpeg 1"), (b"two", b"jpeg 2")])
        assert store.get(b"one") == b"jpeg 1"
        assert store.get(b"three") is None
        assert b"two" in store
        assert b"three" not in store
        assert sorted(store.keys()) == [b"one", b"two"]


def test_a_thumbnail_that_is_there_stays(store: ThumbnailStore) -> None:
    with closing(store):
        store.put([(b"one", b"jpeg 1")])
        store.put([(b"one", b"another"), (b"two", b"jpeg 2")])
        assert store.get(b"one") == b"jpeg 1"
        assert store.get(b"two") == b"jpeg 2"


def test_a_store_that_is_no_database_is_made_anew_when_opened(home: Home) -> None:
    home.make()
    home.thumbnails.write_bytes(b"garbage" * 5000)
    with closing(ThumbnailStore(home.thumbnails)) as store:
        assert store.keys() == []
        store.put([(b"one", b"jpeg 1")])
        assert store.get(b"one") == b"jpeg 1"


def test_a_store_that_is_damaged_while_open_is_made_anew(store: ThumbnailStore) -> None:
    with closing(store):
        store.put((bytes([n]), bytes(3000)) for n in range(200))
        # All to the file itself; then its pages are overwritten, and this connection reads them again.
        store._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        store._connection.execute("PRAGMA cache_size = 0")
        size = store.path.stat().st_size
        store.path.write_bytes(b"\xff" * size)
        assert store.get(b"\x05") is None
        store.put([(b"one", b"jpeg 1")])
        assert store.get(b"one") == b"jpeg 1"


def test_deleted_thumbnails_are_made_again_without_encoding_a_photo(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(5)
    indexer(album.spec)
    indexer.home.thumbnails.unlink()
    done = indexer(album.spec)
    assert (done.unchanged, done.added, done.changed) == (5, 0, 0)
    assert indexer.encoded == 5
    with closing(ThumbnailStore(indexer.home.thumbnails)) as store:
        assert set(store.keys()) == {content_hash(photo(seed)) for seed in range(5)}


def test_thumbnails_that_no_photo_has_any_more_are_dropped(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(3)
    indexer(album.spec)
    album.remove("camera/0000.jpg")
    album.write("camera/0001.jpg", 7)
    indexer(album.spec)
    with closing(ThumbnailStore(indexer.home.thumbnails)) as store:
        assert set(store.keys()) == {content_hash(photo(seed)) for seed in (2, 7)}


def test_a_store_damaged_in_the_middle_of_a_job_costs_the_job_nothing(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(5)
    indexer(album.spec)
    album.write("camera/new.jpg", 9)

    def damage(_: object) -> None:
        for suffix in ("", "-wal", "-shm"):
            path = indexer.home.thumbnails.with_name(indexer.home.thumbnails.name + suffix)
            if path.exists():
                path.write_bytes(b"\xff" * path.stat().st_size)

    done = indexer.job(album.spec, on_event=damage).run()
    assert (done.added, done.unreadable) == (1, 0)
    indexer(album.spec)
    with closing(ThumbnailStore(indexer.home.thumbnails)) as store:
        assert set(store.keys()) == {content_hash(photo(seed)) for seed in (0, 1, 2, 3, 4, 9)}
