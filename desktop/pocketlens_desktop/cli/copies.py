"""What came of copying originals, as text or as one JSON object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from pocketlens.copies import CopyOutcome, PhotoCopy
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.cli.records import CopiesRecord, CopyRecord
from pocketlens_desktop.cli.terminal import messages, shown, write_record

#: Copies that failed, named at the end; the rest are counted.
_NAMED = 5


def tell_copies(copies: Iterable[PhotoCopy], folder: Path, *, json: bool) -> int:
    """Take ``copies`` as they are made and say what came of them. Returns the exit code."""
    counts: Counter[CopyOutcome] = Counter()
    notable: list[PhotoCopy] = []
    for copy in copies:
        counts[copy.outcome] += 1
        if copy.outcome is CopyOutcome.FAILED or (json and copy.outcome is CopyOutcome.COPIED):
            notable.append(copy)
    if json:
        write_record(_copies_record(counts, notable))
    else:
        _say_copies(counts, notable, folder)
    if counts[CopyOutcome.FAILED]:
        return ExitCode.FAILED
    return ExitCode.OK if counts else ExitCode.NOTHING_THERE


def _copies_record(counts: Counter[CopyOutcome], notable: Sequence[PhotoCopy]) -> CopiesRecord:
    return CopiesRecord(
        copied=counts[CopyOutcome.COPIED],
        already_there=counts[CopyOutcome.THERE],
        failed=counts[CopyOutcome.FAILED],
        photos=[
            CopyRecord(
                photo=shown(copy.path),
                outcome=copy.outcome.value,
                copy=shown(str(copy.place)) if copy.place else None,
                reason=shown(copy.reason),
            )
            for copy in notable
        ],
    )


def _say_copies(counts: Counter[CopyOutcome], failed: Sequence[PhotoCopy], folder: Path) -> None:
    say = messages().print
    said = ", ".join(f"{count:,} {outcome.value}" for outcome, count in counts.items()) or "No photos found"
    say(f"{said}: {shown(str(folder.absolute()))}" if counts else f"{said}.")
    for copy in failed[:_NAMED]:
        say(f"  {shown(copy.path)}: {shown(copy.reason)}")
    if len(failed) > _NAMED:
        say(f"  … and {len(failed) - _NAMED:,} more.")
