"""The process that is measured: one tower, loaded, run and unloaded, with a JSON line at the end of each phase.

``python -m pocketlens_models.profile.child '{"folder": …}'`` with the fields of `Task`. It encodes through the
same classes that the engine uses. Times are of the system-wide monotonic clock, so that whoever watches from
outside can lay its own samples beside them.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np

from pocketlens.encoders import ImageEncoder, TextEncoder
from pocketlens.model import ModelPackage, load_package
from pocketlens.session import open_session
from pocketlens_models.profile.memory import Memory, memory_of
from pocketlens_models.verify.samples import QUERIES

PhaseName = Literal["baseline", "check", "load", "first run", "steady", "unload"]


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What to measure. ``batch`` above 1 is for the image tower alone: queries come one at a time."""

    folder: str
    tower: Literal["image", "text"]
    threads: int
    batch: int
    runs: int


class Phase(msgspec.Struct, frozen=True, kw_only=True):
    """One finished phase: when it began and ended (monotonic seconds), processor seconds, memory at its end."""

    name: PhaseName
    begin: float
    end: float
    cpu: float
    memory: Memory | None


class Latencies(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds of each steady run: elapsed, and processor time of all threads."""

    wall_ms: list[float]
    cpu_ms: list[float]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One line on stdout; exactly one of the two is there."""

    phase: Phase | None = None
    latencies: Latencies | None = None


@contextlib.contextmanager
def _phase(name: PhaseName) -> Iterator[None]:
    begin, worked = time.monotonic(), time.process_time()
    yield
    end, worked = time.monotonic(), time.process_time() - worked
    phase = Phase(name=name, begin=begin, end=end, cpu=worked, memory=memory_of())
    _write(Report(phase=phase))


def _write(report: Report) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(report) + b"\n")
    sys.stdout.buffer.flush()


def _runner(package: ModelPackage, task: Task) -> Callable[[], object]:
    """One run of the tower, as a function that holds everything it needs."""
    if task.tower == "text":
        encoder, queries = TextEncoder(package, task.threads), cycle(QUERIES)
        return lambda: encoder.encode(next(queries))
    size = package.manifest.image.size
    random = np.random.default_rng(0)
    if task.batch == 1:
        images = ImageEncoder(package, task.threads)
        pixels = random.integers(0, 256, size=(size, size, 3), dtype=np.uint8)
        return lambda: images.encode(pixels)
    session = open_session(package, "image", task.threads)
    batch = random.standard_normal((task.batch, 3, size, size), dtype=np.float32)
    return lambda: session.run(batch)


def measure(task: Task) -> None:
    """Go through all phases, writing a `Report` line after each."""
    with _phase("baseline"):
        # Imported by itself, so that loading is timed as a process that runs on pays for it.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        import onnxruntime  # noqa: F401
    with _phase("check"):
        package = load_package(Path(task.folder), (task.tower,))
    with _phase("load"):
        run = _runner(package, task)
    with _phase("first run"):
        run()
    wall, cpu = [], []
    with _phase("steady"):
        for _ in range(task.runs):
            begin, worked = time.perf_counter(), time.process_time()
            run()
            wall.append((time.perf_counter() - begin) * 1e3)
            cpu.append((time.process_time() - worked) * 1e3)
    with _phase("unload"):
        del run
        gc.collect()
    _write(Report(latencies=Latencies(wall_ms=wall, cpu_ms=cpu)))


if __name__ == "__main__":
    measure(msgspec.json.decode(sys.argv[1], type=Task))
