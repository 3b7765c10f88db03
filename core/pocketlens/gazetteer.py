"""Places: the cities of the world by name, in English and Chinese, and the one that a photo was taken in. Offline.

`gazetteer.npz` beside this module holds GeoNames's cities of 15,000 people or more (`packaging/gazetteer`). It is read
when it is first asked: a search that names no place never reads it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

#: Mean radius of the Earth (IUGG), km.
_EARTH_KM: Final = 6371.0088
#: People a square kilometre of a city, by which a city's extent is guessed. Chosen, not measured: with it Hangzhou
#: reaches 27 km and takes in the West Lake's suburbs, while Berkeley stays apart from Oakland.
_PEOPLE_A_KM2: Final = 4_000.0
#: Further than this outside a city a photo is in no place that people would name. Chosen, not measured.
_MOST_OUTSIDE_KM: Final = 50.0
#: How far around a city ``near:`` looks unless told, km; around a city that is larger, as far as that is.
NEAR_KM: Final = 25.0

_DATA: Final = Path(__file__).with_name("gazetteer.npz")
_ACCENTS: Final = re.compile("[\u0300-\u036f]")
_SUFFIX: Final = re.compile(r"(?<=..)(?:特别市|市|县|区|镇)$| city$")
#: Photos that are compared with every city at a time: 34,000 distances each, as float32.
_CHUNK: Final = 64


@dataclass(frozen=True, slots=True)
class City:
    """A city. ``name_zh`` is empty where no Chinese name is known; ``country``: ISO 3166-1, two letters."""

    id: int
    name: str
    name_zh: str
    country: str
    latitude: float
    longitude: float
    extent_km: float


@dataclass(frozen=True, slots=True)
class Country:
    """One country."""

    code: str
    name: str
    name_zh: str


class Gazetteer:
    """Every city, the most populous first."""

    def __init__(self, file: Path = _DATA) -> None:
        with np.load(file) as data:
            self._ids: NDArray[np.uint32] = data["ids"]
            self._latitudes: NDArray[np.float32] = data["latitudes"]
            self._longitudes: NDArray[np.float32] = data["longitudes"]
            self._country_of: NDArray[np.uint8] = data["country_of"]
            self._names = data["names"].tobytes().decode().split("\n")
            self._extents = np.sqrt(data["populations"].astype(np.float32) / np.float32(_PEOPLE_A_KM2 * np.pi))
            countries = data["countries"].tobytes().decode().split("\n")
        self.countries = [Country(*line.split("\t")) for line in countries]

    def cities(self, name: str) -> list[City]:
        """The cities of that name in English, Chinese or as they call themselves, the most populous first."""
        wanted = _folded(name.strip())
        short = _SUFFIX.sub("", wanted)
        spellings = "|".join(re.escape(one) for one in (wanted, short, f"{short} city", f"{short}市") if one)
        if not spellings:
            return []
        # Some 15 ms, where a dictionary of all names would take 600 to fill.
        found = re.finditer(rf"(?:^|\t)(?:{spellings})(?:\t|$)", self._folded_names, re.MULTILINE)
        starts = sorted({self._folded_names.count("\n", 0, match.start() + 1) for match in found})
        return [self._city(row) for row in starts]

    def country(self, name: str) -> Country | None:
        """The country of that name or two-letter code."""
        wanted = _folded(name.strip())
        return next((one for one in self.countries if wanted in map(_folded, (one.code, one.name, one.name_zh))), None)

    def nearest(self, positions: Sequence[tuple[float, float]]) -> list[City | None]:
        """The city that each position, degrees of latitude and longitude, is in or outside of; None in the wild.

        That is the one whose edge is nearest, or that the position is deepest in: a photo taken in a suburb is
        taken in the city.
        """
        found: list[City | None] = []
        for start in range(0, len(positions), _CHUNK):
            here = np.array(positions[start : start + _CHUNK], np.float32)
            outside = _kilometres(here[:, :1], here[:, 1:], self._latitudes, self._longitudes) - self._extents
            rows = outside.argmin(axis=1)
            found += [
                self._city(int(row)) if distance <= _MOST_OUTSIDE_KM else None
                for row, distance in zip(rows, outside[np.arange(len(rows)), rows], strict=True)
            ]
        return found

    @cached_property
    def _folded_names(self) -> str:
        return _folded("\n".join(self._names))

    def _city(self, row: int) -> City:
        name, name_zh, *_ = self._names[row].split("\t")
        return City(
            id=int(self._ids[row]),
            name=name,
            name_zh=name_zh,
            country=self.countries[self._country_of[row]].code,
            latitude=float(self._latitudes[row]),
            longitude=float(self._longitudes[row]),
            extent_km=float(self._extents[row]),
        )


@cache
def gazetteer() -> Gazetteer:
    """The shipped one, read once."""
    return Gazetteer()


def distances_km(
    latitude: float, longitude: float, latitudes: NDArray[np.float64], longitudes: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How far each position is from the one given, along the ground."""
    return np.asarray(_kilometres(np.float64(latitude), np.float64(longitude), latitudes, longitudes), np.float64)


def _kilometres(latitude: Any, longitude: Any, latitudes: Any, longitudes: Any) -> Any:
    # The haversine formula (R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68, 1984, p. 159), of arrays
    # that numpy broadcasts.
    a, b, c, d = (np.radians(some) for some in (latitude, longitude, latitudes, longitudes))
    chord = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2
    return 2 * _EARTH_KM * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0)))


def _folded(text: str) -> str:
    """Text as names are compared: without accents and capitals."""
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", text)).casefold()
