"""A short fault campaign: what `make soak` tries for long is tried once here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found through /proc")
@pytest.mark.parametrize("fault", ["killed", "disk_full", "catalogue_spoilt"])
def test_after_a_fault_the_album_ends_as_if_undisturbed(fault: str) -> None:
    command = [sys.executable, "-m", "faults", "--rounds", "1", "--seed", "1", "--only", fault]
    done = subprocess.run(command, cwd=TESTS, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
