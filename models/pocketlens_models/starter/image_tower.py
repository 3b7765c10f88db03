"""The image tower as one torch module: backbones, image space and heads."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.nn import functional

from pocketlens_models.starter.backbones import load_backbone
from pocketlens_models.starter.heads import Ensemble
from pocketlens_models.starter.image_space import ImageSpace


class ImageTower(torch.nn.Module):
    """Normalized pixels ``(n, 3, size, size)`` to embeddings ``(n, 512)`` of unit length.

    The learned heads know what the training photos show. The class mixture, added as it is, knows the
    thousand ImageNet classes: it is long where the backbones are sure and short where they are not.

    Args:
        variants: which backbones.
        space: what turns their outputs into points.
        heads: from points to unit vectors.
        class_weight: of the centred class mixture beside the heads' unit vector.
    """

    def __init__(self, variants: Sequence[int], space: ImageSpace, heads: Ensemble, class_weight: float) -> None:
        super().__init__()
        self.backbones = torch.nn.ModuleList([load_backbone(variant) for variant in variants])
        self.register_buffer("projection", torch.tensor(space.projection.T.copy()))
        self.register_buffer("offset", torch.tensor(space.offset))
        self.register_buffer("classes", torch.tensor(space.classes))
        self.register_buffer("usual", torch.tensor(space.usual))
        self.heads = heads
        self.class_weight = class_weight

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        blocks, mixtures = [], []
        for backbone in self.backbones:
            features = backbone.extract_features(pixels)
            whole = features.mean((2, 3))
            mixtures.append(functional.softmax(backbone._fc(whole), 1) @ self.classes)
            blocks += [
                functional.normalize(whole, dim=1),
                functional.normalize(features[:, :, 2:-2, 2:-2].mean((2, 3)), dim=1),
                mixtures[-1],
            ]
        learned = self.heads(torch.cat(blocks, 1) @ self.projection + self.offset)
        named = torch.stack(mixtures).mean(0) - self.usual
        return functional.normalize(learned + self.class_weight * named, dim=1)
