"""The job on the phone: an indexing job in a process of its own that goes on when the cable is pulled.

Its folder holds all that a client needs to find it again: ``job.json`` (its name and process), ``events`` (append-only,
one JSON object a line), ``control`` (what the relay asks of it), ``alive`` (touched as a heartbeat), ``order`` and
``log``. Files that are looked at now and then, not pipes: whoever is cut off loses nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from pocketlens.atomic import replacing
from pocketlens.engine import EventWriter, answered
from pocketlens.model import load_package
from pocketlens.onboard.battery import Reason, ask_battery, reasons_to_wait
from pocketlens.onboard.ordered import OrderedStorage
from pocketlens.onboard.protocol import JobEvent, JobStatus, phone_workers
from pocketlens.paths import Home
from pocketlens.protocol import FINAL_EVENTS, Event, IndexRequest, SourceSpec

if TYPE_CHECKING:
    from pocketlens.indexing import IndexingJob

T = TypeVar("T")

#: Seconds between two looks at what is asked of the job, and two heartbeats.
_TICK_S: Final = 0.5
#: Seconds between two questions for the battery: it heats up over minutes, and asking wakes a system service.
_BATTERY_S: Final = 30.0
#: Below everything that the phone's owner may be doing. A phone's scheduler gives such a process the slow cores.
_NICE: Final = 10
#: The request that every event of the job carries.
REQUEST: Final = 1


class _Identity(msgspec.Struct, frozen=True):
    job: str
    pid: int


class _Order(msgspec.Struct, frozen=True):
    to: str


@dataclass(frozen=True)
class JobFolder:
    """The files of one job after another."""

    folder: Path

    @property
    def order(self) -> Path:
        return self.folder / "order"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def _events(self) -> Path:
        return self.folder / "events"

    @property
    def _control(self) -> Path:
        return self.folder / "control"

    @property
    def _alive(self) -> Path:
        return self.folder / "alive"

    @property
    def _lock(self) -> Path:
        return self.folder / "lock"

    @property
    def _identity(self) -> Path:
        return self.folder / "job.json"

    def make(self) -> JobFolder:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self

    def claim(self, job: str) -> EventWriter:
        """Begin a job in this process. Gives what its events are written with."""
        # Held as long as this process lives, however it ends. (A process number may be another's by then.)
        fcntl.flock(os.open(self._lock, os.O_CREAT | os.O_RDWR, 0o600), fcntl.LOCK_EX)
        for place in (self._control, self._alive, self._events):
            os.close(os.open(place, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
        with replacing(self._identity) as file:
            file.write(msgspec.json.encode(_Identity(job, os.getpid())))
        return EventWriter(FileIO(os.open(self._events, os.O_WRONLY | os.O_APPEND), "wb"))

    def beat(self) -> None:
        os.utime(self._alive)

    def steer(self, to: str) -> None:
        """Ask something of the running job."""
        with open(self._control, "ab", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(msgspec.json.encode(_Order(to)) + b"\n")

    def orders(self) -> Callable[[], list[str]]:
        """A function that gives what was asked since it was last called."""
        read, orders = 0, msgspec.json.Decoder(_Order)

        def new() -> list[str]:
            nonlocal read
            try:
                with self._control.open("rb") as file:
                    file.seek(read)
                    lines = file.read()
            except OSError:
                return []
            whole = lines[: lines.rfind(b"\n") + 1]
            read += len(whole)
            return [order.to for line in whole.splitlines() if (order := _read(orders, line)) is not None]

        return new

    def status(self, events: JobEvents) -> JobStatus | None:
        """The newest job, of which ``events`` have been read; None when there never was one."""
        identity = self._known()
        if identity is None:
            return None
        try:
            silent_s = max(0.0, time.time() - self._alive.stat().st_mtime)
        except OSError:
            return None
        # After its last event the process has nothing more to do than to end.
        running = self._is_held() and not events.ended
        return JobStatus(job=identity.job, running=running, silent_s=round(silent_s, 1), last=events.last)

    def job(self) -> str | None:
        """The newest job's name."""
        identity = self._known()
        return None if identity is None else identity.job

    def event_lines(self, start: int) -> tuple[list[bytes], int]:
        """The newest job's events from byte ``start`` on, and where the next one begins."""
        try:
            with self._events.open("rb") as file:
                file.seek(start)
                lines = file.read()
        except OSError:
            return [], start
        # What follows the last newline is half an event: of a job that is writing it, or was killed at it.
        whole = lines[: lines.rfind(b"\n") + 1]
        return whole.splitlines(), start + len(whole)

    def kill(self) -> None:
        """End the running job at once. What it has committed is kept."""
        identity = self._known()
        if identity is not None and self._is_held():
            with contextlib.suppress(ProcessLookupError):
                os.kill(identity.pid, signal.SIGKILL)

    def _is_held(self) -> bool:
        """Whether a job's process is there."""
        try:
            descriptor = os.open(self._lock, os.O_RDWR)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def _known(self) -> _Identity | None:
        try:
            return msgspec.json.decode(self._identity.read_bytes(), type=_Identity)
        except (OSError, msgspec.MsgspecError):
            return None


def _read(decoder: msgspec.json.Decoder[T], line: bytes) -> T | None:
    """One line of a job's files; None for what a failing storage made of it. These are news and wishes: what the job
    has done is in its catalogue.
    """
    try:
        return decoder.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


class JobEvents:
    """Reads a folder's events as they are written, each once, however often they are asked for."""

    def __init__(self, folder: JobFolder) -> None:
        self._folder = folder
        self._decoder = msgspec.json.Decoder(JobEvent)
        self._job: str | None = None
        self._place = 0
        #: The number of the newest event read, and whether it is the job's last.
        self.last = -1
        self.ended = False

    def after(self, job: str, since: int) -> list[JobEvent]:
        """What is new: of ``job`` only what comes after number ``since``, of a later job all."""
        newest = self._folder.job()
        if newest != self._job or since < self.last:
            self._job, self._place, self.last, self.ended = newest, 0, -1, False
        lines, self._place = self._folder.event_lines(self._place)
        events = [event for line in lines if (event := _read(self._decoder, line)) is not None]
        if events:
            self.last = events[-1].seq
            self.ended = isinstance(events[-1], FINAL_EVENTS)
        return [event for event in events if job != newest or event.seq > since]


@dataclass(frozen=True)
class Errand:
    """What a job needs to know.

    Attributes:
        storage: the phone's shared storage.
        spec, label: what the PC calls the phone.
    """

    folder: JobFolder
    home: Home
    model: Path
    storage: Path
    spec: SourceSpec
    label: str


def carry_out(errand: Errand, job: str, threads: int | None, begun: Callable[[], object]) -> None:
    """Carry out the folder's order in this process, to the end. ``begun`` is called when a client can see the job."""
    from pocketlens.encoders import ImageEncoder
    from pocketlens.indexing import IndexingJob

    os.nice(_NICE)
    emit = errand.folder.claim(job)
    begun()
    source = OrderedStorage(errand.storage, errand.folder.order, errand.spec, errand.label)
    request = IndexRequest(id=REQUEST, sources=[source.spec], threads=threads or phone_workers(os.cpu_count() or 2))

    def run() -> Event:
        package = load_package(errand.model, parts=("image",))
        encoder: list[ImageEncoder] = []

        def loaded() -> ImageEncoder:
            with loading:
                if not encoder:
                    encoder.append(ImageEncoder(package))
                return encoder[0]

        loading = threading.Lock()
        # Nobody searches on the phone. Photos are decoded in this process: it has no client to disappoint by a crash,
        # and the memory of further processes is dear there.
        indexing = IndexingJob(
            errand.home,
            package,
            loaded,
            request,
            openers={source.spec.kind: lambda _spec: source},
            emit=emit,
            derive=False,
        )
        watch = _Watch(errand.folder, indexing)
        watch.look()  # a hot phone's job begins by waiting
        ended = threading.Event()
        watcher = threading.Thread(target=watch.until, args=(ended,), name="watch", daemon=True)
        watcher.start()
        try:
            return indexing.run()
        finally:
            ended.set()
            watcher.join()

    emit(answered(REQUEST, run))


class _Watch:
    """Heartbeats, the phone's needs and the relay's wishes, while the job runs."""

    def __init__(self, folder: JobFolder, job: IndexingJob) -> None:
        self._folder = folder
        self._job = job
        self._orders = folder.orders()
        self._waiting: frozenset[Reason] = frozenset()
        self._asked = -_BATTERY_S

    def until(self, ended: threading.Event) -> None:
        while not ended.wait(_TICK_S):
            self.look()

    def look(self) -> None:
        self._folder.beat()
        if time.monotonic() - self._asked >= _BATTERY_S:
            self._asked = time.monotonic()
            waiting = reasons_to_wait(ask_battery(), self._waiting)
            for reason in waiting ^ self._waiting:
                self._job.hold(reason, reason in waiting)
            self._waiting = waiting
        for to in self._orders():
            if to == "cancel":
                self._job.cancel()
            else:
                self._job.pause(to == "pause")
