"""The cache as a whole: its limit is held, what it drops is not read again for nothing, and it can be moved."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest

from core.small_album import Indexer, SmallAlbum, content_hash, photo
from pocketlens.cache import FOLDER_NAME, hold_limit, move_cache
from pocketlens.errors import CatalogueBusy, PocketLensError
from pocketlens.indexing import only_indexer
from pocketlens.paths import HOME_VARIABLE, Home, default_home
from pocketlens.settings import Settings, load_settings, save_settings
from pocketlens.thumbnails import ThumbnailStore

KB = 1000
#: An album whose thumbnails take twice the limit.
COUNT, SIDE, LIMIT = 150, 320, 600 * KB


def pictures(count: int, first: int = 0) -> list[tuple[bytes, bytes]]:
    """Thumbnails of 20 KB, as real ones are."""
    return [(b"photo %06d" % number, os.urandom(20 * KB)) for number in range(first, first + count)]


def fill(album: SmallAlbum) -> None:
    for number in range(COUNT):
        album.write(f"{number:03}.jpg", photo(number, SIDE))


@pytest.fixture
def made(home: Home) -> Home:
    return home.make()


def test_a_store_with_a_limit_never_holds_more_and_drops_the_oldest(made: Home) -> None:
    with closing(ThumbnailStore(made.thumbnails, 4000 * KB)) as store:
        for first in range(0, 600, 50):
            store.put(pictures(50, first))
            assert store.used_bytes() <= 4000 * KB
        assert store.get(b"photo 000000") is None
        assert store.dropped(b"photo 000000")
        assert store.get(b"photo 000599") is not None
        assert not store.dropped(b"photo 000599")


def test_what_was_dropped_counts_as_there_while_there_is_no_room_for_it(made: Home) -> None:
    with closing(ThumbnailStore(made.thumbnails, 4000 * KB)) as store:
        store.put(pictures(400))
        assert b"photo 000000" in store
        assert len(store.keys()) == 400
    for limit in (None, 40_000 * KB):
        with closing(ThumbnailStore(made.thumbnails, limit)) as store:
            assert b"photo 000000" not in store
            assert len(store.keys()) < 400


def test_what_comes_back_is_the_newest(made: Home) -> None:
    with closing(ThumbnailStore(made.thumbnails, 4000 * KB)) as store:
        store.put(pictures(400))
        store.put([(b"photo 000000", b"again")])
        store.put(pictures(20, 400))
        assert store.get(b"photo 000000") == b"again"


def test_a_lower_limit_gives_the_room_back_to_the_disk(made: Home) -> None:
    with closing(ThumbnailStore(made.thumbnails)) as store:
        store.put(pictures(1000))
    assert made.thumbnails.stat().st_size > 20_000 * KB
    save_settings(made, Settings(thumbnail_limit_mb=10))
    hold_limit(made)
    assert made.thumbnails.stat().st_size <= 10_000 * KB
    with closing(ThumbnailStore(made.thumbnails)) as store:
        assert store.get(b"photo 000999") is not None


def test_the_limit_waits_while_something_is_indexed(made: Home) -> None:
    with closing(ThumbnailStore(made.thumbnails)) as store:
        store.put(pictures(1))
    with only_indexer(made.indexing_lock), pytest.raises(CatalogueBusy):
        hold_limit(made)


def test_indexing_holds_the_limit_and_does_not_read_again_what_it_dropped(
    indexer: Indexer, album: SmallAlbum, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settings, "thumbnail_limit", LIMIT)
    fill(album)
    indexer(album.spec)
    with closing(ThumbnailStore(indexer.home.thumbnails)) as store:
        assert store.used_bytes() <= LIMIT
        # Those that were made first, which need not be those that are listed first.
        dropped = [seed for seed in range(COUNT) if store.dropped(content_hash(photo(seed, SIDE)))]
    assert dropped
    indexer.encoded = 0
    again = indexer(album.spec)
    assert (again.unchanged, again.changed, indexer.encoded) == (COUNT, 0, 0)
    with closing(ThumbnailStore(indexer.home.thumbnails)) as store:
        # What the last of them left free may be taken again, and no more.
        assert any(store.dropped(content_hash(photo(seed, SIDE))) for seed in dropped)
        assert store.used_bytes() <= LIMIT


def test_a_limit_that_is_lifted_lets_the_next_job_make_what_was_dropped(
    indexer: Indexer, album: SmallAlbum, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(album)
    with monkeypatch.context() as limited:
        limited.setattr(Settings, "thumbnail_limit", LIMIT)
        indexer(album.spec)
    indexer.encoded = 0
    indexer(album.spec)
    with closing(ThumbnailStore(indexer.home.thumbnails)) as store:
        assert not any(store.dropped(content_hash(photo(number, SIDE))) for number in range(COUNT))
    assert indexer.encoded == 0


def test_the_cache_moves_with_all_that_is_in_it_and_back(made: Home, tmp_path: Path) -> None:
    with closing(ThumbnailStore(made.thumbnails)) as store:
        store.put([(b"one", b"jpeg")])
    (made.vectors / "starter.vectors").write_bytes(b"vectors")
    moved = move_cache(made, tmp_path / "large disk")
    assert moved.cache == tmp_path / "large disk" / FOLDER_NAME
    assert load_settings(made).cache_folder == str(moved.cache)
    assert not made.thumbnails.exists()
    assert not made.vectors.exists()
    with closing(ThumbnailStore(moved.thumbnails)) as store:
        assert store.get(b"one") == b"jpeg"
    assert (moved.vectors / "starter.vectors").read_bytes() == b"vectors"
    assert moved.thumbnails.stat().st_mode & 0o077 == 0
    back = move_cache(moved, None)
    assert back == made
    assert load_settings(made).cache_folder is None
    assert not moved.cache.exists()
    with closing(ThumbnailStore(back.thumbnails)) as store:
        assert store.get(b"one") == b"jpeg"


def test_a_folder_that_cannot_be_written_to_leaves_the_cache_where_it_is(made: Home, tmp_path: Path) -> None:
    with closing(ThumbnailStore(made.thumbnails)) as store:
        store.put([(b"one", b"jpeg")])
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(PocketLensError, match="cannot be kept there"):
        move_cache(made, tmp_path / "file")
    assert load_settings(made).cache_folder is None
    assert made.thumbnails.exists()


def test_the_chosen_place_is_used_and_the_usual_one_while_its_disk_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    usual = default_home().make()
    moved = move_cache(usual, tmp_path / "disk")
    assert default_home() == moved
    (tmp_path / "disk").rename(tmp_path / "unplugged")
    assert default_home() == usual
