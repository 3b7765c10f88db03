"""The small picture in the head of a photo."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile

from desktop.exif_photo import jpeg, with_small_picture
from pocketlens_desktop.phone.preview import HEAD_BYTES, preview

RED = (200, 30, 30)


def photo(size: tuple[int, int] = (800, 600)) -> bytes:
    return jpeg(Image.new("RGB", size, RED))


def claiming(size: tuple[int, int], data: bytes) -> bytes:
    """The JPEG ``data`` with another size in its header."""
    place = data.index(b"\xff\xc0") + 5
    return data[:place] + struct.pack(">HH", size[1], size[0]) + data[place + 4 :]


def opened(data: bytes | None) -> Image.Image:
    assert data is not None
    return Image.open(io.BytesIO(data))


def test_a_cameras_small_picture_stands_in_for_the_photo() -> None:
    found = opened(preview(with_small_picture(photo(), photo((160, 120)))[:HEAD_BYTES], least=160))
    assert found.size == (160, 120)
    assert np.allclose(np.asarray(found).mean(axis=(0, 1)), RED, atol=3)


def test_it_keeps_the_photos_orientation() -> None:
    found = opened(preview(with_small_picture(photo(), photo((160, 120)), orientation=6), least=160))
    assert ImageOps.exif_transpose(found).size == (120, 160)


@pytest.mark.parametrize(("size", "expected"), [((1600, 900), (160, 90)), ((900, 1600), (68, 120))])
def test_the_black_bars_of_other_proportions_are_cut_off(size: tuple[int, int], expected: tuple[int, int]) -> None:
    small = Image.new("RGB", (160, 120))
    small.paste(Image.new("RGB", expected, RED), ((160 - expected[0]) // 2, (120 - expected[1]) // 2))
    found = opened(preview(with_small_picture(photo(size), jpeg(small)), least=68))
    assert found.size == expected
    assert np.allclose(np.asarray(found).mean(axis=(0, 1)), RED, atol=6)


def test_one_that_is_too_small_is_of_no_use() -> None:
    assert preview(with_small_picture(photo(), photo((160, 120))), least=161) is None


@pytest.mark.parametrize("size", [(2049, 1), (10_000, 10_000), (14_000, 14_000), (60_000, 60_000), (65_535, 160)])
def test_one_that_claims_to_be_large_is_never_decoded(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    def decode(_small: Image.Image) -> None:
        raise AssertionError("it was decoded")

    head = with_small_picture(photo(), claiming(size, photo((160, 120))))
    monkeypatch.setattr(JpegImageFile, "load", decode)
    assert preview(head, least=160) is None


def test_one_as_large_as_an_exif_block_can_hold_is_taken() -> None:
    assert opened(preview(with_small_picture(photo((2048, 1536)), photo((2048, 1536))), least=160)).size == (2048, 1536)


def test_a_photo_without_one_has_to_be_read_whole() -> None:
    assert preview(photo(), least=1) is None
    assert preview(b"", least=1) is None
    assert preview(b"not a photo", least=1) is None


@given(st.integers(0, 5000), st.binary(min_size=1, max_size=30))
def test_a_damaged_head_is_no_error(place: int, damage: bytes) -> None:
    whole = with_small_picture(photo((80, 60)), photo((40, 30)))
    place %= len(whole)
    found = preview(whole[:place] + damage + whole[place + len(damage) :], least=1)
    assert found is None or found.startswith(b"\xff\xd8\xff")


@given(st.binary())
def test_any_bytes_can_be_looked_at(head: bytes) -> None:
    assert preview(head, least=1) is None
