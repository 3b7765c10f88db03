"""Two rankings of the same photos as one: by what they show and by the words that are written in them."""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

#: How much the first places of a ranking count above the later ones: the value of the source below.
_K: Final = 60.0


class Matching(msgspec.Struct, frozen=True):
    """Photos that have the words in them.

    Attributes:
        rows: of a `VectorSet`, distinct.
        places: of each row, from 1; copies share one.
        contents: the hashes of all of them.
    """

    rows: NDArray[np.intp]
    places: NDArray[np.int64]
    contents: frozenset[bytes] = frozenset()


def fused(ranked: NDArray[np.intp], matching: Matching, places: NDArray[np.intp]) -> NDArray[np.intp]:
    """Reciprocal rank fusion: each ranking gives a photo 1 / (60 + its place), and the sum is what counts.

    From G. V. Cormack, C. L. A. Clarke and S. Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual
    Rank Learning Methods", SIGIR 2009, pp. 758-759. A photo that is in one ranking alone gets nothing from the other;
    so those without the words keep their order.

    Args:
        ranked: rows of photos as they show what is asked for, best first, distinct.
        places: of each row of ``matching``, its place (from 1) in the whole of that ranking.

    Returns:
        The rows of both, best first.
    """
    value = dict(zip(ranked.tolist(), (1.0 / (_K + np.arange(1, len(ranked) + 1))).tolist(), strict=True))
    value |= dict(
        zip(matching.rows.tolist(), (1.0 / (_K + places) + 1.0 / (_K + matching.places)).tolist(), strict=True)
    )
    # Stable: of equals the one that was first stays so.
    return np.array(sorted(value, key=value.__getitem__, reverse=True), np.intp)
