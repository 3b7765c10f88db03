"""``pocketlens index``: an engine process of its own does the work, this one shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter, validators

from pocketlens.paths import Home, default_home
from pocketlens.protocol import Indexed, PhotoFailed, TextsRead
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.cli.indexing import IndexingJob, run_indexing, run_reading
from pocketlens_desktop.cli.model_choice import chosen_model
from pocketlens_desktop.cli.options import Flag
from pocketlens_desktop.cli.places import Place, folder_source
from pocketlens_desktop.cli.records import IndexRecord, TextsRecord, UnreadableRecord
from pocketlens_desktop.cli.terminal import messages, shown, write_record

#: Unreadable photos named at the end of a run; the rest are counted.
_NAMED = 5


def index(
    folders: Annotated[list[Path], Parameter(negative="")],
    /,
    *,
    retry_unreadable: Flag = False,
    threads: Annotated[int | None, Parameter(validator=validators.Number(gte=1, lte=256))] = None,
    text: Annotated[bool, Parameter(negative="--no-text")] = True,
    json: Flag = False,
) -> int:
    """Index the photos below one or more folders. Running it again takes in only what changed.

    Parameters
    ----------
    folders
        Folders with photos, with everything below them.
    retry_unreadable
        Try again the photos that could not be read before.
    threads
        How many photos to work on at once. Chosen by the engine when not given.
    text
        Read the words in photos afterwards, screenshots and documents first. Needs the extra "ocr".
    json
        Write one JSON object at the end; progress still goes to stderr.
    """
    home = default_home()
    job = IndexingJob(
        sources=tuple(dict.fromkeys(folder_source(folder) for folder in folders)),
        retry_unreadable=retry_unreadable,
        threads=threads,
    )
    return run_and_say(job, home, text=text, json=json, say=_say)


def run_and_say(
    job: IndexingJob,
    home: Home,
    *,
    text: bool,
    json: bool,
    say: Callable[[Indexed, Sequence[PhotoFailed]], object],
) -> ExitCode:
    """Index, say what came of it, then read the words in what was indexed, where that is wanted and possible."""
    model = chosen_model(home)
    done, failures = run_indexing(job, home=home, model=model)
    if not json:
        say(done, failures)
    read = None
    if text and not done.cancelled:
        read = run_reading(job.sources, home=home, model=model, retry_failed=job.retry_unreadable)
    if json:
        write_record(index_record(done, failures, read))
    elif read is not None and (read.read or read.cancelled):
        messages().print(_reading_summary(read))
    return ExitCode.INTERRUPTED if done.cancelled or (read is not None and read.cancelled) else ExitCode.OK


def _reading_summary(read: TextsRead) -> str:
    said = f"Read {read.read:,} photos in {read.elapsed_s:.1f} s: {read.with_words:,} show words."
    return f"{said} Stopped; the next run goes on." if read.cancelled else said


def index_record(done: Indexed, failures: Sequence[PhotoFailed], read: TextsRead | None) -> IndexRecord:
    """What ``--json`` writes for a finished job."""
    texts = None
    if read is not None:
        texts = TextsRecord(
            read=read.read,
            with_words=read.with_words,
            failed=read.failed,
            elapsed_s=read.elapsed_s,
            cancelled=read.cancelled,
        )
    return IndexRecord(
        added=done.added,
        changed=done.changed,
        moved=done.moved,
        removed=done.removed,
        unchanged=done.unchanged,
        unreadable=done.unreadable,
        elapsed_s=round(done.elapsed_s, 3),
        cancelled=done.cancelled,
        on_phone=done.on_phone,
        failures=[_failure(failed) for failed in failures],
        texts=texts,
    )


def _failure(failed: PhotoFailed) -> UnreadableRecord:
    place = Place.of(failed.source, failed.path)
    return UnreadableRecord(file=place.file, file_base64=place.raw, code=failed.code, reason=shown(failed.reason))


def _say(done: Indexed, failures: Sequence[PhotoFailed]) -> None:
    say = messages().print
    say(summary_of(done))
    if failures:
        say(f"\n{len(failures):,} {'photo' if len(failures) == 1 else 'photos'} could not be read:")
        for failed in failures[:_NAMED]:
            record = _failure(failed)
            say(f"  {record.file}: {record.reason}")
        if len(failures) > _NAMED:
            say(f"  … and {len(failures) - _NAMED:,} more.")
        say("`pocketlens status --unreadable` lists them all; `--retry-unreadable` tries them again.")
    if done.cancelled:
        say("Stopped; what was done is kept. Run the same command again: it goes on where it stopped.")


def summary_of(done: Indexed) -> str:
    """One sentence on what a job did, without the zeros."""
    parts = {
        "added": done.added,
        "changed": done.changed,
        "moved": done.moved,
        "removed": done.removed,
        "unchanged": done.unchanged,
    }
    said = ", ".join(f"{count:,} {what}" for what, count in parts.items() if count) or "no photos found"
    return f"{said} in {done.elapsed_s:.1f} s."
