"""The text tower: pruned token table, the upstream sentence network, and the step into the shared space."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from pocketlens_models.starter.arrays import FloatArray
from pocketlens_models.starter.sentences import SentenceEncoder
from pocketlens_models.starter.text_space import TextSpace

_LEVELS = 16
# N-gram widths of the three convolution branches and how many tokens of each lie on the left.
_BRANCHES = ((2, 0), (3, 1), (5, 2))
_BRANCH_WIDTH = 256
_MATRICES = ("cnn_W", "d0", "d1", "d2", "d3", "p1", "p3")
_VECTORS = ("ln_g", "ln_b", "cnn_b")


@dataclass(frozen=True)
class PackedTable:
    """A token table of 4 bits a number.

    A row is its scale times levels of one codebook; two levels share a byte, the even column in the high half.

    Attributes:
        packed: ``(rows, dimension / 2)`` uint8.
        scales: ``(rows, 1)`` float16.
        codebook: ``(16,)`` float32, the Lloyd-Max levels of the rows divided by their scales.
    """

    packed: npt.NDArray[np.uint8]
    scales: npt.NDArray[np.float16]
    codebook: FloatArray

    def unpack(self) -> FloatArray:
        """The table as float32."""
        levels = np.stack([self.packed >> 4, self.packed & 15], axis=-1).reshape(len(self.packed), -1)
        return np.asarray(self.codebook[levels] * self.scales.astype(np.float32), dtype=np.float32)


def pack_table(table: FloatArray, seed: int) -> PackedTable:
    """Quantize ``table`` to 16 levels a row (Lloyd 1982, "Least squares quantization in PCM")."""
    scales = np.maximum(np.sqrt((table**2).mean(1, keepdims=True)), 1e-6).astype(np.float16)
    normal = table / scales.astype(np.float32)
    sample = np.random.default_rng(seed).choice(normal.ravel(), 400_000, replace=False).astype(np.float64)
    codebook = np.quantile(sample, (np.arange(_LEVELS) + 0.5) / _LEVELS)
    for _ in range(40):
        nearest = np.searchsorted((codebook[1:] + codebook[:-1]) / 2, sample)
        counts = np.bincount(nearest, minlength=_LEVELS)
        codebook = np.bincount(nearest, sample, minlength=_LEVELS) / np.maximum(counts, 1)
    levels = np.searchsorted(((codebook[1:] + codebook[:-1]) / 2).astype(np.float32), normal).astype(np.uint8)
    chosen = codebook[levels].astype(np.float32)
    # The scale that brings each row nearest to what it was.
    best = (table * chosen).sum(1, keepdims=True) / np.maximum((chosen**2).sum(1, keepdims=True), 1e-9)
    packed = (levels[:, 0::2] << 4) | levels[:, 1::2]
    return PackedTable(packed, best.astype(np.float16), codebook.astype(np.float32))


class TextTower(torch.nn.Module):
    """Row ids ``(1, T)`` int64 to an embedding ``(1, 512)`` of unit length.

    The network behind the table is the upstream one (transformer-free: three n-gram convolution
    branches, then a deep averaging network), written out for one sentence.

    Args:
        encoder: where the weights come from.
        table: the pruned token table, float32 ``(rows, 512)`` or packed.
        space: what is done to the upstream embedding.
    """

    def __init__(
        self,
        encoder: SentenceEncoder,
        table: FloatArray | PackedTable,
        space: TextSpace,
    ) -> None:
        super().__init__()
        self.packed = isinstance(table, PackedTable)
        if isinstance(table, PackedTable):
            self.register_buffer("table", torch.tensor(table.packed))
            self.register_buffer("scales", torch.tensor(table.scales))
            self.register_buffer("codebook", torch.tensor(table.codebook))
        else:
            self.register_buffer("table", torch.tensor(table))
        weights = encoder.weights
        self.eps = float(weights.eps)
        for name in (*_MATRICES, *_VECTORS):
            self._keep(name, getattr(weights, name))
        for name in ("proj_W", "proj_b", "ln_g_all", "ln_b_all"):
            self._keep(name, getattr(weights, name))
        for branch in range(len(_BRANCHES)):
            for name in ("w1", "b1", "w2", "b2"):
                self._keep(f"{name}_{branch}", getattr(weights, name)[branch])
        self._keep("centre", space.centre)
        self._keep("language", space.language)

    def _keep(self, name: str, value: FloatArray) -> None:
        self.register_buffer(name, torch.tensor(np.asarray(value, dtype=np.float32)))

    def _norm(self, x: torch.Tensor, gain: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        centred = x - x.mean(-1, keepdim=True)
        return centred / torch.sqrt((centred**2).mean(-1, keepdim=True) + self.eps) * gain + bias

    def _tokens(self, ids: torch.Tensor) -> torch.Tensor:
        rows = self.table[ids]
        if not self.packed:
            return rows
        both = rows.to(torch.int32)
        high = torch.div(both, 16, rounding_mode="floor")
        levels = torch.stack([high, both - 16 * high], dim=-1).reshape(ids.shape[0], -1)
        return self.codebook[levels.long()] * self.scales[ids].float()

    @staticmethod
    def _window(x: torch.Tensor, width: int, left: int) -> torch.Tensor:
        """``(T, d)`` to ``(T, width * d)``: each token with its neighbours, zeros past the ends."""
        length = x.shape[0]
        padded = functional.pad(x, (0, 0, left, width - 1 - left))
        return torch.cat([padded[k : k + length] for k in range(width)], 1)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        tokens = self._tokens(ids[0])
        x = self._norm(tokens @ self.proj_W + self.proj_b, self.ln_g_all, self.ln_b_all)
        parts = [tokens]
        for k, (width, left) in enumerate(_BRANCHES):
            branch = x[:, k * _BRANCH_WIDTH : (k + 1) * _BRANCH_WIDTH]
            inner = torch.relu(self._window(branch, width, left) @ getattr(self, f"w1_{k}") + getattr(self, f"b1_{k}"))
            inner = inner + branch
            outer = torch.relu(self._window(inner, width, left) @ getattr(self, f"w2_{k}") + getattr(self, f"b2_{k}"))
            parts.append(outer + inner)
        y = self._norm(torch.cat(parts, 1), self.ln_g, self.ln_b)
        length = torch.ones_like(ids[0]).sum().float()
        mean = (y.sum(0, keepdim=True) @ self.cnn_W + length * self.cnn_b) / torch.sqrt(length)
        y1 = torch.relu(mean @ self.p1 + torch.relu(mean @ self.d0) @ self.d1)
        z = functional.normalize(torch.tanh(y1 @ self.p3 + torch.relu(y1 @ self.d2) @ self.d3), dim=1)
        centred = functional.normalize(z - self.centre, dim=1)
        along = (centred * self.language).sum(1, keepdim=True)
        return functional.normalize(centred - along * self.language, dim=1)
