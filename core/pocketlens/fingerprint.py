"""What a picture looks like in 256 bits that survive a messenger: recompressed or resized, it has nearly the same.

A DCT hash: the picture in grey at 32 x 32, and of each of its 256 lowest frequencies whether it is above or below
nothing. (E. Klinger and D. Starkweather, pHash, 2010, take 64 frequencies and their median.) The first 64, the lowest,
find what may be a copy, the others tell two documents of one layout apart.
"""

from __future__ import annotations

import io
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

#: Bytes of a fingerprint.
FINGERPRINT_BYTES: Final = 32
#: What a picture without any structure has instead: a blank page is like every other.
NO_FINGERPRINT: Final = b""

_SIDE: Final = 32
# Standard deviation of the grey values, 0..255, below which a picture has nothing to tell. Chosen, not measured: a page
# with a single line of text has more.
_BLANK: Final = 2.0


def fingerprint(picture: Image.Image) -> bytes:
    """The fingerprint of an upright picture of any size: `FINGERPRINT_BYTES`, or `NO_FINGERPRINT`."""
    grey = picture.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX)
    values = np.asarray(grey, np.float32)
    if float(values.std()) < _BLANK:
        return NO_FINGERPRINT
    frequencies = (_COSINES @ values @ _COSINES.T)[_ROWS, _COLUMNS]
    return np.packbits(frequencies > 0).tobytes()


def fingerprint_of_thumbnail(jpeg: bytes) -> bytes:
    """The fingerprint of a photo that only its thumbnail is left of.

    Raises:
        OSError: it is no JPEG.
    """
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as picture:
        return fingerprint(picture)


def _cosines() -> npt.NDArray[np.float32]:
    """The DCT-II without its scale, which no sign depends on: (32, 32), one frequency a row."""
    place = np.arange(_SIDE)
    return np.cos(np.pi / _SIDE * np.outer(place, place + 0.5)).astype(np.float32)


def _lowest() -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Rows and columns of the 256 lowest frequencies, the mean left out, the lowest first."""
    rows, columns = np.divmod(np.arange(_SIDE * _SIDE), _SIDE)
    order = np.lexsort((rows, rows + columns))[1 : 8 * FINGERPRINT_BYTES + 1]
    return rows[order], columns[order]


_COSINES: Final = _cosines()
_ROWS, _COLUMNS = _lowest()
