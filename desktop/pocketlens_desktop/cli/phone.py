"""``pocketlens phone``: the photos on a phone, over USB."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter, validators

from pocketlens.catalogue import Catalogue, PhotoRow
from pocketlens.errors import AlbumMissing
from pocketlens.paths import Home, default_home
from pocketlens.protocol import Indexed, PhotoFailed, Place, SourceSpec
from pocketlens_desktop.cli.copies import tell_copies
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.cli.index import run_and_say, summary_of
from pocketlens_desktop.cli.indexing import IndexingJob
from pocketlens_desktop.cli.options import Flag, Phone
from pocketlens_desktop.cli.phone_records import (
    PhoneInformationRecord,
    PhoneRecord,
    PhonesRecord,
)
from pocketlens_desktop.cli.terminal import messages, results, shown, write_record
from pocketlens_desktop.phone import discovery
from pocketlens_desktop.phone.albums import photo_paths
from pocketlens_desktop.phone.discovery import PhoneWatch, Sighting, choose, situation
from pocketlens_desktop.phone.errors import PhoneUnavailable
from pocketlens_desktop.phone.export import copies
from pocketlens_desktop.phone.information import PhoneInformation, information
from pocketlens_desktop.phone.screen import show
from pocketlens_desktop.phone.source import KIND
from pocketlens_desktop.phone.states import PhoneState
from pocketlens_desktop.phone.storage import ROOT_NAMES
from pocketlens_desktop.phone.transport import Transport

if TYPE_CHECKING:
    from rich.table import Table


app = App(name="phone", help="Work with phones on USB.", help_format="plaintext")
app.command("pocketlens_desktop.cli.phone_engine:app", name="engine", help="The engine that a phone runs itself.")
app.command("pocketlens_desktop.cli.phone_albums:albums", name="albums")


@app.command(name="list")
def list_phones(*, watch: Flag = False, json: Flag = False) -> int:
    """List the phones that are plugged in, and what to do about those that cannot be used yet.

    Parameters
    ----------
    watch
        Go on, and list them again whenever one comes, goes or changes. Ctrl-C ends it.
    json
        Write one JSON object; with --watch one for every change.
    """
    if watch:
        for found in PhoneWatch():
            _show_phones(found, json=json)
        return ExitCode.OK
    found = discovery.sightings()
    _show_phones(found, json=json)
    return ExitCode.OK if any(one.state is PhoneState.READY for one in found) else ExitCode.NOTHING_THERE


@app.command
def info(*, phone: Phone = None, json: Flag = False) -> int:
    """Show a phone's model, Android version, free space, and what of it cannot be read.

    Parameters
    ----------
    phone
        Which phone, by serial number, address or model. Not needed when there is only one.
    json
        Write one JSON object in place of text.
    """
    known = information(choose(phone))
    if json:
        write_record(_information_record(known))
    else:
        _print_information(known)
    return ExitCode.OK


@app.command
def index(
    *,
    phone: Phone = None,
    retry_unreadable: Flag = False,
    threads: Annotated[int | None, Parameter(validator=validators.Number(gte=1, lte=256))] = None,
    fast: Flag = False,
    on: Place = Place.PC,
    text: Annotated[bool, Parameter(negative="--no-text")] = True,
    json: Flag = False,
) -> int:
    """Index a phone's photos over the cable, without copying them. Running it again takes in only what changed.

    Pull the cable out at any moment: the job waits, and goes on when the same phone is back.

    Parameters
    ----------
    phone
        Which phone, by serial number, address or model. Not needed when there is only one.
    retry_unreadable
        Try again the photos that could not be read before.
    threads
        How many photos to work on at once. Chosen by the engine when not given.
    fast
        Take new photos from the small previews in their first 68 KB, where these are large enough. They can be found
        at once, if a little less surely; the same command without --fast refines them later.
    on
        Where: on this pc, on the phone itself (its engine is installed when it is not there), or whichever is expected
        to be faster, once the phone's engine is installed. What one has indexed is not indexed again by the other.
    text
        Read the words in screenshots and documents afterwards, on this pc. Needs the extra "ocr".
    json
        Write one JSON object at the end; progress still goes to stderr.
    """
    return index_phone(
        phone, place=on, retry_unreadable=retry_unreadable, threads=threads, fast=fast, text=text, json=json
    )


def index_phone(
    phone: str | None,
    *,
    place: Place,
    retry_unreadable: bool = False,
    threads: int | None = None,
    fast: bool = False,
    text: bool = True,
    json: bool = False,
) -> int:
    """Index a phone's photos and say what came of it. Returns the exit code."""
    home = default_home()
    source = SourceSpec(kind=KIND, identity=choose(phone).serial)
    job = IndexingJob(sources=(source,), retry_unreadable=retry_unreadable, threads=threads, fast=fast, place=place)
    return run_and_say(job, home, text=text, json=json, say=partial(_say_indexed, home))


def _say_indexed(home: Home, done: Indexed, failures: Sequence[PhotoFailed]) -> None:
    say = messages().print
    say(summary_of(done))
    if done.on_phone:
        say(f"{done.on_phone:,} of them were encoded by the phone.")
    if failures:
        say("`pocketlens status --unreadable` lists the photos that could not be read.")
    with Catalogue.open(home.catalogue, read_only=True) as catalogue:
        provisional = catalogue.counts().provisional
    if provisional:
        say(f"{provisional} photos are known by their previews; the same without --fast refines them.")


@app.command
def pull(
    photos: Annotated[list[str], Parameter(negative="")],
    /,
    *,
    to: Path = Path(),
    phone: Phone = None,
    json: Flag = False,
) -> int:
    """Copy single photos from the phone, with their times. No file is ever overwritten.

    Parameters
    ----------
    photos
        Numbers of photos, as search --json calls them, or paths on the phone: DCIM/Camera/IMG_1.jpg.
    to
        The folder to copy to, made when it is not there.
    phone
        Which phone, by serial number, address or model. Not needed for photos given by number.
    json
        Write one JSON object in place of text.
    """
    device, paths = _named_photos(photos, phone)
    return _copy(device, paths, to, json=json)


@app.command
def export(
    folder: Path,
    /,
    *,
    album: Annotated[list[str], Parameter(name=["--album", "-a"], negative="")] | None = None,
    phone: Phone = None,
    json: Flag = False,
) -> int:
    """Copy the phone's originals to a folder, with their times. Run again, it copies what is new.

    No file is ever overwritten: one that differs is left alone, and the copy gets a number.

    Parameters
    ----------
    folder
        Where to, made when it is not there. The phone's own folders are kept below it.
    album
        Only this folder of the phone, by its path (DCIM/Camera) or its last name; may be given more than once.
    phone
        Which phone, by serial number, address or model. Not needed when there is only one.
    json
        Write one JSON object in place of text.
    """
    device = choose(phone)
    return _copy(device, photo_paths(device, {_relative(name).rstrip(b"/") for name in album or []}), folder, json=json)


@app.command(name="open")
def open_photo(photo: str, /, *, phone: Phone = None) -> int:
    """Show a photo on the phone's own screen.

    Parameters
    ----------
    photo
        The photo's number, as search --json calls it, or its path on the phone.
    phone
        Which phone, by serial number, address or model. Not needed for a photo given by number.
    """
    device, (path,) = _named_photos([photo], phone)
    show(device, path)
    messages().print("Look at the phone.")
    return ExitCode.OK


def _named_photos(photos: Sequence[str], phone: str | None) -> tuple[Transport, list[bytes]]:
    """The phone that all of these photos are on, and their paths."""
    rows = [_indexed_photo(int(name)) if name.isdecimal() else None for name in photos]
    serials = {row.source.identity for row in rows if row is not None}
    if phone is None and len(serials) == 1:
        (serial,) = serials
        device = discovery.find(serial)
        if device is None:
            where = serial.decode(errors="backslashreplace")
            raise PhoneUnavailable("The phone with this photo is not ready.", thing=where, remedy="Plug it in.")
    else:
        device = choose(phone)
    paths = [row.path if row is not None else _relative(name) for row, name in zip(rows, photos, strict=True)]
    if serials - {device.serial}:
        raise AlbumMissing("Some of these photos are on another phone.", thing=device.address)
    return device, paths


def _indexed_photo(number: int) -> PhotoRow:
    with Catalogue.open(default_home().catalogue, read_only=True) as catalogue:
        row = catalogue.photo(number)
    if row is None or row.source.kind != KIND:
        raise AlbumMissing("No photo on a phone has this number.", thing=str(number), remedy="Search for it again.")
    return row


def _relative(name: str) -> bytes:
    path = os.fsencode(name)
    for root in ROOT_NAMES:
        path = path.removeprefix(root)
    return path


def _copy(device: Transport, paths: Iterable[bytes], folder: Path, *, json: bool) -> int:
    # The list is taken whole first: a listing must not stand still for as long as the copying takes.
    return tell_copies(copies(device, list(paths), folder), folder, json=json)


def _show_phones(found: Sequence[Sighting], *, json: bool) -> None:
    about = situation(found)
    if json:
        phones = [
            PhoneRecord(
                address=shown(one.address),
                state=one.state.value,
                model=shown(one.model),
                what=one.advice.what,
                remedy=one.advice.remedy,
            )
            for one in found
        ]
        write_record(PhonesRecord(phones=phones, what=about.what, remedy=about.remedy))
    elif found:
        results().print(_phone_table(found))
        for remedy in dict.fromkeys(one.advice.remedy for one in found if one.advice.remedy):
            messages().print(remedy)
    else:
        messages().print(f"{about.what}\n{about.remedy}")


def _phone_table(found: Sequence[Sighting]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for title in ("phone", "model", "state", ""):
        table.add_column(title, overflow="fold")
    for one in found:
        table.add_row(Text(shown(one.address)), Text(shown(one.model)), one.state.value, one.advice.what)
    return table


def _information_record(known: PhoneInformation) -> PhoneInformationRecord:
    return PhoneInformationRecord(
        serial=shown(known.serial),
        address=shown(known.address),
        name=shown(known.name),
        android=shown(known.android),
        abi=shown(known.abi),
        free_bytes=known.free_bytes,
        total_bytes=known.total_bytes,
        battery_percent=known.battery_percent,
        notes=[f"{note.what} {note.remedy}".strip() for note in known.notes],
    )


def _print_information(known: PhoneInformation) -> None:
    lines = {
        "phone": known.name,
        "serial": known.serial,
        "Android": f"{known.android} ({known.abi})",
        "free": f"{_gigabytes(known.free_bytes)} of {_gigabytes(known.total_bytes)}",
        "battery": f"{known.battery_percent} %" if known.battery_percent is not None else "not told",
    }
    for name, value in lines.items():
        results().print(f"{name:<8} {shown(value)}")
    for note in known.notes:
        messages().print(f"{note.what} {note.remedy}".strip())


def _gigabytes(count: int | None) -> str:
    return "not told" if count is None else f"{count / 1e9:.1f} GB"
