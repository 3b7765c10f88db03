"""Forgetting a source leaves nothing of it behind, and everything of the others."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.small_album import Indexer, SmallAlbum, content_hash, known_photos, photo
from pocketlens.catalogue import Catalogue
from pocketlens.errors import CatalogueBusy
from pocketlens.forgetting import forget
from pocketlens.indexing import only_indexer
from pocketlens.model import ModelPackage
from pocketlens.paths import Home
from pocketlens.protocol import SearchRequest, SourceSpec
from pocketlens.recovery import repair
from pocketlens.search import Searcher
from pocketlens.thumbnails import ThumbnailStore


@pytest.fixture
def other(album: SmallAlbum) -> SmallAlbum:
    """A second album, with one photo of its own and one that `album` has as well."""
    other = SmallAlbum(album.root.with_name("other"))
    other.write("theirs.jpg", 50)
    other.write("shared.jpg", 1)
    return other


def kept(home: Home) -> bytes:
    """Every byte of every file."""
    files = [path for folder in (home.data, home.cache) for path in Path(folder).rglob("*") if path.is_file()]
    return b"".join(path.read_bytes() for path in files)


def test_nothing_of_a_forgotten_album_is_left_in_any_file(
    indexer: Indexer, album: SmallAlbum, other: SmallAlbum
) -> None:
    album.fill(6, folder="very-secret-folder")
    indexer(album.spec, other.spec)
    home = indexer.home
    with closing(ThumbnailStore(home.thumbnails)) as thumbnails:
        pictures = {seed: thumbnails.get(content_hash(photo(seed))) for seed in (1, 2, 50)}
    (vector,) = known_photos(home)["very-secret-folder/0002.jpg"].vectors.values()
    ends = {seed: picture[-200:] for seed, picture in pictures.items() if picture is not None}
    before = kept(home)
    assert all(end in before for end in (*ends.values(), vector, b"very-secret-folder"))
    assert forget(home, album.spec) == 6
    after = kept(home)
    assert b"very-secret-folder" not in after
    assert vector not in after
    assert [seed for seed, end in ends.items() if end in after] == [1, 50]
    assert set(known_photos(home)) == {"theirs.jpg", "shared.jpg"}


def test_what_is_left_is_found_at_once_and_indexing_goes_on(
    indexer: Indexer, album: SmallAlbum, other: SmallAlbum, starter_package: ModelPackage
) -> None:
    album.fill(4)
    indexer(album.spec, other.spec)
    forget(indexer.home, album.spec)
    with closing(Searcher(indexer.home, starter_package)) as searcher:
        found = searcher.search(SearchRequest(id=1, text="dog"))
    assert ({hit.path for hit in found.hits}, found.considered) == ({b"theirs.jpg", b"shared.jpg"}, 2)
    indexer.encoded = 0
    assert indexer(album.spec).added == 4
    assert indexer.encoded == 3, "the shared content is known from the other album"


def test_a_damaged_catalogue_that_a_repair_kept_is_forgotten_with_the_album(
    indexer: Indexer, album: SmallAlbum
) -> None:
    album.fill(4, folder="very-secret-folder")
    indexer(album.spec)
    home = indexer.home
    with home.catalogue.open("r+b") as file:
        file.seek(8192)
        file.write(bytes(8192))
    assert repair(home).aside is not None
    indexer(album.spec)
    assert kept(home).count(b"very-secret-folder") > 0
    assert home.set_aside
    forget(home, album.spec)
    assert home.set_aside == ()
    assert b"very-secret-folder" not in kept(home)


def test_the_photos_themselves_are_not_touched(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(2)
    indexer(album.spec)
    before = album.files()
    forget(indexer.home, album.spec)
    assert album.files() == before


def test_a_cache_that_was_deleted_is_no_hindrance(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(2)
    indexer(album.spec)
    shutil.rmtree(indexer.home.cache)
    assert forget(indexer.home, album.spec) == 2


def test_a_vector_file_that_windows_holds_on_to_is_no_hindrance(
    indexer: Indexer,
    album: SmallAlbum,
    other: SmallAlbum,
    starter_package: ModelPackage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    album.fill(4)
    indexer(album.spec, other.spec)
    home, unlink, held = indexer.home, Path.unlink, set(indexer.home.vectors.iterdir())
    assert held

    def refused(path: Path, missing_ok: bool = False) -> None:
        if path in held:
            raise PermissionError(13, "The process cannot access the file")
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", refused)
    # Not os.name itself, by which pathlib chooses its own classes.
    monkeypatch.setattr("pocketlens.forgetting.os", SimpleNamespace(name="nt"))
    assert forget(home, album.spec) == 4
    with closing(Searcher(home, starter_package)) as searcher:
        found = searcher.search(SearchRequest(id=1, text="dog"))
    assert {hit.path for hit in found.hits} == {b"theirs.jpg", b"shared.jpg"}


def test_while_something_is_being_indexed_nothing_is_forgotten(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(1)
    indexer(album.spec)
    with only_indexer(indexer.home.indexing_lock), pytest.raises(CatalogueBusy):
        forget(indexer.home, album.spec)
    assert len(known_photos(indexer.home)) == 1


def test_a_source_that_is_not_known_is_no_photos(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(1)
    indexer(album.spec)
    assert forget(indexer.home, SourceSpec(kind="phone", identity=b"x")) == 0
    with Catalogue.open(indexer.home.catalogue, read_only=True) as catalogue:
        assert catalogue.counts().photos == 1
