"""Waiting for what another thread or process is about to do."""

from __future__ import annotations

import threading
from collections.abc import Callable


def until(condition: Callable[[], bool]) -> None:
    """Return as soon as ``condition`` holds; give up after a time that no machine needs."""
    pause = threading.Event()
    for _ in range(6000):
        if condition():
            return
        pause.wait(0.01)
    raise AssertionError("it never happened")
