"""The file that has a photo's content, looked up in the catalogue from any thread."""

from __future__ import annotations

import os
from pathlib import Path

from pocketlens.catalogue import Catalogue
from pocketlens.errors import PocketLensError
from pocketlens.sqlite_file import reported


class Originals:
    """Files of photos in folders, by content hash. Those on phones are not looked up: to fetch one takes a cable."""

    def __init__(self, catalogue: Path) -> None:
        self._path = catalogue

    def __call__(self, content: bytes) -> str | None:
        """A file with this content; None when there is none."""
        try:
            with Catalogue.open(self._path, read_only=True) as catalogue, reported(self._path):
                row = catalogue.connection.execute(
                    "SELECT identity, photos.path FROM photos JOIN sources ON sources.id = photos.source"
                    " WHERE content_hash = ? AND sources.kind = 'folder' AND missing = 0 LIMIT 1",
                    (content,),
                ).fetchone()
        except PocketLensError:
            return None
        return os.fsdecode(os.path.join(*row)) if row else None  # noqa: PTH118 - bytes
