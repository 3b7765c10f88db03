"""What of Qt goes into the bundle: the modules that the window imports, some plugins, and the libraries those need."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from pinned import REPOSITORY
from python_tree import files, weight

PLUGINS = (
    "platforms/libqxcb.so",
    "platforms/libqwayland.so",
    "platforms/libqoffscreen.so",
    "platforminputcontexts/libibus",  # Chinese is typed with it
    "platforminputcontexts/libcompose",
    "platformthemes/libqxdgdesktopportal.so",
    "xcbglintegrations/",
    "wayland-shell-integration/libxdg-shell.so",
    "wayland-decoration-client/",
    "wayland-graphics-integration-client/libqt-plugin-wayland-egl.so",
    "iconengines/libqsvgicon.so",
    "imageformats/libqsvg.so",
    # Photos and thumbnails; PNG and BMP are in QtGui, what Pillow reads is in Pillow.
    "imageformats/libqjpeg.so",
    "imageformats/libqgif.so",
    "imageformats/libqtiff.so",
)
TRANSLATIONS = re.compile(r"qtbase_(en|zh_CN)\.qm$")


def prune(site: Path) -> int:
    """Remove what the window does not use of PySide6 below ``site``. Returns the bytes that stay."""
    pyside = site / "PySide6"
    modules = window_modules()
    kept = {pyside / f"{module}.abi3.so" for module in modules}
    plugins = pyside / "Qt" / "plugins"
    kept |= {file for file in files(plugins) if file.relative_to(plugins).as_posix().startswith(PLUGINS)}
    kept |= _libraries(kept, pyside)
    kept |= {file for file in files(pyside / "Qt" / "translations") if TRANSLATIONS.search(file.name)}
    kept |= {pyside / name for name in ("__init__.py", "_config.py", "_git_pyside_version.py")}
    # Bundled beside Qt on purpose; found by the plugins, not by the walk above.
    kept |= set((pyside / "Qt" / "lib").glob("libxcb-*"))
    for file in files(pyside):
        if file not in kept:
            file.unlink()
    for folder in sorted((one for one in pyside.rglob("*") if one.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()
    shutil.rmtree(site / "PySide6_Essentials-lib", ignore_errors=True)
    return weight(pyside)


def window_modules() -> set[str]:
    """The modules of PySide6 that PocketLens imports anywhere."""
    found = set()
    for file in files(REPOSITORY / "desktop"):
        if file.suffix == ".py":
            found |= set(re.findall(r"\bPySide6\.(Qt\w+)", file.read_text(encoding="utf-8")))
            for names in re.findall(r"^from PySide6 import ([\w, ]+)", file.read_text(encoding="utf-8"), re.MULTILINE):
                found |= {name for name in re.split(r",\s*", names) if name.startswith("Qt")}
    return found


def _libraries(programs: set[Path], pyside: Path) -> set[Path]:
    """All that these load, as far as it lies in PySide6."""
    found: set[Path] = set()
    ahead = list(programs)
    while ahead:
        for name in needed(ahead.pop()):
            for library in (pyside / "Qt" / "lib" / name, pyside / name):
                if library.is_file() and library not in found:
                    found.add(library)
                    ahead.append(library)
    return found


def needed(program: Path) -> list[str]:
    """The names of the shared libraries that one program or library asks for."""
    said = subprocess.run(
        ["readelf", "--dynamic", "--wide", program], capture_output=True, text=True, check=True
    ).stdout
    return re.findall(r"\(NEEDED\)\s+Shared library: \[(.+?)\]", said)
