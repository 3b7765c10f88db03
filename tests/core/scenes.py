"""Pictures for the tests of decoding, and files of every format made from them."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import numpy as np
import pillow_heif
from PIL import ExifTags, Image

from pocketlens.decoding import DecodedPhoto, Pixels, decode

SIDE: Final = 64


def scene(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """A picture that no flip or turn leaves the same; it has detail at every scale, the finer the fainter."""
    random = np.random.default_rng(1)
    picture = np.zeros((height, width, 3), np.float32)
    picture += np.linspace(0, 120, width)[None, :, None]
    picture += np.linspace(0, 60, height)[:, None, None] * np.array([1.0, -1.0, 0.5])
    for cells in (4, 16, 64, 256, 1024):
        coarse = Image.fromarray(random.integers(0, 256, (cells, cells, 3), dtype=np.uint8))
        picture += np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC)) / np.float32(cells**0.5)
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).convert(mode)


def saved(picture: Image.Image, file_format: str, **options: Any) -> bytes:
    """The bytes of a file of that format, as Pillow writes it."""
    if file_format == "HEIF":
        heif = pillow_heif.from_pillow(picture)
        stream = io.BytesIO()
        heif.save(stream, **options)
        return stream.getvalue()
    stream = io.BytesIO()
    picture.save(stream, file_format, **options)
    return stream.getvalue()


def exif(**tags: Any) -> bytes:
    """An EXIF block; tags by the names of the main directory, ``photo=`` and ``gps=`` for the other two."""
    block = Image.Exif()
    block.get_ifd(ExifTags.IFD.Exif).update(tags.pop("photo", {}))
    block.get_ifd(ExifTags.IFD.GPSInfo).update(tags.pop("gps", {}))
    for name, value in tags.items():
        block[ExifTags.Base[name]] = value
    return block.tobytes()


def decoded(data: bytes, size: int = SIDE, resize: Any = "squash") -> DecodedPhoto:
    return decode(data, size=size, resize=resize, name="photo")


def squared(picture: Image.Image, size: int = SIDE) -> Pixels:
    """What the model should see of an upright RGB picture."""
    return np.asarray(picture.resize((size, size), Image.Resampling.BICUBIC))


def psnr(ours: Pixels | Image.Image, theirs: Pixels | Image.Image) -> float:
    """Peak signal-to-noise ratio of two 8-bit pictures, decibels."""
    error = np.mean((np.asarray(ours, np.float64) - np.asarray(theirs, np.float64)) ** 2)
    return float(10 * np.log10(255**2 / max(float(error), 1e-9)))


_SMALL: Final = (96, 72)


@cache
def files() -> dict[str, bytes]:
    """One small file of every kind that people's albums hold, each with an EXIF block where there can be one."""
    block = exif(Orientation=6, Make="Maker", Model="Model", photo={0x9003: "2024:05:06 07:08:09"})
    rgb = scene(*_SMALL)
    wide = np.asarray(rgb.convert("L"), np.uint16) * 257
    writers: dict[str, Callable[[], bytes]] = {
        "JPEG": lambda: saved(rgb, "JPEG", exif=block),
        "JPEG progressive": lambda: saved(rgb, "JPEG", progressive=True, exif=block),
        "JPEG grey": lambda: saved(rgb.convert("L"), "JPEG"),
        "JPEG CMYK": lambda: saved(rgb.convert("CMYK"), "JPEG"),
        "JPEG of several pictures": lambda: saved(rgb, "MPO", save_all=True, append_images=[rgb], exif=block),
        "PNG": lambda: saved(rgb, "PNG", exif=block),
        "PNG palette": lambda: saved(rgb.convert("P"), "PNG", transparency=3),
        "PNG with transparency": lambda: saved(rgb.convert("RGBA"), "PNG"),
        "PNG grey with transparency": lambda: saved(rgb.convert("LA"), "PNG"),
        "PNG 16-bit": lambda: saved(Image.fromarray(wide), "PNG"),
        "PNG animated": lambda: saved(rgb, "PNG", save_all=True, append_images=[rgb.convert("L").convert("RGB")]),
        "WebP": lambda: saved(rgb, "WEBP", exif=block),
        "WebP lossless": lambda: saved(rgb.convert("RGBA"), "WEBP", lossless=True),
        "WebP animated": lambda: saved(rgb, "WEBP", save_all=True, append_images=[rgb.convert("L")]),
        "HEIC": lambda: saved(rgb, "HEIF", exif=block),
        "AVIF": lambda: saved(rgb, "AVIF", exif=block, speed=10),
        "TIFF": lambda: saved(rgb, "TIFF", exif=block),
        "TIFF LZW": lambda: saved(rgb, "TIFF", compression="tiff_lzw"),
        "TIFF JPEG": lambda: saved(rgb, "TIFF", compression="jpeg"),
        "TIFF CMYK": lambda: saved(rgb.convert("CMYK"), "TIFF"),
        "TIFF 16-bit": lambda: saved(Image.fromarray(wide), "TIFF", compression="tiff_adobe_deflate"),
        "TIFF float": lambda: saved(rgb.convert("F"), "TIFF"),
        "GIF": lambda: saved(rgb, "GIF", save_all=True, append_images=[rgb.rotate(180)]),
        "BMP": lambda: saved(rgb, "BMP"),
        "BMP palette": lambda: saved(rgb.convert("P"), "BMP"),
    }
    return {kind: write() for kind, write in writers.items()}
