"""``pocketlens forget``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from pocketlens.catalogue import Catalogue, SourceSummary
from pocketlens.errors import AlbumMissing, QueryInvalid
from pocketlens.paths import default_home
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.cli.options import Flag
from pocketlens_desktop.cli.places import folder_source
from pocketlens_desktop.cli.records import ForgottenRecord
from pocketlens_desktop.cli.terminal import messages, results, shown, write_record


def forget(
    place: str,
    *,
    yes: Annotated[bool, Parameter(name=["--yes", "-y"], negative="")] = False,
    json: Flag = False,
) -> int:
    """Remove everything that is kept of a folder or a phone: what is known of its photos, vectors and thumbnails.

    The photos themselves are not touched.

    Parameters
    ----------
    place
        A folder that was indexed, or a phone's name or serial number. `pocketlens status` lists them.
    yes
        Do not ask.
    json
        Write one JSON object in place of text.
    """
    home = default_home()
    with Catalogue.open(home.catalogue, read_only=True) as catalogue:
        source = _source_called(place, catalogue.sources())
    if not (yes or _confirmed(source)):
        messages().print("Nothing was forgotten.")
        return ExitCode.INTERRUPTED
    from pocketlens.forgetting import forget as forget_source

    photos = forget_source(home, source.spec)
    if json:
        write_record(
            ForgottenRecord(
                kind=source.spec.kind,
                label=shown(source.label),
                identity=shown(source.spec.identity),
                photos=photos,
            )
        )
    else:
        results().print(f"Forgot {_name(source)}: {photos:,} photos. The photos themselves are where they were.")
    return ExitCode.OK


def _source_called(place: str, sources: list[SourceSummary]) -> SourceSummary:
    """The source with that path or serial number, else the one that people call so.

    Raises:
        AlbumMissing: there is none.
        QueryInvalid: several are called so.
    """
    # A folder that is gone is still called by the path it had, links and all.
    folders = {folder_source(Path(place)).identity, os.fsencode(Path(place).absolute())}
    exact = [s for s in sources if s.spec.identity in (folders if s.spec.kind == "folder" else {os.fsencode(place)})]
    found = exact or [s for s in sources if s.label.casefold() == place.casefold()]
    if not found:
        raise AlbumMissing(
            "This folder or phone is not indexed.", thing=shown(place), remedy="`pocketlens status` lists what is."
        )
    if len(found) > 1:
        raise QueryInvalid(
            f"{len(found)} are called so.", thing=shown(place), remedy="Give the whole path or the serial number."
        )
    return found[0]


def _confirmed(source: SourceSummary) -> bool:
    if not sys.stdin.isatty():
        raise QueryInvalid("This wants to be confirmed, and nobody is there to ask.", remedy="Give --yes.")
    asked = f"Forget {_name(source)} with all that is known of its {source.photos:,} photos? [y/N] "
    messages().print(asked, end="")
    return sys.stdin.readline().strip().casefold() in {"y", "yes", "是", "好"}


def _name(source: SourceSummary) -> str:
    return shown(source.spec.identity) if source.spec.kind == "folder" else shown(source.label)
