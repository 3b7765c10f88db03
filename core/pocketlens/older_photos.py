"""What the rows of an older version lack, made from what is kept of them: no photo is read again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pocketlens.catalogue import Catalogue, reported
from pocketlens.fingerprint import NO_FINGERPRINT, fingerprint_of_thumbnail
from pocketlens.thumbnails import ThumbnailStore

#: Contents written in one transaction; each takes a millisecond to make.
_BATCH: Final = 256


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


def _fingerprint(jpeg: bytes) -> bytes:
    try:
        return fingerprint_of_thumbnail(jpeg)
    except OSError:
        return NO_FINGERPRINT
