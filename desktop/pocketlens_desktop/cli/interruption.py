"""Ctrl-C in two steps: the first asks for an orderly stop, the second ends at once."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType


@dataclass
class Interruption:
    """Whether the person asked for a stop."""

    asked: bool = False


@contextlib.contextmanager
def stop_on_interrupt(stop: Callable[[], object]) -> Iterator[Interruption]:
    """Call ``stop`` on the first Ctrl-C; raise KeyboardInterrupt on the second.

    ``stop`` runs in a thread of its own: a signal handler comes between any two instructions of the main
    thread, which may hold the very lock that ``stop`` needs.
    """
    interruption = Interruption()

    def on_interrupt(_number: int, _frame: FrameType | None) -> None:
        if interruption.asked:
            raise KeyboardInterrupt
        interruption.asked = True
        threading.Thread(target=stop, name="stop", daemon=True).start()

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield interruption
    finally:
        signal.signal(signal.SIGINT, before)
