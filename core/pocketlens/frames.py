"""The vectors of videos' single frames: a video is as good a match as its best frame."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from pocketlens.catalogue import Catalogue
from pocketlens.packed_vectors import PackedVectors
from pocketlens.sqlite_file import reported
from pocketlens.vectors import VectorModel, VectorSet, stored_vectors


class FrameSet(msgspec.Struct, frozen=True):
    """Frames of all videos, n of them, those of one video in a row.

    Attributes:
        photos: (n,) int64, the videos.
        at_ms: (n,) int64, milliseconds from the video's beginning.
        vectors: n of them.
    """

    photos: NDArray[np.int64]
    at_ms: NDArray[np.int64]
    vectors: PackedVectors

    def raise_scores(
        self, scores: NDArray[np.float32], rows: NDArray[np.intp], query: NDArray[np.float32], among: VectorSet
    ) -> None:
        """Put each video's best frame's cosine with ``query`` in the place of the video's own.

        Args:
            scores: of the ``rows`` of ``among``, which are in ascending order; changed in place.
        """
        if not len(self.photos) or not len(rows):
            return
        wanted = among.rows_of(self.photos)
        places = np.minimum(np.searchsorted(rows, wanted), len(rows) - 1)
        there = rows[places] == wanted
        places = places[there]
        scores[places] = -1.0
        np.maximum.at(scores, places, self.vectors[there].cosines(query))

    def likely(
        self, query: NDArray[np.float32], count: int, among: VectorSet, rows: NDArray[np.intp]
    ) -> NDArray[np.intp]:
        """Of some rows of ``among``, the ``count`` videos' with the frames most like ``query``, ascending."""
        if not len(self.photos):
            return np.empty(0, np.intp)
        videos, starts = np.unique(self.photos, return_index=True)
        best = np.maximum.reduceat(self.vectors.cosines(query), starts)
        mine = rows[np.isin(among.ids[rows], videos)]
        values = best[np.searchsorted(videos, among.ids[mine])]
        return np.sort(mine[np.argsort(-values)[:count]])

    def best_moment(self, photo: int, query: NDArray[np.float32]) -> int | None:
        """When the frame most like ``query`` is, milliseconds; None for what is no video."""
        mine = np.flatnonzero(self.photos == photo)
        if not len(mine):
            return None
        return int(self.at_ms[mine[np.argmax(self.vectors[mine].cosines(query))]])


def load_frames(catalogue: Catalogue, model: VectorModel) -> FrameSet:
    """All frames of ``model``. An album of 5,000 videos has some 13 MB of them."""
    with reported(catalogue.path):
        rows = catalogue.connection.execute(
            "SELECT photo, at_ms, vector FROM frames WHERE model = ? ORDER BY photo, at_ms", (model.row(catalogue),)
        ).fetchall()
    return FrameSet(
        np.array([photo for photo, _, _ in rows], np.int64),
        np.array([at for _, at, _ in rows], np.int64),
        stored_vectors([vector for _, _, vector in rows], catalogue, model),
    )
