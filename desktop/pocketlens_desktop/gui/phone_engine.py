"""The engine that phones run themselves: whether it is there, putting it there, and removing it again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from pocketlens.errors import PocketLensError
from pocketlens_desktop.gui.phone_calls import PhoneCalls
from pocketlens_desktop.phone.errors import ReadingStopped
from pocketlens_desktop.phone.onboard.layout import Installed
from pocketlens_desktop.phone.transport import Transport


class PhoneEngines(QObject):
    """Looks after the engines of phones, one errand after the other.

    Signals:
        changed: what is known of a phone's engine, or what is being done with it.
        progressed: a serial number, bytes that are on the phone, bytes in all.
        failed: a `PocketLensError`.
    """

    changed = Signal()
    progressed = Signal(bytes, int, int)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._calls = PhoneCalls("phone-engine", self)
        self._known: dict[bytes, Installed | None] = {}
        self._busy: set[bytes] = set()

    def of(self, serial: bytes) -> Installed | None:
        """What is installed on a phone, as far as it was looked at."""
        return self._known.get(serial)

    def busy(self, serial: bytes) -> bool:
        """Whether the engine is being put there or removed."""
        return serial in self._busy

    def look(self, serial: bytes) -> None:
        """Ask the phone what is installed on it."""
        self._calls.call(
            serial,
            _installed,
            lambda known: self._note(serial, known),
            # An extra: a phone that does not say is one without an engine, until somebody wants it there.
            lambda _: self._note(serial, None),
        )

    def install(self, serial: bytes, model: Path) -> None:
        """Put the engine on the phone with this model, check it there, or bring it up to date."""
        self._do(
            serial,
            lambda phone: _install(phone, model, lambda done, total: self.progressed.emit(serial, done, total)),
        )

    def remove(self, serial: bytes) -> None:
        """Remove everything of it from the phone."""
        self._do(serial, _remove)

    def close(self) -> None:
        self._calls.close()

    def _do(self, serial: bytes, work: Callable[[Transport], Installed | None]) -> None:
        self._busy.add(serial)
        self.changed.emit()
        self._calls.call(
            serial,
            work,
            lambda known: self._end(serial, known),
            lambda error: self._fail(serial, error),
        )

    def _end(self, serial: bytes, known: Installed | None) -> None:
        self._busy.discard(serial)
        self._note(serial, known)

    def _note(self, serial: bytes, known: Installed | None) -> None:
        self._known[serial] = known
        self.changed.emit()

    def _fail(self, serial: bytes, error: PocketLensError) -> None:
        self._busy.discard(serial)
        self.changed.emit()
        if not isinstance(error, ReadingStopped):
            self.failed.emit(error)
        # It may have got half-way.
        self.look(serial)


# What installs engines brings numpy and more along, 5 MB that a window without a phone does without.
def _installed(phone: Transport) -> Installed | None:
    from pocketlens_desktop.phone.onboard import install as onboard

    return onboard.installed(phone)


def _install(phone: Transport, model: Path, told: Callable[[int, int], object]) -> Installed:
    from pocketlens_desktop.phone.onboard import install as onboard

    return onboard.install(phone, model, told)


def _remove(phone: Transport) -> None:
    from pocketlens_desktop.phone.onboard import install as onboard

    onboard.remove(phone)
