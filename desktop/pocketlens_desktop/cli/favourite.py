"""``pocketlens favourite``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from pocketlens.catalogue import Catalogue
from pocketlens.content import content_hash, content_of
from pocketlens.errors import PhotoMissing
from pocketlens.favourites import mark
from pocketlens.paths import default_home
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.cli.options import Flag
from pocketlens_desktop.cli.records import FavouriteRecord
from pocketlens_desktop.cli.terminal import results, shown, write_record


def favourite(
    photo: Annotated[list[str], Parameter(negative="")],
    /,
    *,
    remove: Flag = False,
    json: Flag = False,
) -> int:
    """Make photos favourites, which `fav:` finds. Copies of a photo are marked with it.

    Parameters
    ----------
    photo
        The number that `search --json` calls "photo", or a file that is indexed.
    remove
        Make them favourites no more.
    json
        Write one JSON object in place of text.
    """
    home = default_home()
    if not home.catalogue.exists():
        raise PhotoMissing("There is no such photo.", thing=shown(photo[0]), remedy="Index a folder first.")
    with Catalogue.open(home.catalogue) as catalogue:
        numbers = [_number(catalogue, one) for one in photo]
        changed = mark(catalogue, numbers, favourite=not remove)
    if json:
        write_record(FavouriteRecord(photos=numbers, favourite=not remove, changed=changed))
    else:
        noun = "photo is a favourite" if changed == 1 else "photos are favourites"
        results().print(f"{changed} {noun} {'no more' if remove else 'now'}.")
    return ExitCode.OK


def _number(catalogue: Catalogue, text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    content = content_hash(content_of(Path(text).expanduser()))
    known = catalogue.connection.execute(
        "SELECT id FROM photos WHERE content_hash = ? AND missing = 0", (content,)
    ).fetchone()
    if known is None:
        raise PhotoMissing("This photo is not indexed.", thing=shown(text), remedy="Index the folder it is in first.")
    return int(known[0])
