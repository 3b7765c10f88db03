"""Makes the golden ids in this folder from the models' own tokenizers.

    pip install cn-clip==1.6.0 openai-clip==1.0.1 --no-deps && pip install six ftfy==6.3.1 regex
    python make_golden.py

The tokenizers are loaded as single files: their packages import torch, which they do not need.
"""

from __future__ import annotations

import gzip
import importlib.metadata
import importlib.util
import json
import random
import unicodedata
from pathlib import Path
from types import ModuleType
from typing import Any

HERE = Path(__file__).parent
HOW_MANY = 3000
WORDPIECE_CONTEXT, BPE_CONTEXT = 52, 77

PHRASES = [
    "a dog on the beach",
    "Two people's bikes, they'll've gone; it's John's café, isn't it? we'd say I'm",
    "海滩上的狗",
    "穿红色连衣裙的女孩 at the Eiffel Tower",
    "身份证正面 ID card 2023年12月31日",
    "微信聊天截图…「收据」￥128.50",
    "ｆｕｌｌ　ｗｉｄｔｈ ﾊﾝｶｸ ｶﾞ",
    "ﬁne ﬂuﬃeﬆ ŉ Ǆ “quoted” ‘text’ „low‟ ʼn",
    "  many   spaces\t\n\r\nlines\u2028sep\u3000wide\u00a0nbsp ",
    "<|endoftext|> x<|startoftext|>y<|endof",
    "[MASK] [CLS] [SEP] [PAD] [UNK] ##ing",
    "cafe\u0301 nai\u0308ve Å A\u030a ﬀ Straße İstanbul ΣΊΣΥΦΟΣ",
    "100% $5.00 3.14 1/2 ½ ² Ⅷ ①②③ 一二三 ٣٤٥",
    "👨‍👩‍👧‍👦 🇨🇳 👍🏽 🦄 ☕️ ❤",
    "한국어 日本語ひらがなカタカナ हिन्दी ภาษาไทย العربية עברית தமிழ்",
    "tom&jerry &amp; &lt;b&gt; a<b>c</b>",
    "snake_case kebab-case C++ #tag @name http://a.b/c?d=e&f",
    "\x1b[31mred\x1b[0m bell\x07 null\x00 del\x7f bom\ufeff shy\u00ad zwj\u200d",
    "pneumonoultramicroscopicsilicovolcanoconiosis",
    "word " * 90,
    "长" * 120,
    "x" * 199,
    "y" * 200,
    "z" * 201,
    "!?" * 100,
    "",
    "   ",
]


def tokenizer_module(distribution: str, path: str) -> ModuleType:
    place = importlib.metadata.distribution(distribution).locate_file(path)
    spec = importlib.util.spec_from_file_location(Path(path).stem, str(place))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def odd_texts() -> list[str]:
    """The phrases, the phrases with odd characters strewn in, and characters from all of Unicode."""
    chance = random.Random(2024)
    assigned = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) not in ("Cn", "Cs")]
    latin = [char for char in assigned if ord(char) < 0x250]
    common = [char for char in assigned if ord(char) < 0x3400 or 0xF900 <= ord(char) < 0x1FB00]
    texts = list(PHRASES)
    while len(texts) < HOW_MANY:
        alphabet = chance.choice((assigned, latin, common))
        if chance.random() < 0.5:
            texts.append("".join(chance.choices(alphabet, k=chance.randint(1, 24))))
            continue
        characters = list(chance.choice(PHRASES)[:80])
        for _ in range(chance.randint(1, 4)):
            characters.insert(chance.randint(0, len(characters)), chance.choice(alphabet))
        texts.append("".join(characters))
    return texts


def wordpiece_ids(tokenizer: Any, text: str) -> list[int]:
    """As ``cn_clip.clip.tokenize``, before it fills up with zeros."""
    pieces = tokenizer.convert_tokens_to_ids(tokenizer.tokenize(text))[: WORDPIECE_CONTEXT - 2]
    return [tokenizer.vocab["[CLS]"], *pieces, tokenizer.vocab["[SEP]"]]


def bpe_ids(tokenizer: Any, text: str) -> list[int]:
    """As ``clip.tokenize(…, truncate=True)``, before it fills up with zeros."""
    begin, end = (tokenizer.encoder[mark] for mark in ("<|startoftext|>", "<|endoftext|>"))
    ids = [begin, *tokenizer.encode(text), end]
    return ids if len(ids) <= BPE_CONTEXT else [*ids[: BPE_CONTEXT - 1], end]


def sane(module: Any, text: str) -> bool:
    """Whether ftfy leaves the text's encoding alone, at first and after its other repairs."""
    repaired = module.ftfy.fix_text(text, fix_encoding=False)
    return not any(0x80 <= ord(char) < 0xA0 for char in text) and repaired == module.ftfy.fix_text(text)


def write(name: str, value: object) -> None:
    data = json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode()
    (HERE / name).write_bytes(gzip.compress(data, mtime=0))


def main() -> None:
    wordpiece = tokenizer_module("cn-clip", "cn_clip/clip/bert_tokenizer.py").FullTokenizer()
    clip = tokenizer_module("openai-clip", "clip/simple_tokenizer.py")
    bpe = clip.SimpleTokenizer()
    texts = odd_texts()
    write(
        "wordpiece.json.gz",
        {
            "vocabulary": sorted(wordpiece.vocab, key=wordpiece.vocab.__getitem__),
            "context": WORDPIECE_CONTEXT,
            "golden": [(text, wordpiece_ids(wordpiece, text)) for text in texts],
        },
    )
    write(
        "bpe.json.gz",
        {
            "merges": [" ".join(pair) for pair in sorted(bpe.bpe_ranks, key=bpe.bpe_ranks.__getitem__)],
            "context": BPE_CONTEXT,
            "golden": [(text, bpe_ids(bpe, text)) for text in texts if sane(clip, text)],
        },
    )


if __name__ == "__main__":
    main()
