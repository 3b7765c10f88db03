"""``pocketlens demo`` on the sample album."""

from __future__ import annotations

import re
from subprocess import CompletedProcess

import pytest

from desktop.cli_command import Command
from pocketlens_desktop.cli.demo import QUERIES
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.sample import ALBUM

pytest_plugins = ("desktop.cli_fixtures",)

Shown = tuple[Command, CompletedProcess[str]]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """The demo, run once in an empty home."""
    command = Command(tmp_path_factory.mktemp("demo"))
    return command, command("demo", "--no-window")


def test_three_queries_are_english_and_three_chinese() -> None:
    chinese = [query for query in QUERIES if re.search(r"[\u4e00-\u9fff]", query)]
    assert (len(QUERIES), len(chinese)) == (6, 3)


def test_every_query_is_answered_from_the_sample_album(shown: Shown) -> None:
    _, done = shown
    assert done.returncode == ExitCode.OK, done.stderr
    names = "|".join(re.escape(file.name) for file in ALBUM.rglob("*") if file.is_file())
    for query, answer in zip(QUERIES, re.split("|".join(QUERIES), done.stdout)[1:], strict=True):
        assert len(re.findall(rf"(?<!\S)(?:{names})(?!\S)", answer)) == 3, query


def test_the_rate_is_told_and_so_is_the_file_that_is_damaged_on_purpose(shown: Shown) -> None:
    _, done = shown
    assert re.search(r"\d photos a second", done.stderr)
    assert "1 could not be read" in done.stderr


def test_the_persons_own_catalogue_is_left_alone(shown: Shown) -> None:
    command, done = shown
    assert command.json("status")["photos"] == 0
    assert str(command.home / "cache" / "demo") in done.stderr


def test_a_second_demo_has_nothing_left_to_index(shown: Shown) -> None:
    command, _ = shown
    again = command("demo", "--no-window")
    assert "unchanged" in again.stderr
    assert "added" not in again.stderr
