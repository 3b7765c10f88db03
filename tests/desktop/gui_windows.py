"""Opening the real window in a test, and closing it at its end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

# No display is needed, and none is used where there is one.
os.environ["QT_QPA_PLATFORM"] = "offscreen"

from desktop.gui_waiting import OpenWindow
from pocketlens.paths import Home
from pocketlens.settings import Settings, save_settings
from pocketlens_desktop.gui.app import make_window
from pocketlens_desktop.gui.window import MainWindow


@contextmanager
def closing_windows(application: QApplication, qtbot: QtBot, model: Path) -> Iterator[OpenWindow]:
    """Opens the window over a home, in English unless the home's settings say otherwise; closes it at the end."""
    opened: list[MainWindow] = []

    def open_it(home: Home) -> MainWindow:
        if not home.settings.exists():
            save_settings(home, Settings(language="en", theme="light", read_text=False))
        window = make_window(application, home, model)
        opened.append(window)
        window.resize(1000, 700)
        window.show()
        qtbot.waitExposed(window)
        return window

    yield open_it
    for window in opened:
        window.close()
        window.deleteLater()
    application.sendPostedEvents(None, 52)  # QEvent.DeferredDelete, so that no window outlives its test
