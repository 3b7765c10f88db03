"""A first look at a photo from the head of its file: the small picture that cameras put into EXIF.

Reading 68 KB in place of some megabytes is what makes a first pass over a slow cable quick. The vectors of such small
pictures are stand-ins: tests/bench/phone_previews.py measures what they cost in recall.
"""

from __future__ import annotations

import io
import secrets
import struct
from typing import Final

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from pocketlens_desktop.phone.errors import PhoneMisbehaved
from pocketlens_desktop.phone.shell import ShellStream
from pocketlens_desktop.phone.sync import REPLY_S
from pocketlens_desktop.phone.transport import Transport

#: An APP1 segment has at most 65,535 bytes and stands at the very beginning, after JFIF's 18 at the most.
HEAD_BYTES: Final = 68 * 1024
_EXIF: Final = b"Exif\0\0"
_APP1, _START_OF_SCAN = 0xE1, 0xDA
_START_OF_FRAME: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_THUMBNAIL_OFFSET, _THUMBNAIL_LENGTH = 0x0201, 0x0202
#: Pixels of its longer side, many more than cameras put there. A header of some bytes can claim 65,535 on both sides,
#: 12 GB when decoded.
_MOST: Final = 2048
#: Small pictures of other proportions than their photo have black bars; a pixel more or less is rounding.
_ROUNDING: Final = 2


class HeadReader:
    """Reads the heads of files, many through one shell on the phone. For one thread at a time.

    Names travel as data on the shell's input, ended by NUL; between the answers stands a mark that no file can know.
    """

    def __init__(self, transport: Transport) -> None:
        self._mark = secrets.token_bytes(16).hex().encode()
        loop = b"while IFS= read -r -d '' path; do head -c %d \"$path\"; printf %%s %s; done" % (HEAD_BYTES, self._mark)
        self._stream = ShellStream(transport, loop, silence_s=REPLY_S)
        self._blocks = self._stream.blocks()

    def read(self, path: bytes) -> bytes:
        """The first `HEAD_BYTES` of a file, fewer when it is shorter, none when it cannot be read.

        Args:
            path: absolute, so that it can be no option of the phone's `head`.

        Raises:
            PhoneLost: the phone was unplugged.
            PhoneMisbehaved: the answer does not end.
        """
        self._stream.send(path + b"\0")
        answer = bytearray()
        for block in self._blocks:
            answer += block
            if answer.endswith(self._mark):
                return bytes(answer[: -len(self._mark)])
            if len(answer) > HEAD_BYTES + len(self._mark):
                break
        raise PhoneMisbehaved("The phone's answer to the reading of a file's head does not end.")

    def close(self) -> None:
        self._stream.close()


def preview(head: bytes, *, least: int) -> bytes | None:
    """The small picture in a JPEG's head, as a JPEG with the EXIF block of the photo itself.

    Args:
        head: the beginning of the file.
        least: pixels that its longer side must have to be of use.

    Returns:
        None when there is none, it is too small or too large, or it is broken: then the whole photo has to be read.
    """
    try:
        exif, size = _exif_and_size(head)
        # Not `Image.open`: it judges what is too large by a limit, and warns on a stream, of the whole process.
        with JpegImageFile(io.BytesIO(_small_picture(exif[len(_EXIF) :]))) as small:
            if not least <= max(small.size) <= _MOST:
                return None
            made = io.BytesIO()
            _without_bars(small, size).convert("RGB").save(made, "JPEG", quality=95, exif=exif)
            return made.getvalue()
    except (_NoPreview, struct.error, OSError, ValueError, SyntaxError):
        # Whatever is wrong with it: the photo itself is read instead, and judged then.
        return None


class _NoPreview(Exception):
    pass


def _exif_and_size(head: bytes) -> tuple[bytes, tuple[int, int]]:
    """The EXIF block and the photo's width and height, from the segments before the picture itself (ITU T.81, B)."""
    exif, place = b"", 2
    if head[:2] != b"\xff\xd8":
        raise _NoPreview
    while True:
        mark, kind, length = struct.unpack_from(">BBH", head, place)
        if mark != 0xFF or length < 2 or kind == _START_OF_SCAN:
            raise _NoPreview
        if kind == _APP1 and head.startswith(_EXIF, place + 4) and not exif:
            exif = head[place + 4 : place + 2 + length]
        elif kind in _START_OF_FRAME:
            height, width = struct.unpack_from(">HH", head, place + 5)
            if not (exif and height and width):
                raise _NoPreview
            return exif, (width, height)
        place += 2 + length


def _small_picture(tiff: bytes) -> bytes:
    """The thumbnail of an EXIF block: the one that its second directory points to (EXIF 2.3, 4.6.2)."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        raise _NoPreview
    (first,) = struct.unpack_from(order + "I", tiff, 4)
    (entries,) = struct.unpack_from(order + "H", tiff, first)
    (second,) = struct.unpack_from(order + "I", tiff, first + 2 + 12 * entries)
    if not second:
        raise _NoPreview
    (entries,) = struct.unpack_from(order + "H", tiff, second)
    about = dict(struct.unpack_from(order + "H6xI", tiff, second + 2 + 12 * number) for number in range(entries))
    start, length = about.get(_THUMBNAIL_OFFSET, 0), about.get(_THUMBNAIL_LENGTH, 0)
    if not start or not length:
        raise _NoPreview
    return tiff[start : start + length]


def _without_bars(small: Image.Image, size: tuple[int, int]) -> Image.Image:
    width, height = small.size
    wanted_height = max(1, round(width * size[1] / size[0]))
    wanted_width = max(1, round(height * size[0] / size[1]))
    if wanted_height < height - _ROUNDING:
        top = (height - wanted_height) // 2
        return small.crop((0, top, width, top + wanted_height))
    if wanted_width < width - _ROUNDING:
        left = (width - wanted_width) // 2
        return small.crop((left, 0, left + wanted_width, height))
    return small
