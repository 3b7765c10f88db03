"""Reading the words in a picture, with RapidOCR (the extra ``[ocr]``), whose wheel holds its models: PP-OCRv6 small,
which knows Chinese, English and Japanese.

It is imported in the reading process alone. Its own code to download models is cut off: the module that it would do so
with is replaced by one that refuses.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Final

import numpy as np

from pocketlens.decoding import Pixels, decode_picture
from pocketlens.errors import ModelMissing
from pocketlens.texts import REMEDY, reader_installed

#: Goes up when texts are to be read anew: other models, or another way to keep what they find.
VERSION: Final = 1

#: Shorter side that a picture is decoded to at least, pixels: letters of 1.5 % of it are the smallest that people read.
_SHORT_SIDE: Final = 960
#: Longest side that letters are looked for at. On the sample album's 13 pictures with text 640 and 960 find the same
#: lines, but phone screenshots with small type are three times as large as its.
_SEARCHED_SIDE: Final = 960
#: A line is believed from this confidence on; below it the sample album's photos without text show some.
_BELIEVED: Final = 0.7
#: A picture that is longer than this many times its width is read in parts, which overlap by the other share.
_LONGEST, _OVERLAP = 2.4, 0.1


class TextReader:
    """Some 600 MB while it works. Use it from one thread."""

    def __init__(self, threads: int = 1, *, decode: Callable[..., Pixels] = decode_picture) -> None:
        """Load the models.

        Args:
            threads: that look at one picture.
            decode: `pocketlens.decoding.decode_picture`, or something that does the same elsewhere
                (`pocketlens.decoders.Decoders.picture`).

        Raises:
            ModelMissing: the extra is not installed.
        """
        if not reader_installed():
            raise ModelMissing("What reads words in photos is not installed.", thing="rapidocr", remedy=REMEDY)
        self._decode = decode
        with _no_requests():
            from rapidocr import RapidOCR

            self._read: Any = RapidOCR(
                params={
                    "Global.log_level": "critical",
                    "Global.text_score": _BELIEVED,
                    # Photos are upright by their EXIF block; lines upside down are rare and cost a third model.
                    "Global.use_cls": False,
                    "Det.limit_type": "max",
                    "Det.limit_side_len": _SEARCHED_SIDE,
                    "EngineConfig.onnxruntime.intra_op_num_threads": threads,
                    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                }
            )

    def lines(self, data: bytes, name: str) -> list[str]:
        """The lines of text in a photo, from top to bottom; none when it shows none.

        Args:
            data: the whole file.
            name: the photo as text fit to show; only for the error.

        Raises:
            UnreadablePhoto: as `pocketlens.decoding.decode_picture`.
        """
        found: list[str] = []
        for part in _parts(self._decode(data, short_side=_SHORT_SIDE, name=name)):
            # It expects the order of OpenCV: blue, green, red.
            lines = self._read(np.ascontiguousarray(part[:, :, ::-1])).txts or ()
            # Where parts overlap a line is read twice.
            known = set(found)
            found += [line for line in lines if any(map(str.isalnum, line)) and line not in known]
        return found


def _parts(picture: Pixels) -> Iterator[Pixels]:
    height, width = picture.shape[:2]
    if max(height, width) <= _LONGEST * min(height, width):
        yield picture
        return
    along = 0 if height > width else 1
    length = int(_LONGEST * min(height, width))
    for start in range(0, max(height, width), int(length * (1 - _OVERLAP))):
        part = picture[start : start + length] if along == 0 else picture[:, start : start + length]
        # What is left of the last one may be in the one before as a whole.
        if start == 0 or part.shape[along] > int(_OVERLAP * length) + 1:
            yield part


@contextmanager
def _no_requests() -> Iterator[None]:
    """While it lasts, ``import requests`` gives a module that refuses to fetch anything; the real one opens a socket
    when it is imported.
    """
    real = sys.modules.get("requests")
    refusing = ModuleType("requests")

    def refuse(*_: object, **__: object) -> None:
        raise ModelMissing("A model of the text reader is missing.", thing="rapidocr", remedy=REMEDY)

    refusing.__dict__.update(get=refuse, Response=object, RequestException=OSError)
    sys.modules["requests"] = refusing
    try:
        yield
    finally:
        if real is None:
            del sys.modules["requests"]
        else:
            sys.modules["requests"] = real
