"""A file that matters is the old one or the whole new one."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from pocketlens.atomic import replacing, sweep_unfinished


def test_the_new_content_takes_the_old_ones_place(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with replacing(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_block_that_fails_leaves_the_old_content_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), replacing(path) as file:
        file.write(bytes(1 // 0))
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="file modes as POSIX has them")
def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    with replacing(tmp_path / "a") as file:
        file.write(b"mine")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


def test_a_library_may_write_by_name(tmp_path: Path) -> None:
    with replacing(tmp_path / "a") as file:
        Path(file.name).write_bytes(b"by name")
    assert (tmp_path / "a").read_bytes() == b"by name"


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_a_writer_killed_half_way_leaves_the_old_content_and_what_is_left_is_swept(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    program = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from pocketlens.atomic import replacing\n"
        "with replacing(Path(sys.argv[1])) as file:\n"
        "    file.write(b'half'); file.flush(); os.kill(os.getpid(), 9)\n"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 2
    sweep_unfinished(tmp_path)
    assert list(tmp_path.iterdir()) == [path]
