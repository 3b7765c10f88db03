"""Photos that another machine encodes: what it sends is looked at before it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.small_album import Indexer, SmallAlbum, known_photos
from pocketlens.catalogue import PhotoState
from pocketlens.indexing import IndexingJob
from pocketlens.metadata import PhotoMetadata
from pocketlens.onboard.protocol import SettledRow
from pocketlens.packed_vectors import packed
from pocketlens.paths import Home
from pocketlens.pipeline import JobControl
from pocketlens.protocol import Indexed, IndexRequest, Place
from pocketlens.remote import Order, RemoteNews, RemoteOpener, Settled
from pocketlens.source import DEFAULT_OPENERS, PhotoSource


class Liar:
    """Sends a right vector for the first photo that is ordered, and ``lie`` for the others."""

    def __init__(self, dimension: int, lie: bytes) -> None:
        self._right = packed(np.ones(dimension))
        self._lie = lie

    def is_faster(self, count: int) -> bool:
        return True

    def carry_out(self, order: Order, control: JobControl) -> Iterator[RemoteNews]:
        yield Settled(
            [
                SettledRow(
                    number,
                    one.path,
                    one.size,
                    one.mtime_ns,
                    content_hash=bytes([number]) * 16,
                    metadata=PhotoMetadata(48, 48, "JPEG"),
                    vector=self._lie if number else self._right,
                    thumbnail=b"jpeg",
                )
                for number, one in enumerate(order())
            ]
        )


def remote_job(indexer: Indexer, album: SmallAlbum, opener: RemoteOpener, place: Place) -> Indexed:
    return IndexingJob(
        indexer.home,
        indexer.package,
        lambda: indexer,  # type: ignore[arg-type, return-value]
        IndexRequest(id=1, sources=[album.spec], place=place),
        openers=DEFAULT_OPENERS,
        emit=indexer.events.append,
        remotes={"folder": opener},
    ).run()


@pytest.mark.parametrize("lie", [b"", b"\x01" * 7, bytes(516), b"\x7f" * 1024], ids=["none", "short", "zero", "older"])
def test_a_vector_that_is_none_costs_one_photo(indexer: Indexer, album: SmallAlbum, lie: bytes) -> None:
    album.fill(3)
    liar = Liar(indexer.package.manifest.dimension, lie)
    done = remote_job(indexer, album, lambda _source, _package, _home: liar, Place.PHONE)
    assert (done.added, done.unreadable) == (3, 2)
    states = sorted(one.state for one in known_photos(indexer.home).values())
    assert states == [PhotoState.READY, PhotoState.UNREADABLE, PhotoState.UNREADABLE]
    # Asked to try again, the PC reads them itself.
    indexer(album.spec, retry_unreadable=True)
    assert all(one.vectors and one.state == PhotoState.READY for one in known_photos(indexer.home).values())


def test_what_opens_the_other_machine_is_given_the_model_and_the_home(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(1)
    given: list[tuple[Path, Home]] = []

    def opened(_source: PhotoSource, package: Path, home: Home) -> Liar:
        given.append((package, home))
        return Liar(indexer.package.manifest.dimension, b"")

    assert remote_job(indexer, album, opened, Place.FASTEST).added == 1
    assert given == [(indexer.package.folder, indexer.home)]
