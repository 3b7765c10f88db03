"""A reader who types what the README and the guides show gets what they promise."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest
from cyclopts import MissingArgumentError
from linux.deb import RECOMMENDS

from desktop.cli_command import Command
from desktop.guides import (
    PAGES,
    REPOSITORY,
    TRIED_ELSEWHERE,
    elsewhere,
    named,
    needs_phone,
    shown_commands,
    synopses,
)
from pocketlens.query import parse_query
from pocketlens_desktop.cli.app import application
from pocketlens_desktop.sample import ALBUM

#: A guard against what never ends: reading the words of the whole album takes minutes on two busy cores.
_MOST_SECONDS = 900


def typed(command: Command, line: str) -> subprocess.CompletedProcess[str]:
    """A line as a shell takes it, with the command on the path."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = command.environment | {"PATH": path}
    return subprocess.run(
        ["bash", "-c", line],
        env=environment,
        cwd=command.user_home,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=_MOST_SECONDS,
    )


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_work_in_their_order(page: str, tmp_path: Path) -> None:
    command = Command(tmp_path / "home")
    pictures = command.user_home / "Pictures"
    pictures.parent.mkdir(parents=True)
    shutil.copytree(ALBUM, pictures)
    shutil.copy(next(pictures.glob("DCIM/Camera/*.jpg")), pictures / "cat.jpg")
    for line in shown_commands(page):
        if not needs_phone(line) and not elsewhere(line):
            done = typed(command, line)
            assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"


def test_every_page_shows_commands_and_every_exception_is_one_of_them() -> None:
    commands = [line for page in PAGES for line in shown_commands(page)]
    assert all(shown_commands(page) for page in PAGES)
    assert not [pattern for pattern in TRIED_ELSEWHERE if not any(re.match(pattern, line) for line in commands)]


def test_every_command_that_the_readme_lists_is_taken_with_all_its_options() -> None:
    lines = synopses("README.md")
    assert len(lines) > 30
    for line in lines:
        application().parse_args(shlex.split(line)[1:], exit_on_error=False, print_error=False)


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_a_sentence_names_is_there(page: str) -> None:
    for words in named(page, "pocketlens"):
        # A sentence may name a command without what it has to be given.
        with suppress(MissingArgumentError):
            application().parse_args(shlex.split(words), exit_on_error=False, print_error=False)


def test_every_query_that_the_readme_shows_says_more_than_plain_words() -> None:
    table = (
        (REPOSITORY / "README.md").read_text(encoding="utf-8").partition("| Write | To get |")[2].partition("\n\n")[0]
    )
    queries = [
        one for row in table.splitlines() for one in re.findall(r"`([^`]+)`", row.partition("| ")[2].split(" | ")[0])
    ]
    assert len(queries) > 12
    for query in queries:
        asked = parse_query(query)
        assert asked.filters or asked.more or asked.less or asked.like, query


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_tells_to_make_and_to_install_exists(page: str) -> None:
    extras = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    set_up = (REPOSITORY / "packaging" / "system-packages.sh").read_text("utf-8")
    for words in named(page, "make"):
        targets = [word for word in words.split() if "=" not in word]
        assert not [one for one in targets if not re.search(rf"^{one}:", makefile, re.MULTILINE)]
    for words in named(page, "pip"):
        asked = re.search(r"\[(.*)\]", words)
        assert set(asked[1].split(",") if asked else ()) <= set(extras), words
    for words in named(page, "apt-get"):
        packages = words.removeprefix("install ").split()
        assert not [one for one in packages if one not in set_up and one not in RECOMMENDS]


def test_make_demo_indexes_the_sample_album(tmp_path: Path) -> None:
    command = Command(tmp_path / "home")
    made = typed(command, f"make -C {REPOSITORY} demo VENV={sys.prefix} --assume-old={sys.prefix}/.run")
    assert made.returncode == 0, made.stderr
    assert "A brown horse in front of snowy mountains" in made.stdout


def test_make_dev_installs_all_that_is_worked_with(tmp_path: Path) -> None:
    # What it would do in an empty environment, which asks for packages that no test may fetch.
    said = typed(Command(tmp_path / "home"), f"make -C {REPOSITORY} dev VENV={tmp_path}/none --dry-run").stdout
    assert "--editable '.[dev,export,ocr]'" in said
    assert "--no-deps cn-clip openai-clip" in said


@pytest.mark.parametrize("page", PAGES)
def test_every_link_and_picture_of_a_page_is_there(page: str) -> None:
    place = REPOSITORY / page
    targets = re.findall(r"\]\(([^)#]+?)\)", place.read_text(encoding="utf-8"))
    assert not [one for one in targets if not one.startswith("http") and not (place.parent / one).exists()]


_USER_GUIDES = ("packaging/guides/user.md", "packaging/guides/user.zh-CN.md")


def test_both_user_guides_have_the_same_chapters() -> None:
    english, chinese = (
        re.findall(r"^## ", (REPOSITORY / page).read_text(encoding="utf-8"), re.MULTILINE) for page in _USER_GUIDES
    )
    assert len(english) == len(chinese)


def test_both_user_guides_show_the_same_commands() -> None:
    def shape(line: str) -> str:
        words = shlex.split(line)[1:]
        commands, _, _ = application().parse_commands(words)
        return " ".join([*commands, *(word for word in words if word.startswith("--"))])

    english, chinese = ([shape(line) for line in shown_commands(page)] for page in _USER_GUIDES)
    assert english == chinese
