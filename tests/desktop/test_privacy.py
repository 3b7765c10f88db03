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
from desktop.window_program import FIRST_MINUTES
from pocketlens.texts import reader_installed

pytest_plugins = ("desktop.cli_fixtures", "desktop.witnesses")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strace and namespaces are Linux's")

#: Opened for writing by libraries without anything being stored.
_NOWHERE = ("/dev/null", "/dev/tty", "/proc/self/", "/proc/thread-self/")

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
    pocketlens: Command, album: Path, tmp_path: Path, strace: str
) -> None:
    pocketlens.reads = reader_installed()
    opened, sockets = set(), []
    for number, arguments in enumerate(main_job(album)):
        record = tmp_path / f"trace-{number}"
        watched = [strace, "-f", "-qq", "-s", "4096", "-o", str(record)]
        watched += ["-e", "trace=socket,connect,bind,sendto,open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2"]
        done = subprocess.run(
            [*watched, *map(str, pocketlens.line(*arguments))],
            env=pocketlens.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        calls = record.read_text(errors="replace").splitlines()
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
    watcher = tmp_path / "watcher"
    watcher.mkdir()
    (watcher / "sitecustomize.py").write_text(_RECORDER)
    record = tmp_path / "sockets"
    paths = [str(watcher), pocketlens.environment.get("PYTHONPATH", "")]
    pocketlens.more |= {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "SOCKET_RECORD": str(record)}
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


#: The adb server on this machine, and urllib3's question to the system whether it knows IPv6, which it asks at import
#: by binding a socket that nobody listens at.
_HARMLESS = (
    r'connect\(.*sin_port=htons\(5037\), sin_addr=inet_addr\("127\.0\.0\.1"\)',
    r'bind\(.*sin6_port=htons\(0\),.*"::1"',
)


def test_the_window_too_connects_to_the_adb_server_alone_and_writes_nothing_outside_the_home(
    pocketlens: Command, album: Path, tmp_path: Path, strace: str
) -> None:
    record = tmp_path / "trace"
    watched = [strace, "-f", "-qq", "-s", "4096", "-o", str(record)]
    watched += ["-e", "trace=connect,bind,sendto,open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2"]
    done = subprocess.run(
        [*watched, sys.executable, "-c", FIRST_MINUTES, str(album)],
        env={**pocketlens.environment, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    calls = record.read_text(errors="replace").splitlines()
    reached = [call for call in calls if re.search(r"\b(connect|bind|sendto)\(.*AF_(INET|INET6|NETLINK)", call)]
    assert [call for call in reached if not any(re.search(harmless, call) for harmless in _HARMLESS)] == []
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


def test_the_watchers_do_see_a_connection(tmp_path: Path, strace: str) -> None:
    """A proof of absence needs witnesses that would have spoken."""
    watcher = tmp_path / "watcher"
    watcher.mkdir()
    (watcher / "sitecustomize.py").write_text(_RECORDER)
    record = tmp_path / "sockets"
    program = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('127.0.0.1', 9))"
    trace = tmp_path / "trace"
    subprocess.run(
        [strace, "-f", "-qq", "-o", str(trace), "-e", "trace=socket,connect", sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(watcher), "SOCKET_RECORD": str(record)},
        check=True,
        capture_output=True,
    )
    assert "socket.connect" in record.read_text()
    assert re.search(r"connect\(\d+, .*127\.0\.0\.1", trace.read_text())


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
