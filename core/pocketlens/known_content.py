"""Which contents were encoded before: a copied, moved or touched photo is not encoded again."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

from pocketlens.catalogue import reported
from pocketlens.kinds import Kind
from pocketlens.ledger import EncodedContent
from pocketlens.metadata import PhotoMetadata


class KnownContent:
    """Contents that were encoded with a model before, asked by the workers. Thread-safe."""

    def __init__(self, catalogue: Path, model: int) -> None:
        self._path = catalogue
        self._model = model
        self._lock = threading.Lock()
        with reported(catalogue):
            self._connection = sqlite3.connect(
                f"{catalogue.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
            )

    def find(self, content_hash: bytes) -> EncodedContent | None:
        """What the content gave then, without its thumbnail; None when it is new."""
        with self._lock, reported(self._path):
            row = self._connection.execute(
                "SELECT width, height, format, taken_at, latitude, longitude, camera, kind, vector"
                " FROM photos JOIN vectors ON vectors.photo = photos.id"
                " WHERE content_hash = ? AND model = ? AND width IS NOT NULL LIMIT 1",
                (content_hash, self._model),
            ).fetchone()
        if row is None:
            return None
        *about, kind, vector = row
        # The kind of a copy, which a name may have told, is better than what the header alone would.
        about.append(Kind(kind) if kind else None)
        return EncodedContent(PhotoMetadata(*about), vector)

    def close(self) -> None:
        with self._lock:
            self._connection.close()
