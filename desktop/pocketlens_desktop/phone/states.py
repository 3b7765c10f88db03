"""The states a phone can be in when it is plugged in, and what to do about each, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PhoneState(StrEnum):
    """adb's own names (adb.cpp, ConnectionStateName), but for `UNKNOWN`."""

    READY = "device"
    UNAUTHORIZED = "unauthorized"
    AUTHORIZING = "authorizing"
    CONNECTING = "connecting"
    OFFLINE = "offline"
    NO_PERMISSIONS = "no permissions"
    RECOVERY = "recovery"
    RESCUE = "rescue"
    SIDELOAD = "sideload"
    BOOTLOADER = "bootloader"
    HOST = "host"
    DETACHED = "detached"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Advice:
    """One sentence on what is the case, one on what to do; nothing to do when the second is empty."""

    what: str
    remedy: str = ""


_RESTART = "Restart the phone (hold the power button), unlock it, and plug it in again."

ADVICE: dict[PhoneState, Advice] = {
    PhoneState.READY: Advice("The phone is ready."),
    PhoneState.UNAUTHORIZED: Advice(
        "The phone does not trust this computer yet.",
        "Unlock the phone and look at its screen: tap Allow under “Allow USB debugging?”. If nothing is asked there, "
        "unplug the cable and plug it in again; if that does not help, choose Revoke USB debugging authorisations in "
        "the phone's developer options first.",
    ),
    PhoneState.AUTHORIZING: Advice(
        "The phone is asking whether it may trust this computer.",
        "Unlock the phone and tap Allow under “Allow USB debugging?”.",
    ),
    PhoneState.CONNECTING: Advice("The phone is just being connected.", "Wait a moment."),
    PhoneState.OFFLINE: Advice(
        "The phone is plugged in, but does not answer.",
        "Unlock it, unplug the cable and plug it in again. If it stays like this, switch USB debugging off and on in "
        "the phone's developer options.",
    ),
    PhoneState.NO_PERMISSIONS: Advice(
        "This computer does not let you use the phone's USB port.",
        "Install the package android-sdk-platform-tools-common (or android-udev), which has the rules for it, add "
        "yourself to the group plugdev, log in again and plug the phone in anew.",
    ),
    PhoneState.RECOVERY: Advice("The phone is in recovery mode, where its photos cannot be read.", _RESTART),
    PhoneState.RESCUE: Advice("The phone is in rescue mode, where its photos cannot be read.", _RESTART),
    PhoneState.SIDELOAD: Advice("The phone waits for an update (sideload), and its photos cannot be read.", _RESTART),
    PhoneState.BOOTLOADER: Advice("The phone is in its bootloader, where its photos cannot be read.", _RESTART),
    PhoneState.HOST: Advice("This is not a phone but another computer's adb.", "Plug in the phone itself."),
    PhoneState.DETACHED: Advice(
        "Another program has the phone's USB port.", "Close other phone programs, then plug the phone in again."
    ),
    PhoneState.UNKNOWN: Advice(
        "The phone is in a state that this adb does not know.", "Unplug it, restart it, and plug it in again."
    ),
}

NO_PHONE = Advice(
    "No phone is plugged in.",
    "Use a cable that carries data, unlock the phone, and switch USB debugging on: Settings > About phone, tap the "
    "build number seven times, then Settings > System > Developer options > USB debugging.",
)
CHARGING_ONLY = Advice(
    "A phone is plugged in, but offers this computer nothing but charging and files: USB debugging is off.",
    "Unlock it and switch USB debugging on: Settings > About phone, tap the build number seven times, then Settings > "
    "System > Developer options > USB debugging. Some phones also need “Allow ADB debugging in charge only mode” "
    "there, or File transfer chosen in the USB notification.",
)
LOCKED_STORAGE = Advice(
    "The phone has been restarted and not unlocked since: its photos are still encrypted.",
    "Unlock it once with its PIN or pattern.",
)
WORK_PROFILE = Advice("The phone has a work profile. Android keeps its photos apart from adb: they are not searched.")


def state_of(word: str) -> PhoneState:
    """The state that adb's words for it begin with."""
    for state in PhoneState:
        if word == state.value or word.startswith(state.value + " "):
            return state
    return PhoneState.UNKNOWN
