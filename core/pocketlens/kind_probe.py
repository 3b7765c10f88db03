"""What a picture's vector tells of its kind, where its name, header and shape do not.

A probe is a small matrix that was trained for one model (`pocketlens_models.starter.kind_probe`). Models without one
leave the kinds to the rest: the searching process could compare with words, but must not hold the image model.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pocketlens.kinds import Kind
from pocketlens.packed_vectors import unpacked

#: The kinds that look different enough from each other. A selfie is a portrait, a panorama a landscape.
PROBED: Final = (Kind.PHOTO, Kind.DOCUMENT, Kind.SCREENSHOT)
#: Pixels of the shorter side below which nothing is told: icons and swatches. Chosen, not measured.
_LEAST_SIDE: Final = 160
_FOLDER: Final = Path(__file__).with_name("kind_probes")


def probe_file(key: str, preprocessing: int) -> Path:
    """Where the probe of a model lies, see `pocketlens.vectors.VectorModel` for what names it."""
    return _FOLDER / f"{key}-{preprocessing}.npy"


class KindProbe:
    """Tells kinds by vectors of one model."""

    def __init__(self, weights: NDArray[np.float32]) -> None:
        """``weights``: (kinds, dimension + 1), of each of `PROBED` the weights and, last, the bias."""
        self._weights = weights[:, :-1]
        self._bias = weights[:, -1]

    def kind(self, vector: bytes, *, by_camera: bool, width: int | None, height: int | None) -> Kind | None:
        """The kind of a picture by its vector as it is stored; None where it looks like an ordinary photo.

        Args:
            by_camera: a camera took it, so it is no screenshot whatever it looks like.
            width, height: pixels; None where unknown.
        """
        if width is not None and height is not None and min(width, height) < _LEAST_SIDE:
            return None
        scores = self._weights @ unpacked([vector], self._weights.shape[1]).floats()[0] + self._bias
        if by_camera:
            scores[PROBED.index(Kind.SCREENSHOT)] = -np.inf
        kind = PROBED[int(scores.argmax())]
        return None if kind is Kind.PHOTO else kind


def load_probe(key: str, preprocessing: int, dimension: int) -> KindProbe | None:
    """The probe of a model; None when there is none for it.

    On a phone there is none: it holds the core's programs alone, and the PC tells the kinds when the rows come back.
    """
    try:
        weights = np.load(probe_file(key, preprocessing), allow_pickle=False)
    except FileNotFoundError:
        return None
    return KindProbe(weights) if weights.shape == (len(PROBED), dimension + 1) else None
