"""Where the time of indexing goes: photos a second by stage, and by the number of workers.

    python tests/bench/indexing_stages.py [--photos N] [--workers 1 2 4]

Photos of 12 and of 2 megapixels are made up and read from a warm disk cache. Every stage is timed alone on one thread
first, then whole jobs. CPU time says what the work costs however busy the machine is; "inference" is the share of a
job's CPU time that is the model's own: at 100 %, everything else would be free. Numbers are of this machine; read the
ratios.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image

from pocketlens.decoding import decode
from pocketlens.encoders import ImageEncoder
from pocketlens.indexing import IndexingJob
from pocketlens.model import ModelPackage, load_package
from pocketlens.paths import home_at
from pocketlens.protocol import IndexRequest, SourceSpec
from pocketlens.source import DEFAULT_OPENERS
from pocketlens_models.registry import SHIPPED

T = TypeVar("T")

SIZES = {"12 MP": (4000, 3000), "2 MP": (1632, 1224)}


def main() -> None:
    """Measure both sizes and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=48)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--model", type=Path, default=SHIPPED / "starter")
    options = parser.parse_args()
    package = load_package(options.model, parts=("image",))
    encoder = ImageEncoder(package)
    with tempfile.TemporaryDirectory() as folder:
        for name, size in SIZES.items():
            root = Path(folder) / name
            write_photos(root, size, options.photos)
            stages = stage_seconds(root, package, encoder)
            costs = {n: job_cost(root, package, encoder, n, Path(folder)) for n in options.workers}
            show(name, stages, costs)


def write_photos(root: Path, size: tuple[int, int], count: int) -> None:
    """Different JPEGs with detail at every scale, as photos have it; quality 90."""
    root.mkdir()
    random = np.random.default_rng(0)
    picture = np.zeros((size[1], size[0], 3), np.float32)
    for cells in (4, 16, 64, 256, 1024):
        coarse = Image.fromarray(random.integers(0, 256, (cells, cells, 3), dtype=np.uint8))
        picture += np.asarray(coarse.resize(size, Image.Resampling.BICUBIC), np.float32) / cells**0.5
    image = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=90)
    for number in range(count):
        # The same picture with another comment: another content to the catalogue, the same work.
        comment = f"photo {number}".encode()
        jpeg = stream.getvalue()
        segment = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
        (root / f"{number:04}.jpg").write_bytes(jpeg[:2] + segment + jpeg[2:])


def stage_seconds(root: Path, package: ModelPackage, encoder: ImageEncoder) -> dict[str, float]:
    """Median CPU seconds a photo of each stage, alone, on one thread."""
    tower = package.manifest.image
    paths = sorted(root.iterdir())[:24]
    contents = [path.read_bytes() for path in paths]

    def decoded(data: bytes) -> np.ndarray:
        return decode(data, size=tower.size, resize=tower.resize, interpolation=tower.interpolation, name="").pixels

    pixels = decoded(contents[0])
    encoder.encode(pixels)
    return {
        "read": median_seconds(Path.read_bytes, paths),
        "hash": median_seconds(lambda data: hashlib.blake2b(data, digest_size=16).digest(), contents),
        "decode, resize, thumbnail": median_seconds(decoded, contents),
        "encode": median_seconds(lambda _: encoder.encode(pixels), contents),
    }


def median_seconds(do: Callable[[T], object], things: list[T]) -> float:
    """Median CPU seconds of doing it to one of the things."""
    taken = []
    for thing in things:
        started = time.thread_time()
        do(thing)
        taken.append(time.thread_time() - started)
    return statistics.median(taken)


def job_cost(
    root: Path, package: ModelPackage, encoder: ImageEncoder, workers: int, folder: Path
) -> tuple[float, float]:
    """Seconds and CPU seconds a photo of a whole job in a fresh home, from listing to the derived files."""
    started = time.process_time()
    with tempfile.TemporaryDirectory(dir=folder) as home:
        request = IndexRequest(id=1, sources=[SourceSpec(kind="folder", identity=os.fsencode(root))], threads=workers)
        job = IndexingJob(
            home_at(Path(home)), package, lambda: encoder, request, openers=DEFAULT_OPENERS, emit=lambda _: None
        )
        done = job.run()
    return done.elapsed_s / done.added, (time.process_time() - started) / done.added


def show(name: str, stages: dict[str, float], costs: dict[int, tuple[float, float]]) -> None:
    """The table of one size of photo."""
    print(f"{name:28}{'CPU ms/photo':>14}{'photos/s':>10}{'inference':>11}")
    for stage, seconds in stages.items():
        print(f"  {stage:26}{1000 * seconds:14.2f}")
    print(f"  {'sum':26}{1000 * sum(stages.values()):14.2f}")
    for workers, (wall, cpu) in costs.items():
        share = f"{100 * stages['encode'] / cpu:.0f} %"
        print(f"  {f'whole job, {workers} workers':26}{1000 * cpu:14.2f}{1 / wall:10.1f}{share:>11}")


if __name__ == "__main__":
    main()
