"""``pocketlens albums``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pocketlens.catalogue import AlbumSummary, Catalogue
from pocketlens.paths import default_home
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.cli.options import Flag
from pocketlens_desktop.cli.records import AlbumRecord, AlbumsRecord
from pocketlens_desktop.cli.terminal import messages, results, shown, write_record

if TYPE_CHECKING:
    from rich.table import Table


def albums(*, json: Flag = False) -> int:
    """List the albums that were indexed.

    Parameters
    ----------
    json
        Write one JSON object in place of a table.
    """
    with Catalogue.open(default_home().catalogue, read_only=True) as catalogue:
        found = catalogue.albums()
    if json:
        write_record(AlbumsRecord(albums=[_record(album) for album in found]))
    elif found:
        results().print(_table(found))
    else:
        messages().print("No album yet. Start with: pocketlens index FOLDER")
    return ExitCode.OK if found else ExitCode.NOTHING_THERE


def _record(album: AlbumSummary) -> AlbumRecord:
    return AlbumRecord(
        name=shown(album.name),
        source=shown(album.source_label),
        source_kind=album.source.kind,
        photos=album.photos,
        unreadable=album.unreadable,
    )


def _table(found: Sequence[AlbumSummary]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("album", overflow="fold")
    table.add_column("in", overflow="fold")
    table.add_column("photos", justify="right")
    table.add_column("unreadable", justify="right")
    for album in found:
        table.add_row(
            Text(shown(album.name)),
            Text(shown(album.source_label)),
            f"{album.photos:,}",
            f"{album.unreadable:,}" if album.unreadable else "",
        )
    return table
