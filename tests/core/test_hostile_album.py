"""An album in which strangers put everything they could think of: each file costs itself, and the photos are found."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import pytest

from core.engine_process import engine
from core.hostile_album import hostile_files
from core.small_album import SmallAlbum, content_hash, known_photos, photo
from pocketlens.catalogue import Catalogue, PhotoState
from pocketlens.paths import Home
from pocketlens.protocol import Indexed, IndexRequest, Role

posix = pytest.mark.skipif(os.name != "posix", reason="pipes, sockets and devices as POSIX has them")
GOOD = 12


def indexed(home: Home, starter: Path, album: SmallAlbum, *, retry: bool = False) -> Indexed:
    """A job of the real engine, decoders and all."""
    with engine(Role.INDEX, home, starter) as running:
        running.send(IndexRequest(id=1, sources=[album.spec], retry_unreadable=retry))
        return running.next(Indexed)


def reasons(home: Home) -> dict[str, str]:
    with Catalogue.open(home.catalogue, read_only=True) as catalogue:
        return {os.fsdecode(row.path): row.reason for row in catalogue.unreadable()}


def test_each_hostile_file_costs_itself_with_its_reason_and_all_photos_are_indexed(
    home: Home, starter: Path, album: SmallAlbum
) -> None:
    album.fill(GOOD)
    hostile = hostile_files()
    for name, file in hostile.items():
        album.write(f"downloads/{name}", file.data)
    before = {path.name for path in album.root.iterdir()}
    done = indexed(home, starter, album)
    expected = {f"downloads/{name}": file.reason for name, file in hostile.items() if file.reason is not None}
    assert (done.added, done.unreadable) == (GOOD + len(hostile), len(expected))
    found = reasons(home)
    assert set(found) == set(expected)
    assert [path for path, reason in expected.items() if not found[path] or reason not in found[path]] == []
    known = known_photos(home)
    assert {path for path, one in known.items() if one.state == PhotoState.READY and one.vectors} == (
        {*album.files()} - set(expected)
    )
    assert {path.name for path in album.root.iterdir()} == before, "nothing was written, whatever a file asks for"
    again = indexed(home, starter, album)
    assert (again.unchanged, again.unreadable, again.added) == (GOOD + len(hostile), 0, 0)


@posix
def test_what_is_no_file_is_no_photo_and_holds_nobody_up(home: Home, starter: Path, album: SmallAlbum) -> None:
    album.fill(GOOD)
    folder = album.root / "camera"
    os.mkfifo(folder / "pipe.jpg")
    (folder / "folder.jpg").mkdir()
    (folder / "itself.jpg").symlink_to("itself.jpg")
    (folder / "one.jpg").symlink_to("other.jpg")
    (folder / "other.jpg").symlink_to("one.jpg")
    (folder / "above").symlink_to("..")
    (folder / "zeroes.jpg").symlink_to("/dev/zero")
    (folder / "terminal.jpg").symlink_to("/dev/tty")
    (folder / "pipe too.jpg").symlink_to("pipe.jpg")
    # A socket's name may not be long: it is made from within its folder.
    here = Path.cwd()
    with socket.socket(socket.AF_UNIX) as listener:
        os.chdir(folder)
        try:
            listener.bind("socket.jpg")
        finally:
            os.chdir(here)
        done = indexed(home, starter, album)
    assert (done.added, done.unreadable) == (GOOD, 0)
    assert set(known_photos(home)) == {f"camera/{seed:04}.jpg" for seed in range(GOOD)}


@posix
def test_photos_that_shrink_grow_and_vanish_while_they_are_read_are_whole_in_the_end(
    home: Home, starter: Path, album: SmallAlbum
) -> None:
    album.fill(40)
    restless = [f"camera/{seed:04}.jpg" for seed in range(0, 40, 2)]
    ended = threading.Event()

    def trouble() -> None:
        while not ended.is_set():
            for seed, name in zip(range(0, 40, 2), restless, strict=True):
                place, whole = album.root / name, photo(seed)
                place.write_bytes(whole[: len(whole) // 2])
                place.write_bytes(whole + bytes(len(whole)))
                place.unlink()
                place.write_bytes(whole)

    troublemaker = threading.Thread(target=trouble)
    troublemaker.start()
    try:
        first = indexed(home, starter, album)
    finally:
        ended.set()
        troublemaker.join()
    assert first.added > 0
    still = {f"camera/{seed:04}.jpg" for seed in range(1, 40, 2)}
    assert all(known_photos(home)[name].state == PhotoState.READY for name in still)
    for name in restless:
        album.touch(name)
    indexed(home, starter, album)
    known = known_photos(home)
    assert {path: one.content_hash for path, one in known.items()} == {
        path: content_hash(content) for path, content in album.files().items()
    }
    assert all(one.state == PhotoState.READY and one.vectors for one in known.values())
