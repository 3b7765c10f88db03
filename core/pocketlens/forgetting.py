"""Forgetting a folder or a phone: everything that was kept of its photos goes at once, the photos stay."""

from __future__ import annotations

import os
from contextlib import closing

from pocketlens.catalogue import Catalogue
from pocketlens.indexing import only_indexer
from pocketlens.paths import Home
from pocketlens.protocol import SourceSpec
from pocketlens.sqlite_file import reported
from pocketlens.texts import forget_texts
from pocketlens.thumbnails import ThumbnailStore
from pocketlens.vectors import VectorModel, refresh_vector_file


def forget(home: Home, spec: SourceSpec) -> int:
    """Remove a source with its albums, photos, vectors, words and thumbnails. Returns how many photos it had.

    What is removed is overwritten in the files that held it. A thumbnail stays where a photo elsewhere has the same
    content. Damaged catalogues that a repair kept are deleted, since nothing can be removed from within them. The
    derived vector files are made again without it; the graph of a very large album by the next indexing.
    On Windows one that a searching process has mapped stays until a later job replaces it, and counts for nothing.

    Raises:
        CatalogueBusy: something is being indexed just now.
        CatalogueTooNew, CatalogueDamaged, StorageFull
    """
    home.make()  # the cache may have been deleted
    with only_indexer(home.indexing_lock), Catalogue.open(home.catalogue) as catalogue:
        connection = catalogue.connection
        with reported(home.catalogue):
            connection.execute("PRAGMA secure_delete = ON")
        photos = catalogue.forget(spec)
        forget_texts(catalogue, utterly=True)
        with closing(ThumbnailStore(home.thumbnails)) as thumbnails:
            thumbnails.keep_only(catalogue)
        for damaged in home.set_aside:
            damaged.unlink(missing_ok=True)
        for file in home.vectors.iterdir():
            try:
                file.unlink()
            except PermissionError:
                # As in `replacing_derived`: a mapped file cannot go there, and the catalogue has changed already.
                if os.name != "nt":
                    raise
        with reported(home.catalogue):
            models = connection.execute("SELECT key, preprocessing, dimension FROM models").fetchall()
            # The log of writes still holds the old pages otherwise.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for model in models:
            refresh_vector_file(catalogue, VectorModel(*model), home.vectors)
    return photos
