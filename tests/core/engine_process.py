"""An engine process as seen from its pipes, and processes that are no good engines."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from pocketlens.client import engine_command, engine_environment
from pocketlens.paths import Home
from pocketlens.protocol import AnyEvent, Request, Role

TESTS = Path(__file__).parent.parent
E = TypeVar("E")


class EngineProcess:
    """An engine process, spoken to line by line."""

    def __init__(self, role: Role, home: Home, model: Path, program: str | None = None) -> None:
        """``program``: Python source to run instead of the engine's own module, with the same arguments."""
        command = engine_command(role, home, model, "pocketlens.engine")
        if program is not None:
            at = command.index("-m")
            command[at : at + 2] = ["-c", program]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=engine_environment(),
        )

    def send(self, *requests: Request | bytes) -> None:
        assert self.process.stdin is not None
        for request in requests:
            line = request if isinstance(request, bytes) else msgspec.json.encode(request)
            self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def events(self) -> Iterator[AnyEvent]:
        """Events to the end of the engine's output."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            yield msgspec.json.decode(line, type=AnyEvent)

    def next(self, kind: type[E]) -> E:
        """The next event of that kind."""
        return next(event for event in self.events() if isinstance(event, kind))

    def end_input(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()


@contextmanager
def engine(role: Role, home: Home, model: Path, program: str | None = None) -> Iterator[EngineProcess]:
    """An engine process that is gone afterwards."""
    running = EngineProcess(role, home, model, program)
    process = running.process
    try:
        yield running
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None and not pipe.closed:
                pipe.close()


def exists(pid: int) -> bool:
    """Whether there is a process of that number, be it one nobody has waited for."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


# -- run as a module: an engine that misbehaves ------------------------------------------------------------------

HELLO = (
    '{{"type":"hello","seq":0,"request":null,"version":"{version}","protocol":{protocol},"role":"search",'
    '"model":"m@1","dimension":1,"platform":"x","pid":1}}\n'
)


def misbehave(how: str) -> None:
    from pocketlens import __version__
    from pocketlens.protocol import LONGEST_LINE, PROTOCOL_VERSION

    good = HELLO.format(version=__version__, protocol=PROTOCOL_VERSION)
    if how == "other release":
        sys.stdout.write(HELLO.format(version="0.0.1", protocol=PROTOCOL_VERSION))
    elif how == "other protocol":
        sys.stdout.write(HELLO.format(version=__version__, protocol=PROTOCOL_VERSION + 1))
    elif how == "no hello":
        sys.stdout.write('{"type":"goodbye"}\n')
    elif how == "nonsense at once":
        sys.stdout.write("Segmentation fault\n")
    elif how == "dies at once":
        sys.exit("libfoo.so is missing")
    else:
        sys.stdout.write(good)
        sys.stdout.flush()
        sys.stdin.readline()
        if how == "nonsense later":
            sys.stdout.write("what?\n")
        elif how == "half a line":
            sys.stdout.write('{"type":"goodb')
            sys.stdout.flush()
            return
        elif how == "endless line":
            sys.stdout.write("x" * (LONGEST_LINE + 100))
        elif how == "much on stderr":
            sys.stderr.write("remark\n" * 200_000)
            sys.stderr.write("last words\n")
            return
    sys.stdout.flush()
    while sys.stdin.readline():
        pass
    if how == "will not end":
        import signal

        signal.pause()


if __name__ == "__main__":
    misbehave(os.environ["MISBEHAVIOUR"])
