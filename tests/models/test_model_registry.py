"""Which models are known, which are installed, and where."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from models.conftest import PlainPackage
from pocketlens.errors import ModelMissing
from pocketlens.model import read_manifest
from pocketlens.paths import Home
from pocketlens_models.manifest import write_manifest
from pocketlens_models.registry import installed, known, known_model, locate


def test_an_installed_model_is_located_before_a_shipped_one(home: Home, starter: Path) -> None:
    assert locate("starter", home) == starter
    own = home.models / "starter"
    shutil.copytree(starter, own)
    assert locate("starter", home) == own
    assert [model.folder for model in installed(home) if model.id == "starter"] == [own]


@pytest.mark.parametrize("name", ["nowhere", "", ".", "..", "../starter", "a/b", "a\\b", "/etc", "Starter\n", "图"])
def test_a_name_without_a_package_is_missing(home: Home, name: str) -> None:
    with pytest.raises(ModelMissing):
        locate(name, home)


def test_a_damaged_package_is_listed_with_its_problem(home: Home, plain_package: PlainPackage) -> None:
    shutil.copytree(plain_package(), home.models / "plain")
    (home.models / "plain" / "model.toml").write_text("format = ")
    (found,) = [model for model in installed(home) if model.id == "plain"]
    assert "manifest" in found.problem


def test_unfinished_and_hidden_folders_are_no_models(home: Home, plain_package: PlainPackage) -> None:
    for name in (".plain.x1.part", ".downloads", "empty"):
        (home.models / name).mkdir(parents=True)
    shutil.copytree(plain_package(), home.models / ".hidden")
    assert not [model for model in installed(home) if not model.shipped]


def test_a_manifest_survives_being_written_and_read(plain_package: PlainPackage) -> None:
    folder = plain_package()
    manifest = msgspec.structs.replace(read_manifest(folder), title='A "quoted" \\ title\n二行 \x7f')
    write_manifest(folder, manifest)
    assert read_manifest(folder) == manifest


def test_every_known_model_has_the_facts_a_person_needs_with_their_sources() -> None:
    entries = known()
    assert len({entry.id for entry in entries}) == len(entries)
    assert [entry.id for entry in entries if entry.recommended] == ["chinese-clip-vit-b-16"]
    for entry in entries:
        assert entry.licence
        assert entry.licence_source
        assert entry.upstream.startswith("https://")
        assert bool(entry.family) != bool(entry.obstacle), "it can be built, or it says why not"
        assert entry.disk_bytes is None or entry.disk_source
        assert entry.indexing_anon_bytes is None or entry.memory_source
        for figure in entry.retrieval:
            assert 0 < figure.value < 100
            assert figure.source.startswith("https://")


def test_a_model_that_nobody_knows_is_missing() -> None:
    with pytest.raises(ModelMissing, match="knows no model"):
        known_model("nowhere")


def test_locating_imports_nothing_that_a_cold_search_would_wait_for() -> None:
    heavy = {"numpy", "onnxruntime", "requests", "urllib3", "rich", "PIL", "torch"}
    code = "import sys; from pocketlens_models.registry import locate; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not heavy & set(done.stdout.split())
