"""How many photos at a time this machine encodes best: tried once for each model, and kept.

A worker for each core is not always the fastest. Cores that are two halves of one share its arithmetic, and every
worker more wants its share of the memory bus and holds a photo's tensors; where fewer do as well, they leave the
machine to the person. A few seconds of trying are lost in a long job, and a short one does without.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec

from pocketlens.atomic import replacing
from pocketlens.errors import StorageFull
from pocketlens.pipeline import default_workers

#: Photos from which trying is worth its time: a job of half a minute and more.
LEAST_PHOTOS: Final = 500
#: With one, nothing would be read and decoded while something is encoded.
_LEAST_WORKERS: Final = 2
#: How long each number of workers is tried, twice: whoever else used the machine at one time did not at the other.
_SECONDS: Final = 0.6
#: Fewer workers are taken when they reach this share of the best rate: what two measurements differ by anyway.
_AS_GOOD: Final = 0.95


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured, and of which machine.

    Attributes:
        machine: the processor's name, the cores that may be used and the runtime's version. Another: measure again.
        workers: by the model's key.
    """

    machine: str
    workers: dict[str, int] = {}


def workers_for(
    file: Path,
    model: str,
    count: int,
    encode: Callable[[], object],
    *,
    most: int | None = None,
    seconds: float = _SECONDS,
) -> int:
    """Workers for a job of ``count`` photos with ``model``: what was measured, else measured now if it is long enough.

    Args:
        file: where it is kept. One that cannot be read is made again.
        encode: encodes one photo. Called from several threads.
        most: to try; `default_workers` when not given.
        seconds: of trying each number, twice.
    """
    most = most or default_workers()
    if most <= _LEAST_WORKERS:
        return most  # there is nothing to choose
    known = _kept(file)
    if model not in known.workers and count >= LEAST_PHOTOS:
        known.workers[model] = _measured(encode, most, seconds)
        try:
            with replacing(file) as opened:
                opened.write(msgspec.json.encode(known))
        except (StorageFull, OSError):
            pass  # measured again the next time
    return min(most, max(1, known.workers.get(model, most)))


def processor() -> str:
    """Its name where the kernel tells it, else its architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _kept(file: Path) -> Calibration:
    here = Calibration(machine=f"{processor()}, {default_workers()} workers, onnxruntime {version('onnxruntime')}")
    try:
        kept = msgspec.json.decode(file.read_bytes(), type=Calibration)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return here
    return kept if kept.machine == here.machine else here


def _measured(encode: Callable[[], object], most: int, seconds: float) -> int:
    encode()  # a first run makes room for what later ones need
    numbers = sorted({max(_LEAST_WORKERS, number) for number in (most, 3 * most // 4, most // 2)}, reverse=True)
    rates = dict.fromkeys(numbers, 0.0)
    for _ in range(2):
        for number in numbers:
            rates[number] = max(rates[number], _rate(encode, number, seconds))
    best = max(rates.values())
    return min(number for number, rate in rates.items() if rate >= _AS_GOOD * best)


def _rate(encode: Callable[[], object], workers: int, seconds: float) -> float:
    """Photos a second."""
    started = time.perf_counter()

    def work(_: int) -> int:
        done = 0
        while time.perf_counter() - started < seconds:
            encode()
            done += 1
        return done

    with ThreadPoolExecutor(workers) as pool:
        done = sum(pool.map(work, range(workers)))
    return done / (time.perf_counter() - started)
