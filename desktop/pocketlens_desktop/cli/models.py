"""``pocketlens models``: list, fetch, switch, and for those who make packages: build, verify, profile, release."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter, validators

from pocketlens.paths import default_home
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.cli.options import Flag
from pocketlens_desktop.cli.terminal import messages, results, shown, write_record

app = App(name="models", help="List, fetch and check models.", help_format="plaintext")

Count = Parameter(validator=validators.Number(gte=1, lte=256))
Name = Annotated[str, Parameter(help="A model's id, or the folder of a package.")]


@app.command(name="list")
@app.default
def list_models(*, json: Flag = False) -> int:
    """List the models that are installed, and those that can be.

    Parameters
    ----------
    json
        Write one JSON object.
    """
    from pocketlens_desktop.cli.model_tables import models_record, models_table

    record = models_record(default_home())
    if json:
        write_record(record)
    else:
        results().print(models_table(record))
        messages().print("* is in use. `pocketlens models show ID` has the figures and how to get it.")
    return ExitCode.OK


@app.command
def show(model: str, /, *, json: Flag = False) -> int:
    """Show what is known of a model: licence, size, memory, published figures and their sources.

    Parameters
    ----------
    model
        The model's id.
    json
        Write one JSON object.
    """
    from pocketlens_desktop.cli.model_tables import model_sheet
    from pocketlens_models.registry import known_model

    entry = known_model(model)
    if json:
        write_record(entry)
    else:
        results().print(model_sheet(entry))
    return ExitCode.OK


@app.command
def download(
    model: str,
    /,
    *,
    url: Annotated[list[str] | None, Parameter(negative="")] = None,
    size: int | None = None,
    sha256: str | None = None,
    json: Flag = False,
) -> int:
    """Download a finished package and install it. Run it again after an interruption: it goes on.

    Parameters
    ----------
    model
        The model's id.
    url
        Where the archive is, instead of the address this release knows. More than one are tried in order.
    size
        Its size in bytes, with --url; the record beside a released archive has it.
    sha256
        Its hash, with --url.
    json
        Write one JSON object at the end; progress still goes to stderr.
    """
    from pocketlens_desktop.cli.model_fetching import archive_of, run_download
    from pocketlens_desktop.cli.model_tables import InstalledRecord

    manifest = run_download(model, archive_of(model, url or [], size, sha256), default_home())
    if json:
        write_record(InstalledRecord(id=manifest.id, key=manifest.key))
    else:
        messages().print(f"{manifest.title} is installed. `pocketlens models use {manifest.id}` searches with it.")
    return ExitCode.OK


@app.command
def install(source: Path, /, *, json: Flag = False) -> int:
    """Install a package from an archive or a folder on this machine.

    Parameters
    ----------
    source
        The archive, or the package's folder.
    json
        Write one JSON object.
    """
    from pocketlens_desktop.cli.model_tables import InstalledRecord
    from pocketlens_models.installation import install as install_package

    manifest = install_package(source, default_home())
    if json:
        write_record(InstalledRecord(id=manifest.id, key=manifest.key))
    else:
        messages().print(f"{manifest.title} is installed. `pocketlens models use {manifest.id}` searches with it.")
    return ExitCode.OK


@app.command
def use(model: str, /, *, now: Flag = False, json: Flag = False) -> int:
    """Search with another model. Photos that it has not seen are encoded first; searches go on meanwhile.

    Parameters
    ----------
    model
        The id of an installed model.
    now
        Switch at once, and leave what is missing to the next `pocketlens index`.
    json
        Write one JSON object at the end; progress still goes to stderr.
    """
    from pocketlens_desktop.cli.model_switch import run_switch

    record = run_switch(model, default_home(), now=now)
    if json:
        write_record(record)
    return ExitCode.OK if record.switched else ExitCode.INTERRUPTED


@app.command
def build(
    model: str,
    /,
    *,
    checkpoint: Path,
    out: Path | None = None,
    photos: Path | None = None,
    quantization: Literal["int8", "weights8", "fp32"] | None = None,
    json: Flag = False,
) -> int:
    """Build a package from the checkpoint that its authors publish. Needs the export extra.

    Parameters
    ----------
    model
        The id of a known model.
    checkpoint
        The file, as upstream publishes it. Nothing in it is ever executed.
    out
        The folder to put the package's folder in. Installed when not given.
    photos
        A folder of photos to compare the towers on, instead of drawn pictures.
    quantization
        One way of storing the weights, instead of the first that passes the gate.
    json
        Write one JSON object at the end.
    """
    from pocketlens_desktop.cli.model_making import run_build

    return run_build(model, checkpoint, default_home(), out=out, photos=photos, quantization=quantization, json=json)


@app.command
def verify(
    model: Name,
    /,
    *,
    checkpoint: Path,
    photos: Path | None = None,
    captions: Path | None = None,
    json: Flag = False,
) -> int:
    """Compare a package with the fp32 model it was built from, and write parity.json. Needs the export extra.

    Parameters
    ----------
    model
        A model's id, or the folder of a package.
    checkpoint
        The file that the package was built from.
    photos
        A folder of photos to compare on, instead of drawn pictures.
    captions
        A captioned set for the recall gate: JSON lines with "file", "en" and "zh".
    json
        Write parity.json's content.
    """
    from pocketlens_desktop.cli.model_making import run_verify

    return run_verify(model, checkpoint, default_home(), photos=photos, captions=captions, json=json)


@app.command
def profile(
    model: Name,
    /,
    *,
    threads: Annotated[int, Count] = 1,
    batch: Annotated[int, Count] = 1,
    runs: Annotated[int, Parameter(validator=validators.Number(gte=3, lte=10_000))] = 30,
    compare: Annotated[list[str] | None, Parameter(negative="")] = None,
    releases: Path | None = None,
    html: Path | None = None,
    json: Flag = False,
) -> int:
    """Measure memory, latency and size of a package, each tower in a fresh process.

    Parameters
    ----------
    model
        A model's id, or the folder of a package.
    threads
        Computing threads of one run.
    batch
        Photos a run. Queries always come one at a time.
    runs
        Runs of each tower after the first.
    compare
        Another model's id, package folder or profile.json to show beside it. May be given more than once.
    releases
        A folder of earlier releases to show beside it.
    html
        Write the report as a page of its own to this file.
    json
        Write profile.json's content.
    """
    from pocketlens_desktop.cli.model_making import run_profile

    return run_profile(
        model,
        default_home(),
        threads=threads,
        batch=batch,
        runs=runs,
        compare=compare or [],
        releases=releases,
        html=html,
        json=json,
    )


@app.command
def release(model: Name, /, *, out: Path, json: Flag = False) -> int:
    """Archive a package, provided that parity, recall, memory, latency and size pass their gates.

    Parameters
    ----------
    model
        A model's id, or the folder of a package that was verified.
    out
        The folder for the archive and the record beside it.
    json
        Write the record.
    """
    from pocketlens_desktop.cli.model_making import run_release

    return run_release(model, default_home(), out=out, json=json)


@app.command
def check(model: Name, /, *, json: Flag = False) -> int:
    """Check a package's files against the hashes in its manifest.

    Parameters
    ----------
    model
        A model's id, or the folder of a package.
    json
        Write one JSON object.
    """
    from pocketlens.model import load_package
    from pocketlens_desktop.cli.model_tables import InstalledRecord, package_folder

    manifest = load_package(package_folder(model, default_home())).manifest
    if json:
        write_record(InstalledRecord(id=manifest.id, key=manifest.key))
    else:
        messages().print(f"{shown(manifest.title)} is sound: {len(manifest.files)} files match their hashes.")
    return ExitCode.OK
