"""Several things that are asked for at once, as one vector to compare photos with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]

#: Weights of what to lean towards and away from. Measured with the starter model on the 769 of its COCO photos that
#: have five captions, which say what a photo shows: for 39 pairs like "dog -people", precision among the first ten
#: rises from 0.51 (the words alone) to 0.58, and photos of the unwanted fall from 39 % to 22 %; a weight of 0.5 gives
#: 0.56 and 27 %, of 1.0 0.55 and 16 %. For 38 pairs like "beach +dog" it rises from 0.25 to 0.58; a weight of 0.75
#: gives 0.55, of 1.5 0.57; the words "beach and dog" give 0.60.
MORE_WEIGHT, LESS_WEIGHT = 1.0, 0.75


def combined(origin: Sequence[Vector], more: Sequence[Vector], less: Sequence[Vector]) -> Vector:
    """The unit vector of ``mean(origin) + MORE_WEIGHT * mean(more) - LESS_WEIGHT * mean(less)``.

    That is relevance feedback (J. J. Rocchio, "Relevance Feedback in Information Retrieval", in Salton (ed.), The SMART
    Retrieval System, 1971, pp. 313-323), with what was typed in the place of documents that were judged. An empty
    sequence counts as zero.

    Args:
        origin, more, less: (dimension,) float32 each, all of comparable weight (see `of_equal_weight`).
    """
    parts = ((origin, 1.0), (more, MORE_WEIGHT), (less, -LESS_WEIGHT))
    total = sum((weight * np.mean(vectors, axis=0) for vectors, weight in parts if len(vectors)), np.float32(0))
    length = float(np.linalg.norm(total))
    # Equal things for and against leave nothing to ask for: every photo is as good as the next.
    return np.asarray(total / length if length > 0.0 else total, np.float32)


def of_equal_weight(vector: Vector, scores: NDArray[np.float32]) -> Vector:
    """``vector`` so scaled that its scores differ between photos by one standard deviation.

    Photos score a photo over a wider range than they score words, and would drown them otherwise.

    Args:
        scores: the vector's scores with a sample of the album.
    """
    spread = float(scores.std()) if len(scores) else 0.0
    return np.asarray(vector / spread, np.float32) if spread > 0.0 else vector
