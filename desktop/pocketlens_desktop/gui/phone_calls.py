"""Calls of phones off the main thread, which closing the window does not wait for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject

from pocketlens.errors import PocketLensError
from pocketlens_desktop.gui.background import Background
from pocketlens_desktop.gui.phone_errands import reach
from pocketlens_desktop.phone.link import PhoneLink
from pocketlens_desktop.phone.transport import Transport

T = TypeVar("T")


class PhoneCalls(QObject):
    """One call after the other, each of one phone.

    By a link, which can be ended from another thread: a `find` on a full card may say nothing for minutes, and to push
    an engine takes one.
    """

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = Background(name, self)
        self._guard = threading.Lock()
        self._link: PhoneLink | None = None
        self._closed = False

    def call(
        self,
        serial: bytes,
        work: Callable[[Transport], T],
        then: Callable[[T | None], object],
        failed: Callable[[PocketLensError], object],
    ) -> None:
        """Queue ``work`` on a phone. What it returns goes to ``then``; None when closed before."""
        self._thread.call(lambda: self._carry_out(serial, work), then, failed)

    def close(self) -> None:
        """End the call that is under way, and wait for that."""
        with self._guard:
            self._closed = True
            if self._link is not None:
                self._link.close()
        self._thread.finish(lambda: None)

    def _carry_out(self, serial: bytes, work: Callable[[Transport], T]) -> T | None:
        link = PhoneLink(reach(serial))
        with self._guard:
            if self._closed:
                return None
            self._link = link
        try:
            return work(link.transport())
        finally:
            with self._guard:
                self._link = None
            link.close()
