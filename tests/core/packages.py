"""Model packages small enough to make for one test, with real graphs that onnxruntime runs.

The graphs are written field by field, with the numbers of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, so
that the tests need no onnx package and can also say what no onnx package would.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

SIZE: Final = 16
DIMENSION: Final = 8
VOCABULARY: Final = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "dog", "beach", "狗", "海")
_FLOAT, _INT64 = 1, 7
_INTS, _INT = 7, 2

MANIFEST: Final = """\
format = 1
id = "tiny"
version = "1"
title = "Tiny"
languages = ["en", "zh"]
licence = "CC0-1.0"
source = "made for a test"
least_app_version = "0.1.0"
dimension = {dimension}
quantization = "none"
[image]
file = "image.onnx"
input = "pixels"
output = "embedding"
size = {size}
resize = "squash"
interpolation = "bicubic"
mean = [127.0, 127.0, 127.0]
std = [128.0, 128.0, 128.0]
preprocessing = 1
[text]
file = "text.onnx"
input = "ids"
output = "embedding"
tokenizer = "tokenizer.json"
context = 12
"""


def message(*fields: tuple[int, int | str | bytes]) -> bytes:
    """A protobuf message: numbers as varints, all else by its length."""
    out = bytearray()
    for number, value in fields:
        if isinstance(value, int):
            out += _varint(number << 3) + _varint(value)
        else:
            content = value.encode() if isinstance(value, str) else value
            out += _varint(number << 3 | 2) + _varint(len(content)) + content
    return bytes(out)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def external_tensor(location: str, shape: tuple[int, ...], *, name: str = "weights") -> bytes:
    """A float32 TensorProto whose data lies in another file."""
    entry = message((1, "location"), (2, location))
    return message(*((1, side) for side in shape), (2, _FLOAT), (8, name), (13, entry), (14, 1))


def node(kind: str, inputs: list[str], output: str, attributes: tuple[bytes, ...] = ()) -> bytes:
    return message(*((1, name) for name in inputs), (2, output), (4, kind), *((5, item) for item in attributes))


def model(nodes: list[bytes], tensors: list[bytes], inputs: list[bytes], outputs: list[bytes]) -> bytes:
    """A ModelProto of operator set 17."""
    graph = message(
        *((1, item) for item in nodes),
        (2, "tower"),
        *((5, item) for item in tensors),
        *((11, item) for item in inputs),
        *((12, item) for item in outputs),
    )
    return message((1, 8), (7, graph), (8, message((2, 17))))


def _port(name: str, kind: int, shape: tuple[int | str, ...]) -> bytes:
    sides = [message((1, side) if isinstance(side, int) else (2, side)) for side in shape]
    tensor = message((1, kind), (2, message(*((1, side) for side in sides))))
    return message((1, name), (2, message((1, tensor))))


def image_graph(location: str, *, size: int = SIZE, dimension: int = DIMENSION, output: str = "embedding") -> bytes:
    """Pixels, flattened, times a matrix."""
    return model(
        [node("Flatten", ["pixels"], "flat"), node("MatMul", ["flat", "weights"], output)],
        [external_tensor(location, (3 * size * size, dimension))],
        [_port("pixels", _FLOAT, ("n", 3, size, size))],
        [_port(output, _FLOAT, ("n", dimension))],
    )


def text_graph(location: str, *, words: int = len(VOCABULARY), dimension: int = DIMENSION) -> bytes:
    """The mean of the ids' rows in a table."""
    axes = message((1, "axes"), (8, 1), (20, _INTS))
    keep = message((1, "keepdims"), (3, 0), (20, _INT))
    return model(
        [node("Gather", ["weights", "ids"], "rows"), node("ReduceMean", ["rows"], "embedding", (axes, keep))],
        [external_tensor(location, (words, dimension))],
        [_port("ids", _INT64, (1, "t"))],
        [_port("embedding", _FLOAT, (1, dimension))],
    )


def make_package(folder: Path, *, size: int = SIZE, dimension: int = DIMENSION, words: int = len(VOCABULARY)) -> Path:
    """Write a whole package whose weights are random but always the same."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(5)
    write(folder, "image.onnx", image_graph("image.onnx.data", size=size, dimension=dimension))
    write(folder, "image.onnx.data", random.normal(size=(3 * size * size, dimension)))
    write(folder, "text.onnx", text_graph("text.onnx.data", words=words, dimension=dimension))
    write(folder, "text.onnx.data", random.normal(size=(words, dimension)))
    write(folder, "tokenizer.json", {"kind": "wordpiece", "vocabulary": VOCABULARY})
    return list_files(folder, MANIFEST.format(size=size, dimension=dimension))


def write(folder: Path, name: str, content: bytes | npt.NDArray[np.floating[Any]] | dict[str, Any]) -> None:
    if isinstance(content, np.ndarray):
        content = content.astype(np.float32).tobytes()
    elif isinstance(content, dict):
        content = json.dumps(content).encode()
    (folder / name).write_bytes(content)


def list_files(folder: Path, manifest: str = "") -> Path:
    """Write the manifest, or the one that is there, with the files that are there and their hashes."""
    if not manifest:
        manifest = (folder / "model.toml").read_text().split("[[files]]")[0]
    for path in sorted(folder.iterdir()):
        if path.name != "model.toml" and path.is_file():
            data = path.read_bytes()
            digest = hashlib.sha256(data).hexdigest()
            manifest += f'[[files]]\nname = "{path.name}"\nsize = {len(data)}\nsha256 = "{digest}"\n'
    (folder / "model.toml").write_text(manifest)
    return folder
