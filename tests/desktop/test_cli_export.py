"""``pocketlens export``."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.cli_command import Command
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.cli.records import CopiesRecord

pytest_plugins = ("desktop.cli_fixtures",)


@pytest.fixture
def numbers(indexed: Command) -> list[str]:
    return [str(hit["photo"]) for hit in indexed.json("search", "red", "--top", "2")["hits"]]


def test_photos_are_copied_once_and_never_over_another_file(
    indexed: Command, numbers: list[str], tmp_path: Path
) -> None:
    first = indexed.json("export", *numbers, "--to", tmp_path / "copies")
    assert tuple(first) == CopiesRecord.__struct_fields__
    assert (first["copied"], first["failed"]) == (2, 0)
    for photo in first["photos"]:
        assert Path(photo["copy"]).read_bytes() == Path(photo["photo"]).read_bytes()
    again = indexed.json("export", *numbers, "--to", tmp_path / "copies")
    assert (again["copied"], again["already_there"]) == (0, 2)
    assert len(list((tmp_path / "copies").iterdir())) == 2


def test_a_number_that_no_photo_has_is_said_and_copies_nothing(
    indexed: Command, numbers: list[str], tmp_path: Path
) -> None:
    code = ExitCode.NOTHING_THERE
    error = indexed.json("export", numbers[0], "123456", "--to", tmp_path / "copies", code=code)["error"]
    assert error["thing"] == "123456"
    assert not (tmp_path / "copies").exists()


def test_a_photo_that_is_gone_does_not_stop_the_others(pocketlens: Command, album: Path, tmp_path: Path) -> None:
    assert pocketlens.json("index", album)["added"] == 4
    hits = pocketlens.json("search", "red", "--top", "2")["hits"]
    gone = Path(hits[0]["file"])
    gone.unlink()
    done = pocketlens("export", *(str(hit["photo"]) for hit in hits), "--to", tmp_path / "copies")
    assert done.returncode == ExitCode.FAILED
    assert "1 copied" in done.stderr and "1 failed" in done.stderr
    assert f"{gone}: It is not there any more." in done.stderr


def test_a_folder_that_cannot_be_made_is_said_with_its_reason(
    indexed: Command, numbers: list[str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    record = indexed.json("export", numbers[0], "--to", tmp_path / "file", code=ExitCode.FAILED)
    assert (record["copied"], record["failed"]) == (0, 1)
    (photo,) = record["photos"]
    assert (photo["copy"], photo["outcome"]) == (None, "failed")
    assert photo["reason"].startswith("It cannot be copied: ")
    assert (tmp_path / "file").read_bytes() == b"mine"
