"""Packages as archives, and where they are put."""

from __future__ import annotations

import io
import os
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from models.conftest import PlainPackage
from models.hostile_server import Behaviour, hostile_server
from pocketlens.errors import ModelBusy, ModelCorrupt, ModelMissing, ModelUnsupported, StorageFull
from pocketlens.model import load_package
from pocketlens.paths import Home
from pocketlens_models.archive import write_archive
from pocketlens_models.download import Patience
from pocketlens_models.fetching import fetch
from pocketlens_models.installation import install
from pocketlens_models.manifest import file_sha256
from pocketlens_models.placing import held, swapped_in
from pocketlens_models.registry import Archive, installed


@pytest.fixture
def archive(plain_package: PlainPackage, tmp_path: Path) -> Path:
    write_archive(plain_package(data=os.urandom(50_000)), tmp_path / "plain-1.zip")
    return tmp_path / "plain-1.zip"


def everything_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"}


def test_the_same_package_makes_the_same_archive_whenever_and_wherever(
    plain_package: PlainPackage, tmp_path: Path
) -> None:
    folder = plain_package()
    write_archive(folder, tmp_path / "first.zip")
    for path in folder.iterdir():
        os.utime(path, (1, 1))
        path.chmod(0o600)
    write_archive(folder, tmp_path / "second.zip")
    assert file_sha256(tmp_path / "first.zip") == file_sha256(tmp_path / "second.zip")


def test_an_archive_is_installed_with_its_remarks(plain_package: PlainPackage, home: Home, tmp_path: Path) -> None:
    folder = plain_package()
    (folder / "parity.json").write_text("{}")
    (folder / "scratch.txt").write_text("not part of a package")
    write_archive(folder, tmp_path / "plain.zip")
    install(tmp_path / "plain.zip", home)
    assert (home.models / "plain" / "parity.json").read_text() == "{}"
    assert not (home.models / "plain" / "scratch.txt").exists()
    assert load_package(home.models / "plain").manifest.title == "Plain “图”"


def test_a_folder_is_installed_as_a_copy(plain_package: PlainPackage, home: Home) -> None:
    folder = plain_package()
    install(folder, home)
    (folder / "text.onnx.data").write_bytes(b"changed later")
    assert load_package(home.models / "plain").manifest.id == "plain"


def test_a_newer_version_replaces_the_older_one_whole(plain_package: PlainPackage, home: Home) -> None:
    folder = plain_package(version="1")
    (folder / "profile.json").write_text("{}")
    install(folder, home)
    (folder / "profile.json").unlink()
    install(plain_package(version="2"), home)
    assert [(model.id, model.version) for model in installed(home) if not model.shipped] == [("plain", "2")]
    assert not (home.models / "plain" / "profile.json").exists()


def test_a_package_that_does_not_match_its_hashes_leaves_the_installed_one_alone(
    plain_package: PlainPackage, home: Home
) -> None:
    install(plain_package(), home)
    before = everything_below(home.models)
    broken = plain_package(version="2")
    (broken / "text.onnx.data").write_bytes(b"WEIGHTS")
    with pytest.raises(ModelCorrupt, match="hash"):
        install(broken, home)
    assert everything_below(home.models) == before
    assert load_package(home.models / "plain").manifest.version == "1"


def repacked(source: Path, target: Path, change: Callable[[str, bytes], tuple[str, bytes]]) -> Path:
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(target, "w") as after:
        for entry in before.infolist():
            after.writestr(*change(entry.filename, before.read(entry)))
    return target


@pytest.mark.parametrize("name", ["../evil", "plain/../../evil", "/evil", "plain/deep/evil", "plain/evil.txt", "evil"])
def test_an_entry_that_is_no_listed_file_is_refused_and_not_written(
    archive: Path, home: Home, tmp_path: Path, name: str
) -> None:
    with zipfile.ZipFile(archive, "a") as file:
        file.writestr(name, b"evil")
    with pytest.raises(ModelCorrupt):
        install(archive, home)
    assert not list(tmp_path.rglob("evil*"))
    assert everything_below(home.models) == set()


def test_an_entry_larger_than_the_manifest_says_is_refused_before_it_is_written(
    archive: Path, home: Home, tmp_path: Path
) -> None:
    def swell(name: str, content: bytes) -> tuple[str, bytes]:
        return name, content + bytes(10_000_000 if name.endswith("text.onnx.data") else 0)

    with pytest.raises(ModelCorrupt, match="larger than the manifest"):
        install(repacked(archive, tmp_path / "bomb.zip", swell), home)


def test_a_damaged_or_foreign_file_is_no_package(archive: Path, home: Home, tmp_path: Path) -> None:
    whole = archive.read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 0xFF
    (tmp_path / "flipped.zip").write_bytes(flipped)
    (tmp_path / "noise.zip").write_bytes(b"noise")
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as file:
        file.writestr("album/photo.jpg", b"")
    for name in ("cut.zip", "flipped.zip", "noise.zip", "photos.zip"):
        with pytest.raises(ModelCorrupt):
            install(tmp_path / name, home)
    assert everything_below(home.models) == set()


def test_a_package_for_a_newer_version_is_not_installed(archive: Path, home: Home, tmp_path: Path) -> None:
    def newer(name: str, content: bytes) -> tuple[str, bytes]:
        return name, content.replace(b'least_app_version = "0.1.0"', b'least_app_version = "99.0"')

    with pytest.raises(ModelUnsupported, match="99"):
        install(repacked(archive, tmp_path / "newer.zip", newer), home)


def test_nothing_there_is_missing(home: Home, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        install(tmp_path / "nowhere.zip", home)


def test_too_little_room_is_found_out_first(plain_package: PlainPackage, home: Home) -> None:
    folder = plain_package()
    manifest = folder / "model.toml"
    manifest.write_text(manifest.read_text().replace("size = 7\n", f"size = {1 << 60}\n"))
    with pytest.raises(StorageFull):
        install(folder, home)
    assert everything_below(home.models) == set()


def test_two_cannot_install_the_same_model_at_once(plain_package: PlainPackage, home: Home) -> None:
    folder = plain_package()
    home.models.mkdir(parents=True)
    with held(home.models / ".plain.lock"), pytest.raises(ModelBusy):
        install(folder, home)


def test_what_a_killed_installation_left_is_swept_by_the_next(plain_package: PlainPackage, home: Home) -> None:
    left = home.models / ".plain.abc.part"
    left.mkdir(parents=True)
    (left / "half").write_bytes(b"half")
    install(plain_package(), home)
    assert not left.exists()


def test_what_another_model_of_a_longer_name_is_made_in_is_left_alone(tmp_path: Path) -> None:
    with swapped_in(tmp_path / "plain.more") as others:
        (others / "file").touch()
        with swapped_in(tmp_path / "plain") as own:
            (own / "file").touch()
        assert (others / "file").exists()
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {"plain", "plain.more"}


def test_a_package_that_a_killed_replacement_had_set_aside_comes_back(tmp_path: Path) -> None:
    aside = tmp_path / ".model.abc.part" / "model"
    aside.mkdir(parents=True)
    (aside / "old").touch()
    with pytest.raises(RuntimeError), swapped_in(tmp_path / "model"):
        raise RuntimeError
    assert [path.name for path in (tmp_path / "model").iterdir()] == ["old"]


def test_a_folder_that_fails_to_fill_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "model"
    target.mkdir()
    (target / "old").touch()
    with pytest.raises(RuntimeError), swapped_in(target) as folder:
        (folder / "new").touch()
        raise RuntimeError
    assert [path.name for path in target.iterdir()] == ["old"]


def test_a_model_is_fetched_verified_and_installed(archive: Path, home: Home) -> None:
    content = archive.read_bytes()
    with hostile_server(content) as server:
        server.behaviours = [Behaviour(cut_after=20_000)]
        asset = Archive(urls=(server.url,), size=len(content), sha256=file_sha256(archive))
        manifest = fetch("plain", asset, home, patience=Patience(first_pause_s=0.001))
    assert manifest.key == "plain@1"
    load_package(home.models / "plain")
    assert everything_below(home.models) == {
        f"plain/{name}" for name in ("model.toml", "image.onnx", "text.onnx", "text.onnx.data", "tokenizer.json")
    }


def test_another_model_than_the_one_asked_for_is_not_installed(archive: Path, home: Home) -> None:
    content = archive.read_bytes()
    with hostile_server(content) as server:
        asset = Archive(urls=(server.url,), size=len(content), sha256=file_sha256(archive))
        with pytest.raises(ModelCorrupt, match="This is the model plain"):
            fetch("starter", asset, home)
    assert everything_below(home.models) == set()


def test_a_model_id_cannot_name_a_place_outside(home: Home) -> None:
    with pytest.raises(ModelMissing):
        fetch("../../evil", Archive(urls=(), size=1, sha256="0" * 64), home, cancel=threading.Event())


def test_an_encrypted_archive_is_refused(home: Home, tmp_path: Path) -> None:
    """Bit 0 of an entry's flags says that it is encrypted."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("plain/model.toml", b"format = 1")
    content = bytearray(buffer.getvalue())
    content[6] |= 1
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(content)
    with pytest.raises(ModelCorrupt, match="not a readable archive"):
        install(tmp_path / "locked.zip", home)
