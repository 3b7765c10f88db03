"""What is done with single photos of a phone: shown on its screen, copied to a folder, fetched to be looked at.

Each goes through the same services as the command line, off the main thread.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot

from pocketlens.copies import CopyOutcome, file_copies
from pocketlens.errors import PocketLensError
from pocketlens.source import LARGEST_PHOTO
from pocketlens_desktop.gui.background import Background
from pocketlens_desktop.phone import discovery
from pocketlens_desktop.phone.albums import photo_paths
from pocketlens_desktop.phone.errors import PhoneRefused, PhoneUnavailable, ReadingStopped
from pocketlens_desktop.phone.export import copies
from pocketlens_desktop.phone.screen import show
from pocketlens_desktop.phone.storage import absolute
from pocketlens_desktop.phone.transport import Transport

#: How long closing waits for the photo being copied; after that the unfinished copy is left to the end of the program.
_PATIENCE_S = 3.0
#: Between two reports on a photo being fetched, bytes: a hundredth of a usual photo.
_REPORT_BYTES = 64 * 1024


def reach(serial: bytes) -> Transport:
    """The phone with this serial number.

    Raises:
        PhoneUnavailable: it is not plugged in, or not ready; the reason says what to do.
        AdbUnavailable: there is no adb.
    """
    found = discovery.sightings()
    phone = discovery.find(serial, found)
    if phone is not None:
        return phone
    thing = serial.decode(errors="backslashreplace")
    waiting = [one for one in found if one.address == thing]
    advice = waiting[0].advice if waiting else discovery.situation(())
    raise PhoneUnavailable(advice.what, thing=thing, remedy=advice.remedy)


class PhoneScreen(QObject):
    """Shows photos on the phone's own screen.

    Signals:
        shown: the phone shows it.
        failed: a `PocketLensError`.
    """

    shown = Signal()
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = Background("phone-screen", self)

    def show_photo(self, serial: bytes, path: bytes) -> None:
        self._thread.call(lambda: show(reach(serial), path), lambda _: self.shown.emit(), self.failed.emit)

    def close(self) -> None:
        self._thread.finish(lambda: None)


class PhoneOriginals(QObject):
    """Fetches whole photos from phones, one at a time: asking for another gives up the one before.

    Signals:
        progressed: key, bytes that are here, bytes in all.
        fetched: key, the file's content.
        failed: key, the `PocketLensError`.
    """

    progressed = Signal(str, int, int)
    fetched = Signal(str, object)
    failed = Signal(str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = Background("phone-originals", self)
        self._stop = threading.Event()
        self._wanted = ""

    def fetch(self, key: str, serial: bytes, path: bytes) -> None:
        self.stop()
        self._wanted, self._stop = key, threading.Event()
        stop = self._stop
        self._thread.call(
            lambda: self._read(key, serial, path, stop),
            lambda data: self.fetched.emit(key, data),
            lambda error: self._fail(key, error),
        )

    def stop(self) -> None:
        """Nobody waits for it any more."""
        self._stop.set()
        self._wanted = ""

    def close(self) -> None:
        self.stop()
        self._thread.finish(lambda: None)

    def _fail(self, key: str, error: PocketLensError) -> None:
        if not isinstance(error, ReadingStopped) and key == self._wanted:
            self.failed.emit(key, error)

    def _read(self, key: str, serial: bytes, path: bytes, stop: threading.Event) -> bytes:
        if stop.is_set():
            raise ReadingStopped("Another photo is looked at by now.")
        place, data, reported = absolute(path), bytearray(), 0
        with reach(serial).sync() as session:
            status = session.status(place)
            if status is None:
                thing = path.decode(errors="backslashreplace")
                raise PhoneRefused(
                    "This photo is no longer on the phone.", thing=thing, remedy="Index the phone again."
                )
            for block in session.blocks(place, LARGEST_PHOTO):
                if stop.is_set():
                    raise ReadingStopped("Another photo is looked at by now.")
                data += block
                if len(data) - reported >= _REPORT_BYTES:
                    reported = len(data)
                    self.progressed.emit(key, reported, status.size)
        return bytes(data)


@dataclass(frozen=True)
class Exported:
    """What became of an export. ``reasons``: why photos failed, each once."""

    folder: Path
    counts: Mapping[CopyOutcome, int]
    reasons: tuple[str, ...] = ()
    stopped: bool = False


@dataclass
class _Tally:
    counts: Counter[CopyOutcome] = field(default_factory=Counter)
    reasons: dict[str, None] = field(default_factory=dict)


class PhotoExport(QObject):
    """Copies originals from phones and from this computer to a folder, one export at a time.

    A copy waits for a phone that was unplugged, and cannot be called back while it does: so it has a thread of its
    own that the program does not wait for when it ends.

    Signals:
        progressed: photos that are done, photos in all; 0 and 0 while they are being listed.
        ended: the `Exported`.
        failed: a `PocketLensError`.
    """

    progressed = Signal(int, int)
    ended = Signal(object)
    failed = Signal(object)
    _over = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._over.connect(self._end, Qt.ConnectionType.QueuedConnection)

    @property
    def running(self) -> bool:
        return self._thread is not None

    def start(self, paths: Mapping[bytes, Sequence[bytes]], folder: Path, *, files: Sequence[bytes] = ()) -> None:
        """Copy ``files``, and ``paths`` by serial number of their phone. Does nothing while an export runs."""
        wanted = dict(paths)
        self._start(lambda: wanted, folder, len(files) + sum(len(each) for each in paths.values()), files)

    def start_albums(self, serial: bytes, albums: Sequence[bytes], folder: Path) -> None:
        """Copy all photos of these albums of a phone, of all albums when none is named."""
        # The list is taken whole first: a listing must not stand still for as long as the copying takes.
        self._start(lambda: {serial: list(photo_paths(reach(serial), albums))}, folder, 0)

    def _start(
        self,
        list_paths: Callable[[], dict[bytes, Sequence[bytes]]],
        folder: Path,
        known: int,
        files: Sequence[bytes] = (),
    ) -> None:
        if self._thread is None:
            self._stop = stop = threading.Event()
            # Takes part in nothing else, so that it may be left behind: see above.
            self._thread = threading.Thread(
                target=self._run, args=(list_paths, files, folder, stop), name="export", daemon=True
            )
            self.progressed.emit(0, known)
            self._thread.start()

    def stop(self) -> None:
        """End after the photo in hand; what was copied stays."""
        self._stop.set()

    def close(self) -> None:
        self.stop()
        if self._thread is not None:
            self._thread.join(_PATIENCE_S)

    def _run(
        self,
        list_paths: Callable[[], dict[bytes, Sequence[bytes]]],
        files: Sequence[bytes],
        folder: Path,
        stop: threading.Event,
    ) -> None:
        tally = _Tally()
        try:
            paths = list_paths()
            total = len(files) + sum(len(each) for each in paths.values())
            # Opened one after another: a phone is asked for only once the photos before it are copied.
            on_phones = (copies(reach(serial), _until(stop, each), folder) for serial, each in paths.items())
            for copy in chain(file_copies(_until(stop, files), folder), chain.from_iterable(on_phones)):
                tally.counts[copy.outcome] += 1
                if copy.reason:
                    tally.reasons[copy.reason] = None
                self.progressed.emit(tally.counts.total(), total)
            self._over.emit(Exported(folder, dict(tally.counts), tuple(tally.reasons), stop.is_set()))
        except PocketLensError as error:
            self._over.emit(error)

    @Slot(object)
    def _end(self, outcome: Exported | PocketLensError) -> None:
        self._thread = None
        if isinstance(outcome, PocketLensError):
            self.failed.emit(outcome)
        else:
            self.ended.emit(outcome)


def _until(stop: threading.Event, paths: Sequence[bytes]) -> Iterator[bytes]:
    """The paths, ended early once ``stop`` is set."""
    for path in paths:
        if stop.is_set():
            return
        yield path
