"""``pocketlens duplicates``."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec

from desktop.cli_command import Command
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.cli.records import DuplicateGroupRecord, DuplicateRecord, DuplicatesRecord

pytest_plugins = ("desktop.cli_fixtures",)


def test_copies_are_listed_and_left_alone(pocketlens: Command, album: Path) -> None:
    shutil.copy(album / "colours" / "red.jpg", album / "截图" / "red again.jpg")
    pocketlens("index", album)
    record = pocketlens.json("duplicates")
    (group,) = msgspec.convert(record, DuplicatesRecord).groups
    assert tuple(record["groups"][0]) == DuplicateGroupRecord.__struct_fields__
    assert tuple(record["groups"][0]["photos"][0]) == DuplicateRecord.__struct_fields__
    size = (album / "colours" / "red.jpg").stat().st_size
    assert (group.likeness, group.spare_bytes) == ("exact", size)
    assert {photo.file for photo in group.photos} == {
        str(album / "colours" / "red.jpg"),
        str(album / "截图" / "red again.jpg"),
    }
    said = pocketlens("duplicates")
    assert said.returncode == ExitCode.OK
    assert "red again.jpg" in said.stdout
    assert "Nothing was deleted" in said.stdout
    assert len(list(album.rglob("red*.jpg"))) == 2


def test_without_duplicates_it_says_so(indexed: Command) -> None:
    assert indexed.json("duplicates") == {"groups": []}
    assert "No photo is there twice" in indexed("duplicates").stderr


def test_before_anything_is_indexed_it_says_how_to_start(pocketlens: Command) -> None:
    done = pocketlens("duplicates")
    assert done.returncode == ExitCode.NOTHING_THERE
    assert "pocketlens index FOLDER" in done.stderr
