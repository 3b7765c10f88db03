"""8-bit sums are exact on every CPU, those without VNNI too, and without converting weights at loading."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as shapes

from pocketlens.model import load_package

pytest.importorskip("onnx", reason="building models needs the export extra")

from pocketlens_models.build.pairs import pair_limited

#: 16 bits hold 32,767; an activation is at most 255.
MOST = 32_767 // 255


def pair_sums(numbers: npt.NDArray[np.int8]) -> npt.NDArray[np.int64]:
    """Magnitudes of neighbours along the inner axis, added."""
    wide = np.abs(numbers.astype(np.int64))
    if len(wide) % 2:
        wide = np.vstack([wide, np.zeros_like(wide[:1])])
    return wide[0::2] + wide[1::2]


weights = shapes.arrays(
    np.float32,
    st.tuples(st.integers(1, 9), st.integers(1, 5)),
    elements=st.floats(-4, 4, width=32),
)


@given(weights)
def test_two_neighbours_fit_and_no_weight_is_off_by_more_than_half_a_step(values: npt.NDArray[np.float32]) -> None:
    numbers, scales = pair_limited(values)
    assert pair_sums(numbers).max() <= MOST
    assert np.all(np.abs(numbers * scales - values) <= scales * 0.5001)


@given(weights)
def test_a_scale_is_no_coarser_than_the_greatest_pair_asks_for(values: npt.NDArray[np.float32]) -> None:
    numbers, scales = pair_limited(values)
    used = np.maximum(np.abs(numbers.astype(np.int64)).max(axis=0), pair_sums(numbers).max(axis=0))
    assert np.all((used >= 126) | (scales < 1e-30))


def product(rows: npt.NDArray[np.uint8], numbers: npt.NDArray[np.int8]) -> npt.NDArray[np.int32]:
    """What onnxruntime's MatMulInteger gives, with constant weights as in a model."""
    import onnx
    import onnxruntime
    from onnx import helper, numpy_helper

    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["rows", "weights"], ["sums"])],
        "product",
        [helper.make_tensor_value_info("rows", onnx.TensorProto.UINT8, list(rows.shape))],
        [helper.make_tensor_value_info("sums", onnx.TensorProto.INT32, [len(rows), numbers.shape[1]])],
        [numpy_helper.from_array(numbers, "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session: Any = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"rows": rows})[0])


@pytest.mark.parametrize("rows", [1, 3, 50])
@pytest.mark.parametrize("signs", ["same", "random"])
def test_the_brightest_activations_do_not_overflow(rows: int, signs: str) -> None:
    random = np.random.default_rng(7)
    values = np.abs(random.standard_normal((768, 96))).astype(np.float32)
    # Both neighbours at once as large as weights get.
    values[0:768:8] = values[1:768:8] = 4.0
    if signs == "random":
        values *= random.choice(np.array([-1, 1], np.float32), values.shape)
    numbers, _ = pair_limited(values)
    brightest = np.full((rows, 768), 255, np.uint8)
    np.testing.assert_array_equal(product(brightest, numbers), brightest.astype(np.int64) @ numbers.astype(np.int64))


def test_a_built_package_says_so_and_every_matrix_keeps_it(tiny_package: Path) -> None:
    import onnx
    from onnx import numpy_helper

    assert load_package(tiny_package).manifest.exact_int8
    for tower in ("image", "text"):
        graph = onnx.load(tiny_package / f"{tower}.onnx").graph
        inside = {tensor.name: tensor for tensor in graph.initializer}
        stored = [numpy_helper.to_array(inside[n.input[1]]) for n in graph.node if n.op_type == "MatMulInteger"]
        assert stored
        assert max(pair_sums(numbers).max() for numbers in stored) <= MOST
        # The greater half of the 8 bits is used all the same.
        assert max(np.abs(numbers.astype(np.int64)).max() for numbers in stored) > 100
