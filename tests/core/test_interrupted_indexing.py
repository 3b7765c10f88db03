"""An indexing process killed at any moment loses the batch in hand and nothing else."""

from __future__ import annotations

import os
import random
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.small_album import SmallAlbum, content_hash, known_photos, leftovers
from pocketlens.catalogue import PhotoState
from pocketlens.client import EngineClient
from pocketlens.errors import EngineDied
from pocketlens.paths import Home, home_at
from pocketlens.protocol import AnyEvent, Failed, Indexed, Progress, Role, Stage

needs_posix = pytest.mark.skipif(os.name != "posix", reason="kill -9")


@contextmanager
def indexing(home: Home, starter: Path, album: SmallAlbum) -> Iterator[tuple[EngineClient, Iterator[AnyEvent]]]:
    with EngineClient(Role.INDEX, home=home, model=starter) as client:
        yield client, client.events(client.index([album.spec]))


def index(home: Home, starter: Path, album: SmallAlbum) -> Indexed:
    with indexing(home, starter, album) as (_, events):
        *_, done = events
    assert isinstance(done, Indexed)
    return done


def kill_in_the_middle(home: Home, starter: Path, album: SmallAlbum, moment: float) -> bool:
    """Kill a job, ``moment`` seconds after it has begun to list or, half of the time, to encode."""
    with indexing(home, starter, album) as (client, events):
        stage = Stage.ENCODING if moment * 1000 % 2 < 1 else Stage.LISTING
        for event in events:
            if isinstance(event, Progress) and event.stage is stage:
                break
        try:
            client._process.wait(moment)
        except subprocess.TimeoutExpired:
            os.kill(client.pid, signal.SIGKILL)
        try:
            return not any(isinstance(event, Indexed) for event in events)
        except EngineDied:
            return True


@needs_posix
@pytest.mark.parametrize("seed", [1, 2])
def test_killed_again_and_again_the_album_ends_as_if_undisturbed(
    home: Home, starter: Path, album: SmallAlbum, tmp_path: Path, seed: int
) -> None:
    moments = random.Random(seed)
    album.fill(40)
    album.write("broken.jpg", b"no photo")
    killed = 0
    for turn in range(4):
        killed += kill_in_the_middle(home, starter, album, moments.uniform(0.0, 0.8))
        known_photos(home)  # SQLite finds the file in order
        album.move(f"camera/{turn:04}.jpg", f"moved/{turn:04}.jpg")
        album.remove(f"camera/{10 + turn:04}.jpg")
        album.write(f"camera/{20 + turn:04}.jpg", 200 + turn)
        for number in range(10):
            album.write(f"more/{turn}-{number}.jpg", 1000 + 100 * turn + number)
    assert killed >= 1, "no kill came in time"
    index(home, starter, album)
    undisturbed = home_at(tmp_path / "undisturbed")
    index(undisturbed, starter, album)

    ended, expected = known_photos(home), known_photos(undisturbed)
    assert set(ended) == set(album.files())
    assert {path: (p.state, p.content_hash, p.vectors) for path, p in ended.items()} == {
        path: (p.state, p.content_hash, p.vectors) for path, p in expected.items()
    }
    assert leftovers(home) == []
    again = index(home, starter, album)
    assert (again.unchanged, again.added, again.changed, again.removed) == (len(ended), 0, 0, 0)


@needs_posix
def test_what_was_committed_before_a_kill_is_not_encoded_again(home: Home, starter: Path, album: SmallAlbum) -> None:
    album.fill(150)
    with indexing(home, starter, album) as (client, events):
        # Two batches at the least have been read by then, and one committed.
        next(
            event
            for event in events
            if isinstance(event, Progress) and event.stage is Stage.ENCODING and event.done >= 128
        )
        os.kill(client.pid, signal.SIGKILL)
    before = {path: p for path, p in known_photos(home).items() if p.state == PhotoState.READY}
    assert 64 <= len(before) <= 150
    done = index(home, starter, album)
    assert done.added == 150 - len(before)
    after = known_photos(home)
    assert {path: after[path] for path in before} == before
    assert {p.content_hash for p in after.values()} == {content_hash(c) for c in album.files().values()}


def test_two_engines_on_one_home_do_not_index_at_once(home: Home, starter: Path, album: SmallAlbum) -> None:
    album.fill(100)
    with indexing(home, starter, album) as (client, events):
        client.pause()
        next(event for event in events if isinstance(event, Progress) and event.stage is Stage.ENCODING)
        with indexing(home, starter, album) as (_, others):
            (refused,) = others
        assert isinstance(refused, Failed)
        assert refused.code == "catalogue-busy"
        client.resume()
        *_, done = events
        assert isinstance(done, Indexed)
        assert done.added == 100
