"""What is written along the way (stderr, logs, caches) names no photo; the catalogue and an answer asked for do.

PocketLens keeps no log on the PC and has no switch for one. What a person asks for by a command is its answer: the
photos that `index` could not read, `status --unreadable`, `--json`. The log of a phone's job is looked at in
``core/test_onboard_relay.py``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.engine_process import engine
from core.scenes import files
from desktop.cli_command import Command, write_photos
from desktop.window_program import FIRST_MINUTES
from pocketlens.paths import Home, home_at
from pocketlens.protocol import Indexed, IndexRequest, Role, SourceSpec

pytest_plugins = ("desktop.cli_fixtures",)

#: In the name of every folder and photo of the album, and nowhere else.
MARK = "zqgrandmother"
#: What libraries say more of when they are asked to.
TALKATIVE = {"PYTHONDEVMODE": "1", "QT_LOGGING_RULES": "*=true"}


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Four photos, and others that make decoders complain."""
    folder = tmp_path / f"{MARK} 1" / f"{MARK} 2"
    write_photos(folder, {f"{MARK} {colour}.jpg": colour for colour in ("red", "green", "blue", "yellow")})
    return folder.parent


@pytest.fixture
def broken(album: Path) -> Path:
    """The same with photos that decoders complain about."""
    for number, data in enumerate(files().values()):
        (album / f"{MARK} {number}.jpg").write_bytes(data[: len(data) * 2 // 3])
    lzw = bytearray(files()["TIFF LZW"])
    lzw[len(lzw) // 2 : len(lzw) // 2 + 40] = b"\xff\0" * 20
    (album / f"{MARK} lzw.tif").write_bytes(lzw)
    return album


def naming(root: Path) -> set[str]:
    """The files below ``root`` that hold the mark in one of the ways a name is written."""
    marks = (MARK.encode(), MARK.encode("utf-16-le"), MARK.encode().hex().encode())
    return {
        str(path.relative_to(root))
        for path in root.rglob("*")
        if path.is_file() and any(mark in path.read_bytes() or mark in os.fsencode(path.name) for mark in marks)
    }


def test_a_job_and_a_search_name_no_photo_outside_the_catalogue(pocketlens: Command, album: Path) -> None:
    pocketlens.more |= TALKATIVE
    said = pocketlens("index", album / f"{MARK} 2")
    assert (said.returncode, said.stdout) == (0, "")
    assert "4 added" in said.stderr
    assert MARK not in said.stderr
    for words in ("search", "status", "albums"):
        done = pocketlens(*((words, "red") if words == "search" else (words,)))
        assert done.returncode == 0
        assert MARK not in done.stderr
    # What the answer shows and the catalogue keeps is where a witness would have spoken.
    assert MARK in pocketlens("search", "red").stdout
    assert {name.removesuffix("-wal") for name in naming(pocketlens.home)} == {"data/catalogue.sqlite3"}
    assert list(pocketlens.user_home.iterdir()) == []


def test_photos_that_cannot_be_read_are_named_in_the_answer_alone(pocketlens: Command, broken: Path) -> None:
    pocketlens.more |= TALKATIVE
    done = pocketlens("index", broken, "--json")
    assert done.returncode == 0
    assert done.stdout.count(MARK) >= 5, "the answer"
    assert MARK not in done.stderr
    assert {name.removesuffix("-wal") for name in naming(pocketlens.home)} == {"data/catalogue.sqlite3"}


def test_what_an_engine_and_its_decoders_write_to_stderr_names_no_photo(
    home: Home, starter: Path, broken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in TALKATIVE.items():
        monkeypatch.setenv(name, value)
    with engine(Role.INDEX, home, starter) as running:
        running.send(IndexRequest(id=1, sources=[SourceSpec(kind="folder", identity=os.fsencode(broken))]))
        assert running.next(Indexed).unreadable >= 5
        _, said = running.process.communicate()
    assert b"Using code not yet in table" in said, "libtiff's own remarks come through"
    assert MARK.encode() not in said


@pytest.mark.skipif(sys.platform == "win32", reason="the window is tried without a display")
def test_the_window_names_no_photo_in_what_it_writes(pocketlens: Command, album: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST_MINUTES, str(album)],
        env={**pocketlens.environment, **TALKATIVE, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "qt." in done.stderr, "Qt does say what it does"
    assert MARK not in done.stdout + done.stderr
    assert {name.removesuffix("-wal") for name in naming(home_at(pocketlens.home).data.parent)} == {
        "data/catalogue.sqlite3"
    }
