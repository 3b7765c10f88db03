"""A reader who types what the README and the guides show gets what they promise."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.cli_command import Command
from desktop.guides import PAGES, REPOSITORY, TRIED_ELSEWHERE, elsewhere, needs_phone, shown_commands
from pocketlens_desktop.sample import ALBUM

_MOST_SECONDS = 240


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


@pytest.mark.timeout(900)
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


@pytest.mark.parametrize("page", PAGES)
def test_every_link_and_picture_of_a_page_is_there(page: str) -> None:
    place = REPOSITORY / page
    targets = re.findall(r"\]\(([^)#]+?)\)", place.read_text(encoding="utf-8"))
    assert not [one for one in targets if not one.startswith("http") and not (place.parent / one).exists()]


def test_both_user_guides_have_the_same_chapters() -> None:
    english, chinese = (
        re.findall(r"^## ", (REPOSITORY / page).read_text(encoding="utf-8"), re.MULTILINE)
        for page in ("packaging/guides/user.md", "packaging/guides/user.zh-CN.md")
    )
    assert len(english) == len(chinese)
