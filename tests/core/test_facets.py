"""What a choice of photos can be narrowed by, and browsing what was chosen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date

import pytest

from core.small_album import Indexer, SmallAlbum, known_photos
from pocketlens.catalogue import AlbumSummary, Catalogue
from pocketlens.errors import AlbumMissing
from pocketlens.facets import facets
from pocketlens.favourites import mark
from pocketlens.kinds import Kind
from pocketlens.query import AlbumFilter, DateFilter, FavouriteFilter, Filter, KindFilter

PHOTOS = (
    "camera/1.jpg",
    "camera/2.jpg",
    "camera/3.jpg",
    "Screenshots/Screenshot_1.jpg",
    "Screenshots/Screenshot_2.jpg",
)
#: Noon of five days in two years, seconds.
TIMES = (1_672_574_400, 1_675_252_800, 1_706_788_800, 1_706_875_200, 1_709_294_400)


@pytest.fixture
def catalogue(indexer: Indexer, album: SmallAlbum) -> Iterator[Catalogue]:
    """Three photos and two screenshots of 2023 and 2024; two of them favourites."""
    for seed, (name, time) in enumerate(zip(PHOTOS, TIMES, strict=True)):
        os.utime(album.write(name, seed), (time, time))
    album.write("broken.jpg", b"no photo")
    indexer(album.spec)
    with Catalogue.open(indexer.home.catalogue) as catalogue:
        known = known_photos(indexer.home)
        mark(catalogue, [known["camera/1.jpg"].id, known["Screenshots/Screenshot_2.jpg"].id])
        yield catalogue


def of_year(year: int) -> DateFilter:
    return DateFilter(date(year, 1, 1), date(year, 12, 31))


def names(catalogue: Catalogue, *filters: Filter, album: AlbumSummary | None = None) -> list[str]:
    found = [os.fsdecode(row.path).rsplit("/", 1)[-1] for row in catalogue.photos(album, filters)]
    assert catalogue.count(album, filters) == len(found) == sum(m.count for m in catalogue.months(album, filters))
    return found


def test_everything_is_counted_once(catalogue: Catalogue) -> None:
    found = facets(catalogue)
    assert found.kinds == {Kind.PHOTO: 3, Kind.SCREENSHOT: 2}
    assert list(found.kinds) == [Kind.PHOTO, Kind.SCREENSHOT]
    assert found.favourites == 2
    assert [(month.year, month.month, month.count) for month in found.months] == [
        (2024, 3, 1), (2024, 2, 2), (2023, 2, 1), (2023, 1, 1),
    ]  # fmt: skip


def test_a_filter_narrows_the_other_facets_and_not_its_own(catalogue: Catalogue) -> None:
    found = facets(catalogue, None, (KindFilter(Kind.SCREENSHOT),))
    assert found.kinds == {Kind.PHOTO: 3, Kind.SCREENSHOT: 2}
    assert (found.favourites, sum(month.count for month in found.months)) == (1, 2)
    found = facets(catalogue, None, (of_year(2023),))
    assert found.kinds == {Kind.PHOTO: 2}
    assert (found.favourites, len(found.months)) == (1, 4)
    found = facets(catalogue, None, (FavouriteFilter(),))
    assert (found.kinds, found.favourites) == ({Kind.PHOTO: 1, Kind.SCREENSHOT: 1}, 2)


def test_an_album_narrows_all_of_them(catalogue: Catalogue) -> None:
    camera = next(album for album in catalogue.albums() if album.name == "camera")
    found = facets(catalogue, camera)
    assert (found.kinds, found.favourites, len(found.months)) == ({Kind.PHOTO: 3}, 1, 3)


def test_what_passes_the_filters_is_browsed_newest_first(catalogue: Catalogue) -> None:
    assert names(catalogue) == ["Screenshot_2.jpg", "Screenshot_1.jpg", "3.jpg", "2.jpg", "1.jpg"]
    assert names(catalogue, KindFilter(Kind.PHOTO)) == ["3.jpg", "2.jpg", "1.jpg"]
    assert names(catalogue, of_year(2024), FavouriteFilter()) == ["Screenshot_2.jpg"]
    assert names(catalogue, AlbumFilter("camera"), FavouriteFilter(wanted=False)) == ["3.jpg", "2.jpg"]
    camera = next(album for album in catalogue.albums() if album.name == "camera")
    assert names(catalogue, of_year(2023), album=camera) == ["2.jpg", "1.jpg"]
    with pytest.raises(AlbumMissing):
        catalogue.photos(None, (AlbumFilter("nowhere"),))
