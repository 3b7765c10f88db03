"""Weights from an upstream checkpoint file, without ever running what is pickled in it.

A checkpoint is a file from the internet, and a pickle is a program. Plain ``torch.save`` files are read with
``weights_only``; TorchScript archives, which torch refuses to read that way, by an unpickler that can build
tensors and inert records and nothing else.
"""

from __future__ import annotations

import collections
import pickle
import zipfile
from pathlib import Path
from typing import Any, Final

import torch

from pocketlens.errors import ModelCorrupt, ModelMissing

StateDict = dict[str, torch.Tensor]

_STORAGES: Final = {
    "HalfStorage": torch.float16,
    "FloatStorage": torch.float32,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "BoolStorage": torch.bool,
}


def read_state_dict(path: Path) -> StateDict:
    """The tensors of a checkpoint by name, as upstream named them.

    Accepts what CLIP packages publish: a dictionary of tensors, one that holds it under ``state_dict`` (with the
    ``module.`` prefix that distributed training leaves), or a TorchScript archive.

    Raises:
        ModelMissing: no such file.
        ModelCorrupt: not a checkpoint, or one that holds more than tensors and plain values.
    """
    if not path.is_file():
        raise ModelMissing("There is no checkpoint file there.", thing=str(path))
    if _is_torchscript(path):
        return _read_torchscript(path)
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    # Torch raises pickle errors, RuntimeError, EOFError, zip errors and more for what is no checkpoint.
    except Exception as error:
        raise _corrupt(path, f"The checkpoint cannot be read as plain weights: {_first_line(error)}") from error
    if isinstance(content, dict) and isinstance(content.get("state_dict"), dict):
        content = content["state_dict"]
    if not isinstance(content, dict) or not content:
        raise _corrupt(path, "The checkpoint holds no dictionary of weights.")
    tensors = {str(name): value for name, value in content.items() if isinstance(value, torch.Tensor)}
    if tensors and all(name.startswith("module.") for name in tensors):
        tensors = {name.removeprefix("module."): value for name, value in tensors.items()}
    return tensors


def _is_torchscript(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith("/constants.pkl") for name in archive.namelist())
    except zipfile.BadZipFile:
        return False


class _Inert:
    """Stands in for every class of a TorchScript archive: it keeps its state and does nothing."""

    state: dict[str, Any]

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.state = state


class _TensorUnpickler(pickle.Unpickler):
    """Builds tensors, dictionaries and `_Inert` records; any other name in the pickle is refused."""

    def __init__(self, archive: zipfile.ZipFile, prefix: str) -> None:
        super().__init__(archive.open(f"{prefix}/data.pkl"))
        self._archive, self._prefix = archive, prefix

    def find_class(self, module: str, name: str) -> Any:
        if module == "__torch__" or module.startswith("__torch__."):
            return _Inert
        if module == "torch" and name in _STORAGES:
            return _STORAGES[name]
        allowed = {
            ("torch._utils", "_rebuild_tensor_v2"): _rebuild,
            ("collections", "OrderedDict"): collections.OrderedDict,
            ("torch.jit._pickle", "restore_type_tag"): _untagged,
        }
        if (module, name) in allowed:
            return allowed[module, name]
        raise pickle.UnpicklingError(f"the archive asks for {module}.{name}")

    def persistent_load(self, pid: Any) -> torch.Tensor:
        _, dtype, key, _, numel = pid
        data = bytearray(self._archive.read(f"{self._prefix}/data/{key}"))
        if not data:
            return torch.empty(0, dtype=dtype)
        return torch.frombuffer(data, dtype=dtype)[:numel]


def _rebuild(storage: torch.Tensor, offset: int, size: tuple[int, ...], stride: tuple[int, ...], *_: Any) -> Any:
    return storage.as_strided(size, stride, offset)


def _untagged(value: Any, _type: str) -> Any:
    return value


def _read_torchscript(path: Path) -> StateDict:
    tensors: StateDict = {}
    try:
        with zipfile.ZipFile(path) as archive:
            prefix = next(name for name in archive.namelist() if name.endswith("/data.pkl")).rsplit("/", 1)[0]
            _collect(_TensorUnpickler(archive, prefix).load(), "", tensors)
    except Exception as error:
        raise _corrupt(path, f"The TorchScript archive cannot be read: {_first_line(error)}") from error
    return tensors


def _collect(record: Any, prefix: str, tensors: StateDict) -> None:
    if isinstance(record, torch.Tensor):
        tensors[prefix] = record
    elif isinstance(record, _Inert):
        for name, value in record.state.items():
            _collect(value, f"{prefix}.{name}" if prefix else name, tensors)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _corrupt(path: Path, what: str) -> ModelCorrupt:
    return ModelCorrupt(what, thing=str(path), remedy="Download it again from the page the model is published on.")
