"""``python -m pocketlens_models.starter.kind_probe``: train what tells documents and screenshots by their looks.

A linear softmax over the starter model's own image vectors: photos of the training folder against the recipe's
rendered documents and screenshots, the training parts alone. How sure it must be is chosen on the development photos.
Judged on the test photos with their distractors, and on documents of other layouts and fonts.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import numpy as np
import numpy.typing as npt
from PIL import Image

from pocketlens.encoders import ImageEncoder
from pocketlens.kind_probe import PROBED, probe_file
from pocketlens.kinds import Kind
from pocketlens.model import ModelPackage, load_package
from pocketlens_models.registry import SHIPPED
from pocketlens_models.starter.arrays import FloatArray
from pocketlens_models.starter.corpus import Photo, read_corpus, split_corpus
from pocketlens_models.starter.render.kinds import Rendered, render_set

# As the recipe's: the probe may know what the model was trained on, and nothing that judges it.
DOCUMENTS_A_KIND, DOCUMENT_SEED = 36, 1
HELD_OUT_A_KIND, HELD_OUT_SEED = 10, 2
#: Of photos that are neither, so many may be told as a document or a screenshot: who asks for photos misses them.
FALSE_ALARMS: Final = 0.01
_PENALTY: Final = 1e-3
_STEPS: Final = 3000

# A slide or a table is a document however it was taken; posters, labels and maps may be called either.
_PAPERS: Final = frozenset({"slide", "sheet"})
_UNSURE: Final = frozenset({"poster", "label", "map"})


def kind_of_rendered(document: Rendered) -> Kind | None:
    """What a person would call it; None where people would not agree."""
    if document.kind.name in _UNSURE:
        return None
    if not document.kind.screen or document.kind.name in _PAPERS:
        return Kind.DOCUMENT
    # A photo of a screen is neither.
    return None if document.photographed else Kind.SCREENSHOT


@dataclass(frozen=True)
class Labelled:
    """Unit vectors (n, dimension), and of each its place among `PROBED`."""

    vectors: FloatArray
    labels: npt.NDArray[np.intp]

    def __add__(self, other: Labelled) -> Labelled:
        return Labelled(np.concatenate([self.vectors, other.vectors]), np.concatenate([self.labels, other.labels]))


class Seer:
    """Encodes pictures as an indexing job does."""

    def __init__(self, package: ModelPackage) -> None:
        self._encoder = ImageEncoder(package)
        self._size = package.manifest.image.size

    def see(self, pictures: Iterable[tuple[Image.Image, Kind]]) -> Labelled:
        vectors, labels = [], []
        for picture, kind in pictures:
            square = picture.convert("RGB").resize((self._size, self._size), Image.Resampling.BICUBIC)
            vectors.append(self._encoder.encode(np.asarray(square)))
            labels.append(PROBED.index(kind))
        return Labelled(np.array(vectors, np.float32), np.array(labels, np.intp))


def _opened(photos: list[Photo], numbers: Iterable[int]) -> Iterator[tuple[Image.Image, Kind]]:
    for number in numbers:
        with Image.open(photos[number].path) as image:
            yield image.convert("RGB"), Kind.PHOTO


def _told(documents: Iterable[Rendered]) -> Iterator[tuple[Image.Image, Kind]]:
    for document in documents:
        kind = kind_of_rendered(document)
        if kind is not None:
            yield document.image, kind


def fit(known: Labelled) -> FloatArray:
    """Weights and, last, the bias of each of `PROBED`: (kinds, dimension + 1) float32.

    Softmax regression by plain gradient descent with momentum; each kind counts the same.
    """
    inputs = np.column_stack([known.vectors, np.ones(len(known.vectors), np.float32)]).astype(np.float64)
    wanted = np.eye(len(PROBED))[known.labels]
    weight = (1 / (len(PROBED) * wanted.sum(0)))[known.labels][:, None]
    weights, speed = np.zeros((len(PROBED), inputs.shape[1])), np.zeros((len(PROBED), inputs.shape[1]))
    for _ in range(_STEPS):
        scores = inputs @ weights.T
        chances = np.exp(scores - scores.max(1, keepdims=True))
        chances /= chances.sum(1, keepdims=True)
        slope = ((chances - wanted) * weight).T @ inputs + _PENALTY * weights
        speed = 0.9 * speed - 2.0 * slope
        weights += speed
    return weights.astype(np.float32)


def biased_towards_photos(weights: FloatArray, development: Labelled) -> FloatArray:
    """The same, as sure as `FALSE_ALARMS` asks for on photos that nothing was learned from."""
    scores = development.vectors @ weights[:, :-1].T + weights[:, -1]
    photo = PROBED.index(Kind.PHOTO)
    others = np.delete(scores, photo, axis=1).max(1) - scores[:, photo]
    raised = weights.copy()
    raised[photo, -1] += max(0.0, float(np.quantile(others[development.labels == photo], 1 - FALSE_ALARMS)))
    return raised


def confusion(weights: FloatArray, judged: Labelled) -> str:
    """A table: what is there by row, what it is told as by column."""
    told = (judged.vectors @ weights[:, :-1].T + weights[:, -1]).argmax(1)
    lines = [
        f"| held out | pictures | {' | '.join(f'told as {kind}' for kind in PROBED)} |",
        "|" + "---|" * (len(PROBED) + 2),
    ]
    for place, kind in enumerate(PROBED):
        mine = told[judged.labels == place]
        shares = " | ".join(f"{np.mean(mine == other):.1%}" for other in range(len(PROBED)))
        lines.append(f"| {kind} | {len(mine):,} | {shares} |")
    return "\n".join(lines)


def main() -> None:
    """Train, write the probe into the core, print the held-out table."""
    parser = argparse.ArgumentParser(prog="pocketlens_models.starter.kind_probe", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with photos/ and captions.jsonl")
    options = parser.parse_args()
    package = load_package(SHIPPED / "starter", parts=["image"])
    seer = Seer(package)
    photos = read_corpus(options.data)
    split = split_corpus(photos)
    grounds = [image for image, _ in _opened(photos, split.unlabelled[:200])]
    training = seer.see(_opened(photos, split.train + split.unlabelled)) + seer.see(
        _told(render_set(DOCUMENTS_A_KIND, DOCUMENT_SEED, grounds, held_out=False))
    )
    development = seer.see(_opened(photos, split.development))
    weights = biased_towards_photos(fit(training), development)
    file = probe_file(package.manifest.key, package.manifest.image.preprocessing)
    file.parent.mkdir(exist_ok=True)
    np.save(file, weights.astype("<f4"), allow_pickle=False)
    judged = seer.see(_opened(photos, split.test + split.distractors)) + seer.see(
        _told(render_set(HELD_OUT_A_KIND, HELD_OUT_SEED, [], held_out=True))
    )
    sys.stdout.write(confusion(weights, judged) + "\n")


if __name__ == "__main__":
    main()
