"""Duplicates: copies byte by byte, and bursts by time and likeness together."""

from __future__ import annotations

import io
import os

import pytest
from PIL import ExifTags, Image

from core.small_album import Indexer, SmallAlbum, photo
from pocketlens.catalogue import Catalogue
from pocketlens.duplicates import BURST_SECONDS, Likeness, all_duplicates
from pocketlens.vectors import VectorModel, load_vectors
from pocketlens_desktop.sample import ALBUM

DOG, COFFEE = "IMG_20211114_143355.jpg", "IMG_20250614_150733.jpg"


def shot(scene: str, second: int, *, moved: int = 0) -> bytes:
    """A photo of what a sample photo shows, taken at a second of an hour, by a hand that moved by some pixels."""
    exif = Image.Exif()
    taken = f"2024:05:01 12:{second // 60:02}:{second % 60:02}"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    stream = io.BytesIO()
    with Image.open(ALBUM / "DCIM" / "Camera" / scene) as picture:
        width, height = picture.size
        seen = picture.crop((moved, moved, width - 20 + moved, height - 20 + moved))
        seen.save(stream, "JPEG", exif=exif)
    return stream.getvalue()


def found(indexer: Indexer) -> list[tuple[Likeness, list[str]]]:
    manifest = indexer.package.manifest
    model = VectorModel(manifest.key, manifest.image.preprocessing, manifest.dimension)
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        groups = all_duplicates(catalogue, load_vectors(catalogue, model, indexer.home.vectors))
    return [(group.likeness, [os.fsdecode(photo.path) for photo in group.photos]) for group in groups]


def test_copies_are_found_wherever_they_are_those_that_take_most_first(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(3)
    album.write("copies/0001.jpg", 1)
    album.write("copies/big.jpg", photo(7, side=900))
    album.write("more/big.jpg", photo(7, side=900))
    indexer(album.spec)
    assert found(indexer) == [
        (Likeness.EXACT, ["copies/big.jpg", "more/big.jpg"]),
        (Likeness.EXACT, ["camera/0001.jpg", "copies/0001.jpg"]),
    ]


def test_a_burst_is_one_group_and_ends_with_the_scene_or_after_a_while(indexer: Indexer, album: SmallAlbum) -> None:
    for number, (scene, second) in enumerate([(DOG, 0), (DOG, 4), (DOG, 9), (COFFEE, 10), (COFFEE, 12), (DOG, 13)]):
        album.write(f"{number}.jpg", shot(scene, second, moved=number))
    late = 13 + BURST_SECONDS + 1
    album.write("late.jpg", shot(DOG, late, moved=12))
    album.write("soon after.jpg", shot(DOG, late + BURST_SECONDS, moved=13))
    indexer(album.spec)
    assert found(indexer) == [
        (Likeness.NEAR, ["0.jpg", "1.jpg", "2.jpg"]),
        (Likeness.NEAR, ["3.jpg", "4.jpg"]),
        (Likeness.NEAR, ["late.jpg", "soon after.jpg"]),
    ]


def test_a_copy_is_no_burst_of_its_own(indexer: Indexer, album: SmallAlbum) -> None:
    album.write("a.jpg", shot(DOG, 0))
    album.write("b.jpg", shot(DOG, 0))
    indexer(album.spec)
    assert found(indexer) == [(Likeness.EXACT, ["a.jpg", "b.jpg"])]


@pytest.mark.parametrize("count", [0, 1, 5])
def test_photos_that_differ_are_no_duplicates(indexer: Indexer, album: SmallAlbum, count: int) -> None:
    album.fill(count)
    album.write("one.jpg", 100)
    indexer(album.spec)
    assert found(indexer) == []


def test_photos_without_a_date_are_in_no_burst(indexer: Indexer, album: SmallAlbum) -> None:
    album.write("a.jpg", photo(1))
    album.write("b.jpg", photo(1, side=50))
    indexer(album.spec)
    assert found(indexer) == []
