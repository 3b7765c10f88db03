"""CLIP's byte-pair encoding, as ``clip.tokenize(…, truncate=True)`` of OpenAI's package does it.

Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units", over the bytes of UTF-8;
https://github.com/openai/CLIP, "simple_tokenizer.py". That package first lets the library ftfy mend its text.
What ftfy does to text that is not broken is done here too: width, ligatures, quotes, control characters,
canonical composition. What it guesses about text decoded with the wrong encoding ("cafÃ©") is not: nobody
types that into a search box, and the guesser is 300 KB of tables. What is a letter is Python's own Unicode table.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

_BEGIN, _END = "<|startoftext|>", "<|endoftext|>"
_WORD_END: Final = "</w>"
#: What stands alone wherever a stretch may begin. The long s is there because upstream's pattern ignores
#: case after the text was lowered.
_SPECIAL: Final = (_BEGIN, _END, "'re", "'ve", "'ll", "'s", "'ſ", "'t", "'m", "'d")
_ESCAPE: Final = re.compile(r"\x1b\[[\d;]*[a-zA-Z]")
_SURROGATES: Final = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_LIGATURES: Final = "ĲĳǱǲǳǄǅǆǇǈǉǊǋǌﬀﬁﬂﬃﬄﬆ"
_MENDED: Final = str.maketrans(
    {char: unicodedata.normalize("NFKC", char) for char in _LIGATURES}
    | {"ŉ": "'n", "ﬅ": "ſt"}
    | dict.fromkeys("\u02bc\u2018\u2019\u201a\u201b", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f", '"')
)
_CONTROLS: Final = dict.fromkeys(
    [*range(0x09), 0x0B, *range(0x0E, 0x20), 0x7F, *range(0x206A, 0x2070), 0xFEFF, *range(0xFFF9, 0xFFFD)]
)
#: Half-width and full-width forms.
_STANDARD_WIDTH: Final = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFF01, 0xFFF0)}


class BpeTokenizer:
    """Text to CLIP's ids: the begin mark, the pieces, the end mark.

    Args:
        data: the parsed ``tokenizer.json``: ``merges``, a list of pairs such as ``"i n"``, the most urgent
            first.
        context: most ids to return; longer text is cut and its last id replaced by the end mark.

    Raises:
        ValueError, TypeError: ``data`` is not such a list.
    """

    #: CLIP fills up with zeros, although 0 is the id of "!"; the tower looks no further than the end mark.
    pad_id = 0

    def __init__(self, data: dict[str, Any], context: int) -> None:
        pairs = data.get("merges")
        if not isinstance(pairs, list) or not pairs:
            raise ValueError("a bpe tokenizer needs merges, a list of pairs")
        joined = "\n".join(pairs).replace(" ", "").split("\n")
        if len(joined) != len(pairs) or not all(
            0 < pair.find(" ") == pair.rfind(" ") < len(pair) - 1 for pair in pairs
        ):
            raise ValueError("each merge is two pieces with a space between")
        letters = _byte_letters()
        pieces = [*letters, *(letter + _WORD_END for letter in letters), *joined, _BEGIN, _END]
        self._ids = dict(zip(pieces, range(len(pieces)), strict=True))
        # Kept as they are written: 49,000 tuples would take half of the loading time.
        self._ranks = dict(zip(pairs, range(len(pairs)), strict=True))
        # Byte value to its letter; the vocabulary has another order.
        self._letters = dict(zip(_byte_order(), letters, strict=True))
        self._context = context

    def encode(self, text: str) -> list[int]:
        """Ids of ``text``, the begin and end mark included, at most ``context`` of them."""
        ids = [self._ids[_BEGIN]]
        for word in _words(_cleaned(text)):
            ids.extend(self._ids[piece] for piece in self._pieces(word))
            if len(ids) >= self._context:
                break
        return [*ids[: self._context - 1], self._ids[_END]]

    def _pieces(self, word: str) -> list[str]:
        """The word's bytes as letters, joined pair by pair in the order of the merges."""
        if word in (_BEGIN, _END):
            return [word]
        pieces = [self._letters[byte] for byte in word.encode()]
        pieces[-1] += _WORD_END
        never = len(self._ranks)
        while len(pieces) > 1:
            rank, at = min((self._ranks.get(f"{a} {b}", never), at) for at, (a, b) in enumerate(pairwise(pieces)))
            if rank == never:
                break
            pieces = _joined(pieces, pieces[at], pieces[at + 1])
        return pieces


def _joined(pieces: list[str], first: str, second: str) -> list[str]:
    """The pieces with every ``first`` that a ``second`` follows, from left to right, made one with it."""
    joined: list[str] = []
    at = 0
    while at < len(pieces):
        if pieces[at] == first and pieces[at + 1 : at + 2] == [second]:
            joined.append(first + second)
            at += 2
        else:
            joined.append(pieces[at])
            at += 1
    return joined


def _byte_order() -> list[int]:
    """The byte values in the vocabulary's order: the printable ones of Latin-1, then the others."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    return printable + [byte for byte in range(0x100) if byte not in set(printable)]


def _byte_letters() -> list[str]:
    """One visible letter for every byte, in the vocabulary's order; for the unprintable, from U+0100 on."""
    order = _byte_order()
    unprintable = 0x100 - 188
    return [chr(byte) for byte in order[:188]] + [chr(0x100 + number) for number in range(unprintable)]


def _cleaned(text: str) -> str:
    """Upstream's ``whitespace_clean(basic_clean(text)).lower()``, for text in the right encoding."""
    text = text.translate(_MENDED).translate(_STANDARD_WIDTH).replace("\u3000", " ")
    text = _ESCAPE.sub("", _LONE_SURROGATE.sub("\ufffd", _paired(text)))
    text = unicodedata.normalize("NFC", text.translate(_CONTROLS))
    return " ".join(html.unescape(html.unescape(text)).split()).lower()


def _paired(text: str) -> str:
    """Surrogate pairs, which some input methods deliver one by one, as the characters they mean."""
    return _SURROGATES.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)


def _words(text: str) -> Iterator[str]:
    """The stretches that are encoded one by one: letters, one digit, a contraction's end, anything else."""
    at = 0
    while at < len(text):
        end = at + 1
        kind = _kind(text[at])
        special = next((mark for mark in _SPECIAL if text.startswith(mark, at)), "")
        if special:
            end = at + len(special)
        elif kind in "LP":
            while end < len(text) and _kind(text[end]) == kind:
                end += 1
        if kind != " ":
            yield text[at:end]
        at = end


def _kind(char: str) -> str:
    """ "L" for a letter, "N" for a digit, " " for white space, "P" for all the rest, accents included."""
    # The iota subscript is dropped: its capital is a letter, so upstream's pattern, which ignores case, takes
    # it neither for a letter nor for anything else.
    if char in " \u0345":
        return " "
    category = unicodedata.category(char)[0]
    return category if category in "LN" else "P"
