"""Changing the model that searches. Vectors are kept by model, so that nothing encoded is ever lost by it.

A switch is an indexing job with the new model over the known sources and then one line in the settings. Until
that line is written the settings name the old model, and searches go on with the old one's vectors.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from pocketlens.catalogue import Catalogue, PhotoState, reported
from pocketlens.model import read_manifest
from pocketlens.paths import Home
from pocketlens.protocol import SourceSpec
from pocketlens.settings import load_settings, save_settings


@dataclass(frozen=True)
class SwitchPlan:
    """What a switch to a model would take.

    Attributes:
        model: its key.
        encoded: photos that have its vectors already.
        to_encode: by source, photos that have none yet; each must be read once more.
    """

    model: str
    encoded: int
    to_encode: dict[SourceSpec, int]

    @property
    def left(self) -> int:
        """Photos in all that the new model cannot find yet."""
        return sum(self.to_encode.values())


def plan_switch(folder: Path, home: Home) -> SwitchPlan:
    """Count what has to be encoded before the package in ``folder`` can find every photo.

    Raises:
        ModelMissing, ModelCorrupt, ModelUnsupported: as `pocketlens.model.read_manifest`.
        CatalogueTooNew, CatalogueDamaged, CatalogueBusy: as `pocketlens.catalogue.Catalogue.open`.
    """
    manifest = read_manifest(folder)
    with Catalogue.open(home.catalogue, read_only=True) as catalogue, reported(home.catalogue):
        rows = catalogue.connection.execute(
            "SELECT sources.kind, sources.identity, vectors.photo IS NOT NULL, count(*)"
            " FROM photos JOIN sources ON sources.id = photos.source"
            " LEFT JOIN models ON models.key = ? AND models.preprocessing = ?"
            " LEFT JOIN vectors ON vectors.photo = photos.id AND vectors.model = models.id"
            " WHERE photos.missing = 0 AND photos.state <> ? GROUP BY 1, 2, 3 ORDER BY sources.id",
            (manifest.key, manifest.image.preprocessing, PhotoState.UNREADABLE),
        ).fetchall()
    return SwitchPlan(
        model=manifest.key,
        encoded=sum(count for _, _, there, count in rows if there),
        to_encode={
            SourceSpec(kind=kind, identity=identity): count for kind, identity, there, count in rows if not there
        },
    )


def use_model(model_id: str, home: Home) -> None:
    """Search and index with this model from now on. Processes that are running keep theirs."""
    save_settings(home, msgspec.structs.replace(load_settings(home), model=model_id))
