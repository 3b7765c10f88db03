"""SentencePiece's unigram tokenizer, in plain Python.

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
from collections.abc import Mapping
from itertools import compress
from typing import Any, Final

_SPACE = "\u2581"
_SPACE_BYTES = _SPACE.encode()
# Lower than any sum of scores; the reference starts its lattice the same way.
_IMPOSSIBLE = -1e38
#: Characters of a first text up to which its own pieces are picked out: that many have some 4,500 substrings, and a
#: query has fewer.
_SHORT: Final = 96


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
        self._units: tuple[int, ...] = struct.unpack_from(f"<{trie_bytes // 4}I", data, 4)
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
            pieces = str(data["pieces"]).split("\n")
            scores = array("f", b64decode(data["scores"], validate=True))
            self._rows = int(data["rows"])
            self._unknown, self._begin, self._end, self.pad_id = (
                int(data[name]) for name in ("unknown", "begin", "end", "pad")
            )
            self._unknown_score = float(data["unknown_score"])
            self._map = CharacterMap(b64decode(data["character_map"], validate=True))
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a unigram tokenizer: {error}") from error
        if sys.byteorder == "big":
            scores.byteswap()
        if len(scores) != len(pieces) or not 0 < self._rows <= len(pieces):
            raise ValueError("pieces, scores and rows do not belong together")
        if not all(0 <= row < self._rows for row in (self._unknown, self._begin, self._end, self.pad_id)):
            raise ValueError("a special id has no row")
        self._context = context
        self._scores = scores
        self._pieces = pieces
        self._used = False
        self._ids: dict[str, int] = {}
        self._longest = 0

    def encode(self, text: str) -> list[int]:
        """Row ids of ``text``, from 3 (begin, unknown, end for nothing to read) to ``context`` of them."""
        normalized = self._map.normalize(text)
        rows = self._segment(normalized) if normalized else [self._unknown]
        return [self._begin, *rows[: self._context - 2], self._end]

    def _table(self, text: str) -> tuple[Mapping[str, int], int]:
        """Every piece that is in ``text``, with its id, and no less than the length of the longest.

        One command searches once. Of its first text the pieces are picked out, and the table of all of them, which
        takes four times as long as that, is made for the second.
        """
        pieces = self._pieces
        size = len(text)
        if not self._used and size <= _SHORT:
            self._used = True
            parts = {text[start:end] for start in range(size) for end in range(start + 1, size + 1)}
            return {pieces[at]: at for at in compress(range(len(pieces)), map(parts.__contains__, pieces))}, size
        if not self._ids:
            self._ids = dict(zip(pieces, range(len(pieces)), strict=True))
            self._longest = max(map(len, pieces))
        return self._ids, self._longest

    def _segment(self, text: str) -> list[int]:
        """Row ids of the most probable pieces of ``text``; of equals the one whose last piece starts first."""
        ids, longest = self._table(text)
        scores = self._scores
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
