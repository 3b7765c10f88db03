"""``pocketlens settings`` shows and changes what the window's settings page does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from desktop.cli_command import Command
from pocketlens_desktop.cli.exit_codes import ExitCode

pytest_plugins = ("desktop.cli_fixtures",)


def settings(pocketlens: Command) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(pocketlens("settings", "--json").stdout)
    return found


def test_a_setting_is_shown_changed_and_taken_back(pocketlens: Command) -> None:
    assert settings(pocketlens)["threads"] is None
    assert pocketlens("settings", "set", "threads", "2").returncode == ExitCode.OK
    assert settings(pocketlens)["threads"] == 2
    assert "threads" in pocketlens("settings").stdout
    assert pocketlens("settings", "set", "threads", "auto").returncode == ExitCode.OK
    assert settings(pocketlens)["threads"] is None


@pytest.mark.parametrize(
    ("name", "value"), [("threads", "0"), ("threads", "many"), ("theme", "pink"), ("moon", "1"), ("model", "mine")]
)
def test_what_cannot_be_is_refused_and_changes_nothing(pocketlens: Command, name: str, value: str) -> None:
    before = settings(pocketlens)
    done = pocketlens("settings", "set", name, value)
    assert done.returncode == ExitCode.USAGE
    assert name in done.stderr
    assert settings(pocketlens) == before


def test_the_cache_is_moved_and_limited_from_the_command_line(pocketlens: Command, tmp_path: Path) -> None:
    assert pocketlens("settings", "set", "thumbnail-limit-mb", "50").returncode == ExitCode.OK
    assert pocketlens("settings", "set", "cache-folder", tmp_path / "disk").returncode == ExitCode.OK
    now = settings(pocketlens)
    assert now["thumbnail_limit_mb"] == 50
    assert now["cache"] == str(tmp_path / "disk" / "pocketlens-cache")
    assert pocketlens("settings", "set", "cache-folder", "usual").returncode == ExitCode.OK
    assert settings(pocketlens)["cache"] == str(pocketlens.home / "cache")
