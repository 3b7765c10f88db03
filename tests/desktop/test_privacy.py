"""The main job, watched from outside: nothing is connected to, and nothing is written outside PocketLens's folders.

Three witnesses: the kernel's view of every process (strace), Python's own audit events, and a network
namespace without any route, in which the job must work all the same.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.cli_command import Command
from desktop.system_calls import Strace, beyond_the_adb_server
from desktop.window_program import FIRST_MINUTES
from every_interpreter import python_path
from pocketlens.texts import reader_installed

pytest_plugins = ("desktop.cli_fixtures", "desktop.witnesses")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strace and namespaces are Linux's")

#: Opened for writing by libraries without anything being stored.
_NOWHERE = ("/dev/null", "/dev/tty", "/proc/self/", "/proc/thread-self/")

#: Calls that open, make or move a file.
_WRITING = "open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2"

_RECORDER = """
import os, sys

def record(event, arguments):
    if event.startswith("socket."):
        with open(os.environ["SOCKET_RECORD"], "a") as file:
            file.write(f"{os.getpid()} {event} {arguments[1:]!r}\\n")

sys.addaudithook(record)
with open(os.environ["SOCKET_RECORD"], "a") as file:
    file.write(f"{os.getpid()} watching\\n")
"""


def main_job(album: Path) -> list[tuple[str | Path, ...]]:
    """What a person does from a fresh machine to an answer."""
    return [("index", album), ("search", "red"), ("search", "红色的墙"), ("albums",), ("status",)]


def test_the_kernel_sees_no_network_socket_and_no_write_outside_the_home(
    pocketlens: Command, album: Path, strace: Strace
) -> None:
    pocketlens.reads = reader_installed()
    opened, sockets = set(), []
    for arguments in main_job(album):
        calls = strace.calls(
            pocketlens.line(*arguments), pocketlens.environment, named=f"socket,connect,bind,sendto,{_WRITING}"
        )
        assert any("openat" in call for call in calls)
        sockets += [call for call in calls if re.search(r"\b(socket|connect|bind|sendto)\(", call)]
        opened |= written_paths(calls)
    assert sockets == []
    outside = {path for path in opened if not path.startswith((str(pocketlens.home), *_NOWHERE))}
    assert outside == set()
    assert any(path.startswith(str(pocketlens.home / "data")) for path in opened)
    assert list(pocketlens.user_home.iterdir()) == []


def test_python_opens_no_socket_in_any_process_and_the_job_works_without_a_network(
    pocketlens: Command, album: Path, tmp_path: Path, isolated: tuple[str, ...]
) -> None:
    pocketlens.reads = reader_installed()
    record = tmp_path / "sockets"
    pocketlens.more |= {"PYTHONPATH": python_path(_RECORDER, tmp_path / "watcher"), "SOCKET_RECORD": str(record)}
    for arguments in main_job(album):
        done = subprocess.run(
            [*isolated, *map(str, pocketlens.line(*arguments))],
            env=pocketlens.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    events = record.read_text().splitlines()
    # One for each command, one for the indexing engine, one for a decoder at least, and one for the reading engine.
    engines = 2 + pocketlens.reads
    assert sum(event.endswith(" watching") for event in events) >= len(main_job(album)) + engines
    assert [event for event in events if not event.endswith(" watching")] == []
    assert list(pocketlens.user_home.iterdir()) == []


def test_the_window_too_connects_to_the_adb_server_alone_and_writes_nothing_outside_the_home(
    pocketlens: Command, album: Path, strace: Strace
) -> None:
    calls = strace.calls(
        [sys.executable, "-c", FIRST_MINUTES, album],
        {**pocketlens.environment, "QT_QPA_PLATFORM": "offscreen"},
        named=f"connect,bind,sendto,{_WRITING}",
    )
    assert beyond_the_adb_server(calls) == []
    opened = written_paths(calls)
    assert {path for path in opened if not path.startswith((str(pocketlens.home), *_NOWHERE))} == set()
    assert any(path.startswith(str(pocketlens.home / "cache")) for path in opened)
    assert list(pocketlens.user_home.iterdir()) == []


def test_the_window_works_without_a_network(pocketlens: Command, album: Path, isolated: tuple[str, ...]) -> None:
    done = subprocess.run(
        [*isolated, sys.executable, "-c", FIRST_MINUTES, str(album)],
        env={**pocketlens.environment, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert list(pocketlens.user_home.iterdir()) == []


def test_the_watchers_do_see_a_connection(tmp_path: Path, strace: Strace) -> None:
    """A proof of absence needs witnesses that would have spoken."""
    record = tmp_path / "sockets"
    program = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('127.0.0.1', 9))"
    watched = {"PYTHONPATH": python_path(_RECORDER, tmp_path / "watcher"), "SOCKET_RECORD": str(record)}
    calls = strace.calls([sys.executable, "-c", program], {**os.environ, **watched}, named="socket,connect")
    assert "socket.connect" in record.read_text()
    (call,) = beyond_the_adb_server(calls)
    assert "127.0.0.1" in call


def written_paths(calls: list[str]) -> set[str]:
    """The absolute paths that a trace opens for writing, creates or renames to, successfully."""
    found = set()
    for call in calls:
        if re.search(r"= -1 E[A-Z]+", call):
            continue
        writes = re.search(r"O_(WRONLY|RDWR|CREAT|TRUNC)", call) or re.search(r"\b(creat|mkdir\w*|rename\w*)\(", call)
        if writes:
            found |= {path for path in re.findall(r'"([^"]*)"', call) if path.startswith("/")}
    return found
