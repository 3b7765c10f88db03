"""One indexing job from a terminal: start an engine, show its progress, stop it in good order when asked."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pocketlens.client import EngineClient, raise_failed
from pocketlens.errors import EngineDied
from pocketlens.paths import Home
from pocketlens.protocol import Failed, Indexed, PhotoFailed, Place, Progress, Role, SourceSpec, TextsRead
from pocketlens.settings import load_settings
from pocketlens.texts import reader_installed
from pocketlens_desktop.cli.interruption import Interruption, stop_on_interrupt
from pocketlens_desktop.cli.progress import ProgressView, progress_view

#: Core's engine with phones as a further kind of source; adb is imported only for one of those.
_ENGINE: Final = "pocketlens_desktop.phone.engine"


@dataclass(frozen=True)
class IndexingJob:
    """What to index, and how. See `pocketlens.protocol.IndexRequest`; without ``threads`` the settings have a say."""

    sources: tuple[SourceSpec, ...]
    retry_unreadable: bool = False
    threads: int | None = None
    fast: bool = False
    place: Place = Place.PC


def run_indexing(job: IndexingJob, *, home: Home, model: Path) -> tuple[Indexed, list[PhotoFailed]]:
    """Run a job to its end, or to the person's Ctrl-C.

    Returns:
        The final event (``cancelled`` after one Ctrl-C) and the photos found unreadable on the way.

    Raises:
        KeyboardInterrupt: Ctrl-C for the second time; the engine was ended at once.
        PocketLensError: the engine's own typed errors, or `EngineDied`.
    """
    threads = job.threads or load_settings(home).threads
    done, failures = _run(
        Role.INDEX,
        lambda client: client.index(
            job.sources, retry_unreadable=job.retry_unreadable, threads=threads, fast=job.fast, place=job.place
        ),
        home=home,
        model=model,
    )
    assert isinstance(done, Indexed)
    return done, failures


def run_reading(
    sources: Sequence[SourceSpec], *, home: Home, model: Path, retry_failed: bool = False
) -> TextsRead | None:
    """Read the words in photos that are indexed, to the end or to the person's Ctrl-C.

    None, and nothing done, where the person does not want it or the extra that does it is not installed.

    Raises:
        KeyboardInterrupt, PocketLensError: as `run_indexing`.
    """
    if not load_settings(home).read_text or not reader_installed():
        return None
    done, _ = _run(Role.READ, lambda client: client.read(sources, retry_failed=retry_failed), home=home, model=model)
    assert isinstance(done, TextsRead)
    return done


def _run(
    role: Role, ask: Callable[[EngineClient], int], *, home: Home, model: Path
) -> tuple[Indexed | TextsRead, list[PhotoFailed]]:
    client = EngineClient(role, home=home, model=model, module=_ENGINE)
    patience_s = 0.0  # of a close that follows an exception: nobody waits for the engine then
    try:
        request = ask(client)
        with stop_on_interrupt(lambda: _cancel(client, request)) as interruption, progress_view() as view:
            finished = _follow(client, request, view, interruption)
        patience_s = 5.0
        return finished
    finally:
        client.close(timeout_s=patience_s)


def _cancel(client: EngineClient, request: int) -> None:
    # An engine that is gone needs no stopping; whoever follows its events learns of it.
    with contextlib.suppress(EngineDied):
        client.cancel(request)


def _follow(
    client: EngineClient, request: int, view: ProgressView, interruption: Interruption
) -> tuple[Indexed | TextsRead, list[PhotoFailed]]:
    failures: list[PhotoFailed] = []
    told = False
    for event in client.events(request):
        if interruption.asked and not told:
            told = True
            view.say("Stopping after the photos in hand… Ctrl-C again stops at once.")
        match event:
            case Progress():
                view.show(event)
            case PhotoFailed():
                failures.append(event)
            case Failed(code="cancelled"):
                raise KeyboardInterrupt  # before the job had begun: there is nothing to tell
            case Failed():
                raise_failed(event)
            case Indexed() | TextsRead():
                return event, failures
    raise EngineDied("The engine ended in the middle of the job.", remedy="Run the same command again.")
