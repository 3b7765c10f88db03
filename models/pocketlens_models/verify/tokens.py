"""Whether a package's tokenizer gives the ids that the model's own package gives, over texts of every odd kind."""

from __future__ import annotations

import random
import sys
import unicodedata
from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from pocketlens.tokenizers import Tokenizer
from pocketlens_models.verify.samples import QUERIES

_SHOWN: Final = 5
_SEED: Final = 20260101

_PIECES: Final = (
    "photo", "Photo", "PHOTOS", "naïve", "Ångström", "ﬁne", "don't", "it's", "we'll", "e-mail", "3.14",
    "1,000", "２０２６", "①", "½", "x²", "C++", "a_b", "http://a.b/c?d=e", "user@example.com", "#tag",
    "照片", "拍照", "妳", "𠀀", "龘", "ひらがな", "カタカナ", "한국어", "हिन्दी", "العربية", "עברית",
    "ไทย", "Ελληνικά", "Русский", "İstanbul", "ß", "ẞ", "ǅ", "👍", "👨‍👩‍👧", "🇨🇳", "🏳️‍🌈", "\u200b",
    "\u200d", "\ufeff", "\u00ad", "\u0301", "e\u0301", "\u3000", "\xa0", "\u2028", "\t", "\n", "\r\n",
    "\x00", "\x1f", "\x7f", "\ufffd", "\ue000", "\U000f0000", "[CLS]", "[SEP]", "[PAD]", "[MASK]",
    "[UNK]", "[unused1]", "##s", "<|startoftext|>", "<|endoftext|>", "</w>", "&amp;", "&lt;b&gt;",
    "&#39;", "“", "”", "‘", "’", "…", "—", "、", "。", "《", "》", "「", "」", "～", "！", "？", "￥",
    "$", "^", "`", "|", "~", "'", '"', "\\", "''", "'s", "'S", "'re",
)  # fmt: skip


class TokenizerParity(msgspec.Struct, frozen=True, kw_only=True):
    """``differing`` of ``texts`` gave other ids than upstream; ``examples`` shows the first few, escaped."""

    texts: int
    differing: int
    examples: tuple[str, ...]


def odd_texts(count: int = 6000) -> list[str]:
    """Queries, every odd piece, every Unicode block's corners, long words, and mixtures of them; always the same."""
    rng = random.Random(_SEED)  # noqa: S311 - a repeatable choice, no secret
    texts = [*QUERIES, *_PIECES, "", " ", "  ", *_corners()]
    texts += [
        letter * length for letter in ("a", "é", "山", "👍", "1", "-") for length in (99, 100, 101, 199, 200, 201, 999)
    ]
    while len(texts) < count:
        kind = rng.random()
        if kind < 0.5:
            pieces = rng.choices(_PIECES + QUERIES, k=rng.randint(1, 8))
            texts.append(rng.choice(("", " ", "  ")).join(pieces))
        elif kind < 0.75:
            texts.append("".join(_any_character(rng) for _ in range(rng.randint(1, 24))))
        else:
            length = rng.randint(1, 220)
            texts.append("".join(rng.choice("abcxyzABC019'-_ .é山水") for _ in range(length)))
    return texts[:count]


def _corners() -> Iterable[str]:
    """One assigned character in 67 of all planes, alone and inside a word."""
    for code in range(0, sys.maxunicode + 1, 67):
        character = chr(code)
        if _is_text(character):
            yield character if code % 2 else f"a{character}b"


def _is_text(character: str) -> bool:
    """Whether upstream packages can be asked about it.

    Not surrogates, which no keyboard, file or protocol line can hold. Not unassigned code points: what those are
    differs between releases of Unicode, and upstream packages bring tables of their own. Not C1 controls: CLIP's
    package takes them for text decoded with the wrong encoding and mends it, which core leaves alone on purpose.
    """
    return unicodedata.category(character) not in ("Cs", "Cn") and not "\x80" <= character <= "\x9f"


def _any_character(rng: random.Random) -> str:
    while True:
        # Half from the first 0x3000 code points, where scripts with marks and odd casing are.
        code = rng.randrange(0x3000) if rng.random() < 0.5 else rng.randrange(sys.maxunicode + 1)
        if _is_text(chr(code)):
            return chr(code)


def compare_tokenizers(ours: Tokenizer, upstream: Callable[[str], list[int]], texts: Iterable[str]) -> TokenizerParity:
    """Run both over the same texts. An upstream that raises on a text has no opinion on it, and it is left out."""
    compared, differing = 0, 0
    examples: list[str] = []
    for text in texts:
        try:
            expected = upstream(text)
        # Upstream tokenizers fail on some inputs in ways of their own; such a text has no right answer.
        except Exception:  # noqa: BLE001, S112
            continue
        compared += 1
        if ours.encode(text) != expected:
            differing += 1
            if len(examples) < _SHOWN:
                examples.append(ascii(text[:80]))
    return TokenizerParity(texts=compared, differing=differing, examples=tuple(examples))
