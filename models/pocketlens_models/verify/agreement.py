"""How well one set of embeddings stands for another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]

#: How many of the worst items a report names.
_WORST: Final = 5
#: Neighbours that are compared: a first row of results.
TOP_K: Final = 10


class WorstItem(msgspec.Struct, frozen=True):
    """One input and the cosine between its two embeddings."""

    item: str
    cosine: float


class TowerParity(msgspec.Struct, frozen=True, kw_only=True):
    """Candidate embeddings against reference ones, row by row.

    Attributes:
        min_cosine, mean_cosine: of the rows as they are.
        min_centred, mean_centred: of the rows less the reference's mean row. Embeddings of one tower share a
            large common part, which hides errors from a plain cosine and which ranking never sees.
        top_k_agreement: mean share of the reference's ten best counterparts in the other tower that the
            candidate also ranks among its ten best.
        worst: the rows with the lowest cosine.
    """

    items: int
    min_cosine: float
    mean_cosine: float
    min_centred: float
    mean_centred: float
    top_k_agreement: float
    worst: tuple[WorstItem, ...]


def unit(vectors: Vectors) -> Vectors:
    """Rows at unit length."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, np.finfo(np.float32).tiny), dtype=np.float32)


def compare(reference: Vectors, candidate: Vectors, others: Vectors, names: Sequence[str]) -> TowerParity:
    """Parity of one tower.

    Args:
        reference, candidate: float32 (N, d), the same inputs through the fp32 reference and the package.
        others: float32 (M, d), the reference's embeddings of the other tower's inputs.
        names: of the N inputs, for the report.
    """
    reference, candidate, others = unit(reference), unit(candidate), unit(others)
    cosines = (reference * candidate).sum(axis=1)
    mean = reference.mean(axis=0, keepdims=True)
    centred = (unit(reference - mean) * unit(candidate - mean)).sum(axis=1)
    order = np.argsort(cosines)[:_WORST]
    return TowerParity(
        items=len(reference),
        min_cosine=float(cosines.min()),
        mean_cosine=float(cosines.mean()),
        min_centred=float(centred.min()),
        mean_centred=float(centred.mean()),
        top_k_agreement=top_k_agreement(reference @ others.T, candidate @ others.T),
        worst=tuple(WorstItem(names[row], float(cosines[row])) for row in order),
    )


def top_k_agreement(reference: Vectors, candidate: Vectors, k: int = TOP_K) -> float:
    """Mean overlap, 0..1, of the ``k`` highest columns of each row of two score matrices."""
    k = min(k, reference.shape[1])
    expected = np.argsort(-reference, axis=1)[:, :k]
    found = np.argsort(-candidate, axis=1)[:, :k]
    shared = [len(set(a) & set(b)) for a, b in zip(expected.tolist(), found.tolist(), strict=True)]
    return float(np.mean(shared)) / k
