"""What ``pocketlens doctor`` looks at. Each check is tried for real: imported, hashed, opened or loaded."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from pocketlens.catalogue import Catalogue
from pocketlens.errors import CatalogueDamaged, PocketLensError
from pocketlens.paths import Home
from pocketlens.texts import REMEDY
from pocketlens_desktop.cli.machine_checks import extras, phones, window
from pocketlens_desktop.cli.model_choice import chosen_model
from pocketlens_desktop.cli.records import CheckRecord
from pocketlens_desktop.cli.terminal import shown
from pocketlens_desktop.origin import origin

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


def examine(home: Home) -> list[CheckRecord]:
    """Every check, in the order a person mends things."""
    checks = [_python(), *_imports(), _videos(), _words(), _no_telemetry()]
    checks += [_attempt(name, check, home) for name, check in _OF_HOME.items()]
    return [_within_reach(check) for check in (*checks, *_storage(home), *window(), *phones(), *extras())]


def _within_reach(check: CheckRecord) -> CheckRecord:
    """The same, with a remedy that can be followed: what is handed out as a bundle has no pip."""
    here = origin()
    if here.has_pip or not check.remedy.startswith("pip install"):
        return check
    remedy = f"A {here.made_as} cannot be added to. Install PocketLens from its source tree, then: {check.remedy}"
    return msgspec.structs.replace(check, remedy=remedy)


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


def _videos() -> CheckRecord:
    try:
        detail = f"PyAV {importlib.metadata.version('av')}"
    except importlib.metadata.PackageNotFoundError:
        return _check(
            "videos", False, "not read: PyAV is not installed", "pip install 'pocketlens[video]'", required=False
        )
    return _check("videos", True, detail, required=False)


def _words() -> CheckRecord:
    try:
        detail = f"read with rapidocr {importlib.metadata.version('rapidocr')}"
    except importlib.metadata.PackageNotFoundError:
        return _check("words in photos", False, "not read: rapidocr is not installed", REMEDY, required=False)
    return _check("words in photos", True, detail, required=False)


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
    from pocketlens.recovery import findings

    if not home.catalogue.exists():
        return "none yet; `pocketlens index FOLDER` makes it"
    if wrong := findings(home.catalogue):
        raise CatalogueDamaged(
            f"It is damaged: {wrong[0]}.", thing=str(home.catalogue), remedy="pocketlens doctor --repair"
        )
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
