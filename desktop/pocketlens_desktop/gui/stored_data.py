"""What PocketLens has stored on this computer: which files, how large, and deleting them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from enum import Enum
from pathlib import Path

from pocketlens.errors import PocketLensError
from pocketlens.paths import Home

#: Beside its file, SQLite keeps what is not in it yet, and what its readers share.
_SQLITE = ("", "-wal", "-shm")


class Store(Enum):
    """Kinds of stored things, as people tell them apart."""

    CATALOGUE = "catalogue"
    SETTINGS = "settings"
    MODELS = "models"
    THUMBNAILS = "thumbnails"
    VECTORS = "vectors"


#: What is made again from the photos when it is missing.
DERIVED = (Store.THUMBNAILS, Store.VECTORS)


def places(store: Store, home: Home) -> tuple[Path, ...]:
    """Files and folders of a kind; the first is the one to show. They need not be there."""
    match store:
        case Store.CATALOGUE:
            return (*_database(home.catalogue), home.indexing_lock, *home.set_aside)
        case Store.SETTINGS:
            return (home.settings, home.window, home.workers)
        case Store.MODELS:
            return (home.models,)
        case Store.THUMBNAILS:
            return _database(home.thumbnails)
        case Store.VECTORS:
            return (home.vectors,)


def sizes(home: Home) -> dict[Store, int]:
    """Bytes of each kind."""
    return {store: sum(_size(place) for place in places(store, home)) for store in Store}


def delete(stores: Iterable[Store], home: Home) -> None:
    """Delete these kinds. Nothing may have them open, where the system minds that.

    Raises:
        PocketLensError: a file cannot be deleted.
    """
    for store in stores:
        for place in places(store, home):
            try:
                if place.is_dir():
                    shutil.rmtree(place)
                else:
                    place.unlink(missing_ok=True)
            except OSError as error:
                raise PocketLensError(
                    f"This cannot be deleted: {error.strerror}.",
                    thing=str(place),
                    remedy="Close other programs that use it, and try again.",
                ) from error
    home.make()


def _database(file: Path) -> tuple[Path, ...]:
    return tuple(file.with_name(file.name + end) for end in _SQLITE)


def _size(place: Path) -> int:
    try:
        if place.is_dir():
            return sum(_size(below) for below in place.iterdir())
        return place.stat().st_size
    except OSError:
        return 0  # gone since, or never there
