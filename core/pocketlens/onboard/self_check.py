"""Whether the engine works on this machine: ``python -m pocketlens.onboard.self_check --model FOLDER < PHOTO.jpg``.

It verifies the model's files, encodes the photo and says what came of it, in one line of JSON. Run on the PC and on the
phone, the two vectors tell whether the phone computes what the PC does.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from pocketlens import __version__

#: Photos encoded for the timing, after one that warms up: enough for a median, a few seconds on a slow phone.
_TIMED: Final = 3


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found.

    Attributes:
        vector: of the photo, float16, unit length, little-endian.
        photo_ms: median to decode and encode it, on one thread.
        load_ms: to verify and load the model.
        cores: of the machine.
    """

    version: str
    model: str
    platform: str
    python: str
    vector: bytes
    photo_ms: float
    load_ms: float
    cores: int


def check(model: Path, photo: bytes) -> CheckResult:
    """Encode ``photo`` with the package in ``model``.

    Raises:
        ModelMissing, ModelCorrupt, ModelUnsupported, UnreadablePhoto
    """
    from pocketlens.decoding import decode
    from pocketlens.encoders import ImageEncoder
    from pocketlens.model import load_package

    started = time.perf_counter()
    package = load_package(model, parts=("image",))
    encoder = ImageEncoder(package)
    loaded = time.perf_counter()
    tower = package.manifest.image
    times = []
    for _ in range(1 + _TIMED):
        began = time.perf_counter()
        decoded = decode(
            photo,
            size=tower.size,
            resize=tower.resize,
            interpolation=tower.interpolation,
            name="the photo to check with",
        )
        vector = encoder.encode(decoded.pixels)
        times.append(time.perf_counter() - began)
    return CheckResult(
        version=__version__,
        model=package.manifest.key,
        platform=f"{sys.platform}-{platform.machine()}",
        python=platform.python_version(),
        vector=vector.astype("<f2").tobytes(),
        photo_ms=round(1000 * statistics.median(times[1:]), 2),
        load_ms=round(1000 * (loaded - started), 1),
        cores=os.cpu_count() or 1,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, and write the result to stdout."""
    # Whatever is missing in this machine's bundle shows here, not in the middle of an album.
    import pillow_heif  # noqa: F401

    parser = argparse.ArgumentParser(prog="pocketlens.onboard.self_check", description="Does the engine work here?")
    parser.add_argument("--model", required=True, type=Path, help="folder of the model package")
    options = parser.parse_args(arguments)
    sys.stdout.buffer.write(msgspec.json.encode(check(options.model, sys.stdin.buffer.read())) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
