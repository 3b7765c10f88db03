"""What the window says about a phone in each state, and which picture goes with it."""

from __future__ import annotations

from dataclasses import dataclass

from pocketlens_desktop.gui.phone_picture import Scene
from pocketlens_desktop.gui.wording import translate
from pocketlens_desktop.phone.states import LOCKED_STORAGE, WORK_PROFILE, Advice
from pocketlens_desktop.phone.states import PhoneState as State


@dataclass(frozen=True)
class Situation:
    """What is the case, what to do about it one step after the other, and the picture of that."""

    scene: Scene
    title: str
    steps: tuple[str, ...] = ()


def no_phone() -> Situation:
    return Situation(
        Scene.PLUG,
        translate("phone", "Plug in your phone"),
        (
            translate("phone", "Use a cable that carries data, and unlock the phone."),
            *_switching_on(),
        ),
    )


def charging_only() -> Situation:
    return Situation(
        Scene.DEBUGGING,
        translate("phone", "A phone is plugged in, but USB debugging is off"),
        (
            *_switching_on(),
            translate(
                "phone", "If nothing changes, choose “File transfer” in the USB notification at the top of its screen."
            ),
        ),
    )


def _switching_on() -> tuple[str, ...]:
    return (
        translate("phone", "Settings › About phone: tap “Build number” seven times."),
        translate("phone", "Settings › System › Developer options: switch “USB debugging” on."),
    )


def no_adb() -> Situation:
    return Situation(
        Scene.COMPUTER,
        translate("phone", "The program that talks to phones (adb) does not start"),
        (
            translate("phone", "Install Android's platform tools; on Linux the package is called adb."),
            translate("phone", "Close other programs that use a phone, then try again."),
        ),
    )


def several_phones(count: int) -> Situation:
    return Situation(
        Scene.SEVERAL,
        translate("phone", "{count} phones are plugged in").format(count=count),
        (translate("phone", "Each has its own card below. Choose the one to index."),),
    )


def unplugged() -> Situation:
    """A phone that is being indexed and is not there any more."""
    return Situation(
        Scene.PLUG,
        translate("phone", "The phone is unplugged"),
        (
            translate("phone", "Plug it in again: indexing goes on by itself where it was."),
            translate("phone", "What was indexed so far is kept."),
        ),
    )


def situation_of(state: State) -> Situation:
    """A phone that is plugged in and not ready."""
    again = translate("phone", "Unplug the cable and plug it in again.")
    restart = translate("phone", "Hold its power button to restart it, and unlock it.")
    closing = translate("phone", "Close other programs that use a phone, then try again.")
    maintenance = translate("phone", "The phone is in a maintenance mode, where its photos cannot be read")
    in_maintenance = Situation(Scene.RESTART, maintenance, (restart, again))
    unknown = Situation(Scene.RESTART, translate("phone", "The phone does not say how it is"), (restart, again))
    known = {
        State.UNAUTHORIZED: _asking(),
        State.AUTHORIZING: _asking(),
        State.CONNECTING: Situation(Scene.WAIT, translate("phone", "The phone is being connected…")),
        State.OFFLINE: _silent(again),
        State.NO_PERMISSIONS: _forbidden(again),
        State.HOST: Situation(Scene.COMPUTER, translate("phone", "This is another computer, not a phone")),
        State.DETACHED: Situation(
            Scene.COMPUTER, translate("phone", "Another program is using the phone"), (closing, again)
        ),
        State.READY: Situation(Scene.READY, translate("phone", "The phone is ready")),
        **dict.fromkeys((State.RECOVERY, State.RESCUE, State.SIDELOAD, State.BOOTLOADER), in_maintenance),
    }
    return known.get(state, unknown)


def _asking() -> Situation:
    return Situation(
        Scene.ALLOW,
        translate("phone", "The phone asks whether it may trust this computer"),
        (
            translate("phone", "Unlock the phone and look at its screen."),
            translate("phone", "Tick “Always allow from this computer” and tap “Allow”."),
            translate("phone", "Nothing is asked? Unplug the cable and plug it in again."),
        ),
    )


def _silent(again: str) -> Situation:
    return Situation(
        Scene.PLUG,
        translate("phone", "The phone is plugged in, but does not answer"),
        (
            translate("phone", "Unlock the phone and look at its screen."),
            again,
            translate("phone", "Still nothing? Switch USB debugging off and on again."),
        ),
    )


def _forbidden(again: str) -> Situation:
    return Situation(
        Scene.COMPUTER,
        translate("phone", "This computer does not let you use its USB port"),
        (
            translate("phone", "Install the package android-sdk-platform-tools-common (or android-udev)."),
            translate("phone", "Add yourself to the group plugdev and log in again."),
            again,
        ),
    )


def note_words(note: Advice) -> str:
    """What keeps photos of a phone that is ready from being found."""
    known = {
        LOCKED_STORAGE: translate(
            "phone",
            "The phone was restarted and not unlocked since: its photos are still encrypted. Unlock it once with its "
            "PIN or pattern.",
        ),
        WORK_PROFILE: translate(
            "phone", "The phone has a work profile. Android keeps its photos apart: they are not searched."
        ),
    }
    return known.get(note, f"{note.what} {note.remedy}".strip())


def paused_words(reason: str) -> str:
    """Why an indexing job waits for a phone, in a few words."""
    known = {
        "unplugged": translate("phone", "The phone is unplugged. Plug it in to go on."),
        State.UNAUTHORIZED.value: translate("phone", "Unlock the phone and tap “Allow” to go on."),
        State.AUTHORIZING.value: translate("phone", "Unlock the phone and tap “Allow” to go on."),
        State.OFFLINE.value: translate("phone", "The phone does not answer. Unlock it to go on."),
    }
    known["hot"] = translate("phone", "The phone is too warm. It goes on by itself once it has cooled down.")
    known["low-battery"] = translate("phone", "The phone's battery is low. It goes on by itself once it is charged.")
    return known.get(reason, translate("phone", "Waiting for the phone"))
