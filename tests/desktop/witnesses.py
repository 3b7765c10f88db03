"""Fixtures that watch a process from outside: the kernel's record of what it calls, and a network without a route."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import NoReturn

import pytest

from desktop.system_calls import Strace


def can(*command: str) -> bool:
    """Whether this machine has the tool and lets us use it (containers often forbid ptrace or namespaces)."""
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0


def cannot(why: str) -> NoReturn:
    """Skip with the reason; on CI a promise that nobody watched is a failure."""
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="session")
def strace(tmp_path_factory: pytest.TempPathFactory) -> Strace:
    if not can("strace", "-f"):
        cannot("strace is not installed, or not allowed here")
    return Strace(tmp_path_factory.mktemp("strace"))


@pytest.fixture(scope="session")
def isolated() -> tuple[str, ...]:
    """A command prefix that runs the rest in a network namespace of its own: no route, not even loopback."""
    for prefix in (("unshare", "--net"), ("unshare", "--map-root-user", "--net")):
        if can(*prefix):
            return prefix
    cannot("network namespaces are not allowed here")
