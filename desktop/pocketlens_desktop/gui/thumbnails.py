"""Thumbnails for the grid: read and scaled off the main thread, kept within a budget of bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QRect, QRectF, QRunnable, Qt, QThreadPool, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPixmap

from pocketlens.errors import PocketLensError
from pocketlens.thumbnails import ThumbnailStore
from pocketlens_desktop.gui.photo_image import read_jpeg, read_small

#: Four screens of 1400x900 filled with tiles; measured with tests/bench/gui_scroll.py. What is scrolled back to
#: beyond that is decoded again, which takes 2 ms a tile.
BUDGET_BYTES = 64 * 1024 * 1024
#: Two threads keep up with a flick through the grid and leave the main thread a core on small machines.
_THREADS = 2
#: The corners of a tile are rounded by this share of its side.
CORNER = 0.055


class Thumbnails(QObject):
    """Square, rounded pictures of photos by content hash.

    Signals:
        loaded: the key of a picture that `pixmap` now has.
    """

    loaded = Signal(bytes)
    _decoded = Signal(bytes, int, QImage)

    def __init__(
        self,
        store: Path,
        parent: QObject | None = None,
        *,
        budget: int = BUDGET_BYTES,
        original: Callable[[bytes], str | None] = lambda _: None,
    ) -> None:
        """``original``: the file that has a content, for thumbnails that the cache had no room for. Any thread's."""
        super().__init__(parent)
        self._queue = _Queue(store, self._decoded, original)
        self._budget = budget
        self._used = 0
        self._kept: OrderedDict[bytes, tuple[int, QPixmap]] = OrderedDict()
        self._absent: set[bytes] = set()
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(_THREADS)
        self._decoded.connect(self._keep, Qt.ConnectionType.QueuedConnection)

    def pixmap(self, key: bytes) -> QPixmap | None:
        """The picture of ``key``, perhaps still at an earlier size; None if it is not here."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[1]

    def read(self, key: bytes) -> QImage:
        """The whole thumbnail, not cut to a square; a null image when there is none. Not for the main thread."""
        data = self._queue.read(key) if key else None
        return read_jpeg(data) if data else QImage()

    def want(self, keys: list[bytes], side: int) -> None:
        """These are in view, the most urgent first. What was wanted before and is not among them is dropped."""
        missing = [key for key in keys if key and key not in self._absent and self._size_of(key) != side]
        if self._queue.replace(missing, side):
            for _ in range(min(len(missing), _THREADS - self._pool.activeThreadCount())):
                self._pool.start(_Reader(self._queue))

    def look_again(self) -> None:
        """Thumbnails that were not there before may be by now: photos were indexed."""
        self._absent.clear()

    def release(self) -> None:
        """Forget every picture and close the store, so that its file can be deleted. The next `want` opens it."""
        self.close()
        self._kept.clear()
        self._absent.clear()
        self._used = 0

    def use_store(self, store: Path) -> None:
        """Read from another place from now on. After `release`."""
        self._queue.use(store)

    def close(self) -> None:
        self._queue.replace([], 0)
        self._pool.waitForDone()
        self._queue.close()

    @property
    def busy(self) -> bool:
        """Whether a picture that is wanted is still on its way."""
        return self._queue.busy

    @property
    def used_bytes(self) -> int:
        return self._used

    def _size_of(self, key: bytes) -> int | None:
        found = self._kept.get(key)
        return found[0] if found else None

    @Slot(bytes, int, QImage)
    def _keep(self, key: bytes, side: int, image: QImage) -> None:
        if image.isNull():
            self._absent.add(key)
            return
        previous = self._kept.pop(key, None)
        if previous is not None:
            self._used -= _bytes_of(previous[1])
        picture = QPixmap.fromImage(image)
        self._kept[key] = (side, picture)
        self._used += _bytes_of(picture)
        while self._used > self._budget and len(self._kept) > 1:
            _, (_, oldest) = self._kept.popitem(last=False)
            self._used -= _bytes_of(oldest)
        self.loaded.emit(key)


class _Queue:
    """What is wanted and not yet being read. Shared by the readers; every access holds the lock."""

    def __init__(self, store: Path, decoded: object, original: Callable[[bytes], str | None]) -> None:
        self._path = store
        self._original = original
        self._lock = threading.Lock()
        self._waiting: deque[bytes] = deque()
        self._in_hand: set[bytes] = set()
        self._side = 0
        self._store: ThumbnailStore | None = None
        self.decoded = decoded

    @property
    def busy(self) -> bool:
        with self._lock:
            return bool(self._waiting or self._in_hand)

    def replace(self, keys: list[bytes], side: int) -> bool:
        """Whether there is anything to do now."""
        with self._lock:
            self._waiting = deque(key for key in keys if key not in self._in_hand)
            self._side = side
            return bool(self._waiting)

    def take(self) -> tuple[bytes, int] | None:
        with self._lock:
            if not self._waiting:
                return None
            key = self._waiting.popleft()
            self._in_hand.add(key)
            return key, self._side

    def done(self, key: bytes) -> None:
        with self._lock:
            self._in_hand.discard(key)

    def read(self, key: bytes) -> bytes | None:
        """The JPEG of ``key``. A cache that cannot be read is a picture that is not there."""
        try:
            with self._lock:
                store = self._store = self._store or ThumbnailStore(self._path)
            return store.get(key)
        except PocketLensError:
            return None

    def picture(self, key: bytes, side: int) -> QImage:
        """The picture of ``key`` at least ``side`` large: its thumbnail, else one made of the photo itself."""
        data = self.read(key)
        if data:
            return read_jpeg(data)
        try:
            store = self._store
            file = self._original(key) if store is not None and store.dropped(key) else None
        except PocketLensError:
            file = None
        return read_small(file, side) if file else QImage()

    def use(self, store: Path) -> None:
        with self._lock:
            self._path = store

    def close(self) -> None:
        with self._lock:
            if self._store is not None:
                self._store.close()
                self._store = None


class _Reader(QRunnable):
    """Reads until nothing is wanted any more."""

    def __init__(self, queue: _Queue) -> None:
        super().__init__()
        self._queue = queue

    def run(self) -> None:
        while (task := self._queue.take()) is not None:
            key, side = task
            image = square(self._queue.picture(key, side), side)
            self._queue.done(key)
            self._queue.decoded.emit(key, side, image)  # type: ignore[attr-defined]


def square(image: QImage, side: int) -> QImage:
    """The middle of ``image`` as a square of ``side`` pixels with rounded corners."""
    if image.isNull() or side <= 0:
        return QImage()
    short = min(image.width(), image.height())
    middle = QRect((image.width() - short) // 2, (image.height() - short) // 2, short, short)
    result = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    outline = QPainterPath()
    outline.addRoundedRect(QRectF(0, 0, side, side), CORNER * side, CORNER * side)
    painter.setClipPath(outline)
    painter.drawImage(QRect(0, 0, side, side), image, middle)
    painter.end()
    return result


def _bytes_of(picture: QPixmap) -> int:
    return picture.width() * picture.height() * 4
