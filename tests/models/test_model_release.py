"""The gate before a package leaves, and the archive that leaves."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from pocketlens.errors import ModelMissing, ModelRejected
from pocketlens.paths import Home
from pocketlens_models.gates import Budgets, ModelBudget, TowerBudget, budgets
from pocketlens_models.installation import install
from pocketlens_models.manifest import file_sha256
from pocketlens_models.profile.measurement import Profile, profile_package
from pocketlens_models.release import Release, earlier_releases, release_package
from pocketlens_models.verify.recall import CaptionedPhoto
from pocketlens_models.verify.verification import PARITY_NAME, Verification, verify_package

if TYPE_CHECKING:
    from pocketlens_models.build.chinese_clip import ChineseClip

ROOMY = TowerBudget(disk_bytes=10**9, anon_bytes=10**9, load_cpu_s=60.0, cpu_ms=60_000.0)


@pytest.fixture(scope="session")
def gates() -> Budgets:
    """The release's own, with a roomy budget for the tiny model, whose weights at random recall nothing."""
    own = budgets()
    return msgspec.structs.replace(
        own,
        recall=msgspec.structs.replace(own.recall, loss_r10=100.0),
        models={"tiny": ModelBudget(measured_on="here", image=ROOMY, text=ROOMY)},
    )


@pytest.fixture(scope="session")
def verified(
    tiny_package: Path, tiny_upstream: ChineseClip, gates: Budgets, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Profile]:
    """The tiny package after `verify` with photos and captions, and its profile."""
    from models.test_model_verification import photo

    folder = Path(shutil.copytree(tiny_package, tmp_path_factory.mktemp("verified") / "tiny"))
    photos = [(str(number), photo(number)) for number in range(4)]
    captioned = [(data, CaptionedPhoto(file=name, zh=(f"第{name}张",))) for name, data in photos]
    found = verify_package(folder, tiny_upstream, gates, photos=photos, captioned=captioned)
    assert found.failures == ()
    return folder, profile_package(folder, runs=3)


@pytest.fixture
def package(verified: tuple[Path, Profile], tmp_path: Path) -> Path:
    return Path(shutil.copytree(verified[0], tmp_path / "tiny"))


@pytest.fixture
def profile(verified: tuple[Path, Profile]) -> Profile:
    return verified[1]


def change_verification(package: Path, **changes: object) -> None:
    path = package / PARITY_NAME
    found = msgspec.json.decode(path.read_bytes(), type=Verification)
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(found, **changes)))


def test_a_package_that_passes_is_archived_with_its_hashes_and_installs(
    package: Path, profile: Profile, gates: Budgets, home: Home, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    release = release_package(package, out, gates, profile)
    assert (release.size, release.sha256) == (
        (out / release.archive).stat().st_size,
        file_sha256(out / release.archive),
    )
    with zipfile.ZipFile(out / release.archive) as archive:
        inside = {Path(name).name for name in archive.namelist()}
    assert inside == {"model.toml", "parity.json", "profile.json", *(file.name for file in release.files)}
    record = (out / release.archive).with_suffix(".json")
    assert msgspec.json.decode(record.read_bytes(), type=Release) == release
    assert install(out / release.archive, home).key == release.model


def test_releasing_the_same_package_again_makes_the_same_archive(
    package: Path, profile: Profile, gates: Budgets, tmp_path: Path
) -> None:
    first = release_package(package, tmp_path / "first", gates, profile)
    assert release_package(package, tmp_path / "second", gates, profile).sha256 == first.sha256


def test_a_broken_budget_stops_the_release_with_its_figure(
    package: Path, profile: Profile, gates: Budgets, tmp_path: Path
) -> None:
    tight = msgspec.structs.replace(ROOMY, disk_bytes=1_000_000)
    gates = msgspec.structs.replace(gates, models={"tiny": ModelBudget(measured_on="here", image=ROOMY, text=tight)})
    with pytest.raises(ModelRejected, match=r"the text tower on disk is 1\.8 MB; the budget is 1\.0 MB"):
        release_package(package, tmp_path / "out", gates, profile)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"failures": ("the least cosine of the text tower is 0.9000; the gate is 0.9850",)}, r"0\.9000"),
        ({"photos": "drawn by rule"}, "drawn pictures alone"),
        ({"recall": ()}, "recall was not measured"),
    ],
)
def test_a_gap_in_the_verification_stops_the_release(
    package: Path, profile: Profile, gates: Budgets, tmp_path: Path, changes: dict[str, object], words: str
) -> None:
    change_verification(package, **changes)
    with pytest.raises(ModelRejected, match=words):
        release_package(package, tmp_path / "out", gates, profile)


def test_a_model_without_a_budget_is_not_released(
    package: Path, profile: Profile, gates: Budgets, tmp_path: Path
) -> None:
    with pytest.raises(ModelRejected, match="no budget"):
        release_package(package, tmp_path / "out", msgspec.structs.replace(gates, models={}), profile)


def test_a_package_that_was_not_verified_is_not_released(
    package: Path, profile: Profile, gates: Budgets, tmp_path: Path
) -> None:
    (package / PARITY_NAME).unlink()
    with pytest.raises(ModelMissing, match="verified"):
        release_package(package, tmp_path / "out", gates, profile)


def test_a_profile_of_another_package_does_not_count(
    package: Path, profile: Profile, gates: Budgets, tmp_path: Path
) -> None:
    with pytest.raises(ModelRejected, match="of another package"):
        release_package(package, tmp_path / "out", gates, msgspec.structs.replace(profile, manifest_sha256="0" * 64))


def test_earlier_releases_of_the_same_model_are_found_oldest_first(
    package: Path, profile: Profile, gates: Budgets, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    release = release_package(package, out, gates, profile)
    for name, model, made_at in (("tiny-0.json", "tiny@0", 1), ("tiny-large-1.json", "tiny-large@1", 2)):
        other = msgspec.structs.replace(release, model=model, profile=msgspec.structs.replace(profile, made_at=made_at))
        (out / name).write_bytes(msgspec.json.encode(other))
    (out / "tiny-notes.json").write_text("{}")
    assert [each.model for each in earlier_releases(out, "tiny")] == ["tiny@0", release.model]
