"""Duplicates: copies byte by byte, pictures saved again, and bursts by time and likeness together."""

from __future__ import annotations

import io
import os

import pytest
from PIL import ExifTags, Image

from core.small_album import Indexer, SmallAlbum, photo
from pocketlens.catalogue import Catalogue
from pocketlens.duplicates import Likeness, all_duplicates
from pocketlens.likeness import BURST_SECONDS
from pocketlens.vectors import VectorModel, load_vectors
from pocketlens_desktop.sample import ALBUM

DOG, COFFEE = "IMG_20211114_143355.jpg", "IMG_20250614_150733.jpg"


def shot(scene: str, second: int, *, moved: int = 0) -> bytes:
    """A photo of what a sample photo shows, taken at a second of an hour, by a hand that moved by some pixels."""
    exif = Image.Exif()
    taken = f"2024:05:01 12:{second // 60:02}:{second % 60:02}"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    exif[ExifTags.Base.Model] = "Camera"
    stream = io.BytesIO()
    with Image.open(ALBUM / "DCIM" / "Camera" / scene) as picture:
        width, height = picture.size
        seen = picture.crop((moved, moved, width - 20 + moved, height - 20 + moved))
        seen.save(stream, "JPEG", exif=exif)
    return stream.getvalue()


def saved_again(scene: str, *, scale: float = 1.0, form: str = "JPEG", quality: int = 60) -> bytes:
    """A sample photo as a messenger or an editor saves it: without its EXIF block, smaller, in another quality."""
    stream = io.BytesIO()
    with Image.open(ALBUM / "DCIM" / "Camera" / scene) as picture:
        size = (round(picture.width * scale), round(picture.height * scale))
        picture.convert("RGB").resize(size).save(stream, form, quality=quality)
    return stream.getvalue()


def found(indexer: Indexer, *likenesses: Likeness) -> list[tuple[Likeness, list[str]]]:
    manifest = indexer.package.manifest
    model = VectorModel(manifest.key, manifest.image.preprocessing, manifest.dimension)
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        vectors = load_vectors(catalogue, model, indexer.home.vectors)
        groups = all_duplicates(catalogue, vectors, likenesses or Likeness)
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


def test_a_picture_saved_again_is_one_with_its_original_the_best_first(indexer: Indexer, album: SmallAlbum) -> None:
    album.write("mmexport1.jpg", saved_again(DOG, scale=0.5, quality=50))
    album.write("z original.jpg", (ALBUM / "DCIM" / "Camera" / DOG).read_bytes())
    album.write("smaller.webp", saved_again(DOG, scale=0.8, form="WEBP"))
    album.write("another.jpg", (ALBUM / "DCIM" / "Camera" / COFFEE).read_bytes())
    indexer(album.spec)
    assert found(indexer) == [(Likeness.NEAR, ["z original.jpg", "smaller.webp", "mmexport1.jpg"])]


def test_an_exact_copy_counts_once_among_pictures_saved_again(indexer: Indexer, album: SmallAlbum) -> None:
    for name in ("a.jpg", "b.jpg"):
        album.write(name, (ALBUM / "DCIM" / "Camera" / DOG).read_bytes())
    album.write("c.jpg", saved_again(DOG, scale=0.5))
    indexer(album.spec)
    assert found(indexer) == [(Likeness.EXACT, ["a.jpg", "b.jpg"]), (Likeness.NEAR, ["a.jpg", "c.jpg"])]


def test_two_shots_of_a_camera_on_its_stand_are_no_copies_of_each_other(indexer: Indexer, album: SmallAlbum) -> None:
    album.write("a.jpg", shot(DOG, 0))
    album.write("b.jpg", shot(DOG, 100))
    indexer(album.spec)
    assert found(indexer) == []


def test_a_copy_with_the_same_date_is_told_as_near_and_not_as_a_burst_too(indexer: Indexer, album: SmallAlbum) -> None:
    album.write("a.jpg", shot(DOG, 0))
    album.write("b.jpg", shot(DOG, 0, moved=1))
    indexer(album.spec)
    assert found(indexer) == [(Likeness.NEAR, ["a.jpg", "b.jpg"])]
    assert found(indexer, Likeness.BURST) == [(Likeness.BURST, ["a.jpg", "b.jpg"])]


@pytest.mark.parametrize("colour", ["white", "black"])
def test_blank_pages_are_no_copies_of_each_other(indexer: Indexer, album: SmallAlbum, colour: str) -> None:
    for side in (100, 110, 120):
        stream = io.BytesIO()
        Image.new("RGB", (side, side), colour).save(stream, "PNG")
        album.write(f"{side}.png", stream.getvalue())
    indexer(album.spec)
    assert found(indexer) == []


def test_a_burst_is_one_group_and_ends_with_the_scene_or_after_a_while(indexer: Indexer, album: SmallAlbum) -> None:
    for number, (scene, second) in enumerate([(DOG, 0), (DOG, 4), (DOG, 9), (COFFEE, 10), (COFFEE, 12), (DOG, 13)]):
        album.write(f"{number}.jpg", shot(scene, second, moved=number))
    late = 13 + BURST_SECONDS + 1
    album.write("late.jpg", shot(DOG, late, moved=12))
    album.write("soon after.jpg", shot(DOG, late + BURST_SECONDS, moved=13))
    indexer(album.spec)
    assert found(indexer) == [
        (Likeness.BURST, ["0.jpg", "1.jpg", "2.jpg"]),
        (Likeness.BURST, ["3.jpg", "4.jpg"]),
        (Likeness.BURST, ["late.jpg", "soon after.jpg"]),
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
