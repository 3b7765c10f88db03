"""What a phone says of itself: model, Android, free space, battery, and what of it cannot be read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pocketlens_desktop.phone import shell
from pocketlens_desktop.phone.errors import PhoneMisbehaved, PhoneRefused
from pocketlens_desktop.phone.states import LOCKED_STORAGE, WORK_PROFILE, Advice
from pocketlens_desktop.phone.storage import ROOT
from pocketlens_desktop.phone.sync import REPLY_S
from pocketlens_desktop.phone.transport import Transport

_MANAGED_PROFILE = 0x20  # UserInfo.FLAG_MANAGED_PROFILE
_USER = re.compile(r"UserInfo\{(\d+):(.*):([0-9a-f]+)\}")
_PROPERTIES = ("ro.product.manufacturer", "ro.product.model", "ro.build.version.release", "ro.product.cpu.abi")


@dataclass(frozen=True)
class PhoneInformation:
    """Facts about a phone that is ready.

    Attributes:
        serial: its own serial number.
        free_bytes, total_bytes: of the storage its photos are on; None when it does not tell.
        battery_percent: None when it does not tell.
        notes: what keeps photos of this phone from being found, with what to do.
    """

    serial: str
    address: str
    manufacturer: str
    model: str
    android: str
    abi: str
    free_bytes: int | None
    total_bytes: int | None
    battery_percent: int | None
    notes: tuple[Advice, ...]

    @property
    def name(self) -> str:
        """What people call it: maker and model, the maker only once."""
        if self.model.casefold().startswith(self.manufacturer.casefold()):
            return self.model
        return f"{self.manufacturer} {self.model}".strip()


def information(phone: Transport) -> PhoneInformation:
    """Ask the phone.

    Raises:
        PhoneLost: it was unplugged meanwhile.
    """
    said = _ask(phone, "; ".join(f"getprop {name}" for name in _PROPERTIES))
    lines = said.split("\n")
    if len(lines) < len(_PROPERTIES):
        raise PhoneMisbehaved("The phone does not tell its model.", thing=phone.address)
    manufacturer, model, android, abi = (line.strip() for line in lines[: len(_PROPERTIES)])
    total, free = parse_space(_ask(phone, "df -k /sdcard/"))
    battery = re.search(r"^\s*level: (\d{1,3})\s*$", _ask(phone, "dumpsys battery"), re.MULTILINE)
    notes = []
    if is_locked(phone):
        notes.append(LOCKED_STORAGE)
    if has_work_profile(_ask(phone, "pm list users")):
        notes.append(WORK_PROFILE)
    return PhoneInformation(
        serial=phone.serial.decode(errors="backslashreplace"),
        address=phone.address,
        manufacturer=manufacturer,
        model=model or "phone",
        android=android,
        abi=abi,
        free_bytes=free,
        total_bytes=total,
        battery_percent=int(battery[1]) if battery else None,
        notes=tuple(notes),
    )


def model_name(phone: Transport) -> str:
    """The model alone, for a label."""
    return _ask(phone, "getprop ro.product.model").strip() or "phone"


def is_locked(phone: Transport) -> bool:
    """Whether the shared storage is not there: until its owner unlocks it once, a restarted phone shows it empty.

    Every Android keeps a folder ``Android`` on it, so a storage with nothing at all is never a real, empty album.
    """
    with phone.sync() as session:
        try:
            return not any(True for _entry in session.entries(ROOT))
        except PhoneRefused:
            return True


def parse_space(text: str) -> tuple[int | None, int | None]:
    """Total and free bytes from the last line of ``df -k``: source, 1K-blocks, used, available, …"""
    words = text.strip().split("\n")[-1].split()
    if len(words) < 4 or not (words[1].isdecimal() and words[3].isdecimal()):
        return None, None
    return int(words[1]) * 1024, int(words[3]) * 1024


def has_work_profile(text: str) -> bool:
    """Whether the answer to ``pm list users`` names a managed profile."""
    return any(int(flags, 16) & _MANAGED_PROFILE for _number, _name, flags in _USER.findall(text))


def _ask(phone: Transport, line: str) -> str:
    return shell.run(phone, line.encode(), seconds=REPLY_S).output.decode(errors="replace")
