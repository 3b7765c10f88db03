"""The stand that faults are tried on: an album, the real command, what an undisturbed run makes, and who is left."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Final

from core.small_album import KnownPhoto, SmallAlbum, known_photos, leftovers
from pocketlens.paths import Home, home_at

#: The mark by which every process of a job is known, however it was started.
MARK: Final = "POCKETLENS_FAULT_STAND"
#: How long a process may outlive the one it worked for: it is at a photo, or still importing on a busy machine.
GRACE_S: Final = 60.0
PHOTOS: Final = 24

Content = Mapping[str, tuple[int, bytes | None, Mapping[str, bytes]]]


class Broken(AssertionError):
    """Something was lost, doubled, left behind or made differently."""


class Stand:
    """One album, and one home after another that is spoilt."""

    def __init__(self, root: Path, random: Random) -> None:
        self.root = root
        self.random = random
        self.album = SmallAlbum(root / "photos")
        self.mark = uuid.uuid4().hex
        self._homes = 0
        self.home = self._new_home()
        self._fill()
        began = time.monotonic()
        self.expect_code(self.run(), 0)
        #: Seconds of an undisturbed job, by which moments are chosen.
        self.duration = time.monotonic() - began
        self.expected = self._content()
        if len(self.expected) != PHOTOS + 4:
            raise Broken(f"the undisturbed job knows {len(self.expected)} photos")
        self.fresh()

    def _fill(self) -> None:
        self.album.fill(PHOTOS)
        self.album.write("other/copy.jpg", 3)
        self.album.write("other/empty.jpg", b"")
        self.album.write("other/no photo.png", b"Dear diary, today was warm.")
        self.album.write("other/cut.jpg", (self.album.root / "camera/0004.jpg").read_bytes()[:300])

    # -- the job -------------------------------------------------------------------------------------------------

    def _new_home(self) -> Home:
        self._homes += 1
        return home_at(self.root / f"home-{self._homes}")

    def fresh(self) -> None:
        """Go on with a home in which nothing was done yet."""
        shutil.rmtree(self.home.data.parent, ignore_errors=True)
        self.home = self._new_home()

    def line(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "pocketlens_desktop.cli", *(arguments or ("index", str(self.album.root)))]

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        """The command, in a session of its own; the indexing of the album where nothing else is asked for."""
        user = self.root / "user"
        user.mkdir(exist_ok=True)
        mine = {"HOME": str(user), "POCKETLENS_HOME": str(self.home.data.parent), MARK: self.mark, **environment}
        return subprocess.Popen(
            self.line(*arguments),
            env={**os.environ, **mine},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def run(self, *arguments: str, **environment: str) -> int:
        """The command to its end. Returns its exit code."""
        with self.start(*arguments, **environment) as command:
            return command.wait(600)

    # -- who is there --------------------------------------------------------------------------------------------

    def processes(self) -> dict[int, str]:
        """Every process of a job that is there, with what it is: command, engine or decoder."""
        found = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with suppress(OSError):
                    if f"{MARK}={self.mark}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                        found[int(entry.name)] = _what((entry / "cmdline").read_bytes())
        return found

    def wait_until_gone(self) -> None:
        """Raises:
        Broken: a process outlived the job.
        """
        deadline = time.monotonic() + GRACE_S
        while left := self.processes():
            if time.monotonic() > deadline:
                raise Broken(f"still there: {', '.join(left.values())}")
            time.sleep(0.02)

    def end_all(self) -> None:
        """End what this stand started and nothing else."""
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    # -- what became of it ---------------------------------------------------------------------------------------

    def _content(self) -> Content:
        return {path: _of(photo) for path, photo in known_photos(self.home).items()}

    def check_so_far(self) -> None:
        """What is there after a fault: no process, a sound catalogue, and nothing in it that is not so.

        Raises:
            Broken
        """
        self.wait_until_gone()
        if not self.home.catalogue.exists():
            return
        for path, photo in self._content().items():
            if photo[0] and photo != self.expected.get(path):
                raise Broken(f"{path} is not what an undisturbed job makes of it")

    def check_end(self) -> None:
        """One more run, and all is as if nothing had happened.

        Raises:
            Broken
        """
        self.wait_until_gone()
        self.expect_code(self.run(), 0)
        self.wait_until_gone()
        found = self._content()
        if found != self.expected:
            wrong = [path for path in {*found, *self.expected} if found.get(path) != self.expected.get(path)]
            raise Broken(f"not as undisturbed: {sorted(wrong)[:5]} ({len(wrong)} in all)")
        if left := leftovers(self.home):
            raise Broken(f"left behind: {[path.name for path in left]}")
        self.expect_code(self.run("search", "sky", "--json"), 0)

    @staticmethod
    def expect_code(code: int, *expected: int) -> None:
        if code not in expected:
            raise Broken(f"exit code {code} where {expected} was to be expected")

    @contextmanager
    def at_a_moment(self, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
        """A job that is at work, some random time after its start; it is waited for at the end."""
        with self._caught_at_work(**environment) as command:
            try:
                yield command
                command.wait(600)
            finally:
                self.end_all()

    def _caught_at_work(self, **environment: str) -> subprocess.Popen[bytes]:
        longest = self.duration
        while True:
            command = self.start(**environment)
            with suppress(subprocess.TimeoutExpired):
                command.wait(self.random.uniform(0.0, longest))
            if command.poll() is None:
                return command
            longest /= 2  # it had less to do than an undisturbed job


def _of(photo: KnownPhoto) -> tuple[int, bytes | None, Mapping[str, bytes]]:
    return photo.state, photo.content_hash, photo.vectors


def _what(command: bytes) -> str:
    words = command.split(b"\0")
    for module, name in ((b"pocketlens.decoder", "decoder"), (b"pocketlens.engine", "engine")):
        if module in words:
            return name
    return "engine" if any(b"engine" in word for word in words) else "command"
