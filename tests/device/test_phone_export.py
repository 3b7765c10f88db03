"""Original photos copied from the phone, with their times, never over another file."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from device.rig.desk import RigPhone
from pocketlens.copies import CopyOutcome, PhotoCopy
from pocketlens.errors import StorageFull
from pocketlens_desktop.phone.errors import PhoneMisbehaved
from pocketlens_desktop.phone.export import copies
from pocketlens_desktop.phone.transport import Transport


def test_originals_are_copied_with_folders_content_and_times(
    phone: RigPhone, transport: Transport, tmp_path: Path
) -> None:
    contents = {b"DCIM/Camera/a b.jpg": os.urandom(300_000), "相册/😀 \n.jpg".encode(): b"x", b"\xff.png": b""}
    for path, content in contents.items():
        phone.put(path, content, mtime_s=1_500_000_000)
    done = list(copies(transport, contents, tmp_path))
    assert [(copy.path, copy.outcome) for copy in done] == [(path, CopyOutcome.COPIED) for path in contents]
    for copy in done:
        assert copy.place == tmp_path / os.fsdecode(copy.path)
        assert copy.place.read_bytes() == contents[copy.path]
        assert copy.place.stat().st_mtime == 1_500_000_000


def test_copying_again_copies_nothing(phone: RigPhone, transport: Transport, tmp_path: Path) -> None:
    phone.put(b"DCIM/a.jpg", b"content")
    list(copies(transport, [b"DCIM/a.jpg"], tmp_path))
    assert list(copies(transport, [b"DCIM/a.jpg"], tmp_path)) == [
        PhotoCopy(b"DCIM/a.jpg", CopyOutcome.THERE, tmp_path / "DCIM" / "a.jpg")
    ]
    assert sorted(place.name for place in tmp_path.rglob("*")) == ["DCIM", "a.jpg"]


def test_another_file_of_that_name_is_left_alone(phone: RigPhone, transport: Transport, tmp_path: Path) -> None:
    (tmp_path / "DCIM").mkdir()
    (tmp_path / "DCIM" / "a.jpg").write_bytes(b"somebody else's")
    (tmp_path / "DCIM" / "a (2).jpg").symlink_to("nowhere")
    phone.put(b"DCIM/a.jpg", b"content")
    (copy,) = copies(transport, [b"DCIM/a.jpg"], tmp_path)
    assert (copy.outcome, copy.place) == (CopyOutcome.COPIED, tmp_path / "DCIM" / "a (3).jpg")
    assert (tmp_path / "DCIM" / "a.jpg").read_bytes() == b"somebody else's"
    assert not (tmp_path / "nowhere").exists()
    (again,) = copies(transport, [b"DCIM/a.jpg"], tmp_path)
    assert (again.outcome, again.place) == (CopyOutcome.THERE, tmp_path / "DCIM" / "a (3).jpg")


def test_a_photo_that_is_gone_or_closed_does_not_stop_the_others(
    phone: RigPhone, transport: Transport, tmp_path: Path
) -> None:
    phone.put(b"DCIM/closed.jpg", b"x")
    os.chown(phone.place(b"DCIM/closed.jpg"), 0, 0)
    phone.place(b"DCIM/closed.jpg").chmod(0o600)
    phone.put(b"DCIM/z.jpg", b"x")
    done = list(copies(transport, [b"DCIM/gone.jpg", b"DCIM/closed.jpg", b"DCIM/z.jpg"], tmp_path))
    assert [copy.outcome for copy in done] == [CopyOutcome.FAILED, CopyOutcome.FAILED, CopyOutcome.COPIED]
    assert "not on the phone" in done[0].reason
    assert "Permission denied" in done[1].reason
    assert [place.name for place in (tmp_path / "DCIM").iterdir()] == ["z.jpg"]


@pytest.mark.parametrize("path", [b"../escaped.jpg", b"/etc/passwd", b"DCIM/../../escaped.jpg"])
def test_nothing_is_written_outside_the_chosen_folder(transport: Transport, tmp_path: Path, path: bytes) -> None:
    with pytest.raises(PhoneMisbehaved):
        list(copies(transport, [path], tmp_path / "chosen"))
    assert list(tmp_path.iterdir()) == []


def test_a_copy_interrupted_by_unplugging_is_finished_when_the_phone_is_back(
    phone: RigPhone, transport: Transport, tmp_path: Path
) -> None:
    content = os.urandom(60_000_000)
    phone.put(b"DCIM/large.jpg", content)
    with ThreadPoolExecutor(1) as pool:
        copying = pool.submit(lambda: list(copies(transport, [b"DCIM/large.jpg"], tmp_path)))
        phone.unplug()
        phone.plug()
        (copy,) = copying.result()
    assert copy.outcome is CopyOutcome.COPIED
    assert [place.name for place in (tmp_path / "DCIM").iterdir()] == ["large.jpg"]
    assert (tmp_path / "DCIM" / "large.jpg").read_bytes() == content


def test_a_full_disk_is_said_and_leaves_no_half_copy(phone: RigPhone, transport: Transport, full_disk: Path) -> None:
    phone.put(b"DCIM/a.jpg", os.urandom(3_000_000))
    with pytest.raises(StorageFull):
        list(copies(transport, [b"DCIM/a.jpg"], full_disk))
    assert [place for place in full_disk.rglob("*") if place.is_file()] == []
