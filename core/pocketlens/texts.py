"""Words that photos show: kept once for each content, and found by any part of them.

SQLite's FTS5 indexes them by trigrams (https://sqlite.org/fts5.html#the_trigram_tokenizer), so that Chinese, which has
no spaces, and parts of words are found. A trigram index answers for three characters or more; the usual Chinese word
has two. Those are looked up among the trigrams that begin with them: every text ends with two line ends, so that its
last characters begin a trigram as well.
"""

from __future__ import annotations

import importlib.util
import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import IntEnum
from itertools import islice
from sqlite3 import Connection
from typing import Final

from pocketlens.catalogue import Catalogue

#: How the reader of words in photos is installed, which is an extra.
REMEDY: Final = "pip install 'pocketlens[ocr]'"
#: Characters before the first word in an excerpt, and half of those after it.
_AROUND: Final = 24
#: Characters of a trigram: shorter terms are looked up another way.
_GRAM: Final = 3
_HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff々〇"
# Patterns as text, which `re` compiles when they are first used: some 5 ms each, for its tables of Han characters.
_TERM: Final = rf"[{_HAN}\u3040-\u30ff]+|[^\W{_HAN}\u3040-\u30ff_]+(?:[.'’-][^\W{_HAN}\u3040-\u30ff_]+)*"
_BETWEEN_HAN: Final = rf"(?<=[{_HAN}])[ \t]+(?=[{_HAN}])"
#: Lines of one Han character each: a title set in wide spaces, or from top to bottom.
_SPREAD: Final = rf"(?m)(?<=^[{_HAN}])\n(?=[{_HAN}]$)"
#: Words that say nothing of what is written somewhere.
_FILLERS: Final = (
    "the and with for from has have are was that this its his her their our your into over under"
    " photo photos picture pictures image images"
)
_FILLING: Final = frozenset(_FILLERS.split())
#: Latin words below this many letters are only found at the start of a word: "dog" is not in "hotdog".
_ANYWHERE: Final = 5


def reader_installed() -> bool:
    """Whether words in photos can be read here. Nothing of the reader is loaded."""
    return importlib.util.find_spec("rapidocr") is not None


class TextState(IntEnum):
    """What became of reading a content. One without a row was not read yet."""

    WORDS = 1
    NO_WORDS = 2
    FAILED = 3


def kept_form(lines: Iterable[str]) -> str:
    """Lines as a reader found them, as they are kept and searched: full-width letters and figures made plain (NFKC),
    no spaces between Han characters, and titles that are spread out put together.
    """
    plain = (" ".join(unicodedata.normalize("NFKC", line).replace("\0", " ").split()) for line in lines)
    text = "\n".join(re.sub(_BETWEEN_HAN, "", line) for line in plain if line)
    while (joined := re.sub(_SPREAD, "", text)) != text:
        text = joined
    return text


def terms_of(words: str) -> list[str]:
    """What a query in plain words looks for in texts: all of it that is worth looking for, else nothing.

    Words that only fill, and Latin ones of one or two letters, are left out; a single Han character is no word.
    """
    terms = [term for term in re.findall(_TERM, _folded(words)) if term not in _FILLING]
    return [term for term in dict.fromkeys(terms) if len(term) >= (2 if _is_han(term) else _GRAM)]


def filter_terms(words: str) -> list[str]:
    """What ``text:`` looks for: every word of it, as it is."""
    return list(dict.fromkeys(_folded(words).split()))


def any_read(connection: Connection) -> bool:
    """Whether any photo was looked through for words."""
    return connection.execute("SELECT 1 FROM texts LIMIT 1").fetchone() is not None


def matches(connection: Connection, terms: Sequence[str], limit: int) -> list[bytes]:
    """The contents whose text has all of the terms, the best first: by BM25 where a term has three characters."""
    if not terms:
        return []
    condition, values = _condition(terms)
    patterns = [_pattern(term) for term in terms]
    found = (
        content_hash
        for content_hash, words in connection.execute(
            "SELECT texts.content_hash, texts.words FROM text_grams JOIN texts ON texts.id = text_grams.rowid"  # noqa: S608 - constants
            f" WHERE {condition} ORDER BY {'rank' if _long(terms) else 'texts.id'}",
            values,
        )
        if all(pattern.search(_folded(words)) for pattern in patterns)
    )
    return list(islice(found, limit))


def excerpts(connection: Connection, contents: Iterable[bytes], terms: Sequence[str]) -> dict[bytes, str]:
    """Of those of the contents whose text has any of the terms: the first of them with what is around it."""
    found: dict[bytes, str] = {}
    anywhere = re.compile("|".join(map(re.escape, terms)))
    for content in contents if terms else ():
        row = connection.execute("SELECT words FROM texts WHERE content_hash = ?", (content,)).fetchone()
        first = anywhere.search(_folded(row[0])) if row else None
        if first is not None:
            found[content] = _excerpt(row[0], _folded(row[0]), first.start())
    return found


def forget_texts(catalogue: Catalogue, *, utterly: bool = False) -> int:
    """Remove the words of contents that no photo has any more. Returns of how many.

    ``utterly``: also make the index anew, in which removed words are only crossed out otherwise.
    """
    with catalogue.transaction() as connection:
        removed = connection.execute(
            "DELETE FROM texts WHERE NOT EXISTS (SELECT 1 FROM photos WHERE content_hash = texts.content_hash)"
        ).rowcount
        if utterly:
            # FTS5's own option for it (secure-delete) came with SQLite 3.42.
            connection.execute("INSERT INTO text_grams (text_grams) VALUES ('rebuild')")
    return removed


def text_condition(words: str) -> tuple[str, list[object]]:
    """SQL that is true of a row of texts with every word of ``words``, be it as a part of a longer one; its values."""
    terms = filter_terms(words)
    if not terms:
        return "0", []
    condition, values = _condition(terms)
    return f"texts.id IN (SELECT text_grams.rowid FROM text_grams WHERE {condition})", values  # noqa: S608 - constants


def _condition(terms: Sequence[str]) -> tuple[str, list[object]]:
    long = _long(terms)
    parts: list[str] = ["1"]
    values: list[object] = []
    if long:
        parts.append("text_grams MATCH ?")
        values.append(" AND ".join('"' + term.replace('"', '""') + '"' for term in long))
    for term in terms:
        if len(term) < _GRAM:
            parts.append("text_grams.rowid IN (SELECT doc FROM text_gram_places WHERE term >= ? AND term < ?)")
            values += [term, term + chr(0x10FFFF)]
    return " AND ".join(parts), values


def _long(terms: Sequence[str]) -> list[str]:
    return [term for term in terms if len(term) >= _GRAM]


def _folded(text: str) -> str:
    # The tokenizer folds case; lower() keeps the length for all but a few letters, which `_excerpt` bears.
    return unicodedata.normalize("NFKC", text).replace("\0", " ").lower()


def _is_han(term: str) -> bool:
    return (
        not term.isascii()
        and re.fullmatch(_TERM, term) is not None
        and re.match(rf"[{_HAN}\u3040-\u30ff]", term) is not None
    )


def _pattern(term: str) -> re.Pattern[str]:
    if _is_han(term) or len(term) >= _ANYWHERE:
        return re.compile(re.escape(term))
    return re.compile(rf"(?<![^\W_{_HAN}]){re.escape(term)}")


def _excerpt(words: str, folded: str, at: int) -> str:
    at = min(at, len(words)) if len(words) == len(folded) else 0
    start, end = max(0, at - _AROUND // 2), at + 2 * _AROUND
    cut = " ".join(words[start:end].split())
    return ("…" if start else "") + cut + ("…" if end < len(words) else "")
