"""The model this person searches and indexes with."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from pocketlens.model import ModelPackage, Part, load_package
from pocketlens.paths import Home
from pocketlens.settings import load_settings
from pocketlens_models.registry import locate


def chosen_model(home: Home) -> Path:
    """The folder of the model package that the settings name.

    Raises:
        ModelMissing: the settings name a model that is neither installed nor shipped.
    """
    return locate(load_settings(home).model, home)


def loading_package(folder: Path, parts: Sequence[Part]) -> Callable[[], ModelPackage]:
    """Begin to load a package on a thread, which hashes its files while this one imports.

    Returns:
        What waits for it.

    Raises:
        as `pocketlens.model.load_package`, once it is waited for.
    """
    outcome: list[ModelPackage | Exception] = []

    def load() -> None:
        try:
            outcome.append(load_package(folder, parts))
        except Exception as error:  # noqa: BLE001 - raised where it is waited for
            outcome.append(error)

    def loaded() -> ModelPackage:
        thread.join()
        (result,) = outcome
        if isinstance(result, Exception):
            raise result
        return result

    thread = threading.Thread(target=load, name="package", daemon=True)
    thread.start()
    return loaded
