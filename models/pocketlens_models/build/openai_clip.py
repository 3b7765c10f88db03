"""OpenAI's CLIP (Radford et al. 2021, arXiv:2103.00020) through its authors' modules in the package ``openai-clip``."""

from __future__ import annotations

import copy
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import torch
from PIL import Image
from torch import nn

from pocketlens.errors import ModelUnsupported
from pocketlens_models.build.attention import with_plain_attention
from pocketlens_models.build.checkpoint import read_state_dict
from pocketlens_models.build.pil_transforms import CenterCrop, Compose, InterpolationMode, Normalize, Resize, ToTensor
from pocketlens_models.build.upstream import Preprocessing, Vectors, load_weights

_MEAN: Final = (0.48145466, 0.4578275, 0.40821073)
_STD: Final = (0.26862954, 0.26130258, 0.27577711)
_CONTEXT: Final = 77
#: What the published archives hold beside weights: sizes, and the causal mask that the class makes itself.
_NOT_WEIGHTS: Final = ("input_resolution", "context_length", "vocab_size")


@cache
def _module(name: str) -> Any:
    """One module of the package ``clip``, without its ``__init__``.

    That one imports ``pkg_resources``, which current setuptools no longer has, and downloads' machinery.
    """
    package = importlib.util.find_spec("clip")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("No module named 'clip'", name="clip")
    path = Path(package.submodule_search_locations[0]) / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"openai_clip_{name}", path)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"No module named 'clip.{name}'", name="clip")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def _tokenizer() -> Any:
    return _module("simple_tokenizer").SimpleTokenizer()


class _TextTower(nn.Module):
    """Upstream's ``encode_text`` for one unpadded text, whose last token is the end-of-text one.

    The attention is causal, so that the padding after it never mattered.
    """

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.table, self.positions = model.token_embedding, model.positional_embedding
        self.transformer = with_plain_attention(model.transformer)
        self.norm, self.projection = model.ln_final, model.text_projection

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        hidden = self.table(ids) + self.positions[: ids.shape[1]]
        hidden = self.transformer(hidden.permute(1, 0, 2))
        return self.norm(hidden[-1]) @ self.projection


@dataclass(frozen=True)
class OpenAiClip:
    """A loaded CLIP with a ViT image tower; see `pocketlens_models.build.upstream.Upstream`."""

    model: Any
    dimension: int
    preprocessing: Preprocessing
    context: int = _CONTEXT

    @classmethod
    def load(cls, checkpoint: Path) -> Self:
        """The configuration is read from the weights' shapes, as upstream's ``build_model`` reads it."""
        weights = read_state_dict(checkpoint)
        configuration = _configuration(weights, checkpoint)
        model = _module("model").CLIP(**configuration)
        load_weights(
            model,
            weights,
            checkpoint,
            ignored=lambda name: name in _NOT_WEIGHTS or name.endswith("attn_mask"),
        )
        return cls(
            model=model,
            dimension=configuration["embed_dim"],
            preprocessing=Preprocessing(
                size=configuration["image_resolution"],
                resize="crop",
                mean=tuple(255 * value for value in _MEAN),  # type: ignore[arg-type]
                std=tuple(255 * value for value in _STD),  # type: ignore[arg-type]
            ),
            context=configuration["context_length"],
        )

    def image_tower(self) -> nn.Module:
        return with_plain_attention(copy.deepcopy(self.model.visual))

    def text_tower(self) -> nn.Module:
        return _TextTower(copy.deepcopy(self.model))

    def tokenizer(self) -> dict[str, Any]:
        ranks: dict[tuple[str, str], int] = _tokenizer().bpe_ranks
        return {"kind": "bpe", "merges": [" ".join(pair) for pair in sorted(ranks, key=ranks.__getitem__)]}

    def tokenize(self, text: str) -> list[int]:
        """As ``clip.tokenize(text, truncate=True)``."""
        codes = _tokenizer().encoder
        start, end = codes["<|startoftext|>"], codes["<|endoftext|>"]
        return [start, *_tokenizer().encode(text)[: self.context - 2], end]

    def transform(self, picture: Image.Image) -> Vectors:
        """As ``clip.clip._transform``."""
        size = self.preprocessing.size
        composed = Compose(
            [
                Resize(size, interpolation=InterpolationMode.BICUBIC),
                CenterCrop(size),
                lambda image: image.convert("RGB"),
                ToTensor(),
                Normalize(_MEAN, _STD),
            ]
        )
        return np.asarray(composed(picture), dtype=np.float32)

    def encode_images(self, batch: Vectors) -> Vectors:
        with torch.inference_mode():
            return np.asarray(self.model.encode_image(torch.from_numpy(batch)))

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        ids = torch.zeros(len(texts), self.context, dtype=torch.int64)
        for row, text in zip(ids, texts, strict=True):
            tokens = self.tokenize(text)
            row[: len(tokens)] = torch.tensor(tokens)
        with torch.inference_mode():
            return np.asarray(self.model.encode_text(ids))


def _configuration(weights: dict[str, torch.Tensor], checkpoint: Path) -> dict[str, Any]:
    """The arguments of upstream's CLIP class, as ``clip.model.build_model`` derives them."""
    try:
        width, _, patch, _ = weights["visual.conv1.weight"].shape
        grid = round((weights["visual.positional_embedding"].shape[0] - 1) ** 0.5)
        text_width = weights["ln_final.weight"].shape[0]
        return {
            "embed_dim": weights["text_projection"].shape[1],
            "image_resolution": patch * grid,
            "vision_layers": _layers(weights, "visual.transformer.resblocks."),
            "vision_width": width,
            "vision_patch_size": patch,
            "context_length": weights["positional_embedding"].shape[0],
            "vocab_size": weights["token_embedding.weight"].shape[0],
            "transformer_width": text_width,
            "transformer_heads": text_width // 64,
            "transformer_layers": _layers(weights, "transformer.resblocks."),
        }
    except (KeyError, ValueError) as error:
        raise ModelUnsupported(
            f"The checkpoint is not of a CLIP with a ViT image tower ({error}).", thing=str(checkpoint)
        ) from error


def _layers(weights: dict[str, torch.Tensor], prefix: str) -> int:
    return len({name[len(prefix) :].split(".")[0] for name in weights if name.startswith(prefix)})
