"""``pocketlens doctor``: what is missing here, and the command that mends it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter

from pocketlens.paths import default_home
from pocketlens_desktop.cli.checks import examine
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.cli.records import CheckRecord, DoctorRecord
from pocketlens_desktop.cli.terminal import results, shown, write_record


def doctor(*, json: Annotated[bool, Parameter(negative="")] = False) -> int:
    """Say what is missing on this machine, and the command that mends it.

    Parameters
    ----------
    json
        Write one JSON object in place of a table.
    """
    checks = examine(default_home())
    ok = all(check.ok or not check.required for check in checks)
    if json:
        write_record(DoctorRecord(ok=ok, checks=checks))
    else:
        _print(checks, ok=ok)
    return ExitCode.OK if ok else ExitCode.FAILED


def _print(checks: Sequence[CheckRecord], *, ok: bool) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in checks:
        detail = Text(shown(check.detail))
        if check.remedy:
            detail.append(f"\n{shown(check.remedy)}", style="bold")
        table.add_row(_verdict(check), check.name, detail)
    results().print(table)
    results().print()
    if ok:
        results().print("Everything that searching needs is here.")
    else:
        results().print("Something PocketLens needs is missing; the commands above mend it.")


def _verdict(check: CheckRecord) -> str:
    if check.ok:
        return "[ok]"
    return "[missing]" if check.required else "[optional]"
