"""``pocketlens --version``: what a report of a fault has to name."""

from __future__ import annotations

import platform
from importlib.metadata import version

from pocketlens import __version__
from pocketlens.errors import PocketLensError
from pocketlens.paths import default_home
from pocketlens.settings import load_settings
from pocketlens_desktop.cli.terminal import shown
from pocketlens_desktop.origin import origin


def version_text() -> str:
    """Release, build, engine and model, one a line. Nothing is loaded but the model's manifest."""
    from pocketlens.protocol import PROTOCOL_VERSION

    return "\n".join(
        (
            f"PocketLens {__version__}",
            f"build   {origin()}",
            f"engine  protocol {PROTOCOL_VERSION}, onnxruntime {version('onnxruntime')}, "
            f"Python {platform.python_version()} on {platform.system()} {platform.machine()}",
            f"model   {shown(_model())}",
        )
    )


def _model() -> str:
    from pocketlens.model import read_manifest
    from pocketlens_models.registry import locate

    chosen = load_settings(default_home()).model
    try:
        manifest = read_manifest(locate(chosen, default_home()))
    except PocketLensError as error:
        return f"{chosen}: {error.what}"
    return f"{manifest.key}, {manifest.dimension} dimensions"
