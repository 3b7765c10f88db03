"""How many photos the albums of a phone have, counted on the phone itself, for those that are not indexed yet."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import QObject, Signal

from pocketlens_desktop.gui.phone_calls import PhoneCalls
from pocketlens_desktop.phone.albums import PhoneAlbum, albums


class PhoneAlbums(QObject):
    """Counts albums off the main thread, one phone after the other.

    Signals:
        changed: the counts of a phone, or whether it is being counted.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._calls = PhoneCalls("phone-albums", self)
        self._counting: Counter[bytes] = Counter()
        self._known: dict[bytes, tuple[PhoneAlbum, ...]] = {}

    def of(self, serial: bytes) -> tuple[PhoneAlbum, ...] | None:
        """What was counted last; None before that."""
        return self._known.get(serial)

    def counting(self, serial: bytes) -> bool:
        return self._counting[serial] > 0

    def count(self, serial: bytes) -> None:
        """Count a phone's albums, which takes it a second for some ten thousand photos."""
        self._counting[serial] += 1
        self.changed.emit()
        self._calls.call(
            serial,
            albums,
            lambda found: self._show(serial, found),
            # An album list is an extra: why the phone gives none is said where its photos are wanted.
            lambda _: self._show(serial, None),
        )

    def close(self) -> None:
        self._calls.close()

    def _show(self, serial: bytes, found: tuple[PhoneAlbum, ...] | None) -> None:
        self._counting[serial] -= 1
        if found is not None:
            self._known[serial] = found
        self.changed.emit()
