"""How late the window answers while an album is indexed beside it.

    python tests/bench/gui_latency.py

A timer asks to be called every 10 ms on the window's own thread; what it comes later than that is what a click would
wait. Measured idle, while the sample album is indexed with every thread the machine has, and while typing then.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QDeadlineTimer, QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from pocketlens.paths import home_at
from pocketlens_desktop.gui.app import make_window
from pocketlens_desktop.gui.window import MainWindow
from pocketlens_desktop.sample import ALBUM

_EVERY_MS = 10
_WORDS = "a dog on the beach at sunset"


class Latency(QObject):
    """Collects how many milliseconds late each tick is."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(self, interval=_EVERY_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late.append(max(0.0, 1000 * (now - self._last) - _EVERY_MS))
        self._last = now

    def take(self) -> list[float]:
        taken, self.late = self.late, []
        return taken


def main() -> None:
    application = QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        window = make_window(application, home_at(Path(folder)))
        window.resize(1400, 900)
        window.show()
        latency = Latency()
        run_for(1_000)
        latency.take()
        print("| while | ticks | p50 ms | p99 ms | worst ms |")
        print("|---|---|---|---|---|")
        run_for(2_000)
        report("idle", latency.take())
        window.index_folders([ALBUM])
        run_while(lambda: window.library.overview.counts.ready == 0)
        report("indexing, first photos", latency.take())
        type_words(window)
        report("indexing and typing", latency.take())
        window.close()


def type_words(window: MainWindow) -> None:
    """A letter every 80 ms, as people type."""
    for letter in _WORDS:
        window.photos_page.field.line.insert(letter)
        run_for(80)
    run_while(lambda: window.photos_page.results is None)


def run_for(milliseconds: int) -> None:
    deadline = QDeadlineTimer(milliseconds)
    run_while(lambda: not deadline.hasExpired())


def run_while(going: Callable[[], bool]) -> None:
    while going():
        QApplication.processEvents(
            QEventLoop.ProcessEventsFlag.AllEvents | QEventLoop.ProcessEventsFlag.WaitForMoreEvents
        )


def report(what: str, late: list[float]) -> None:
    cuts = statistics.quantiles(late, n=100)
    print(f"| {what} | {len(late)} | {cuts[49]:.1f} | {cuts[98]:.1f} | {max(late):.1f} |")


if __name__ == "__main__":
    main()
