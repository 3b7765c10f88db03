"""Videos, as a few pictures of each: which files are videos, and what is read of one.

Reading them needs PyAV, which only ``pocketlens[video]`` installs; without it they are not listed.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import os
import sys
from typing import BinaryIO, Final

import msgspec

from pocketlens.errors import UnreadablePhoto
from pocketlens.video_frames import VideoFrames

#: Lower-case suffixes of the videos worth trying.
VIDEO_SUFFIXES: Final = frozenset(b"." + suffix for suffix in b"mp4 m4v mov 3gp mkv webm".split())
#: Seconds that one video may take. Chosen, not measured: seeking over a slow disk takes some.
_PATIENCE: Final = 120
#: Bytes at the beginning, in the middle and at the end that tell two videos apart: hashing gigabytes takes minutes.
_PIECE: Final = 1 << 20
_MODULE: Final = "pocketlens.video_frames"


def duration_text(milliseconds: int) -> str:
    """How long a video is, as players write it: 0:42, 1:02:03."""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@functools.cache
def can_read_videos() -> bool:
    """Whether PyAV is installed."""
    return importlib.util.find_spec("av") is not None


def is_video_name(path: bytes) -> bool:
    return os.path.splitext(path)[1].lower() in VIDEO_SUFFIXES  # noqa: PTH122 - bytes


def content_hash_of_video(file: BinaryIO) -> bytes:
    """16 bytes of BLAKE2b over the size and three pieces of an open file."""
    size = file.seek(0, os.SEEK_END)
    total = hashlib.blake2b(b"video %d" % size, digest_size=16)
    for place in sorted({0, max(0, size // 2 - _PIECE // 2), max(0, size - _PIECE)}):
        file.seek(place)
        total.update(file.read(_PIECE))
    file.seek(0)
    return total.digest()


def read_video(file: BinaryIO, *, name: str) -> VideoFrames:
    """A few frames of an open file, read by a process of its own.

    Args:
        name: the video as text fit to show; only for the error.

    Raises:
        UnreadablePhoto: nothing can be shown of it, be it that it made the process crash or run for ever.
    """
    import subprocess

    file.seek(0)
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", _MODULE],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadablePhoto("Reading this video takes too long.", thing=name) from error
    if done.returncode == 1:
        raise UnreadablePhoto(done.stdout.decode(errors="replace"), thing=name)
    try:
        return msgspec.msgpack.decode(done.stdout, type=VideoFrames)
    except msgspec.MsgspecError as error:
        raise UnreadablePhoto("The video is damaged: reading it ended the reader.", thing=name) from error
