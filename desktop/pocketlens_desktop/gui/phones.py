"""The phones that are plugged in, followed on a thread of their own, and what each says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from pocketlens.errors import PocketLensError
from pocketlens_desktop.gui.background import Background
from pocketlens_desktop.phone import discovery, usb
from pocketlens_desktop.phone.discovery import PhoneWatch, Sighting
from pocketlens_desktop.phone.errors import PhoneLost
from pocketlens_desktop.phone.information import PhoneInformation, information
from pocketlens_desktop.phone.states import PhoneState

#: adb says nothing when a phone without USB debugging is plugged in, so the USB bus is looked at while nobody else is
#: there: 0.3 ms each time on a machine with ten devices.
_LOOK_MS = 2_000


@dataclass(frozen=True)
class ConnectedPhone:
    """A phone that is ready. ``serial`` is its identity, the one a `SourceSpec` of kind "phone" takes."""

    sighting: Sighting
    serial: bytes
    information: PhoneInformation


class Phones(QObject):
    """Follows adb's list of phones from the first `watch` on.

    Args:
        usb_devices: where the system describes its USB devices.

    Signals:
        changed: what is plugged in, or what is known of it.
        introduced: the serial number of a phone that has just said who it is.
        failed: a `PocketLensError`: there is no adb. `watch` tries again.
    """

    changed = Signal()
    introduced = Signal(bytes)
    failed = Signal(object)
    _seen = Signal(object)

    def __init__(self, parent: QObject | None = None, *, usb_devices: Path = usb.DEVICES) -> None:
        super().__init__(parent)
        self._usb_devices = usb_devices
        self._watching = Background("phone-watch", self)
        self._asking = Background("phone-information", self)
        self._watch: PhoneWatch | None = None
        self._sightings: tuple[Sighting, ...] | None = None
        self._known: dict[Sighting, ConnectedPhone] = {}
        self._errors: dict[Sighting, PocketLensError] = {}
        self._error: PocketLensError | None = None
        self._charging_only = False
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self._look_at_usb)
        self._seen.connect(self._show, Qt.ConnectionType.QueuedConnection)

    @property
    def sightings(self) -> tuple[Sighting, ...] | None:
        """Every phone in whatever state, None before adb has answered."""
        return self._sightings

    @property
    def error(self) -> PocketLensError | None:
        """Why there is no list: adb is missing, or something else answers in its place."""
        return self._error

    @property
    def charging_only(self) -> bool:
        """Whether a phone is plugged in that offers no USB debugging. Known only while adb sees none."""
        return self._charging_only

    @property
    def connected(self) -> list[ConnectedPhone]:
        """The phones that are ready and have said who they are."""
        return [self._known[one] for one in self._sightings or () if one in self._known]

    def error_of(self, sighting: Sighting) -> PocketLensError | None:
        """Why a phone that is ready could not say who it is."""
        return self._errors.get(sighting)

    def watch(self) -> None:
        """Begin, or after a failure begin again. Starts the adb server where there is none."""
        if self._watch is None:
            self._watch = watch = PhoneWatch()
            self._error = None
            self._watching.call(lambda: self._follow(watch), failed=self._fail)

    def ask_again(self, sighting: Sighting) -> None:
        """Ask a phone once more who it is."""
        self._errors.pop(sighting, None)
        self._ask(sighting)
        self.changed.emit()

    def close(self) -> None:
        self._look.stop()
        if self._watch is not None:
            self._watch.stop()
        for thread in (self._watching, self._asking):
            thread.finish(lambda: None)

    def _follow(self, watch: PhoneWatch) -> None:
        for found in watch:
            self._seen.emit(found)

    def _fail(self, error: PocketLensError) -> None:
        self._watch, self._sightings, self._error = None, None, error
        self._look.stop()
        self.changed.emit()
        self.failed.emit(error)

    @Slot(object)
    def _show(self, found: tuple[Sighting, ...]) -> None:
        self._sightings = found
        self._known = {one: phone for one, phone in self._known.items() if one in found}
        self._errors = {one: error for one, error in self._errors.items() if one in found}
        for one in found:
            if one.state is PhoneState.READY and one not in self._known:
                self._ask(one)
        if found:
            self._look.stop()
            self._charging_only = False
        elif not self._look.isActive():
            self._look_at_usb()
            self._look.start()
        self.changed.emit()

    def _ask(self, one: Sighting) -> None:
        self._asking.call(lambda: _connect(one), self._introduce, lambda error: self._note(one, error))

    def _introduce(self, phone: ConnectedPhone) -> None:
        if phone.sighting in (self._sightings or ()):
            self._known[phone.sighting] = phone
            self.changed.emit()
            self.introduced.emit(phone.serial)

    def _note(self, one: Sighting, error: PocketLensError) -> None:
        # One that was unplugged meanwhile is no longer among the sightings, or will not be in a moment.
        if one in (self._sightings or ()):
            self._errors[one] = error
            self.changed.emit()

    def _look_at_usb(self) -> None:
        self._asking.call(lambda: usb.phone_without_adb(self._usb_devices), self._show_usb)

    def _show_usb(self, charging_only: bool) -> None:
        if not self._sightings and charging_only != self._charging_only:
            self._charging_only = charging_only
            self.changed.emit()


def _connect(one: Sighting) -> ConnectedPhone:
    """Ask a phone who it is.

    Raises:
        PhoneLost: it was unplugged meanwhile.
        PocketLensError: as `discovery.choose` and `information`.
    """
    for transport in discovery.reachable([one]):
        return ConnectedPhone(one, transport.serial, information(transport))
    raise PhoneLost("The phone does not answer.", thing=one.address, remedy="Unplug it and plug it in again.")
