"""Unit vectors as they are stored and compared: a signed byte a dimension, and what they come to as a checksum.

Only the direction counts, so the largest number of each vector is made 127. Half the bytes of float16, on disk and in
memory, and half the time to compare; what that costs is in tests/bench/README.md (vector_precision.py).
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

_LARGEST: Final = 127
# 256 KB of a word of signs: what is counted stays in the processor's cache, and calls are few.
_AT_A_TIME: Final = 32_768


def packed(vector: NDArray[Any]) -> bytes:
    """A vector as it is stored: its direction as int8 (dimension,), then the sum of their squares, int32.

    Little-endian, dimension + 4 bytes. That sum is what reading needs, and tells whether the bytes are still the same.

    Args:
        vector: (dimension,) of any float type, finite.
    """
    numbers = packed_numbers(vector)
    return numbers.tobytes() + _square(numbers).to_bytes(4, "little")


def packed_numbers(vector: NDArray[Any]) -> NDArray[np.int8]:
    """The direction of a vector (dimension,) of any float type: int8, the largest of them 127 or -127."""
    return _numbers_and_step(vector)[0]


def is_sound(stored: object, dimension: int) -> bool:
    """Whether these are the bytes that `packed` gave for some vector other than zero."""
    if not isinstance(stored, bytes) or len(stored) != dimension + 4:
        return False
    numbers, square = np.frombuffer(stored, np.int8, dimension), int.from_bytes(stored[-4:], "little", signed=True)
    return 0 < square == _square(numbers)


class PackedVectors(msgspec.Struct, frozen=True):
    """Some vectors, n of them.

    Attributes:
        numbers: int8 (n, dimension), the directions.
        squares: int32 (n,), the sums of their squares.
    """

    numbers: NDArray[np.int8]
    squares: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, rows: slice | NDArray[np.intp] | NDArray[np.bool_]) -> PackedVectors:
        return PackedVectors(self.numbers[rows], self.squares[rows])

    def cosines(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """With the vector ``query`` (dimension,), times its length: (n,)."""
        if not len(self):
            return np.empty(0, np.float32)
        # usearch's own kernels, which are quick to import, unlike usearch itself. The query is two rows, what one byte
        # a dimension says and what it leaves out: reading the photos' takes the time, and it counts for all of them.
        import numkong

        coarse, step = _numbers_and_step(query)
        fine, finer_step = _numbers_and_step(query - np.float32(step) * coarse)
        dots = np.asarray(numkong.cdist(self.numbers, np.stack([coarse, fine]), "dot"))
        return np.asarray(dots @ np.array([step, finer_step]) / self._lengths(), np.float32)

    def floats(self) -> NDArray[np.float32]:
        """(n, dimension), of unit length."""
        return np.asarray(self.numbers / self._lengths()[:, None], np.float32)

    def _lengths(self) -> NDArray[np.float32]:
        """Of ``numbers``; 1 for zero, which is then like nothing."""
        return np.asarray(np.sqrt(np.maximum(self.squares, 1).astype(np.float32)))


def unpacked(stored: list[bytes], dimension: int) -> PackedVectors:
    """What `packed` gave, a row each.

    Raises:
        ValueError: one of them is of another length.
    """
    if any(len(one) != dimension + 4 for one in stored):
        raise ValueError("vectors of another length")
    rows = np.frombuffer(b"".join(stored), _row_type(dimension))
    return PackedVectors(np.ascontiguousarray(rows["numbers"]), np.ascontiguousarray(rows["square"]))


def pack_all(vectors: NDArray[Any]) -> PackedVectors:
    """Vectors (n, dimension) of any float type as they are after they were stored."""
    return unpacked([packed(vector) for vector in vectors], vectors.shape[1])


def joined(parts: list[PackedVectors]) -> PackedVectors:
    """All of them, one part after the other; there is at least one."""
    if len(parts) == 1:
        return parts[0]
    return PackedVectors(
        np.concatenate([part.numbers for part in parts]), np.concatenate([part.squares for part in parts])
    )


def signs_of(numbers: NDArray[Any]) -> NDArray[np.uint64]:
    """Which numbers are above zero, a bit each: (n, dimension) to (dimension / 64 rounded up, n).

    A photo's bits stand below each other, so that those of many are counted by few and long instructions.
    """
    bits = np.packbits(numbers > 0, axis=1)
    missing = -bits.shape[1] % 8
    bits = np.pad(bits, ((0, 0), (0, missing))) if missing else bits
    return np.ascontiguousarray(bits.view(np.uint64).T)


def differing_signs(signs: NDArray[np.uint64], query: NDArray[np.float32]) -> NDArray[np.uint16]:
    """In how many dimensions each photo's sign is not the one of ``query`` (dimension,): (n,).

    Args:
        signs: see `signs_of`.
    """
    wanted = signs_of(query[None])[:, 0]
    count = signs.shape[1]
    found = np.zeros(count, np.uint16)
    different, bits = np.empty(min(count, _AT_A_TIME), np.uint64), np.empty(min(count, _AT_A_TIME), np.uint8)
    for start in range(0, count, _AT_A_TIME):
        part = found[start : start + _AT_A_TIME]
        for word, one in zip(signs, wanted, strict=True):
            np.bitwise_xor(word[start : start + _AT_A_TIME], one, out=different[: len(part)])
            part += np.bitwise_count(different[: len(part)], out=bits[: len(part)])
    return found


def _numbers_and_step(vector: NDArray[Any]) -> tuple[NDArray[np.int8], float]:
    """The direction of a vector, and what 1 in it stands for."""
    most = float(np.abs(vector).max(initial=0.0))
    if most == 0.0:
        return np.zeros(vector.shape, np.int8), 0.0
    numbers = np.rint(vector.astype(np.float32) * np.float32(_LARGEST / most))
    return np.asarray(numbers, np.int8), most / _LARGEST


def _square(numbers: NDArray[np.int8]) -> int:
    wide = numbers.astype(np.int32)
    return int(wide @ wide)


@cache
def _row_type(dimension: int) -> np.dtype[np.void]:
    return np.dtype([("numbers", np.int8, (dimension,)), ("square", "<i4")])
