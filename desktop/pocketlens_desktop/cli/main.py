"""The entry point of the ``pocketlens`` command: from arguments to an exit code, and no traceback in between.

It imports next to nothing by itself, so that a command pays only for what it uses.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn


def command() -> NoReturn:
    """The ``pocketlens`` command: `main`, and out of the process."""
    code = main()
    if sys.argv[1:2] == ["search"]:
        # All is written and closed. Whoever searches would wait 20 to 60 ms more while the interpreter takes a model
        # and hundreds of modules apart, which the system has no need of (tests/bench/cold_search.py).
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: what follows the command's name; None takes them from ``sys.argv``.

    Returns:
        One of `pocketlens_desktop.cli.exit_codes.ExitCode`.
    """
    # Before anything can import onnxruntime: 1.29 and later phone home without it.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    # And before numpy: nothing here multiplies large matrices with it, and a thread of its OpenBLAS for each core makes
    # importing it half as long again.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for name in ("stdout", "stderr"):
        # Who starts a program may close its streams (`2>&-`); Python has None for them then.
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - as long as the process
        stream = getattr(sys, name)
        # A terminal or pipe that cannot write Chinese must get an escape, not stop the command.
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="backslashreplace")
    from pocketlens_desktop.cli.exit_codes import ExitCode

    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        from pocketlens_desktop.cli.app import run

        code = run(given)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        _discard_output()
        return ExitCode.READER_GONE
    except OSError as error:
        # `run` reports every other one: this is the output itself, redirected to a full disk.
        _discard_output()
        sys.stderr.write(f"pocketlens: The output cannot be written: {error.strerror}.\n")
        return ExitCode.FAILED
    return code


def _discard_output() -> None:
    """Point stdout at nothing: the interpreter flushes it once more on its way out and would complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
