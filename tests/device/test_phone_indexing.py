"""Indexing a phone by a real engine process over the real adbd, with its cable pulled at every kind of moment."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from core.small_album import photo
from desktop.exif_photo import jpeg, with_small_picture
from device.phone_jobs import SPEC, fill, finish
from device.rig.desk import STORAGE, Desk, MediaRow, RigPhone
from pocketlens.catalogue import Catalogue, PhotoState
from pocketlens.client import EngineClient
from pocketlens.paths import Home
from pocketlens.protocol import AnyEvent, Failed, Indexed, PhotoFailed, Progress, Role, SourceSpec, Stage


@pytest.fixture
def engine(phone: RigPhone, home: Home, starter: Path) -> Iterator[EngineClient]:
    engine = EngineClient(Role.INDEX, home=home, model=starter, module="pocketlens_desktop.phone.engine")
    try:
        yield engine
    finally:
        engine.close()


def index(engine: EngineClient, spec: SourceSpec = SPEC) -> Indexed:
    return finish(engine.events(engine.index([spec])))


def until(events: Iterator[AnyEvent], *, paused: str | None) -> Progress:
    for event in events:
        if isinstance(event, Progress) and event.stage is Stage.ENCODING and event.paused == paused:
            return event
    raise AssertionError("it never happened")


def unplug_in_the_middle(phone: RigPhone, engine: EngineClient, events: Iterator[AnyEvent]) -> None:
    """Unplug the phone while there are photos left to read, however fast this machine is."""
    engine.pause()
    until(events, paused="asked")
    phone.unplug()
    engine.resume()
    until(events, paused="unplugged")


def names(home: Home) -> list[bytes]:
    with Catalogue.open(home.catalogue, read_only=True) as catalogue:
        return sorted(row.path for row in catalogue.photos(limit=10_000))


def test_a_phones_photos_are_indexed_without_a_copy_left_on_the_pc(
    phone: RigPhone, engine: EngineClient, home: Home
) -> None:
    fill(phone, 12)
    phone.put(b"DCIM/Camera/broken.jpg", b"not a photo")
    phone.media_store([MediaRow(1, STORAGE + b"/DCIM/Camera/IMG_0003.jpg", 1_600_000_000_000, favourite=True)])
    done = index(engine)
    assert (done.added, done.unreadable) == (13, 1)
    with Catalogue.open(home.catalogue, read_only=True) as catalogue:
        (source,) = catalogue.sources()
        assert (source.spec, source.label) == (SPEC, "Pixel 7")
        favourites = [row for row in catalogue.photos() if row.favourite]
    assert [(row.path, row.taken_at) for row in favourites] == [(b"DCIM/Camera/IMG_0003.jpg", 1_600_000_000)]
    kept = b"".join(place.read_bytes() for place in home.data.parent.rglob("*") if place.is_file())
    assert photo(3)[-500:] not in kept


def test_the_next_run_notices_new_edited_moved_and_deleted_photos(
    phone: RigPhone, engine: EngineClient, home: Home
) -> None:
    fill(phone, 6)
    index(engine)
    phone.put(b"DCIM/Camera/IMG_0000.jpg", photo(100), mtime_s=1_800_000_000)
    phone.put(b"DCIM/Camera/new.jpg", photo(101))
    phone.place(b"DCIM/Camera/IMG_0001.jpg").unlink()
    phone.place(b"DCIM/Moved").mkdir()
    phone.place(b"DCIM/Camera/IMG_0002.jpg").rename(phone.place(b"DCIM/Moved/IMG_0002.jpg"))
    done = index(engine)
    assert (done.added, done.changed, done.moved, done.removed, done.unchanged) == (1, 1, 1, 1, 3)
    assert b"DCIM/Moved/IMG_0002.jpg" in names(home)
    assert b"DCIM/Camera/IMG_0001.jpg" not in names(home)


def test_a_job_goes_on_by_itself_when_the_phone_is_back(phone: RigPhone, engine: EngineClient, home: Home) -> None:
    fill(phone, 120)
    events = engine.events(engine.index([SPEC]))
    next(events)
    for _ in range(2):
        unplug_in_the_middle(phone, engine, events)
        phone.plug()
        until(events, paused=None)
    done = finish(events)
    assert (done.added, done.unreadable) == (120, 0)
    assert len(names(home)) == 120


def test_a_job_killed_while_unplugged_goes_on_where_it_was(
    phone: RigPhone, engine: EngineClient, home: Home, starter: Path
) -> None:
    fill(phone, 120)
    events = engine.events(engine.index([SPEC]))
    next(events)
    unplug_in_the_middle(phone, engine, events)
    os.kill(engine.pid, 9)
    phone.plug()
    again = EngineClient(Role.INDEX, home=home, model=starter, module="pocketlens_desktop.phone.engine")
    done = index(again)
    again.close()
    assert done.unreadable == 0
    assert len(names(home)) == 120


def test_a_job_that_waits_for_its_phone_can_be_cancelled(phone: RigPhone, engine: EngineClient) -> None:
    fill(phone, 120)
    request = engine.index([SPEC])
    events = engine.events(request)
    next(events)
    unplug_in_the_middle(phone, engine, events)
    engine.cancel(request)
    assert finish(events).cancelled


def test_two_phones_keep_their_albums_apart(desk: Desk, phone: RigPhone, engine: EngineClient, home: Home) -> None:
    other = desk.phone("OTHER")
    other.plug()
    fill(phone, 3)
    fill(other, 2, first=50)
    assert index(engine).added == 3
    assert index(engine, SourceSpec("phone", b"OTHER")).added == 2
    assert index(engine).unchanged == 3
    with Catalogue.open(home.catalogue, read_only=True) as catalogue:
        assert {source.spec.identity: source.photos for source in catalogue.sources()} == {b"PL0001": 3, b"OTHER": 2}


def test_another_phone_in_its_place_ends_nothing_and_adds_nothing(
    desk: Desk, phone: RigPhone, engine: EngineClient, home: Home
) -> None:
    fill(phone, 120)
    other = desk.phone("OTHER", port=phone.port)
    fill(other, 120, first=1000)
    events = engine.events(engine.index([SPEC]))
    next(events)
    unplug_in_the_middle(phone, engine, events)
    other.plug()
    until(events, paused="unplugged")
    other.unplug()
    phone.plug()
    done = finish(events)
    assert (done.added, done.removed, done.unreadable) == (120, 0, 0)
    assert max(names(home)) == b"DCIM/Camera/IMG_0119.jpg"


def test_photos_in_a_folder_that_is_closed_just_now_are_kept(phone: RigPhone, engine: EngineClient, home: Home) -> None:
    fill(phone, 2)
    phone.put(b"Vault/1.jpg", photo(50))
    index(engine)
    vault = phone.place(b"Vault")
    os.chown(vault, 0, 0)
    vault.chmod(0o700)
    done = index(engine)
    assert done.removed == 0
    assert b"Vault/1.jpg" in names(home)


def test_a_phone_locked_since_its_restart_loses_nothing(phone: RigPhone, engine: EngineClient, home: Home) -> None:
    fill(phone, 2)
    index(engine)
    phone.storage.rename(phone.root / "encrypted")
    phone.storage.mkdir()
    phone.storage.chmod(0o777)
    failure = next(event for event in engine.events(engine.index([SPEC])) if isinstance(event, Failed))
    assert "not unlocked" in failure.what
    assert len(names(home)) == 2


def test_a_phone_that_is_not_plugged_in_loses_nothing(phone: RigPhone, engine: EngineClient, home: Home) -> None:
    fill(phone, 2)
    index(engine)
    phone.unplug()
    failure = next(event for event in engine.events(engine.index([SPEC])) if isinstance(event, Failed))
    assert (failure.code, failure.thing) == ("phone-unavailable", "PL0001")
    assert "USB debugging" in failure.remedy
    assert len(names(home)) == 2


def test_a_photo_the_phone_does_not_give_out_is_told_with_its_reason(phone: RigPhone, engine: EngineClient) -> None:
    fill(phone, 1)
    phone.put(b"DCIM/Camera/closed.jpg", b"x")
    os.chown(phone.place(b"DCIM/Camera/closed.jpg"), 0, 0)
    phone.place(b"DCIM/Camera/closed.jpg").chmod(0o600)
    failures = [event for event in engine.events(engine.index([SPEC])) if isinstance(event, PhotoFailed)]
    assert [(one.path, "Permission denied" in one.reason) for one in failures] == [(b"DCIM/Camera/closed.jpg", True)]


def test_a_photo_with_too_long_a_path_is_one_unreadable_photo_and_the_rest_are_indexed(
    phone: RigPhone, engine: EngineClient
) -> None:
    fill(phone, 3)
    phone.put(b"/".join([b"DCIM", *[b"x" * 250] * 4, b"deep photo.jpg"]), photo(3))
    done = index(engine)
    assert (done.added, done.unreadable) == (4, 1)


def test_a_fast_pass_takes_previews_and_a_later_one_refines_them(
    phone: RigPhone, engine: EngineClient, home: Home
) -> None:
    with_preview = [b"DCIM/Camera/IMG_%04d.jpg" % number for number in range(4)]
    for number, path in enumerate(with_preview):
        whole = Image.open(io.BytesIO(photo(number)))
        phone.put(path, with_small_picture(jpeg(whole), jpeg(whole.resize((160, 120)))))
    phone.put(b"DCIM/Camera/none.jpg", photo(9))

    assert finish(engine.events(engine.index([SPEC], fast=True))).added == 5
    with Catalogue.open(home.catalogue, read_only=True) as catalogue:
        assert {row.path: row.state for row in catalogue.photos()} == {
            b"DCIM/Camera/none.jpg": PhotoState.READY,
            **dict.fromkeys(with_preview, PhotoState.PROVISIONAL),
        }
        assert (catalogue.counts().ready, catalogue.counts().provisional) == (5, 4)
    again = finish(engine.events(engine.index([SPEC], fast=True)))
    assert again.unchanged == 5

    index(engine)
    with Catalogue.open(home.catalogue, read_only=True) as catalogue:
        assert {row.state for row in catalogue.photos()} == {PhotoState.READY}
        refined = {row.path: (row.width, row.height) for row in catalogue.photos()}
        assert refined[with_preview[0]] == Image.open(io.BytesIO(photo(0))).size
        stored = catalogue.connection.execute("SELECT count(*), count(DISTINCT photo) FROM vectors").fetchone()
        assert stored == (5, 5)
