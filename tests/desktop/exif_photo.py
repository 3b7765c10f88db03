"""JPEGs as cameras write them: with an EXIF block that holds a small picture. No library here writes those."""

from __future__ import annotations

import io
import struct

from PIL import Image


def jpeg(picture: Image.Image, quality: int = 90) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def with_small_picture(photo: bytes, small: bytes, *, orientation: int = 1) -> bytes:
    """The JPEG ``photo`` with an EXIF block: its orientation, and ``small`` as its thumbnail."""
    # Little-endian TIFF: a header of 8 bytes, IFD0 with one entry, IFD1 with three, then the picture.
    first, second = 8, 8 + 2 + 12 + 4
    data = second + 2 + 3 * 12 + 4
    short, long = 3, 4
    tiff = struct.pack("<2sHI", b"II", 42, first)
    tiff += struct.pack("<HHHIII", 1, 0x0112, short, 1, orientation, second)
    tiff += struct.pack("<H", 3)
    for tag, kind, value in ((0x0103, short, 6), (0x0201, long, data), (0x0202, long, len(small))):
        tiff += struct.pack("<HHII", tag, kind, 1, value)
    tiff += struct.pack("<I", 0) + small
    block = b"Exif\0\0" + tiff
    return photo[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + photo[2:]
