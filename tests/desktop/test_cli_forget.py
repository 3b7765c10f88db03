"""``pocketlens forget``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import msgspec
import pytest

from desktop.cli_command import Command, read_terminal, start_in_terminal, write_photos
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.cli.records import ForgottenRecord

pytest_plugins = ("desktop.cli_fixtures",)


@pytest.mark.parametrize("called", ["path", "label"])
def test_a_forgotten_folder_is_no_longer_found_and_still_there(
    indexed: Command, indexed_once: tuple[Path, Path], called: str
) -> None:
    photos = indexed_once[1]
    record = indexed.json("forget", "--yes", str(photos) if called == "path" else "Photos")
    assert tuple(record) == ForgottenRecord.__struct_fields__
    assert msgspec.convert(record, ForgottenRecord) == ForgottenRecord(
        kind="folder", label="photos", identity=str(photos), photos=4
    )
    assert indexed.json("status")["sources"] == []
    assert indexed("search", "red").returncode == ExitCode.NOTHING_THERE
    assert len(list(photos.rglob("*.*"))) == 4


def test_without_an_answer_nothing_is_forgotten(indexed: Command) -> None:
    error = indexed.json("forget", "photos", code=ExitCode.USAGE)["error"]
    assert "--yes" in error["remedy"]
    assert indexed.json("status")["photos"] == 4


def test_what_is_not_indexed_is_said_so(indexed: Command, pocketlens: Command) -> None:
    error = indexed.json("forget", "holidays", "--yes", code=ExitCode.NOTHING_THERE)["error"]
    assert (error["code"], error["thing"]) == ("album-missing", "holidays")


def test_a_name_that_two_folders_have_is_not_enough(pocketlens: Command, tmp_path: Path) -> None:
    for place in ("one", "two"):
        write_photos(tmp_path / place / "photos", {"a.jpg": "red"})
    pocketlens("index", tmp_path / "one" / "photos", tmp_path / "two" / "photos")
    error = pocketlens.json("forget", "photos", "--yes", code=ExitCode.USAGE)["error"]
    assert "whole path" in error["remedy"]
    assert pocketlens("forget", tmp_path / "two" / "photos", "--yes").returncode == ExitCode.OK
    (left,) = pocketlens.json("status")["sources"]
    assert left["identity"] == str(tmp_path / "one" / "photos")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX terminal")
@pytest.mark.parametrize(("answer", "left"), [(b"n\n", 4), (b"\n", 4), (b"y\n", 0)])
def test_at_a_terminal_it_asks(indexed: Command, answer: bytes, left: int) -> None:
    terminal, job = start_in_terminal(indexed, "forget", "photos")
    seen = b""
    while b"[y/N]" not in seen:
        chunk = read_terminal(terminal)
        assert chunk, seen
        seen += chunk
    os.write(terminal, answer)
    while chunk := read_terminal(terminal):
        seen += chunk
    os.close(terminal)
    assert job.wait(timeout=60) == (ExitCode.INTERRUPTED if left else ExitCode.OK), seen
    assert indexed.json("status")["photos"] == left
