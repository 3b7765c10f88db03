"""ONNX files of both towers, at full precision and in 8 bits."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_dynamic,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

from pocketlens_models.starter.arrays import FloatArray
from pocketlens_models.starter.backbones import IMAGE_SIZE, PIXEL_MEAN, PIXEL_STD, export_module
from pocketlens_models.starter.image_tower import ImageTower
from pocketlens_models.starter.text_tower import TextTower

logger = logging.getLogger(__name__)

Squares = Sequence[npt.NDArray[np.uint8]]


def pixels_of(square: npt.NDArray[np.uint8]) -> FloatArray:
    """What the image tower is fed for one uint8 square: float32 ``(1, 3, size, size)``."""
    scaled = (square.astype(np.float32) - PIXEL_MEAN) / PIXEL_STD
    return np.ascontiguousarray(scaled.transpose(2, 0, 1)[None])


class _Calibration(CalibrationDataReader):
    def __init__(self, squares: Squares) -> None:
        self._rest: Iterator[npt.NDArray[np.uint8]] = iter(squares)

    def get_next(self) -> dict[str, FloatArray] | None:
        square = next(self._rest, None)
        return None if square is None else {"pixels": pixels_of(square)}


def export_image(tower: ImageTower, path: Path) -> None:
    """The image tower in float32, batch of one."""
    example = torch.zeros(1, 3, IMAGE_SIZE, IMAGE_SIZE)
    export_module(tower.eval(), example, path, ["pixels"], ["embedding"], {})


def export_text(tower: TextTower, path: Path) -> None:
    """The text tower in float32 around its table, one text of any length."""
    example = torch.tensor([[1, 5, 9, 2]])
    export_module(tower.eval(), example, path, ["ids"], ["embedding"], {"ids": {1: "tokens"}})


def quantize_image(source: Path, target: Path, calibration: Squares) -> None:
    """Static 8 bits for the convolutions (per channel), dynamic 8 bits for the head's matrices.

    Convolutions are quantized with QDQ pairs rather than ConvInteger, which mobile runtimes lack and which is
    slower; the activations between them stay in 8 bits.
    """
    prepared, static = source.with_suffix(".prepared.onnx"), source.with_suffix(".static.onnx")
    quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
    quantize_static(
        str(prepared),
        str(static),
        _Calibration(calibration),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        weight_type=QuantType.QInt8,
        activation_type=QuantType.QUInt8,
        op_types_to_quantize=["Conv", "Clip", "Add"],
        nodes_to_exclude=_head_nodes(prepared),
    )
    _quantize_matrices(static, target)


def _head_nodes(path: Path) -> list[str]:
    """Names of the additions behind the backbones: their inputs are few and their precision matters."""
    nodes = onnx.load(str(path)).graph.node
    last = max(k for k, node in enumerate(nodes) if node.op_type == "Conv")
    return [node.name for k, node in enumerate(nodes) if node.op_type == "Add" and k > last]


def quantize_text(source: Path, target: Path) -> None:
    """8-bit weights, one scale a column, multiplied in float32; the table is packed already.

    Quantizing the activations as well, which is what ``quantize_dynamic`` does, brings a query from 5 ms to
    0.6 ms of CPU time, which nobody notices, and costs another .001 of mean cosine.
    """
    model = onnx.load(str(source))
    graph = model.graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    for node in list(graph.node):
        if node.op_type == "MatMul" and node.input[1] in weights:
            _quantize_columns(graph, weights[node.input[1]])
    onnx.save_model(model, str(target))


def _quantize_columns(graph: Any, tensor: Any) -> None:
    """Replace an initializer ``(rows, columns)`` by its int8 form and the DequantizeLinear that restores it."""
    matrix = onnx.numpy_helper.to_array(tensor)
    scales = (np.maximum(np.abs(matrix).max(0), 1e-8) / 127).astype(np.float32)
    parts = {
        "int8": np.round(matrix / scales).astype(np.int8),
        "scales": scales,
        "zeros": np.zeros(scales.shape, np.int8),
    }
    names = [f"{tensor.name}.{part}" for part in parts]
    graph.initializer.remove(tensor)
    graph.initializer.extend(
        onnx.numpy_helper.from_array(array, name) for name, array in zip(names, parts.values(), strict=True)
    )
    graph.node.insert(0, onnx.helper.make_node("DequantizeLinear", names, [tensor.name], axis=1))


def _quantize_matrices(source: Path, target: Path) -> None:
    quantize_dynamic(
        str(source),
        str(target),
        weight_type=QuantType.QInt8,
        per_channel=True,
        op_types_to_quantize=["MatMul", "Gemm"],
    )
    model = onnx.load(str(target))
    store_matrices_unsigned(model)
    onnx.save_model(model, str(target))


def store_matrices_unsigned(model: Any) -> None:
    """Move the weights of each MatMulInteger from int8 to uint8, zero points with them: the products stay the same.

    x86 CPUs without VNNI add two products of an unsigned and a signed byte in 16 bits, which overflow; two unsigned
    ones are multiplied in 16 bits to begin with. `pocketlens.session` has onnxruntime convert signed weights on such
    CPUs while it loads, which keeps the convolutions at full speed on all others, but fails at a matrix that two
    nodes share, as the class vectors are. The matrices are 1 per cent of the work: unsigned for everybody.
    """
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    users = [node for node in model.graph.node if node.op_type == "MatMulInteger"]
    for name in sorted({node.input[k] for node in users for k in (1, 3)}):
        values = onnx.numpy_helper.to_array(tensors[name])
        if values.dtype == np.int8:
            unsigned = (values.astype(np.int16) + 128).astype(np.uint8)
            tensors[name].CopyFrom(onnx.numpy_helper.from_array(unsigned, name))


def save_external(source: Path, target: Path) -> None:
    """Write ``source`` as ``target`` with its weights beside it in ``target`` + ``.data``."""
    model = onnx.load(str(source))
    data = target.with_name(target.name + ".data")
    data.unlink(missing_ok=True)
    onnx.save_model(
        model,
        str(target),
        save_as_external_data=True,
        all_tensors_to_one_file=True,
        location=data.name,
        size_threshold=1024,
    )
    onnx.checker.check_model(str(target))


class Runner:
    """An exported tower, run one item at a time on one thread as the app does."""

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry("session.x64quantprecision", "1")
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def run(self, value: npt.NDArray[np.float32] | npt.NDArray[np.int64]) -> FloatArray:
        """The embedding ``(512,)`` of one input with its batch axis."""
        output: FloatArray = self._session.run(None, {self._input: value})[0][0]
        return output / np.linalg.norm(output)
