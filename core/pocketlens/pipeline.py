"""Read, decode, encode, commit: workers take one photo at a time, the job's own thread hands out and commits.

What is in flight is bounded by the number of workers, so memory is flat however large the album, and a killed job
loses at most the batch in hand.
"""

from __future__ import annotations

import calendar
import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import BinaryIO, Final

import numpy as np

from pocketlens.content import content_hash
from pocketlens.decoders import Decode
from pocketlens.decoding import DecodedPhoto, decode
from pocketlens.encoders import ImageEncoder
from pocketlens.errors import UnreadablePhoto
from pocketlens.fingerprint import NO_FINGERPRINT
from pocketlens.known_content import KnownContent
from pocketlens.ledger import Ledger
from pocketlens.metadata import PhotoMetadata
from pocketlens.model import ImageTower
from pocketlens.packed_vectors import packed
from pocketlens.paths import fit_to_show
from pocketlens.progress import TICK_SECONDS, JobReport
from pocketlens.source import PhotoSource, PhotoVanished
from pocketlens.thumbnails import ThumbnailStore
from pocketlens.video import content_hash_of_video, is_video_name, read_video
from pocketlens.work import EncodedContent, GonePhoto, Outcome, ReadPhoto, UnreadPhoto, Work

#: A batch is committed when it has this many photos or is this old: a commit takes a few milliseconds, and a killed
#: job loses no more than this.
BATCH = 64
BATCH_SECONDS = 2.0
#: Photos handed out a worker: the next one is always there when one is done.
_IN_FLIGHT_A_WORKER = 2
#: Seconds after which a paused job says again why it waits: the reason may have changed.
_PAUSE_TOLD_S = 5.0
#: More workers than this only cost memory.
_MOST_WORKERS = 64


class Stopped(Exception):
    """The job was cancelled. Not an error: what was done is kept."""


#: The reason of a pause that a person asked for.
ASKED: Final = "asked"


class JobControl:
    """Whether a job is to go on, wait or stop. `cancel`, `pause` and `hold` may come from any thread."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._going_on = threading.Event()
        self._going_on.set()
        self._guard = threading.Lock()
        self._reasons: list[str] = []

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    @property
    def paused(self) -> str | None:
        """Why the job is to wait, None when it is not. A person's wish comes before the machine's needs."""
        with self._guard:
            return None if not self._reasons else ASKED if ASKED in self._reasons else self._reasons[0]

    def cancel(self) -> None:
        self._cancelled.set()
        self._going_on.set()

    def pause(self, paused: bool) -> None:
        self.hold(ASKED, paused)

    def hold(self, reason: str, held: bool) -> None:
        """Make the job wait for ``reason``, or no longer. It goes on when there is no reason left."""
        with self._guard:
            if held and reason not in self._reasons:
                self._reasons.append(reason)
            elif not held and reason in self._reasons:
                self._reasons.remove(reason)
            if not self._reasons or self.cancelled:
                self._going_on.set()
            else:
                self._going_on.clear()
                if self.cancelled:  # in between: a cancelled job must not wait
                    self._going_on.set()

    def check(self) -> None:
        """Raises `Stopped` once the job was cancelled."""
        if self.cancelled:
            raise Stopped

    def wait_while_paused(self, timeout_s: float | None = None) -> None:
        """Wait until there is no reason to, ``timeout_s`` seconds at most."""
        self._going_on.wait(timeout_s)
        self.check()


class PhotoReader:
    """What a worker does with one photo. Each content is encoded once, however many photos have it."""

    def __init__(
        self,
        source: PhotoSource,
        tower: ImageTower,
        encoder: Callable[[], ImageEncoder],
        known: KnownContent,
        thumbnails: ThumbnailStore,
        *,
        decode: Decode = decode,
        fast: bool = False,
    ) -> None:
        """``encoder`` gives the image encoder when the first photo needs it: an unchanged album needs none.

        ``decode`` decodes photos, here or elsewhere.
        ``fast``: take previews where the source has them and the work can do with them.
        """
        self.source = source
        self._tower = tower
        self._encoder = encoder
        self._known = known
        self._thumbnails = thumbnails
        self._decode = decode
        self._fast = fast
        self._lock = threading.Lock()
        self._uncommitted: dict[bytes, _Turn] = {}

    def outcome(self, work: Work) -> Outcome:
        """Read, decode and encode one photo. Raises only what is not this photo's fault."""
        try:
            if is_video_name(work.path):
                return self._read_video(work)
            preview = self.source.preview(work.path) if self._fast and work.preview else None
            data = preview or self.source.read(work.path)
            content = content_hash(data)
            name = fit_to_show(work.path)
            encoded = self._encoded_once(content, lambda: self._encode(data, content, name))
            return ReadPhoto(work, content, encoded, provisional=preview is not None)
        except PhotoVanished:
            return GonePhoto(work)
        except UnreadablePhoto as error:
            return UnreadPhoto(work, error.code, error.what)

    def _read_video(self, work: Work) -> ReadPhoto:
        name = fit_to_show(work.path)
        with self.source.opened(work.path) as file:
            content_hash = content_hash_of_video(file)
            encoded = self._encoded_once(content_hash, lambda: self._encode_video(file, content_hash, name))
        return ReadPhoto(work, content_hash, encoded)

    def _encode_video(self, file: BinaryIO, content_hash: bytes, name: str) -> EncodedContent:
        known = self._known.find(content_hash)
        if known is not None and content_hash in self._thumbnails:
            return known
        video = read_video(file, name=name)
        photos = [self._decoded(frame.jpeg, name) for frame in video.frames]
        about = PhotoMetadata(
            width=video.width,
            height=video.height,
            format=video.format,
            taken_at=None if video.taken_at is None else _local_time(video.taken_at),
            duration_ms=video.duration_ms,
        )
        vectors = [self._encoder().encode(photo.pixels) for photo in photos]
        mean = np.mean(vectors, axis=0)
        return EncodedContent(
            about,
            packed(mean),
            photos[len(photos) // 2].thumbnail,
            NO_FINGERPRINT,
            tuple((frame.at_ms, packed(vector)) for frame, vector in zip(video.frames, vectors, strict=True)),
        )

    def _decoded(self, data: bytes, name: str) -> DecodedPhoto:
        tower = self._tower
        return self._decode(data, size=tower.size, resize=tower.resize, interpolation=tower.interpolation, name=name)

    def _encoded_once(self, content_hash: bytes, encode: Callable[[], EncodedContent]) -> EncodedContent:
        with self._lock:
            turn = self._uncommitted.setdefault(content_hash, _Turn())
        with turn.lock:
            if turn.encoded is None:
                try:
                    turn.encoded = encode()
                except BaseException:
                    with self._lock:
                        self._uncommitted.pop(content_hash, None)
                    raise
            return turn.encoded

    def _encode(self, data: bytes, content_hash: bytes, name: str) -> EncodedContent:
        known = self._known.find(content_hash)
        if known is not None and content_hash in self._thumbnails:
            return known
        photo = self._decoded(data, name)
        vector = known.vector if known else packed(self._encoder().encode(photo.pixels))
        return EncodedContent(photo.metadata, vector, photo.thumbnail, photo.fingerprint)

    def committed(self, outcomes: Iterable[Outcome]) -> None:
        """Let go of what `KnownContent` finds from now on."""
        with self._lock:
            for outcome in outcomes:
                if isinstance(outcome, ReadPhoto):
                    self._uncommitted.pop(outcome.content_hash, None)


def _local_time(seconds: int) -> int:
    """A moment as the clock of this machine showed it, which is what photos say."""
    return calendar.timegm(time.localtime(seconds))


class _Turn:
    """The first worker with a content encodes it, those with a copy wait for the result."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.encoded: EncodedContent | None = None


class Pipeline:
    """One source's photos on their way through the workers into the catalogue."""

    def __init__(
        self,
        reader: PhotoReader,
        ledger: Ledger,
        thumbnails: ThumbnailStore,
        control: JobControl,
        report: JobReport,
    ) -> None:
        self._reader = reader
        self._ledger = ledger
        self._thumbnails = thumbnails
        self._control = control
        self._report = report
        self._pending: set[Future[Outcome]] = set()
        self._outcomes: list[Outcome] = []
        self._batch_since = time.monotonic()

    def run(self, workers: int) -> None:
        """Carry out the ledger's work.

        Raises:
            Stopped: the job was cancelled.
            PocketLensError, OSError: what a worker met that is no photo's fault. As after `Stopped`, what was
                encoded until then is committed.
        """
        workers = max(1, min(workers, _MOST_WORKERS))
        with ThreadPoolExecutor(workers, thread_name_prefix="photo") as pool:
            try:
                for work in self._ledger.work():
                    if self._control.paused is not None:
                        self._wait()
                    self._pending.add(pool.submit(self._reader.outcome, work))
                    while len(self._pending) >= _IN_FLIGHT_A_WORKER * workers:
                        self._collect()
                while self._pending:
                    self._collect()
            finally:
                # After an error as well, the photos in hand are finished and kept.
                in_hand = [future for future in self._pending if not future.cancel()]
                for future in wait(in_hand).done:
                    self._take(future)
                self._commit()
        self._report.encoding(now=True)

    def _wait(self) -> None:
        # What is in flight is finished and committed first: a paused job can be killed without loss.
        while self._pending:
            self._collect()
        self._commit()
        while (reason := self._control.paused) is not None:
            self._report.encoding(now=True, paused=reason)
            self._control.wait_while_paused(_PAUSE_TOLD_S)
        self._control.check()
        self._report.resume_encoding()

    def _collect(self) -> None:
        """Take what is finished, waiting a tick at most."""
        done, self._pending = wait(self._pending, timeout=TICK_SECONDS, return_when=FIRST_COMPLETED)
        errors = [error for future in done if (error := self._take(future)) is not None]
        if len(self._outcomes) >= BATCH or time.monotonic() - self._batch_since >= BATCH_SECONDS:
            self._commit()
        self._report.encoding(paused=self._reader.source.waiting)
        # First: closing the source is what wakes a worker that waits for it, by an error.
        self._control.check()
        if errors:
            raise errors[0]

    def _take(self, future: Future[Outcome]) -> BaseException | None:
        error = future.exception()
        if error is not None:
            return error
        self._outcomes.append(self._report.settled(self._reader.source.spec, future.result()))
        return None

    def _commit(self) -> None:
        self._batch_since = time.monotonic()
        outcomes, self._outcomes = self._outcomes, []
        commit(outcomes, self._ledger, self._thumbnails, self._report)
        self._reader.committed(outcomes)


def commit(outcomes: Sequence[Outcome], ledger: Ledger, thumbnails: ThumbnailStore, report: JobReport) -> None:
    """Write a batch: thumbnails first, so that a photo that is ready always has one."""
    if outcomes:
        read = [outcome for outcome in outcomes if isinstance(outcome, ReadPhoto)]
        thumbnails.put((r.content_hash, r.encoded.thumbnail) for r in read if r.encoded.thumbnail is not None)
        report.written(ledger.commit(outcomes))


def default_workers() -> int:
    """Workers that use the machine well: one a core, and never more than eight photos in memory at a time."""
    return min(8, usable_cores())


def usable_cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
