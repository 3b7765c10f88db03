"""``pocketlens models download``: the transfer from a terminal, with its progress and its Ctrl-C."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from typing import Final

from pocketlens.errors import Cancelled, ModelMissing, QueryInvalid
from pocketlens.model import Manifest
from pocketlens.paths import Home
from pocketlens_desktop.cli.interruption import stop_on_interrupt
from pocketlens_desktop.cli.terminal import messages
from pocketlens_models.download import Transferred
from pocketlens_models.fetching import fetch
from pocketlens_models.registry import SHIPPED, Archive, known_model

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def archive_of(model: str, urls: Sequence[str], size: int | None, sha256: str | None) -> Archive:
    """What to download: what the registry knows, or what the command line says instead.

    Raises:
        QueryInvalid: an address without size and hash: nothing unknown is ever installed.
        ModelMissing: neither the registry nor the command line has an address.
    """
    if urls:
        if size is None or sha256 is None or not _SHA256.fullmatch(sha256) or size <= 0:
            raise QueryInvalid(
                "With --url, --size and --sha256 say what must arrive.",
                thing=model,
                remedy="Both are in the record that lies beside a released archive.",
            )
        return Archive(urls=tuple(urls), size=size, sha256=sha256)
    entry = known_model(model)
    if entry.archive is None:
        how = f"Build it: `pocketlens models build {model} --checkpoint FILE`, FILE from {entry.upstream}."
        if (SHIPPED / model).is_dir():
            how = "It came with PocketLens."
        raise ModelMissing(
            "There is no finished package of this model to download.",
            thing=model,
            remedy=how if not entry.obstacle else entry.obstacle,
        )
    return entry.archive


def run_download(model: str, archive: Archive, home: Home) -> Manifest:
    """Download and install, showing progress on stderr.

    Raises:
        KeyboardInterrupt: Ctrl-C; what arrived is kept.
        PocketLensError: as `pocketlens_models.fetching.fetch`.
    """
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    cancel = threading.Event()
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=32),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=messages(),
        disable=not messages().is_terminal,
        transient=True,
    )
    with stop_on_interrupt(cancel.set), bar:
        task = bar.add_task(model, total=archive.size)

        def show(progress: Transferred) -> None:
            bar.update(task, completed=progress.done)

        try:
            return fetch(model, archive, home, on_progress=show, cancel=cancel)
        except Cancelled as stopped:
            messages().print(f"{stopped.what} {stopped.remedy}")
            raise KeyboardInterrupt from stopped
