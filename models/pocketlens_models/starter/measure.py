"""What the finished towers are worth: retrieval on the held-out part, and parity of 8 bits with full precision."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pocketlens_models.starter.arrays import FloatArray
from pocketlens_models.starter.corpus import Photo
from pocketlens_models.starter.evaluate import intruders, kind_precision, ranks, recall
from pocketlens_models.starter.export import Runner, pixels_of
from pocketlens_models.starter.features import squash
from pocketlens_models.starter.render.kinds import KINDS, Rendered

logger = logging.getLogger(__name__)

# The words a kind is asked by in the figures: the first few, as people type them.
_WORDS_A_KIND = 3


@dataclass(frozen=True)
class Examination:
    """The held-out pictures and how a text becomes row ids.

    Attributes:
        photos: the pool; the captions of those that have any are the queries.
        squares: ``photos`` as the decoder gives them.
        documents: held-out renders.
        row_ids: tokenizes as the app does.
    """

    photos: list[Photo]
    squares: list[npt.NDArray[np.uint8]]
    documents: list[Rendered]
    row_ids: Callable[[str], list[int]]

    def captions(self, language: str) -> list[tuple[str, int]]:
        """Queries of one ``language`` with the place of their photo in the pool."""
        return [(text, k) for k, photo in enumerate(self.photos) for text in getattr(photo, language)]

    def words(self, language: str) -> list[tuple[str, str]]:
        """Words for documents with the kind they ask for."""
        return [(word, kind.name) for kind in KINDS for word in getattr(kind, language)[:_WORDS_A_KIND]]

    def queries(self) -> list[str]:
        """All texts: captions in English and Chinese, then words in English and Chinese."""
        both = ("english", "chinese")
        return [t for name in both for t, _ in self.captions(name)] + [t for name in both for t, _ in self.words(name)]


def measure(examination: Examination, folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Figures and parity of ``{image,text}.{fp32,int8}.onnx`` in ``folder``."""
    squares = examination.squares + [squash(document.image) for document in examination.documents]
    texts = examination.queries()
    figures: dict[str, Any] = {}
    seen: dict[str, FloatArray] = {}
    read: dict[str, FloatArray] = {}
    for precision in ("fp32", "int8"):
        start = time.perf_counter()
        image = Runner(folder / f"image.{precision}.onnx")
        seen[precision] = np.stack([image.run(pixels_of(square)) for square in squares])
        logger.info("%s: %.1f ms a photo", precision, (time.perf_counter() - start) / len(squares) * 1e3)
        text = Runner(folder / f"text.{precision}.onnx")
        read[precision] = np.stack([text.run(np.array([examination.row_ids(t)], np.int64)) for t in texts])
        figures[precision] = _figures(examination, seen[precision], read[precision])
        logger.info("%s: %s", precision, figures[precision])
    parity = {
        "what": "cosine of the 8-bit towers with the float32 ones on the held-out photos, documents and queries",
        "image": {"items": len(squares), **_cosines(seen["fp32"], seen["int8"])},
        "text": {"items": len(texts), **_cosines(read["fp32"], read["int8"])},
    }
    return figures, parity


def _figures(examination: Examination, seen: FloatArray, read: FloatArray) -> dict[str, Any]:
    pool = len(examination.photos)
    kinds = ["photo"] * pool + [document.kind.name for document in examination.documents]
    is_document = np.arange(len(seen)) >= pool
    captions = {name: examination.captions(name) for name in ("english", "chinese")}
    words = {name: examination.words(name) for name in ("english", "chinese")}
    ends = np.cumsum([len(captions["english"]), len(captions["chinese"]), len(words["english"])])
    parts = np.split(read, ends)
    found: dict[str, Any] = {}
    for name, vectors in zip(("english", "chinese"), parts[:2], strict=True):
        own = [place for _, place in captions[name]]
        found[f"{name} captions"] = recall(ranks(vectors, seen[:pool], own))
        found[f"{name} captions, documents in the pool"] = recall(ranks(vectors, seen, own))
    for name, vectors in zip(("english", "chinese"), parts[2:], strict=True):
        asked = [kind for _, kind in words[name]]
        found[f"{name} words for documents, photos in the pool"] = kind_precision(vectors, seen, kinds, asked)
    found["intruders, per cent of the ten best"] = {
        "documents for captions": intruders(np.concatenate(parts[:2]), seen, is_document),
        # Five documents of a kind are in the pool, so this is about places six to ten.
        "photos for document words": intruders(np.concatenate(parts[2:]), seen, ~is_document),
    }
    return found


def _cosines(full: FloatArray, small: FloatArray) -> dict[str, float]:
    mean = full.mean(0)
    a, b = full - mean, small - mean
    plain = (full * small).sum(1)
    centred = (a * b).sum(1) / (np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1))
    values = {
        "mean": plain.mean(),
        "least": plain.min(),
        "mean_centred": centred.mean(),
        "least_centred": centred.min(),
    }
    return {name: round(float(value), 4) for name, value in values.items()}
