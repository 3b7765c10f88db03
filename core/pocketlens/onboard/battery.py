"""Whether the phone can bear the work just now: its battery's charge and temperature."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from typing import Final, Literal

Reason = Literal["hot", "low-battery"]

# Chosen, not measured on a phone. Phones begin to slow down by themselves at some 43-45 degrees, and warn of a low
# battery at 15-20 %. Each has a lower, or higher, mark to go on at: a job must not stop and go every minute.
HOT_C: Final = 43.0
COOL_C: Final = 40.0
LOW_PERCENT: Final = 20
ENOUGH_PERCENT: Final = 25
#: `dumpsys battery` answers within a second.
_ANSWER_S: Final = 10.0

_FIELD = re.compile(r"^\s*(level|scale|temperature): (-?\d{1,9})\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Battery:
    """What the phone says of its battery; None where it does not.

    Attributes:
        percent: of its charge.
        celsius: its temperature.
    """

    percent: float | None = None
    celsius: float | None = None


def parse_battery(text: str) -> Battery:
    """Read the answer to ``dumpsys battery``: the temperature is in tenths of a degree, the level in parts of scale."""
    # The first of each: vendors append sections of their own with the same words.
    fields: dict[str, int] = {}
    for name, value in _FIELD.findall(text):
        fields.setdefault(name, int(value))
    level, scale, temperature = fields.get("level"), fields.get("scale", 100), fields.get("temperature")
    return Battery(
        percent=100 * level / scale if level is not None and scale > 0 else None,
        celsius=temperature / 10 if temperature is not None else None,
    )


def ask_battery() -> Battery:
    """Ask the phone this runs on. One that does not tell is taken to be fine."""
    try:
        said = subprocess.run(["dumpsys", "battery"], capture_output=True, check=False, timeout=_ANSWER_S)
    except (OSError, subprocess.TimeoutExpired):
        return Battery()
    return parse_battery(said.stdout.decode(errors="replace"))


def reasons_to_wait(battery: Battery, waiting: frozenset[Reason]) -> frozenset[Reason]:
    """Why the job should wait, given why it waits already."""
    hot = COOL_C if "hot" in waiting else HOT_C
    low = ENOUGH_PERCENT if "low-battery" in waiting else LOW_PERCENT
    reasons: set[Reason] = set()
    if battery.celsius is not None and battery.celsius >= hot:
        reasons.add("hot")
    if battery.percent is not None and battery.percent < low:
        reasons.add("low-battery")
    return frozenset(reasons)
