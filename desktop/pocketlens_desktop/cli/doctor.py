"""``pocketlens doctor``: what is missing here, and the command that mends it."""

from __future__ import annotations

from collections.abc import Sequence

from pocketlens.paths import Home, default_home
from pocketlens_desktop.cli.checks import examine
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.cli.options import Flag
from pocketlens_desktop.cli.records import CheckRecord, DoctorRecord, RepairRecord
from pocketlens_desktop.cli.terminal import results, shown, write_record


def doctor(
    *,
    repair: Flag = False,
    json: Flag = False,
) -> int:
    """Say what is missing on this machine, and the command that mends it.

    Parameters
    ----------
    repair
        First put a new catalogue in the place of a damaged one, with all that can be read of it. The damaged file is
        kept under another name.
    json
        Write one JSON object in place of a table.
    """
    home = default_home()
    repaired = _repaired(home) if repair else None
    checks = examine(home)
    ok = all(check.ok or not check.required for check in checks)
    if json:
        write_record(DoctorRecord(ok=ok, checks=checks, repair=repaired))
    else:
        if repaired is not None:
            _print_repair(repaired)
        _print(checks, ok=ok)
    return ExitCode.OK if ok else ExitCode.FAILED


def _repaired(home: Home) -> RepairRecord:
    from pocketlens.recovery import repair

    done = repair(home)
    aside = None if done.aside is None else shown(str(done.aside))
    return RepairRecord(kept_aside=aside, photos=done.photos, vectors=done.vectors, favourites=done.favourites)


def _print_repair(repaired: RepairRecord) -> None:
    if repaired.kept_aside is None:
        results().print("The catalogue is in order; there was nothing to repair.\n")
        return
    results().print(
        f"The catalogue was damaged. {repaired.photos:,} photos, {repaired.favourites:,} of them favourites, and"
        f" {repaired.vectors:,} vectors could be read and are in a new one. Index again to bring back the rest."
    )
    results().print(f"The damaged file is kept: {repaired.kept_aside}\n", soft_wrap=True)


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
