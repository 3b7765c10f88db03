"""A phone's photos are indexed in a network that leads nowhere, and nothing but the adb server is connected to."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from core.small_album import photo
from desktop.cli_command import Command
from device.rig.desk import Desk, RigPhone

pytest_plugins = ("desktop.witnesses",)

#: The adb server of this machine, and urllib3's question to the system whether it knows IPv6, which it asks at import
#: by binding a socket that nobody listens at.
_ALLOWED = (
    r'connect\(.*sin_port=htons\(5037\), sin_addr=inet_addr\("127\.0\.0\.1"\)',
    r'bind\(.*sin6_port=htons\(0\),.*"::1"',
)


@pytest.fixture
def pocketlens(bare_desk: Desk, tmp_path: Path) -> Command:
    """The command with an empty home, in the desk's network."""
    return Command(tmp_path / "home", {"ADBUTILS_ADB_PATH": os.environ["ADBUTILS_ADB_PATH"]})


def test_a_phones_job_connects_to_the_adb_server_alone_in_a_network_without_a_route(
    pocketlens: Command, phone: RigPhone, tmp_path: Path, strace: str
) -> None:
    for number in range(3):
        phone.put(b"DCIM/Camera/%d.jpg" % number, photo(number))
    # This thread is at the desk: what it starts sees the desk's network.
    devices = subprocess.run(["cat", "/proc/net/dev"], capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^\s*(\S+):", devices, re.MULTILINE) == ["lo"]
    routes = subprocess.run(["cat", "/proc/net/route"], capture_output=True, text=True, check=True).stdout
    assert len(routes.splitlines()) <= 1, "a heading at most"
    watched = [strace, "-f", "-qq", "-s", "200", "-e", "trace=connect,bind,sendto,sendmsg"]
    reached = []
    for number, arguments in enumerate((("phone", "index"), ("phone", "albums"), ("search", "red", "--phone"))):
        record = tmp_path / f"trace-{number}"
        done = subprocess.run(
            [*watched, "-o", record, *pocketlens.line(*arguments)],
            env=pocketlens.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        calls = record.read_text(errors="replace").splitlines()
        reached += [call for call in calls if re.search(r"AF_(INET|INET6|NETLINK)", call)]
    assert pocketlens.json("status")["photos"] == 3
    assert any(re.search(_ALLOWED[0], call) for call in reached), "the phone was reached through the adb server"
    assert [call for call in reached if not any(re.search(allowed, call) for allowed in _ALLOWED)] == []
