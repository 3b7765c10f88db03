"""How surely a picture that was saved again is told from another one.

Usage: python tests/bench/near_copies.py [FOLDER OF OTHER PHOTOS] [--every N]
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from pocketlens.decoding import decode
from pocketlens.encoders import ImageEncoder
from pocketlens.errors import UnreadablePhoto
from pocketlens.likeness import COPY_BITS, COPY_COSINE, COPY_KEY_BITS
from pocketlens.model import load_package
from pocketlens_desktop.sample import ALBUM
from pocketlens_models.registry import SHIPPED

Picture = Image.Image


@dataclass(frozen=True)
class Seen:
    bits: NDArray[np.uint64]
    vector: NDArray[np.float32]


@dataclass(frozen=True)
class Distance:
    all: int
    key: int
    cosine: float

    @property
    def is_copys(self) -> bool:
        return self.all <= COPY_BITS and self.key <= COPY_KEY_BITS and self.cosine >= COPY_COSINE


def saved(picture: Picture, form: str, quality: int, scale: float = 1.0) -> bytes:
    stream = io.BytesIO()
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    picture.resize(size, Image.Resampling.LANCZOS).save(stream, form, quality=quality)
    return stream.getvalue()


def cropped(picture: Picture, share: float) -> Picture:
    x, y = (round(side * share / 2) for side in picture.size)
    return picture.crop((x, y, picture.width - x, picture.height - y))


def marked(picture: Picture) -> Picture:
    copy = picture.copy()
    ImageDraw.Draw(copy).text((copy.width * 0.7, copy.height * 0.93), "@somebody", fill="white")
    return copy


WAYS: Final[dict[str, Callable[[Picture], bytes]]] = {
    "JPEG 75": lambda p: saved(p, "JPEG", 75),
    "JPEG 30": lambda p: saved(p, "JPEG", 30),
    "half as wide, JPEG 60": lambda p: saved(p, "JPEG", 60, 0.5),
    "a third as wide, WebP 60": lambda p: saved(p, "WEBP", 60, 0.34),
    "15 % brighter": lambda p: saved(ImageEnhance.Brightness(p).enhance(1.15), "JPEG", 85),
    "in grey": lambda p: saved(p.convert("L").convert("RGB"), "JPEG", 85),
    "with a watermark": lambda p: saved(marked(p), "JPEG", 80),
    "2 % cropped": lambda p: saved(cropped(p, 0.02), "JPEG", 85),
    "5 % cropped": lambda p: saved(cropped(p, 0.05), "JPEG", 85),
    "10 % cropped": lambda p: saved(cropped(p, 0.1), "JPEG", 85),
}


class Eye:
    """Sees photos as an indexing job does."""

    def __init__(self) -> None:
        package = load_package(SHIPPED / "starter", parts=["image"])
        self._encoder = ImageEncoder(package)
        self._tower = package.manifest.image

    def see(self, data: bytes) -> Seen | None:
        """None for a photo without a fingerprint, or that cannot be read."""
        tower = self._tower
        try:
            photo = decode(data, size=tower.size, resize=tower.resize, interpolation=tower.interpolation, name="photo")
        except UnreadablePhoto:
            return None
        if not photo.fingerprint:
            return None
        return Seen(np.frombuffer(photo.fingerprint, np.uint64), self._encoder.encode(photo.pixels))


def distance(one: Seen, other: Seen) -> Distance:
    differing = np.bitwise_count(one.bits ^ other.bits)
    return Distance(int(differing.sum()), int(differing[0]), float(one.vector @ other.vector))


def pictures(files: list[Path]) -> Iterator[tuple[Picture, Seen]]:
    eye = Eye()
    for file in files:
        seen = eye.see(file.read_bytes())
        if seen is not None:
            with Image.open(file) as image:
                yield ImageOps.exif_transpose(image).convert("RGB"), seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--every", type=int, default=20, help="take every Nth photo of the folder")
    options = parser.parse_args()
    files = sorted(file for file in ALBUM.rglob("*") if file.is_file())
    files += sorted(options.folder.iterdir())[:: options.every] if options.folder else []
    eye = Eye()
    originals: list[Seen] = []
    distances: dict[str, list[Distance]] = {way: [] for way in WAYS}
    for picture, seen in pictures(files):
        originals.append(seen)
        for way, save in WAYS.items():
            again = eye.see(save(picture))
            if again is not None:
                distances[way].append(distance(seen, again))
    print("| saved again as | median | 99th percentile | most | told as a copy |\n|---|---|---|---|---|")
    for way, found in distances.items():
        middle, nearly_all, most = (
            "{:.0f} ({:.0f})".format(*np.percentile([(one.all, one.key) for one in found], share, axis=0))
            for share in (50, 99, 100)
        )
        print(f"| {way} | {middle} | {nearly_all} | {most} | {np.mean([one.is_copys for one in found]):.1%} |")
    others = [distance(one, other) for place, one in enumerate(originals) for other in originals[:place]]
    told = sum(one.is_copys for one in others)
    print(f"\n{told} of {len(others):,} pairs of different photos are told as copies; they differ in", end=" ")
    print(f"{min(one.all for one in others)} bits at least.")


if __name__ == "__main__":
    main()
