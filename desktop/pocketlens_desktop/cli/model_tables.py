"""What ``pocketlens models`` shows of models that are known or installed: as records, and as tables of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pocketlens.model import MANIFEST_NAME
from pocketlens.paths import Home
from pocketlens.settings import load_settings
from pocketlens_desktop.cli.terminal import shown
from pocketlens_models.registry import InstalledModel, KnownModel, installed, known, locate

if TYPE_CHECKING:
    from rich.table import Table


class InstalledRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A package that was installed or found sound."""

    id: str
    key: str


class ModelRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One line of ``pocketlens models list --json``.

    Attributes:
        installed: whether there is a package on this machine; ``problem`` says why it cannot be used.
        download, build: whether it can be had that way.
    """

    id: str
    title: str
    key: str
    languages: list[str]
    licence: str
    dimension: int
    size: int | None
    installed: bool
    shipped: bool
    in_use: bool
    recommended: bool
    download: bool
    build: bool
    problem: str


class ModelsRecord(msgspec.Struct, frozen=True, kw_only=True):
    """``pocketlens models list --json``."""

    models: list[ModelRecord]


def package_folder(name: str, home: Home) -> Path:
    """The folder of a package that was named by its id or by its folder.

    Raises:
        ModelMissing: neither.
    """
    path = Path(name)
    if os.sep in name or (path / MANIFEST_NAME).is_file():
        return path
    return locate(name, home)


def models_record(home: Home) -> ModelsRecord:
    """All known models in the registry's order, then installed ones that it does not know."""
    there = {model.id: model for model in installed(home)}
    in_use = load_settings(home).model
    listed = [_record(entry, there.pop(entry.id, None), in_use) for entry in known()]
    return ModelsRecord(models=[*listed, *(_record(None, model, in_use) for model in there.values())])


def _record(entry: KnownModel | None, model: InstalledModel | None, in_use: str) -> ModelRecord:
    ident = entry.id if entry else model.id if model else ""
    sound = model is not None and not model.problem
    return ModelRecord(
        id=ident,
        title=shown(model.title if model and sound else entry.title if entry else ident),
        key=model.key if model else "",
        languages=list(model.languages if model and sound else entry.languages if entry else ()),
        licence=entry.licence if entry else "",
        dimension=model.dimension if model and sound else entry.dimension if entry else 0,
        size=model.size if model and sound else entry.disk_bytes if entry else None,
        installed=model is not None,
        shipped=model is not None and model.shipped,
        in_use=model is not None and ident == in_use,
        recommended=entry is not None and entry.recommended,
        download=entry is not None and entry.archive is not None,
        build=entry is not None and entry.family not in ("", "starter"),
        problem=shown(model.problem) if model else "",
    )


def models_table(record: ModelsRecord) -> Table:
    """The list for a person."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    table.add_column("id", no_wrap=True)
    table.add_column("title")
    table.add_column("languages")
    table.add_column("size", justify="right")
    table.add_column("here")
    for model in record.models:
        size = f"{model.size / 1e6:,.0f} MB" if model.size else ""
        title = f"{model.title} (recommended)" if model.recommended else model.title
        table.add_row("*" if model.in_use else "", model.id, title, ", ".join(model.languages), size, _state(model))
    return table


def _state(model: ModelRecord) -> str:
    if model.problem:
        return f"unusable: {model.problem}"
    if model.installed:
        return "came with PocketLens" if model.shipped else "installed"
    ways = [way for way, possible in (("download", model.download), ("build", model.build)) if possible]
    return f"can be had: {', '.join(ways)}" if ways else "not supported yet"


def model_sheet(entry: KnownModel) -> Table:
    """All that the registry says of one model."""
    from rich.table import Table
    from rich.text import Text

    sheet = Table.grid(padding=(0, 2))
    sheet.add_column(style="bold")
    sheet.add_column(overflow="fold")
    facts = {
        "title": entry.title,
        "languages": ", ".join(entry.languages),
        "licence": f"{entry.licence}; {entry.licence_source}",
        "upstream": entry.upstream,
        "checkpoint": entry.checkpoint,
        "dimension": str(entry.dimension),
        "size": _megabytes(entry.disk_bytes, entry.disk_source),
        "private memory, indexing": _megabytes(entry.indexing_anon_bytes, entry.memory_source),
        "private memory, searching": _megabytes(entry.searching_anon_bytes, entry.memory_source),
        "not supported yet": entry.obstacle,
    }
    for name, fact in facts.items():
        if fact:
            sheet.add_row(name, Text(fact))
    for figure in entry.retrieval:
        sheet.add_row(f"{figure.benchmark} {figure.metric}", Text(f"{figure.value:g}; {figure.source}"))
    return sheet


def _megabytes(size: int | None, source: str) -> str:
    return f"{size / 1e6:,.0f} MB; {source}" if size is not None else ""
