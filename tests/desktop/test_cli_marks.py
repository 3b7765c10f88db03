"""``pocketlens favourite``, ``searches``, and searching by any picture."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from desktop.cli_command import Command, write_photos
from pocketlens_desktop.cli.exit_codes import ExitCode

pytest_plugins = ("desktop.cli_fixtures",)


def names(record: dict[str, list[dict[str, str]]]) -> list[str]:
    return [Path(hit["file"]).name for hit in record["hits"]]


def test_a_favourite_is_found_until_the_mark_is_taken_away(indexed: Command, indexed_once: tuple[Path, Path]) -> None:
    file = indexed_once[1] / "colours" / "green.jpg"
    marked = indexed.json("favourite", str(file))
    assert (marked["favourite"], marked["changed"]) == (True, 1)
    found = indexed.json("search", "--fav")
    assert names(found) == ["green.jpg"]
    assert found["hits"][0]["favourite"] is True
    assert "no more" in indexed("favourite", str(marked["photos"][0]), "--remove").stdout
    assert indexed.json("search", "--fav", code=ExitCode.NOTHING_THERE)["hits"] == []


def test_what_is_not_there_cannot_be_marked(indexed: Command, pocketlens: Command, tmp_path: Path) -> None:
    write_photos(tmp_path / "new", {"a.jpg": "pink"})
    for wrong in ("12345", str(tmp_path / "new" / "a.jpg")):
        error = indexed.json("favourite", wrong, code=ExitCode.NOTHING_THERE)["error"]
        assert (error["code"], error["thing"]) == ("photo-missing", wrong)
    shutil.rmtree(indexed.home)
    assert indexed.json("favourite", "1", code=ExitCode.NOTHING_THERE)["error"]["code"] == "photo-missing"


def test_a_saved_search_is_carried_out_listed_narrowed_and_removed(indexed: Command) -> None:
    assert "Saved as walls" in indexed("searches", "save", "walls", "a", "red", "wall", "album:colours").stdout
    assert indexed.json("searches") == {"searches": [{"name": "walls", "query": 'a red wall album:"colours"'}]}
    assert "walls" in indexed("searches").stdout
    found = indexed.json("search", "--saved", "walls")
    assert sorted(names(found)) == ["green.jpg", "red.jpg"]
    assert found["asked"] == 'a red wall album:"colours"'
    assert indexed.json("search", "--saved", "walls", "--fav", code=ExitCode.NOTHING_THERE)["hits"] == []
    assert indexed("searches", "remove", "walls").returncode == ExitCode.OK
    for gone in (("search", "--saved", "walls"), ("searches", "remove", "walls")):
        assert indexed(*gone).returncode == ExitCode.NOTHING_THERE
    assert indexed.json("searches") == {"searches": []}


def test_a_search_can_be_saved_before_anything_is_indexed(pocketlens: Command) -> None:
    assert pocketlens.json("searches") == {"searches": []}
    assert pocketlens("searches", "remove", "a").returncode == ExitCode.NOTHING_THERE
    assert pocketlens("searches", "save", "猫", "一只猫").returncode == ExitCode.OK
    assert pocketlens.json("searches")["searches"] == [{"name": "猫", "query": "一只猫"}]
    assert pocketlens("searches", "save", "nothing").returncode == ExitCode.USAGE


def test_any_picture_can_be_searched_by(indexed: Command, tmp_path: Path) -> None:
    write_photos(tmp_path / "new", {"other red.jpg": "darkred"})
    picture = tmp_path / "new" / "other red.jpg"
    by_option = indexed.json("search", "--like", str(picture))
    assert names(by_option)[0] == "red.jpg"
    assert indexed.json("search", f'like:"{picture}"')["hits"] == by_option["hits"]


@pytest.mark.parametrize("content", [b"", b"no picture"])
def test_a_file_that_is_no_picture_is_an_error_with_its_name(indexed: Command, tmp_path: Path, content: bytes) -> None:
    wrong = tmp_path / "a.jpg"
    wrong.write_bytes(content)
    error = indexed.json("search", "--like", str(wrong), code=ExitCode.FAILED)["error"]
    assert (error["code"], error["thing"]) == ("unreadable-photo", str(wrong))
