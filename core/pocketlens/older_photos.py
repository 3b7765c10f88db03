"""What the rows of an older version lack, made from what is kept of them: no photo is read again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pocketlens.catalogue import Catalogue
from pocketlens.fingerprint import NO_FINGERPRINT, fingerprint_of_thumbnail
from pocketlens.kind_probe import KindProbe
from pocketlens.kinds import Kind
from pocketlens.sqlite_file import reported
from pocketlens.thumbnails import ThumbnailStore
from pocketlens.vectors import VectorModel

#: Contents written in one transaction; each takes a millisecond to make.
_BATCH: Final = 256
_LOOKED_AT: Final = "kinds looked at"


def add_fingerprints(catalogue: Catalogue, thumbnails: ThumbnailStore, go_on: Callable[[], object]) -> int:
    """Make the fingerprints that are missing, from the thumbnails. Returns how many contents got one.

    A content whose thumbnail is missing waits until there is one. ``go_on`` is called between two batches, and may
    raise: what was made until then is kept.
    """
    made = 0
    last = b""
    while True:
        go_on()
        with reported(catalogue.path):
            rows = catalogue.connection.execute(
                "SELECT DISTINCT content_hash FROM photos"
                " WHERE fingerprint IS NULL AND content_hash IS NOT NULL AND content_hash > ?"
                " ORDER BY content_hash LIMIT ?",
                (last, _BATCH),
            ).fetchall()
        if not rows:
            return made
        last = rows[-1][0]
        found = [(_fingerprint(jpeg), key) for (key,) in rows if (jpeg := thumbnails.get(key)) is not None]
        if found:
            with catalogue.transaction() as connection:
                connection.executemany("UPDATE photos SET fingerprint = ? WHERE content_hash = ?", found)
            made += len(found)


def add_kinds(catalogue: Catalogue, model: VectorModel, probe: KindProbe, go_on: Callable[[], object]) -> int:
    """Look once at what an older version took for ordinary photos. Returns how many are something else.

    ``go_on`` as above.
    """
    with reported(catalogue.path):
        marked = catalogue.connection.execute("SELECT value FROM meta WHERE key = ?", (_LOOKED_AT,)).fetchone()
    at = _Looked.parse(marked[0] if marked else "", model)
    changed = 0
    while True:
        go_on()
        with reported(catalogue.path):
            rows = catalogue.connection.execute(
                "SELECT vectors.id, photos.id, camera, width, height, vector, photos.kind"
                " FROM vectors JOIN photos ON photos.id = vectors.photo"
                " WHERE vectors.model = ? AND vectors.id > ? ORDER BY vectors.id LIMIT ?",
                (model.row(catalogue), at.last, _BATCH),
            ).fetchall()
        if not rows:
            return changed
        told = [
            (kind.value, photo)
            for _, photo, camera, width, height, vector, known in rows
            if known == Kind.PHOTO
            and (kind := probe.kind(vector, by_camera=camera is not None, width=width, height=height)) is not None
        ]
        at = _Looked(at.model, rows[-1][0])
        with catalogue.transaction() as connection:
            connection.executemany("UPDATE photos SET kind = ? WHERE id = ?", told)
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_LOOKED_AT, str(at)))
        changed += len(told)


@dataclass(frozen=True)
class _Looked:
    """How far `add_kinds` is: the greatest ``vectors.id`` of a model that was looked at."""

    model: str
    last: int

    @classmethod
    def parse(cls, text: str, model: VectorModel) -> _Looked:
        name = f"{model.key}-{model.preprocessing}"
        known, _, last = text.rpartition(" ")
        return cls(name, int(last) if known == name else 0)

    def __str__(self) -> str:
        return f"{self.model} {self.last}"


def _fingerprint(jpeg: bytes) -> bytes:
    try:
        return fingerprint_of_thumbnail(jpeg)
    except OSError:
        return NO_FINGERPRINT
