"""A phone on the USB bus that offers no debugging: what adb cannot see, seen through Linux's sysfs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

#: Where Linux describes USB devices; on other systems it is not there, and no phone is found in it.
DEVICES: Final = Path("/sys/bus/usb/devices")

# Interfaces are told by class, subclass and protocol: Android's two ways to offer files (MTP as an image class since
# Android 8, vendor specific before), and adb's own (adb.h: ADB_CLASS, ADB_SUBCLASS, ADB_PROTOCOL).
_FILES: Final = {("06", "01", "01"), ("ff", "ff", "00")}
ADB: Final = ("ff", "42", "01")
# Cameras offer files in the same way, so only makers of phones count: Google, Samsung, Xiaomi, Huawei, OPPO, OnePlus,
# vivo, Motorola, Sony Mobile, LG and ZTE in the list of USB vendor numbers.
_PHONE_MAKERS: Final = frozenset(
    ("18d1", "04e8", "2717", "12d1", "22d9", "2a70", "2d95", "22b8", "0fce", "1004", "19d2")
)


def phone_without_adb(devices: Path = DEVICES) -> bool:
    """Whether a phone is plugged in with USB debugging switched off."""
    try:
        return any(_is_phone_without_adb(device) for device in devices.iterdir())
    except OSError:
        return False


def _is_phone_without_adb(device: Path) -> bool:
    vendor = attribute(device / "idVendor")
    if vendor not in _PHONE_MAKERS:
        return False
    offered = interfaces(device)
    return ADB not in offered and bool(offered & _FILES)


def interfaces(device: Path) -> set[tuple[str, ...]]:
    """What a device offers: each by its class, subclass and protocol, two hexadecimal digits."""
    return {
        tuple(attribute(interface / f"bInterface{part}") for part in ("Class", "SubClass", "Protocol"))
        for interface in device.glob("*:*.*")
    }


def attribute(file: Path) -> str:
    """What the system says in one of its files about a device; "" where it does not."""
    try:
        return file.read_text().strip().lower()
    except OSError:
        return ""
