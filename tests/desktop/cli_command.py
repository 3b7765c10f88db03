"""The real ``pocketlens`` command in a process of its own, with a home of its own, on real files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from PIL import Image

from pocketlens_models.registry import SHIPPED

#: What a command may see of the environment the tests run in. The last is how `make coverage` measures it too.
_INHERITED = ("PATH", "PYTHONPATH", "SYSTEMROOT", "TMPDIR", "TEMP", "LANG", "COVERAGE_PROCESS_CONFIG")


@dataclass
class Command:
    """Runs ``pocketlens`` with everything it may write below ``root``.

    ``HOME`` is an empty folder beside PocketLens's own: nothing may turn up there. ``reads``: let ``index`` read the
    words in photos as well, which takes seconds.
    """

    root: Path
    more: dict[str, str] = field(default_factory=dict)
    reads: bool = False

    @property
    def home(self) -> Path:
        return self.root / "pocketlens"

    @property
    def user_home(self) -> Path:
        return self.root / "user"

    @property
    def environment(self) -> dict[str, str]:
        self.user_home.mkdir(parents=True, exist_ok=True)
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        return {
            **inherited,
            "HOME": str(self.user_home),
            "POCKETLENS_HOME": str(self.home),
            "PYTHONDONTWRITEBYTECODE": "1",
            "CI": "1",
            **self.more,
        }

    def line(self, *arguments: str | bytes | Path) -> list[str | bytes | Path]:
        indexes = arguments[:1] == ("index",) or arguments[:2] == ("phone", "index")
        silent = ["--no-text"] if indexes and not self.reads else []
        return [sys.executable, "-X", "dev", "-W", "error", "-m", "pocketlens_desktop.cli", *arguments, *silent]

    def __call__(self, *arguments: str | bytes | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.line(*arguments),
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=240,
        )

    def start(self, *arguments: str | bytes | Path) -> subprocess.Popen[str]:
        """The command while it runs, for a test that interrupts it or reads it line by line."""
        return subprocess.Popen(
            self.line(*arguments),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def json(self, *arguments: str | bytes | Path, code: int = 0) -> Any:
        """The one JSON object that the command writes with ``--json``, after a check of its exit code."""
        done = self(*arguments, "--json")
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        assert done.stdout.count("\n") == 1
        return msgspec.json.decode(done.stdout)

    def install_starter(self) -> Path:
        """A copy of the starter model in this home, for a test to damage. It hides the shipped one."""
        package = self.home / "data" / "models" / "starter"
        shutil.copytree(SHIPPED / "starter", package)
        return package


def write_photos(folder: Path, colours: dict[str, str]) -> None:
    """Plain pictures: what a command line does with photos does not depend on what they show."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, colour in colours.items():
        Image.new("RGB", (96, 64), colour).save(folder / name)


def write_many_photos(folder: Path, count: int) -> None:
    """Photos that differ in content, enough of them to interrupt the job that indexes them."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        colour = (number % 256, number // 256, 128)
        Image.new("RGB", (32, 32), colour).save(folder / f"{number:05}.png")


def start_in_terminal(command: Command, *arguments: str | Path) -> tuple[int, subprocess.Popen[bytes]]:
    """The command at a terminal of its own, 100 columns wide. Returns our end of the terminal, and the job."""
    import fcntl
    import termios

    ours, theirs = os.openpty()

    def take_terminal() -> None:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    job = subprocess.Popen(
        command.line(*arguments),
        env=command.environment | {"TERM": "xterm-256color", "COLUMNS": "100"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=take_terminal,  # noqa: PLW1509 - nothing else makes a terminal's Ctrl-C reach the job
    )
    os.close(theirs)
    return ours, job


def read_terminal(terminal: int) -> bytes:
    """What there is to read now; nothing at the end."""
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says EIO where others say end of file
        return b""
