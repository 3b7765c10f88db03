"""Files that strangers made to be read badly, each with what is to become of it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.scenes import exif, files, saved, scene

FOREIGN: Final = "The file is not a picture of a format that PocketLens reads, or its beginning is damaged."
CUT: Final = "The file ends before the picture does."
DAMAGED: Final = "The picture is damaged."
EMPTY: Final = "The file is empty."
TOO_LARGE: Final = "at most 256 megapixels"


@dataclass(frozen=True)
class Hostile:
    """A file; ``reason``: what its row says, in part or whole; None where it is a photo all the same."""

    data: bytes
    reason: str | None


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A grey PNG whose header says so, whatever its chunks are."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)
        for kind, body in ((b"IHDR", header), *chunks, (b"IEND", b""))
    )


def tiff(*directories: tuple[int, list[tuple[int, int, int, int]]]) -> bytes:
    """An 8 x 8 grey TIFF of these directories: the place of the next one, and entries (tag, type, count, value)."""
    start, entry_bytes = 8 + 64, 12
    content = b"II*\0" + struct.pack("<I", start) + bytes(range(64))
    for following, entries in directories:
        content += struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *one) for one in entries)
        content += struct.pack("<I", following)
        assert len(content) == start + 6 + entry_bytes * len(entries)
        start = len(content)
    return content


#: An 8 x 8 picture's own entries: width, height, bits, compression, photometric, strip, samples, rows, bytes.
_GREY: Final = [
    (256, 4, 1, 8), (257, 4, 1, 8), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8), (277, 3, 1, 1),
    (278, 4, 1, 8), (279, 4, 1, 64),
]  # fmt: skip
_FIRST: Final = 8 + 64
_LENGTH: Final = 6 + 12 * len(_GREY)


def with_exif(block: bytes) -> bytes:
    return saved(scene(64, 64), "JPEG", exif=block)


def _frames(file_format: str, count: int) -> bytes:
    first = Image.new("L", (8, 8))
    others = [Image.new("L", (8, 8), 1 + number % 255) for number in range(count - 1)]
    if file_format == "WEBP":
        first, others = first.convert("RGB"), [frame.convert("RGB") for frame in others]
    return saved(first, file_format, save_all=True, append_images=others, duration=20)


def _with_box(data: bytes, name: bytes, offset: int, content: bytes) -> bytes:
    """An ISO media file with ``content`` at that place of a box's payload."""
    at = data.index(name) + 4 + offset
    return data[:at] + content + data[at + len(content) :]


def _scans(count: int) -> bytes:
    """A progressive JPEG whose first scan is said over and over."""
    data = saved(scene(512, 512), "JPEG", progressive=True)
    first = data.index(b"\xff\xda")
    second = data.index(b"\xff\xda", first + 2)
    # What is between two scans may be a table of the second one.
    scan = data[first : data.rfind(b"\xff\xc4", first, second) if b"\xff\xc4" in data[first:second] else second]
    return data[:second] + scan * count + data[second:]


def _remarks(count: int) -> bytes:
    remarks = PngInfo()
    for number in range(count):
        remarks.add_text(f"remark {number}", "x")
    return saved(scene(64, 64), "PNG", pnginfo=remarks)


def _bomb(kind: bytes, before: bytes) -> bytes:
    return png(8, 8, (kind, before + zlib.compress(bytes(80_000_000), 9)), (b"IDAT", zlib.compress(bytes(72))))


def _self_referring_exif() -> bytes:
    # The Exif, GPS and interoperability directories are all the first one.
    entries = [(0x8769, 4, 1, 8), (0x8825, 4, 1, 8), (0xA005, 4, 1, 8)]
    return (
        b"Exif\0\0II*\0"
        + struct.pack("<IH", 8, 3)
        + b"".join(struct.pack("<HHII", *e) for e in entries)
        + b"\x08\0\0\0"
    )


def _endless_exif() -> bytes:
    entries = [(0x010F, 2, 0xFFFFFFFF, 0xFFFFFFF0), (0x9003, 2, 0x7FFFFFFF, 26), (0x0112, 3, 0xFFFFFFFF, 0)]
    return b"Exif\0\0II*\0" + struct.pack("<IH", 8, 9999) + b"".join(struct.pack("<HHII", *e) for e in entries)


_MAKE: Final[dict[str, tuple[Callable[[], bytes], str | None]]] = {
    # -- too much of something
    "20,000 remarks.png": (lambda: _remarks(20_000), None),
    "100,000 chunks of nothing.png": (
        lambda: png(8, 8, (b"IDAT", zlib.compress(bytes(72))), *((b"IDAT", b""),) * 100_000), None
    ),
    "text bomb.png": (lambda: _bomb(b"zTXt", b"comment\0\0"), DAMAGED),
    "profile bomb.png": (lambda: _bomb(b"iCCP", b"icc\0\0"), DAMAGED),
    "flood.png": (lambda: png(8, 8, (b"IDAT", zlib.compress(bytes(80_000_000), 9))), None),
    "2,000 frames.gif": (lambda: _frames("GIF", 2000), None),
    "500 frames.webp": (lambda: _frames("WEBP", 500), None),
    "500 frames.png": (lambda: _frames("PNG", 500), None),
    "100 scans.jpg": (lambda: _scans(100), None),
    "2,000 directories.tif": (
        lambda: tiff(*((_FIRST + number * _LENGTH, _GREY) for number in range(1, 2000)), (0, _GREY)), None
    ),
    "large profile.jpg": (lambda: saved(scene(64, 64), "JPEG", icc_profile=bytes(range(256)) * 40_000), None),
    "large profile.webp": (lambda: saved(scene(64, 64), "WEBP", icc_profile=b"acsp" * 2_000_000), None),
    # -- claims
    "400 megapixels.png": (lambda: png(20_000, 20_000), TOO_LARGE),
    "18 exapixels.png": (lambda: png(2**31 - 1, 2**31 - 1), TOO_LARGE),
    "no pixels.png": (lambda: png(0, 0), ""),
    "all of a gif.gif": (lambda: b"GIF89a" + struct.pack("<HH", 65535, 65535) + files()["GIF"][10:], TOO_LARGE),
    "upside down.bmp": (
        lambda: files()["BMP"].replace(struct.pack("<ii", 96, 72), struct.pack("<ii", 96, -(2**31))), TOO_LARGE
    ),
    "a strip behind the end.tif": (lambda: tiff((0, [*_GREY[:5], (273, 4, 1, 0xFFFFFFF0), *_GREY[6:]])), ""),
    "four billion strips.tif": (lambda: tiff((0, [*_GREY[:5], (273, 4, 0xFFFFFFFF, 8), *_GREY[6:]])), ""),
    "65,535 items.heic": (lambda: _with_box(files()["HEIC"], b"iinf", 4, b"\xff\xff"), ""),
    "65,535 places.heic": (lambda: _with_box(files()["HEIC"], b"iloc", 6, b"\xff\xff"), ""),
    "huge.heic": (lambda: _with_box(files()["HEIC"], b"ispe", 4, b"\x7f\xff\xff\xff" * 2), ""),
    "huge.avif": (lambda: _with_box(files()["AVIF"], b"ispe", 4, b"\x7f\xff\xff\xff" * 2), ""),
    "endless box.heic": (lambda: files()["HEIC"][:24] + b"\xff\xff\xff\xfffree" * 1000, ""),
    # -- circles
    "a directory that follows itself.tif": (lambda: tiff((_FIRST, _GREY)), None),
    "two directories in a circle.tif": (lambda: tiff((_FIRST + _LENGTH, _GREY), (_FIRST, _GREY)), None),
    "a directory within itself.tif": (
        lambda: tiff((0, [*_GREY, (330, 4, 1, _FIRST), (0x8769, 4, 1, _FIRST)])), None
    ),
    "directories within themselves.jpg": (lambda: with_exif(_self_referring_exif()), None),
    # -- garbage
    "garbage for exif.jpg": (lambda: with_exif(b"Exif\0\0" + bytes(range(256)) * 200), None),
    "exif without an end.jpg": (lambda: with_exif(_endless_exif()), None),
    "the year 99999.jpg": (
        lambda: with_exif(exif(Orientation=99, photo={0x9003: "99999:99:99 99:99:99"}, gps={2: (1e9, 0.0, 0.0)})), None
    ),
    "zeroes after 200 bytes.jpg": (lambda: files()["JPEG"][:200] + bytes(50_000), ""),
    "cut.jpg": (lambda: files()["JPEG"][: len(files()["JPEG"]) * 3 // 4], CUT),
    "empty.jpg": (lambda: b"", EMPTY),
    "zeroes.heic": (lambda: bytes(200_000), FOREIGN),
    # -- something else under a photo's name
    "a png.jpg": (lambda: files()["PNG"], None),
    "a heic.png": (lambda: files()["HEIC"], None),
    "letter.jpg": (lambda: b"Dear diary, today was warm.\n" * 50, FOREIGN),
    "page.png": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", FOREIGN),
    "program.tif": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n(%pipe%touch x) (w) file\n", FOREIGN),
    "archive.webp": (lambda: b"PK\3\4" + bytes(500), FOREIGN),
    "movie.jpg": (lambda: b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41" + bytes(1000), FOREIGN),
}  # fmt: skip


@cache
def hostile_files() -> dict[str, Hostile]:
    """All of them by their names. A reason that is "" may be any."""
    return {name: Hostile(make(), reason) for name, (make, reason) in _MAKE.items()}
