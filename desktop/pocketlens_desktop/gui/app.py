"""The window's program: the application, its theme and language, and the main window."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QApplication

from pocketlens.paths import Home
from pocketlens.settings import load_settings
from pocketlens_desktop.gui.icons import window_icon
from pocketlens_desktop.gui.language import Language
from pocketlens_desktop.gui.theme import Theme
from pocketlens_desktop.gui.window import MainWindow
from pocketlens_desktop.sample import ALBUM
from pocketlens_models.registry import locate


def run(home: Home, model: Path | None = None, argv: Sequence[str] | None = None) -> int:
    """Open the window and stay until it is closed. Returns the exit code.

    Args:
        model: folder of the model package; None takes the one in the settings.
        argv: Qt's own options; None takes the program's name alone.

    Raises:
        ModelMissing: the settings name a model that is neither installed nor shipped.
    """
    application = QApplication(list(argv) if argv is not None else [sys.argv[0]])
    window = make_window(application, home, model)
    window.show()
    return application.exec()


def make_window(application: QApplication, home: Home, model: Path | None = None) -> MainWindow:
    """The main window in the person's theme and language, not shown yet."""
    home.make()
    settings = load_settings(home)
    application.setApplicationName("PocketLens")
    application.setDesktopFileName("pocketlens")
    application.setWindowIcon(window_icon())
    theme = Theme(application, settings.theme)
    language = Language(application, settings.language)
    package = model if model is not None else locate(settings.model, home)
    window = MainWindow(home, package, ALBUM, theme, language)
    # They end with the window: a translator that outlived it would speak for the next one.
    theme.setParent(window)
    language.setParent(window)
    return window
