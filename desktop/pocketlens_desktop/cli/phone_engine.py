"""``pocketlens phone engine``: the engine that a phone runs itself."""

from __future__ import annotations

import time

from cyclopts import App

from pocketlens.onboard.protocol import Done, JobStatus, News, Poll, Steer
from pocketlens.paths import default_home
from pocketlens.protocol import Place, Progress
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.cli.model_choice import chosen_model
from pocketlens_desktop.cli.options import Flag, Phone
from pocketlens_desktop.cli.phone_records import EngineCheckRecord, EngineJobRecord, EngineRecord
from pocketlens_desktop.cli.progress import stage_words
from pocketlens_desktop.cli.terminal import messages, results, shown, write_record
from pocketlens_desktop.phone.discovery import choose
from pocketlens_desktop.phone.errors import EngineMissing
from pocketlens_desktop.phone.onboard import install as onboard
from pocketlens_desktop.phone.onboard.connection import RelayConnection
from pocketlens_desktop.phone.onboard.layout import Installed
from pocketlens_desktop.phone.transport import Transport

#: Seconds that a job may take to stop in good order: the photos in hand, on a slow phone.
_STOP_S = 60.0

app = App(name="engine", help="The engine that a phone runs itself.", help_format="plaintext")


@app.command
def install(*, phone: Phone = None, json: Flag = False) -> int:
    """Install the engine on the phone, with the model in use, or bring it up to date.

    It is pushed over the cable to the one folder that needs no root and no app, verified there, and tried before it is
    put to use. Only what changed is pushed.

    Parameters
    ----------
    phone
        Which phone, by serial number, address or model. Not needed when there is only one.
    json
        Write one JSON object in place of text.
    """
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TransferSpeedColumn
    from rich.progress import Progress as Bar

    device = choose(phone)
    with Bar(
        TextColumn("Installing"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        console=messages(),
        transient=True,
    ) as bar:
        task = bar.add_task("", total=None)
        known = onboard.install(
            device, chosen_model(default_home()), lambda done, total: bar.update(task, completed=done, total=total)
        )
    if json:
        write_record(_engine_record(known))
    else:
        messages().print(f"Installed and checked: {_described(known)}.")
    return ExitCode.OK


@app.command
def check(*, phone: Phone = None, json: Flag = False) -> int:
    """Let the engine on the phone encode a photo, and compare it with this PC.

    Parameters
    ----------
    phone
        Which phone, by serial number, address or model. Not needed when there is only one.
    json
        Write one JSON object in place of text.
    """
    device = choose(phone)
    known = _installed(device)
    checked, parity = onboard.check(device, onboard.parts_of(known), chosen_model(default_home()))
    if json:
        record = EngineCheckRecord(
            model=checked.model,
            platform=checked.platform,
            python=checked.python,
            cores=checked.cores,
            photo_ms=checked.photo_ms,
            load_ms=checked.load_ms,
            parity=round(parity, 6),
        )
        write_record(record)
    else:
        messages().print(
            f"It works: {shown(checked.model)} on {shown(checked.platform)}, {checked.photo_ms:.0f} ms a photo on one "
            f"of {checked.cores} cores, cosine with this PC {parity:.5f}."
        )
    return ExitCode.OK


@app.command
def status(*, phone: Phone = None, json: Flag = False) -> int:
    """Show what is installed on the phone, and what its job is doing.

    Parameters
    ----------
    phone
        Which phone, by serial number, address or model. Not needed when there is only one.
    json
        Write one JSON object in place of text.
    """
    device = choose(phone)
    known = _installed(device)
    with RelayConnection(device, onboard.parts_of(known), "") as relay:
        news = relay.ask(Poll(rows=0), News)
    latest = next((event for event in reversed(news.events) if isinstance(event, Progress)), None)
    if json:
        write_record(_engine_record(known, news.job, latest, news.waiting))
        return ExitCode.OK
    results().print(f"engine   {_described(known)}")
    results().print(f"job      {_job_words(news.job, latest)}")
    results().print(f"waiting  {news.waiting:,} photos to be brought back")
    return ExitCode.OK


@app.command
def stop(*, phone: Phone = None) -> int:
    """Stop the job on the phone. What it has done is kept, and brought back by the next `phone index`.

    Parameters
    ----------
    phone
        Which phone, by serial number, address or model. Not needed when there is only one.
    """
    device = choose(phone)
    with RelayConnection(device, onboard.parts_of(_installed(device)), "") as relay:
        if not _is_running(relay):
            messages().print("No job is running on the phone.")
            return ExitCode.OK
        relay.ask(Steer(to="cancel"), Done)
        deadline = time.monotonic() + _STOP_S
        while _is_running(relay):
            if time.monotonic() > deadline:
                relay.ask(Steer(to="kill"), Done)
            time.sleep(0.2)
    messages().print("Stopped.")
    return ExitCode.OK


@app.command
def index(*, phone: Phone = None, retry_unreadable: Flag = False, json: Flag = False) -> int:
    """Let the phone index its own photos: the same as `phone index --on phone`.

    Parameters
    ----------
    phone
        Which phone, by serial number, address or model. Not needed when there is only one.
    retry_unreadable
        Try again the photos that could not be read before.
    json
        Write one JSON object at the end; progress still goes to stderr.
    """
    from pocketlens_desktop.cli.phone import index_phone

    return index_phone(phone, place=Place.PHONE, retry_unreadable=retry_unreadable, text=False, json=json)


@app.command
def remove(*, phone: Phone = None) -> int:
    """Stop the engine and remove everything of it from the phone.

    Parameters
    ----------
    phone
        Which phone, by serial number, address or model. Not needed when there is only one.
    """
    onboard.remove(choose(phone))
    messages().print("Nothing of PocketLens is left on the phone.")
    return ExitCode.OK


def _installed(device: Transport) -> Installed:
    known = onboard.installed(device)
    if known is None:
        raise EngineMissing(
            "There is no engine on this phone.", thing=device.address, remedy="pocketlens phone engine install"
        )
    return known


def _is_running(relay: RelayConnection) -> bool:
    job = relay.ask(Poll(rows=0), News).job
    return job is not None and job.running


def _described(known: Installed) -> str:
    """In one line. A phone may call its engine anything."""
    return shown(
        f"PocketLens {known.version} with {known.model_key} for {known.abi}, "
        f"{known.photo_ms:.0f} ms a photo on one of {known.cores} cores, cosine {known.parity:.5f}"
    )


def _job_words(job: JobStatus | None, latest: Progress | None) -> str:
    if job is None:
        return "none so far"
    if not job.running:
        return "none running"
    said = stage_words(latest).lower() if latest is not None else "starting"
    count = f", {latest.done:,} of {latest.total:,} photos" if latest is not None and latest.total else ""
    return f"{shown(said)}{count}, last heard of {job.silent_s:.0f} s ago"


def _engine_record(
    known: Installed, job: JobStatus | None = None, latest: Progress | None = None, waiting: int = 0
) -> EngineRecord:
    return EngineRecord(
        version=known.version,
        abi=known.abi,
        model=known.model_key,
        photo_ms=known.photo_ms,
        cores=known.cores,
        parity=known.parity,
        waiting=waiting,
        job=None
        if job is None
        else EngineJobRecord(
            running=job.running,
            silent_s=job.silent_s,
            stage=latest.stage.value if latest else None,
            done=latest.done if latest else None,
            total=latest.total if latest else None,
            paused=latest.paused if latest else None,
        ),
    )
