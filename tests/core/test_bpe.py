"""Byte-pair encoding is exact against OpenAI's own tokenizer, for text in the right encoding."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from data.tokenizers.make_golden import bpe_ids, sane, tokenizer_module
from pocketlens.tokenizers import load_tokenizer
from pocketlens.tokenizers.bpe import BpeTokenizer

DATA = Path(__file__).parents[1] / "data" / "tokenizers"
BEGIN, END = 49406, 49407


@pytest.fixture(scope="module")
def upstream() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(gzip.decompress((DATA / "bpe.json.gz").read_bytes()))
    return data


@pytest.fixture(scope="module")
def tokenizer(upstream: dict[str, Any]) -> BpeTokenizer:
    return BpeTokenizer(upstream, upstream["context"])


def test_every_golden_text_has_the_ids_that_clip_gives_it(upstream: dict[str, Any], tokenizer: BpeTokenizer) -> None:
    wrong = [text for text, ids in upstream["golden"] if tokenizer.encode(text) != ids]
    assert len(upstream["golden"]) > 2500
    assert wrong == []


@pytest.fixture(scope="module")
def clip() -> Any:
    try:
        return tokenizer_module("openai-clip", "clip/simple_tokenizer.py")
    except ImportError as missing:
        pytest.skip(f"{missing}: openai-clip is not installed, so the golden ids have to do")


@pytest.fixture(scope="module")
def clip_tokenizer(clip: Any) -> Any:
    return clip.SimpleTokenizer()


# Not characters that Python does not know yet: the regex package may have a newer Unicode table.
@given(st.text(st.characters(exclude_categories=["Cs", "Cn"])))
@settings(deadline=None, max_examples=1000)
def test_any_text_has_the_ids_that_the_installed_clip_gives_it(
    clip: Any, clip_tokenizer: Any, tokenizer: BpeTokenizer, text: str
) -> None:
    assume(sane(clip, text))
    assert tokenizer.encode(text) == bpe_ids(clip_tokenizer, text)


def test_a_query_begins_and_ends_with_clips_marks(tokenizer: BpeTokenizer) -> None:
    assert tokenizer.encode("a dog") == [BEGIN, 320, 1929, END]
    assert tokenizer.pad_id == 0


def test_curly_quotes_ligatures_and_wide_letters_are_what_they_stand_for(tokenizer: BpeTokenizer) -> None:
    assert tokenizer.encode("the ﬁsh’s “ＦＩＮ”") == tokenizer.encode('the fish\'s "FIN"')


def test_text_in_the_wrong_encoding_is_taken_as_it_is(tokenizer: BpeTokenizer) -> None:
    # Upstream would read this as "café"; nobody types it, so no guesser is carried along.
    assert tokenizer.encode("cafÃ©") != tokenizer.encode("café")


def test_a_long_text_is_cut_and_keeps_its_end_mark(tokenizer: BpeTokenizer) -> None:
    ids = tokenizer.encode("dog " * 100)
    assert ids == [BEGIN, *[1929] * 75, END]


@settings(deadline=None)
@given(st.text())
def test_any_text_gives_ids_of_the_vocabulary_within_the_context(
    upstream: dict[str, Any], tokenizer: BpeTokenizer, text: str
) -> None:
    ids = tokenizer.encode(text)
    assert ids[0] == BEGIN
    assert ids[-1] == END
    assert len(ids) <= upstream["context"]
    assert all(0 <= number <= END for number in ids)


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-16", exclude_categories=["Cs"])))
def test_characters_delivered_as_surrogate_pairs_are_the_characters(tokenizer: BpeTokenizer, text: str) -> None:
    units = text.encode("utf-16-le")
    halves = "".join(chr(int.from_bytes(units[at : at + 2], "little")) for at in range(0, len(units), 2))
    assert tokenizer.encode(halves) == tokenizer.encode(text)


def test_the_kind_in_the_file_chooses_the_tokenizer(tmp_path: Path, upstream: dict[str, Any]) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text(json.dumps({"kind": "bpe", "merges": upstream["merges"]}))
    assert load_tokenizer(path, 77).encode("a dog") == [BEGIN, 320, 1929, END]
