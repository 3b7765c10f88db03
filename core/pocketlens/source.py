"""Where photos come from: the `PhotoSource` interface, and the folder on this machine that implements it."""

from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Callable, Iterator, Mapping, MutableSequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Protocol

import msgspec

from pocketlens.errors import AlbumMissing, UnreadablePhoto
from pocketlens.paths import fit_to_show
from pocketlens.protocol import SourceSpec
from pocketlens.video import can_read_videos, is_video_name

#: Lower-case suffixes of the files worth trying to decode.
PHOTO_SUFFIXES = frozenset(
    b"." + suffix for suffix in b"jpg jpeg jpe jfif png webp heic heif avif tif tiff bmp gif".split()
)

#: A folder that holds a file of this name is not part of the album: Android's own convention.
NO_MEDIA = b".nomedia"

# What the file system answers when the fault is this one file's. Anything else (EMFILE, ENOMEM, …) is the
# machine's fault, and must not be written down as the photo's.
_PHOTO_FAULTS = {
    errno.EACCES,
    errno.EPERM,
    errno.ELOOP,
    errno.EISDIR,
    errno.ENAMETOOLONG,
    errno.EINVAL,
}
# A bad sector answers like this, and so does a disk that was pulled out.
_DISK_FAULTS = {errno.EIO, errno.ENXIO, errno.ENODEV}
# So many of them with no photo read in between are the disk's fault, even if it still answers from the system's cache.
_MOST_DISK_FAULTS = 5
_GONE = {errno.ENOENT, errno.ENOTDIR, errno.ESTALE}

#: No camera writes a photo this large; reading one would fill the memory of a phone.
LARGEST_PHOTO = 512 * 1024 * 1024


class PhotoVanished(Exception):
    """The photo was listed but is not there any more. Not an error: the next listing says what became of it."""


class ListedPhoto(msgspec.Struct, frozen=True):
    """One photo as its source lists it, before anything is read.

    Attributes:
        path: bytes relative to the source, ``/`` between the parts.
        size: bytes; mtime_ns: nanoseconds since 1970. The two tell whether a photo changed.
        album: the folder's path relative to the source (``b""`` for the top).
        taken_at: seconds since 1970 where the source knows it (MediaStore), else None.
        favourite: where the source knows it, else None.
    """

    path: bytes
    size: int
    mtime_ns: int
    album: bytes
    taken_at: int | None = None
    favourite: bool | None = None


class UnlistedFolder(msgspec.Struct, frozen=True):
    """A folder, or one entry of it, that could not be looked at just now.

    What the catalogue knows at ``path`` and below it is kept as it is; ``b""`` stands for the whole source.
    """

    path: bytes
    reason: str


class PhotoSource(Protocol):
    """A place with photos: a folder here, or a phone. `read` is called from several threads at once."""

    @property
    def spec(self) -> SourceSpec: ...

    @property
    def label(self) -> str:
        """What people call it: the folder's name, the phone's model."""
        ...

    def list(self) -> Iterator[ListedPhoto | UnlistedFolder]:
        """Every photo, in any order, without holding them all in memory. Some may come twice after an interruption.

        Raises:
            AlbumMissing: the source itself is not there. Nothing may be concluded about its photos.
        """
        ...

    def read(self, path: bytes) -> bytes:
        """The photo's whole content.

        Raises:
            PhotoVanished: it is no longer there.
            UnreadablePhoto: it is there, but its content cannot be had.
        """
        ...

    def opened(self, path: bytes) -> AbstractContextManager[BinaryIO]:
        """The file itself, for what is too large to be read whole: videos. Raises as `read` does.

        A source that lists no videos may raise `UnreadablePhoto` always.
        """
        ...

    def preview(self, path: bytes) -> bytes | None:
        """A small picture that stands for the photo in a fast job, with the photo's own EXIF block.

        None when there is none that is good enough, or none that is cheaper than `read`.
        """
        ...

    @property
    def waiting(self) -> str | None:
        """Why reads wait just now ("unplugged"), None when they do not. Shown as the reason of a pause."""
        ...

    def close(self) -> None:
        """Let go of everything. May come from another thread while `list` or `read` wait: they raise then."""
        ...


def is_photo_name(name: bytes) -> bool:
    """Whether a file of this name is worth trying: a known suffix, and not hidden."""
    return not name.startswith(b".") and os.path.splitext(name)[1].lower() in PHOTO_SUFFIXES  # noqa: PTH122 - bytes


class FolderSource:
    """A folder of this machine, with everything below it.

    Left out: names that start with a dot (thumbnail caches, Android's ``.trashed-`` and ``.pending-``), folders
    with a ``.nomedia`` file, links to folders (they can loop), and whatever is not a regular file.
    """

    def __init__(self, root: Path) -> None:
        self._root = os.fsencode(root.absolute())
        self._place: tuple[int, int] | None = None
        self._lock = threading.Lock()
        self._disk_faults = 0
        self.spec = SourceSpec(kind="folder", identity=self._root)
        self.label = fit_to_show(os.path.basename(self._root) or self._root)  # noqa: PTH119 - bytes
        self.waiting: str | None = None

    def list(self) -> Iterator[ListedPhoto | UnlistedFolder]:
        self._place = self._where()
        if self._place is None:
            raise AlbumMissing(
                "There is no such folder.",
                thing=fit_to_show(self._root),
                remedy="Check the name, or plug in the disk it is on. What was indexed before is kept.",
            )
        pending = [b""]
        while pending:
            folder = pending.pop()
            try:
                yield from self._list_one(folder, pending)
            except OSError as error:
                if folder == b"":
                    raise AlbumMissing(
                        f"The folder cannot be listed: {error.strerror}.",
                        thing=fit_to_show(self._root),
                        remedy="Check its permissions.",
                    ) from error
                yield UnlistedFolder(folder, error.strerror or "cannot be listed")

    def _list_one(self, folder: bytes, pending: MutableSequence[bytes]) -> Iterator[ListedPhoto | UnlistedFolder]:
        with os.scandir(os.path.join(self._root, folder)) as entries:  # noqa: PTH118 - bytes
            found = list(entries)
        if any(entry.name == NO_MEDIA for entry in found):
            return
        for entry in found:
            path = folder + b"/" + entry.name if folder else entry.name
            if entry.name.startswith(b"."):
                continue
            if entry.is_dir(follow_symlinks=False):
                pending.append(path)
            elif is_photo_name(entry.name) or (is_video_name(entry.name) and can_read_videos()):
                try:
                    about = entry.stat()
                except OSError as error:
                    # A link to nothing, or gone between the two calls; anything else says nothing about the photo.
                    if error.errno not in _GONE | {errno.ELOOP}:
                        yield UnlistedFolder(path, error.strerror or "cannot be looked at")
                    continue
                if stat.S_ISREG(about.st_mode):
                    yield ListedPhoto(path, about.st_size, about.st_mtime_ns, folder)

    def read(self, path: bytes) -> bytes:
        with self.opened(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size > LARGEST_PHOTO:
                raise UnreadablePhoto(f"At {size >> 20} MB this is too large for a photo.", thing=fit_to_show(path))
            return file.read()

    @contextmanager
    def opened(self, path: bytes) -> Iterator[BinaryIO]:
        name = fit_to_show(path)
        try:
            # O_NONBLOCK: a fifo put there since the listing must not hold the worker for ever.
            descriptor = os.open(
                os.path.join(self._root, path),  # noqa: PTH118 - bytes
                os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0),
            )
            with os.fdopen(descriptor, "rb") as file:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise UnreadablePhoto("This is no longer a regular file.", thing=name)
                yield file
        except OSError as error:
            if error.errno in _DISK_FAULTS:
                self._expect_disk(error)
                raise UnreadablePhoto(f"It cannot be read: {error.strerror}.", thing=name) from error
            if error.errno in _GONE:
                self._expect_root()
                raise PhotoVanished(name) from error
            if error.errno in _PHOTO_FAULTS:
                self._expect_root()
                raise UnreadablePhoto(f"It cannot be read: {error.strerror}.", thing=name) from error
            raise
        with self._lock:
            self._disk_faults = 0

    def _where(self) -> tuple[int, int] | None:
        """Which folder of which disk the root is just now; None when it is none."""
        try:
            about = os.stat(self._root)  # noqa: PTH116 - bytes
        except OSError:
            return None
        return (about.st_dev, about.st_ino) if stat.S_ISDIR(about.st_mode) else None

    def _expect_root(self) -> None:
        """Raise when the disk was unplugged or unmounted since the listing: no photo is to blame then."""
        if self._place is not None and self._where() != self._place:
            raise AlbumMissing(
                "The folder went away while its photos were being read.",
                thing=fit_to_show(self._root),
                remedy="Plug in or mount the disk and run the same again: it goes on where it stopped.",
            )

    def _expect_disk(self, fault: OSError) -> None:
        """Raise when the disk itself fails rather than one photo on it."""
        self._expect_root()
        with self._lock:
            self._disk_faults += 1
            too_many = self._disk_faults >= _MOST_DISK_FAULTS
        if too_many or not self._can_be_listed():
            raise AlbumMissing(
                f"The disk stops answering: {fault.strerror}.",
                thing=fit_to_show(self._root),
                remedy="Plug it in again and run the same again: it goes on where it stopped.",
            ) from fault

    def _can_be_listed(self) -> bool:
        try:
            with os.scandir(self._root) as entries:
                for entry in entries:
                    with suppress(FileNotFoundError):  # deleted in between
                        entry.stat(follow_symlinks=False)
                    break
        except OSError:
            return False
        return True

    def preview(self, path: bytes) -> None:
        """None: on a disk, reading is not what takes the time."""

    def close(self) -> None:
        """Nothing is held open."""


#: Opens a source from its spec; a program that knows phones adds "phone" to this.
SourceOpener = Callable[[SourceSpec], PhotoSource]


def open_folder(spec: SourceSpec) -> PhotoSource:
    return FolderSource(Path(os.fsdecode(spec.identity)))


DEFAULT_OPENERS: Mapping[str, SourceOpener] = {"folder": open_folder}
