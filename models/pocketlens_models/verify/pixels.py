"""Whether core's decoding shows a model the picture that upstream's own preprocessing would."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from PIL import Image, ImageOps

from pocketlens.decoding import decode
from pocketlens.errors import UnreadablePhoto
from pocketlens.model import ImageTower
from pocketlens_models.verify.agreement import Vectors, unit

#: Pixels are 0..255; a perfect match has no finite PSNR.
_PEAK: Final = 255.0
_PERFECT_DB: Final = 99.0


class PixelParity(msgspec.Struct, frozen=True, kw_only=True):
    """Core's pixels against upstream's, over whole photo files.

    Attributes:
        min_psnr_db: of the model's input on 0..255; 99 stands for identical.
        min_cosine: between the reference model's embeddings of the two.
    """

    photos: int
    min_psnr_db: float
    min_cosine: float
    worst: str


def model_input(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], tower: ImageTower) -> Vectors:
    """uint8 (S, S, 3) as float32 (3, S, S), scaled as the manifest says."""
    mean, std = np.asarray(tower.mean, dtype=np.float32), np.asarray(tower.std, dtype=np.float32)
    return np.ascontiguousarray(((pixels.astype(np.float32) - mean) / std).transpose(2, 0, 1))


def decoded(data: bytes, tower: ImageTower, name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A photo file as the product's own pipeline sees it: uint8 (S, S, 3)."""
    return decode(data, size=tower.size, resize=tower.resize, interpolation=tower.interpolation, name=name).pixels


def readable_photos(paths: Sequence[Path], tower: ImageTower) -> list[tuple[Path, bytes]]:
    """The photos that core can decode, with their bytes."""
    photos = []
    for path in paths:
        data = path.read_bytes()
        try:
            decoded(data, tower, path.name)
        except UnreadablePhoto:
            continue
        photos.append((path, data))
    return photos


def compare_pixels(
    photos: Sequence[tuple[str, bytes]],
    tower: ImageTower,
    transform: Callable[[Image.Image], Vectors],
    encode: Callable[[Vectors], Vectors],
) -> PixelParity:
    """Parity of preprocessing on photo files.

    Args:
        transform: upstream's own, a picture to float32 (3, S, S).
        encode: the fp32 reference, float32 (N, 3, S, S) to (N, d).
    """
    std = np.asarray(tower.std, dtype=np.float32)[:, None, None]
    worst, min_psnr, min_cosine = "", _PERFECT_DB, 1.0
    for name, data in photos:
        ours = model_input(decoded(data, tower, name), tower)
        # Upstream's transforms know no EXIF: the picture is turned for them first.
        picture = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
        theirs = transform(picture)
        error = float(np.mean(((ours - theirs) * std) ** 2))
        psnr = min(_PERFECT_DB, 10 * np.log10(_PEAK**2 / error)) if error else _PERFECT_DB
        pair = unit(encode(np.stack([ours, theirs])))
        cosine = float(pair[0] @ pair[1])
        min_psnr = min(min_psnr, float(psnr))
        if cosine < min_cosine:
            worst, min_cosine = name, cosine
    return PixelParity(photos=len(photos), min_psnr_db=min_psnr, min_cosine=min_cosine, worst=worst)
