"""Indexing an album, and indexing it again after every kind of change."""

from __future__ import annotations

from core.small_album import Indexer, SmallAlbum, content_hash, known_photos, mark_favourite, photo
from pocketlens.catalogue import Catalogue, PhotoState
from pocketlens.decoding import decode
from pocketlens.encoders import ImageEncoder
from pocketlens.model import ModelPackage
from pocketlens.packed_vectors import packed
from pocketlens.protocol import PhotoFailed


def test_a_new_album_is_encoded_as_the_model_encodes_each_photo(
    indexer: Indexer, album: SmallAlbum, image_encoder: ImageEncoder, starter_package: ModelPackage
) -> None:
    album.fill(3)
    done = indexer(album.spec)
    assert (done.added, done.changed, done.moved, done.removed, done.unchanged, done.unreadable) == (3, 0, 0, 0, 0, 0)
    assert not done.cancelled
    tower = starter_package.manifest.image
    for seed in range(3):
        known = known_photos(indexer.home)[f"camera/{seed:04}.jpg"]
        decoded = decode(photo(seed), size=tower.size, resize=tower.resize, name="")
        expected = packed(image_encoder.encode(decoded.pixels))
        assert known.vectors == {starter_package.manifest.key: expected}
        assert known.content_hash == content_hash(photo(seed))


def test_an_unchanged_album_is_not_read_again(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(3)
    indexer(album.spec)
    before = known_photos(indexer.home)
    done = indexer(album.spec)
    assert (done.unchanged, done.added, done.changed) == (3, 0, 0)
    assert indexer.encoded == 3
    assert known_photos(indexer.home) == before


def test_an_added_photo_is_the_only_one_encoded(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(2)
    indexer(album.spec)
    album.write("camera/new.jpg", 7)
    done = indexer(album.spec)
    assert (done.added, done.unchanged) == (1, 2)
    assert indexer.encoded == 3


def test_an_edited_photo_keeps_its_id_and_gets_another_vector(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(2)
    indexer(album.spec)
    before = known_photos(indexer.home)["camera/0000.jpg"]
    album.write("camera/0000.jpg", 7)
    done = indexer(album.spec)
    after = known_photos(indexer.home)["camera/0000.jpg"]
    assert (done.changed, done.added, done.unchanged) == (1, 0, 1)
    assert after.id == before.id
    assert after.content_hash == content_hash(photo(7))
    assert after.vectors != before.vectors


def test_a_photo_that_was_only_touched_is_not_encoded_again(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(2)
    indexer(album.spec)
    before = known_photos(indexer.home)
    album.touch("camera/0000.jpg")
    done = indexer(album.spec)
    assert done.changed == 1
    assert indexer.encoded == 2
    assert known_photos(indexer.home) == before


def test_a_deleted_photo_leaves_with_its_vector_and_its_empty_album(indexer: Indexer, album: SmallAlbum) -> None:
    album.write("a/1.jpg", 1)
    album.write("b/2.jpg", 2)
    indexer(album.spec)
    album.remove("a/1.jpg")
    done = indexer(album.spec)
    assert (done.removed, done.unchanged) == (1, 1)
    assert set(known_photos(indexer.home)) == {"b/2.jpg"}
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        assert [a.name for a in catalogue.albums()] == ["b"]
        assert catalogue.connection.execute("SELECT count(*) FROM vectors").fetchone() == (1,)


def test_a_moved_photo_keeps_its_id_and_its_favourite_mark(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(2)
    indexer(album.spec)
    before = known_photos(indexer.home)["camera/0000.jpg"]
    mark_favourite(indexer.home, "camera/0000.jpg")
    album.move("camera/0000.jpg", "best/one.jpg")
    done = indexer(album.spec)
    after = known_photos(indexer.home)
    assert (done.moved, done.added, done.removed, done.unchanged) == (1, 0, 0, 1)
    assert set(after) == {"best/one.jpg", "camera/0001.jpg"}
    assert (after["best/one.jpg"].id, after["best/one.jpg"].favourite) == (before.id, True)
    assert indexer.encoded == 2


def test_a_renamed_folder_keeps_every_mark_where_it_was_even_among_copies(indexer: Indexer, album: SmallAlbum) -> None:
    for name in ("x", "y", "z"):
        album.write(f"old/{name}.jpg", 1)
    indexer(album.spec)
    mark_favourite(indexer.home, "old/y.jpg")
    before = known_photos(indexer.home)
    (album.root / "old").rename(album.root / "new")
    done = indexer(album.spec)
    after = known_photos(indexer.home)
    assert (done.moved, done.added, done.removed) == (3, 0, 0)
    assert {path: (p.id, p.favourite) for path, p in after.items()} == {
        path.replace("old", "new"): (p.id, p.favourite) for path, p in before.items()
    }
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        assert [a.name for a in catalogue.albums()] == ["new"]


def test_photos_with_the_same_content_are_encoded_once(indexer: Indexer, album: SmallAlbum) -> None:
    for number in range(20):
        album.write(f"camera/{number}.jpg", 1)
    assert indexer(album.spec, threads=4).added == 20
    assert indexer.encoded == 1
    album.write("camera/later.jpg", 1)
    assert indexer(album.spec).added == 1
    assert indexer.encoded == 1
    assert len({tuple(p.vectors.values()) for p in known_photos(indexer.home).values()}) == 1


def test_a_copy_knows_what_its_original_knows(indexer: Indexer, album: SmallAlbum) -> None:
    album.write("a.jpg", 1)
    indexer(album.spec)
    album.write("b.jpg", 1)
    indexer(album.spec)
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        one, other = catalogue.photos()
    assert (one.width, one.height, one.format) == (other.width, other.height, other.format) == (48, 48, "JPEG")


def test_an_unreadable_photo_stops_no_other_and_is_a_row_with_its_reason(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(3)
    album.write("camera/0001.jpg", photo(1)[:200])
    done = indexer(album.spec)
    assert (done.added, done.unreadable) == (3, 1)
    states = {path: p.state for path, p in known_photos(indexer.home).items()}
    assert states == {
        "camera/0000.jpg": PhotoState.READY,
        "camera/0001.jpg": PhotoState.UNREADABLE,
        "camera/0002.jpg": PhotoState.READY,
    }
    (failed,) = [event for event in indexer.events if isinstance(event, PhotoFailed)]
    assert (failed.source, failed.path, failed.code) == (album.spec, b"camera/0001.jpg", "unreadable-photo")
    assert "ends before" in failed.reason


def test_an_unreadable_photo_is_tried_again_when_it_has_changed(indexer: Indexer, album: SmallAlbum) -> None:
    album.write("a.jpg", b"no photo")
    assert indexer(album.spec).unreadable == 1
    done = indexer(album.spec)
    assert (done.unreadable, done.unchanged) == (0, 1)
    assert not [event for event in indexer.events if isinstance(event, PhotoFailed)]
    album.write("a.jpg", 1)
    done = indexer(album.spec)
    assert (done.changed, done.unreadable) == (1, 0)
    assert known_photos(indexer.home)["a.jpg"].state == PhotoState.READY


def test_unreadable_photos_are_tried_again_when_asked(indexer: Indexer, album: SmallAlbum) -> None:
    album.write("a.jpg", b"no photo")
    indexer(album.spec)
    assert indexer(album.spec, retry_unreadable=True).unreadable == 1


def test_a_photo_that_becomes_unreadable_loses_its_vector(indexer: Indexer, album: SmallAlbum) -> None:
    album.write("a.jpg", 1)
    indexer(album.spec)
    album.write("a.jpg", b"no photo")
    assert indexer(album.spec).unreadable == 1
    known = known_photos(indexer.home)["a.jpg"]
    assert (known.state, known.vectors) == (PhotoState.UNREADABLE, {})


def test_a_date_in_the_photo_goes_when_an_edit_removes_it(indexer: Indexer, album: SmallAlbum) -> None:
    from PIL import ExifTags, Image

    exif = Image.Exif()
    exif[ExifTags.Base.DateTime] = "2021:02:03 04:05:06"
    Image.new("RGB", (40, 30), "red").save(album.root / "a.jpg", exif=exif)
    indexer(album.spec)
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        assert catalogue.photos()[0].taken_at == 1_612_325_106
    album.touch("a.jpg")
    indexer(album.spec)
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        assert catalogue.photos()[0].taken_at == 1_612_325_106
    album.write("a.jpg", 1)
    indexer(album.spec)
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        assert catalogue.photos()[0].taken_at is None


def test_another_model_keeps_the_first_ones_vectors(
    indexer: Indexer, album: SmallAlbum, starter_package: ModelPackage
) -> None:
    import msgspec

    album.fill(3)
    indexer(album.spec)
    first = {path: dict(p.vectors) for path, p in known_photos(indexer.home).items()}
    newer = msgspec.structs.replace(starter_package.manifest, version="999")
    other = Indexer(indexer.home, ModelPackage(starter_package.folder, newer), indexer.image_encoder)
    done = other(album.spec)
    assert (done.unchanged, done.added, other.encoded) == (3, 0, 3)
    both = known_photos(indexer.home)
    for path, vectors in first.items():
        assert both[path].vectors == {**vectors, newer.key: vectors[starter_package.manifest.key]}
    assert indexer(album.spec).unchanged == 3
    assert indexer.encoded == 3
