"""Which photos a search may find: the query's filters as SQL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from sqlite3 import Connection
from typing import TYPE_CHECKING

from pocketlens.catalogue import NEWEST_FIRST
from pocketlens.errors import AlbumMissing
from pocketlens.paths import fit_to_show
from pocketlens.query import AlbumFilter, DateFilter, FavouriteFilter, Filter, KindFilter, NearFilter, TextFilter
from pocketlens.texts import text_condition

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: When a photo was taken, seconds; the file's own time stands in where the photo does not say.
_MOMENT = "coalesce(photos.taken_at, photos.mtime_ns / 1000000000)"


def selected_photos(
    connection: Connection, filters: Sequence[Filter], *, newest_first: bool = False
) -> NDArray[np.int64]:
    """The ids of the photos that pass: one of the wanted of each kind of filter, none of the unwanted.

    Raises:
        AlbumMissing: no album of that name.
        QueryInvalid: no place of that name.
    """
    where, values = conditions(connection, filters)
    order = f" ORDER BY {NEWEST_FIRST}" if newest_first else ""
    rows = connection.execute(
        f"SELECT id FROM photos WHERE {' AND '.join(where)}{order}",  # noqa: S608 - constants
        values,
    )
    import numpy as np

    return np.fromiter((ident for (ident,) in rows), np.int64)


def conditions(connection: Connection, filters: Sequence[Filter]) -> tuple[list[str], list[object]]:
    """SQL conditions on ``photos`` that all must hold, with their values in order: those not missing that pass.

    Raises:
        AlbumMissing: no album of that name.
    """
    where, values = ["photos.missing = 0"], list[object]()
    for kind, condition in _CONDITIONS.items():
        alike = [one for one in filters if isinstance(one, kind)]
        for group, joined in (
            ([one for one in alike if one.wanted], "({})"),
            ([one for one in alike if not one.wanted], "NOT ({})"),
        ):
            parts = [condition(connection, one) for one in group]
            if parts:
                where.append(joined.format(" OR ".join(text for text, _ in parts)))
                values += [value for _, some in parts for value in some]
    return where, values


_Condition = tuple[str, list[object]]


def _album(connection: Connection, one: AlbumFilter) -> _Condition:
    return "photos.album IN (SELECT value FROM json_each(?))", [json.dumps(_albums_called(connection, one.name))]


def _albums_called(connection: Connection, name: str) -> list[int]:
    """The albums of that name, be it their own, their path's or their source's label."""
    wanted = name.casefold()
    rows = connection.execute(
        "SELECT albums.id, albums.name, albums.path, sources.label"
        " FROM albums JOIN sources ON sources.id = albums.source"
    )
    found = [
        ident
        for ident, called, path, label in rows
        if wanted in (alias.casefold() for alias in (called, fit_to_show(path), label))
    ]
    if not found:
        raise AlbumMissing("There is no such album.", thing=name, remedy="List them: pocketlens albums")
    return found


def _date(_: Connection, one: DateFilter) -> _Condition:
    start, end = one.seconds
    parts = ([f"{_MOMENT} >= ?"] if start is not None else []) + ([f"{_MOMENT} < ?"] if end is not None else [])
    return f"({' AND '.join(parts) or '1'})", [second for second in (start, end) if second is not None]


def _kind(_: Connection, one: KindFilter) -> _Condition:
    # A photo whose kind nobody has told yet is a photo.
    return "coalesce(photos.kind, 'photo') = ?", [one.kind.value]


def _text(_: Connection, one: TextFilter) -> _Condition:
    condition, values = text_condition(one.words)
    # Not NULL for a photo that was not read: NOT of that would leave it out where the filter is turned around.
    return f"coalesce(photos.content_hash IN (SELECT content_hash FROM texts WHERE {condition}), 0)", values  # noqa: S608


def _near(connection: Connection, one: NearFilter) -> _Condition:
    from pocketlens.places import photos_near

    return "photos.id IN (SELECT value FROM json_each(?))", [json.dumps(photos_near(connection, one))]


def _favourite(_: Connection, __: FavouriteFilter) -> _Condition:
    return "photos.favourite", []


_CONDITIONS: dict[type[Filter], Callable[..., _Condition]] = {
    AlbumFilter: _album,
    DateFilter: _date,
    KindFilter: _kind,
    FavouriteFilter: _favourite,
    TextFilter: _text,
    NearFilter: _near,
}


def album_filters(names: Iterable[str]) -> tuple[AlbumFilter, ...]:
    """Filters for albums that were chosen beside the query."""
    return tuple(AlbumFilter(name) for name in names)
