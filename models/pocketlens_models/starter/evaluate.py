"""Retrieval figures: which rank a query's own photo reaches among all photos of a pool."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pocketlens_models.starter.arrays import FloatArray

CUTS = (1, 5, 10)


def ranks(queries: FloatArray, photos: FloatArray, own: Sequence[int]) -> npt.NDArray[np.int64]:
    """Rank, from 0, of photo ``own[k]`` for query ``k``: how many others score higher."""
    scores = queries @ photos.T
    mine = scores[np.arange(len(own)), np.asarray(own)]
    return np.asarray((scores > mine[:, None]).sum(1), dtype=np.int64)


def recall(found: npt.NDArray[np.int64]) -> dict[str, float | int]:
    """Recall at 1, 5 and 10 in per cent, the median rank from 1, and the number of queries."""
    figures: dict[str, float | int] = {f"R@{cut}": round(100 * float((found < cut).mean()), 1) for cut in CUTS}
    return figures | {"median_rank": int(np.median(found)) + 1, "queries": len(found)}


def kind_precision(
    queries: FloatArray, documents: FloatArray, kinds: Sequence[str], asked: Sequence[str]
) -> dict[str, float]:
    """How many of the best 1 and 3 pictures are of the kind asked for, in per cent, over all queries."""
    order = np.argsort(-(queries @ documents.T), axis=1)
    right = np.asarray(kinds)[order] == np.asarray(asked)[:, None]
    return {
        "first_is_right": round(100 * float(right[:, 0].mean()), 1),
        "right_in_top_3": round(100 * float(right[:, :3].any(1).mean()), 1),
        "precision_at_5": round(100 * float(right[:, :5].mean()), 1),
    }


def intruders(queries: FloatArray, pictures: FloatArray, strangers: npt.NDArray[np.bool_]) -> float:
    """Share in per cent of the ten best pictures that are ``strangers``, over all queries."""
    order = np.argsort(-(queries @ pictures.T), axis=1)[:, :10]
    return round(100 * float(strangers[order].mean()), 2)
