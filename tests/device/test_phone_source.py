"""A phone as the engine's source of photos: reading, unplugging at any moment, and phones that are not the one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from desktop.exif_photo import jpeg, with_small_picture
from device.rig.desk import Desk, RigPhone
from device.rig.patience import until
from pocketlens.errors import UnreadablePhoto
from pocketlens.protocol import SourceSpec
from pocketlens.source import ListedPhoto, PhotoVanished
from pocketlens_desktop.phone import discovery
from pocketlens_desktop.phone.errors import PhoneMisbehaved, PhoneUnavailable, ReadingStopped
from pocketlens_desktop.phone.link import UNPLUGGED
from pocketlens_desktop.phone.source import PhoneSource, open_phone

SPEC = SourceSpec("phone", b"PL0001")


@pytest.fixture
def source(phone: RigPhone) -> Iterator[PhoneSource]:
    with closing(PhoneSource(discovery.choose(None))) as source:
        yield source


def test_a_phone_is_opened_by_its_own_serial_number_wherever_it_is_plugged_in(source: PhoneSource) -> None:
    assert source.spec == SPEC
    assert source.label == "Pixel 7"
    assert source.waiting is None


def test_a_photo_is_read_whole_whatever_its_name(phone: RigPhone, source: PhoneSource) -> None:
    name = b"DCIM/it's \xff\n$(id).jpg"
    phone.put(name, b"content")
    assert [row.path for row in source.list()] == [name]
    assert source.read(name) == b"content"


def test_a_photo_deleted_since_it_was_listed_has_vanished(source: PhoneSource) -> None:
    with pytest.raises(PhotoVanished):
        source.read(b"DCIM/gone.jpg")


def test_a_photo_the_phone_does_not_give_out_is_unreadable_with_the_phones_reason(
    phone: RigPhone, source: PhoneSource
) -> None:
    phone.put(b"DCIM/closed.jpg", b"x")
    os.chown(phone.place(b"DCIM/closed.jpg"), 0, 0)
    phone.place(b"DCIM/closed.jpg").chmod(0o600)
    with pytest.raises(UnreadablePhoto, match="Permission denied"):
        source.read(b"DCIM/closed.jpg")


@pytest.fixture
def beyond_adb(phone: RigPhone) -> bytes:
    """A photo, with a small picture in its head, whose path is longer than the 1,024 bytes that adb takes."""
    path = b"/".join([b"DCIM", *[b"x" * 250] * 4, b"deep photo.jpg"])
    small = jpeg(Image.new("RGB", (160, 120), "red"))
    phone.put(path, with_small_picture(jpeg(Image.new("RGB", (640, 480), "red")), small))
    return path


def test_a_photo_whose_path_is_too_long_for_adb_is_unreadable_and_says_so(
    source: PhoneSource, beyond_adb: bytes
) -> None:
    assert [row.path for row in source.list()] == [beyond_adb]
    with pytest.raises(UnreadablePhoto, match="adb takes 1024"):
        source.read(beyond_adb)


def test_a_photo_whose_folder_was_closed_since_it_was_listed_is_unreadable(
    phone: RigPhone, source: PhoneSource
) -> None:
    phone.put(b"DCIM/Vault/a.jpg", b"x")
    os.chown(phone.place(b"DCIM/Vault"), 0, 0)
    phone.place(b"DCIM/Vault").chmod(0o700)
    with pytest.raises(UnreadablePhoto, match="Permission denied"):
        source.read(b"DCIM/Vault/a.jpg")
    assert source.preview(b"DCIM/Vault/a.jpg") is None


def test_a_preview_is_had_by_the_shell_which_takes_longer_paths_than_adb(
    source: PhoneSource, beyond_adb: bytes
) -> None:
    assert source.preview(beyond_adb) is not None


def test_many_threads_read_at_once_and_each_gets_its_own_photo(phone: RigPhone, source: PhoneSource) -> None:
    contents = {b"DCIM/%d.jpg" % number: os.urandom(100_000 + number) for number in range(40)}
    for path, content in contents.items():
        phone.put(path, content)
    with ThreadPoolExecutor(8) as pool:
        assert dict(zip(contents, pool.map(source.read, contents), strict=True)) == contents


@pytest.mark.parametrize("path", [b"../etc/hosts", b"/etc/hosts", b"DCIM/../../x", b"", b"DCIM//x", b"a\0b", b"./x"])
def test_a_path_that_leads_out_of_the_album_is_refused(source: PhoneSource, path: bytes) -> None:
    with pytest.raises(PhoneMisbehaved):
        source.read(path)


@pytest.mark.parametrize("lose", [RigPhone.unplug, RigPhone.die], ids=["unplugged", "adbd died"])
def test_reading_waits_for_a_phone_that_is_gone_and_goes_on_by_itself(
    phone: RigPhone, source: PhoneSource, lose: Callable[[RigPhone], None]
) -> None:
    phone.put(b"DCIM/a.jpg", b"content")
    assert source.read(b"DCIM/a.jpg") == b"content"
    lose(phone)
    with ThreadPoolExecutor(4) as pool:
        readings = [pool.submit(source.read, b"DCIM/a.jpg") for _ in range(4)]
        until(lambda: source.waiting is not None)
        phone.plug()
        assert [reading.result() for reading in readings] == [b"content"] * 4
    assert source.waiting is None


def test_a_photo_whose_reading_was_interrupted_is_read_again_from_its_beginning(
    phone: RigPhone, source: PhoneSource
) -> None:
    content = os.urandom(60_000_000)
    phone.put(b"DCIM/large.jpg", content)
    with ThreadPoolExecutor(1) as pool:
        reading: Future[bytes] = pool.submit(source.read, b"DCIM/large.jpg")
        for _ in range(2):
            phone.unplug()
            phone.plug()
        assert reading.result() == content


def test_a_listing_begins_anew_when_the_phone_is_back(phone: RigPhone, source: PhoneSource) -> None:
    for number in range(3000):
        phone.put(b"DCIM/some longer folder name/IMG_%06d.jpg" % number, b"")
    rows = source.list()
    first = next(rows)
    assert isinstance(first, ListedPhoto)
    with ThreadPoolExecutor(1) as pool:
        phone.unplug()
        rest = pool.submit(list, rows)
        phone.plug()
        assert len({first.path} | {row.path for row in rest.result()}) == 3000


def test_another_phone_in_its_place_is_never_read(desk: Desk, phone: RigPhone, source: PhoneSource) -> None:
    phone.put(b"DCIM/a.jpg", b"mine")
    other = desk.phone("OTHER", port=phone.port)
    other.put(b"DCIM/a.jpg", b"not mine")
    phone.unplug()
    other.plug()
    assert discovery.choose(None).serial == b"OTHER"
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(source.read, b"DCIM/a.jpg")
        until(lambda: source.waiting == UNPLUGGED)
        other.unplug()
        phone.plug()
        assert reading.result() == b"mine"


def test_of_two_phones_the_right_one_is_read(desk: Desk, phone: RigPhone) -> None:
    other = desk.phone("OTHER")
    other.plug()
    phone.put(b"DCIM/a.jpg", b"first")
    other.put(b"DCIM/a.jpg", b"second")
    with closing(open_phone(SPEC)) as source, closing(open_phone(SourceSpec("phone", b"OTHER"))) as others:
        assert source.read(b"DCIM/a.jpg") == b"first"
        assert others.read(b"DCIM/a.jpg") == b"second"


def test_closing_ends_what_waits_for_an_unplugged_phone(phone: RigPhone, source: PhoneSource) -> None:
    phone.unplug()
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(source.read, b"DCIM/a.jpg")
        until(lambda: source.waiting == UNPLUGGED)
        source.close()
        with pytest.raises(ReadingStopped):
            reading.result()


def is_read_from(pipe: Path) -> bool:
    try:
        os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
    except OSError:  # ENXIO: nobody has opened the other end
        return False
    return True


def test_closing_ends_a_reading_under_way(phone: RigPhone, source: PhoneSource) -> None:
    phone.put(b"DCIM/pipe.jpg", b"")
    phone.place(b"DCIM/pipe.jpg").unlink()
    os.mkfifo(phone.place(b"DCIM/pipe.jpg"), 0o644)
    with ThreadPoolExecutor(1) as pool:
        # A pipe that nobody writes to: adbd opens it and waits.
        reading = pool.submit(source.read, b"DCIM/pipe.jpg")
        until(lambda: is_read_from(phone.place(b"DCIM/pipe.jpg")))
        source.close()
        with pytest.raises(ReadingStopped):
            reading.result()


def test_an_adb_server_that_dies_is_started_again(desk: Desk, phone: RigPhone, source: PhoneSource) -> None:
    phone.put(b"DCIM/a.jpg", b"content")
    assert source.read(b"DCIM/a.jpg") == b"content"
    desk.unserve()
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(source.read, b"DCIM/a.jpg")
        until(lambda: source.waiting == UNPLUGGED)
        phone.connect()
        assert reading.result() == b"content"


def test_a_phone_that_is_not_there_is_said_to_be_missing_not_empty(desk: Desk) -> None:
    with pytest.raises(PhoneUnavailable, match="No phone is plugged in"):
        open_phone(SPEC)
    desk.phone("OTHER").plug()
    with pytest.raises(PhoneUnavailable, match="Another phone"):
        open_phone(SPEC)
