"""Copies of originals in a folder: complete, with their times, never over another file."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pocketlens.copies import CopyOutcome, PhotoCopy, failed_copy, file_copies, local_name, written_copy
from pocketlens.errors import StorageFull


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    place = tmp_path / "album" / "a.jpg"
    place.parent.mkdir()
    place.write_bytes(b"a photo")
    os.utime(place, ns=(1_500_000_000_123_456_789, 1_500_000_000_123_456_789))
    return place


def copy_of(photo: Path, folder: Path) -> PhotoCopy:
    (copy,) = file_copies([os.fsencode(photo)], folder)
    return copy


def test_a_copy_has_the_content_and_the_time_of_its_original(photo: Path, tmp_path: Path) -> None:
    copy = copy_of(photo, tmp_path / "made" / "for it")
    assert (copy.outcome, copy.place) == (CopyOutcome.COPIED, tmp_path / "made" / "for it" / "a.jpg")
    assert copy.place is not None
    assert copy.place.read_bytes() == b"a photo"
    assert copy.place.stat().st_mtime_ns // 1000 == photo.stat().st_mtime_ns // 1000


def test_copying_again_copies_nothing(photo: Path, tmp_path: Path) -> None:
    made = copy_of(photo, tmp_path / "to")
    again = copy_of(photo, tmp_path / "to")
    assert (again.outcome, again.place) == (CopyOutcome.THERE, made.place)
    assert [place.name for place in (tmp_path / "to").iterdir()] == ["a.jpg"]


def test_another_photo_of_the_same_name_size_and_time_gets_a_number(photo: Path, tmp_path: Path) -> None:
    copy_of(photo, tmp_path / "to")
    other = tmp_path / "other" / "a.jpg"
    other.parent.mkdir()
    other.write_bytes(b"A PHOTO")
    os.utime(other, ns=(photo.stat().st_atime_ns, photo.stat().st_mtime_ns))
    copy = copy_of(other, tmp_path / "to")
    assert (copy.outcome, copy.place) == (CopyOutcome.COPIED, tmp_path / "to" / "a (2).jpg")
    assert (tmp_path / "to" / "a.jpg").read_bytes() == b"a photo"
    assert copy_of(other, tmp_path / "to").outcome is CopyOutcome.THERE


def test_a_photo_that_is_gone_does_not_stop_the_others(photo: Path, tmp_path: Path) -> None:
    done = list(file_copies([os.fsencode(tmp_path / "gone.jpg"), os.fsencode(photo)], tmp_path / "to"))
    assert [copy.outcome for copy in done] == [CopyOutcome.FAILED, CopyOutcome.COPIED]
    assert done[0].reason == "It is not there any more."


@pytest.mark.skipif(sys.platform != "linux", reason="names are any bytes on Linux alone")
def test_a_name_that_is_not_text_is_kept(tmp_path: Path) -> None:
    place = os.fsencode(tmp_path) + b"/\xff \n.jpg"
    Path(os.fsdecode(place)).write_bytes(b"x")
    (copy,) = file_copies([place], tmp_path / "to")
    assert copy.place is not None
    assert os.fsencode(copy.place.name) == b"\xff \n.jpg"


def test_what_cannot_be_written_to_its_end_leaves_nothing_behind(tmp_path: Path) -> None:
    def blocks() -> Iterator[bytes]:
        yield b"half of it"
        raise OSError(errno.EIO, "The disk was pulled out")

    with pytest.raises(OSError, match="pulled out"):
        written_copy(blocks(), tmp_path / "to" / "a.jpg", 0)
    assert list((tmp_path / "to").iterdir()) == []


def test_a_full_disk_is_an_error_of_its_own_and_any_other_refusal_a_failed_copy(tmp_path: Path) -> None:
    with pytest.raises(StorageFull):
        failed_copy(b"a.jpg", tmp_path, OSError(errno.ENOSPC, "No space left on device"))
    assert "read-only" in failed_copy(b"a.jpg", tmp_path, OSError(errno.EROFS, "read-only")).reason


@pytest.mark.parametrize(
    ("name", "fit"),
    [(b"a:b?.jpg", "a_b_.jpg"), (b"con.jpg", "_.jpg"), (b"trailing. ", "trailing._"), (b"ok.jpg", "ok.jpg")],
)
def test_names_of_phones_fit_windows(name: bytes, fit: str) -> None:
    assert local_name(name, windows=True) == fit
