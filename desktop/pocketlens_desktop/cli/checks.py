"""What ``pocketlens doctor`` looks at. Each check is tried for real: imported, hashed, opened or loaded."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Final

from pocketlens.catalogue import Catalogue
from pocketlens.errors import PocketLensError
from pocketlens.paths import Home
from pocketlens.text_reader import REMEDY
from pocketlens_desktop.cli.model_choice import chosen_model
from pocketlens_desktop.cli.records import CheckRecord
from pocketlens_desktop.cli.terminal import shown
from pocketlens_desktop.cli.window import APT_REMEDY, PIP_REMEDY, display_named, missing_library

_LEAST_PYTHON: Final = (3, 11)

#: import name -> (distribution, whether searching a folder needs it)
_IMPORTS: Final = {
    "msgspec": ("msgspec", True),
    "numpy": ("numpy", True),
    "onnxruntime": ("onnxruntime", True),
    "PIL.Image": ("pillow", True),
    "pillow_heif": ("pillow-heif", True),
    "numkong": ("numkong", True),
    "usearch.index": ("usearch", True),
    "platformdirs": ("platformdirs", True),
    "adbutils": ("adbutils", False),
    "requests": ("requests", False),
}

#: The first onnxruntime that phones home when it is imported.
_TELLTALE_ONNXRUNTIME: Final = (1, 29)

#: Free space worth a warning: an album of 20,000 photos takes about this (vectors, thumbnails, catalogue).
_ENOUGH_BYTES: Final = 500_000_000

#: Run in a process of its own: a Qt that cannot start aborts the whole process it is in.
_QT_PROBE: Final = """
import os
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6 import QtWidgets, __version__
application = QGuiApplication([])
chinese = QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)
print(__version__, *chinese[:1], sep="\\t")
"""


def examine(home: Home) -> list[CheckRecord]:
    """Every check, in the order a person mends things."""
    checks = [_python(), *_imports(), _no_telemetry()]
    checks += [_attempt(name, check, home) for name, check in _OF_HOME.items()]
    return [*checks, *_storage(home), *_window(), _words(), _adb()]


def _check(name: str, ok: bool, detail: str, remedy: str = "", *, required: bool = True) -> CheckRecord:
    return CheckRecord(name=name, ok=ok, required=required, detail=detail, remedy="" if ok else remedy)


def _python() -> CheckRecord:
    least = ".".join(map(str, _LEAST_PYTHON))
    detail = f"{platform.python_version()} at {shown(sys.executable)}"
    return _check("Python", sys.version_info >= _LEAST_PYTHON, detail, f"Install Python {least} or later.")


def _imports() -> Iterator[CheckRecord]:
    for module, (distribution, required) in _IMPORTS.items():
        remedy = f"pip install {distribution}"
        try:
            importlib.import_module(module)
            detail = importlib.metadata.version(distribution)
        except (ImportError, OSError) as error:
            yield _check(distribution, False, str(error), remedy, required=required)
        else:
            yield _check(distribution, True, detail, required=required)


def _no_telemetry() -> CheckRecord:
    name, remedy = "telemetry off", 'pip install "onnxruntime<1.29"'
    if os.environ.get("ORT_DISABLE_TELEMETRY") != "1":
        return _check(name, False, "ORT_DISABLE_TELEMETRY is not 1.", "unset ORT_DISABLE_TELEMETRY")
    try:
        version = importlib.metadata.version("onnxruntime")
    except importlib.metadata.PackageNotFoundError:
        return _check(name, False, "onnxruntime is not installed.", remedy)
    quiet = tuple(int(part) for part in version.split(".")[:2]) < _TELLTALE_ONNXRUNTIME
    detail = f"onnxruntime {version}" + ("" if quiet else " phones home when imported")
    return _check(name, quiet, detail, remedy)


def _attempt(name: str, check: Callable[[Home], str], home: Home) -> CheckRecord:
    try:
        return _check(name, True, check(home))
    except PocketLensError as error:
        where = f"{error.thing}: " if error.thing else ""
        return _check(name, False, f"{where}{error.what}", error.remedy)


def _model(home: Home) -> str:
    from pocketlens.model import load_package

    package = load_package(chosen_model(home))
    size = sum(file.size for file in package.manifest.files)
    return f"{package.manifest.key}, {size / 1e6:.0f} MB, hashes match"


def _catalogue(home: Home) -> str:
    if not home.catalogue.exists():
        return "none yet; `pocketlens index FOLDER` makes it"
    with Catalogue.open(home.catalogue, read_only=True) as catalogue:
        return f"{catalogue.counts().photos:,} photos"


_OF_HOME: Final[dict[str, Callable[[Home], str]]] = {"model": _model, "catalogue": _catalogue}


def _storage(home: Home) -> Iterator[CheckRecord]:
    for name, folder in (("data folder", home.data), ("cache folder", home.cache)):
        standing = next(parent for parent in (folder, *folder.parents) if parent.exists())
        free = shutil.disk_usage(standing).free
        detail = f"{folder} ({free / 1e9:.1f} GB free)"
        if not os.access(standing, os.W_OK | os.X_OK):
            yield _check(name, False, f"{standing} cannot be written to", f"sudo chown $USER {standing}")
        else:
            remedy = "Free some space, or choose another place with POCKETLENS_HOME=/a/folder."
            yield _check(name, free >= _ENOUGH_BYTES, detail, remedy)


def _window() -> Iterator[CheckRecord]:
    answer, complaint = _ask_qt()
    if not answer:
        remedy = PIP_REMEDY if "No module named" in complaint else APT_REMEDY
        yield _check("window (Qt)", False, complaint, remedy, required=False)
        return
    version, _, font = answer.partition("\t")
    yield _check("window (Qt)", True, f"PySide6 {version}", required=False)
    missing = missing_library()
    yield _check("X11 libraries", missing is None, missing or "all there", APT_REMEDY, required=False)
    yield _check(
        "Chinese font",
        bool(font),
        font or "none: Chinese shows as boxes in the window",
        "On Debian or Ubuntu: sudo apt-get install fonts-noto-cjk",
        required=False,
    )
    yield _check(
        "display",
        display_named(),
        "there is one" if display_named() else "none: the command line works, the window does not",
        "Run this in a desktop session.",
        required=False,
    )


def _ask_qt() -> tuple[str, str]:
    """What the Qt probe answers, and the last line of its complaint when it does not."""
    try:
        child = subprocess.run(
            [sys.executable, "-P", "-c", _QT_PROBE], capture_output=True, check=False, text=True, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return "", str(error)
    if child.returncode == 0:
        return child.stdout.strip(), ""
    complaint = child.stderr.strip().splitlines() or [f"it ended with {child.returncode}"]
    return "", complaint[-1]


def _words() -> CheckRecord:
    name = "words in photos"
    try:
        detail = f"read with rapidocr {importlib.metadata.version('rapidocr')}"
    except importlib.metadata.PackageNotFoundError:
        detail = "not read: the extra is not installed"
        return _check(name, False, detail, REMEDY, required=False)
    return _check(name, True, detail, required=False)


def _adb() -> CheckRecord:
    remedy = "On Debian or Ubuntu: sudo apt-get install adb"
    try:
        adbutils = importlib.import_module("adbutils")
    except ImportError as error:
        return _check("adb", False, f"phones cannot be read: {error}", "pip install adbutils", required=False)
    try:
        # Asks for the program's path alone; no adb server is started.
        return _check("adb", True, shown(adbutils.adb_path()), required=False)
    except adbutils.AdbError as error:
        return _check("adb", False, f"phones cannot be read: {error}", remedy, required=False)
