"""Favourites: photos the person marked. A mark belongs to the picture, so its copies wear it too."""

from __future__ import annotations

from collections.abc import Sequence

from pocketlens.catalogue import Catalogue
from pocketlens.errors import PhotoMissing


def mark(catalogue: Catalogue, photos: Sequence[int], *, favourite: bool = True) -> int:
    """Make photos favourites, or make them none. A phone's own mark of them counts no more after that.

    Args:
        photos: numbers of photos, of which nothing is changed unless all are there.

    Returns:
        How many photos changed, copies among them.

    Raises:
        PhotoMissing: one of them is not in the catalogue.
        CatalogueBusy, CatalogueDamaged, StorageFull
    """
    changed = 0
    with catalogue.transaction() as connection:
        for photo in photos:
            known = connection.execute(
                "SELECT content_hash FROM photos WHERE id = ? AND missing = 0", (photo,)
            ).fetchone()
            if known is None:
                raise PhotoMissing("There is no such photo.", thing=str(photo))
            changed += connection.execute(
                "UPDATE photos SET favourite = ?1 WHERE (id = ?2 OR content_hash = ?3) AND favourite <> ?1",
                (favourite, photo, known[0]),
            ).rowcount
            connection.execute("UPDATE photos SET marked = 1 WHERE id = ? OR content_hash = ?", (photo, known[0]))
    return changed
