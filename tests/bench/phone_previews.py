"""What a first pass from the small pictures in EXIF gains, and what it costs in finding photos.

Two tables: the bytes and the time of reading heads beside whole photos over the real adbd, and the golden queries of
the sample album on vectors of small pictures beside those of the photos. As root, from the repository:

    PYTHONPATH=tests python tests/bench/phone_previews.py
"""

from __future__ import annotations

import io
import random
import tomllib
from contextlib import closing
from pathlib import Path
from time import perf_counter

import numpy as np
import numpy.typing as npt
from PIL import Image

from bench.phone_listing_reading import plugged_in_phone, row
from desktop.exif_photo import jpeg, with_small_picture
from pocketlens.decoding import decode
from pocketlens.encoders import ImageEncoder, TextEncoder
from pocketlens.errors import UnreadablePhoto
from pocketlens.model import load_package
from pocketlens_desktop.phone import discovery
from pocketlens_desktop.phone.preview import HEAD_BYTES, HeadReader, preview
from pocketlens_desktop.phone.source import PhoneSource
from pocketlens_desktop.sample import ALBUM
from pocketlens_models.registry import SHIPPED

_SIZES = (160, 240, 320, 512)
_MB = 1024 * 1024


def reading_table(count: int = 200, size: int = 4 * _MB) -> None:
    print(f"Reading {count} photos of {size // _MB} MB\n")
    camera = with_small_picture(
        jpeg(Image.new("RGB", (4000, 3000))), jpeg(Image.effect_noise((160, 120), 60).convert("RGB"))
    )
    with plugged_in_phone() as phone:
        paths = [b"DCIM/%04d.jpg" % number for number in range(count)]
        for path in paths:
            phone.put(path, camera + random.Random(path).randbytes(size - len(camera)))
        transport = discovery.choose(None)
        row("what", "MB", "seconds here", "seconds at USB 2's 35 MB/s")
        with closing(PhoneSource(transport)) as source:
            start = perf_counter()
            total = sum(len(source.read(path)) for path in paths)
            tell("whole photos", total, perf_counter() - start)
        with closing(HeadReader(transport)) as heads:
            start = perf_counter()
            total = 0
            for path in paths:
                head = heads.read(b"/sdcard/" + path)
                assert preview(head, least=160) is not None
                total += len(head)
            tell(f"heads of {HEAD_BYTES // 1024} KB", total, perf_counter() - start)


def tell(what: str, total: int, took: float) -> None:
    row(what, f"{total / _MB:.0f}", f"{took:.2f}", f"{total / 35e6:.1f}")


def recall_table() -> None:
    package = load_package(SHIPPED / "starter")
    encoder, words = ImageEncoder(package), TextEncoder(package)
    image = package.manifest.image
    whole: dict[str, npt.NDArray[np.float32]] = {}
    small: dict[int, dict[str, npt.NDArray[np.float32]]] = {side: {} for side in _SIZES}
    for place in sorted(path for path in ALBUM.rglob("*") if path.is_file()):
        name = place.relative_to(ALBUM).as_posix()
        data = place.read_bytes()
        try:
            whole[name] = encoder.encode(decode(data, size=image.size, resize=image.resize, name=name).pixels)
        except UnreadablePhoto:
            continue
        for side in _SIZES:
            reduced = decode(smaller(data, side), size=image.size, resize=image.resize, name=name)
            small[side][name] = encoder.encode(reduced.pixels)
    queries = tomllib.loads(Path(ALBUM.parent, "golden.toml").read_text())["query"]
    asked = [(words.encode(query["text"]), set(query["expected"])) for query in queries]
    print(f"\n{len(whole)} photos of the sample album, {len(asked)} queries\n")
    row("longer side", "mean cosine", "least cosine", "recall@1", "recall@5")
    row("the photo itself", "1", "1", *(f"{recall(asked, whole, most):.3f}" for most in (1, 5)))
    for side, vectors in small.items():
        cosines = [float(vectors[name] @ whole[name]) for name in whole]
        row(
            f"{side} pixels",
            f"{np.mean(cosines):.3f}",
            f"{np.min(cosines):.3f}",
            *(f"{recall(asked, vectors, most):.3f}" for most in (1, 5)),
        )


def smaller(data: bytes, side: int) -> bytes:
    """The photo as a camera would put it into EXIF: ``side`` pixels long, a JPEG of middling quality."""
    with Image.open(io.BytesIO(data)) as photo:
        exif = photo.getexif()
        reduced = photo.convert("RGB")
        reduced.thumbnail((side, side))
        made = io.BytesIO()
        reduced.save(made, "JPEG", quality=80, exif=exif)
    return made.getvalue()


def recall(
    asked: list[tuple[npt.NDArray[np.float32], set[str]]], vectors: dict[str, npt.NDArray[np.float32]], most: int
) -> float:
    """The part of the queries that have an expected photo among their ``most`` best."""
    names = list(vectors)
    matrix = np.stack([vectors[name] for name in names])
    found = 0
    for query, expected in asked:
        best = np.argsort(-(matrix @ query))[:most]
        found += any(names[index] in expected for index in best)
    return found / len(asked)


if __name__ == "__main__":
    reading_table()
    recall_table()
