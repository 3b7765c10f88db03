"""What an older version's rows lack is made from what is kept, without reading a photo again."""

from __future__ import annotations

from contextlib import closing

import pytest

from core.small_album import Indexer, SmallAlbum
from pocketlens.catalogue import Catalogue
from pocketlens.likeness import COPY_BITS
from pocketlens.older_photos import add_fingerprints
from pocketlens.paths import Home
from pocketlens.pipeline import Stopped
from pocketlens.thumbnails import ThumbnailStore
from pocketlens_desktop.sample import ALBUM

SCENES = ("IMG_20211114_143355.jpg", "IMG_20250614_150733.jpg", "IMG_20210918_192002.jpg")


def fingerprints(home: Home) -> dict[bytes, bytes | None]:
    with Catalogue.open(home.catalogue, read_only=True) as catalogue:
        return {photo.path: photo.fingerprint for photo in catalogue.photos()}


def forget_fingerprints(home: Home) -> None:
    with Catalogue.open(home.catalogue) as catalogue, catalogue.transaction() as connection:
        connection.execute("UPDATE photos SET fingerprint = NULL")


def differing_bits(one: bytes | None, other: bytes | None) -> int:
    assert one
    assert other
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def test_the_next_job_makes_fingerprints_from_thumbnails(indexer: Indexer, album: SmallAlbum) -> None:
    for scene in SCENES:
        for name in (scene, f"copy of {scene}"):
            album.write(name, (ALBUM / "DCIM" / "Camera" / scene).read_bytes())
    indexer(album.spec)
    first = fingerprints(indexer.home)
    encoded = indexer.encoded
    forget_fingerprints(indexer.home)
    indexer(album.spec)
    again = fingerprints(indexer.home)
    assert indexer.encoded == encoded
    # A thumbnail is not the picture that it was made from, but nearly.
    assert max(differing_bits(first[path], again[path]) for path in first) <= COPY_BITS / 2


def test_a_copy_that_comes_later_has_the_fingerprint_of_the_first(indexer: Indexer, album: SmallAlbum) -> None:
    album.write("a.jpg", 1)
    indexer(album.spec)
    album.write("b.jpg", 1)
    indexer(album.spec)
    known = fingerprints(indexer.home)
    assert known[b"a.jpg"]
    assert known[b"a.jpg"] == known[b"b.jpg"]


def test_a_job_that_is_stopped_goes_on_with_the_next(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(3)
    indexer(album.spec)
    forget_fingerprints(indexer.home)

    def stop() -> None:
        raise Stopped

    with (
        Catalogue.open(indexer.home.catalogue) as catalogue,
        closing(ThumbnailStore(indexer.home.thumbnails)) as thumbnails,
    ):
        with pytest.raises(Stopped):
            add_fingerprints(catalogue, thumbnails, stop)
        assert add_fingerprints(catalogue, thumbnails, lambda: None) == 3
        assert add_fingerprints(catalogue, thumbnails, lambda: None) == 0
