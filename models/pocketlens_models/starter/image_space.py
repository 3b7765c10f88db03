"""From backbone features to the space the heads work in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from pocketlens_models.starter.arrays import FloatArray
from pocketlens_models.starter.backbones import CHANNELS
from pocketlens_models.starter.features import Features
from pocketlens_models.starter.sentences import unit


def probabilities(logits: FloatArray) -> FloatArray:
    """Softmax over the last axis."""
    exponent = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(exponent / exponent.sum(-1, keepdims=True), dtype=np.float32)


def blocks_of(features: Features, classes: FloatArray) -> list[FloatArray]:
    """The three descriptions of each photo: whole map, centre of the map, and class names.

    Args:
        features: pooled maps and logits, views first.
        classes: ``(1000, 512)`` embeddings of the class names; weighted by the class probabilities they are
            the ConSE vector (Norouzi et al. 2014, "Zero-shot learning by convex combination of semantic
            embeddings").
    """
    whole, centre = features.pooled[..., :CHANNELS], features.pooled[..., CHANNELS:]
    return [unit(whole), unit(centre), probabilities(features.logits) @ classes]


def class_mixture(features: Sequence[Features], classes: FloatArray) -> FloatArray:
    """``(views, n, 512)``: the ConSE vector of each photo, the mean over the backbones."""
    mixtures = [probabilities(each.logits) @ classes for each in features]
    return np.asarray(np.mean(mixtures, axis=0), dtype=np.float32)


@dataclass(frozen=True)
class ImageSpace:
    """An affine map from concatenated blocks to the principal components of the training photos.

    Attributes:
        projection: ``(dimension, blocks)`` float32.
        offset: ``(dimension,)`` float32.
        classes: ``(1000, 512)`` float32, see ``blocks_of``.
        usual: ``(512,)`` float32, the mean class mixture of the training photos.
    """

    projection: FloatArray
    offset: FloatArray
    classes: FloatArray
    usual: FloatArray

    def apply(self, features: Sequence[Features]) -> FloatArray:
        """``(views, n, dimension)`` for the features of every backbone, in their order."""
        blocks = [block for each in features for block in blocks_of(each, self.classes)]
        return np.asarray(np.concatenate(blocks, -1) @ self.projection.T + self.offset, dtype=np.float32)


def fit_space(features: Sequence[Features], classes: FloatArray, dimension: int) -> ImageSpace:
    """Principal components of plain and mirrored photos, each block scaled to the same spread."""
    blocks = [block[:2].reshape(-1, block.shape[-1]) for each in features for block in blocks_of(each, classes)]
    means = [block.mean(0) for block in blocks]
    spreads = [float((block - mean).std()) for block, mean in zip(blocks, means, strict=True)]
    mean = np.concatenate(means)
    spread = np.concatenate([np.full(len(m), s) for m, s in zip(means, spreads, strict=True)])
    scaled = ((np.concatenate(blocks, -1) - mean) / spread).astype(np.float32)
    torch.manual_seed(0)
    # A randomized decomposition: the exact one of 6,144 columns takes minutes and differs in nothing that counts.
    _, values, vectors = torch.svd_lowrank(torch.tensor(scaled), q=dimension + 64, niter=4)
    components = vectors[:, :dimension].numpy().T
    # Each component keeps its variance: whitening them measured worse on the development photos.
    scale = np.sqrt((values[:dimension].numpy() ** 2).mean() / len(scaled))
    projection = components / scale / spread
    return ImageSpace(
        projection.astype(np.float32),
        (-(projection @ mean)).astype(np.float32),
        classes.astype(np.float32),
        class_mixture(features, classes)[0].mean(0),
    )
