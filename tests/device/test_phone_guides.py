"""The guides' commands for phones, typed one after the other with a phone plugged in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.small_album import photo
from desktop.cli_command import Command
from desktop.guides import needs_phone, shown_commands
from desktop.test_guides import typed
from device.rig.desk import RigPhone


@pytest.mark.timeout(900)
@pytest.mark.parametrize("page", ["packaging/guides/user.md", "packaging/guides/user.zh-CN.md"])
def test_the_commands_of_a_guide_work_in_their_order(page: str, engine_phone: RigPhone, tmp_path: Path) -> None:
    for number in range(3):
        engine_phone.put(b"DCIM/Camera/%d.jpg" % number, photo(number))
    inherited = ("ADBUTILS_ADB_PATH", "POCKETLENS_PHONE_BUNDLE")
    command = Command(tmp_path / "home", {name: os.environ[name] for name in inherited})
    commands = [line for line in shown_commands(page) if needs_phone(line)]
    assert len(commands) >= 8
    for line in commands:
        done = typed(command, line)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
