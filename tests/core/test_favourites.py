"""Marking photos as favourites."""

from __future__ import annotations

import pytest

from core.small_album import Indexer, SmallAlbum, known_photos
from pocketlens.catalogue import Catalogue
from pocketlens.errors import PhotoMissing
from pocketlens.favourites import mark


def favourites(indexer: Indexer) -> list[str]:
    return [path for path, known in known_photos(indexer.home).items() if known.favourite]


def test_a_photo_and_its_copies_are_marked_and_unmarked_together(indexer: Indexer, album: SmallAlbum) -> None:
    album.write("a.jpg", 1)
    album.write("b/copy of a.jpg", 1)
    album.write("other.jpg", 2)
    indexer(album.spec)
    ident = known_photos(indexer.home)["b/copy of a.jpg"].id
    with Catalogue.open(indexer.home.catalogue) as catalogue:
        assert mark(catalogue, [ident]) == 2
        assert mark(catalogue, [ident]) == 0
        assert favourites(indexer) == ["a.jpg", "b/copy of a.jpg"]
        assert mark(catalogue, [ident], favourite=False) == 2
    assert favourites(indexer) == []


def test_a_photo_that_could_not_be_read_can_be_marked_too(indexer: Indexer, album: SmallAlbum) -> None:
    album.write("a.jpg", b"no photo")
    album.write("b.jpg", b"")
    indexer(album.spec)
    with Catalogue.open(indexer.home.catalogue) as catalogue:
        assert mark(catalogue, [known_photos(indexer.home)["a.jpg"].id]) == 1
    assert favourites(indexer) == ["a.jpg"]


def test_nothing_is_marked_where_one_is_not_there(indexer: Indexer, album: SmallAlbum) -> None:
    album.write("a.jpg", 1)
    indexer(album.spec)
    with Catalogue.open(indexer.home.catalogue) as catalogue, pytest.raises(PhotoMissing) as raised:
        mark(catalogue, [known_photos(indexer.home)["a.jpg"].id, 12345])
    assert raised.value.thing == "12345"
    assert favourites(indexer) == []


def test_a_mark_outlasts_an_edit_a_move_and_the_next_runs(indexer: Indexer, album: SmallAlbum) -> None:
    album.write("a.jpg", 1)
    indexer(album.spec)
    with Catalogue.open(indexer.home.catalogue) as catalogue:
        mark(catalogue, [known_photos(indexer.home)["a.jpg"].id])
    album.write("a.jpg", 2)
    indexer(album.spec)
    album.move("a.jpg", "b/c.jpg")
    indexer(album.spec)
    assert favourites(indexer) == ["b/c.jpg"]
