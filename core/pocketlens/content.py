"""A photo's content: the bytes of its file, and the hash they go by in the catalogue."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from pocketlens.errors import UnreadablePhoto
from pocketlens.source import LARGEST_PHOTO

#: Bytes of a content's hash.
HASH_BYTES: Final = 16


def content_of(path: Path) -> bytes:
    """The whole of a picture's file.

    Raises:
        UnreadablePhoto: it is no file, cannot be read, or is larger than any photo.
    """
    try:
        # A pipe would be waited for, and a device never ends.
        if not path.is_file():
            raise UnreadablePhoto("This is no picture file.", thing=str(path))
        if path.stat().st_size > LARGEST_PHOTO:
            raise UnreadablePhoto(f"A picture has at most {LARGEST_PHOTO >> 20} MB.", thing=str(path))
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL
        reason = error.strerror if isinstance(error, OSError) else error
        raise UnreadablePhoto(f"This file cannot be read: {reason}.", thing=str(path)) from error


def content_hash(data: bytes) -> bytes:
    """What a photo's content goes by in the catalogue."""
    return hashlib.blake2b(data, digest_size=HASH_BYTES).digest()
