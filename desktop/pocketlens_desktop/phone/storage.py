"""The phone's shared storage: where it is, which paths on it are ours to name, and which folders are left out.

What is left out, and why:

- names that begin with a dot: deleted (``.trashed-…``), unfinished (``.pending-…``) and made (``.thumbnails``) files;
- folders with a ``.nomedia`` file, and all below: by Android's own convention not part of any gallery. In the top
  folder the file counts for nothing, as for Android, whose whole album it would hide;
- ``Android/data``, ``Android/obb`` and ``Android/sandbox``: the private caches of apps, closed to adb on newer phones.

``Android/media`` stays in: WhatsApp and other messengers keep received photos there.
"""

from __future__ import annotations

from typing import Final

from pocketlens_desktop.phone.errors import PhoneMisbehaved

#: The shared storage, on every phone. The slash matters: without it some commands look at the link itself.
ROOT: Final = b"/sdcard/"
#: The same place by the names MediaStore has used for it.
ROOT_NAMES: Final = (b"/storage/emulated/0/", ROOT, b"/storage/self/primary/", b"/mnt/sdcard/")
PRIVATE_FOLDERS: Final = (b"Android/data", b"Android/obb", b"Android/sandbox")
NO_MEDIA: Final = b".nomedia"

_LONGEST_PATH: Final = 4096  # PATH_MAX


def absolute(path: bytes) -> bytes:
    """The place on the phone of a path relative to the shared storage.

    Raises:
        PhoneMisbehaved: the path leads out of it.
    """
    return ROOT + checked(path)


def relative(place: bytes) -> bytes | None:
    """A place on the phone as a path relative to the shared storage, None when it is elsewhere.

    Raises:
        PhoneMisbehaved: it pretends to be on it, but leads out of it.
    """
    for root in ROOT_NAMES:
        if place.startswith(root):
            return checked(place[len(root) :])
    return None


def checked(path: bytes) -> bytes:
    """The path itself, when it names something below the folder it is relative to.

    Raises:
        PhoneMisbehaved: it is absolute, has ``.``, ``..`` or empty parts, a NUL, or no end.
    """
    parts = path.split(b"/")
    if b"" in parts or b"." in parts or b".." in parts or b"\0" in path or len(path) > _LONGEST_PATH:
        raise PhoneMisbehaved("The phone names a file that cannot be on it.", thing=repr(path[:200]))
    return path


def album_of(path: bytes) -> bytes:
    """The folder a photo is in, relative to the shared storage; ``b""`` for the top."""
    return path.rpartition(b"/")[0]


def is_below(path: bytes, folders: frozenset[bytes]) -> bool:
    """Whether one of these folders is on the way to ``path``."""
    end = path.find(b"/")
    while end != -1:
        if path[:end] in folders:
            return True
        end = path.find(b"/", end + 1)
    return False
