"""The image model and the text model are never in one process at once, as seen from outside."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from core.small_album import SmallAlbum
from pocketlens.client import EngineClient
from pocketlens.paths import Home
from pocketlens.protocol import Indexed, Results, Role

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc as Linux has it")

IMAGE, TEXT = "image.onnx.data", "text.onnx.data"


def models_in(pid: int) -> set[str]:
    """Which of the two models' weights a process has mapped just now."""
    try:
        maps = Path(f"/proc/{pid}/maps").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return set()
    return {name for name in (IMAGE, TEXT) if name in maps}


class Watch:
    """Looks at processes again and again, and remembers which models it saw together."""

    def __init__(self, *pids: int) -> None:
        self._pids = pids
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.seen: dict[int, set[frozenset[str]]] = {pid: set() for pid in pids}

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._look_once()

    def _look(self) -> None:
        while not self._ended.wait(0.005):
            self._look_once()

    def _look_once(self) -> None:
        for pid in self._pids:
            self.seen[pid].add(frozenset(models_in(pid)))


def test_indexing_and_searching_at_once_keep_the_models_apart(home: Home, starter: Path, album: SmallAlbum) -> None:
    album.fill(40)
    in_the_client = models_in(os.getpid())  # other tests of this process may have loaded some
    with (
        EngineClient(Role.INDEX, home=home, model=starter) as indexing,
        EngineClient(Role.SEARCH, home=home, model=starter) as searching,
        Watch(indexing.pid, searching.pid) as watch,
    ):
        assert isinstance([*indexing.events(indexing.index([album.spec]))][-1], Indexed)
        album.write("camera/new.jpg", 99)
        more = indexing.index([album.spec])
        for text in ("dog", "狗", "a page of text"):
            (found,) = searching.events(searching.search(text))
            assert isinstance(found, Results)
        assert isinstance([*indexing.events(more)][-1], Indexed)
    nothing, image_alone, text_alone = frozenset[str](), frozenset({IMAGE}), frozenset({TEXT})
    assert image_alone in watch.seen[indexing.pid] <= {nothing, image_alone}
    assert text_alone in watch.seen[searching.pid] <= {nothing, text_alone}
    assert models_in(os.getpid()) == in_the_client


def test_a_model_nobody_needs_is_not_loaded(home: Home, starter: Path, album: SmallAlbum) -> None:
    album.fill(3)
    with EngineClient(Role.INDEX, home=home, model=starter) as first:
        list(first.events(first.index([album.spec])))
    with (
        EngineClient(Role.INDEX, home=home, model=starter) as indexing,
        EngineClient(Role.SEARCH, home=home, model=starter) as searching,
        Watch(indexing.pid, searching.pid) as watch,
    ):
        list(indexing.events(indexing.index([album.spec])))
        (found,) = searching.events(searching.search(like=1))
        assert isinstance(found, Results)
    assert watch.seen == {indexing.pid: {frozenset()}, searching.pid: {frozenset()}}
