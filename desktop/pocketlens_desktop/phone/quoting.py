"""Words for a phone's shell. No other module builds a command line from a name."""

from __future__ import annotations

import re

# What no shell gives a meaning to, in any place of a word. A leading dash is the program's business, not the
# shell's: callers pass absolute paths.
_PLAIN = re.compile(rb"[A-Za-z0-9_@%+=:,./-]+")


def quote(word: bytes) -> bytes:
    """One shell word that stands for exactly these bytes.

    Single quotes keep everything literal in POSIX shells (mksh is Android's), newlines and bytes that are not UTF-8
    included; a single quote itself is closed, escaped and opened again.

    Raises:
        ValueError: for a NUL, which no argument of a program can hold.
    """
    if b"\0" in word:
        raise ValueError("a NUL byte cannot be part of a word")
    if _PLAIN.fullmatch(word):
        return word
    return b"'" + word.replace(b"'", b"'\\''") + b"'"


def command(*words: bytes) -> bytes:
    """A command line whose words are exactly these."""
    return b" ".join(quote(word) for word in words)
