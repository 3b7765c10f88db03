"""Which models there are: those this release knows of, those installed, and where one lies on disk.

On the path of a cold search, so it imports nothing heavy: the manifest is read only by `installed`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import msgspec

from pocketlens.errors import ModelCorrupt, ModelMissing
from pocketlens.paths import Home

MANIFEST: Final = "model.toml"
#: Packages that came with the application itself.
SHIPPED: Final = Path(__file__).parent / "packages"
_KNOWN: Final = Path(__file__).parent / "registry.toml"
#: A model id names a folder, so it may not climb out of one or hide in one.
_ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class Retrieval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One published figure: text to image, zero-shot, of the upstream fp32 model unless ``note`` differs."""

    benchmark: str
    metric: str
    value: float
    source: str
    note: str = ""


class Archive(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A finished package that can be downloaded: what must arrive (bytes, SHA-256) and from where."""

    urls: tuple[str, ...]
    size: int
    sha256: str


class KnownModel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model this release knows of, installed or not. Every figure names where it comes from.

    Attributes:
        id: package id, also the folder's name.
        family: which recipe builds it ("starter", "chinese-clip", "openai-clip"); "" when none does.
        architecture: upstream's own name of the configuration.
        checkpoint: upstream's file name; what ``models build --checkpoint`` wants.
        upstream: the page the checkpoint is published on.
        dimension: length of an embedding.
        disk_bytes: size of the built package; ``disk_source`` says how it is known.
        indexing_anon_bytes, searching_anon_bytes: private memory (RssAnon) of the process that holds the
            image or the text tower, one thread, batch 1; ``memory_source`` says how it is known.
        obstacle: why it cannot be built yet; empty when it can.
    """

    id: str
    title: str
    languages: tuple[str, ...]
    licence: str
    licence_source: str
    upstream: str
    dimension: int
    family: str = ""
    architecture: str = ""
    checkpoint: str = ""
    recommended: bool = False
    disk_bytes: int | None = None
    disk_source: str = ""
    indexing_anon_bytes: int | None = None
    searching_anon_bytes: int | None = None
    memory_source: str = ""
    obstacle: str = ""
    retrieval: tuple[Retrieval, ...] = ()
    archive: Archive | None = None


class InstalledModel(msgspec.Struct, frozen=True, kw_only=True):
    """One package on this machine. ``problem`` is why it cannot be used, empty when its manifest reads well.

    Hashes are not checked here: a list of models must not read a gigabyte.
    """

    id: str
    folder: Path
    shipped: bool
    key: str = ""
    version: str = ""
    title: str = ""
    languages: tuple[str, ...] = ()
    dimension: int = 0
    size: int = 0
    problem: str = ""


class _RegistryFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    model: tuple[KnownModel, ...]


def known() -> tuple[KnownModel, ...]:
    """Every model in ``registry.toml``, in its order."""
    return msgspec.toml.decode(_KNOWN.read_bytes(), type=_RegistryFile).model


def known_model(model_id: str) -> KnownModel:
    """One entry of the registry.

    Raises:
        ModelMissing: this release does not know the id.
    """
    for entry in known():
        if entry.id == model_id:
            return entry
    raise ModelMissing(
        "This release knows no model of that name.",
        thing=model_id,
        remedy="`pocketlens models list` shows those it knows.",
    )


def checked_id(model_id: str) -> str:
    """``model_id`` itself, if it can name a package's folder.

    Raises:
        ModelMissing: it holds a path separator, starts with a dot, or is otherwise no model id.
    """
    if not _ID.fullmatch(model_id):
        raise ModelMissing("That is not a model id.", thing=model_id)
    return model_id


def locate(model_id: str, home: Home) -> Path:
    """The folder of an installed package, or else of the one that came with the application.

    Looks for a manifest only; whether the package is sound is for `pocketlens.model.load_package` to say.

    Raises:
        ModelMissing: there is neither.
    """
    checked_id(model_id)
    for parent in (home.models, SHIPPED):
        if (parent / model_id / MANIFEST).is_file():
            return parent / model_id
    raise ModelMissing(
        "This model is not installed.",
        thing=model_id,
        remedy="`pocketlens models list` shows which models are installed and how to get the others.",
    )


def installed(home: Home) -> list[InstalledModel]:
    """Every package on this machine by id; an installed one hides the shipped one of the same id."""
    folders: dict[str, Path] = {}
    for parent in (home.models, SHIPPED):
        if parent.is_dir():
            for folder in sorted(parent.iterdir()):
                if _ID.fullmatch(folder.name) and (folder / MANIFEST).is_file():
                    folders.setdefault(folder.name, folder)
    return [_describe(model_id, folders[model_id]) for model_id in sorted(folders)]


def _describe(model_id: str, folder: Path) -> InstalledModel:
    from pocketlens.errors import ModelUnsupported
    from pocketlens.model import read_manifest

    shipped = folder.parent == SHIPPED
    try:
        manifest = read_manifest(folder)
    except (ModelCorrupt, ModelUnsupported) as error:
        return InstalledModel(id=model_id, folder=folder, shipped=shipped, problem=str(error))
    return InstalledModel(
        id=model_id,
        folder=folder,
        shipped=shipped,
        key=manifest.key,
        version=manifest.version,
        title=manifest.title,
        languages=tuple(manifest.languages),
        dimension=manifest.dimension,
        size=sum(file.size for file in manifest.files),
    )
