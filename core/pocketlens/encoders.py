"""The two encoders: a photo's pixels, or a few words, to one unit vector in the same space."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pocketlens.errors import ModelUnsupported, QueryInvalid
from pocketlens.model import ModelPackage
from pocketlens.session import open_session
from pocketlens.tokenizers import load_tokenizer

Vector = npt.NDArray[np.float32]


class ImageEncoder:
    """Encodes photos, one at a time. Threads may share one encoder.

    Batches are not offered: int8 results depend on the batch they are in, and a batch of one is no slower.

    Args:
        package: loaded with its "image" part.
        threads: computing threads of one call.
    """

    def __init__(self, package: ModelPackage, threads: int = 1) -> None:
        tower = package.manifest.image
        self.dimension = package.manifest.dimension
        self.size = tower.size
        self.preprocessing = tower.preprocessing
        self._name = package.manifest.key
        self._mean = np.asarray(tower.mean, dtype=np.float32)
        self._std = np.asarray(tower.std, dtype=np.float32)
        self._session = open_session(package, "image", threads)

    def encode(self, pixels: npt.NDArray[np.uint8]) -> Vector:
        """The embedding of one photo.

        Args:
            pixels: uint8 (size, size, 3), sRGB, upright, as `pocketlens.decoding.decode` gives them.

        Returns:
            float32 (dimension,), unit norm.

        Raises:
            ValueError: pixels of another shape or dtype.
            ModelUnsupported: the model gave no usable vector.
        """
        if pixels.shape != (self.size, self.size, 3) or pixels.dtype != np.uint8:
            raise ValueError(f"expected uint8 ({self.size}, {self.size}, 3), got {pixels.dtype} {pixels.shape}")
        scaled = (pixels.astype(np.float32) - self._mean) / self._std
        batch = np.ascontiguousarray(scaled.transpose(2, 0, 1))[np.newaxis]
        return _unit(self._session.run(batch), self.dimension, self._name)


class TextEncoder:
    """Encodes queries. Threads may share one encoder.

    Args:
        package: loaded with its "text" part.
        threads: computing threads of one call.
    """

    def __init__(self, package: ModelPackage, threads: int = 1) -> None:
        tower = package.manifest.text
        self.dimension = package.manifest.dimension
        self._name = package.manifest.key
        self._length = tower.context if tower.pad_to_context else 0
        self._tokenizer = load_tokenizer(package.path(tower.tokenizer), tower.context)
        self._session = open_session(package, "text", threads)

    def encode(self, text: str) -> Vector:
        """The embedding of a query; what exceeds the model's context is left out.

        Returns:
            float32 (dimension,), unit norm.

        Raises:
            QueryInvalid: there is nothing to be seen in the text (blank, control characters only).
            ModelUnsupported: the model gave no usable vector.
        """
        if not any(char.isprintable() and not char.isspace() for char in text):
            raise QueryInvalid("There is nothing to search for in these words.", remedy="Type a word or more.")
        ids = self._tokenizer.encode(text)
        ids = ids + [self._tokenizer.pad_id] * (self._length - len(ids))
        return _unit(self._session.run(np.array([ids], dtype=np.int64)), self.dimension, self._name)


def _unit(output: Vector, dimension: int, model: str) -> Vector:
    """The only row of a tower's output at unit length."""
    if output.shape != (1, dimension):
        raise ModelUnsupported(
            f"The model gave an output of shape {output.shape} instead of (1, {dimension}).", thing=model
        )
    norm = float(np.linalg.norm(output))
    if not np.isfinite(norm) or norm == 0.0:
        raise ModelUnsupported("The model gave a vector without a direction.", thing=model)
    unit: Vector = output[0] / np.float32(norm)
    return unit
