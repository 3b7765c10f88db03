"""``pocketlens phone albums``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pocketlens.catalogue import Catalogue
from pocketlens.paths import default_home
from pocketlens.protocol import SourceSpec
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.cli.options import Flag, Phone
from pocketlens_desktop.cli.phone_records import PhoneAlbumRecord, PhoneAlbumsRecord
from pocketlens_desktop.cli.terminal import messages, results, shown, write_record
from pocketlens_desktop.phone.albums import albums as albums_of
from pocketlens_desktop.phone.discovery import choose
from pocketlens_desktop.phone.source import KIND

if TYPE_CHECKING:
    from rich.table import Table


def albums(*, phone: Phone = None, json: Flag = False) -> int:
    """List the folders of photos on a phone, indexed or not, with their counts.

    Parameters
    ----------
    phone
        Which phone, by serial number, address or model. Not needed when there is only one.
    json
        Write one JSON object in place of a table.
    """
    device = choose(phone)
    with Catalogue.open(default_home().catalogue, read_only=True) as catalogue:
        spec = SourceSpec(KIND, device.serial)
        indexed = {album.path: album.photos - album.pending for album in catalogue.albums() if album.source == spec}
    found = [
        PhoneAlbumRecord(path=shown(one.path) or "/", photos=one.photos, indexed=indexed.get(one.path, 0))
        for one in albums_of(device)
    ]
    if json:
        write_record(PhoneAlbumsRecord(serial=shown(device.serial), albums=found))
    elif found:
        results().print(_table(found))
    else:
        messages().print("There is no photo on this phone.")
    return ExitCode.OK if found else ExitCode.NOTHING_THERE


def _table(found: Sequence[PhoneAlbumRecord]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("album", overflow="fold")
    table.add_column("photos", justify="right")
    table.add_column("indexed", justify="right")
    for album in found:
        table.add_row(Text(album.path), f"{album.photos:,}", f"{album.indexed:,}")
    return table
