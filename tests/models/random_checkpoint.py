"""Checkpoints in upstream's own formats with weights at random: the same on every run, trained on nothing."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import torch

from pocketlens_models.build.chinese_clip import Configuration, _cn_clip
from pocketlens_models.build.openai_clip import _module

#: A Chinese-CLIP that builds in seconds, with upstream's whole vocabulary.
TINY_CHINESE_CLIP: Configuration = {
    "embed_dim": 32,
    "image_resolution": 64,
    "vision_layers": 2,
    "vision_width": 64,
    "vision_patch_size": 16,
    "vocab_size": 21128,
    "text_attention_probs_dropout_prob": 0.1,
    "text_hidden_act": "gelu",
    "text_hidden_dropout_prob": 0.1,
    "text_hidden_size": 64,
    "text_initializer_range": 0.02,
    "text_intermediate_size": 128,
    "text_max_position_embeddings": 512,
    "text_num_attention_heads": 4,
    "text_num_hidden_layers": 2,
    "text_type_vocab_size": 2,
}
#: The same with a ResNet, whose attention pooling is a case of its own.
TINY_CHINESE_RESNET: Configuration = TINY_CHINESE_CLIP | {
    "vision_layers": [1, 1, 1, 1],
    "vision_width": 16,
    "vision_patch_size": None,
}
TINY_OPENAI_CLIP: dict[str, Any] = {
    "embed_dim": 32,
    "image_resolution": 64,
    "vision_layers": 2,
    "vision_width": 64,
    "vision_patch_size": 16,
    "context_length": 77,
    "vocab_size": 49408,
    "transformer_width": 64,
    "transformer_heads": 1,
    "transformer_layers": 2,
}


def save_chinese_clip(path: Path, configuration: Configuration, *, gain: float = 2.0) -> Path:
    """Half-precision weights under ``module.`` names in a training record, as upstream's trainer writes them."""
    torch.manual_seed(0)
    model = _cn_clip().model.CLIP(**configuration)
    _randomise(model, gain)
    _cn_clip().model.convert_weights(model)
    weights = {f"module.{name}": tensor for name, tensor in model.state_dict().items()}
    torch.save({"epoch": 15, "step": 9, "name": "tiny", "state_dict": weights}, path)
    return path


def save_openai_clip(path: Path, configuration: dict[str, Any], *, torchscript: bool = True, gain: float = 2.0) -> Path:
    """A TorchScript archive in half precision, as OpenAI published it, or a plain dictionary of the same."""
    torch.manual_seed(0)
    model = _module("model").CLIP(**configuration).eval()
    _randomise(model, gain)
    if not torchscript:
        _module("model").convert_weights(model)
        torch.save(model.state_dict(), path)
        return path
    size, context = configuration["image_resolution"], configuration["context_length"]
    example = (torch.zeros(1, 3, size, size), torch.ones(1, context, dtype=torch.int64))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        traced = torch.jit.trace(model, example, check_trace=False)
        torch.jit.save(traced.half(), str(path))
    return path


def _randomise(model: Any, gain: float) -> None:
    """Weights large enough that different inputs give different outputs, as they do after training."""
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "embedding" in name and weight.ndim == 2:
                weight.normal_(0, 0.5)
            elif weight.ndim >= 2:
                weight.normal_(0, gain / weight[0].numel() ** 0.5)
            elif name.endswith("bn3.weight"):
                weight.fill_(0.5)
