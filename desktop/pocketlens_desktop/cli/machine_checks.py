"""What ``pocketlens doctor`` looks at outside PocketLens: Qt and its libraries, fonts, screen, adb, access to USB."""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pocketlens_desktop.cli.display import display_named
from pocketlens_desktop.cli.records import CheckRecord
from pocketlens_desktop.cli.terminal import shown
from pocketlens_desktop.cli.window import PIP_REMEDY, absent_libraries, missing_library, to_install
from pocketlens_desktop.phone import usb

#: Run in a process of its own: a Qt that cannot start aborts the whole process it is in.
_QT_PROBE: Final = """
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6 import QtWidgets, __version__
application = QGuiApplication([])
chinese = QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)
print(__version__, *chinese[:1], sep="\\t")
"""

#: Rules with such names say who may use a phone's USB device; systemd 258 and later bring their own.
_RULES: Final = (
    ("/etc/udev/rules.d", "*android*"),
    ("/usr/lib/udev/rules.d", "*android*"),
    ("/lib/udev/rules.d", "*android*"),
    ("/usr/lib/udev/hwdb.d", "70-debug-appliance.hwdb"),
)
_USB_REMEDY: Final = (
    "On Debian or Ubuntu: sudo apt-get install android-sdk-platform-tools-common && sudo usermod -aG plugdev $USER; "
    "then log in again, and plug the phone in again."
)
#: adb 30 is the oldest that PocketLens was tried with that speaks every service it uses.
_LEAST_ADB: Final = 30


def optional(name: str, ok: bool, detail: str, remedy: str) -> CheckRecord:
    """One finding on something that searching a folder does not need."""
    return CheckRecord(name=name, ok=ok, required=False, detail=detail, remedy="" if ok else remedy)


def window() -> Iterator[CheckRecord]:
    """Whether the window can open here, and show Chinese."""
    answer, complaint = _ask_qt("offscreen")
    if not answer:
        remedy = PIP_REMEDY if "No module named" in complaint else to_install(absent_libraries())
        yield optional("window (Qt)", False, complaint, remedy)
        yield from _libraries()
        return
    version, _, font = answer.partition("\t")
    yield optional("window (Qt)", True, f"PySide6 {version}", "")
    yield from _libraries()
    yield optional(
        "Chinese font",
        bool(font),
        font or "none: Chinese shows as boxes in the window",
        "On Debian or Ubuntu: sudo apt-get install fonts-noto-cjk",
    )
    yield _display()


def _libraries() -> Iterator[CheckRecord]:
    if not sys.platform.startswith("linux"):
        return
    missing = missing_library()
    if missing is None or missing == "PySide6":
        yield optional("X11 libraries", missing is None, missing or "all there", PIP_REMEDY)
        return
    absent = absent_libraries()
    yield optional("X11 libraries", False, f"missing: {', '.join(absent)}" if absent else missing, to_install(absent))


def _display() -> CheckRecord:
    name, remedy = "display", "Run this in a desktop session."
    if not display_named():
        return optional(name, False, "none: the command line works, the window does not", remedy)
    answer, complaint = _ask_qt(os.environ.get("QT_QPA_PLATFORM", ""))
    return optional(name, bool(answer), "there is one" if answer else f"it does not open: {complaint}", remedy)


def _ask_qt(platform: str) -> tuple[str, str]:
    """What the Qt probe answers on this platform plugin, and its complaint when it does not."""
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    if platform:
        environment["QT_QPA_PLATFORM"] = platform
    command = [sys.executable, "-P", "-c", _QT_PROBE]
    try:
        child = subprocess.run(command, env=environment, capture_output=True, check=False, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        return "", str(error)
    if child.returncode == 0:
        return child.stdout.strip(), ""
    complaint = [line for line in child.stderr.strip().splitlines() if line.strip()]
    said = [line for line in complaint if "could not connect" in line] or complaint[-1:]
    return "", said[0] if said else f"it ended with {child.returncode}"


def phones() -> Iterator[CheckRecord]:
    """Whether phones can be read: adb's program, and access to USB."""
    yield _adb()
    if sys.platform.startswith("linux"):
        yield usb_access()


def _adb() -> CheckRecord:
    remedy = "On Debian or Ubuntu: sudo apt-get install adb"
    try:
        adbutils = importlib.import_module("adbutils")
    except ImportError as error:
        return optional("adb", False, f"phones cannot be read: {error}", "pip install adbutils")
    try:
        program = adbutils.adb_path()
        # Says its version; no adb server is started.
        said = subprocess.run([program, "version"], capture_output=True, text=True, check=True, timeout=30).stdout
    except (adbutils.AdbError, OSError, subprocess.SubprocessError) as error:
        return optional("adb", False, f"phones cannot be read: {error}", remedy)
    version = re.search(r"^Version (\d+)\.", said, re.MULTILINE)
    number = int(version.group(1)) if version else 0
    detail = f"{shown(program)}, version {number or 'unknown'}"
    return optional("adb", number >= _LEAST_ADB or not version, detail, f"{remedy} ({_LEAST_ADB} or later)")


def usb_access(devices: Path = usb.DEVICES, nodes: Path = Path("/dev/bus/usb"), root: Path = Path("/")) -> CheckRecord:
    """Whether this person may talk to the phones that are plugged in, or to one that will be.

    Args:
        devices, nodes, root: where Linux describes USB devices, has their files, and keeps its rules.
    """
    name = "USB access"
    plugged = list(_debugged_phones(devices, nodes))
    if refused := [node for node in plugged if not os.access(node, os.R_OK | os.W_OK)]:
        return optional(name, False, f"a phone is plugged in, but {refused[0]} may not be opened", _USB_REMEDY)
    if plugged:
        return optional(name, True, "the phone that is plugged in can be opened", "")
    if os.geteuid() == 0 or any(any((root / folder[1:]).glob(pattern)) for folder, pattern in _RULES):
        return optional(name, True, "no phone is plugged in; nothing stands in the way", "")
    return optional(name, False, "no udev rules for phones: adb will say “no permissions”", _USB_REMEDY)


def _debugged_phones(devices: Path, nodes: Path) -> Iterator[Path]:
    """The device file of every phone on USB that offers debugging."""
    for device in sorted(devices.glob("*")):
        if usb.ADB in usb.interfaces(device):
            bus, number = usb.attribute(device / "busnum"), usb.attribute(device / "devnum")
            yield nodes / bus.zfill(3) / number.zfill(3)


def extras() -> Iterator[CheckRecord]:
    """What only some people want: the phone's own engine, and the tools that build models."""
    from pocketlens.errors import PocketLensError
    from pocketlens_desktop.phone.parts import find_bundle

    try:
        found = find_bundle("arm64-v8a")
        yield optional("engine for phones", True, f"{found.runtime.size / 1e6:.0f} MB, for arm64-v8a", "")
    except PocketLensError:
        yield optional(
            "engine for phones",
            False,
            "none: phones are indexed on this computer",
            "Install the package pocketlens-phone-engine; in PocketLens's source tree: make phone-bundle",
        )
    missing = [module for module in ("torch", "onnx", "cn_clip") if importlib.util.find_spec(module) is None]
    yield optional(
        "building models",
        not missing,
        f"not installed: {', '.join(missing)}" if missing else "torch, onnx and cn_clip are there",
        "pip install 'pocketlens[export]' && pip install --no-deps cn-clip openai-clip",
    )
