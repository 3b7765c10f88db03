"""What the window's tests wait for."""

from __future__ import annotations

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from pocketlens.paths import Home
from pocketlens_desktop.gui.window import MainWindow

#: What a real engine may take on a busy machine, milliseconds; nothing waits this long when all is well.
PATIENCE_MS = 60_000

OpenWindow = Callable[[Home], MainWindow]


def wait_for_answer(qtbot: QtBot, window: MainWindow) -> None:
    """Until the window shows what was searched for."""
    qtbot.waitUntil(lambda: window.photos_page.results is not None and not window.search.busy, timeout=PATIENCE_MS)
