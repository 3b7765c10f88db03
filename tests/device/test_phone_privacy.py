"""A phone's photos are indexed in a network that leads nowhere, and nothing but the adb server is connected to."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from core.small_album import photo
from desktop.cli_command import Command
from desktop.system_calls import ADB_SERVER, Strace, beyond_the_adb_server
from device.rig.desk import Desk, RigPhone

pytest_plugins = ("desktop.witnesses",)


@pytest.fixture
def pocketlens(bare_desk: Desk, tmp_path: Path) -> Command:
    """The command with an empty home, in the desk's network."""
    return Command(tmp_path / "home", {"ADBUTILS_ADB_PATH": os.environ["ADBUTILS_ADB_PATH"]})


def test_a_phones_job_connects_to_the_adb_server_alone_in_a_network_without_a_route(
    pocketlens: Command, phone: RigPhone, strace: Strace
) -> None:
    for number in range(3):
        phone.put(b"DCIM/Camera/%d.jpg" % number, photo(number))
    # This thread is at the desk: what it starts sees the desk's network.
    devices = subprocess.run(["cat", "/proc/net/dev"], capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^\s*(\S+):", devices, re.MULTILINE) == ["lo"]
    routes = subprocess.run(["cat", "/proc/net/route"], capture_output=True, text=True, check=True).stdout
    assert len(routes.splitlines()) <= 1, "a heading at most"
    calls = []
    for arguments in (("phone", "index"), ("phone", "albums"), ("search", "red", "--phone")):
        calls += strace.calls(pocketlens.line(*arguments), pocketlens.environment, named="connect,bind,sendto,sendmsg")
    assert pocketlens.json("status")["photos"] == 3
    assert any(re.search(ADB_SERVER, call) for call in calls), "the phone was reached through the adb server"
    assert beyond_the_adb_server(calls) == []
