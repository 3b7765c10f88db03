"""The two streams of a command: results on stdout, everything said along the way on stderr.

File names are bytes that anybody may have chosen. What reaches a terminal has passed through `shown`, so
that no name can crash a command, move the cursor or change a colour.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from rich.console import Console

#: Columns when nobody looks. Rich would fold tables at 80; a folded path is of no use to the next program.
_UNFOLDED: Final = 100_000


def shown(name: bytes | str) -> str:
    r"""A name as text that is safe to print: bytes that are not UTF-8 and control characters as ``\xNN``."""
    raw = name.encode("utf-8", "surrogateescape") if isinstance(name, str) else name
    text = raw.decode("utf-8", "backslashreplace")
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


@cache
def results() -> Console:
    """Where tables go: stdout."""
    return _console(to_stderr=False)


@cache
def messages() -> Console:
    """Where progress, hints and errors go: stderr."""
    return _console(to_stderr=True)


def write_record(record: msgspec.Struct) -> None:
    """Write one JSON object in one line of UTF-8 to stdout, whatever the locale says."""
    sys.stdout.flush()
    sys.stdout.buffer.write(msgspec.json.encode(record) + b"\n")
    sys.stdout.buffer.flush()


def _console(*, to_stderr: bool) -> Console:
    from rich.console import Console

    class PlainConsole(Console):
        def on_broken_pipe(self) -> None:
            """Leave it to `main`, which knows the exit code; rich itself would end with 1."""
            raise BrokenPipeError

    # Markup and emoji codes off: file names hold brackets and colons of their own.
    console = PlainConsole(stderr=to_stderr, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _UNFOLDED
    return console
