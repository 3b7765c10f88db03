"""Whatever the bytes are, a photo is decoded or it is an `UnreadablePhoto` with a reason; nothing else happens."""

from __future__ import annotations

import io
import re
import struct
import subprocess
import sys
import warnings
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.hostile_album import CUT, DAMAGED, FOREIGN
from core.scenes import decoded, files, saved, scene
from pocketlens.errors import UnreadablePhoto

EMPTY = "The file is empty."
TOO_LARGE = "at most 256 megapixels"


def reason(data: bytes) -> str:
    with pytest.raises(UnreadablePhoto) as raised:
        decoded(data)
    return raised.value.what


def png(width: int, height: int, pixels: bytes) -> bytes:
    """A grey PNG whose header says so, whatever its data is."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", pixels), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4) for kind, body in chunks
    )


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", EMPTY),
        (b"Dear diary, today was warm.\n" * 50, FOREIGN),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", FOREIGN),
        (b"\xff\xd8", FOREIGN),
        (b"\x89PNG\r\n\x1a\n", FOREIGN),
        (bytes(100_000), FOREIGN),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", FOREIGN),
        (b"RIFF\xff\xff\xff\xffWEBPVP8 ", DAMAGED),
    ],
)
def test_what_is_no_photo_is_said_to_be_none(data: bytes, expected: str) -> None:
    assert reason(data) == expected


def test_a_movie_is_no_photo() -> None:
    assert reason(b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41" + bytes(1000)) == FOREIGN


@pytest.mark.parametrize("kind", ["JPEG", "JPEG progressive", "PNG", "WebP", "HEIC", "AVIF", "TIFF", "TIFF LZW", "BMP"])
def test_half_a_photo_is_unreadable(kind: str) -> None:
    data = files()[kind]
    assert reason(data[: len(data) // 2]) in {CUT, DAMAGED, FOREIGN}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "BMP"])
def test_a_photo_that_was_cut_off_is_said_to_end_too_early(kind: str) -> None:
    data = files()[kind]
    assert reason(data[: len(data) * 3 // 4]) == CUT


def test_a_picture_of_too_many_pixels_is_refused_by_its_header_alone() -> None:
    # None of these holds the pixels it speaks of, so nothing but the header can have been read.
    claims = {
        "PNG": png(20_000, 20_000, b""),
        "BMP": files()["BMP"].replace(struct.pack("<ii", 96, 72), struct.pack("<ii", 20_000, 20_000)),
        "GIF": b"GIF89a" + struct.pack("<HH", 20_000, 20_000) + files()["GIF"][10:],
        "JPEG": re.sub(rb"(\xff\xc0\x00.\x08)....", rb"\1" + struct.pack(">HH", 20_000, 20_000), files()["JPEG"]),
        "TIFF": saved(Image.new("1", (20_000, 20_000)), "TIFF", compression="group4"),
    }
    for kind, data in claims.items():
        assert len(data) < 100_000, kind
        assert TOO_LARGE in reason(data), kind
        assert "20000 x 20000" in reason(data), kind


def test_a_picture_of_just_256_megapixels_is_read() -> None:
    white = Image.new("L", (2**15, 2**13), 255)
    photo = decoded(saved(white, "PNG", compress_level=1))
    assert (photo.metadata.width, photo.metadata.height) == (2**15, 2**13)
    assert photo.pixels.min() == 255
    assert TOO_LARGE in reason(png(2**15, 2**13 + 1, b""))


def test_decompression_bombs_are_unreadable() -> None:
    flood = zlib.compress(bytes(50_000_000), 9)
    text = PngInfo()
    text.add_text("comment", "0" * 50_000_000, zip=True)
    assert reason(saved(scene(64, 64), "PNG", pnginfo=text)) == DAMAGED
    # More pixels than the header has room for are left unread.
    assert decoded(png(8, 8, flood)).metadata.width == 8


def test_thousands_of_chunks_are_read_over() -> None:
    remarks = PngInfo()
    for number in range(20_000):
        remarks.add_text(f"remark {number}", "x")
    assert decoded(saved(scene(64, 64), "PNG", pnginfo=remarks)).metadata.format == "PNG"


def test_a_picture_that_does_not_fit_into_memory_is_unreadable() -> None:
    resource = pytest.importorskip("resource", reason="memory can only be limited on Unix")
    assert resource.RLIMIT_AS
    program = (
        "import resource, sys\n"
        "from pocketlens.decoding import decode\n"
        "from pocketlens.errors import UnreadablePhoto\n"
        "data = sys.stdin.buffer.read()\n"
        "pages = int(open('/proc/self/statm').read().split()[0])\n"
        "resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + 200_000_000,) * 2)\n"
        "try:\n"
        "    decode(data, size=64, resize='squash', name='photo')\n"
        "except UnreadablePhoto as error:\n"
        "    print(error.what)\n"
    )
    data = saved(Image.new("RGB", (12_000, 12_000)), "PNG")
    child = subprocess.run([sys.executable, "-c", program], input=data, capture_output=True, check=False)
    assert (child.returncode, child.stderr) == (0, b"")
    assert child.stdout.decode().strip() == "There is not enough memory to decode this picture."


def test_the_libraries_beneath_write_nothing_to_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    # But for libtiff, which has remarks for stderr and cannot be told otherwise; the engine's client keeps them.
    for data in (data for kind, data in files().items() if not kind.startswith("TIFF")):
        for cut in (len(data) // 3, len(data) // 2, len(data) - 10):
            for broken in (data[:cut], data[:cut] + b"\xff\0\xff\xff" + data[cut + 4 :]):
                try:
                    decoded(broken)
                except UnreadablePhoto as error:
                    assert error.what
    assert capfd.readouterr() == ("", "")


def test_a_program_that_asks_for_every_warning_gets_none_of_the_decoders() -> None:
    block = b"Exif\0\0II*\0\x08\0\0\0\x05\0" + bytes(7)  # five tags announced, none there
    data = saved(scene(64, 64), "JPEG", exif=block)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        assert decoded(data).metadata.camera is None
        with Image.open(io.BytesIO(data)) as image:
            image.getexif()
    assert len(heard) == 0


# Where to strike: anywhere, or in the header, where a byte decides more.
_PLACES = st.one_of(st.integers(0, 63), st.integers(0, 511), st.integers(0, 20_000))
_BLOWS = st.tuples(_PLACES, st.integers(0, 8), st.binary(max_size=8))


@pytest.mark.parametrize("kind", files())
@settings(deadline=None)
@given(blows=st.lists(_BLOWS, max_size=6), end=st.one_of(st.none(), st.integers(0, 20_000)))
@example(blows=[], end=0)
@example(blows=[], end=100)
def test_a_mutilated_photo_is_decoded_or_unreadable_and_never_anything_else(
    kind: str, blows: list[tuple[int, int, bytes]], end: int | None
) -> None:
    data = bytearray(files()[kind])
    for place, removed, inserted in blows:
        data[place : place + removed] = inserted
    try:
        photo = decoded(bytes(data[:end]))
    except UnreadablePhoto as error:
        assert error.what in {EMPTY, FOREIGN, CUT, DAMAGED} or TOO_LARGE in error.what
    else:
        assert photo.pixels.shape == (64, 64, 3)
        assert photo.thumbnail.startswith(b"\xff\xd8")


@settings(deadline=None)
@given(st.binary(max_size=2000))
def test_random_bytes_are_no_photo(data: bytes) -> None:
    assert reason(data) in {EMPTY, FOREIGN}
