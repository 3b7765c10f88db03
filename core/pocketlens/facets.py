"""What a choice of photos can be narrowed by: how many there are of each kind, month and mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pocketlens.catalogue import AlbumSummary, Catalogue, Month, PlaceSummary
from pocketlens.kinds import Kind
from pocketlens.query import DateFilter, FavouriteFilter, Filter, KindFilter
from pocketlens.sqlite_file import reported


@dataclass(frozen=True, slots=True)
class Facets:
    """Counts of readable photos. Each leaves out the filters of its own sort, as what else could be chosen.

    Attributes:
        kinds: those that occur, most first.
        places: cities, those with the most photos first, whatever the filters are.
        months: newest first, by the photo's own date or else its file's; `Month.dated` tells nothing here.
    """

    kinds: dict[Kind, int] = field(default_factory=dict)
    favourites: int = 0
    months: tuple[Month, ...] = ()
    places: tuple[PlaceSummary, ...] = ()


def facets(catalogue: Catalogue, album: AlbumSummary | None = None, filters: Sequence[Filter] = ()) -> Facets:
    """What the photos of an album, or all, that pass ``filters`` can be narrowed by.

    Raises:
        AlbumMissing, CatalogueDamaged
    """

    def others(own: type[Filter]) -> tuple[Filter, ...]:
        return tuple(one for one in filters if not isinstance(one, own))

    return Facets(
        kinds=_kinds(catalogue, album, others(KindFilter)),
        favourites=catalogue.count(album, (*others(FavouriteFilter), FavouriteFilter())),
        months=_months(catalogue, album, others(DateFilter)),
        places=tuple(catalogue.places()),
    )


def _kinds(catalogue: Catalogue, album: AlbumSummary | None, filters: Sequence[Filter]) -> dict[Kind, int]:
    with reported(catalogue.path):
        where, values = catalogue.condition(album, filters)
        rows = catalogue.connection.execute(
            "SELECT coalesce(photos.kind, 'photo') AS called, count(*)"  # noqa: S608 - constants
            f" FROM photos WHERE {where} GROUP BY called ORDER BY count(*) DESC, called",
            values,
        ).fetchall()
    known = set(Kind)
    return {Kind(kind): count for kind, count in rows if kind in known}


def _months(catalogue: Catalogue, album: AlbumSummary | None, filters: Sequence[Filter]) -> tuple[Month, ...]:
    by_month: dict[tuple[int, int], int] = {}
    for month in catalogue.months(album, filters):
        key = (month.year, month.month)
        by_month[key] = by_month.get(key, 0) + month.count
    newest_first = sorted(by_month.items(), reverse=True)
    return tuple(Month(year, month, count) for (year, month), count in newest_first if year)
