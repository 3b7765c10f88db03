"""Writing the finished model package: manifest, hashes, figures."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from pocketlens_models.starter.backbones import IMAGE_SIZE, PIXEL_MEAN, PIXEL_STD
from pocketlens_models.starter.corpus import POOL, SPLIT_SEED
from pocketlens_models.starter.sentences import DIMENSION

# 2: the matrices of the image tower unsigned, and all 8-bit sums exact on every CPU.
VERSION = "2"
# Longer than any query; the upstream package does not cut at all.
CONTEXT = 128

_SOURCE = (
    "EfficientNet-lite0 and lite2, Universal Sentence Encoder multilingual v3, "
    "heads trained by python -m pocketlens_models.starter"
)
_QUANTIZATION = (
    "image: int8 convolutions per channel, dynamic uint8 matrices; text: token table of 4 bits, int8 weights per column"
)
_MANIFEST = """\
format = 1
id = "starter"
version = "{version}"
title = "Starter"
languages = ["en", "zh"]
licence = "Apache-2.0"
source = "{source}"
least_app_version = "0.1.0"
dimension = {dimension}
quantization = "{quantization}"

[image]
file = "image.onnx"
input = "pixels"
output = "embedding"
size = {size}
resize = "squash"
interpolation = "bicubic"
mean = [{mean}, {mean}, {mean}]
std = [{std}, {std}, {std}]
preprocessing = 1

[text]
file = "text.onnx"
input = "ids"
output = "embedding"
tokenizer = "tokenizer.json"
context = {context}
pad_to_context = false
"""


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Indented, with a stable order, so that a rerun gives the same bytes."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def described(figures: dict[str, Any], parts: dict[str, int], written: int) -> dict[str, Any]:
    """``recall.json``: the figures with what they were measured on."""
    return {
        "what": "text to photo retrieval on photos that no part of the model was trained on",
        "split": {
            "seed": SPLIT_SEED,
            "by": "photo",
            "pool": POOL,
            **parts,
            "captions_written_for_the_recipe": 2 * written,
        },
        **figures,
    }


def seal(folder: Path) -> None:
    """Write ``model.toml`` with size and hash of every file that is in ``folder``."""
    text = _MANIFEST.format(
        version=VERSION,
        source=_SOURCE,
        quantization=_QUANTIZATION,
        dimension=DIMENSION,
        size=IMAGE_SIZE,
        mean=PIXEL_MEAN,
        std=PIXEL_STD,
        context=CONTEXT,
    )
    folder.chmod(0o755)
    for path in sorted(folder.iterdir()):
        # onnx writes its data files for the owner only.
        path.chmod(0o644)
        if path.name != "model.toml":
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            text += f'\n[[files]]\nname = "{path.name}"\nsize = {path.stat().st_size}\nsha256 = "{digest}"\n'
    (folder / "model.toml").write_text(text, encoding="utf-8")


def install(beside: Path, target: Path) -> None:
    """Put the finished folder ``beside`` in the place of ``target``, which keeps what it held until then."""
    old = target.with_name(target.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.replace(old)
    beside.replace(target)
    shutil.rmtree(old, ignore_errors=True)


def store_again(package: Path) -> None:
    """Store a finished package again with `store_matrices_unsigned`, as the recipe does now, training nothing.

    Its figures stay: the graph computes the same. Its profile goes, being of another manifest.
    """
    import onnx

    from pocketlens_models.starter.export import save_external, store_matrices_unsigned

    beside = Path(tempfile.mkdtemp(prefix=".starter-", dir=package.parent))
    try:
        for path in package.iterdir():
            if path.name not in {"model.toml", "profile.json", "image.onnx", "image.onnx.data"}:
                shutil.copyfile(path, beside / path.name)
        model = onnx.load(str(package / "image.onnx"))
        store_matrices_unsigned(model)
        onnx.save_model(model, str(beside / "image.whole.onnx"))
        save_external(beside / "image.whole.onnx", beside / "image.onnx")
        (beside / "image.whole.onnx").unlink()
        seal(beside)
        install(beside, package)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
