"""``pocketlens gui``, and what the window needs of this machine."""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import os
import re
import sys
from pathlib import Path
from typing import Final

from pocketlens.errors import PocketLensError
from pocketlens.paths import Home, default_home

#: What Qt and its X11 platform plugin need on Debian and Ubuntu; packaging/system-packages.sh installs the same.
APT_PACKAGES: Final = (
    "libegl1 libgl1 libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 libglib2.0-0 libxcb-cursor0 "
    "libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 "
    "libxcb-xkb1"
)
APT_REMEDY: Final = f"On Debian or Ubuntu: sudo apt-get install {APT_PACKAGES}"
PIP_REMEDY: Final = "pip install pyside6-essentials"

_LIBRARY: Final = re.compile(r"(lib[\w.+-]+\.so[.\d]*)")


class WindowUnavailable(PocketLensError):
    """The window cannot open here: no display, no Qt, or a system library of Qt's is missing."""

    code = "window-unavailable"


def gui() -> int:
    """Open the window."""
    return open_window(default_home())


def open_window(home: Home, model: Path | None = None) -> int:
    """Run the window until it is closed.

    Args:
        model: folder of the model package; None takes the one in the home's settings.

    Returns:
        The window's own exit code.

    Raises:
        WindowUnavailable: it cannot open here; the error says what to install.
    """
    if not display_named():
        raise WindowUnavailable(
            "There is no display to open the window on.",
            remedy="Run this in a desktop session. `pocketlens search` needs no display.",
        )
    if missing := missing_library():
        raise _without(missing)
    try:
        # By name, not by an import statement: the command line works, and is checked, without the window.
        window = importlib.import_module("pocketlens_desktop.gui.app")
    except ImportError as error:
        if not (error.name or "").startswith("PySide6") and "PySide6" not in str(error.path):
            raise
        raise _without(str(error)) from error
    return int(window.run(home, model))


def _without(missing: str) -> WindowUnavailable:
    library = _LIBRARY.search(missing)
    return WindowUnavailable(
        f"The window needs {library.group(1) if library else 'PySide6 (Qt)'}, which is not installed.",
        remedy=APT_REMEDY if library else PIP_REMEDY,
    )


def display_named() -> bool:
    """Whether there is a screen to open a window on, as far as the environment tells."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def missing_library() -> str | None:
    """Why Qt could not start on X11, or None. Qt itself would abort the process without an exception.

    Loading the platform plugin costs some milliseconds, and the window would load it anyway.
    """
    found = importlib.util.find_spec("PySide6")
    if found is None or not found.submodule_search_locations:
        return "PySide6"
    plugin = Path(found.submodule_search_locations[0], "Qt", "plugins", "platforms", "libqxcb.so")
    if not sys.platform.startswith("linux") or not plugin.exists():
        return None
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        return str(error)
    return None
