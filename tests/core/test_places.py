"""Photos are found by where they were taken, in both languages, without asking anybody."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.scenes import exif, saved, scene
from core.small_album import Indexer, SmallAlbum
from pocketlens.catalogue import Catalogue, PlaceName
from pocketlens.errors import QueryInvalid
from pocketlens.forgetting import forget
from pocketlens.gazetteer import gazetteer
from pocketlens.paths import Home
from pocketlens.places import name_places
from pocketlens.query import parse_query
from pocketlens.selection import selected_photos

#: West Lake in Hangzhou, and Berkeley, which lies beside larger cities. Degrees.
WEST_LAKE, BERKELEY, THE_PACIFIC = (30.245, 120.145), (37.8715, -122.273), (0.0, -140.0)


def taken_at(latitude: float, longitude: float, seed: int) -> bytes:
    """A JPEG with that position in its EXIF block."""
    gps = {
        1: "N" if latitude >= 0 else "S",
        2: (abs(latitude), 0.0, 0.0),
        3: "E" if longitude >= 0 else "W",
        4: (abs(longitude), 0.0, 0.0),
    }
    return saved(scene(40 + seed, 30), "JPEG", exif=exif(gps=gps))


@pytest.fixture
def travelled(indexer: Indexer, album: SmallAlbum) -> Home:
    """An album with a photo of each of the three, and one without a position, indexed."""
    for seed, (name, position) in enumerate({"lake": WEST_LAKE, "bay": BERKELEY, "sea": THE_PACIFIC}.items()):
        album.write(f"{name}.jpg", taken_at(*position, seed))
    album.write("home.jpg", 1)
    indexer(album.spec)
    return indexer.home


def found(home: Home, text: str) -> set[str]:
    with Catalogue.open(home.catalogue, read_only=True) as catalogue:
        rows = [
            catalogue.photo(int(ident)) for ident in selected_photos(catalogue.connection, parse_query(text).filters)
        ]
    return {row.path.decode().removesuffix(".jpg") for row in rows if row}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("near:杭州", {"lake"}),
        ("near:hangzhou", {"lake"}),
        ("near:杭州市", {"lake"}),
        ("near:杭州~1km", set()),
        ("near:China", {"lake"}),
        ("地点：美国", {"bay"}),
        ('near:"San Francisco~30km"', {"bay"}),
        ("near:30.25,120.15~1km", {"lake"}),
        ("near:30.25,120.15 near:Berkeley", {"lake", "bay"}),
        ("-near:杭州", {"bay", "sea", "home"}),
        ("near:0,-140", {"sea"}),
    ],
)
def test_photos_are_found_around_a_place(travelled: Home, text: str, names: set[str]) -> None:
    assert found(travelled, text) == names


def test_a_place_that_nobody_knows_is_refused(travelled: Home) -> None:
    with pytest.raises(QueryInvalid, match="no such place"):
        found(travelled, "near:Nowhereville-on-Sea")


def test_the_cities_of_the_photos_are_counted_with_both_names(travelled: Home) -> None:
    with Catalogue.open(travelled.catalogue, read_only=True) as catalogue:
        places = {summary.place: summary.photos for summary in catalogue.places()}
    assert places == {PlaceName("Hangzhou", "杭州", "CN"): 1, PlaceName("Berkeley", "伯克利", "US"): 1}


@pytest.mark.parametrize(
    ("positions", "there"), [((WEST_LAKE, THE_PACIFIC), True), ((THE_PACIFIC,), False), ((), False)]
)
def test_whether_there_are_cities_is_known_without_counting_them(
    indexer: Indexer, album: SmallAlbum, positions: tuple[tuple[float, float], ...], there: bool
) -> None:
    for seed, position in enumerate(positions):
        album.write(f"{seed}.jpg", taken_at(*position, seed))
    album.write("home.jpg", 7)
    indexer(album.spec)
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        assert catalogue.has_places() is bool(catalogue.places()) is there


def test_a_photo_in_the_wild_is_not_looked_up_again(travelled: Home) -> None:
    with Catalogue.open(travelled.catalogue) as catalogue:
        assert name_places(catalogue) == 0


def test_an_edit_that_moves_a_photo_moves_its_place(travelled: Home, indexer: Indexer, album: SmallAlbum) -> None:
    album.write("lake.jpg", taken_at(*BERKELEY, 9))
    indexer(album.spec)
    assert found(travelled, "near:Berkeley") == {"lake", "bay"}
    with Catalogue.open(travelled.catalogue, read_only=True) as catalogue:
        assert [summary.photos for summary in catalogue.places()] == [2]


def test_a_forgotten_albums_places_are_forgotten(travelled: Home, album: SmallAlbum) -> None:
    forget(travelled, album.spec)
    with Catalogue.open(travelled.catalogue, read_only=True) as catalogue:
        assert catalogue.connection.execute("SELECT name FROM places").fetchall() == [("",)]
    assert "杭州".encode() not in travelled.catalogue.read_bytes()


@pytest.mark.parametrize(
    ("name", "chinese", "country"),
    [("Tokyo", "东京", "JP"), ("New York", "纽约", "US"), ("Cologne", "科隆", "DE"), ("上海市", "上海", "CN")],
)
def test_a_city_is_known_by_the_names_that_people_use(name: str, chinese: str, country: str) -> None:
    city = gazetteer().cities(name)[0]
    assert (city.name_zh, city.country) == (chinese, country)


def test_both_sides_of_the_date_line_are_near_each_other(home: Home) -> None:
    assert gazetteer().nearest([(-16.78, 179.99), (-16.78, -179.99)])[0] == gazetteer().nearest([(-16.78, -179.99)])[0]


def test_a_search_without_a_place_does_not_load_the_gazetteer(travelled: Home) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from pocketlens.catalogue import Catalogue\n"
        "from pocketlens.selection import selected_photos\n"
        "from pocketlens.query import parse_query\n"
        "with Catalogue.open(Path(sys.argv[1]), read_only=True) as catalogue:\n"
        "    selected_photos(catalogue.connection, parse_query('date:2023 kind:photo').filters)\n"
        "print('pocketlens.gazetteer' in sys.modules)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", program, str(Path(travelled.catalogue))], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "False"
