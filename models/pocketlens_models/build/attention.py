"""Attention written with the fewest operations, so that the exported graph is plain and quantizes whole.

`torch.nn.MultiheadAttention` exports to some 25 nodes a layer, shape arithmetic among them, and its output
projection to a Gemm that the int8 quantizer leaves alone. The classes here hold the same weights and compute the
same function (Vaswani et al. 2017, section 3.2) in nine.
"""

from __future__ import annotations

import torch
from torch import nn


def _linear(weight: torch.Tensor, bias: torch.Tensor | None) -> nn.Linear:
    layer = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None)
    layer.weight = nn.Parameter(weight.detach().clone(), requires_grad=False)
    if bias is not None:
        layer.bias = nn.Parameter(bias.detach().clone(), requires_grad=False)
    return layer


class PlainAttention(nn.Module):
    """Self-attention over (L, N, W), in place of a `torch.nn.MultiheadAttention` with packed projections."""

    def __init__(self, original: nn.MultiheadAttention) -> None:
        super().__init__()
        self.head_width = original.head_dim
        weights = original.in_proj_weight.chunk(3)
        biases = original.in_proj_bias.chunk(3)
        # Scaling the query's weights once saves a multiplication of every score.
        scale = float(original.head_dim) ** -0.5
        self.query = _linear(weights[0] * scale, biases[0] * scale)
        self.key = _linear(weights[1], biases[1])
        self.value = _linear(weights[2], biases[2])
        self.output = _linear(original.out_proj.weight, original.out_proj.bias)

    def forward(
        self,
        tokens: torch.Tensor,
        *_same_tokens: torch.Tensor,
        attn_mask: torch.Tensor | None = None,
        **_need_weights: bool,
    ) -> tuple[torch.Tensor, None]:
        """Called as upstream calls MultiheadAttention: with the tokens as query, key and value.

        Args:
            tokens: float32 (L, N, W).
            attn_mask: added to the scores, float32 (C, C) with C at least L, as CLIP's causal mask is.
        """
        length, width = tokens.shape[0], tokens.shape[2]
        heads_first = (length, -1, self.head_width)
        q = self.query(tokens).reshape(heads_first).transpose(0, 1)
        k = self.key(tokens).reshape(heads_first).permute(1, 2, 0)
        v = self.value(tokens).reshape(heads_first).transpose(0, 1)
        scores = q @ k
        if attn_mask is not None:
            scores = scores + attn_mask[:length, :length]
        mixed = (scores.softmax(dim=-1) @ v).transpose(0, 1).reshape(length, -1, width)
        return self.output(mixed), None


class PlainAttentionPool(nn.Module):
    """CLIP ResNets' attention pooling over (N, C, H, W), of which only the first query is ever used."""

    def __init__(self, original: nn.Module) -> None:
        super().__init__()
        width = original.q_proj.in_features
        self.head_width = width // original.num_heads
        scale = float(self.head_width) ** -0.5
        self.positions = nn.Parameter(original.positional_embedding.detach().clone(), requires_grad=False)
        self.query = _linear(original.q_proj.weight * scale, original.q_proj.bias * scale)
        self.key = _linear(original.k_proj.weight, original.k_proj.bias)
        self.value = _linear(original.v_proj.weight, original.v_proj.bias)
        self.output = _linear(original.c_proj.weight, original.c_proj.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """float32 (N, C, H, W) to (N, output width)."""
        width = x.shape[1]
        tokens = x.flatten(2).permute(0, 2, 1)
        tokens = torch.cat([tokens.mean(dim=1, keepdim=True), tokens], dim=1) + self.positions
        length = tokens.shape[1]
        heads = width // self.head_width
        q = self.query(tokens[:, :1]).reshape(-1, 1, heads, self.head_width).transpose(1, 2)
        k = self.key(tokens).reshape(-1, length, heads, self.head_width).permute(0, 2, 3, 1)
        v = self.value(tokens).reshape(-1, length, heads, self.head_width).transpose(1, 2)
        mixed = ((q @ k).softmax(dim=-1) @ v).reshape(-1, 1, width)
        return self.output(mixed)[:, 0]


def with_plain_attention(model: nn.Module) -> nn.Module:
    """``model`` itself, every attention layer in it replaced by its plain equivalent."""
    for name, child in model.named_children():
        if isinstance(child, nn.MultiheadAttention):
            setattr(model, name, PlainAttention(child))
        elif type(child).__name__ == "AttentionPool2d":
            setattr(model, name, PlainAttentionPool(child))
        else:
            with_plain_attention(child)
    return model
