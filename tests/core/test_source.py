"""Listing and reading a folder on this machine."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.small_album import SmallAlbum, photo
from pocketlens.errors import AlbumMissing, UnreadablePhoto
from pocketlens.source import LARGEST_PHOTO, FolderSource, ListedPhoto, PhotoVanished, UnlistedFolder, is_photo_name

needs_posix = pytest.mark.skipif(os.name != "posix", reason="names and pipes as POSIX has them")


def listed(root: Path) -> dict[bytes, ListedPhoto]:
    return {entry.path: entry for entry in FolderSource(root).list() if isinstance(entry, ListedPhoto)}


def test_a_photo_is_listed_with_its_path_size_time_and_album(album: SmallAlbum) -> None:
    path = album.write("旅行/lake/a b.JPG", 1)
    found = listed(album.root)["旅行/lake/a b.JPG".encode()]
    assert (found.size, found.mtime_ns) == (path.stat().st_size, path.stat().st_mtime_ns)
    assert found.album == "旅行/lake".encode()
    assert (found.taken_at, found.favourite) == (None, None)


def test_a_photo_at_the_top_belongs_to_the_source_itself(album: SmallAlbum) -> None:
    album.write("a.jpg", 1)
    assert listed(album.root)[b"a.jpg"].album == b""


def test_what_is_no_photo_is_left_out(album: SmallAlbum) -> None:
    for name in (
        "notes.txt",
        "film.avi",
        ".hidden.jpg",
        ".thumbnails/1.jpg",
        ".trashed-123-a.jpg",
        "jpg",
        "a.jpg.part",
    ):
        album.write(name, 1)
    (album.root / "folder.jpg").mkdir()
    assert listed(album.root) == {}


def test_a_folder_marked_nomedia_is_left_out_with_all_below_it(album: SmallAlbum) -> None:
    album.write("stickers/.nomedia", b"")
    album.write("stickers/1.jpg", 1)
    album.write("stickers/more/2.jpg", 2)
    album.write("3.jpg", 3)
    assert set(listed(album.root)) == {b"3.jpg"}


@needs_posix
def test_links_to_photos_are_followed_and_links_to_folders_are_not(album: SmallAlbum) -> None:
    album.write("real/a.jpg", 1)
    (album.root / "link.jpg").symlink_to(album.root / "real/a.jpg")
    (album.root / "loop").symlink_to(album.root)
    (album.root / "nowhere.jpg").symlink_to(album.root / "gone.jpg")
    (album.root / "itself.jpg").symlink_to(album.root / "itself.jpg")
    assert set(listed(album.root)) == {b"real/a.jpg", b"link.jpg"}


@needs_posix
def test_pipes_and_sockets_are_left_out(album: SmallAlbum) -> None:
    os.mkfifo(album.root / "pipe.jpg")
    assert listed(album.root) == {}


@needs_posix
def test_a_name_that_is_not_utf8_is_listed_and_read(album: SmallAlbum) -> None:
    name = b"caf\xe9 \n-$'\"\\.jpg"
    (album.root / os.fsdecode(name)).write_bytes(photo(1))
    assert set(listed(album.root)) == {name}
    assert FolderSource(album.root).read(name) == photo(1)


@needs_posix
def test_a_folder_whose_name_is_not_utf8_has_a_label_that_can_be_printed(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    folder.mkdir()
    assert FolderSource(folder).label == r"\xff"


@needs_posix
def test_a_folder_that_cannot_be_listed_is_named_and_the_others_are_listed(album: SmallAlbum) -> None:
    album.write("a.jpg", 1)
    # Deeper than a path may be long: that cannot be listed, by root neither.
    here = os.open(album.root, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("d" * 250, dir_fd=here)
        below = os.open("d" * 250, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    entries = list(FolderSource(album.root).list())
    assert [e.path for e in entries if isinstance(e, ListedPhoto)] == [b"a.jpg"]
    (unlisted,) = [e for e in entries if isinstance(e, UnlistedFolder)]
    assert unlisted.reason == os.strerror(errno.ENAMETOOLONG)


def test_a_folder_that_is_not_there_says_that_what_was_indexed_is_kept(tmp_path: Path) -> None:
    with pytest.raises(AlbumMissing, match="What was indexed before is kept"):
        list(FolderSource(tmp_path / "stick").list())


def test_a_file_is_no_album(album: SmallAlbum) -> None:
    with pytest.raises(AlbumMissing):
        list(FolderSource(album.write("a.jpg", 1)).list())


def test_a_photo_deleted_since_the_listing_has_vanished(album: SmallAlbum) -> None:
    with pytest.raises(PhotoVanished):
        FolderSource(album.root).read(b"gone.jpg")


def test_what_is_no_file_any_more_cannot_be_read_and_holds_nobody_up(album: SmallAlbum) -> None:
    (album.root / "folder.jpg").mkdir()
    names = [b"folder.jpg"]
    if os.name == "posix":
        os.mkfifo(album.root / "pipe.jpg")
        names.append(b"pipe.jpg")
    for name in names:
        with pytest.raises(UnreadablePhoto):
            FolderSource(album.root).read(name)


@needs_posix
def test_a_photo_that_may_not_be_read_is_unreadable_and_a_folder_that_may_not_be_listed_is_named() -> None:
    # Root may read everything, so the rest is done by nobody, who may go neither through a test's own folder.
    program = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from pocketlens.errors import UnreadablePhoto\n"
        "from pocketlens.source import FolderSource\n"
        "if os.getuid() == 0:\n"
        "    os.setgroups([]), os.setgid(65534), os.setuid(65534)\n"
        "source = FolderSource(Path(sys.argv[1]))\n"
        "print(*sorted((entry.path, type(entry).__name__) for entry in source.list()), sep='\\n')\n"
        "assert source.read(b'open.jpg')\n"
        "try: source.read(b'closed.jpg')\n"
        "except UnreadablePhoto as error: print(error.what)\n"
    )
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # through whose folders all may go
        album = SmallAlbum(Path(folder))
        album.root.chmod(0o755)
        album.write("open.jpg", 1).chmod(0o644)
        album.write("closed.jpg", 2).chmod(0)
        album.write("private/3.jpg", 3).parent.chmod(0)
        done = subprocess.run([sys.executable, "-c", program, folder], capture_output=True, text=True, check=False)
        (album.root / "private").chmod(0o700)
    assert done.returncode == 0, done.stderr
    *listed_there, reason = done.stdout.splitlines()
    assert listed_there == [
        "(b'closed.jpg', 'ListedPhoto')",
        "(b'open.jpg', 'ListedPhoto')",
        "(b'private', 'UnlistedFolder')",
    ]
    assert "cannot be read" in reason


def test_a_file_too_large_for_a_photo_is_not_read(album: SmallAlbum) -> None:
    os.truncate(album.write("a.jpg", 1), LARGEST_PHOTO + 1)
    with pytest.raises(UnreadablePhoto, match="512 MB"):
        FolderSource(album.root).read(b"a.jpg")


def test_when_the_whole_folder_went_away_no_photo_is_to_blame(album: SmallAlbum) -> None:
    album.write("a.jpg", 1)
    source = FolderSource(album.root)
    assert len(list(source.list())) == 1
    album.root.rename(album.root.with_name("unplugged"))
    with pytest.raises(AlbumMissing, match="went away"):
        source.read(b"a.jpg")
    album.root.mkdir()  # the empty mount point
    with pytest.raises(AlbumMissing, match="went away"):
        source.read(b"a.jpg")


def fail_to_open(monkeypatch: pytest.MonkeyPatch, fails: Callable[[bytes], bool], code: int = errno.EIO) -> None:
    """Make the system answer like a failing disk, which cannot be had here."""
    real = os.open

    def opened(path: bytes, *rest: int) -> int:
        if fails(os.fsencode(path)):
            raise OSError(code, os.strerror(code))
        return real(path, *rest)

    monkeypatch.setattr(os, "open", opened)


def test_a_bad_sector_is_its_photos_fault(album: SmallAlbum, monkeypatch: pytest.MonkeyPatch) -> None:
    album.fill(40)
    fail_to_open(monkeypatch, lambda path: path.endswith((b"1.jpg", b"2.jpg")))
    source = FolderSource(album.root)
    bad = 0
    for path in sorted(listed(album.root)):
        try:
            source.read(path)
        except UnreadablePhoto as error:
            assert "cannot be read" in error.what
            bad += 1
    assert bad == 8, "never five in a row"


@pytest.mark.parametrize("code", [errno.EIO, errno.ENXIO, errno.ENODEV])
def test_when_the_disk_lists_nothing_any_more_no_photo_is_to_blame(
    album: SmallAlbum, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    album.fill(2)
    source = FolderSource(album.root)
    (first, *_) = list(source.list())
    fail_to_open(monkeypatch, lambda _: True, code)

    def scandir(_: bytes) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(AlbumMissing, match="The disk stops answering"):
        source.read(first.path)


def test_a_disk_that_reads_nothing_any_more_is_no_photos_fault_though_it_lists_from_the_cache(
    album: SmallAlbum, monkeypatch: pytest.MonkeyPatch
) -> None:
    album.fill(10)
    source = FolderSource(album.root)
    paths = [entry.path for entry in source.list()]
    fail_to_open(monkeypatch, lambda _: True)
    for path in paths[:4]:
        with pytest.raises(UnreadablePhoto):
            source.read(path)
    for path in paths[4:]:
        with pytest.raises(AlbumMissing, match="The disk stops answering"):
            source.read(path)


@needs_posix
def test_too_many_open_files_is_no_photos_fault(album: SmallAlbum) -> None:
    album.write("a.jpg", 1)
    program = (
        "import os, resource, sys\n"
        "from pathlib import Path\n"
        "from pocketlens.source import FolderSource\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))\n"
        "held = []\n"
        "try:\n"
        "    while True: held.append(os.open('/', os.O_RDONLY))\n"
        "except OSError: pass\n"
        "try: FolderSource(Path(sys.argv[1])).read(b'a.jpg')\n"
        "except OSError as error: sys.exit(error.errno)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(album.root)], check=False)
    assert done.returncode == errno.EMFILE


@given(st.binary(max_size=40).filter(lambda name: b"/" not in name))
def test_any_name_either_is_a_photos_or_is_not(name: bytes) -> None:
    assert is_photo_name(name + b".HeIc") == (not name.startswith(b".") and name != b"")
    assert not is_photo_name(b"." + name)
