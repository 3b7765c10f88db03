"""``pocketlens search`` and its output for people and programs."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from desktop.cli_command import Command, read_terminal, start_in_terminal, write_photos
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.cli.records import HitRecord, SearchRecord

pytest_plugins = ("desktop.cli_fixtures",)


def test_the_json_record_has_exactly_the_documented_fields(indexed: Command) -> None:
    record = indexed.json("search", "a", "red", "wall")
    assert tuple(record) == SearchRecord.__struct_fields__
    assert all(tuple(hit) == HitRecord.__struct_fields__ for hit in record["hits"])
    checked = msgspec.convert(record, SearchRecord)
    assert checked.query == "a red wall"
    assert checked.considered == 4
    assert [hit.rank for hit in checked.hits] == [1, 2, 3, 4]
    assert [hit.score for hit in checked.hits] == sorted((hit.score for hit in checked.hits), reverse=True)
    assert all(Path(hit.file).is_file() for hit in checked.hits)


def test_the_fields_of_a_hit_are_the_ones_promised() -> None:
    """The list in the README. A change here breaks people's scripts."""
    assert HitRecord.__struct_fields__ == (
        "rank",
        "photo",
        "score",
        "strength",
        "album",
        "file",
        "file_base64",
        "taken_at",
        "width",
        "height",
        "copies",
        "weak",
        "favourite",
        "members",
        "place",
        "place_zh",
        "duration_ms",
        "at_ms",
        "motion",
        "found_text",
    )


@pytest.mark.parametrize("words", [("red",), ("红色",), ("a", "yellow", "screenshot"), ("黄色的截图", "yellow")])
def test_chinese_and_english_words_find_photos(indexed: Command, words: tuple[str, ...]) -> None:
    assert len(indexed.json("search", *words)["hits"]) == 4


def test_top_limits_the_photos_shown(indexed: Command) -> None:
    record = indexed.json("search", "red", "--top", "2")
    assert (len(record["hits"]), record["considered"]) == (2, 4)


def test_an_album_limits_the_photos_compared(indexed: Command) -> None:
    record = indexed.json("search", "red", "--album", "截图")
    assert {Path(hit["file"]).name for hit in record["hits"]} == {"blue.png", "[red]yellow[].png"}
    both = indexed.json("search", "red", "--album", "截图", "--album", "colours")
    assert len(both["hits"]) == 4


def test_an_album_that_is_not_there_is_said_so(indexed: Command) -> None:
    error = indexed.json("search", "red", "--album", "holidays", code=ExitCode.NOTHING_THERE)["error"]
    assert (error["code"], error["thing"]) == ("album-missing", "holidays")


def test_a_photo_finds_itself_first(indexed: Command) -> None:
    first = indexed.json("search", "red")["hits"][1]
    like = indexed.json("search", "--like", str(first["photo"]))["hits"][0]
    assert like["file"] == first["file"]
    assert like["score"] == pytest.approx(1, abs=1e-3)


def names(record: Any) -> set[str]:
    return {Path(hit["file"]).name for hit in record["hits"]}


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (("red kind:screenshot",), {"blue.png", "[red]yellow[].png"}),
        (("red", "--kind", "截图"), {"blue.png", "[red]yellow[].png"}),
        (("red", "-kind:screenshot"), {"red.jpg", "green.jpg"}),
        (("red", "--kind", "photo", "--not", "a wall", "--and", "sky"), {"red.jpg", "green.jpg"}),
        (("album:colours",), {"red.jpg", "green.jpg"}),
        (("--date", "1990..", "--kind", "photo"), {"red.jpg", "green.jpg"}),
    ],
)
def test_filters_may_be_options_or_part_of_the_query(
    indexed: Command, arguments: tuple[str, ...], found: set[str]
) -> None:
    line = arguments if arguments[-1] != "-kind:screenshot" else ("--", *arguments)
    done = indexed("search", "--json", *line)
    assert done.returncode == ExitCode.OK, done.stderr
    assert names(msgspec.json.decode(done.stdout)) == found


def test_what_the_options_say_is_told_in_the_query_language(indexed: Command) -> None:
    record = indexed.json("search", "red", "wall", "--not", 'the "sky"', "--date", "1990..", "--kind", "photo")
    assert record["query"] == "red wall"
    assert record["asked"] == 'red wall -"the ""sky""" date:1990-01-01.. kind:photo'
    assert indexed.json("search", record["asked"])["hits"] == record["hits"]


def test_filters_alone_list_the_newest_without_a_strength(indexed: Command) -> None:
    listed = indexed("search", "date:1990..", "--top", "2").stdout
    assert "2 newest of 4 photos" in listed
    assert "strength" not in listed


def test_filters_that_nothing_passes_find_nothing(indexed: Command) -> None:
    assert indexed.json("search", "--fav", code=ExitCode.NOTHING_THERE)["hits"] == []


def test_a_query_that_cannot_be_understood_is_refused_before_anything_is_loaded(pocketlens: Command) -> None:
    error = pocketlens.json("search", "dog kind:cat", code=ExitCode.USAGE)["error"]
    assert (error["code"], error["thing"]) == ("query-invalid", "character 10")
    assert "screenshot" in error["remedy"]


def test_a_file_stands_for_the_indexed_photo_with_its_content(
    indexed: Command, indexed_once: tuple[Path, Path]
) -> None:
    file = indexed_once[1] / "colours" / "green.jpg"
    by_file = indexed.json("search", "--like", str(file))
    by_number = indexed.json("search", "--like", str(by_file["hits"][0]["photo"]))
    assert Path(by_file["hits"][0]["file"]).name == "green.jpg"
    assert by_file["hits"] == by_number["hits"]
    assert (by_file["like"], by_number["like"]) == (None, by_file["hits"][0]["photo"])


def test_weaker_matches_are_below_a_line(indexed: Command) -> None:
    record = indexed.json("search", "red")
    weak = [hit["weak"] for hit in record["hits"]]
    assert weak == sorted(weak)
    assert (False in weak, True in weak) == (True, True)
    lines = indexed("search", "red").stdout.splitlines()
    line = next(number for number, text in enumerate(lines) if "weaker matches" in text)
    files = [number for number, text in enumerate(lines) if "/photos/" in text]
    assert sum(number < line for number in files) == weak.count(False)


def test_identical_photos_are_one_hit(pocketlens: Command, album: Path) -> None:
    shutil.copy(album / "colours" / "red.jpg", album / "red again.jpg")
    pocketlens("index", album)
    copies = {hit["copies"] for hit in pocketlens.json("search", "red")["hits"]}
    assert copies == {1, 2}
    assert "and 1 more like it" in pocketlens("search", "red").stdout


def test_nothing_indexed_yet_exits_with_3_and_says_how_to_start(pocketlens: Command) -> None:
    done = pocketlens("search", "red")
    assert done.returncode == ExitCode.NOTHING_THERE
    assert "pocketlens index FOLDER" in done.stderr
    assert not pocketlens.home.exists()


def test_a_model_that_is_not_installed_exits_with_4(indexed: Command) -> None:
    (indexed.home / "data" / "settings.json").write_text('{"model": "nowhere"}')
    error = indexed.json("search", "red", code=ExitCode.MODEL)["error"]
    assert (error["code"], error["thing"]) == ("model-missing", "nowhere")


def test_a_damaged_text_model_is_refused_before_it_is_loaded(indexed: Command) -> None:
    package = indexed.install_starter()
    (package / "text.onnx").write_bytes(b"\x08\x07not a model")
    assert indexed.json("search", "red", code=ExitCode.MODEL)["error"]["code"] == "model-corrupt"


def test_a_catalogue_that_is_no_database_exits_with_5(indexed: Command) -> None:
    catalogue = indexed.home / "data" / "catalogue.sqlite3"
    for beside in catalogue.parent.glob("catalogue.sqlite3-*"):
        beside.unlink()
    catalogue.write_bytes(b"not a database, " * 1000)
    error = indexed.json("search", "red", code=ExitCode.CATALOGUE)["error"]
    assert error["code"] == "catalogue-damaged"


def test_a_pipe_gets_whole_paths_and_no_control_codes(indexed: Command) -> None:
    out = indexed("search", "red").stdout
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", out)
    assert len(re.findall(r"/photos/(?:colours|截图)/\S+\.(?:jpg|png)", out)) == 4
    assert "[red]yellow[].png" in out


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX terminal")
def test_a_terminal_gets_links_that_open_the_photos(indexed: Command) -> None:
    terminal, job = start_in_terminal(indexed, "search", "red")
    seen = b""
    while chunk := read_terminal(terminal):
        seen += chunk
    os.close(terminal)
    assert job.wait(timeout=60) == ExitCode.OK, seen
    linked = {uri.decode() for uri in re.findall(rb"\x1b\]8;[^;]*;(file://[^\x1b]+)\x1b", seen)}
    assert {uri.rpartition("/")[2] for uri in linked} == {
        "red.jpg",
        "green.jpg",
        "blue.png",
        "%5Bred%5Dyellow%5B%5D.png",
    }


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /dev/full")
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_full_disk_under_the_output_is_one_sentence(indexed: Command, options: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            indexed.line("search", "red", *options),
            env=indexed.environment,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == ExitCode.FAILED
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes")
def test_a_reader_that_goes_away_is_no_error_message(indexed: Command) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        indexed.line("search", "red"),
        env=indexed.environment,
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert done.returncode == ExitCode.READER_GONE
    assert "Traceback" not in done.stderr
    assert "Broken" not in done.stderr


def test_a_terminal_without_chinese_gets_escapes_not_a_crash(indexed: Command) -> None:
    indexed.more = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
    done = indexed("search", "red")
    assert done.returncode == ExitCode.OK, done.stderr
    assert r"\u622a\u56fe" in done.stdout
    assert indexed.json("search", "red")["hits"][0]["album"] in {"colours", "截图"}


def test_dates_are_the_photos_own_local_time(pocketlens: Command, tmp_path: Path) -> None:
    write_photos(tmp_path / "photos", {"dated.jpg": "red"})
    from PIL import Image

    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2019:07:21 18:30:05"
    Image.new("RGB", (64, 64), "red").save(tmp_path / "photos" / "dated.jpg", exif=exif)
    pocketlens("index", tmp_path / "photos")
    assert pocketlens.json("search", "red")["hits"][0]["taken_at"] == "2019-07-21T18:30:05"
    assert "2019-07-21" in pocketlens("search", "red").stdout


@pytest.mark.parametrize("closed", ["1", "2", "1 2"])
def test_a_search_with_a_closed_stream_ends_as_any_other(indexed: Command, closed: str) -> None:
    line = shlex.join(str(part) for part in indexed.line("search", "red"))
    shell = f"exec {line} " + " ".join(f"{stream}>&-" for stream in closed.split())
    done = subprocess.run(["sh", "-c", shell], env=indexed.environment, capture_output=True, check=False, text=True)
    assert done.returncode == ExitCode.OK, done.stderr
    assert ("red" in done.stdout) == ("1" not in closed)
