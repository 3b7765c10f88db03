"""Searching by a picture that is not indexed: the image model's process encodes it, the text model's compares."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from core.small_album import Indexer, SmallAlbum, known_photos, photo
from pocketlens.client import EngineClient
from pocketlens.content import content_hash
from pocketlens.encoders import ImageEncoder
from pocketlens.errors import PictureNotIndexed, QueryInvalid, UnreadablePhoto
from pocketlens.model import ModelPackage
from pocketlens.paths import Home
from pocketlens.picture_query import encoded_picture
from pocketlens.protocol import Embedded, Failed, PictureVector, Results, Role, SearchRequest
from pocketlens.search import Searcher


def search(indexer: Indexer, package: ModelPackage, text: str = "", picture: PictureVector | None = None) -> Results:
    with closing(Searcher(indexer.home, package)) as searcher:
        return searcher.search(SearchRequest(id=1, text=text, picture=picture))


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A picture that no album has."""
    path = tmp_path / "图.jpg"
    path.write_bytes(photo(99))
    return path


def test_a_picture_from_elsewhere_finds_what_it_would_if_it_were_indexed(
    indexer: Indexer, album: SmallAlbum, starter_package: ModelPackage, image_encoder: ImageEncoder, elsewhere: Path
) -> None:
    album.fill(20)
    indexer(album.spec)
    with pytest.raises(PictureNotIndexed) as raised:
        search(indexer, starter_package, f'like:"{elsewhere}"')
    assert raised.value.thing == str(elsewhere)
    picture, _ = encoded_picture(elsewhere, starter_package, lambda: image_encoder)
    assert picture.content == content_hash(photo(99))
    found = search(indexer, starter_package, picture=picture)
    album.write("camera/0099.jpg", 99)
    indexer(album.spec)
    ident = known_photos(indexer.home)["camera/0099.jpg"].id
    own, *others = search(indexer, starter_package, f"like:{ident}").hits
    assert own.photo == ident
    assert [hit.photo for hit in others] == [hit.photo for hit in found.hits]


def test_words_and_filters_go_with_a_picture(
    indexer: Indexer, album: SmallAlbum, starter_package: ModelPackage, image_encoder: ImageEncoder, elsewhere: Path
) -> None:
    album.fill(20)
    album.write("other/a.jpg", 30)
    indexer(album.spec)
    picture, _ = encoded_picture(elsewhere, starter_package, lambda: image_encoder)
    alone = search(indexer, starter_package, picture=picture).hits
    steered = search(indexer, starter_package, "a dog", picture).hits
    assert [hit.photo for hit in alone] != [hit.photo for hit in steered]
    (hit,) = search(indexer, starter_package, "album:other", picture).hits
    assert hit.path == b"other/a.jpg"


def test_a_vector_of_another_model_is_refused(
    indexer: Indexer, album: SmallAlbum, starter_package: ModelPackage, image_encoder: ImageEncoder, elsewhere: Path
) -> None:
    album.fill(2)
    indexer(album.spec)
    right, _ = encoded_picture(elsewhere, starter_package, lambda: image_encoder)
    nothing = bytes(len(right.vector))
    for change in ({"model": "other@1"}, {"vector": right.vector[:-2]}, {"vector": nothing}):
        with pytest.raises(QueryInvalid):
            search(indexer, starter_package, picture=msgspec.structs.replace(right, **change))


@pytest.mark.parametrize("content", [b"", b"no picture", photo(1)[:400]])
def test_a_file_that_is_no_picture_is_refused_with_its_name(
    starter_package: ModelPackage, image_encoder: ImageEncoder, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    for wrong in (path, tmp_path, tmp_path / "nothing.jpg"):
        with pytest.raises(UnreadablePhoto) as raised:
            encoded_picture(wrong, starter_package, lambda: image_encoder)
        assert raised.value.thing == str(wrong)


@pytest.mark.skipif(os.name != "posix", reason="named pipes")
def test_a_pipe_is_not_waited_for(starter_package: ModelPackage, image_encoder: ImageEncoder, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(UnreadablePhoto):
        encoded_picture(tmp_path / "pipe.jpg", starter_package, lambda: image_encoder)


def test_an_indexing_process_encodes_a_picture_and_a_searching_one_does_not(
    home: Home, starter: Path, elsewhere: Path, starter_package: ModelPackage, image_encoder: ImageEncoder
) -> None:
    with EngineClient(Role.INDEX, home=home, model=starter) as engine:
        (embedded,) = engine.events(engine.embed(elsewhere))
        (refused,) = engine.events(engine.embed(elsewhere.with_name("nothing.jpg")))
    assert isinstance(embedded, Embedded)
    assert (embedded.picture, embedded.thumbnail) == encoded_picture(elsewhere, starter_package, lambda: image_encoder)
    assert isinstance(refused, Failed)
    assert refused.code == "unreadable-photo"
    with EngineClient(Role.SEARCH, home=home, model=starter) as engine:
        (failed,) = engine.events(engine.embed(elsewhere))
    assert isinstance(failed, Failed)
    assert failed.code == "protocol-violation"
