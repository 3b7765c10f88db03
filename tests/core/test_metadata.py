"""What a photo's header says is kept when it makes sense and left out when it does not."""

from __future__ import annotations

import io
import math
import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from core.scenes import decoded, exif, saved, scene
from pocketlens.decoding import decode
from pocketlens.metadata import PhotoMetadata

TAKEN, DIGITIZED = 0x9003, 0x9004
NORTH_SOUTH, LATITUDE, EAST_WEST, LONGITUDE = 1, 2, 3, 4
BEIJING = {NORTH_SOUTH: "N", LATITUDE: (39.0, 54.0, 27.0), EAST_WEST: "E", LONGITUDE: (116.0, 23.0, 50.0)}
#: 2024-05-06 07:08:09 as if it were UTC.
MAY_2024 = 1_714_979_289


def metadata(block: bytes = b"", file_format: str = "JPEG") -> PhotoMetadata:
    return decoded(saved(scene(40, 30), file_format, exif=block)).metadata


def near(number: float) -> Any:
    return pytest.approx(number)


def taken_at(date: Any) -> int | None:
    return metadata(exif(photo={TAKEN: date})).taken_at


def position(gps: dict[int, Any]) -> tuple[float | None, float | None]:
    found = metadata(exif(gps=gps))
    return found.latitude, found.longitude


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"])
def test_the_header_is_read_from_every_format_that_has_one(file_format: str) -> None:
    block = exif(Make="Fairphone", Model="FP5", photo={TAKEN: "2024:05:06 07:08:09"}, gps=BEIJING)
    found = metadata(block, file_format)
    assert found == PhotoMetadata(
        width=40,
        height=30,
        format=file_format,
        taken_at=MAY_2024,
        latitude=near(39.9075),
        longitude=near(116.397222),
        camera="Fairphone FP5",
    )


def test_a_photo_without_a_header_has_only_a_size_and_a_format() -> None:
    assert metadata() == PhotoMetadata(width=40, height=30, format="JPEG")


@pytest.mark.parametrize(("orientation", "size"), [(1, (40, 30)), (3, (40, 30)), (6, (30, 40)), (8, (30, 40))])
def test_the_size_is_that_of_the_upright_photo(orientation: int, size: tuple[int, int]) -> None:
    found = metadata(exif(Orientation=orientation))
    assert (found.width, found.height) == size


def test_the_size_is_the_files_own_and_not_that_of_a_scaled_decode() -> None:
    found = decoded(saved(scene(1600, 1200), "JPEG", exif=exif(Orientation=6))).metadata
    assert (found.width, found.height) == (1200, 1600)


@pytest.mark.parametrize(
    "date",
    [
        "2024:05:06 07:08:09",
        "2024-05-06 07:08:09",
        "2024/05/06 07:08:09",
        "2024-05-06T07:08:09Z",
    ],
)
def test_a_date_is_read_as_cameras_write_it(date: str) -> None:
    assert taken_at(date) == MAY_2024


@pytest.mark.parametrize(
    "date",
    [
        "",
        "    :  :     :  :  ",
        "0000:00:00 00:00:00",
        "2024:13:01 00:00:00",
        "2023:02:29 12:00:00",
        "2024:05:06 25:00:00",
        "2024:05:06 07:08:60",
        "2024:05:06",
        "yesterday",
        "９９９９9:05:06 07:08:09",
        b"\xff\xfe\xfd",
    ],
)
def test_what_is_no_date_is_no_date(date: Any) -> None:
    assert taken_at(date) is None


def test_a_date_before_1970_is_a_date() -> None:
    assert taken_at("1969:12:31 23:59:59") == -1


def test_the_day_of_digitizing_and_then_the_files_own_date_stand_in_for_the_day_of_taking() -> None:
    missing = "0000:00:00 00:00:00"
    digitized = exif(DateTime="2001:01:01 00:00:00", photo={TAKEN: missing, DIGITIZED: "2024:05:06 07:08:09"})
    assert metadata(digitized).taken_at == MAY_2024
    assert metadata(exif(DateTime="2024:05:06 07:08:09", photo={TAKEN: missing})).taken_at == MAY_2024


def test_south_and_west_are_negative() -> None:
    rio = {NORTH_SOUTH: "S", LATITUDE: (22.0, 54.5, 0.0), EAST_WEST: "W", LONGITUDE: (43.0, 12.0, 0.0)}
    assert position(rio) == (near(-22.908333), near(-43.2))


@pytest.mark.parametrize(
    "broken",
    [
        {LATITUDE: (91.0, 0.0, 0.0)},
        {LATITUDE: (89.0, 60.0, 1.0)},
        {LONGITUDE: (180.0, 0.0, 0.1)},
        {LATITUDE: (IFDRational(39, 0), 0.0, 0.0)},
        {LATITUDE: (IFDRational(0, 0), IFDRational(0, 0), IFDRational(0, 0))},
        {LONGITUDE: (116.0, 23.0, 50.0, 7.0)},
        {LATITUDE: 39.0},
        {NORTH_SOUTH: "X"},
        {NORTH_SOUTH: ""},
        {EAST_WEST: "N"},
    ],
)
def test_a_position_that_cannot_be_is_none(broken: dict[int, Any]) -> None:
    assert position(BEIJING | broken) == (None, None)


@pytest.mark.parametrize("missing", BEIJING)
def test_half_a_position_is_none(missing: int) -> None:
    assert position({tag: value for tag, value in BEIJING.items() if tag != missing}) == (None, None)


def test_the_zeros_of_a_receiver_without_a_fix_are_no_position() -> None:
    zero = (0.0, 0.0, 0.0)
    assert position(BEIJING | {LATITUDE: zero, LONGITUDE: zero}) == (None, None)
    assert position(BEIJING | {LATITUDE: zero}) == (0.0, near(116.397222))


@pytest.mark.parametrize(
    ("make", "model", "camera"),
    [
        ("Canon", "Canon EOS 5D", "Canon EOS 5D"),
        ("SONY", "ILCE-7M4", "SONY ILCE-7M4"),
        ("  HUAWEI  ", "VOG-L29\0\0", "HUAWEI VOG-L29"),
        ("Maker", "", "Maker"),
        ("", "Model", "Model"),
        ("", "", None),
        ("a\nb", "c\x1b[31md", "a b c [31md"),
        ("x" * 500, "y", "x" * 80),
    ],
)
def test_a_camera_is_one_short_line(make: str, model: str, camera: str | None) -> None:
    assert metadata(exif(Make=make, Model=model)).camera == camera


def test_tags_of_the_wrong_type_are_left_out() -> None:
    make, model, orientation, date, short, text = 0x10F, 0x110, 0x112, 0x132, 3, 2
    tags = [(make, short, b"\7\0\0\0"), (model, short, b"\1\0\0\0"), (orientation, text, b"6\0\0\0")]
    tags.append((date, short, b"\xe8\x07\0\0"))
    entries = b"".join(struct.pack("<HHI4s", tag, kind, 1, value) for tag, kind, value in tags)
    block = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + bytes(4)
    assert metadata(block) == PhotoMetadata(width=40, height=30, format="JPEG")


_BLOCK = exif(Orientation=6, Make="Maker", Model="Model", photo={TAKEN: "2024:05:06 07:08:09"}, gps=BEIJING)
_EDITS = st.lists(st.tuples(st.integers(6, len(_BLOCK) - 1), st.integers(0, 255)), min_size=1, max_size=12)


@settings(deadline=None)
@given(edits=_EDITS, end=st.integers(6, len(_BLOCK)))
def test_a_damaged_header_never_makes_a_photo_unreadable(edits: list[tuple[int, int]], end: int) -> None:
    block = bytearray(_BLOCK)
    for place, value in edits:
        block[place] = value
    found = metadata(bytes(block[:end]))
    assert {found.width, found.height} == {40, 30}
    assert (found.latitude is None) == (found.longitude is None)
    if found.latitude is not None and found.longitude is not None:
        assert math.fabs(found.latitude) <= 90
        assert math.fabs(found.longitude) <= 180
    assert found.camera is None or (found.camera.isprintable() and len(found.camera) <= 80)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_a_header_of_random_bytes_is_read_over(noise: bytes) -> None:
    assert metadata(b"Exif\0\0" + noise).format == "JPEG"


@pytest.mark.parametrize(
    ("xmp", "motion"),
    [
        (b'<rdf:Description GCamera:MotionPhoto="1" GCamera:MotionPhotoVersion="1"/>', True),
        (b"<rdf:Description GCamera:MicroVideo='1'/>", True),
        (b"<GCamera:MotionPhoto>1</GCamera:MotionPhoto>", True),
        (b'<rdf:Description GCamera:MotionPhoto="0"/>', False),
        (b'<rdf:Description GCamera:MotionPhotoVersion="1"/>', False),
        (b"", False),
    ],
)
def test_a_motion_photo_is_told_by_its_xmp(xmp: bytes, motion: bool) -> None:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(stream, "JPEG", xmp=xmp)
    # The video lies behind the still.
    data = stream.getvalue() + b"\0\0\0\x18ftypmp42" + bytes(100)
    assert decode(data, size=16, resize="squash", name="MVIMG_1.jpg").metadata.motion is motion
