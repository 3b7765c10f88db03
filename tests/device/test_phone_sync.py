"""The file service client, against the real adbd."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from device.rig.desk import RigPhone
from pocketlens_desktop.phone.errors import PhoneLost, PhoneRefused
from pocketlens_desktop.phone.sync import SyncSession
from pocketlens_desktop.phone.transport import Transport

MB = 1024 * 1024


@pytest.fixture
def session(transport: Transport) -> Iterator[SyncSession]:
    with transport.sync() as session:
        yield session


def test_a_files_status_has_64_bit_sizes_and_its_own_time(phone: RigPhone, session: SyncSession) -> None:
    phone.put(b"huge.bin", b"", mtime_s=1_234_567_890)
    os.truncate(phone.place(b"huge.bin"), 5 << 30)
    os.utime(phone.place(b"huge.bin"), (1, 1_234_567_890))
    status = session.status(b"/sdcard/huge.bin")
    assert status is not None
    assert (status.size, status.mtime_s, status.is_file) == (5 << 30, 1_234_567_890, True)


def test_what_is_not_there_has_no_status(session: SyncSession) -> None:
    assert session.status(b"/sdcard/none") is None


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 3 * MB + 1])
def test_a_file_is_read_byte_for_byte(phone: RigPhone, session: SyncSession, size: int) -> None:
    content = os.urandom(size)
    phone.put(b"a.bin", content)
    assert session.read(b"/sdcard/a.bin", 4 * MB) == content


@pytest.mark.parametrize("size", [0, 1, 65536, 200_000])
def test_a_file_is_written_with_its_mode_and_time(phone: RigPhone, session: SyncSession, size: int) -> None:
    content = os.urandom(size)
    session.write(b"/sdcard/new/folder/a, b.bin", [content[:100], content[100:]], mode=0o600, mtime_s=1_500_000_000)
    # adbd says that it is done before it sets the time; the next request comes after that.
    assert session.status(b"/sdcard/new/folder/a, b.bin") is not None
    written = phone.place(b"new/folder/a, b.bin")
    assert written.read_bytes() == content
    assert (written.stat().st_mtime, written.stat().st_mode & 0o700) == (1_500_000_000, 0o600)


def test_names_are_bytes_in_every_request(phone: RigPhone, session: SyncSession) -> None:
    name = b"bad \xff\xa0 ' \n name.jpg"
    session.write(b"/sdcard/odd/" + name, [b"hello"])
    assert [entry.name for entry in session.entries(b"/sdcard/odd")] == [name]
    assert session.read(b"/sdcard/odd/" + name, MB) == b"hello"
    assert phone.place(b"odd/" + name).read_bytes() == b"hello"


@pytest.mark.parametrize("mode", [0o700, 0o744], ids=["closed", "names without files"])
def test_a_folder_the_phone_does_not_show_is_refused_and_an_empty_one_is_not(
    phone: RigPhone, session: SyncSession, mode: int
) -> None:
    phone.put(b"closed/a.jpg", b"x")
    os.chown(phone.place(b"closed"), 0, 0)
    phone.place(b"closed").chmod(mode)
    for folder in (b"/sdcard/closed/", b"/sdcard/none/"):
        with pytest.raises(PhoneRefused, match="does not show"):
            list(session.entries(folder))
    assert list(session.entries(b"/sdcard/DCIM/")) == []


def test_a_refusal_says_why_and_the_session_goes_on(phone: RigPhone, session: SyncSession) -> None:
    phone.put(b"a.bin", b"content")
    with pytest.raises(PhoneRefused, match="No such file"):
        session.read(b"/sdcard/none.bin", MB)
    with pytest.raises(PhoneRefused, match=r"Permission denied|couldn't create"):
        session.write(b"/system/etc/x", [b"x"])
    with pytest.raises(PhoneRefused, match="1024"):
        session.read(b"/sdcard/" + b"x/" * 600, MB)
    assert session.read(b"/sdcard/a.bin", MB) == b"content"


def test_a_file_larger_than_allowed_is_refused_on_the_way(phone: RigPhone, session: SyncSession) -> None:
    phone.put(b"large.bin", b"")
    os.truncate(phone.place(b"large.bin"), 8 << 30)
    with pytest.raises(PhoneRefused, match="larger than 1 MB"):
        session.read(b"/sdcard/large.bin", MB)
    assert session.status(b"/sdcard") is not None


def test_a_reading_that_is_given_up_halfway_leaves_the_session_usable(phone: RigPhone, session: SyncSession) -> None:
    phone.put(b"a.bin", os.urandom(2 * MB))
    blocks = session.blocks(b"/sdcard/a.bin", 4 * MB)
    assert len(next(blocks)) == 65536
    blocks.close()
    assert len(session.read(b"/sdcard/a.bin", 4 * MB)) == 2 * MB


def test_unplugging_in_the_middle_of_a_file_is_an_error_and_not_a_short_file(
    phone: RigPhone, session: SyncSession
) -> None:
    phone.put(b"large.bin", b"")
    os.truncate(phone.place(b"large.bin"), 4 << 30)
    blocks = session.blocks(b"/sdcard/large.bin", 8 << 30)
    next(blocks)
    phone.unplug()
    with pytest.raises(PhoneLost):
        for _block in blocks:
            pass
