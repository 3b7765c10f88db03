"""An upstream model as its own authors' code runs it: the fp32 reference, and what a package is made from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import nn

from pocketlens.errors import ModelUnsupported
from pocketlens_models.registry import KnownModel

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Preprocessing:
    """How upstream makes a model's input of a picture; mean and std on 0..255."""

    size: int
    resize: Literal["squash", "crop"]
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    interpolation: Literal["bicubic", "bilinear"] = "bicubic"


class Upstream(Protocol):
    """One loaded checkpoint."""

    @property
    def dimension(self) -> int:
        """Length of an embedding."""

    @property
    def context(self) -> int:
        """Most tokens of a text, special ones included."""

    @property
    def preprocessing(self) -> Preprocessing:
        """Of pictures."""

    def image_tower(self) -> nn.Module:
        """A copy to export: float32 (N, 3, S, S) to (N, d)."""

    def text_tower(self) -> nn.Module:
        """A copy to export: int64 (1, T), unpadded, to (1, d)."""

    def tokenizer(self) -> dict[str, Any]:
        """The content of the package's ``tokenizer.json``."""

    def tokenize(self, text: str) -> list[int]:
        """Upstream's own ids, special ones included, without padding."""

    def transform(self, picture: Image.Image) -> Vectors:
        """Upstream's own preprocessing: float32 (3, S, S)."""

    def encode_images(self, batch: Vectors) -> Vectors:
        """Upstream's own fp32 embeddings of float32 (N, 3, S, S), not normalised."""

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Upstream's own fp32 embeddings, padded to the context as upstream pads, not normalised."""


def load_upstream(entry: KnownModel, checkpoint: Path) -> Upstream:
    """Load a checkpoint with the code of the people who published it.

    Raises:
        ModelUnsupported: no recipe for this model, or the checkpoint is of another architecture.
        ModelMissing, ModelCorrupt: as `pocketlens_models.build.checkpoint.read_state_dict`.
    """
    match entry.family:
        case "chinese-clip":
            from pocketlens_models.build.chinese_clip import ChineseClip, upstream_configuration

            return ChineseClip.load(checkpoint, upstream_configuration(entry.architecture))
        case "openai-clip":
            from pocketlens_models.build.openai_clip import OpenAiClip

            return OpenAiClip.load(checkpoint)
    raise ModelUnsupported(
        entry.obstacle or "This model is not made from a checkpoint: it has a recipe and an examination of its own.",
        thing=entry.id,
        remedy="`pocketlens models list` shows which can be built.",
    )


def load_weights(
    model: nn.Module, weights: dict[str, torch.Tensor], checkpoint: Path, ignored: Callable[[str], bool]
) -> None:
    """Fill ``model``, made fp32, with a checkpoint's weights.

    Args:
        ignored: whether a name in the checkpoint may be left over.

    Raises:
        ModelUnsupported: a weight is missing, left over, or of another shape.
    """
    expected = {name: tensor.shape for name, tensor in model.state_dict().items()}
    missing = sorted(expected.keys() - weights.keys())
    unknown = sorted(name for name in weights.keys() - expected.keys() if not ignored(name))
    misshapen = sorted(name for name in expected.keys() & weights.keys() if expected[name] != weights[name].shape)
    if missing or unknown or misshapen:
        some = ", ".join([*missing, *unknown, *misshapen][:3])
        raise ModelUnsupported(
            f"The checkpoint is of another architecture: {len(missing)} weights are missing, {len(unknown)} unknown, "
            f"{len(misshapen)} of another shape ({some}).",
            thing=str(checkpoint),
            remedy="Name the model that this checkpoint belongs to.",
        )
    model.float()
    model.load_state_dict(
        {
            name: weights[name].to(torch.float32) if weights[name].is_floating_point() else weights[name]
            for name in expected
        }
    )
    model.eval()
