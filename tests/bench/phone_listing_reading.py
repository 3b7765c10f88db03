"""How fast a phone is listed and read, beside `adb pull`, and whether memory stays flat over a large album.

Everything runs against the test phone (`device.rig.desk`): the real adbd over loopback. A cable is slower than loopback
and a phone's storage slower than this disk, so the ratios mean more than the rates. As root, from the repository:

    PYTHONPATH=tests python tests/bench/phone_listing_reading.py listing reading indexing
"""

from __future__ import annotations

import argparse
import io
import random
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import adbutils
import numpy as np
from PIL import Image

from device.rig.desk import STORAGE, Desk, MediaRow, RigPhone
from pocketlens.client import EngineClient
from pocketlens.paths import home_at
from pocketlens.protocol import Indexed, Progress, Role, SourceSpec
from pocketlens_desktop.phone import discovery, listing, mediastore
from pocketlens_desktop.phone.listing import ListingMethod
from pocketlens_desktop.phone.source import PhoneSource
from pocketlens_models.registry import locate

_ROOT = Path(__file__).parents[2]
_MB = 1024 * 1024


@contextmanager
def plugged_in_phone() -> Iterator[RigPhone]:
    work = _ROOT / ".work" / "test-phone"
    subprocess.run(["bash", _ROOT / "tests" / "device" / "rig" / "prepare.sh", work], check=True)
    desk = Desk(work / "root", Path(tempfile.mkdtemp(prefix="pocketlens-bench-", dir=work)))
    try:
        with desk.entered():
            desk.serve()
            phone = desk.phone()
            phone.plug()
            yield phone
    finally:
        desk.close()


def row(*cells: object) -> None:
    print("  ".join(f"{cell:>24}" if number else f"{cell:<34}" for number, cell in enumerate(cells)), flush=True)


def resident_mb(pid: int | str = "self") -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def listing_table(count: int) -> None:
    print(f"\nListing {count:,} photos in {count // 500} folders", flush=True)
    with plugged_in_phone() as phone:
        names = [b"DCIM/Album %03d/IMG_2026_%s_%06d.jpg" % (n // 500, b"x" * 20, n) for n in range(count)]
        for name in names:
            phone.put(name, b"x")
        phone.media_store([MediaRow(n, STORAGE + b"/" + name, 1_600_000_000_000 + n) for n, name in enumerate(names)])
        transport = discovery.choose(None)
        row("way", "seconds", "until the first", "photos", "memory grown by")
        for way in ListingMethod:
            before, start, first = resident_mb(), time.perf_counter(), 0.0
            found = 0
            for _photo in listing.photos(transport, way):
                found += 1
                first = first or time.perf_counter() - start
            took = time.perf_counter() - start
            row(way.value, f"{took:.2f}", f"{first:.2f}", f"{found:,}", f"{resident_mb() - before:.1f} MB")
        before, start = resident_mb(), time.perf_counter()
        facts = mediastore.facts(transport)
        took = time.perf_counter() - start
        row(
            "MediaStore (the rig's own shell)", f"{took:.2f}", "", f"{len(facts):,}", f"{resident_mb() - before:.1f} MB"
        )


def reading_table(count: int, size: int) -> None:
    print(f"\nReading {count} photos of {size / _MB:.1f} MB", flush=True)
    with plugged_in_phone() as phone, tempfile.TemporaryDirectory() as scratch:
        names = [b"DCIM/Camera/IMG_%06d.jpg" % number for number in range(count)]
        content = random.Random(1).randbytes(size)
        for name in names:
            phone.put(name, content)
        row("way", "seconds", "MB/s", "photos/s", "of adb pull")
        adb = adbutils.adb_path()
        pull = [adb, "-s", phone.address, "pull", "-q", "/sdcard/DCIM/Camera", scratch]
        subprocess.run(pull, check=True, stdout=subprocess.DEVNULL)  # once for the page cache
        start = time.perf_counter()
        subprocess.run(pull, check=True, stdout=subprocess.DEVNULL)
        base = time.perf_counter() - start
        tell_reading("adb pull (to disk)", base, base, count, size)
        source = PhoneSource(discovery.choose(None))
        for threads in (1, 2, 4):
            start = time.perf_counter()
            with ThreadPoolExecutor(threads) as pool:
                for data in pool.map(source.read, names):
                    assert len(data) == size
            tell_reading(f"PocketLens, {threads} at once", time.perf_counter() - start, base, count, size)
        source.close()


def tell_reading(way: str, took: float, base: float, count: int, size: int) -> None:
    rate, photos = count * size / _MB / took, count / took
    row(way, f"{took:.2f}", f"{rate:.0f}", f"{photos:.0f}", f"{base / took:.2f}")


def generated_photos(count: int) -> Iterator[bytes]:
    """Different photos of 1600 x 1200, cheaply: 60 scenes, each told apart by what follows the end of the JPEG."""
    random_numbers = np.random.default_rng(1)
    scenes = []
    for _ in range(60):
        coarse = Image.fromarray(random_numbers.integers(0, 255, (12, 16, 3), dtype=np.uint8))
        file = io.BytesIO()
        coarse.resize((1600, 1200), Image.Resampling.BICUBIC).save(file, "JPEG", quality=85)
        scenes.append(file.getvalue())
    for number in range(count):
        yield scenes[number % len(scenes)] + b"%012d" % number


def indexing_table(count: int) -> None:
    print(f"\nIndexing {count:,} photos over the cable with the starter model", flush=True)
    with plugged_in_phone() as phone, tempfile.TemporaryDirectory() as scratch:
        for number, data in enumerate(generated_photos(count)):
            phone.put(b"DCIM/Album %03d/IMG_%06d.jpg" % (number // 500, number), data)
        home = home_at(Path(scratch))
        engine = EngineClient(
            Role.INDEX, home=home, model=locate("starter", home), module="pocketlens_desktop.phone.engine"
        )
        samples: list[tuple[int, float]] = []
        done = follow(engine, discovery.choose(None).serial, count, samples)
        engine.close()
    print(f"  {done.added:,} photos in {done.elapsed_s:.0f} s: {done.added / done.elapsed_s:.1f} photos/s")
    row("photos done", "engine's memory")
    for number, memory in samples:
        row(f"{number:,}", f"{memory:.0f} MB")
    later = [(number, memory) for number, memory in samples if number >= count // 4]
    slope = float(np.polyfit([n for n, _ in later], [memory for _, memory in later], 1)[0]) * 1000
    print(f"  slope after the first quarter: {slope:+.2f} MB for every 1,000 photos")


def follow(engine: EngineClient, serial: bytes, count: int, samples: list[tuple[int, float]]) -> Indexed:
    """Index, and note the engine's memory at every twelfth of the photos."""
    request = engine.index([SourceSpec("phone", serial)])
    for event in engine.events(request):
        if isinstance(event, Progress) and event.total and event.done >= len(samples) * count // 12:
            samples.append((event.done, resident_mb(engine.pid)))
        elif isinstance(event, Indexed):
            return event
    raise SystemExit("the engine ended without a result")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="+", choices=["listing", "reading", "indexing"])
    parser.add_argument("--photos", type=int, default=12_000, help="photos to index")
    options = parser.parse_args()
    if "listing" in options.parts:
        listing_table(12_000)
        listing_table(50_000)
    if "reading" in options.parts:
        reading_table(150, 4 * _MB)
        reading_table(2000, 40_000)
    if "indexing" in options.parts:
        indexing_table(options.photos)


if __name__ == "__main__":
    main()
