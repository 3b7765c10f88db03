"""The sample album is what it says it is: free, small, varied in format, and honest about its sources."""

from __future__ import annotations

import io
import tomllib
from collections import Counter
from typing import Any

import pillow_heif
import pytest
from PIL import Image, ImageOps

from pocketlens_desktop.sample import ALBUM, GOLDEN, SOURCES

pillow_heif.register_heif_opener()

FREE_LICENCES = {
    "public-domain",
    "CC0-1.0",
    "CC-BY-2.0",
    "CC-BY-3.0",
    "CC-BY-4.0",
    "CC-BY-SA-2.0",
    "CC-BY-SA-2.5",
    "CC-BY-SA-3.0",
    "CC-BY-SA-4.0",
    "GFDL-1.2-or-later",
    "GPL-2.0-or-later",
    "GPL-3.0-or-later",
    "LGPL-3.0-only",
    "Apache-2.0",
}
OWN_AUTHOR = "The PocketLens authors"
DAMAGED = "DCIM/Camera/IMG_20210330_213017.jpg"
ORIENTATION, DATE_TAKEN, EXIF_IFD, GPS_IFD = 0x0112, 0x9003, 0x8769, 0x8825


@pytest.fixture(scope="module")
def entries() -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = tomllib.loads(SOURCES.read_text("utf-8"))["file"]
    return entries


@pytest.fixture(scope="module")
def queries() -> list[dict[str, Any]]:
    queries: list[dict[str, Any]] = tomllib.loads(GOLDEN.read_text("utf-8"))["query"]
    return queries


def paths() -> list[str]:
    return sorted(file.relative_to(ALBUM).as_posix() for file in ALBUM.rglob("*") if file.is_file())


def readable() -> list[str]:
    return [path for path in paths() if path != DAMAGED]


def opened(path: str) -> Image.Image:
    return Image.open(io.BytesIO((ALBUM / path).read_bytes()))


def test_every_file_has_one_entry_and_every_entry_a_file(entries: list[dict[str, Any]]) -> None:
    assert [entry["path"] for entry in entries] == paths()


def test_every_entry_names_title_author_source_changes_and_a_free_licence(entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        assert entry["licence"] in FREE_LICENCES, entry["path"]
        for key in ("title", "author", "package", "member", "evidence", "changes", "en", "zh"):
            assert entry[key].strip(), (entry["path"], key)


def test_about_eighty_photos_and_twenty_drawn_documents(entries: list[dict[str, Any]]) -> None:
    drawn = [entry for entry in entries if entry["author"] == OWN_AUTHOR]

    assert len(entries) - len(drawn) >= 80
    assert len(drawn) >= 16


def test_the_album_is_small() -> None:
    assert sum((ALBUM / path).stat().st_size for path in paths()) <= 10_000_000
    assert max(max(opened(path).size) for path in readable()) <= 640


@pytest.mark.parametrize("path", readable())
def test_a_picture_decodes_to_its_last_row(path: str) -> None:
    opened(path).load()


def test_the_damaged_photo_begins_like_a_jpeg_and_cannot_be_decoded() -> None:
    picture = opened(DAMAGED)

    assert picture.format == "JPEG"
    with pytest.raises(OSError, match="truncated"):
        picture.load()


def test_every_format_that_a_phone_may_hold_is_there() -> None:
    formats = Counter(opened(path).format for path in readable())

    assert set(formats) == {"JPEG", "PNG", "WEBP", "HEIF", "TIFF", "BMP", "GIF"}


def test_grey_cmyk_and_sixteen_bit_pictures_are_there() -> None:
    kinds = {(opened(path).format, opened(path).mode) for path in readable()}

    assert {("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "I;16")} <= kinds


def test_the_four_orientations_of_a_hand_held_phone_are_there() -> None:
    turned = {opened(path).getexif().get(ORIENTATION) for path in readable()}

    assert {1, 3, 6, 8} <= turned


def test_a_photo_of_a_tower_is_stored_lying_and_shown_standing() -> None:
    eiffel = opened("旅行/欧洲 2024/IMG_20240921_181512.jpg")
    width, height = eiffel.size
    shown = ImageOps.exif_transpose(eiffel)

    assert width > height
    assert shown.size == (height, width)
    # Upright, sky is above and lawn below: the top is bluer than the bottom.
    top, bottom = shown.getpixel((10, 10)), shown.getpixel((10, width - 10))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[2] - top[1] > bottom[2] - bottom[1]


def test_dates_spread_over_five_years_and_places_over_the_world() -> None:
    tags = [opened(path).getexif() for path in readable()]
    years = {str(tag.get_ifd(EXIF_IFD)[DATE_TAKEN])[:4] for tag in tags if DATE_TAKEN in tag.get_ifd(EXIF_IFD)}
    places = [tag.get_ifd(GPS_IFD) for tag in tags if tag.get_ifd(GPS_IFD)]

    assert years == {"2021", "2022", "2023", "2024", "2025"}
    assert len(places) >= 10
    assert {place[1] for place in places} == {"N", "S"}
    assert {place[3] for place in places} == {"E", "W"}


def test_names_hold_chinese_spaces_an_emoji_and_an_apostrophe() -> None:
    names = "\n".join(paths())

    for part in ("旅行", " ", "🌸", "'"):
        assert part in names


def test_no_name_is_refused_by_another_system() -> None:
    for path in paths():
        assert not set(path) & set('<>:"|?*\\'), path


def test_golden_queries_cover_both_languages_and_every_kind(queries: list[dict[str, Any]]) -> None:
    languages = Counter(query["language"] for query in queries)
    kinds = Counter(query["kind"] for query in queries)

    assert len(queries) >= 30
    assert abs(languages["en"] - languages["zh"]) <= 6
    assert set(kinds) == {"photo", "document", "screenshot"}
    assert len({query["text"] for query in queries}) == len(queries)


def test_every_golden_answer_is_a_readable_file_of_the_album(queries: list[dict[str, Any]]) -> None:
    known = set(readable())
    for query in queries:
        assert query["expected"], query["text"]
        assert set(query["expected"]) <= known, query["text"]
