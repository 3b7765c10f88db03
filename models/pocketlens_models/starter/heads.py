"""The learned part of the image tower: a ridge head and contrastive heads, trained towards fixed text vectors.

The text side stays fixed (Zhai et al. 2022, "LiT: zero-shot transfer with locked-image text tuning", with the
roles exchanged), so heads of several seeds agree on the space and their sum is their ensemble.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from pocketlens_models.starter.arrays import FloatArray
from pocketlens_models.starter.sentences import DIMENSION, unit

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Samples:
    """Pictures with what is said of them.

    Attributes:
        features: ``(views, n, space)`` float32.
        captions: for each picture ``(captions, 512)`` float32 of unit length.
        weight: ``(n,)`` float32, how much the ridge head trusts each picture's captions.
        chosen: how many of them an epoch draws.
    """

    features: FloatArray
    captions: Sequence[FloatArray]
    weight: FloatArray
    chosen: int


@dataclass(frozen=True)
class Schedule:
    """How a contrastive head is trained; each value is the best of those tried on the development photos."""

    epochs: int = 40
    batch: int = 256
    hidden: int = 768
    dropout: float = 0.5
    rate: float = 1e-3
    decay: float = 0.05
    temperature: float = 0.07
    softness: float = 0.07
    noise: float = 0.5
    mixing: float = 0.5


class Head(torch.nn.Module):
    """``(n, space)`` to ``(n, 512)`` of unit length: a linear part and a small network beside it."""

    def __init__(self, space: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(space, DIMENSION)
        self.inner = torch.nn.Linear(space, hidden)
        self.outer = torch.nn.Linear(hidden, DIMENSION)
        self.dropout = torch.nn.Dropout(dropout)
        with torch.no_grad():
            # Starts near the linear head, which is already good.
            self.outer.weight.mul_(0.3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        bent = self.outer(self.dropout(functional.gelu(self.inner(self.dropout(x)))))
        return functional.normalize(self.linear(self.dropout(x)) + bent, dim=-1)


def ridge_head(parts: Sequence[Samples], penalty: float) -> FloatArray:
    """``(512, space)``: least squares from plain and mirrored pictures to their mean captions."""
    rows, targets = [], []
    for part in parts:
        root = np.sqrt(part.weight)[:, None]
        mean = np.stack([captions.mean(0) for captions in part.captions])
        for view in part.features[:2]:
            rows.append(view * root)
            targets.append(mean * root)
    x, y = np.concatenate(rows).astype(np.float64), np.concatenate(targets).astype(np.float64)
    return np.linalg.solve(x.T @ x + penalty * np.eye(x.shape[1]), x.T @ y).T.astype(np.float32)


class _Deck:
    """Draws batches of pictures, views and captions from several parts."""

    def __init__(self, parts: Sequence[Samples]) -> None:
        self.features = [torch.tensor(part.features) for part in parts]
        self.chosen = [min(part.chosen, part.features.shape[1]) for part in parts]
        self.captions = [_padded(part.captions) for part in parts]
        self.counts = [torch.tensor([len(c) for c in part.captions]) for part in parts]
        self.means = [functional.normalize(c.sum(1), dim=-1) for c in self.captions]

    def epoch(self, batch: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
        pairs = [self._draw(k) for k in range(len(self.features))]
        x, t = (torch.cat(side) for side in zip(*pairs, strict=True))
        order = torch.randperm(len(x))
        return [(x[order[i : i + batch]], t[order[i : i + batch]]) for i in range(0, len(x) - batch + 1, batch)]

    def _draw(self, part: int) -> tuple[torch.Tensor, torch.Tensor]:
        features, counts = self.features[part], self.counts[part]
        pick = torch.randperm(features.shape[1])[: self.chosen[part]]
        view = torch.randint(features.shape[0], (len(pick),))
        caption = (torch.rand(len(pick)) * counts[pick]).long()
        one = self.captions[part][pick, caption]
        # The mean of the captions is a better target than any one of them, one of them a more natural query.
        text = torch.where((torch.rand(len(pick)) < 0.3)[:, None], self.means[part][pick], one)
        return features[view, pick], text


def _padded(captions: Sequence[FloatArray]) -> torch.Tensor:
    most = max(len(c) for c in captions)
    table = torch.zeros(len(captions), most, DIMENSION)
    for k, each in enumerate(captions):
        table[k, : len(each)] = torch.tensor(each)
    return table


def train_head(parts: Sequence[Samples], seed: int, schedule: Schedule) -> Head:
    """One contrastive head (symmetric cross-entropy with targets softened by caption similarity)."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    deck = _Deck(parts)
    head = Head(parts[0].features.shape[-1], schedule.hidden, schedule.dropout)
    scale = torch.nn.Parameter(torch.tensor(float(np.log(1 / schedule.temperature))))
    optimizer = torch.optim.AdamW(
        [{"params": head.parameters()}, {"params": [scale], "weight_decay": 0.0}],
        lr=schedule.rate,
        weight_decay=schedule.decay,
    )
    steps = schedule.epochs * (sum(deck.chosen) // schedule.batch)
    rise = torch.optim.lr_scheduler.OneCycleLR(optimizer, schedule.rate, total_steps=steps, pct_start=0.15)
    head.train()
    for _ in range(schedule.epochs):
        for x, t in deck.epoch(schedule.batch):
            x_in, target = _mixed(x + schedule.noise * torch.randn_like(x), t, rng, schedule.mixing)
            loss = _loss(head(x_in), target, scale.exp().clamp(max=60), schedule.softness)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            rise.step()
    logger.info("head %d: loss %.3f", seed, float(loss.detach()))
    return head.eval()


def _mixed(
    x: torch.Tensor, t: torch.Tensor, rng: np.random.Generator, share: float
) -> tuple[torch.Tensor, torch.Tensor]:
    if rng.random() < share:
        weight = float(rng.beta(0.4, 0.4))
        other = torch.randperm(len(x))
        x, t = weight * x + (1 - weight) * x[other], weight * t + (1 - weight) * t[other]
    return x, functional.normalize(t, dim=-1)


def _loss(y: torch.Tensor, t: torch.Tensor, scale: torch.Tensor, softness: float) -> torch.Tensor:
    scores = y @ t.T * scale
    with torch.no_grad():
        wanted = functional.softmax(t @ t.T / softness, 1)
    forth = -(wanted * functional.log_softmax(scores, 1)).sum(1).mean()
    back = -(wanted * functional.log_softmax(scores.T, 1)).sum(1).mean()
    return forth + back


class Ensemble(torch.nn.Module):
    """The sum of a ridge head and contrastive heads, of unit length.

    Args:
        ridge: ``(512, space)``.
        heads: trained heads.
        ridge_weight: of the ridge head's unit vector beside the mean of the others.
    """

    def __init__(self, ridge: FloatArray, heads: Sequence[Head], ridge_weight: float) -> None:
        super().__init__()
        self.register_buffer("ridge", torch.tensor(np.ascontiguousarray(ridge.T)))
        self.heads = torch.nn.ModuleList(heads)
        self.ridge_weight = ridge_weight

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        total = self.ridge_weight * functional.normalize(x @ self.ridge, dim=-1)
        for head in self.heads:
            total = total + head(x) / len(self.heads)
        return functional.normalize(total, dim=-1)

    def embed(self, x: FloatArray) -> FloatArray:
        """Unit vectors ``(n, 512)`` of points ``(n, space)``."""
        with torch.inference_mode():
            return unit(self(torch.tensor(x)).numpy())
