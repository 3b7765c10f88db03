"""8-bit towers: which weights are stored how, and why those.

Two ways are known here. ``int8`` quantizes weights per output channel and activations at run time
(DynamicQuantizeLinear and MatMulInteger): fastest on a CPU, and sensitive to outlier channels; its weights are such
that no CPU's sums overflow (`pocketlens_models.build.pairs`). ``weights8``
stores the weights in blocks of 8-bit numbers and computes in fp32 (MatMulNBits): twice the time, nearly exact.
Convolutions stay fp32 in both: ConvInteger does not exist on older and mobile runtimes, saves 2 MB of a ViT and
makes a ResNet 3.5 times slower.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

from pocketlens_models.build.graph import tools_silenced
from pocketlens_models.build.pairs import limit_pairs

#: A table smaller than this is a position or type table: a megabyte at most, and not worth its rounding error.
_SMALLEST_TABLE: Final = 4 * 1024 * 1024
#: Weights a block shares one scale over. 128 gave cosine .9999 on ViT-B/16 where 32 cost 6 MB more.
_BLOCK: Final = 128
#: MatMulInteger takes a signed weight with an unsigned activation; u8s8 runs 2.4 times faster than u8u8 here.
_INT8_LIMIT: Final = 127.0


class Quantization(StrEnum):
    """How a tower's weights are stored."""

    NONE = "fp32"
    INT8 = "int8"
    WEIGHTS8 = "weights8"

    @property
    def words(self) -> str:
        """What the manifest says about it."""
        return {
            Quantization.NONE: "fp32",
            Quantization.INT8: "int8 MatMul per channel, pair-limited; int8 embedding rows; fp32 Conv",
            Quantization.WEIGHTS8: "8-bit MatMul weights in blocks of 128; int8 embedding rows; fp32 Conv",
        }[self]

    @property
    def letter(self) -> str:
        """How a package's version tells it apart: vectors of two ways of storing are not the same."""
        return {Quantization.NONE: "f", Quantization.INT8: "i", Quantization.WEIGHTS8: "w"}[self]


def quantize(model: onnx.ModelProto, how: Quantization, scratch: Path) -> onnx.ModelProto:
    """The same graph with smaller weights.

    Args:
        model: an fp32 graph whose large weights are constant right-hand sides of MatMul, or Gather tables.
        scratch: an empty folder for the quantizer's own files; its contents may be deleted afterwards.

    Returns:
        A new model with every tensor inside it. ``model`` is not to be used afterwards.
    """
    if how is Quantization.NONE:
        return model
    _quantize_tables(model)
    return _int8(model, scratch) if how is Quantization.INT8 else _weights8(model)


def _int8(model: onnx.ModelProto, scratch: Path) -> onnx.ModelProto:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    weights = _weights(model)
    source, target = scratch / "fp32.onnx", scratch / "int8.onnx"
    onnx.save(model, source, save_as_external_data=True, location="fp32.data", size_threshold=1024)
    with tools_silenced():
        quantize_dynamic(
            source,
            target,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            weight_type=QuantType.QInt8,
            use_external_data_format=True,
            extra_options={"MatMulConstBOnly": True},
        )
    quantized = onnx.load(target)
    limit_pairs(quantized, weights)
    return quantized


def _weights(model: onnx.ModelProto) -> dict[str, npt.NDArray[np.float32]]:
    """The constant right-hand sides of its MatMuls."""
    right = {node.input[1] for node in model.graph.node if node.op_type == "MatMul"}
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer if tensor.name in right}


def _weights8(model: onnx.ModelProto) -> onnx.ModelProto:
    from onnxruntime.quantization.matmul_nbits_quantizer import DefaultWeightOnlyQuantConfig, MatMulNBitsQuantizer

    config = DefaultWeightOnlyQuantConfig(block_size=_BLOCK, is_symmetric=True, bits=8)
    quantizer = MatMulNBitsQuantizer(model, algo_config=config)
    with tools_silenced():
        quantizer.process()
    return quantizer.model.model


def _quantize_tables(model: onnx.ModelProto) -> None:
    """Replace each large embedding table by int8 rows and one fp32 scale a row.

    A scale a row, not one for the whole table as `quantize_dynamic` does for Gather: rare tokens have short
    rows, which a common scale rounds away.
    """
    graph = model.graph
    tables = {tensor.name: tensor for tensor in graph.initializer}
    nodes: list[onnx.NodeProto] = []
    for node in graph.node:
        table = tables.get(node.input[0]) if node.op_type == "Gather" else None
        if table is None or len(table.dims) != 2 or 4 * table.dims[0] * table.dims[1] < _SMALLEST_TABLE:
            nodes.append(node)
            continue
        rows = numpy_helper.to_array(table)
        scale = np.maximum(np.abs(rows).max(axis=1, keepdims=True) / _INT8_LIMIT, np.finfo(np.float32).tiny)
        name, ids, output = table.name, node.input[1], node.output[0]
        graph.initializer.remove(table)
        graph.initializer.extend(
            [
                numpy_helper.from_array(np.rint(rows / scale).astype(np.int8), f"{name}_int8"),
                numpy_helper.from_array(scale.astype(np.float32), f"{name}_scale"),
            ]
        )
        nodes += [
            helper.make_node("Gather", [f"{name}_int8", ids], [f"{output}_int8"], f"{node.name}_rows"),
            helper.make_node("Cast", [f"{output}_int8"], [f"{output}_float"], to=onnx.TensorProto.FLOAT),
            helper.make_node("Gather", [f"{name}_scale", ids], [f"{output}_scale"], f"{node.name}_scales"),
            helper.make_node("Mul", [f"{output}_float", f"{output}_scale"], [output]),
        ]
    del graph.node[:]
    graph.node.extend(nodes)
