"""``pocketlens index`` on real folders, interrupted and gone on with."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from desktop.cli_command import Command, read_terminal, start_in_terminal, write_many_photos, write_photos
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.cli.records import IndexRecord

pytest_plugins = ("desktop.cli_fixtures",)

#: The starter takes a second or more for these on any machine: a job is never over when its first tenth is reported.
MANY = 60

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


def test_every_photo_is_added_and_a_second_run_adds_none(pocketlens: Command, album: Path) -> None:
    first = pocketlens.json("index", album)
    assert (first["added"], first["unchanged"], first["cancelled"]) == (4, 0, False)
    second = pocketlens.json("index", album)
    assert (second["added"], second["unchanged"]) == (0, 4)


def test_only_what_changed_is_taken_in_again(pocketlens: Command, album: Path) -> None:
    pocketlens("index", album)
    (album / "colours" / "red.jpg").unlink()
    (album / "colours" / "green.jpg").rename(album / "green.jpg")
    write_photos(album, {"new.png": "white"})
    done = pocketlens.json("index", album)
    assert (done["added"], done["moved"], done["removed"], done["unchanged"]) == (1, 1, 1, 2)


def test_the_json_record_has_exactly_the_documented_fields(pocketlens: Command, album: Path) -> None:
    record = pocketlens.json("index", album)
    assert tuple(record) == IndexRecord.__struct_fields__
    msgspec.convert(record, IndexRecord)


def test_several_folders_are_one_job_and_one_folder_twice_is_one(pocketlens: Command, album: Path) -> None:
    roundabout = album / "截图" / ".." / "colours"
    done = pocketlens.json("index", album / "colours", roundabout, album / "截图")
    assert done["added"] == 4
    assert len(pocketlens.json("status")["sources"]) == 2


def test_a_log_gets_plain_lines_without_control_codes(pocketlens: Command, album: Path) -> None:
    done = pocketlens("index", album)
    assert done.returncode == ExitCode.OK
    assert done.stdout == ""
    assert "4 added in" in done.stderr
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", done.stderr)


def test_photos_that_cannot_be_read_are_named_with_their_reason(pocketlens: Command, album: Path) -> None:
    for number in range(7):
        (album / f"broken-{number}.jpg").write_bytes(b"\xff\xd8 not really")
    done = pocketlens("index", album)
    assert done.returncode == ExitCode.OK
    assert "7 photos could not be read:" in done.stderr
    assert len(re.findall(r"broken-\d\.jpg: \S+", done.stderr)) == 5
    assert "and 2 more." in done.stderr
    listed = pocketlens("status", "--unreadable")
    assert len(re.findall(r"broken-\d\.jpg: \S+", listed.stdout)) == 7


def test_an_unreadable_photo_is_tried_again_when_asked(pocketlens: Command, album: Path) -> None:
    (album / "broken.jpg").write_bytes(b"")
    assert pocketlens.json("index", album)["unreadable"] == 1
    assert pocketlens.json("index", album)["failures"] == []
    again = pocketlens.json("index", album, "--retry-unreadable")
    assert [Path(failed["file"]).name for failed in again["failures"]] == ["broken.jpg"]
    assert again["failures"][0]["code"] == "unreadable-photo"


def test_a_folder_that_is_not_there_is_said_so(pocketlens: Command, tmp_path: Path) -> None:
    error = pocketlens.json("index", tmp_path / "gone", code=ExitCode.NOTHING_THERE)["error"]
    assert error["code"] == "album-missing"
    assert error["thing"].endswith("gone")


def test_a_folder_that_went_away_keeps_what_was_indexed(pocketlens: Command, album: Path) -> None:
    pocketlens("index", album)
    album.rename(album.with_name("elsewhere"))
    assert pocketlens("index", album).returncode == ExitCode.NOTHING_THERE
    assert pocketlens.json("status")["ready"] == 4


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has names that are not UTF-8")
def test_names_that_are_not_utf_8_are_indexed_found_and_shown(pocketlens: Command, tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/caf\xe9"
    write_photos(Path(os.fsdecode(folder)), {"red.jpg": "red"})
    os.replace(folder + b"/red.jpg", folder + b"/r\xff\x1b[31m\n.jpg")  # noqa: PTH105 - bytes
    (Path(os.fsdecode(folder)) / os.fsdecode(b"broken\xfe.jpg")).write_bytes(b"no")
    done = pocketlens("index", folder)
    assert done.returncode == ExitCode.OK, done.stderr
    assert r"caf\xe9/broken\xfe.jpg: " in done.stderr
    found = pocketlens.json("search", "red")["hits"][0]
    assert found["file"].endswith(r"caf\xe9/r\xff\x1b[31m\n.jpg")
    assert msgspec.convert(found["file_base64"], bytes) == folder + b"/r\xff\x1b[31m\n.jpg"
    shown = pocketlens("search", "red")
    assert shown.returncode == ExitCode.OK, shown.stderr
    assert "\x1b" not in shown.stdout
    assert pocketlens("albums").returncode == ExitCode.OK
    assert pocketlens("status", "--unreadable").returncode == ExitCode.OK


def test_a_damaged_model_is_refused_with_4(pocketlens: Command, album: Path) -> None:
    damage(pocketlens.install_starter() / "image.onnx")
    error = pocketlens.json("index", album, code=ExitCode.MODEL)["error"]
    assert error["code"] == "model-corrupt"


def test_a_catalogue_of_a_newer_release_is_refused_with_5_and_left_alone(indexed: Command, album: Path) -> None:
    catalogue = indexed.home / "data" / "catalogue.sqlite3"
    with sqlite3.connect(catalogue) as connection:
        connection.execute("PRAGMA user_version = 9999")
    connection.close()
    before = catalogue.read_bytes()
    for command in (("index", album), ("search", "red"), ("albums",), ("status",)):
        assert indexed.json(*command, code=ExitCode.CATALOGUE)["error"]["code"] == "catalogue-too-new"
    assert catalogue.read_bytes() == before


@posix_only
def test_ctrl_c_stops_in_good_order_and_the_same_command_goes_on(pocketlens: Command, tmp_path: Path) -> None:
    write_many_photos(tmp_path / "many", MANY)
    job = pocketlens.start("index", tmp_path / "many", "--json")
    said = wait_for(job, f" of {MANY} photos")
    job.send_signal(signal.SIGINT)
    out, err = job.communicate(timeout=60)
    said += err
    assert job.returncode == ExitCode.INTERRUPTED, said
    assert "Stopping after the photos in hand" in said
    assert "Traceback" not in said
    stopped = msgspec.json.decode(out, type=IndexRecord)
    assert stopped.cancelled
    assert 0 < stopped.added < MANY

    resumed = pocketlens.json("index", tmp_path / "many")
    assert resumed["added"] == MANY - stopped.added
    assert resumed["unchanged"] == stopped.added
    assert pocketlens.json("status")["ready"] == MANY


@posix_only
def test_ctrl_c_says_how_to_go_on(pocketlens: Command, tmp_path: Path) -> None:
    write_many_photos(tmp_path / "many", MANY)
    job = pocketlens.start("index", tmp_path / "many")
    wait_for(job, f" of {MANY} photos")
    job.send_signal(signal.SIGINT)
    _, err = job.communicate(timeout=60)
    assert "Run the same command again: it goes on where it stopped." in err


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_second_ctrl_c_ends_at_once_and_leaves_no_engine(pocketlens: Command, tmp_path: Path) -> None:
    write_many_photos(tmp_path / "many", MANY)
    job = pocketlens.start("index", tmp_path / "many")
    wait_for(job, f" of {MANY} photos")
    engines = children_of(job.pid)
    assert engines
    job.send_signal(signal.SIGINT)
    wait_for(job, "Stopping after")
    job.send_signal(signal.SIGINT)
    _, err = job.communicate(timeout=60)
    assert job.returncode == ExitCode.INTERRUPTED, err
    assert "Traceback" not in err
    assert not [pid for pid in engines if Path(f"/proc/{pid}").exists()]
    pocketlens("index", tmp_path / "many")
    assert pocketlens.json("status")["ready"] == MANY


@posix_only
def test_a_terminal_sees_a_bar_and_its_ctrl_c_reaches_a_job_that_stops_in_good_order(
    pocketlens: Command, tmp_path: Path
) -> None:
    """A terminal sends Ctrl-C to every process of the job, the engine among them."""
    write_many_photos(tmp_path / "many", MANY)
    terminal, job = start_in_terminal(pocketlens, "index", tmp_path / "many")
    seen = b""
    interrupted = False
    while chunk := read_terminal(terminal):
        seen += chunk
        if not interrupted and re.search(rb"[1-9]\d* of %d" % MANY, seen):
            os.write(terminal, b"\x03")
            interrupted = True
    os.close(terminal)
    text = seen.decode()
    assert job.wait(timeout=60) == ExitCode.INTERRUPTED, text
    assert interrupted
    assert "\x1b[" in text
    assert "Indexing" in text
    assert "goes on where it stopped" in text
    assert "Traceback" not in text
    assert 0 < pocketlens.json("status")["ready"] < MANY


def test_a_run_after_a_killed_one_loses_and_doubles_nothing(pocketlens: Command, tmp_path: Path) -> None:
    write_many_photos(tmp_path / "many", MANY)
    job = pocketlens.start("index", tmp_path / "many")
    wait_for(job, f" of {MANY} photos")
    job.kill()
    job.communicate(timeout=60)
    done = pocketlens.json("index", tmp_path / "many")
    assert done["added"] + done["unchanged"] == MANY
    assert pocketlens.json("status")["photos"] == MANY


def wait_for(job: subprocess.Popen[str], words: str) -> str:
    """Read the job's stderr until a line has ``words``; all that was read."""
    assert job.stderr is not None
    said = ""
    for line in job.stderr:
        said += line
        if words in line:
            return said
    raise AssertionError(f"the job ended without saying {words!r}:\n{said}")


def children_of(pid: int) -> list[int]:
    return [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]


def damage(file: Path) -> None:
    """Change one byte in the middle, and nothing of the size."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)


def test_damaging_a_copy_leaves_the_shipped_model_sound(pocketlens: Command, album: Path) -> None:
    package = pocketlens.install_starter()
    damage(package / "text.onnx")
    assert pocketlens("search", "red").returncode == ExitCode.MODEL
    shutil.rmtree(package)
    assert pocketlens("search", "red").returncode == ExitCode.NOTHING_THERE
