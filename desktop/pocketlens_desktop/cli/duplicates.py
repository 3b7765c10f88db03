"""``pocketlens duplicates``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from pocketlens.catalogue import Catalogue, PhotoRow
from pocketlens.errors import NothingIndexed
from pocketlens.paths import default_home
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.cli.model_choice import chosen_model
from pocketlens_desktop.cli.options import Flag
from pocketlens_desktop.cli.places import Place, local_time
from pocketlens_desktop.cli.records import DuplicateGroupRecord, DuplicateRecord, DuplicatesRecord
from pocketlens_desktop.cli.terminal import messages, results, shown, write_record

if TYPE_CHECKING:
    from rich.table import Table

    from pocketlens.duplicates import DuplicateGroup


def duplicates(
    *,
    likeness: Annotated[list[Literal["exact", "near", "burst"]], Parameter(negative="")] | None = None,
    json: Flag = False,
) -> int:
    """List photos that are there more than once. Nothing is ever deleted.

    Parameters
    ----------
    likeness
        Only copies byte by byte (exact), pictures saved again in another size or quality (near), or shots of the same
        within seconds (burst); may be given more than once.
    json
        Write one JSON object in place of a table.
    """
    groups = _groups(likeness or ())
    if json:
        write_record(DuplicatesRecord(groups=[_record(group) for group in groups]))
    elif groups:
        results().print(_table(groups))
    else:
        messages().print("No photo is there twice.")
    return ExitCode.OK


def _groups(likenesses: Sequence[str]) -> list[DuplicateGroup]:
    from pocketlens.duplicates import Likeness, all_duplicates
    from pocketlens.model import read_manifest
    from pocketlens.vectors import VectorModel, load_vectors

    home = default_home()
    with Catalogue.open(home.catalogue, read_only=True) as catalogue:
        if not catalogue.counts().photos:
            raise NothingIndexed("No photo is indexed yet.", remedy="Index a folder first.")
        manifest = read_manifest(chosen_model(home))
        model = VectorModel(manifest.key, manifest.image.preprocessing, manifest.dimension)
        wanted = [Likeness(one) for one in likenesses] or list(Likeness)
        return all_duplicates(catalogue, load_vectors(catalogue, model, home.vectors), wanted)


def _record(group: DuplicateGroup) -> DuplicateGroupRecord:
    return DuplicateGroupRecord(
        likeness=group.likeness.value,
        spare_bytes=group.spare_bytes,
        photos=[_photo_record(photo) for photo in group.photos],
    )


def _photo_record(photo: PhotoRow) -> DuplicateRecord:
    place = Place.of(photo.source, photo.path)
    taken = local_time(photo.taken_at)
    return DuplicateRecord(
        photo=photo.id,
        album=shown(photo.album),
        file=place.file,
        file_base64=place.raw,
        size=photo.size,
        taken_at=taken.isoformat() if taken else None,
    )


def _table(groups: Sequence[DuplicateGroup]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, caption_justify="left")
    table.add_column("alike", no_wrap=True)
    table.add_column("size", justify="right", no_wrap=True)
    table.add_column("file", overflow="fold")
    for group in groups:
        for number, photo in enumerate(group.photos):
            place = Place.of(photo.source, photo.path)
            table.add_row(
                "" if number else group.likeness.value,
                f"{photo.size / 1e6:,.1f} MB",
                Text(place.file, style=f"link {place.uri}" if place.uri else ""),
            )
        table.add_section()
    spare = sum(group.spare_bytes for group in groups)
    table.caption = (
        f"{len(groups):,} groups; all but the largest of each take {spare / 1e6:,.1f} MB. Nothing was deleted."
    )
    return table
