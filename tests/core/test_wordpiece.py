"""WordPiece is exact against Chinese-CLIP's own tokenizer."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.tokenizers.make_golden import tokenizer_module, wordpiece_ids
from pocketlens.errors import ModelCorrupt, ModelUnsupported
from pocketlens.tokenizers import load_tokenizer
from pocketlens.tokenizers.wordpiece import WordPieceTokenizer

DATA = Path(__file__).parents[1] / "data" / "tokenizers"


@pytest.fixture(scope="module")
def upstream() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(gzip.decompress((DATA / "wordpiece.json.gz").read_bytes()))
    return data


@pytest.fixture(scope="module")
def tokenizer(upstream: dict[str, Any]) -> WordPieceTokenizer:
    return WordPieceTokenizer(upstream, upstream["context"])


def test_every_golden_text_has_the_ids_that_cn_clip_gives_it(
    upstream: dict[str, Any], tokenizer: WordPieceTokenizer
) -> None:
    wrong = [text for text, ids in upstream["golden"] if tokenizer.encode(text) != ids]
    assert len(upstream["golden"]) == 3000
    assert wrong == []


@pytest.fixture(scope="module")
def cn_clip() -> Any:
    try:
        module = tokenizer_module("cn-clip", "cn_clip/clip/bert_tokenizer.py")
    except ImportError as missing:
        pytest.skip(f"{missing}: cn-clip is not installed, so the golden ids have to do")
    return module.FullTokenizer()


@given(st.text())
@settings(deadline=None, max_examples=1000)
def test_any_text_has_the_ids_that_the_installed_cn_clip_gives_it(
    cn_clip: Any, tokenizer: WordPieceTokenizer, text: str
) -> None:
    assert tokenizer.encode(text) == wordpiece_ids(cn_clip, text)


def test_a_query_begins_with_cls_and_ends_with_sep(tokenizer: WordPieceTokenizer) -> None:
    assert tokenizer.encode("上的狗 Dogs") == [101, 677, 4638, 4318, 13030, 8118, 102]
    assert tokenizer.pad_id == 0


def test_a_special_token_typed_by_a_person_stays_text(tokenizer: WordPieceTokenizer) -> None:
    assert 103 not in tokenizer.encode("[MASK]")


def test_a_long_text_is_cut_and_keeps_its_end_mark(upstream: dict[str, Any]) -> None:
    short = WordPieceTokenizer(upstream, 8)
    assert short.encode("狗" * 50) == [101, *[4318] * 6, 102]


@settings(deadline=None)
@given(st.text())
def test_any_text_gives_ids_of_the_vocabulary_within_the_context(
    upstream: dict[str, Any], tokenizer: WordPieceTokenizer, text: str
) -> None:
    ids = tokenizer.encode(text)
    assert 2 <= len(ids) <= upstream["context"]
    assert all(0 <= number < len(upstream["vocabulary"]) for number in ids)


@settings(deadline=None)
@given(st.text())
def test_case_and_surrounding_space_do_not_matter(tokenizer: WordPieceTokenizer, text: str) -> None:
    assert tokenizer.encode(f"  {text}\t\n") == tokenizer.encode(text)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"[]",
        b'{"kind": "wordpiece"}',
        b'{"kind": "wordpiece", "vocabulary": "[PAD]"}',
        b'{"kind": "wordpiece", "vocabulary": [1, 2]}',
        b'{"kind": "wordpiece", "vocabulary": ["[PAD]", "[UNK]", "[CLS]"]}',
        b'{"kind": "bpe"}',
        b'{"kind": "bpe", "merges": []}',
        b'{"kind": "bpe", "merges": [1]}',
        b'{"kind": "bpe", "merges": ["a"]}',
        b'{"kind": "bpe", "merges": ["a b c"]}',
        b'{"kind": "bpe", "merges": ["a b\\nc"]}',
        b'{"kind": "unigram"}',
    ],
)
def test_a_file_that_is_no_tokenizer_is_a_corrupt_model(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_bytes(content)
    with pytest.raises(ModelCorrupt, match=r"tokenizer\.json"):
        load_tokenizer(path, 52)


def test_a_missing_tokenizer_is_a_corrupt_model(tmp_path: Path) -> None:
    with pytest.raises(ModelCorrupt):
        load_tokenizer(tmp_path / "tokenizer.json", 52)


def test_a_tokenizer_of_a_kind_to_come_asks_for_an_update(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text('{"kind": "syllables"}')
    with pytest.raises(ModelUnsupported, match="Update PocketLens"):
        load_tokenizer(path, 52)


def test_the_kind_in_the_file_chooses_the_tokenizer(tmp_path: Path, upstream: dict[str, Any]) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text(json.dumps({"kind": "wordpiece", "vocabulary": upstream["vocabulary"]}))
    assert load_tokenizer(path, 52).encode("狗") == [101, 4318, 102]
