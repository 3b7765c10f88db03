"""What an indexing job tells its client: how far it is, how fast, and what it came to in the end."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pocketlens.protocol import Event, Indexed, PhotoFailed, Progress, SourceSpec, Stage
from pocketlens.source import PhotoSource
from pocketlens.work import Outcome, UnreadPhoto, Written

#: Seconds between two progress events of a stage: five a second look smooth.
TICK_SECONDS = 0.2
#: The window the rate is taken over, and the least of it that says something, seconds.
_RATE_SECONDS = 15.0
_LEAST_RATE_SECONDS = 0.5


class JobReport:
    """One job's events. Use it from the job's thread; ``emit`` must bear any."""

    def __init__(self, request: int, emit: Callable[[Event], None]) -> None:
        self._request = request
        self._emit = emit
        self._started = time.monotonic()
        self._last_tick = 0.0
        self._pace = Pace()
        self._done = 0
        self._total = 0
        self._failed = 0
        self._added = self._changed = self._moved = self._unreadable = 0
        self.removed = 0
        self.unchanged = 0
        self.on_phone = 0

    @property
    def changed_anything(self) -> bool:
        """Whether content that was known may be no photo's any more."""
        return self.removed > 0 or self._changed > 0

    def stage(self, stage: Stage, done: int = 0, total: int | None = None) -> None:
        """Say how far a stage other than encoding is."""
        self._emit(Progress(request=self._request, stage=stage, done=done, total=total, failed=self._failed))

    @contextmanager
    def listing(self, source: PhotoSource) -> Iterator[Callable[[int], None]]:
        """Begin the listing stage; gives what is to be told how many photos are listed so far.

        Meanwhile it is said why the source waits, whenever that changes: an unplugged phone lists nothing for long.
        """
        listed = 0
        ended = threading.Event()

        def listed_so_far(count: int) -> None:
            nonlocal listed
            listed = count
            self.stage(Stage.LISTING, count)

        def watch() -> None:
            said = None
            while not ended.wait(TICK_SECONDS):
                if source.waiting != said:
                    said = source.waiting
                    self._emit(
                        Progress(request=self._request, stage=Stage.LISTING, done=listed, total=None, paused=said)
                    )

        self.stage(Stage.LISTING)
        watcher = threading.Thread(target=watch, name="listing")
        watcher.start()
        try:
            yield listed_so_far
        finally:
            ended.set()
            watcher.join()

    def begin_encoding(self, total: int) -> None:
        self._done, self._total = 0, total
        self.resume_encoding()
        self.encoding(now=True)

    def resume_encoding(self) -> None:
        """Take the rate afresh: a pause is not the machine's slowness."""
        self._pace = Pace()
        self._pace.add(self._done)

    def photo_done(self) -> None:
        self._done += 1
        self._pace.add(self._done)

    def settled(self, source: SourceSpec, outcome: Outcome) -> Outcome:
        """Count a photo that was decided about, and tell of one that could not be read. Returns the outcome."""
        self.photo_done()
        if isinstance(outcome, UnreadPhoto):
            self.photo_failed(source, outcome)
        return outcome

    def photo_failed(self, source: SourceSpec, photo: UnreadPhoto) -> None:
        self._failed += 1
        self._emit(
            PhotoFailed(
                request=self._request, source=source, path=photo.work.path, code=photo.code, reason=photo.reason
            )
        )

    def written(self, batch: Written) -> None:
        self._added += batch.added
        self._changed += batch.changed
        self._moved += batch.moved
        self._unreadable += batch.unreadable

    def encoding(self, *, now: bool = False, paused: str | None = None) -> None:
        """Say how far the encoding is, when it is time to, or ``now``."""
        moment = time.monotonic()
        if not now and moment - self._last_tick < TICK_SECONDS:
            return
        self._last_tick = moment
        self._emit(
            self._pace.progress(
                self._request, Stage.ENCODING, self._done, self._total, failed=self._failed, paused=paused
            )
        )

    def indexed(self, *, cancelled: bool) -> Indexed:
        """The job's final event."""
        return Indexed(
            request=self._request,
            added=self._added,
            changed=self._changed,
            moved=self._moved,
            removed=self.removed,
            unchanged=self.unchanged,
            unreadable=self._unreadable,
            elapsed_s=round(time.monotonic() - self._started, 3),
            cancelled=cancelled,
            on_phone=self.on_phone,
        )


class Pace:
    """Photos a second over the last `_RATE_SECONDS`."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque(maxlen=256)

    def add(self, done: int) -> None:
        now = time.monotonic()
        self._marks.append((now, done))
        while len(self._marks) > 2 and now - self._marks[0][0] > _RATE_SECONDS:
            self._marks.popleft()

    def progress(
        self, request: int, stage: Stage, done: int, total: int, *, failed: int, paused: str | None
    ) -> Progress:
        """How far a stage is, with this pace and what is left at it."""
        rate = self.rate()
        return Progress(
            request=request,
            stage=stage,
            done=done,
            total=total,
            failed=failed,
            rate=round(rate, 2) if rate else None,
            eta_s=round((total - done) / rate, 1) if rate else None,
            paused=paused,
        )

    def rate(self) -> float | None:
        (start, before), (end, after) = self._marks[0], self._marks[-1]
        return (after - before) / (end - start) if end - start > _LEAST_RATE_SECONDS and after > before else None
