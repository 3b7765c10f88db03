"""Fixtures for the models room: packages that need no torch, and tiny ones built from checkpoints at random."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pocketlens.model import MANIFEST_FORMAT, ImageTower, Manifest, TextTower
from pocketlens_models.gates import budgets
from pocketlens_models.manifest import listed, write_manifest
from pocketlens_models.registry import KnownModel
from pocketlens_models.verify.samples import drawn_pictures

if TYPE_CHECKING:
    from pocketlens_models.build.chinese_clip import ChineseClip

PlainPackage = Callable[..., Path]


@pytest.fixture
def plain_package(tmp_path: Path) -> PlainPackage:
    """Makes packages that are whole and sound but hold no model: graphs of no nodes, and data of any size."""

    def make(model_id: str = "plain", *, data: bytes = b"weights", version: str = "1") -> Path:
        folder = tmp_path / "made" / model_id
        folder.mkdir(parents=True, exist_ok=True)
        # Protobuf for "ir_version = 8" and nothing else.
        graph = b"\x08\x08"
        for name, content in {
            "image.onnx": graph,
            "text.onnx": graph,
            "tokenizer.json": b"{}",
            "text.onnx.data": data,
        }.items():
            (folder / name).write_bytes(content)
        manifest = Manifest(
            format=MANIFEST_FORMAT,
            id=model_id,
            version=version,
            title="Plain “图”",
            languages=["en", "zh"],
            licence="MIT",
            source="nowhere",
            least_app_version="0.1.0",
            dimension=8,
            quantization="none",
            image=ImageTower("image.onnx", "pixels", "features", 32, "squash", "bicubic", (0, 0, 0), (1, 1, 1), 1),
            text=TextTower("text.onnx", "ids", "features", "tokenizer.json", 16),
            files=listed(folder, ("image.onnx", "text.onnx", "text.onnx.data", "tokenizer.json")),
        )
        write_manifest(folder, manifest)
        return folder

    return make


@pytest.fixture(scope="session")
def export_tools() -> None:
    """Skips where models cannot be built; on CI the tools are meant to be there, and their absence is a failure."""
    missing = [name for name in ("torch", "onnx", "onnxscript", "cn_clip", "clip") if find_spec(name) is None]
    if missing and os.environ.get("CI") != "true":
        pytest.skip(f"building models needs {', '.join(missing)} of the export extra")
    assert not missing
    import torch

    # Its threads wait by spinning: on a busy machine two are ten times slower than one.
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tiny_entry() -> KnownModel:
    """What a registry would say of the tiny model."""
    return KnownModel(
        id="tiny",
        title="Tiny",
        family="chinese-clip",
        languages=("zh",),
        licence="MIT",
        licence_source="none",
        upstream="nowhere",
        dimension=32,
    )


@pytest.fixture(scope="session")
def tiny_checkpoint(export_tools: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Chinese-CLIP checkpoint in upstream's format, two layers a tower, weights at random."""
    from models.random_checkpoint import TINY_CHINESE_CLIP, save_chinese_clip

    return save_chinese_clip(tmp_path_factory.mktemp("checkpoint") / "tiny.pt", TINY_CHINESE_CLIP)


@pytest.fixture(scope="session")
def tiny_upstream(tiny_checkpoint: Path) -> ChineseClip:
    """That checkpoint in upstream's own code."""
    from models.random_checkpoint import TINY_CHINESE_CLIP
    from pocketlens_models.build.chinese_clip import ChineseClip

    return ChineseClip.load(tiny_checkpoint, TINY_CHINESE_CLIP)


@pytest.fixture(scope="session")
def tiny_package(
    tiny_entry: KnownModel, tiny_checkpoint: Path, tiny_upstream: ChineseClip, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A package built from it. Tests that change one copy it first."""
    from pocketlens_models.build.package import build_package

    target = tmp_path_factory.mktemp("built") / "tiny"
    build_package(
        tiny_entry, tiny_upstream, tiny_checkpoint, target, pictures=drawn_pictures(12), gate=budgets().parity
    )
    return target
