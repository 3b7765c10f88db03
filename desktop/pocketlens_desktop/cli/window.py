"""``pocketlens gui``, and what the window needs of this machine."""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from pocketlens.errors import PocketLensError
from pocketlens.paths import Home, default_home
from pocketlens_desktop.cli.display import display_named, silent_display
from pocketlens_desktop.cli.terminal import shown

#: What Qt and its X11 platform plugin need on Debian and Ubuntu; packaging/system-packages.sh installs the same.
APT_PACKAGES: Final = (
    "libegl1 libgl1 libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 libglib2.0-0 libxcb-cursor0 "
    "libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 "
    "libxcb-xkb1 libx11-6 libx11-xcb1 libfreetype6 libxcb1 libxcb-render0 libxcb-shm0 libxcb-sync1 "
    "libxcb-xfixes0 libzstd1"
)
APT_REMEDY: Final = f"On Debian or Ubuntu: sudo apt-get install {APT_PACKAGES}"
PIP_REMEDY: Final = "pip install pyside6-essentials"

#: What Qt's X11 plugin and the window load, with the Debian package that has it.
LIBRARIES: Final = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libfreetype.so.6": "libfreetype6",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxcb.so.1": "libxcb1",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libzstd.so.1": "libzstd1",
}

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
    if silent := silent_display():
        raise WindowUnavailable(
            f"The display {shown(silent)} does not answer.",
            remedy="Run this in a desktop session, as the person who is logged in there.",
        )
    return int(window.run(home, model))


def _without(missing: str) -> WindowUnavailable:
    library = _LIBRARY.search(missing)
    if library is None:
        return WindowUnavailable("The window needs PySide6 (Qt), which is not installed.", remedy=PIP_REMEDY)
    name = library.group(1)
    return WindowUnavailable(
        f"The window needs {name}, which is not installed.", remedy=to_install({name, *absent_libraries()})
    )


def to_install(libraries: Iterable[str]) -> str:
    """The command that brings these system libraries, or all that Qt needs where one of them is not known."""
    packages = sorted({LIBRARIES.get(library, APT_PACKAGES) for library in libraries})
    if not packages or APT_PACKAGES in packages:
        return APT_REMEDY
    return f"On Debian or Ubuntu: sudo apt-get install {' '.join(packages)}"


def missing_library() -> str | None:
    """Why Qt could not start on X11, or None. Qt itself would abort the process without an exception.

    Loading the platform plugin costs some milliseconds, and the window would load it anyway.
    """
    qt = _qt_folder()
    if qt is None:
        return "PySide6"
    plugin = qt / "plugins" / "platforms" / "libqxcb.so"
    if not sys.platform.startswith("linux") or not plugin.exists():
        return None
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        return str(error)
    return None


def absent_libraries(wanted: Iterable[str] = LIBRARIES) -> list[str]:
    """Those that neither this system nor Qt's own folder has; a bundle brings some of them there."""
    qt = _qt_folder()
    beside = set() if qt is None else {file.name for file in (qt / "lib").glob("*.so.*")}
    return [name for name in wanted if name not in beside and not _loads(name)]


def _qt_folder() -> Path | None:
    """Where PySide6 has Qt's libraries and plugins."""
    found = importlib.util.find_spec("PySide6")
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0], "Qt")


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
