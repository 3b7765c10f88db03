"""How a search is timed, the same for ours and for the peers', whose Python has nothing of the app."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple


class Timed(NamedTuple):
    """Milliseconds of each query, the rows it found, best first, and the seconds of getting ready."""

    ms: list[float]
    rows: list[list[int]]
    made_s: float


def timed(make: Callable[[], Callable[[Any], Iterable[Any]]], asked: Any) -> Timed:
    """Get ready, ask a first time that warms up, then ask one after the other."""
    started = time.perf_counter()
    search = make()
    made = time.perf_counter() - started
    search(asked[0])
    times, found = [], []
    for query in asked:
        started = time.perf_counter()
        rows = search(query)
        times.append(1000 * (time.perf_counter() - started))
        found.append([int(row) for row in rows])
    return Timed(times, found, made)
