"""The cache as a whole: holding its limit, and moving it to another disk."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec

from pocketlens.errors import PocketLensError, StorageFull
from pocketlens.indexing import only_indexer
from pocketlens.paths import Home
from pocketlens.settings import load_settings, save_settings
from pocketlens.sqlite_file import reported
from pocketlens.thumbnails import ThumbnailStore

#: The folder of ours inside the one that is chosen, so that nothing of the person's own is ever in it.
FOLDER_NAME: Final = "pocketlens-cache"


def hold_limit(home: Home) -> None:
    """Bring the thumbnails down to the limit in the settings, and give the room back to the disk.

    Raises:
        CatalogueBusy: something is being indexed just now, which holds the limit by itself.
        StorageFull, PocketLensError
    """
    if home.thumbnails.exists():
        with (
            only_indexer(home.indexing_lock),
            closing(ThumbnailStore(home.thumbnails, load_settings(home).thumbnail_limit)) as store,
        ):
            store.shrink()


def move_cache(home: Home, folder: Path | None) -> Home:
    """Keep thumbnails and derived files in ``folder`` from now on, or in the usual place for None; gives the new home.

    Everything is copied first, then the setting is changed, then the old copies are deleted: whatever happens in
    between, there is a cache. Nothing may have it open, where the system minds that.

    Raises:
        CatalogueBusy: something is being indexed just now.
        StorageFull: there is no room for it.
        PocketLensError: the folder cannot be written to.
    """
    usual = home.usual_cache or home.cache
    target = usual if folder is None else _place_in(folder)
    if target == home.cache:
        return home
    moved = msgspec.structs.replace(home, cache=target, usual_cache=None if folder is None else usual)
    home.make()
    with only_indexer(home.indexing_lock):
        try:
            moved.make()
            _copy(home, moved)
        except OSError as error:
            raise PocketLensError(
                f"The cache cannot be kept there: {error.strerror or error}.",
                thing=str(target),
                remedy="Choose another folder.",
            ) from error
        chosen = None if folder is None else str(target)
        save_settings(home, msgspec.structs.replace(load_settings(home), cache_folder=chosen))
        _delete(home)
    return moved


def _place_in(folder: Path) -> Path:
    folder = folder.absolute()
    return folder if folder.name == FOLDER_NAME else folder / FOLDER_NAME


def _copy(home: Home, moved: Home) -> None:
    size = sum(path.stat().st_size for path in home.cache.rglob("*") if path.is_file())
    free = shutil.disk_usage(moved.cache).free
    if size > free:
        raise StorageFull("There is no room for the cache there.", thing=str(moved.cache), remedy="Make room.")
    if home.thumbnails.exists():
        # SQLite's own way of copying: what is still in its log comes along.
        with (
            reported(home.thumbnails, "thumbnail cache"),
            closing(sqlite3.connect(home.thumbnails)) as old,
            closing(sqlite3.connect(moved.thumbnails)) as new,
        ):
            old.backup(new)
        moved.thumbnails.chmod(0o600)
    for file in home.vectors.iterdir():
        shutil.copy2(file, moved.vectors / file.name)


def _delete(home: Home) -> None:
    for end in ("", "-wal", "-shm"):
        home.thumbnails.with_name(home.thumbnails.name + end).unlink(missing_ok=True)
    shutil.rmtree(home.vectors, ignore_errors=True)
    if home.usual_cache is not None:  # the folder in another one was ours alone
        shutil.rmtree(home.cache, ignore_errors=True)
