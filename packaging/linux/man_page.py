"""The man page, written from the commands themselves, so that it cannot lag behind them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import docstring_parser
from cyclopts import App

from pocketlens import __version__
from pocketlens_desktop.cli.app import application
from pocketlens_desktop.cli.exit_codes import MEANINGS

_HEAD = r"""'\" t
.TH POCKETLENS 1 "" "PocketLens {version}" "User Commands"
.SH NAME
pocketlens \- find a photo from a few words, Chinese or English, with nothing leaving this machine
.SH SYNOPSIS
.B pocketlens
.I COMMAND
.RI [ ARGUMENTS ]
.br
.B pocketlens
.RB [ \-\-help | \-\-version ]
.SH DESCRIPTION
PocketLens reads the photos in folders, or on a phone over USB, keeps one small vector of each, and ranks them by what
is typed.
Without a network, and without copying a photo.
.SH COMMANDS
"""

_TAIL = r"""
.SH QUERIES
Plain words are all a search needs.
.BR \- word
asks for less of something,
.BR + word
for more.
.BR album: , " date:" , " kind:" , " fav:" " and " like:
filter;
.B \-
in front of a filter turns it around.
Quoted text is always plain words.
.SH FILES
.TP
.I ~/.local/share/PocketLens
The catalogue, settings and installed models.
.TP
.I ~/.cache/PocketLens
Thumbnails and derived files; may be deleted at any time.
.SH ENVIRONMENT
.TP
.B POCKETLENS_HOME
A folder that takes the place of both.
.TP
.B POCKETLENS_PHONE_BUNDLE
Where the engine for phones lies, one folder a kind of processor.
"""


def man_page() -> str:
    """``pocketlens.1`` in roff."""
    codes = "".join(f".TP\n.B {int(code)}\n{_escaped(meaning)}\n" for code, meaning in MEANINGS.items())
    return _HEAD.format(version=__version__) + "".join(_commands()) + _TAIL.strip("\n") + f"\n.SH EXIT STATUS\n{codes}"


def _commands() -> Iterator[str]:
    for words, command in walk(application()):
        title = " ".join(words)
        yield f".SS pocketlens {_escaped(title)}\n"
        text = docstring_parser.parse(inspect.getdoc(command.default_command) or str(command.help))
        help_of = {parameter.arg_name: parameter.description or "" for parameter in text.params}
        yield _paragraphs(text.short_description, text.long_description)
        if command.default_command is None:
            continue
        for argument in command.assemble_argument_collection():
            names = ", ".join(f"\\fB{_escaped(name)}\\fR" for name in argument.names)
            about = help_of.get(argument.field_info.name.removesuffix("_")) or help_of.get(argument.field_info.name, "")
            yield f".TP\n{names}\n{_escaped(about)}\n"


def walk(app: App, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], App]]:
    """Every command below ``app`` with the words that lead to it, in the order of the help."""
    for name in app:
        if not name.startswith("-"):
            command = app[name]
            yield (*words, name), command
            yield from walk(command, (*words, name))


def _paragraphs(*texts: str | None) -> str:
    return "".join(f".PP\n{_escaped(text)}\n" for text in texts if text)


def _escaped(text: str) -> str:
    """Text as roff takes it: on one line, no control line, real hyphens."""
    line = re.sub(r"\s+", " ", text).strip().replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{line}" if line.startswith((".", "'")) else line
