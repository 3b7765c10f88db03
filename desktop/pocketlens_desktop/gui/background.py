"""Work off the main thread, with its outcome handed back on the main thread in one place."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from pocketlens.errors import PocketLensError

T = TypeVar("T")

#: Calls that can be taken back on closing; more than ever wait at once, since each page is asked for only once.
_REMEMBERED = 256


class Background(QObject):
    """One thread that carries out calls in the order given. No widget is ever touched from it.

    What a call returns goes to ``then``, a `PocketLensError` it raises to ``failed``; both run on the thread
    this object lives on. Any other exception is a bug: it is raised again on that thread, never swallowed.
    """

    _ended = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._queued: deque[Future[None]] = deque(maxlen=_REMEMBERED)
        self._closed = False
        self._ended.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def call(
        self,
        work: Callable[[], T],
        then: Callable[[T], object] | None = None,
        failed: Callable[[PocketLensError], object] | None = None,
    ) -> None:
        """Queue ``work``. Does nothing once closed."""
        if not self._closed:
            self._queued.append(self._pool.submit(self._run, work, then, failed))

    def finish(self, last: Callable[[], object]) -> None:
        """Drop what has not begun, wait for what has, carry out ``last`` there, and deliver nothing any more."""
        self._closed = True
        for future in self._queued:
            future.cancel()
        self._queued.clear()
        ending = self._pool.submit(last)
        self._pool.shutdown(wait=True)
        ending.result()

    def _run(
        self,
        work: Callable[[], T],
        then: Callable[[T], object] | None,
        failed: Callable[[PocketLensError], object] | None,
    ) -> None:
        try:
            value = work()
        except PocketLensError as error:
            self._ended.emit((failed, error, None))
        except BaseException as bug:  # noqa: BLE001 - raised again by _deliver
            self._ended.emit((None, None, bug))
        else:
            self._ended.emit((then, value, None))

    @Slot(object)
    def _deliver(self, ending: tuple[Callable[[object], object] | None, object, BaseException | None]) -> None:
        if self._closed:
            return
        receiver, value, bug = ending
        if bug is not None:
            raise bug
        if receiver is not None:
            receiver(value)
