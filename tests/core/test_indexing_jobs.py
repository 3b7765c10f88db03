"""Indexing jobs that are stopped, paused and watched."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.small_album import Indexer, SmallAlbum, known_photos, leftovers
from pocketlens.catalogue import PhotoState
from pocketlens.errors import CatalogueBusy
from pocketlens.indexing import IndexingJob
from pocketlens.protocol import Event, Progress, Stage
from pocketlens.source import FolderSource, ListedPhoto, UnlistedFolder


def cancelled_after(indexer: Indexer, album: SmallAlbum, stage: Stage) -> IndexingJob:
    job: IndexingJob

    def cancel(event: Event) -> None:
        if isinstance(event, Progress) and event.stage is stage:
            job.cancel()

    job = indexer.job(album.spec, on_event=cancel, threads=1)
    return job


@pytest.mark.parametrize("stage", [Stage.LISTING, Stage.COMPARING, Stage.ENCODING])
def test_a_cancelled_job_goes_on_where_it_was(indexer: Indexer, album: SmallAlbum, stage: Stage) -> None:
    album.fill(30)
    first = cancelled_after(indexer, album, stage).run()
    assert first.cancelled
    assert first.added < 30
    second = indexer(album.spec)
    assert not second.cancelled
    assert first.added + second.added == 30
    assert indexer.encoded == 30
    assert all(p.state == PhotoState.READY for p in known_photos(indexer.home).values())


def test_moves_found_by_a_job_that_was_cancelled_are_moves_still(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(10)
    indexer(album.spec)
    before = {p.id for p in known_photos(indexer.home).values()}
    (album.root / "camera").rename(album.root / "archive")
    first = cancelled_after(indexer, album, Stage.ENCODING).run()
    second = indexer(album.spec)
    assert (first.moved + second.moved, first.added + second.added, second.removed) == (10, 0, 0)
    assert {p.id for p in known_photos(indexer.home).values()} == before


def test_a_job_cancelled_before_it_runs_does_nothing(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(2)
    job = indexer.job(album.spec)
    job.cancel()
    assert job.run().cancelled
    assert known_photos(indexer.home) == {}


def test_a_paused_job_has_committed_everything_and_goes_on_when_asked(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(30)
    committed_at_rest = []

    def pause_once(event: Event) -> None:
        if not isinstance(event, Progress) or event.stage is not Stage.ENCODING:
            return
        if event.paused == "asked":
            ready = [p for p in known_photos(indexer.home).values() if p.state == PhotoState.READY]
            committed_at_rest.append((event.done, len(ready)))
            job.pause(False)
        elif not committed_at_rest:
            job.pause(True)

    job = indexer.job(album.spec, on_event=pause_once, threads=2)
    assert job.run().added == 30
    ((done, ready),) = committed_at_rest
    assert done == ready < 30


def test_a_paused_job_can_be_cancelled(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(5)

    def cancel_when_paused(event: Event) -> None:
        if isinstance(event, Progress) and event.paused:
            job.cancel()

    job = indexer.job(album.spec, on_event=cancel_when_paused)
    job.pause(True)
    assert job.run().cancelled
    assert indexer(album.spec).added == 5


def test_two_jobs_at_once_are_one_too_many(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(2)
    refused: list[str] = []

    def start_another(event: Event) -> None:
        if isinstance(event, Progress) and event.stage is Stage.ENCODING and not refused:
            with pytest.raises(CatalogueBusy, match="Another PocketLens is indexing") as error:
                indexer.job(album.spec).run()
            refused.append(error.value.code)

    assert indexer.job(album.spec, on_event=start_another).run().added == 2
    assert refused == ["catalogue-busy"]


def test_progress_only_ever_goes_forward(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(70)
    album.write("camera/broken.jpg", b"")
    indexer(album.spec)
    progress = [event for event in indexer.events if isinstance(event, Progress)]
    order = list(Stage)
    assert [order.index(event.stage) for event in progress] == sorted(order.index(event.stage) for event in progress)
    assert {event.stage for event in progress} == set(Stage) - {Stage.INSTALLING, Stage.READING}
    encoding = [event for event in progress if event.stage is Stage.ENCODING]
    assert [event.done for event in encoding] == sorted(event.done for event in encoding)
    assert {event.total for event in encoding} == {71}
    assert (encoding[0].done, encoding[-1].done, encoding[-1].failed) == (0, 71, 1)
    for event in encoding:
        assert (event.rate is None) == (event.eta_s is None)


def test_a_finished_job_leaves_no_unfinished_file_and_sweeps_an_earlier_ones(
    indexer: Indexer, album: SmallAlbum
) -> None:
    album.fill(2)
    indexer.home.make()
    (indexer.home.vectors / ".starter@1-1.vectors.123-456.part").write_bytes(b"half")
    indexer(album.spec)
    assert leftovers(indexer.home) == []


class UnpluggedPhone(FolderSource):
    """A folder that lists nothing until the other end has been told why."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.plugged_in = threading.Event()

    def list(self) -> Iterator[ListedPhoto | UnlistedFolder]:
        self.waiting = "unplugged"
        assert self.plugged_in.wait(60)
        self.waiting = None
        yield from super().list()

    def close(self) -> None:
        self.plugged_in.set()


def test_why_the_listing_waits_is_said_while_it_waits(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(2)
    phone = UnpluggedPhone(album.root)
    indexer.openers = {"folder": lambda _: phone}

    def plug_in(event: Event) -> None:
        if isinstance(event, Progress) and event.paused == "unplugged":
            assert event.stage is Stage.LISTING
            phone.plugged_in.set()

    assert indexer.job(album.spec, on_event=plug_in).run().added == 2


def test_a_listing_that_waits_can_be_cancelled(indexer: Indexer, album: SmallAlbum) -> None:
    album.fill(2)
    indexer.openers = {"folder": lambda _: UnpluggedPhone(album.root)}

    def cancel(event: Event) -> None:
        if isinstance(event, Progress) and event.paused == "unplugged":
            job.cancel()

    job = indexer.job(album.spec, on_event=cancel)
    assert job.run().cancelled
