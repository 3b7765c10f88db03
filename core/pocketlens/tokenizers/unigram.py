"""SentencePiece's unigram tokenizer, in Python and numpy.

Does what the reference library does for a unigram model with the ``nmt_nfkc`` normalizer: rewrite the text
through the model's precompiled character map, then take the most probable segmentation (Kudo 2018, "Subword
Regularization", section 3.1) by Viterbi's algorithm. Every piece of the upstream vocabulary takes part in the
segmentation, so that the pieces are the upstream ones for any text; only the pieces that have a row in the
model's table keep an id of their own, and the others share the unknown one.
"""

from __future__ import annotations

import struct
import sys
from array import array
from base64 import b64decode
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_SPACE = "\u2581"
_SPACE_BYTES = _SPACE.encode()
# Lower than any sum of scores; the reference starts its lattice the same way.
_IMPOSSIBLE = -1e38
#: Characters up to which a text may be one piece, whatever pieces there are: counting theirs takes 5 ms, once.
_SHORT: Final = 24
#: Bytes of a piece that tell it from most others, together with how many it has.
_HEAD: Final = 8
#: Spreads lengths over the 64 bits of a key: 2**64 divided by the golden ratio (Knuth, volume 3, section 6.4).
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)


class CharacterMap:
    """The longest-prefix rewriting of a precompiled SentencePiece normalizer.

    The data is a darts-clone double array (little-endian uint32 units) behind its length in bytes, followed by
    the NUL-terminated replacements its leaves point at. Layout: ``Normalizer::DecodePrecompiledCharsMap`` of
    SentencePiece, ``DoubleArrayUnit`` of darts-clone.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) < 4:
            raise ValueError("character map is too short")
        (trie_bytes,) = struct.unpack_from("<I", data)
        if trie_bytes % 4 or 4 + trie_bytes > len(data) or trie_bytes == 0:
            raise ValueError("character map has a broken length")
        self._units = _little_endian("I", data[4 : 4 + trie_bytes])
        self._replacements = data[4 + trie_bytes :]

    def rewrite(self, raw: bytes, position: int) -> tuple[bytes, int]:
        """What ``raw`` from ``position`` on begins with after rewriting, and how many bytes that took."""
        units = self._units
        unit = units[0]
        node = (unit >> 10) << ((unit & 0x200) >> 6)
        taken, leaf = 0, 0
        for end in range(position, len(raw)):
            byte = raw[end]
            node ^= byte
            if node >= len(units):
                break
            unit = units[node]
            if unit & 0x800000FF != byte:
                break
            node ^= (unit >> 10) << ((unit & 0x200) >> 6)
            if unit & 0x100:
                taken, leaf = end + 1 - position, units[node] & 0x7FFFFFFF
        if taken == 0 or leaf >= len(self._replacements):
            size = _character_size(raw[position])
            return raw[position : position + size], size
        return self._replacements[leaf : self._replacements.index(b"\0", leaf)], taken

    def normalize(self, text: str) -> str:
        """``text`` rewritten, with single escaped spaces, one in front and none behind; "" when nothing is left."""
        # A lone surrogate cannot be encoded; the reference never sees one.
        raw = text.encode("utf-8", errors="replace")
        out = bytearray(_SPACE_BYTES)
        after_space = True
        position = 0
        while position < len(raw):
            piece, taken = self.rewrite(raw, position)
            position += taken
            if after_space:
                piece = piece.lstrip(b" ")
            if piece:
                out += piece.replace(b" ", _SPACE_BYTES)
                after_space = piece.endswith(b" ")
        while out.endswith(_SPACE_BYTES):
            del out[-len(_SPACE_BYTES) :]
        return out.decode("utf-8", errors="replace")


def _character_size(first: int) -> int:
    """Bytes in the UTF-8 character that starts with byte ``first``."""
    if first < 0x80:
        return 1
    if first < 0xE0:
        return 2
    return 3 if first < 0xF0 else 4


class PieceTable:
    """Finds pieces by their first bytes and their length.

    A dictionary of the starter's 128,000 takes 60 ms of a cold search to make, this takes 10; and the tokenizer 25 MB
    of memory with it, 9 with this. Each text takes longer: a millisecond of 80 characters in place of a third.

    Args:
        pieces: newline-separated.
    """

    def __init__(self, pieces: str) -> None:
        self._bytes = pieces.encode() + b"\n"
        self._starts, _, keys = _keyed(self._bytes)
        self._order = np.argsort(keys)
        self._keys = keys[self._order]

    def __len__(self) -> int:
        return len(self._starts)

    @cached_property
    def _longest(self) -> int:
        characters = (np.frombuffer(self._bytes, np.uint8) & 0xC0) != 0x80  # all but what continues one, in UTF-8
        return int(np.add.reduceat(characters, self._starts, dtype=np.int64).max()) - 1

    def reach(self, text: str) -> int:
        """No less than the characters of the longest piece that can be in ``text``."""
        return min(len(text), self._longest) if len(text) > _SHORT else len(text)

    def within(self, text: str) -> dict[str, int]:
        """Every piece that is a part of ``text``, with its place among all pieces; of two that are alike the last."""
        size, reach = len(text), self.reach(text)
        parts = {text[start:end] for start in range(size) for end in range(start + 1, min(start + reach, size) + 1)}
        there = b"".join(part.encode() + b"\n" for part in parts if "\n" not in part)
        starts, sizes, keys = _keyed(there)
        first = np.searchsorted(self._keys, keys)
        behind = np.searchsorted(self._keys, keys, side="right")
        found: dict[str, int] = {}
        for at in np.flatnonzero(first < behind):
            part = there[starts[at] : starts[at] + sizes[at] + 1]
            for place in self._order[first[at] : behind[at]]:
                if self._bytes.startswith(part, self._starts[place]):
                    piece = part[:-1].decode()
                    found[piece] = max(int(place), found.get(piece, 0))
        return found


def _keyed(lines: bytes) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.uint64]]:
    """Where each line starts, how many bytes it has, and a key made of the first of them and that.

    All lines end in newlines.
    """
    ends = np.flatnonzero(np.frombuffer(lines, np.uint8) == ord("\n"))
    starts = np.zeros_like(ends)
    starts[1:] = ends[:-1] + 1
    sizes = ends - starts
    # Eight bytes from every place on, the last ones filled up.
    windows = np.ndarray((len(lines),), "<u8", lines + bytes(_HEAD), strides=(1,))
    others = (_HEAD * 8 - np.minimum(sizes, _HEAD) * 8).astype(np.uint64)
    # Of an empty line nothing is left, which no shift by 64 bits is sure to do.
    heads = np.where(sizes > 0, windows[starts] << np.minimum(others, 63), 0)
    return starts, sizes, heads + sizes.astype(np.uint64) * _SPREAD


def _little_endian(kind: str, data: bytes) -> array[Any]:
    """The numbers of type code ``kind`` in ``data``."""
    numbers = array(kind, data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


class UnigramTokenizer:
    """Text to row ids of the text model's table, begin and end marks included.

    Args:
        data: the parsed ``tokenizer.json``: ``pieces`` (newline-separated, those with a row first, in row order),
            ``scores`` (base64 of little-endian float32 log probabilities, one a piece), ``rows`` (how many of the
            pieces have one), ``unknown``, ``begin``, ``end``, ``pad`` (row ids), ``unknown_score``, and
            ``character_map`` (base64, see ``CharacterMap``).
        context: most ids to return, at least 3; longer text loses its last pieces and keeps its end mark.

    Raises:
        ValueError: ``data`` is not such a table.
    """

    def __init__(self, data: dict[str, Any], context: int) -> None:
        if context < 3:
            raise ValueError("context must be at least 3")
        try:
            self._pieces = PieceTable(str(data["pieces"]))
            self._scores = _little_endian("f", b64decode(data["scores"], validate=True))
            self._rows = int(data["rows"])
            self._unknown, self._begin, self._end, self.pad_id = (
                int(data[name]) for name in ("unknown", "begin", "end", "pad")
            )
            self._unknown_score = float(data["unknown_score"])
            self._map = CharacterMap(b64decode(data["character_map"], validate=True))
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a unigram tokenizer: {error}") from error
        if len(self._scores) != len(self._pieces) or not 0 < self._rows <= len(self._pieces):
            raise ValueError("pieces, scores and rows do not belong together")
        if not all(0 <= row < self._rows for row in (self._unknown, self._begin, self._end, self.pad_id)):
            raise ValueError("a special id has no row")
        self._context = context

    def encode(self, text: str) -> list[int]:
        """Row ids of ``text``, from 3 (begin, unknown, end for nothing to read) to ``context`` of them."""
        normalized = self._map.normalize(text)
        rows = self._segment(normalized) if normalized else [self._unknown]
        return [self._begin, *rows[: self._context - 2], self._end]

    def _segment(self, text: str) -> list[int]:
        """Row ids of the most probable pieces of ``text``; of equals the one whose last piece starts first."""
        ids = self._pieces.within(text)
        longest, scores = self._pieces.reach(text), self._scores
        size = len(text)
        best = [0.0] + [_IMPOSSIBLE] * size
        came_from = [0] * (size + 1)
        piece_at = [0] * (size + 1)
        for start in range(size):
            base = best[start]
            for end in range(start + 1, min(start + longest, size) + 1):
                piece = ids.get(text[start:end])
                if piece is None:
                    if end > start + 1:
                        continue
                    piece, score = self._unknown, base + self._unknown_score
                else:
                    score = base + scores[piece]
                if score > best[end]:
                    best[end], came_from[end], piece_at[end] = score, start, piece
        rows = []
        position = size
        while position > 0:
            piece = piece_at[position]
            rows.append(piece if piece < self._rows else self._unknown)
            position = came_from[position]
        rows.reverse()
        return rows


def load(data: dict[str, Any], context: int) -> UnigramTokenizer:
    """The tokenizer of a parsed ``tokenizer.json`` of kind ``unigram``; see ``UnigramTokenizer``."""
    return UnigramTokenizer(data, context)
