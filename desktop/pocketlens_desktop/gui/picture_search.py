"""Encodes pictures to search by, in a process of its own that ends soon after."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from pocketlens.client import typed_error
from pocketlens.errors import PocketLensError
from pocketlens.protocol import AnyEvent, Embedded, Failed
from pocketlens_desktop.gui.asked import Picture
from pocketlens_desktop.gui.engines import EngineProcess

#: The image model takes some 100 MB; somebody who tries several pictures does so within a minute.
IDLE_MS = 60_000


class PictureEncoder(QObject):
    """Signals:
    encoded: the `Picture` that was asked for last, with its vector.
    failed: that picture's file, and the `PocketLensError`.
    """

    encoded = Signal(object)
    failed = Signal(object, object)

    def __init__(self, engine: EngineProcess, *, idle_ms: int = IDLE_MS) -> None:
        super().__init__(engine)
        self._engine = engine
        self._sent: Path | None = None
        self._wanted: Path | None = None
        self.idle_timer = QTimer(self, singleShot=True, interval=idle_ms)
        self.idle_timer.timeout.connect(engine.let_go)
        engine.received.connect(self._receive)
        engine.failed.connect(self._fail)

    @property
    def busy(self) -> bool:
        """Whether a vector is awaited."""
        return self._wanted is not None

    def encode(self, file: Path) -> None:
        """Ask for a picture's vector, in the place of what was asked for before."""
        self.idle_timer.stop()
        self._wanted = file
        if self._sent is None:
            self._send(file)

    def forget(self) -> None:
        """Nobody waits for it any more."""
        self._wanted = None

    def _send(self, file: Path) -> None:
        self._sent = file
        self._engine.request(lambda client: client.embed(file))

    def _receive(self, event: AnyEvent) -> None:
        if isinstance(event, Embedded):
            self._end(Picture(self._sent, event.picture, event.thumbnail) if self._sent else None)
        elif isinstance(event, Failed):
            self._fail(typed_error(event))

    def _fail(self, error: PocketLensError) -> None:
        self._end(error)

    def _end(self, outcome: Picture | PocketLensError | None) -> None:
        file, self._sent = self._sent, None
        if file is None:
            return
        if self._wanted is not None and self._wanted != file:
            self._send(self._wanted)
            return
        self.idle_timer.start()
        if self._wanted is None:
            return
        self._wanted = None
        if isinstance(outcome, PocketLensError):
            self.failed.emit(file, outcome)
        elif outcome is not None:
            self.encoded.emit(outcome)
