"""Files derived from the catalogue, with a seal at their end: what they were made from, and a checksum.

They are never trusted. One whose seal does not fit the catalogue and the model at hand, or whose content does not
fit its seal, counts as missing.
"""

from __future__ import annotations

import contextlib
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec
import numpy as np
from numpy.typing import NDArray

from pocketlens.atomic import replacing
from pocketlens.errors import VectorFileDamaged

# 2: what it seals holds vectors as `packed_vectors` has them.
_MAGIC = b"PocketLens seal 2\n"
_SEAL_BYTES = 1024


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Whose data: the catalogue's random identity, and the model with its preprocessing version."""

    catalogue: str
    model: str
    preprocessing: int
    dimension: int


class Seal(msgspec.Struct, frozen=True, kw_only=True):
    """What a file holds.

    Attributes:
        count: vectors in it.
        last: the greatest ``vectors.id`` in it: what the catalogue has above came later.
        checksum: CRC-32 of everything before the seal. 0.05 s for 120 MB.
    """

    origin: Origin
    count: int
    last: int
    checksum: int


def write_seal(file: BinaryIO, seal: Seal) -> None:
    """Append the seal to a file whose content is complete."""
    file.write((_MAGIC + msgspec.json.encode(seal)).ljust(_SEAL_BYTES, b"\n"))


@contextlib.contextmanager
def replacing_derived(path: Path) -> Iterator[BinaryIO]:
    """`replacing`, except that a file which a searching process has mapped stays as it is on Windows.

    It cannot be replaced there. What came since is then read from the catalogue, until a later job replaces it.
    """
    try:
        with replacing(path) as file:
            yield file
    except PermissionError:
        if os.name != "nt":
            raise


def open_sealed(path: Path, origin: Origin) -> tuple[Seal, NDArray[np.uint8]]:
    """The seal and the content, mapped into memory read-only: (bytes,) uint8.

    Raises:
        VectorFileDamaged: there is none, or none of ``origin``, or not all of it.
    """
    try:
        content: NDArray[np.uint8] = np.memmap(path, np.uint8, "r")
        end = bytes(content[-_SEAL_BYTES:])
        seal = msgspec.json.decode(end.removeprefix(_MAGIC).rstrip(b"\n"), type=Seal)
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise damaged(path, f"It cannot be read: {error}.") from error
    body = content[:-_SEAL_BYTES]
    if not end.startswith(_MAGIC) or seal.origin != origin:
        raise damaged(path, "It belongs to another catalogue or model.")
    if zlib.crc32(body.data) != seal.checksum:
        raise damaged(path, "Its checksum is wrong.")
    return seal, body


def damaged(path: Path, why: str) -> VectorFileDamaged:
    return VectorFileDamaged(why, thing=str(path), remedy="It is made again from the catalogue.")
