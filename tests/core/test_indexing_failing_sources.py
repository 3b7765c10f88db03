"""Albums of which not everything can be listed or read: nothing known is lost by it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.small_album import Indexer, SmallAlbum, known_photos, mark_favourite
from pocketlens.catalogue import Catalogue, PhotoState
from pocketlens.errors import AlbumMissing
from pocketlens.protocol import Event, Progress, SourceSpec, Stage
from pocketlens.source import FolderSource, ListedPhoto, UnlistedFolder


def test_an_album_that_is_empty_now_is_taken_for_an_unmounted_disk(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(2)
    indexer(album.spec)
    before = known_photos(indexer.home)
    (album.root / "camera").rename(album.root.with_name("elsewhere"))
    with pytest.raises(AlbumMissing, match="2 photos of it are known"):
        indexer(album.spec)
    assert known_photos(indexer.home) == before


def test_an_album_that_is_not_there_keeps_its_photos(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(2)
    indexer(album.spec)
    album.root.rename(album.root.with_name("elsewhere"))
    with pytest.raises(AlbumMissing):
        indexer(album.spec)
    assert len(known_photos(indexer.home)) == 2


def test_an_empty_folder_that_was_never_indexed_is_an_empty_album(indexer: Indexer, album: SmallAlbum) -> None:
    assert indexer(album.spec).added == 0


class FailingSource(FolderSource):
    """A folder of which some places cannot be looked at, or are gone when read."""

    unlisted: bytes | None = None
    vanishing: frozenset[bytes] = frozenset()
    broken: bytes | None = None

    def list(self) -> Iterator[ListedPhoto | UnlistedFolder]:
        for entry in super().list():
            if self.unlisted is None or not (entry.path + b"/").startswith(self.unlisted + b"/"):
                yield entry
        if self.unlisted is not None:
            yield UnlistedFolder(self.unlisted, "Input/output error")

    def read(self, path: bytes) -> bytes:
        if path in self.vanishing:
            (Path(os.fsdecode(self.spec.identity)) / os.fsdecode(path)).unlink(missing_ok=True)
        if path == self.broken:
            raise OSError(24, "Too many open files")
        return super().read(path)


@pytest.fixture
def failing(indexer: Indexer) -> type[FailingSource]:
    """Makes the indexer open folders as failing sources; set on the class what is to fail."""

    class Source(FailingSource):
        pass

    indexer.openers = {"folder": lambda spec: Source(Path(os.fsdecode(spec.identity)))}
    return Source


@pytest.mark.parametrize("place", [b"a", b"a/1.jpg"])
def test_what_cannot_be_listed_just_now_is_kept(
    indexer: Indexer, album: SmallAlbum, failing: type[FailingSource], place: bytes
) -> None:
    album.write("a/1.jpg", 1)
    album.write("ab/2.jpg", 2)
    album.write("b/3.jpg", 3)
    indexer(album.spec)
    for path in ("a/1.jpg", "ab/2.jpg"):
        album.remove(path)
    failing.unlisted = place
    assert indexer(album.spec).removed == 1
    assert set(known_photos(indexer.home)) == {"a/1.jpg", "b/3.jpg"}
    failing.unlisted = None
    assert indexer(album.spec).removed == 1
    assert set(known_photos(indexer.home)) == {"b/3.jpg"}


def test_a_photo_that_vanishes_before_it_is_read_is_no_error(
    indexer: Indexer, album: SmallAlbum, failing: type[FailingSource]
) -> None:
    album.fill(3)
    failing.vanishing = frozenset([b"camera/0001.jpg"])
    done = indexer(album.spec)
    assert (done.added, done.unreadable) == (2, 0)
    assert set(known_photos(indexer.home)) == {"camera/0000.jpg", "camera/0002.jpg"}


def test_a_known_photo_that_vanishes_for_a_moment_is_not_forgotten(
    indexer: Indexer, album: SmallAlbum, failing: type[FailingSource]
) -> None:
    album.fill(2)
    indexer(album.spec)
    before = known_photos(indexer.home)["camera/0001.jpg"]
    mark_favourite(indexer.home, "camera/0001.jpg")
    album.touch("camera/0001.jpg")
    failing.vanishing = frozenset([b"camera/0001.jpg"])
    indexer(album.spec)
    failing.vanishing = frozenset()
    album.write("camera/0001.jpg", 7)
    assert indexer(album.spec).changed == 1
    after = known_photos(indexer.home)["camera/0001.jpg"]
    assert (after.id, after.favourite, after.state) == (before.id, True, PhotoState.READY)


def test_what_is_no_photos_fault_stops_the_job_and_keeps_what_was_encoded(
    indexer: Indexer, album: SmallAlbum, failing: type[FailingSource]
) -> None:
    album.fill(20)
    failing.broken = b"camera/0010.jpg"
    with pytest.raises(OSError, match="Too many open files"):
        indexer(album.spec, threads=1)
    ready = {path for path, p in known_photos(indexer.home).items() if p.state == PhotoState.READY}
    assert ready >= {f"camera/{number:04}.jpg" for number in range(10)}
    assert "camera/0010.jpg" not in ready
    failing.broken = None
    done = indexer(album.spec)
    assert done.added == 20 - len(ready)
    assert done.unchanged == len(ready)


def test_a_source_this_engine_cannot_open_is_refused(indexer: Indexer) -> None:
    with pytest.raises(AlbumMissing, match="cannot index a phone"):
        indexer(SourceSpec(kind="phone", identity=b"0123"))


def test_a_source_forgotten_while_it_is_indexed_ends_the_job(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(2)
    indexer(album.spec)
    album.write("camera/new.jpg", 5)

    def forget(event: Event) -> None:
        if isinstance(event, Progress) and event.stage is Stage.ENCODING:
            with Catalogue.open(indexer.home.catalogue) as catalogue:
                catalogue.forget(album.spec)

    with pytest.raises(AlbumMissing, match="forgotten while"):
        indexer.job(album.spec, on_event=forget).run()
    assert known_photos(indexer.home) == {}


def test_an_album_that_is_not_there_stops_no_other_and_becomes_no_source(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(2)
    mistyped, worse = (SourceSpec("folder", album.spec.identity + end) for end in (b"-mistyped", b"-worse"))
    with pytest.raises(AlbumMissing) as raised:
        indexer(mistyped, worse, album.spec)
    assert raised.value.thing == os.fsdecode(mistyped.identity)
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        assert [(source.spec, source.photos) for source in catalogue.sources()] == [(album.spec, 2)]
    assert indexer(album.spec).unchanged == 2


def test_an_album_whose_listing_is_stopped_the_first_time_becomes_no_source(
    indexer: Indexer, album: SmallAlbum
) -> None:
    album.fill(2)

    def stop(event: Event) -> None:
        if isinstance(event, Progress) and event.stage is Stage.LISTING:
            job.cancel()

    job = indexer.job(album.spec, on_event=stop)
    assert job.run().cancelled
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        assert catalogue.sources() == []


def test_two_albums_are_indexed_one_after_the_other(indexer: Indexer, album: SmallAlbum) -> None:
    other = SmallAlbum(album.root.with_name("other"))
    album.write("a.jpg", 1)
    other.write("a.jpg", 2)
    assert indexer(album.spec, other.spec).added == 2
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        assert [(s.label, s.photos) for s in catalogue.sources()] == [("other", 1), ("photos", 1)]
