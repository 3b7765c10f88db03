"""A fast job takes previews, and never at the price of what is known of the whole photos."""

from __future__ import annotations

import io
import os
import shutil
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from core.small_album import Indexer, SmallAlbum, content_hash, known_photos, mark_favourite, photo
from pocketlens.catalogue import PhotoState
from pocketlens.model import ModelPackage
from pocketlens.source import FolderSource


def preview_of(content: bytes) -> bytes:
    stream = io.BytesIO()
    Image.open(io.BytesIO(content)).resize((24, 24)).save(stream, "JPEG")
    return stream.getvalue()


class PreviewedFolder(FolderSource):
    """A folder with a preview of every photo, as phones have them."""

    def preview(self, path: bytes) -> bytes:  # type: ignore[override]
        return preview_of(self.read(path))


@pytest.fixture
def indexer(indexer: Indexer) -> Indexer:
    indexer.openers = {"folder": lambda spec: PreviewedFolder(Path(os.fsdecode(spec.identity)))}
    return indexer


@pytest.fixture
def newer(indexer: Indexer, starter_package: ModelPackage) -> Indexer:
    """An indexer into the same home with another model."""
    manifest = msgspec.structs.replace(starter_package.manifest, version="999")
    package = ModelPackage(starter_package.folder, manifest)
    return Indexer(indexer.home, package, indexer.image_encoder, openers=indexer.openers)


def test_a_photo_never_read_is_encoded_from_its_preview(indexer: Indexer, album: SmallAlbum) -> None:
    album.write("a.jpg", 1)
    assert indexer(album.spec, fast=True).added == 1
    known = known_photos(indexer.home)["a.jpg"]
    assert (known.state, known.content_hash) == (PhotoState.PROVISIONAL, content_hash(preview_of(photo(1))))
    indexer(album.spec)
    known = known_photos(indexer.home)["a.jpg"]
    assert (known.state, known.content_hash) == (PhotoState.READY, content_hash(photo(1)))


def test_a_lost_cache_is_made_again_from_the_whole_photos(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(3)
    indexer(album.spec)
    before = known_photos(indexer.home)
    shutil.rmtree(indexer.home.cache)
    assert indexer(album.spec, fast=True).unchanged == 3
    assert known_photos(indexer.home) == before


def test_another_model_keeps_the_first_ones_vectors_and_reads_the_whole_photos(
    indexer: Indexer, newer: Indexer, album: SmallAlbum
) -> None:
    album.fill(3)
    indexer(album.spec)
    before = known_photos(indexer.home)
    newer(album.spec, fast=True)
    for path, known in known_photos(indexer.home).items():
        assert (known.id, known.state) == (before[path].id, PhotoState.READY)
        assert known.vectors == {
            key: vector
            for old, vector in before[path].vectors.items()
            for key in (old, newer.package.manifest.key)
        }  # fmt: skip


@pytest.mark.parametrize("place", ["trip/a.jpg", "b.jpg"])
@pytest.mark.parametrize("first_fast", [False, True])
def test_a_moved_or_renamed_photo_keeps_its_id_and_its_favourite_mark(
    indexer: Indexer, album: SmallAlbum, place: str, first_fast: bool
) -> None:
    album.write("a.jpg", 1)
    album.write("other.jpg", 2)
    indexer(album.spec, fast=first_fast)
    mark_favourite(indexer.home, "a.jpg")
    before = known_photos(indexer.home)["a.jpg"]
    assert before.favourite
    album.move("a.jpg", place)
    done = indexer(album.spec, fast=True)
    assert (done.moved, done.added, done.removed) == (1, 0, 0)
    assert known_photos(indexer.home)[place] == before


def test_a_new_photo_unlike_any_that_went_missing_is_taken_by_its_preview(indexer: Indexer, album: SmallAlbum) -> None:
    album.write("a.jpg", 1)
    album.write("other.jpg", 2)
    indexer(album.spec)
    album.remove("a.jpg")
    album.write("new.jpg", photo(3, side=96))
    done = indexer(album.spec, fast=True)
    assert (done.added, done.moved, done.removed) == (1, 0, 1)
    assert known_photos(indexer.home)["new.jpg"].state == PhotoState.PROVISIONAL


def test_an_edited_photos_preview_replaces_this_models_vector_and_leaves_another_ones_until_the_whole_is_read(
    indexer: Indexer, newer: Indexer, album: SmallAlbum
) -> None:
    old, new = indexer.package.manifest.key, newer.package.manifest.key
    album.write("a.jpg", 1)
    indexer(album.spec)
    newer(album.spec)
    before = known_photos(indexer.home)["a.jpg"]
    album.write("a.jpg", 2)
    assert newer(album.spec, fast=True).changed == 1
    after = known_photos(indexer.home)["a.jpg"]
    assert (after.id, after.state) == (before.id, PhotoState.PROVISIONAL)
    assert after.vectors[old] == before.vectors[old]
    assert after.vectors[new] != before.vectors[new]
    newer(album.spec)
    assert set(known_photos(indexer.home)["a.jpg"].vectors) == {new}
