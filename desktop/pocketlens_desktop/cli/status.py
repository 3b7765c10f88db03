"""``pocketlens status``."""

from __future__ import annotations

from pocketlens import __version__
from pocketlens.catalogue import Catalogue, SourceSummary, UnreadableRow
from pocketlens.paths import Home, default_home
from pocketlens.settings import load_settings
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_desktop.cli.options import Flag
from pocketlens_desktop.cli.places import Place
from pocketlens_desktop.cli.records import SourceRecord, StatusRecord, UnreadableRecord
from pocketlens_desktop.cli.terminal import results, shown, write_record


def status(
    *,
    unreadable: Flag = False,
    json: Flag = False,
) -> int:
    """Show what is indexed, with which model, and where it is kept.

    Parameters
    ----------
    unreadable
        List every photo that could not be read, with the reason.
    json
        Write one JSON object in place of text.
    """
    record = _record(default_home(), list_unreadable=unreadable)
    if json:
        write_record(record)
    else:
        _print(record)
    return ExitCode.OK


def _record(home: Home, *, list_unreadable: bool) -> StatusRecord:
    with Catalogue.open(home.catalogue, read_only=True) as catalogue:
        counts = catalogue.counts()
        return StatusRecord(
            version=__version__,
            model=shown(load_settings(home).model),
            data=shown(str(home.data)),
            cache=shown(str(home.cache)),
            photos=counts.photos,
            ready=counts.ready,
            pending=counts.pending,
            unreadable=counts.unreadable,
            sources=[_source(source) for source in catalogue.sources()],
            failures=[_failure(row) for row in catalogue.unreadable()] if list_unreadable else None,
        )


def _source(source: SourceSummary) -> SourceRecord:
    spec = source.spec
    return SourceRecord(kind=spec.kind, label=shown(source.label), identity=shown(spec.identity))


def _failure(row: UnreadableRow) -> UnreadableRecord:
    place = Place.of(row.source, row.path)
    return UnreadableRecord(file=place.file, file_base64=place.raw, code=row.code, reason=shown(row.reason))


def _print(record: StatusRecord) -> None:
    from rich.table import Table
    from rich.text import Text

    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    facts.add_row("photos", f"{record.photos:,}")
    facts.add_row("ready to search", f"{record.ready:,}")
    if record.pending:
        facts.add_row("still to index", f"{record.pending:,}  (index their folder again)")
    if record.unreadable:
        hint = "" if record.failures else "  (--unreadable lists them)"
        facts.add_row("unreadable", f"{record.unreadable:,}{hint}")
    for source in record.sources:
        facts.add_row(source.kind, Text(source.identity if source.kind == "folder" else source.label))
    facts.add_row("model", record.model)
    facts.add_row("catalogue in", Text(record.data))
    facts.add_row("cache in", Text(record.cache))
    facts.add_row("PocketLens", record.version)
    results().print(facts)
    for failure in record.failures or ():
        results().print(Text(f"{failure.file}: {failure.reason}"))
