"""Installing a package from what is already on this machine: an archive, or the package's own folder."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from pocketlens.errors import ModelCorrupt, ModelMissing
from pocketlens.model import MANIFEST_NAME, Manifest, load_package, read_manifest
from pocketlens.paths import Home
from pocketlens_models.archive import REMARKS, PackageArchive
from pocketlens_models.placing import MARGIN_BYTES, refuse_if_full, swapped_in


def install(source: Path, home: Home, *, expected_id: str | None = None) -> Manifest:
    """Install from an archive or a folder; an installed package of the same id is replaced whole.

    Args:
        expected_id: the model it must be, where one was asked for.

    Raises:
        ModelMissing: nothing there.
        ModelCorrupt: what is there is no package, or another model, or its files do not match their hashes;
            nothing is installed.
        ModelUnsupported: a package for a newer PocketLens.
        ModelBusy: another process is installing the same model.
        StorageFull: too little room; nothing is installed.
    """
    if source.is_dir():
        return _install_folder(source, home, expected_id)
    if not source.is_file():
        raise ModelMissing("There is no model package there.", thing=str(source))
    return _install_archive(source, home, expected_id)


def _install_folder(source: Path, home: Home, expected_id: str | None) -> Manifest:
    manifest = read_manifest(source)
    _refuse_another(manifest, expected_id)
    home.models.mkdir(mode=0o700, parents=True, exist_ok=True)
    refuse_if_full(home.models, sum(file.size for file in manifest.files) + MARGIN_BYTES, thing=manifest.id)
    with swapped_in(home.models / manifest.id) as folder:
        names = [MANIFEST_NAME, *(file.name for file in manifest.files)]
        names += [name for name in REMARKS if (source / name).is_file()]
        for name in names:
            if (source / name).is_file():
                shutil.copyfile(source / name, folder / name)
        load_package(folder)
    return manifest


def _install_archive(source: Path, home: Home, expected_id: str | None) -> Manifest:
    home.models.mkdir(mode=0o700, parents=True, exist_ok=True)
    with PackageArchive(source) as archive:
        with tempfile.TemporaryDirectory() as scratch:
            manifest = archive.unpack_manifest(Path(scratch))
        _refuse_another(manifest, expected_id)
        refuse_if_full(home.models, sum(file.size for file in manifest.files) + MARGIN_BYTES, thing=manifest.id)
        with swapped_in(home.models / manifest.id) as folder:
            archive.unpack_manifest(folder)
            archive.unpack_files(folder, manifest)
            load_package(folder)
    return manifest


def _refuse_another(manifest: Manifest, expected_id: str | None) -> None:
    if expected_id is not None and manifest.id != expected_id:
        raise ModelCorrupt(f"This is the model {manifest.id}.", thing=expected_id, remedy="Check where it came from.")
