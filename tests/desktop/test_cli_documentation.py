"""The man page and the completion scripts tell of every command and option there is."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from linux.man_page import man_page, walk

from desktop.cli_command import Command
from pocketlens_desktop.cli.app import application

pytest_plugins = ("desktop.cli_fixtures",)

#: How a shell checks a script without running it.
_CHECKS = {"bash": ["bash", "-n"], "zsh": ["zsh", "-n"], "fish": ["fish", "--no-execute"]}


def options() -> list[tuple[str, str]]:
    """Every command with each of its options."""
    return [
        (" ".join(words), name)
        for words, command in walk(application())
        if command.default_command is not None
        for argument in command.assemble_argument_collection()
        for name in argument.names
        if name.startswith("--")
    ]


def test_the_man_page_has_every_command_and_option_and_says_what_each_option_does() -> None:
    page = man_page().replace("\\-", "-")
    sections = {part.partition("\n")[0]: part for part in page.split(".SS pocketlens ")[1:]}
    assert ("search", "--top") in options()
    for command, option in options():
        _, _, about = sections[command].partition(f"\\fB{option}\\fR")
        meaning = about.partition("\n")[2].partition("\n")[0]
        assert len(meaning) > 10, f"{command} {option}"


@pytest.mark.skipif(shutil.which("man") is None, reason="needs man")
def test_man_shows_the_page_without_a_complaint(tmp_path: Path) -> None:
    page = tmp_path / "pocketlens.1"
    page.write_text(man_page(), encoding="utf-8")
    shown = subprocess.run(
        ["man", "--warnings", "--local-file", page],
        env={"MANWIDTH": "100", "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stderr == ""
    assert "EXIT STATUS" in shown.stdout


@pytest.mark.parametrize("shell", [*_CHECKS, "powershell"])
def test_every_shells_completion_knows_every_command_and_option(pocketlens: Command, shell: str) -> None:
    script = pocketlens("completion", shell)
    assert script.returncode == 0, script.stderr
    missing = {option for _, option in options() if option.removeprefix("--") not in script.stdout}
    assert not missing
    if shutil.which(shell) and shell in _CHECKS:
        subprocess.run(_CHECKS[shell], input=script.stdout, text=True, check=True)
