"""Which phones are plugged in, now and from now on, and the one that is meant."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pocketlens_desktop.phone import server, usb
from pocketlens_desktop.phone.errors import PhoneAmbiguous, PhoneLost, PhoneUnavailable, ReadingStopped
from pocketlens_desktop.phone.states import ADVICE, CHARGING_ONLY, NO_PHONE, Advice, PhoneState, state_of
from pocketlens_desktop.phone.transport import Transport, open_transport
from pocketlens_desktop.phone.wire import Deadline, Wire

_TAG = re.compile(r"\b(usb|product|model|device|transport_id):(\S+)")


@dataclass(frozen=True)
class Sighting:
    """One line of adb's list of devices.

    Attributes:
        address: adb's name for the phone.
        model: as adb knows it, ``_`` for spaces; empty unless the phone is ready.
        number: adb's transport id, None where the adb server is too old to tell.
    """

    address: str
    state: PhoneState
    model: str = ""
    number: int | None = None

    @property
    def advice(self) -> Advice:
        return ADVICE[self.state]


def parse_sightings(text: str) -> tuple[Sighting, ...]:
    """Read the answer to ``host:devices-l`` or ``host:track-devices-l``; lines of another form are left out."""
    found = []
    for line in text.splitlines():
        address, _, rest = line.strip().partition(" ")
        if not rest:
            address, _, rest = line.strip().partition("\t")
        if not address or not rest.strip():
            continue
        tags = dict(_TAG.findall(rest))
        number = tags.get("transport_id", "")
        found.append(
            Sighting(
                address=address,
                state=state_of(rest.strip()),
                model=tags.get("model", "").replace("_", " "),
                number=int(number) if number.isascii() and number.isdigit() else None,
            )
        )
    return tuple(found)


def sightings() -> tuple[Sighting, ...]:
    """The phones that are plugged in now, in whatever state.

    Raises:
        AdbUnavailable: there is no adb.
    """
    server.ensure()
    wire = server.ask(b"host:devices-l")
    try:
        return parse_sightings(server.receive_block(wire, Deadline(server.ANSWER_S)).decode(errors="replace"))
    finally:
        wire.close()


class PhoneWatch:
    """The phones that are plugged in, again whenever something changes. For one thread; `stop` is for any.

    Iterating gives first what is there now. When the adb server dies it is started again, and the list begins
    anew.
    """

    def __init__(self) -> None:
        self._stopped = False
        self._guard = threading.Lock()
        self._wire: Wire | None = None

    def __iter__(self) -> Iterator[tuple[Sighting, ...]]:
        """Changes until `stop`.

        Raises:
            AdbUnavailable: there is no adb, or it cannot be started again.
        """
        while not self._stopped:
            server.ensure()
            try:
                yield from self._follow()
            except PhoneLost:
                yield ()
            except ReadingStopped:
                return

    def stop(self) -> None:
        """End the iteration."""
        with self._guard:
            self._stopped = True
            if self._wire is not None:
                self._wire.stop()

    def _follow(self) -> Iterator[tuple[Sighting, ...]]:
        wire = server.ask(b"host:track-devices-l")
        try:
            with self._guard:
                if self._stopped:
                    return
                self._wire = wire
            while True:
                yield parse_sightings(server.receive_block(wire).decode(errors="replace"))
        finally:
            with self._guard:
                self._wire = None
            wire.close()


def situation(found: Sequence[Sighting], *, usb_devices: Path = usb.DEVICES) -> Advice:
    """One sentence on what is plugged in and what to do next, for a window or a terminal."""
    if not found:
        return CHARGING_ONLY if usb.phone_without_adb(usb_devices) else NO_PHONE
    ready = [one for one in found if one.state is PhoneState.READY]
    if len(ready) > 1:
        return Advice(f"{len(ready)} phones are plugged in.", "Choose one of them.")
    return (ready or list(found))[0].advice


def choose(wanted: str | None) -> Transport:
    """The phone to work with: the only one that is ready, or the one whose address, serial or model is ``wanted``.

    Raises:
        PhoneUnavailable: there is none, or not in a state to work with; the reason says what to do.
        PhoneAmbiguous: several are meant.
        AdbUnavailable: there is no adb.
    """
    found = sightings()
    if wanted is None:
        candidates = [one for one in found if one.state is PhoneState.READY]
        if not candidates:
            advice = situation(found)
            raise PhoneUnavailable(advice.what, thing=found[0].address if found else "", remedy=advice.remedy)
        if len(candidates) > 1:
            names = ", ".join(f"{one.address} ({one.model})" for one in candidates)
            raise PhoneAmbiguous("Several phones are plugged in.", remedy=f"Say which one: {names}.")
        return _reach(candidates[0])
    for one in found:
        if one.address == wanted and one.state is not PhoneState.READY:
            raise PhoneUnavailable(one.advice.what, thing=wanted, remedy=one.advice.remedy)
    matching = [phone for phone in reachable(found) if wanted in (phone.address, phone.serial.decode(errors="replace"))]
    if not matching:
        models = [one for one in found if one.state is PhoneState.READY and one.model.casefold() == wanted.casefold()]
        matching = [_reach(one) for one in models]
    if not matching:
        raise PhoneUnavailable("This phone is not plugged in.", thing=wanted, remedy="Plug it in, or choose another.")
    if len({phone.serial for phone in matching}) > 1:
        raise PhoneAmbiguous("Several phones go by this name.", thing=wanted, remedy="Use the serial number.")
    return matching[0]


def find(serial: bytes, found: Sequence[Sighting] | None = None) -> Transport | None:
    """The phone with this serial number of its own, wherever it is plugged in; None when it is not, or not ready."""
    for phone in reachable(sightings() if found is None else found):
        if phone.serial == serial:
            return phone
    return None


def reachable(found: Sequence[Sighting]) -> Iterator[Transport]:
    """The phones among these that are ready and answer, each asked for its serial number."""
    for one in found:
        if one.state is PhoneState.READY:
            try:
                yield _reach(one)
            except (PhoneLost, PhoneUnavailable):
                continue  # unplugged since, or not one for us: in neither case the phone that is looked for


def _reach(one: Sighting) -> Transport:
    if one.number is None:
        raise PhoneUnavailable(
            "The adb server on this computer is too old.",
            thing=one.address,
            remedy="Update adb to version 30 or later.",
        )
    return open_transport(one.number, one.address)
