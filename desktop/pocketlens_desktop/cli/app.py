"""The command line's shape: which commands there are, and how each one ends."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Final

from pocketlens.errors import NothingIndexed, PocketLensError
from pocketlens_desktop.cli.exit_codes import ExitCode, exit_code_of, exit_code_table
from pocketlens_desktop.cli.plain_search import plain_search
from pocketlens_desktop.cli.records import ErrorDetail, ErrorRecord
from pocketlens_desktop.cli.terminal import messages, shown, write_record

if TYPE_CHECKING:
    from cyclopts import App

# Named by import path: a search must not pay for what the other commands import.
_COMMANDS: Final = {
    "index": ("pocketlens_desktop.cli.index:index", "Index the photos below one or more folders."),
    "search": ("pocketlens_desktop.cli.search:command", "Find photos from a few words, Chinese or English."),
    "albums": ("pocketlens_desktop.cli.albums:albums", "List the albums that were indexed."),
    "status": ("pocketlens_desktop.cli.status:status", "Show what is indexed, with which model, and where."),
    "duplicates": ("pocketlens_desktop.cli.duplicates:duplicates", "List photos that are there more than once."),
    "favourite": ("pocketlens_desktop.cli.favourite:favourite", "Mark photos as favourites, or take the mark away."),
    "searches": ("pocketlens_desktop.cli.searches:app", "List and keep searches under a name."),
    "export": ("pocketlens_desktop.cli.export:export", "Copy originals to a folder, never over another file."),
    "forget": ("pocketlens_desktop.cli.forget:forget", "Remove all that is kept of a folder or a phone."),
    "models": ("pocketlens_desktop.cli.models:app", "List, fetch and check models."),
    "phone": ("pocketlens_desktop.cli.phone:app", "Work with phones on USB."),
    "settings": ("pocketlens_desktop.cli.settings:app", "Show and change what the window's settings page does."),
    "gui": ("pocketlens_desktop.cli.window:gui", "Open the window."),
    "demo": ("pocketlens_desktop.cli.demo:demo", "Index the sample album and run six searches."),
    "doctor": ("pocketlens_desktop.cli.doctor:doctor", "Say what is missing here, and how to mend it."),
    "completion": ("pocketlens_desktop.cli.completion:completion", "Print a shell's completion script."),
}


#: What to type next. Core says what to do in words that hold for the window as well.
_NEXT_COMMANDS: Final = {NothingIndexed.code: "pocketlens index FOLDER"}


def application() -> App:
    """The ``pocketlens`` command with all of its sub-commands, none of them imported yet."""
    from cyclopts import App

    app = App(
        name="pocketlens",
        help="Find a photo from a few words, Chinese or English. Nothing leaves this machine.",
        help_epilogue=f"Exit codes:\n\n{exit_code_table()}",
        help_format="plaintext",
        version=_version,
        version_flags=["--version"],
        help_flags=["--help", "-h"],
        suppress_keyboard_interrupt=False,
    )
    for position, (name, (place, summary)) in enumerate(_COMMANDS.items()):
        app.command(place, name=name, help=summary, sort_key=position)
    return app


def _version() -> str:
    from pocketlens_desktop.cli.version import version_text

    return version_text()


def run(arguments: list[str]) -> int:
    """Carry out one command line. A typed error becomes a message and an exit code."""
    try:
        plain = plain_search(arguments)
        code = _parsed(arguments) if plain is None else plain()
    except PocketLensError as error:
        remedy = " ".join(filter(None, (error.remedy, _NEXT_COMMANDS.get(error.code))))
        _report(error.code, error.what, error.thing, remedy, arguments)
        return exit_code_of(error)
    except BrokenPipeError:
        raise
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        code_name = "storage-full" if full else "system-error"
        what = f"{error.strerror or error}."
        _report(code_name, what, _file_of(error), "`pocketlens doctor` looks for the cause.", arguments)
        return ExitCode.FAILED
    return code if isinstance(code, int) else ExitCode.OK


def _parsed(arguments: list[str]) -> object:
    """Let cyclopts, whose import takes as long as a whole search, find the command and its options."""
    from cyclopts import CycloptsError

    app = application()
    try:
        return app(arguments, exit_on_error=False, print_error=False, result_action="return_value", console=None)
    except CycloptsError as error:
        what = str(error).strip()
        _report("usage", what, "", "`pocketlens --help` lists the commands.", arguments)
        return ExitCode.USAGE


def _file_of(error: OSError) -> str:
    return shown(error.filename) if isinstance(error.filename, str | bytes) else ""


def _report(code: str, what: str, thing: str, remedy: str, arguments: list[str]) -> None:
    """An error as a person reads it, on stderr; for ``--json`` as a program reads it, on stdout."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    if "--json" in options:
        detail = ErrorDetail(code=code, what=shown(what), thing=shown(thing), remedy=shown(remedy))
        write_record(ErrorRecord(error=detail))
        return
    said = f"{shown(thing)}: {shown(what)}" if thing else shown(what)
    messages().print(f"pocketlens: {said}", style="red")
    if remedy:
        messages().print(shown(remedy))
