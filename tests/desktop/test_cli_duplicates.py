"""``pocketlens duplicates``."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
from PIL import Image

from desktop.cli_command import Command
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.cli.records import DuplicateGroupRecord, DuplicateRecord, DuplicatesRecord
from pocketlens_desktop.sample import ALBUM

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


def test_one_likeness_can_be_asked_for(pocketlens: Command, album: Path) -> None:
    dog = ALBUM / "DCIM" / "Camera" / "IMG_20211114_143355.jpg"
    shutil.copy(dog, album / "a.jpg")
    shutil.copy(dog, album / "b.jpg")
    with Image.open(dog) as picture:
        picture.reduce(2).save(album / "sent by a messenger.jpg", quality=50)
    pocketlens("index", album)

    def likenesses(*options: str) -> list[str]:
        return [group["likeness"] for group in pocketlens.json("duplicates", *options)["groups"]]

    assert likenesses() == ["exact", "near"]
    assert likenesses("--likeness", "near") == ["near"]
    assert likenesses("--likeness", "burst", "--likeness", "exact") == ["exact"]


def test_without_duplicates_it_says_so(indexed: Command) -> None:
    assert indexed.json("duplicates") == {"groups": []}
    assert "No photo is there twice" in indexed("duplicates").stderr


def test_before_anything_is_indexed_it_says_how_to_start(pocketlens: Command) -> None:
    done = pocketlens("duplicates")
    assert done.returncode == ExitCode.NOTHING_THERE
    assert "pocketlens index FOLDER" in done.stderr
