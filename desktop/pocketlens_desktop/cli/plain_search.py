"""``pocketlens search`` with words and its commonest options, told from other command lines at no cost.

Whatever is not as plain as that is cyclopts's to parse, help and mistakes included. Importing cyclopts takes as long as
importing numpy does, and a person waits for it at each search (tests/bench/cold_search.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

_WITH_VALUE: Final = {"--top": "top", "-n": "top", "--album": "album", "-a": "album"}
#: 1 to 9,999, in the digits that nothing else can mean.
_NUMBER: Final = re.compile("[1-9][0-9]{0,3}")


def plain_search(arguments: Sequence[str]) -> Callable[[], int] | None:
    """What carries the command line out; None when it is not a plain search, or not surely one."""
    options = options_of(arguments)
    if options is None:
        return None
    words, named = options

    def search() -> int:
        from pocketlens_desktop.cli.search import search

        return search(*words, **named)

    return search


def options_of(arguments: Sequence[str]) -> tuple[list[str], dict[str, Any]] | None:
    """The words and the options, as `pocketlens_desktop.cli.search.search` takes them, of a plain search."""
    if not arguments or arguments[0] != "search":
        return None
    words: list[str] = []
    named: dict[str, Any] = {}
    rest = iter(arguments[1:])
    for argument in rest:
        if argument == "--json" and "json" not in named:
            named["json"] = True
        elif argument in _WITH_VALUE:
            name, value = _WITH_VALUE[argument], next(rest, "-")
            if value.startswith("-"):
                return None
            if name == "album":
                named.setdefault("album", []).append(value)
            elif name not in named and _NUMBER.fullmatch(value):
                named[name] = int(value)
            else:
                return None
        elif argument.startswith("-") or not argument:
            return None
        else:
            words.append(argument)
    return (words, named) if words else None
