"""One tower of a verified package, loaded: shared by threads, its weights left in their file, nothing sent home."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.packages import DIMENSION, image_graph, list_files, make_package, model, node, write
from pocketlens import session
from pocketlens.encoders import ImageEncoder
from pocketlens.errors import ModelUnsupported
from pocketlens.model import ModelPackage, load_package
from pocketlens.session import open_session

LOAD = """
import json, os, pathlib, sys
import numpy as np
from pocketlens.model import load_package
from pocketlens.session import open_session

def private():
    status = pathlib.Path("/proc/self/status").read_text()
    return int(status.split("RssAnon:")[1].split()[0]) * 1024

folder, tower = pathlib.Path(sys.argv[1]), sys.argv[2]
os.environ.pop("ORT_DISABLE_TELEMETRY", None)
package = load_package(folder, (tower,))
spec = package.manifest.image
batch = np.zeros((1, 3, spec.size, spec.size), np.float32) if tower == "image" else np.array([[2, 3]], np.int64)
before = private()
session = open_session(package, tower)
loaded = private()
session.run(batch)
ran = private()
print(json.dumps({
    "loading": loaded - before,
    "running": ran - loaded,
    "telemetry off": os.environ["ORT_DISABLE_TELEMETRY"],
    "files": os.listdir(os.environ["HOME"]),
}))
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return make_package(tmp_path / "tiny")


def loaded_in_a_child(folder: Path, tower: str, home: Path) -> dict[str, Any]:
    """What a fresh process says of itself after it loaded the tower and ran it once."""
    home.mkdir()
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    child = subprocess.run(
        [sys.executable, "-c", LOAD, str(folder), tower],
        env=environment | {"HOME": str(home), "XDG_CACHE_HOME": str(home)},
        capture_output=True,
        check=True,
    )
    assert child.stderr == b""
    report: dict[str, Any] = json.loads(child.stdout)
    return report


@pytest.mark.skipif(sys.platform != "linux", reason="RssAnon is Linux's")
@pytest.mark.parametrize("tower", ["image", "text"])
def test_the_weights_stay_in_their_file(tmp_path: Path, tower: str) -> None:
    # Of a one-file model, or with prepacking, all of the 40 MB would be private.
    folder = make_package(tmp_path / "large", size=80, dimension=512, words=20_000)
    weights = (folder / f"{tower}.onnx.data").stat().st_size
    assert weights > 39_000_000
    report = loaded_in_a_child(folder, tower, tmp_path / "home")
    # What is left is onnxruntime itself: under 10 MB.
    assert report["loading"] + report["running"] < weights // 2


def test_loading_a_model_leaves_no_file_behind_and_turns_telemetry_off(tiny: Path, tmp_path: Path) -> None:
    report = loaded_in_a_child(tiny, "text", tmp_path / "home")
    assert report["telemetry off"] == "1"
    assert report["files"] == []


def test_a_tower_computes_what_its_graph_says(tiny: Path) -> None:
    package = load_package(tiny)
    table = np.fromfile(tiny / "text.onnx.data", np.float32).reshape(-1, DIMENSION)
    output = open_session(package, "text").run(np.array([[2, 4, 3]], np.int64))
    assert output.dtype == np.float32
    np.testing.assert_allclose(output, table[[2, 4, 3]].mean(axis=0, keepdims=True), rtol=1e-5)


def test_threads_share_one_session(starter: Path) -> None:
    package = load_package(starter, ("image",))
    size = package.manifest.image.size
    session = open_session(package, "image")
    batches = np.random.default_rng(0).normal(size=(4, 1, 3, size, size)).astype(np.float32)
    alone = [session.run(batch) for batch in batches]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(session.run, np.concatenate([batches, batches])))
    for one, other in zip([*alone, *alone], together, strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize(
    ("tower", "batch"), [("image", np.zeros((1, 3, 8, 8), np.float32)), ("text", np.array([[99]]))]
)
def test_an_input_that_does_not_fit_is_a_typed_error(tiny: Path, tower: Any, batch: Any) -> None:
    session = open_session(load_package(tiny), tower)
    with pytest.raises(ModelUnsupported, match="could not be run") as raised:
        session.run(batch)
    assert raised.value.thing == str(tiny / f"{tower}.onnx")


def broken_graphs() -> dict[str, bytes]:
    return {
        "no graph": model([], [], [], []),
        "an operator of the future": model([node("Telepathy", [], "embedding")], [], [], []),
        "a name for nothing": model([node("Relu", ["nowhere"], "embedding")], [], [], []),
        "more weights than the file holds": image_graph("image.onnx.data", dimension=DIMENSION * 100),
    }


@pytest.mark.parametrize("kind", broken_graphs())
def test_a_graph_that_cannot_be_loaded_is_a_typed_error(
    tiny: Path, kind: str, capfd: pytest.CaptureFixture[str]
) -> None:
    write(tiny, "image.onnx", broken_graphs()[kind])
    list_files(tiny)
    with pytest.raises(ModelUnsupported) as raised:
        open_session(load_package(tiny), "image")
    assert raised.value.thing == str(tiny / "image.onnx")
    assert capfd.readouterr() == ("", "")


def test_a_cpu_that_adds_whole_needs_no_other_weights(
    starter_package: ModelPackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not session._adds_whole():
        pytest.skip("this one does not")
    pixels = np.random.default_rng(0).integers(0, 256, (3, 260, 260, 3), np.uint8)
    as_they_are = ImageEncoder(starter_package)
    monkeypatch.setattr(session, "_adds_whole", lambda: False)
    converted = ImageEncoder(starter_package)
    for one in pixels:
        np.testing.assert_allclose(as_they_are.encode(one), converted.encode(one), atol=1e-6)


@pytest.mark.parametrize(
    ("old", "new"), [('input = "pixels"', 'input = "x"'), ('output = "embedding"', 'output = "y"')]
)
def test_names_that_the_graph_does_not_have_are_found_when_it_is_loaded(tiny: Path, old: str, new: str) -> None:
    manifest = tiny / "model.toml"
    manifest.write_text(manifest.read_text().replace(old, new))
    with pytest.raises(ModelUnsupported, match="the manifest says"):
        open_session(load_package(tiny), "image")
