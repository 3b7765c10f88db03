"""``pocketlens models`` in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from desktop.cli_command import write_many_photos
from desktop.test_cli_index import wait_for
from models.conftest import PlainPackage
from models.hostile_server import Behaviour, HostileServer, hostile_server
from pocketlens.model import read_manifest
from pocketlens_models.archive import write_archive
from pocketlens_models.manifest import file_sha256, write_manifest
from pocketlens_models.verify.samples import drawn_pictures

Run = Callable[..., subprocess.CompletedProcess[str]]

#: What a command may see of the environment the tests run in. The last is how `make coverage` measures it too.
_INHERITED = ("PATH", "PYTHONPATH", "SYSTEMROOT", "COVERAGE_PROCESS_CONFIG")


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "pocketlens_desktop.cli", "models", *map(str, arguments)]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return kept | {"HOME": str(tmp_path / "user"), "POCKETLENS_HOME": str(tmp_path / "home"), "COLUMNS": "200"}


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    def do(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command(*arguments), env=environment, capture_output=True, text=True, check=False)

    return do


@pytest.fixture
def server(plain_package: PlainPackage, tmp_path: Path) -> Iterator[HostileServer]:
    """A server that has the archive of the model "plain", of 1 MB."""
    write_archive(plain_package(data=bytes(1_000_000)), tmp_path / "plain.zip")
    with hostile_server((tmp_path / "plain.zip").read_bytes()) as running:
        yield running


def said(result: subprocess.CompletedProcess[str]) -> Any:
    return json.loads(result.stdout)


def test_the_list_names_every_known_model_and_the_one_in_use(run: Run) -> None:
    models = {model["id"]: model for model in said(run("list", "--json"))["models"]}
    assert models["starter"]["in_use"]
    assert models["starter"]["shipped"]
    assert models["chinese-clip-vit-b-16"]["recommended"]
    assert models["chinese-clip-vit-b-16"]["build"]
    assert not models["siglip2-base-patch16-224"]["build"]
    assert run().stdout == run("list").stdout


def test_a_model_is_shown_with_its_licence_and_sources(run: Run) -> None:
    sheet = run("show", "chinese-clip-vit-b-16").stdout
    assert "MIT-LICENSE" in sheet
    assert "52.1" in sheet
    assert said(run("show", "chinese-clip-vit-b-16", "--json"))["dimension"] == 512
    assert run("show", "nowhere").returncode == 4


def test_a_package_is_installed_listed_and_checked(run: Run, plain_package: PlainPackage, tmp_path: Path) -> None:
    assert said(run("install", plain_package(), "--json")) == {"id": "plain", "key": "plain@1"}
    assert "plain" in {model["id"] for model in said(run("list", "--json"))["models"] if model["installed"]}
    assert run("check", "plain").returncode == 0
    (tmp_path / "home/data/models/plain/text.onnx.data").write_bytes(b"weightS")
    result = run("check", "plain", "--json")
    assert (result.returncode, said(result)["error"]["code"]) == (4, "model-corrupt")


def test_a_download_goes_on_after_ctrl_c(
    run: Run, server: HostileServer, environment: dict[str, str], tmp_path: Path
) -> None:
    about = ["--url", server.url, "--size", str(len(server.content)), "--sha256", file_sha256(tmp_path / "plain.zip")]
    server.behaviours = [Behaviour(stall_after=600_000)]
    part = tmp_path / "home/data/models/.downloads"
    with subprocess.Popen(command("download", "plain", *about), env=environment, stderr=subprocess.PIPE) as first:
        server.stalled.wait()
        while sum(path.stat().st_size for path in part.glob("*.part")) < 600_000:
            time.sleep(0.01)
        first.send_signal(signal.SIGINT)
        _, complaint = first.communicate()
    assert first.returncode == 130
    assert b"goes on from where" in complaint
    second = run("download", "plain", *about)
    assert second.returncode == 0, second.stderr
    assert server.ranges[-1] == "bytes=600000-"
    assert "plain" in {model["id"] for model in said(run("list", "--json"))["models"] if model["installed"]}


def test_an_address_without_size_and_hash_is_not_downloaded(run: Run, server: HostileServer) -> None:
    result = run("download", "plain", "--url", server.url)
    assert result.returncode == 2
    assert server.requests == []


def test_a_model_without_a_finished_package_says_how_to_build_it(run: Run) -> None:
    result = run("download", "chinese-clip-rn50")
    assert result.returncode == 4
    assert "models build chinese-clip-rn50 --checkpoint" in result.stderr


def test_a_model_that_came_along_is_not_downloaded(run: Run) -> None:
    result = run("download", "starter")
    assert (result.returncode, "came with PocketLens" in result.stderr) == (4, True)


def test_a_folder_without_photos_is_no_set_to_verify_on(run: Run, starter: Path, tmp_path: Path) -> None:
    result = run("verify", starter, "--checkpoint", tmp_path / "none.pt", "--photos", tmp_path, "--json")
    assert (result.returncode, said(result)["error"]["code"]) == (3, "album-missing")


def test_a_profile_is_a_table_a_record_and_a_page(run: Run, starter: Path, tmp_path: Path) -> None:
    result = run("profile", starter, "--runs", "3", "--html", tmp_path / "report.html", "--json")
    assert said(result)["model"].startswith("starter@")
    assert (tmp_path / "report.html").read_text().startswith("<!doctype html>")
    (tmp_path / "before.json").write_text(result.stdout)
    table = run("profile", starter, "--runs", "3", "--compare", tmp_path / "before.json").stdout
    assert table.count("text") == 2


def test_an_unverified_package_is_not_released(run: Run, starter: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(starter, tmp_path / "copy"))
    (copy / "parity.json").unlink(missing_ok=True)
    result = run("release", copy, "--out", tmp_path / "out")
    assert result.returncode == 4
    assert "models verify" in result.stderr


def test_a_checkpoint_of_another_model_is_refused_by_the_command(
    run: Run, tiny_checkpoint: Path, tmp_path: Path
) -> None:
    result = run("build", "chinese-clip-vit-b-16", "--checkpoint", tiny_checkpoint, "--out", tmp_path / "out")
    assert result.returncode == 4
    assert "another architecture" in result.stderr
    assert not (tmp_path / "out").exists()


def test_using_a_model_without_anything_indexed_switches_at_once(run: Run, plain_package: PlainPackage) -> None:
    run("install", plain_package())
    assert said(run("use", "plain", "--json")) == {"model": "plain", "switched": True, "encoded": 0, "left": 0}
    assert in_use(run) == ["plain"]
    assert run("use", "nowhere").returncode == 4


@pytest.fixture
def second(run: Run, environment: dict[str, str], starter: Path, tmp_path: Path) -> Path:
    """A second model that is installed, and the folder of three photos that are indexed with the first."""
    package = Path(shutil.copytree(starter, tmp_path / "second"))
    write_manifest(package, msgspec.structs.replace(read_manifest(package), id="second"))
    album = tmp_path / "album"
    album.mkdir()
    for number, picture in enumerate(drawn_pictures(3)):
        picture.save(album / f"{number}.jpg")
    run("install", package)
    index_folder(environment, album)
    return album


def index_folder(environment: dict[str, str], album: Path) -> None:
    index = [*command()[:-1], "index", str(album), "--no-text"]
    subprocess.run(index, env=environment, capture_output=True, check=True)


def in_use(run: Run) -> list[str]:
    return [model["id"] for model in said(run("list", "--json"))["models"] if model["in_use"]]


def test_switching_at_once_says_what_cannot_be_found_yet(run: Run, second: Path) -> None:
    result = run("use", "second", "--now", "--json")
    assert said(result) == {"model": "second", "switched": True, "encoded": 0, "left": 3}
    assert "3 photos cannot be found with it" in result.stderr


def test_ctrl_c_while_switching_leaves_the_old_model_in_use(
    run: Run, environment: dict[str, str], second: Path
) -> None:
    write_many_photos(second / "many", 60)
    index_folder(environment, second)
    line = command("use", "second", "--json")
    with subprocess.Popen(
        line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as job:
        told = wait_for(job, "Indexing")
        job.send_signal(signal.SIGINT)
        output, rest = job.communicate()
    record = json.loads(output)
    assert (job.returncode, record["switched"]) == (130, False), told + rest
    assert record["encoded"] + record["left"] == 63 and record["left"] > 0
    assert "the model in use is the old one" in rest
    assert in_use(run) == ["starter"]


def test_switching_encodes_what_the_new_model_has_not_seen(run: Run, second: Path) -> None:
    result = run("use", "second", "--json")
    assert said(result) == {"model": "second", "switched": True, "encoded": 3, "left": 0}
    assert "3 of 3 photos must be encoded" in result.stderr
    assert said(run("use", "starter", "--json"))["encoded"] == 3, "the old model's vectors are still there"
