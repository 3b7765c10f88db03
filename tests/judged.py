"""The judged queries over the sample album, and the figures of rankings whose right answers are known."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import msgspec

FILE = Path(__file__).parent / "data" / "judged_queries.toml"


class Query(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``relevant``: every photo of the album that is a right answer, by its path."""

    text: str
    language: str
    about: str
    relevant: list[str]


@dataclass(frozen=True)
class Answer:
    """One query's ranking, as whether each photo is right."""

    query: Query
    right: tuple[bool, ...]

    def found_within(self, count: int) -> float:
        """1 when one of the first ``count`` is right, else 0."""
        return float(any(self.right[:count]))

    @property
    def reciprocal_rank(self) -> float:
        return next((1 / rank for rank, right in enumerate(self.right, start=1) if right), 0.0)

    @property
    def gain(self) -> float:
        """nDCG of the first ten, each right photo counting the same (Järvelin and Kekäläinen, 2002)."""
        best = sum(1 / math.log2(rank + 1) for rank in range(1, min(10, len(self.query.relevant)) + 1))
        return sum(1 / math.log2(rank + 1) for rank, right in enumerate(self.right[:10], start=1) if right) / best


def figures(answers: Sequence[Answer]) -> dict[str, float]:
    return {
        "R@1": fmean(answer.found_within(1) for answer in answers),
        "R@5": fmean(answer.found_within(5) for answer in answers),
        "R@10": fmean(answer.found_within(10) for answer in answers),
        "MRR": fmean(answer.reciprocal_rank for answer in answers),
        "nDCG@10": fmean(answer.gain for answer in answers),
    }


def judged_queries() -> list[Query]:
    return msgspec.convert(tomllib.loads(FILE.read_text("utf-8"))["query"], list[Query])
