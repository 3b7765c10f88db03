"""Where photos were taken: the city that each is in, and those around a place that is named."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Final

import numpy as np

from pocketlens.catalogue import FORGET_PLACES, Catalogue
from pocketlens.errors import QueryInvalid
from pocketlens.gazetteer import NEAR_KM, distances_km, gazetteer
from pocketlens.query import NearFilter

_POSITION: Final = re.compile(r"\s*([-+]?\d{1,3}(?:\.\d+)?)\s*[,，]\s*([-+]?\d{1,3}(?:\.\d+)?)\s*")
#: Kilometres of a degree of latitude, at least: what a circle's bounding band is cut by.
_DEGREE_KM: Final = 110.5
#: Photos whose city is looked up and written at a time.
_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class _Circle:
    latitude: float
    longitude: float
    radius_km: float


def name_places(catalogue: Catalogue) -> int:
    """Look up the city of every photo that has a position and none yet. Returns how many were looked up."""
    named = 0
    while rows := catalogue.connection.execute(
        "SELECT id, latitude, longitude FROM photos WHERE place IS NULL AND latitude IS NOT NULL LIMIT ?", (_BATCH,)
    ).fetchall():
        # A position of which only one half is known, or that is none, is nowhere.
        good = [(ident, float(a), float(b)) for ident, a, b in rows if b is not None and math.isfinite(a + b)]
        cities = dict(zip(good, gazetteer().nearest([position for _, *position in good]), strict=True))  # type: ignore[misc]
        with catalogue.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO places VALUES (?, ?, ?, ?)",
                {(city.id, city.name, city.name_zh, city.country) for city in cities.values() if city},
            )
            places = {ident: city.id for (ident, *_), city in cities.items() if city}
            connection.executemany(
                "UPDATE photos SET place = ? WHERE id = ?", [(places.get(ident, 0), ident) for ident, *_ in rows]
            )
        named += len(rows)
    with catalogue.transaction() as connection:
        connection.execute(FORGET_PLACES)
    return named


def photos_near(connection: Connection, one: NearFilter) -> list[int]:
    """The photos around the place that the filter names, or in the country of that name.

    Where several cities have the name, around any of them.

    Raises:
        QueryInvalid: there is no such place.
    """
    position = _position(one.place)
    if position is not None:
        return _within(connection, [_Circle(*position, one.radius_km or NEAR_KM)])
    cities = gazetteer().cities(one.place)
    if cities:
        return _within(
            connection,
            [_Circle(c.latitude, c.longitude, one.radius_km or max(NEAR_KM, c.extent_km)) for c in cities],
        )
    country = gazetteer().country(one.place)
    if country is None:
        raise QueryInvalid(
            f"There is no such place: {one.place}.",
            thing=one.place,
            remedy="Name a city or a country in English or Chinese, or give a position: near:30.25,120.16",
        )
    rows = connection.execute(
        "SELECT photos.id FROM photos JOIN places ON places.id = photos.place WHERE places.country = ?", (country.code,)
    )
    return [ident for (ident,) in rows]


def _position(text: str) -> tuple[float, float] | None:
    match = _POSITION.fullmatch(text)
    if match is None:
        return None
    latitude, longitude = float(match[1]), float(match[2])
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _within(connection: Connection, circles: list[_Circle]) -> list[int]:
    found: set[int] = set()
    for circle in circles:
        # A band of latitude is enough of a first cut, and has no seam at the date line.
        band = circle.radius_km / _DEGREE_KM
        rows = connection.execute(
            "SELECT id, latitude, longitude FROM photos WHERE latitude BETWEEN ? AND ? AND longitude IS NOT NULL",
            (circle.latitude - band, circle.latitude + band),
        ).fetchall()
        if rows:
            ids, latitudes, longitudes = (np.array(column, np.float64) for column in zip(*rows, strict=True))
            near = distances_km(circle.latitude, circle.longitude, latitudes, longitudes) <= circle.radius_km
            found.update(int(ident) for ident in ids[near])
    return sorted(found)
