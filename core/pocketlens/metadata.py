"""What a photo's own header says about it: size, date, place, camera."""

from __future__ import annotations

import calendar
import math
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PIL import ExifTags, Image

from pocketlens.kinds import Kind, kind_of_header

#: Files whose container has a name of its own for what people call by another.
_PLAIN_FORMAT: Final = {"MPO": "JPEG", "DIB": "BMP"}
#: EXIF 2.32, 4.6.4: "YYYY:MM:DD HH:MM:SS". Dashes, slashes and a "T" are seen in the wild.
_EXIF_DATE: Final = re.compile(r"(\d{4})[:\-/.](\d{2})[:\-/.](\d{2})[ T](\d{2}):(\d{2}):(\d{2})")
#: Android's "Motion Photo format" 1.0, and MicroVideo, which it was called before: an attribute or an element of XMP.
_MOTION: Final = re.compile(rb"(?:MotionPhoto|MicroVideo)(?:\s*=\s*[\"']|>)1")
#: A camera name is shown in one line; some writers put a whole paragraph there.
_LONGEST_CAMERA: Final = 80
#: What reading a damaged EXIF block raises in Pillow's parser, by fuzzing it (test_metadata.py).
_DAMAGED_EXIF: Final = (
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    ArithmeticError,
    OSError,
    EOFError,
    RuntimeError,
    struct.error,
)


@dataclass(frozen=True, slots=True)
class PhotoMetadata:
    """What the header of one photo says.

    Attributes:
        width, height: pixels, as the photo is meant to be looked at (EXIF orientation applied).
        format: "JPEG", "PNG", "HEIF", …: what the bytes are, whatever the file is called.
        taken_at: seconds since 1970, the camera's local time as if it were UTC; None when unknown.
        latitude, longitude: degrees, north and east positive; both known or both None.
        camera: maker and model in one line; None when unknown.
        kind: what the header says it is (`kinds.kind_of_header`); None when it does not.
        motion: it is the still of a few seconds' video that lies in the same file.
        duration_ms: of a video, milliseconds, 0 when it does not say; None for a photo.
    """

    width: int
    height: int
    format: str
    taken_at: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    camera: str | None = None
    kind: Kind | None = None
    duration_ms: int | None = None
    motion: bool = False


def read_metadata(image: Image.Image, *, width: int, height: int) -> PhotoMetadata:
    """The metadata of an image that Pillow has loaded.

    A damaged or absurd value is left out; it never makes the photo unreadable.

    Args:
        image: the loaded image, for its EXIF block and its format.
        width, height: its full upright size; a scaled decode no longer knows it.
    """
    tags, photo, gps = _exif_blocks(image)
    latitude, longitude = _position(gps)
    return PhotoMetadata(
        width=width,
        height=height,
        format=_PLAIN_FORMAT.get(image.format or "", image.format or "unknown"),
        taken_at=_taken_at(tags, photo),
        latitude=latitude,
        longitude=longitude,
        camera=_camera(tags),
        kind=kind_of_header(
            software=_text(tags.get(ExifTags.Base.Software)),
            lens=_text(photo.get(ExifTags.Base.LensModel)),
            comment=_comment(photo.get(ExifTags.Base.UserComment)),
        ),
        motion=_is_motion_photo(image.info.get("xmp")),
    )


def _is_motion_photo(xmp: object) -> bool:
    return isinstance(xmp, bytes) and _MOTION.search(xmp) is not None


def read_orientation(image: Image.Image) -> int:
    """The EXIF orientation 1..8 of a loaded image; 1 (upright) when absent or absurd."""
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    except _DAMAGED_EXIF:
        return 1
    return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1


def _exif_blocks(
    image: Image.Image,
) -> tuple[Mapping[int, object], Mapping[int, object], Mapping[int, object]]:
    """The main, photo and GPS directories; each empty when absent or damaged."""
    try:
        exif = image.getexif()
        tags = dict(exif)
    except _DAMAGED_EXIF:
        return {}, {}, {}
    directories: list[Mapping[int, object]] = []
    for directory in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo):
        try:
            directories.append(dict(exif.get_ifd(directory)))
        except _DAMAGED_EXIF:
            directories.append({})
    return tags, directories[0], directories[1]


def _taken_at(tags: Mapping[int, object], photo: Mapping[int, object]) -> int | None:
    candidates = (
        photo.get(ExifTags.Base.DateTimeOriginal),
        photo.get(ExifTags.Base.DateTimeDigitized),
        tags.get(ExifTags.Base.DateTime),
    )
    return next((at for at in map(_seconds, candidates) if at is not None), None)


def _seconds(value: object) -> int | None:
    """Seconds since 1970 of an EXIF date as if it were UTC; None for anything that is no date."""
    match = _EXIF_DATE.match(_text(value))
    if match is None:
        return None
    try:
        moment = datetime(*map(int, match.groups()))  # type: ignore[arg-type]
    except ValueError:  # "0000:00:00 00:00:00" is what a camera without a clock writes
        return None
    return calendar.timegm(moment.timetuple())


def _position(gps: Mapping[int, object]) -> tuple[float, float] | tuple[None, None]:
    latitude = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), "NS", 90.0)
    longitude = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), "EW", 180.0)
    if latitude is None or longitude is None:
        return None, None
    if latitude == 0.0 == longitude:  # what a receiver without a fix writes; no photo album lies there
        return None, None
    return latitude, longitude


def _degrees(value: object, reference: object, letters: str, limit: float) -> float | None:
    """Signed decimal degrees from EXIF's (degrees, minutes, seconds) and its hemisphere letter.

    Without the letter the hemisphere is unknown, so the position is too.
    """
    letter = _text(reference)[:1].upper()
    if not letter or letter not in letters or not isinstance(value, tuple) or not 1 <= len(value) <= 3:
        return None
    degrees = 0.0
    for part, scale in zip(value, (1.0, 60.0, 3600.0), strict=False):
        try:
            number = float(part)  # a zero denominator is NaN in Pillow's rationals
        except (TypeError, ValueError, ArithmeticError):
            return None
        if not math.isfinite(number) or number < 0:
            return None
        degrees += number / scale
    if degrees > limit:
        return None
    return -degrees if letter == letters[1] else degrees


def _camera(tags: Mapping[int, object]) -> str | None:
    make = _text(tags.get(ExifTags.Base.Make))
    model = _text(tags.get(ExifTags.Base.Model))
    # "Canon" and "Canon EOS 5D": most makers repeat themselves.
    name = model if model.casefold().startswith(make.casefold()) else f"{make} {model}".strip()
    return name[:_LONGEST_CAMERA].rstrip() or None


def _comment(value: object) -> str:
    # EXIF 2.32, 4.6.5: eight bytes name the encoding of the text after them.
    return _text(value[8:] if isinstance(value, bytes) and value[:5] == b"ASCII" else value)


def _text(value: object) -> str:
    """An EXIF string on one line without padding; empty for anything else."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    value = value.split("\0", 1)[0]
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())
