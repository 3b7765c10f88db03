"""``pocketlens albums`` and ``pocketlens status``."""

from __future__ import annotations

from pathlib import Path

import msgspec

from desktop.cli_command import Command
from pocketlens import __version__
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.cli.records import AlbumsRecord, StatusRecord

pytest_plugins = ("desktop.cli_fixtures",)


def test_albums_are_the_folders_that_hold_photos(indexed: Command) -> None:
    record = msgspec.convert(indexed.json("albums"), AlbumsRecord)
    assert {(album.name, album.photos, album.source_kind) for album in record.albums} == {
        ("colours", 2, "folder"),
        ("截图", 2, "folder"),
    }
    table = indexed("albums").stdout
    assert "截图" in table
    assert "colours" in table


def test_before_anything_is_indexed_albums_says_how_to_start(pocketlens: Command) -> None:
    done = pocketlens("albums")
    assert done.returncode == ExitCode.NOTHING_THERE
    assert "pocketlens index FOLDER" in done.stderr
    assert not pocketlens.home.exists()


def test_status_counts_what_is_ready_and_says_where_it_is_kept(indexed: Command) -> None:
    record = indexed.json("status")
    assert tuple(record) == StatusRecord.__struct_fields__
    checked = msgspec.convert(record, StatusRecord)
    assert (checked.photos, checked.ready, checked.pending, checked.unreadable) == (4, 4, 0, 0)
    assert (checked.version, checked.model) == (__version__, "starter")
    assert Path(checked.data).is_relative_to(indexed.home)
    assert checked.failures is None
    (source,) = checked.sources
    assert (source.kind, source.label, Path(source.identity).name) == ("folder", "photos", "photos")
    said = indexed("status").stdout
    assert str(indexed.home) in said
    assert source.identity in said


def test_status_of_an_empty_home_is_zeros_and_makes_nothing(pocketlens: Command) -> None:
    assert pocketlens.json("status")["photos"] == 0
    assert pocketlens("status").returncode == ExitCode.OK
    assert not pocketlens.home.exists()


def test_status_lists_no_failures_as_an_empty_list(indexed: Command) -> None:
    assert indexed.json("status", "--unreadable")["failures"] == []
