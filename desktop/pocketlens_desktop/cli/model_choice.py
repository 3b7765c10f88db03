"""The model this person searches and indexes with."""

from __future__ import annotations

from pathlib import Path

from pocketlens.paths import Home
from pocketlens.settings import load_settings
from pocketlens_models.registry import locate


def chosen_model(home: Home) -> Path:
    """The folder of the model package that the settings name.

    Raises:
        ModelMissing: the settings name a model that is neither installed nor shipped.
    """
    return locate(load_settings(home).model, home)
