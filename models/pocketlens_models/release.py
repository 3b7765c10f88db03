"""The gate before a package leaves the machine it was made on, and the archive that leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from pocketlens.atomic import replacing
from pocketlens.errors import ModelRejected
from pocketlens.model import MANIFEST_NAME, PackageFile, load_package
from pocketlens_models.archive import archive_name, write_archive
from pocketlens_models.gates import Budgets, ModelBudget, TowerBudget, exceed
from pocketlens_models.manifest import file_sha256
from pocketlens_models.placing import storage_full_reported
from pocketlens_models.profile.measurement import PROFILE_NAME, Profile, TowerProfile, write_profile
from pocketlens_models.verify.verification import PARITY_NAME, Verification, read_verification

_MB: Final = 1e6


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """What lies beside an archive as ``NAME.json``: enough for a registry entry, and for later comparisons."""

    model: str
    title: str
    licence: str
    source: str
    archive: str
    size: int
    sha256: str
    files: tuple[PackageFile, ...]
    verification: Verification
    profile: Profile


def release_package(folder: Path, out: Path, gates: Budgets, profile: Profile) -> Release:
    """Archive a package that passes every gate.

    Args:
        out: the folder for the archive and the record beside it.
        profile: measured just now, at one thread and batch 1; it goes into the package.

    Raises:
        ModelRejected: with every figure that breaks a gate; nothing is written.
        ModelMissing: the package was not verified, or has changed since.
        ModelCorrupt, ModelUnsupported: as `pocketlens.model.load_package`.
    """
    manifest = load_package(folder).manifest
    verification = read_verification(folder)
    failures = list(release_failures(manifest.id, verification, profile, gates))
    if profile.manifest_sha256 != file_sha256(folder / MANIFEST_NAME):
        failures.append("the profile is of another package")
    if failures:
        raise ModelRejected(f"{'; '.join(failures)}.", thing=manifest.key, remedy="Nothing was released.")
    write_profile(profile, folder / PROFILE_NAME)
    out.mkdir(parents=True, exist_ok=True)
    target = out / archive_name(manifest)
    beside = target.with_name(f".{target.name}.part")
    with storage_full_reported(target):
        try:
            write_archive(folder, beside)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    release = Release(
        model=manifest.key,
        title=manifest.title,
        licence=manifest.licence,
        source=manifest.source,
        archive=target.name,
        size=target.stat().st_size,
        sha256=file_sha256(target),
        files=tuple(manifest.files),
        verification=verification,
        profile=profile,
    )
    with replacing(target.with_suffix(".json")) as file:
        file.write(msgspec.json.format(msgspec.json.encode(release)) + b"\n")
    return release


def earlier_releases(out: Path, model_id: str) -> list[Release]:
    """The releases of one model that lie in a folder, oldest first. Other files there are passed over."""
    found = []
    for path in sorted(out.glob(f"{model_id}-*.json")):
        try:
            release = msgspec.json.decode(path.read_bytes(), type=Release)
        except msgspec.DecodeError:
            # A record of another layout is of no use for a comparison, and no reason to stop one.
            continue
        if release.model.partition("@")[0] == model_id:
            found.append(release)
    return sorted(found, key=lambda release: release.profile.made_at)


def release_failures(model_id: str, verification: Verification, profile: Profile, gates: Budgets) -> Iterator[str]:
    """Every gate that a package breaks, in a sentence with its figure."""
    yield from verification.failures
    if verification.photos != "given":
        yield "parity was verified on drawn pictures alone, not on photos"
    if not verification.recall:
        yield f"recall was not measured ({PARITY_NAME} has none)"
    budget = gates.models.get(model_id)
    if budget is None:
        yield "the model has no budget"
    else:
        yield from budget_failures(profile, budget)


def budget_failures(profile: Profile, budget: ModelBudget) -> Iterator[str]:
    """Every budget that a profile exceeds."""
    if (profile.threads, profile.batch) != (1, 1):
        yield f"budgets are for 1 thread and batch 1, the profile has {profile.threads} and {profile.batch}"
    yield from _tower_failures("image", profile.image, budget.image)
    yield from _tower_failures("text", profile.text, budget.text)


def _tower_failures(name: str, tower: TowerProfile, budget: TowerBudget) -> Iterator[str]:
    yield from exceed(f"the {name} tower on disk", tower.disk_bytes / _MB, budget.disk_bytes / _MB, "MB")
    yield from exceed(f"loading the {name} tower", tower.load_cpu_s, budget.load_cpu_s, "s", digits=3)
    yield from exceed(f"one item through the {name} tower", tower.cpu_ms, budget.cpu_ms, "ms")
    if tower.steady is None:
        yield f"the memory of the {name} tower is unknown on this system"
    else:
        yield from exceed(f"private memory of the {name} tower", tower.steady.anon / _MB, budget.anon_bytes / _MB, "MB")
