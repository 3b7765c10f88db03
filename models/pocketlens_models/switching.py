"""Changing the model that searches. Vectors are kept by model, so that nothing encoded is ever lost by it.

A switch is an indexing job with the new model over the known sources and then one line in the settings. Until
that line is written the settings name the old model, and searches go on with the old one's vectors.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from pocketlens.catalogue import Catalogue, PhotoState
from pocketlens.errors import ModelCorrupt, ModelMissing
from pocketlens.model import read_manifest
from pocketlens.paths import Home
from pocketlens.protocol import SourceSpec
from pocketlens.settings import load_settings, save_settings
from pocketlens.sqlite_file import reported

#: What a photo of 12 megapixels costs beside its encoding, on one thread: tests/bench/indexing_stages.py, on a machine
#: whose model profile is the one that ships.
_READ_AND_DECODE_S: Final = 0.027


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


def seconds_to_encode(plan: SwitchPlan, folder: Path, threads: int | None) -> float | None:
    """About how long encoding what is left will take; None for a package nobody measured.

    By the processor time that the package's profile gives for a photo, so it is as right as this machine is like the
    one that was measured.

    Args:
        threads: encoding workers; None for as many as the engine chooses.
    """
    # They bring numpy along, which a plan by itself does without.
    from pocketlens.pipeline import default_workers
    from pocketlens_models.profile.measurement import read_profile

    try:
        profile = read_profile(folder)
    except (ModelMissing, ModelCorrupt):
        return None
    return plan.left * (profile.image.cpu_ms / 1000 + _READ_AND_DECODE_S) / (threads or default_workers())


def use_model(model_id: str, home: Home) -> None:
    """Search and index with this model from now on. Processes that are running keep theirs."""
    save_settings(home, msgspec.structs.replace(load_settings(home), model=model_id))
