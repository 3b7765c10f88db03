"""What decoding in processes of its own costs against decoding in threads."""

from __future__ import annotations

import argparse
import io
import statistics
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
from PIL import Image

from pocketlens.decoders import Decode, Decoders
from pocketlens.decoding import decode


def photo(seed: int, megapixels: float) -> bytes:
    """A JPEG about as hard to decode as a camera's of that size."""
    height = int((megapixels * 1e6 * 3 / 4) ** 0.5)
    noise = np.random.default_rng(seed).integers(0, 256, (height // 8, height // 6, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noise).resize((height * 4 // 3, height), Image.Resampling.BICUBIC).save(stream, "JPEG", quality=90)
    return stream.getvalue()


def seconds(decoder: Decode, photos: Sequence[bytes], workers: int) -> float:
    def one(data: bytes) -> None:
        decoder(data, size=224, resize="squash", name="photo", interpolation="bicubic")

    began = time.perf_counter()
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(one, photos))
    return time.perf_counter() - began


def private_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) / 1024
    return 0.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    print("| photo | bytes | in threads, ms | in processes, ms | ratio of medians | private MB a process |")
    print("|---|---|---|---|---|---|")
    for megapixels in (0.5, 3.0, 12.0):
        distinct = [photo(seed, megapixels) for seed in range(4)]
        photos = [distinct[number % 4] for number in range(options.photos)]
        with closing(Decoders()) as decoders:
            seconds(decoders, distinct, options.workers)
            # By turns, so that a busy machine is busy for both.
            rounds = [
                (seconds(decode, photos, options.workers), seconds(decoders, photos, options.workers))
                for _ in range(options.rounds)
            ]
            memory = max(private_mb(one.pid) for one in decoders.running())
        here, there = (1000 * statistics.median(column) / len(photos) for column in zip(*rounds, strict=True))
        print(
            f"| {megapixels:g} MP | {len(distinct[0]):,} | {here:.1f} | {there:.1f}"
            f" | {there / here:.2f} | {memory:.0f} |",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
