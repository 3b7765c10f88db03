"""How smoothly 100,000 photos scroll, and what memory the window takes.

    python tests/bench/gui_scroll.py [--photos N]

The catalogue is real and has N photos of many months, with 2,000 different thumbnails. Times are of one frame, painted
offscreen at 1400 x 900: a display that shows 60 frames a second leaves 16.7 ms.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PIL import Image
from PySide6.QtCore import QDeadlineTimer, QEventLoop
from PySide6.QtWidgets import QApplication

from pocketlens.catalogue import Catalogue, PhotoState
from pocketlens.decoding import THUMBNAIL_SIDE
from pocketlens.paths import Home, home_at
from pocketlens.thumbnails import ThumbnailStore
from pocketlens_desktop.gui.app import make_window
from pocketlens_desktop.gui.window import MainWindow

_THUMBNAILS = 2_000
_FRAMES = 300
#: From one photo to the next: 100,000 are of 83 months then.
_APART_S = 2_200
_MONTHFUL = 2_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=100_000)
    options = parser.parse_args()
    application = QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        home = home_at(Path(folder)).make()
        fill(home, options.photos)
        started = time.perf_counter()
        window = make_window(application, home)
        window.resize(1400, 900)
        window.show()
        grid, photos = window.photos_page.grid, window.photos_page.photos
        wait_until(lambda: photos.rowCount() == options.photos and photos.tile(0) is not None)
        print(f"{options.photos:,} photos: in view after {1000 * (time.perf_counter() - started):.0f} ms")
        # The months have come when nothing else waits on the library's thread.
        wait_until(lambda: len(grid.sections()) > 1 or options.photos < _MONTHFUL)
        print(f"memory of the idle window: {memory()}")
        print("| what | p50 ms | p95 ms | worst ms | CPU p50 ms | CPU p95 ms |")
        print("|---|---|---|---|---|---|")
        report("scroll by a third of a tile", frames(window, lambda n: n * grid.verticalScrollBar().singleStep()))
        report("scroll by a page", frames(window, lambda n: n * grid.verticalScrollBar().pageStep()))
        end = grid.verticalScrollBar().maximum()
        report("jump anywhere", frames(window, lambda n: (n * 7_919 * 1_009) % end))
        report("lay out again (resize)", resizes(window))
        print(f"memory after scrolling: {memory()}")
        window.close()


def fill(home: Home, count: int) -> None:
    """A catalogue of ``count`` photos in 200 albums, and a thumbnail for each content."""
    noise = np.random.default_rng(0)
    keys = [hashlib.blake2b(bytes([n % 256, n // 256]), digest_size=16).digest() for n in range(_THUMBNAILS)]
    store = ThumbnailStore(home.thumbnails)
    store.put((key, jpeg(noise)) for key in keys)
    store.close()
    with Catalogue.open(home.catalogue) as catalogue, catalogue.transaction() as connection:
        connection.execute(
            "INSERT INTO sources (id, kind, identity, label) VALUES (1, 'folder', ?, 'bench')", (b"/bench",)
        )
        albums = ((n + 1, f"album {n}".encode(), f"album {n}") for n in range(200))
        connection.executemany("INSERT INTO albums (id, source, path, name) VALUES (?, 1, ?, ?)", albums)
        insert(connection, count, keys)


def insert(connection: sqlite3.Connection, count: int, keys: list[bytes]) -> None:
    connection.executemany(
        "INSERT INTO photos (source, album, path, size, mtime_ns, state, content_hash, taken_at, width, height)"
        " VALUES (1, ?, ?, 3000000, 0, ?, ?, ?, 4000, 3000)",
        (
            (
                n % 200 + 1,
                f"album {n % 200}/{n}.jpg".encode(),
                PhotoState.READY,
                keys[n % len(keys)],
                1_600_000_000 - n * _APART_S,
            )
            for n in range(count)
        ),
    )


def jpeg(noise: np.random.Generator) -> bytes:
    """A thumbnail with as much detail as a photo's has: some 12 KB."""
    small = Image.fromarray(noise.integers(0, 256, (30, 40, 3), dtype=np.uint8))
    out = io.BytesIO()
    small.resize((THUMBNAIL_SIDE, THUMBNAIL_SIDE * 3 // 4), Image.Resampling.BICUBIC).save(out, "JPEG", quality=80)
    return out.getvalue()


class Clock:
    """Milliseconds by the wall and of this thread's CPU; the latter is the same on a busy machine."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.thread_time()

    def read(self) -> tuple[float, float]:
        return 1000 * (time.perf_counter() - self._wall), 1000 * (time.thread_time() - self._cpu)


def frames(window: MainWindow, position: Callable[[int], int]) -> list[tuple[float, float]]:
    """How long each frame took while the grid is scrolled to ``position`` of the frame's number."""
    grid = window.photos_page.grid
    times = []
    for frame in range(_FRAMES):
        clock = Clock()
        grid.verticalScrollBar().setValue(position(frame))
        grid.viewport().repaint()
        times.append(clock.read())
        # What came meanwhile (thumbnails, pages) is work of the same thread, between frames.
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 16)
    return times


def resizes(window: MainWindow) -> list[tuple[float, float]]:
    times = []
    for width in range(1400, 1000, -10):
        clock = Clock()
        window.resize(width, 900)
        QApplication.processEvents()
        times.append(clock.read())
    return times


def report(what: str, times: list[tuple[float, float]]) -> None:
    wall, cpu = zip(*times, strict=True)
    cuts, cpu_cuts = statistics.quantiles(wall, n=100), statistics.quantiles(cpu, n=100)
    print(f"| {what} | {cuts[49]:.1f} | {cuts[94]:.1f} | {max(wall):.1f} | {cpu_cuts[49]:.1f} | {cpu_cuts[94]:.1f} |")


def memory() -> str:
    return f"{resident('VmRSS')} MB (anonymous {resident('RssAnon')} MB), at most {resident('VmHWM')} MB so far"


def resident(field: str) -> int:
    """Megabytes of this process, from the kernel."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith(field)).split()[1]) // 1024


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = QDeadlineTimer(60_000)
    while not happened():
        if deadline.hasExpired():
            raise TimeoutError("The window did not come up.")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)


if __name__ == "__main__":
    main()
