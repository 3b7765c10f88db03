"""The exit codes of the ``pocketlens`` command. They are stable: scripts may rely on them."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from pocketlens import errors


class ExitCode(IntEnum):
    """What a finished command tells the shell."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOTHING_THERE = 3
    MODEL = 4
    CATALOGUE = 5
    INTERRUPTED = 130
    READER_GONE = 141


#: Shown at the end of ``pocketlens --help``.
MEANINGS: Final = {
    ExitCode.OK: "done",
    ExitCode.FAILED: "something failed, or `doctor` found something missing",
    ExitCode.USAGE: "the command line or the query cannot be understood",
    ExitCode.NOTHING_THERE: "no such folder, phone, album or photo, or nothing indexed yet",
    ExitCode.MODEL: "the model package is missing, damaged, not supported, or broke a gate",
    ExitCode.CATALOGUE: "the catalogue is damaged, busy or of a newer PocketLens",
    ExitCode.INTERRUPTED: "stopped by Ctrl-C; what was done is kept",
    ExitCode.READER_GONE: "whatever read the output went away (a closed pipe)",
}

_OF_ERRORS: Final[dict[str, ExitCode]] = {
    errors.QueryInvalid.code: ExitCode.USAGE,
    errors.AlbumMissing.code: ExitCode.NOTHING_THERE,
    errors.NothingIndexed.code: ExitCode.NOTHING_THERE,
    errors.PhotoMissing.code: ExitCode.NOTHING_THERE,
    errors.PictureNotIndexed.code: ExitCode.NOTHING_THERE,
    errors.SearchMissing.code: ExitCode.NOTHING_THERE,
    errors.ModelMissing.code: ExitCode.MODEL,
    errors.ModelCorrupt.code: ExitCode.MODEL,
    errors.ModelUnsupported.code: ExitCode.MODEL,
    errors.CatalogueTooNew.code: ExitCode.CATALOGUE,
    errors.CatalogueDamaged.code: ExitCode.CATALOGUE,
    errors.ModelBusy.code: ExitCode.MODEL,
    errors.ModelRejected.code: ExitCode.MODEL,
    errors.CatalogueBusy.code: ExitCode.CATALOGUE,
    errors.Cancelled.code: ExitCode.INTERRUPTED,
    # By name: most commands have nothing to do with phones, and must not pay for importing adb.
    "adb-unavailable": ExitCode.NOTHING_THERE,
    "phone-unavailable": ExitCode.NOTHING_THERE,
    "phone-ambiguous": ExitCode.NOTHING_THERE,
    "phone-engine-missing": ExitCode.NOTHING_THERE,
}


def exit_code_of(error: errors.PocketLensError) -> ExitCode:
    """The exit code of a command that ended with this error."""
    return _OF_ERRORS.get(error.code, ExitCode.FAILED)


def exit_code_table() -> str:
    """The codes and what they mean, one a line."""
    return "\n".join(f"{code:>5}  {meaning}" for code, meaning in MEANINGS.items())
