"""BERT's WordPiece, exactly as ``cn_clip.clip.tokenize`` does it for Chinese-CLIP.

Devlin et al. 2018, https://github.com/google-research/bert, "tokenization.py", with one change that
Chinese-CLIP made: words of up to 200 characters are split instead of 100. What is a letter or punctuation is
Python's own Unicode table, there as here.
"""

from __future__ import annotations

import unicodedata
from typing import Any, Final

_LONGEST_WORD: Final = 200
#: Code point ranges that stand alone as words. Hiragana, Katakana and Hangul do not, by design.
_IDEOGRAPHS: Final = (
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF),
    (0x2F800, 0x2FA1F),
)


class WordPieceTokenizer:
    """Text to the ids of a BERT vocabulary: ``[CLS]``, the pieces, ``[SEP]``.

    Args:
        data: the parsed ``tokenizer.json``: ``vocabulary``, a list of pieces in the order of their ids.
        context: most ids to return, the two marks included; longer text loses its last pieces.

    Raises:
        ValueError: ``data`` is not such a vocabulary.
    """

    def __init__(self, data: dict[str, Any], context: int) -> None:
        pieces = data.get("vocabulary")
        if not isinstance(pieces, list) or not all(isinstance(piece, str) for piece in pieces):
            raise ValueError("a wordpiece tokenizer needs a vocabulary, a list of pieces")
        # Of a piece listed twice the last counts, as upstream.
        self._ids = {piece: number for number, piece in enumerate(pieces)}
        try:
            self.pad_id, self._unknown, self._begin, self._end = (
                self._ids[mark] for mark in ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
            )
        except KeyError as error:
            raise ValueError(f"the vocabulary has no {error.args[0]}") from error
        self._most_pieces = context - 2

    def encode(self, text: str) -> list[int]:
        """Ids of ``text``, the begin and end mark included, at most ``context`` of them."""
        ids: list[int] = []
        for word in _words(text):
            ids.extend(self._pieces(word))
            if len(ids) >= self._most_pieces:
                break
        return [self._begin, *ids[: self._most_pieces], self._end]

    def _pieces(self, word: str) -> list[int]:
        """The longest known piece first, again and again; one unknown id if that does not come out even."""
        if len(word) > _LONGEST_WORD:
            return [self._unknown]
        ids: list[int] = []
        start = 0
        while start < len(word):
            prefix = "##" if start else ""
            for end in range(len(word), start, -1):
                number = self._ids.get(prefix + word[start:end])
                if number is not None:
                    ids.append(number)
                    start = end
                    break
            else:
                return [self._unknown]
        return ids


def _words(text: str) -> list[str]:
    """Lower-case words without accents; every ideograph and every punctuation mark is a word of its own."""
    words: list[str] = []
    for token in "".join(map(_spaced, text)).split():
        # Ideographs with a canonical decomposition become others here, as upstream.
        plain = unicodedata.normalize("NFD", token.lower())
        letters = (char for char in plain if unicodedata.category(char) != "Mn")
        words.extend("".join(f" {char} " if _is_punctuation(char) else char for char in letters).split())
    return words


def _spaced(char: str) -> str:
    """The character as it counts for finding words: nothing, a space, itself, or itself between spaces."""
    code = ord(char)
    if char in " \t\n\r":
        return " "
    category = unicodedata.category(char)
    if code in (0, 0xFFFD) or category in ("Cc", "Cf"):
        return ""
    if category == "Zs":
        return " "
    if code >= 0x3400 and any(first <= code <= last for first, last in _IDEOGRAPHS):
        return f" {char} "
    return char


def _is_punctuation(char: str) -> bool:
    """All ASCII that is no letter, digit or control counts, "$" and "^" too."""
    return (
        "!" <= char <= "/"
        or ":" <= char <= "@"
        or "[" <= char <= "`"
        or "{" <= char <= "~"
        or (unicodedata.category(char).startswith("P"))
    )
