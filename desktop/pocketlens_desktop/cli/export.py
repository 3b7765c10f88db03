"""``pocketlens export``."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from pocketlens.catalogue import Catalogue, PhotoRow
from pocketlens.copies import PhotoCopy, file_copies
from pocketlens.errors import AlbumMissing
from pocketlens.paths import default_home
from pocketlens_desktop.cli.copies import tell_copies
from pocketlens_desktop.cli.options import Flag


def export(
    photos: Annotated[list[int], Parameter(negative="")],
    /,
    *,
    to: Path,
    json: Flag = False,
) -> int:
    """Copy originals to a folder, with their times. No file is ever overwritten.

    A copy of a photo that is there already is not made again; where another file has its name, the copy gets a number.

    Parameters
    ----------
    photos
        Numbers of photos, as search --json calls them. Those on phones are fetched over the cable.
    to
        The folder to copy to, made when it is not there.
    json
        Write one JSON object in place of text.
    """
    rows = _photo_rows(photos)
    files = [os.path.join(row.source.identity, row.path) for row in rows if row.source.kind == "folder"]  # noqa: PTH118
    on_phones: dict[bytes, list[bytes]] = defaultdict(list)
    for row in rows:
        if row.source.kind != "folder":
            on_phones[row.source.identity].append(row.path)
    made = chain(file_copies(files, to), *(_phone_copies(serial, each, to) for serial, each in on_phones.items()))
    return tell_copies(made, to, json=json)


def _photo_rows(photos: list[int]) -> list[PhotoRow]:
    with Catalogue.open(default_home().catalogue, read_only=True) as catalogue:
        rows = [catalogue.photo(number) for number in photos]
    for number, row in zip(photos, rows, strict=True):
        if row is None:
            raise AlbumMissing("No photo has this number.", thing=str(number), remedy="Search for it again.")
    return [row for row in rows if row is not None]


def _phone_copies(serial: bytes, paths: list[bytes], folder: Path) -> Iterator[PhotoCopy]:
    # Photos on this computer must not pay for importing adb.
    from pocketlens_desktop.phone import discovery
    from pocketlens_desktop.phone.errors import PhoneUnavailable
    from pocketlens_desktop.phone.export import copies

    phone = discovery.find(serial)
    if phone is None:
        thing = serial.decode(errors="backslashreplace")
        raise PhoneUnavailable("The phone with this photo is not ready.", thing=thing, remedy="Plug it in.")
    yield from copies(phone, paths, folder)
