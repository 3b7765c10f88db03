"""Which contents were encoded before: a copied, moved or touched photo is not encoded again."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from pocketlens.kinds import Kind
from pocketlens.metadata import PhotoMetadata
from pocketlens.sqlite_file import open_read_only, reported
from pocketlens.work import EncodedContent

#: Columns of photos and vectors that `content_of` reads.
CONTENT_COLUMNS: Final = (
    "width, height, format, taken_at, latitude, longitude, camera, kind, duration_ms, motion, fingerprint, vector"
)


def content_of(row: Sequence[Any]) -> EncodedContent:
    """What a content gave when it was encoded, without its thumbnail."""
    *about, kind, duration_ms, motion, fingerprint, vector = row
    # The kind of a copy, which a name may have told, is better than what the header alone would.
    # That nothing told it is no news, though: the copy may have a name that does.
    about.append(Kind(kind) if kind and kind != Kind.PHOTO else None)
    about += [duration_ms, bool(motion)]
    return EncodedContent(PhotoMetadata(*about), vector, fingerprint=fingerprint)


class KnownContent:
    """Contents that were encoded with a model before, asked by the workers. Thread-safe."""

    def __init__(self, catalogue: Path, model: int) -> None:
        self._path = catalogue
        self._model = model
        self._lock = threading.Lock()
        with reported(catalogue):
            self._connection = open_read_only(catalogue, one_thread=False)

    def find(self, content_hash: bytes) -> EncodedContent | None:
        """What the content gave then, without its thumbnail; None when it is new."""
        with self._lock, reported(self._path):
            # The plus keeps SQLite from going through all vectors of the model: 27 ms a photo among 43,000.
            row = self._connection.execute(
                f"SELECT {CONTENT_COLUMNS}"  # noqa: S608 - constants
                " FROM photos JOIN vectors ON vectors.photo = photos.id"
                " WHERE content_hash = ? AND +model = ? AND width IS NOT NULL LIMIT 1",
                (content_hash, self._model),
            ).fetchone()
            if row is None:
                return None
            frames = self._connection.execute(
                "SELECT at_ms, vector FROM frames WHERE model = :model AND photo ="
                " (SELECT id FROM photos WHERE content_hash = :content"
                "  AND EXISTS (SELECT 1 FROM frames WHERE photo = photos.id AND model = :model) LIMIT 1)"
                " ORDER BY at_ms",
                {"model": self._model, "content": content_hash},
            ).fetchall()
        return replace(content_of(row), frames=tuple(frames))

    def close(self) -> None:
        with self._lock:
            self._connection.close()
