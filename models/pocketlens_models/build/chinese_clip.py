"""Chinese-CLIP (Yang et al. 2022, arXiv:2211.01335) through its authors' package ``cn_clip``."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import torch
from PIL import Image
from torch import nn

from pocketlens_models.build.attention import with_plain_attention
from pocketlens_models.build.checkpoint import read_state_dict
from pocketlens_models.build.pil_transforms import lent_as_torchvision
from pocketlens_models.build.upstream import Preprocessing, Vectors, load_weights

Configuration = dict[str, Any]

#: `cn_clip.clip.utils.image_transform`, on 0..255.
_MEAN: Final = (0.48145466 * 255, 0.4578275 * 255, 0.40821073 * 255)
_STD: Final = (0.26862954 * 255, 0.26130258 * 255, 0.27577711 * 255)
#: `cn_clip.clip.tokenize`: "all baseline models use 52 as the context length".
_CONTEXT: Final = 52


def _cn_clip() -> Any:
    with lent_as_torchvision():
        import cn_clip.clip.utils
    return cn_clip.clip


def upstream_configuration(architecture: str) -> Configuration:
    """The arguments of upstream's CLIP class for "VISION@TEXT", from upstream's own files."""
    folder = Path(_cn_clip().__file__).parent / "model_configs"
    configuration: Configuration = {}
    for part in architecture.split("@"):
        configuration |= json.loads((folder / f"{part}.json").read_text())
    if isinstance(configuration["vision_layers"], str):
        configuration["vision_layers"] = json.loads(configuration["vision_layers"])
    return configuration


class _TextTower(nn.Module):
    """Upstream's ``encode_text`` for one unpadded text: with nothing to mask, the mask is left out."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.embeddings, self.encoder = model.bert.embeddings, model.bert.encoder
        self.projection = model.text_projection

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        hidden = self.embeddings(ids, token_type_ids=torch.zeros_like(ids))
        no_heads_masked = [None] * len(self.encoder.layer)
        hidden = self.encoder(hidden, None, no_heads_masked)[0]
        return hidden[:, 0, :] @ self.projection


@dataclass(frozen=True)
class ChineseClip:
    """A loaded Chinese-CLIP; see `pocketlens_models.build.upstream.Upstream`."""

    model: Any
    dimension: int
    preprocessing: Preprocessing
    context: int = _CONTEXT

    @classmethod
    def load(cls, checkpoint: Path, configuration: Configuration) -> Self:
        """Upstream's CLIP class of that configuration, filled from a checkpoint as upstream publishes them."""
        weights = read_state_dict(checkpoint)
        model = _cn_clip().model.CLIP(**configuration)
        # The pooler is BERT's, not CLIP's: upstream's own loader drops it too.
        load_weights(model, weights, checkpoint, ignored=lambda name: "bert.pooler" in name)
        return cls(
            model=model,
            dimension=configuration["embed_dim"],
            preprocessing=Preprocessing(size=configuration["image_resolution"], resize="squash", mean=_MEAN, std=_STD),
        )

    def image_tower(self) -> nn.Module:
        return with_plain_attention(copy.deepcopy(self.model.visual))

    def text_tower(self) -> nn.Module:
        return _TextTower(copy.deepcopy(self.model))

    def tokenizer(self) -> dict[str, Any]:
        vocabulary: dict[str, int] = _cn_clip()._tokenizer.vocab
        return {"kind": "wordpiece", "vocabulary": sorted(vocabulary, key=vocabulary.__getitem__)}

    def tokenize(self, text: str) -> list[int]:
        ids = [int(each) for each in _cn_clip().tokenize([text], context_length=_CONTEXT)[0]]
        # Padding is 0, [PAD]; the text itself never holds it.
        return [each for each in ids if each != 0]

    def transform(self, picture: Image.Image) -> Vectors:
        pixels = _cn_clip().image_transform(self.preprocessing.size)(picture)
        return np.asarray(pixels, dtype=np.float32)

    def encode_images(self, batch: Vectors) -> Vectors:
        with torch.inference_mode():
            return np.asarray(self.model.encode_image(torch.from_numpy(batch)))

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        with torch.inference_mode():
            return np.asarray(self.model.encode_text(_cn_clip().tokenize(list(texts), context_length=_CONTEXT)))
