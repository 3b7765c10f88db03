"""A tower as an ONNX graph: exported, stripped to what runs, saved with its weights beside it."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

#: The newest opset that every onnxruntime since 1.17 and its mobile builds run whole.
OPSET: Final = 18
#: Tensors from this size go into the data file; smaller ones (shapes, scales) stay readable in the graph.
_EXTERNAL_FROM: Final = 1024
IMAGE_INPUT: Final = "pixels"
TEXT_INPUT: Final = "ids"
#: Not "embedding": exporters name the embedding look-up's own value so.
OUTPUT: Final = "features"


def image_graph(tower: nn.Module, size: int) -> onnx.ModelProto:
    """``tower`` as a graph: ``pixels`` float32 (N, 3, size, size) to ``features`` float32 (N, d)."""
    example = torch.zeros(2, 3, size, size)
    return _export(tower, example, IMAGE_INPUT, {0: torch.export.Dim("n", min=1, max=256)})


def text_graph(tower: nn.Module, context: int) -> onnx.ModelProto:
    """``tower`` as a graph: ``ids`` int64 (1, T) with T up to ``context``, to ``features`` float32 (1, d)."""
    example = torch.arange(7, dtype=torch.int64).reshape(1, 7)
    return _export(tower, example, TEXT_INPUT, {1: torch.export.Dim("t", min=2, max=context)})


@contextlib.contextmanager
def tools_silenced() -> Iterator[None]:
    """Without the exporter's and the quantizer's remarks on their own insides: nothing here can act on them."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def _export(
    tower: nn.Module, example: torch.Tensor, name: str, dynamic: dict[int, torch.export.Dim]
) -> onnx.ModelProto:
    with torch.no_grad(), tools_silenced():
        program = torch.onnx.export(
            tower.eval(),
            (example,),
            dynamo=True,
            opset_version=OPSET,
            dynamic_shapes=({**dynamic},),
            input_names=[name],
            output_names=[OUTPUT],
            verbose=False,
        )
    model: onnx.ModelProto = program.model_proto
    return stripped(with_plain_layer_norms(model))


def with_plain_layer_norms(model: onnx.ModelProto) -> onnx.ModelProto:
    """``model`` itself with every LayerNormalization over the last axis as the dozen operations that it is.

    onnxruntime 1.28 computes its own one number after the other: the 26 of a ViT-B/16 image tower took a fifth of a
    run, which is that much faster with these. It does not fuse them again: no number is divided by a square root.
    """
    last = numpy_helper.from_array(np.array([-1], np.int64), "last_axis")
    nodes: list[onnx.NodeProto] = []
    constants: list[onnx.TensorProto] = []
    for node in model.graph.node:
        attributes = {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}
        outputs = [name for name in node.output if name]
        if node.op_type != "LayerNormalization" or attributes.get("axis", -1) != -1 or len(outputs) > 1:
            nodes.append(node)
            continue
        x, *scale_and_bias = node.input
        (result,) = outputs
        epsilon = numpy_helper.from_array(np.array(attributes.get("epsilon", 1e-5), np.float32), f"{result}.epsilon")
        constants += [epsilon] if constants else [last, epsilon]
        parts: list[tuple[str, list[str]]] = [
            ("ReduceMean", [x, last.name]),
            ("Sub", [x, f"{result}.0"]),
            ("Mul", [f"{result}.1", f"{result}.1"]),
            ("ReduceMean", [f"{result}.2", last.name]),
            ("Add", [f"{result}.3", epsilon.name]),
            ("Sqrt", [f"{result}.4"]),
            ("Reciprocal", [f"{result}.5"]),
            ("Mul", [f"{result}.1", f"{result}.6"]),
            *zip(("Mul", "Add"), ([f"{result}.{at}", name] for at, name in enumerate(scale_and_bias, 7)), strict=False),
        ]
        names = [*(f"{result}.{number}" for number in range(len(parts) - 1)), result]
        nodes += [
            onnx.helper.make_node(kind, inputs, [name]) for (kind, inputs), name in zip(parts, names, strict=True)
        ]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    model.graph.initializer.extend(constants)
    return model


def stripped(model: onnx.ModelProto) -> onnx.ModelProto:
    """``model`` itself without what no runtime reads: stack traces, inferred shapes, the exporting machine's paths."""
    graph = model.graph
    del graph.value_info[:]
    del graph.metadata_props[:]
    del model.metadata_props[:]
    graph.doc_string = model.doc_string = ""
    for node in graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in (*graph.input, *graph.output, *graph.initializer):
        del value.metadata_props[:]
        value.doc_string = ""
    model.producer_name, model.producer_version = "pocketlens", ""
    return model


def save(model: onnx.ModelProto, path: Path) -> tuple[Path, Path]:
    """Write ``path`` and its external data file ``path.name + ".data"``, and return both.

    A data file is mapped rather than read by onnxruntime, so the weights are not private memory.
    """
    data = path.with_name(f"{path.name}.data")
    data.unlink(missing_ok=True)
    onnx.save(
        stripped(model),
        path,
        save_as_external_data=True,
        all_tensors_to_one_file=True,
        location=data.name,
        size_threshold=_EXTERNAL_FROM,
    )
    onnx.checker.check_model(path)
    return path, data
