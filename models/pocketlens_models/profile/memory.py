"""A process's memory as Linux accounts it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

_FIELDS: Final = {"VmRSS": "rss", "RssAnon": "anon", "VmHWM": "peak"}


class Memory(msgspec.Struct, frozen=True):
    """Bytes, from ``/proc/PID/status`` (man 5 proc).

    Attributes:
        rss: all that is resident, pages of mapped files included.
        anon: the private part that no file backs. The system can drop the rest when memory is short.
        peak: the highest ``rss`` so far. Read here because ``ru_maxrss`` survives an exec, and then tells of
            the parent.
    """

    rss: int
    anon: int
    peak: int


def memory_of(pid: int | str = "self") -> Memory | None:
    """A process's memory now; None when it has ended, or where there is no ``/proc``."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return None
    found = {}
    for line in status.splitlines():
        name, _, value = line.partition(":")
        if name in _FIELDS:
            found[_FIELDS[name]] = int(value.split()[0]) * 1024
    if len(found) < len(_FIELDS):
        # A process that has just ended keeps its status file for a moment, without these lines.
        return None
    # The kernel brings its high-water mark up to date now and then; it can lie a few pages below what is there.
    found["peak"] = max(found["peak"], found["rss"])
    return Memory(**found)
