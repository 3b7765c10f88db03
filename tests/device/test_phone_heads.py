"""Reading only the heads of files, over the real adbd."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing

import pytest

from device.rig.desk import RigPhone
from pocketlens_desktop.phone.errors import PhoneLost
from pocketlens_desktop.phone.preview import HEAD_BYTES, HeadReader
from pocketlens_desktop.phone.transport import Transport


@pytest.fixture
def heads(transport: Transport) -> Iterator[HeadReader]:
    with closing(HeadReader(transport)) as heads:
        yield heads


@pytest.mark.parametrize("size", [0, 1, HEAD_BYTES - 1, HEAD_BYTES, HEAD_BYTES + 1, 3_000_000])
def test_a_head_is_the_beginning_of_the_file(phone: RigPhone, heads: HeadReader, size: int) -> None:
    content = os.urandom(size)
    phone.put(b"DCIM/a.jpg", content)
    assert heads.read(b"/sdcard/DCIM/a.jpg") == content[:HEAD_BYTES]


def test_one_reader_reads_many_files_whatever_their_names(phone: RigPhone, heads: HeadReader) -> None:
    names = [b"$(reboot).jpg", b"new\nline.jpg", b"it's.jpg", b" lead and trail ", b"\xff\\.jpg", b"-n"]
    for name in names:
        phone.put(b"DCIM/" + name, b"content of " + name)
    for name in names * 3:
        assert heads.read(b"/sdcard/DCIM/" + name) == b"content of " + name


def test_a_file_that_is_not_there_has_no_head(phone: RigPhone, heads: HeadReader) -> None:
    phone.put(b"DCIM/a.jpg", b"content")
    assert heads.read(b"/sdcard/DCIM/gone.jpg") == b""
    assert heads.read(b"/sdcard/DCIM/a.jpg") == b"content"


def test_unplugging_is_an_error_and_not_an_empty_head(phone: RigPhone, heads: HeadReader) -> None:
    phone.put(b"DCIM/a.jpg", b"content")
    assert heads.read(b"/sdcard/DCIM/a.jpg") == b"content"
    phone.unplug()
    with pytest.raises(PhoneLost):
        heads.read(b"/sdcard/DCIM/a.jpg")
