"""From a picture in memory to a file as a phone would have left it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pillow_heif
from PIL import Image, ImageOps

pillow_heif.register_heif_opener()

LONGEST_SIDE = 640
# 80 keeps ninety photos of 640 px near 6 MB without artefacts that show at that size.
JPEG_QUALITY = 80
HEIC_QUALITY = 60
# A damaged file keeps its header and this part of the rest: enough to be listed, too little to decode.
DAMAGED_PART = 0.45
FORMATS = {
    ".jpg": "JPEG",
    ".png": "PNG",
    ".webp": "WEBP",
    ".heic": "HEIF",
    ".tif": "TIFF",
    ".bmp": "BMP",
    ".gif": "GIF",
}
SAVING: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": JPEG_QUALITY, "optimize": True},
    "PNG": {"optimize": True},
    "WEBP": {"quality": JPEG_QUALITY},
    "HEIF": {"quality": HEIC_QUALITY},
    "TIFF": {"compression": "tiff_adobe_deflate"},
}
# How to turn upright pixels so that the EXIF value shows them upright again.
STORED_TURN = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}


@dataclass(frozen=True)
class Shot:
    """What EXIF says: orientation, moment (camera's local time), place in degrees, author."""

    orientation: int | None = None
    taken: datetime | None = None
    gps: tuple[float, float] | None = None
    artist: str = ""

    def exif(self) -> bytes:
        """The EXIF block, empty when there is nothing to say."""
        tags = Image.Exif()
        if self.orientation is not None:
            tags[0x0112] = self.orientation
        if self.taken is not None:
            tags[0x010F], tags[0x0110] = "PocketLens", "Sample Camera"
            tags.get_ifd(0x8769)[0x9003] = self.taken.strftime("%Y:%m:%d %H:%M:%S")
        if self.gps is not None:
            latitude, longitude = self.gps
            tags.get_ifd(0x8825).update(
                {1: "N" if latitude >= 0 else "S", 2: _sexagesimal(latitude)}
                | {3: "E" if longitude >= 0 else "W", 4: _sexagesimal(longitude)}
            )
        if self.artist.isascii() and self.artist and len(tags):
            tags[0x013B] = self.artist
        return tags.tobytes() if len(tags) else b""


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    seconds = round(abs(degrees) * 3600, 2)
    return (seconds // 3600, seconds % 3600 // 60, round(seconds % 60, 2))


def file_bytes(picture: Image.Image, path: str, shot: Shot, photo: dict[str, Any]) -> bytes:
    """`picture`, at most LONGEST_SIDE px (or photo["side"]), encoded as the suffix of `path` asks for.

    photo["mode"] may be "grey", "cmyk" or "16-bit"; photo["damaged"] cuts the file short.
    """
    upright = ImageOps.exif_transpose(picture).convert("RGB")
    side = photo.get("side", LONGEST_SIDE)
    upright.thumbnail((side, side), Image.Resampling.LANCZOS)
    stored = upright
    if shot.orientation in STORED_TURN:
        stored = upright.transpose(STORED_TURN[shot.orientation])
    stored = _in_mode(stored, photo.get("mode"))
    data = _encoded(stored, FORMATS[PurePosixPath(path).suffix.lower()], shot.exif())
    return data[: int(len(data) * DAMAGED_PART)] if photo.get("damaged") else data


def _in_mode(picture: Image.Image, mode: str | None) -> Image.Image:
    if mode == "grey":
        return picture.convert("L")
    if mode == "cmyk":
        return picture.convert("CMYK")
    if mode == "16-bit":
        # 257 spreads 0..255 over 0..65535.
        return Image.fromarray(np.asarray(picture.convert("L"), dtype=np.uint16) * 257)
    return picture


def _encoded(picture: Image.Image, kind: str, exif: bytes) -> bytes:
    options: dict[str, Any] = {"exif": exif} if exif and kind not in {"BMP", "GIF"} else {}
    options |= SAVING.get(kind, {})
    if kind == "GIF":
        picture = picture.quantize(128)
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()
