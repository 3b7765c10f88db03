"""Words that photos show are found by any part of them, in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pocketlens.catalogue import Catalogue
from pocketlens.paths import Home
from pocketlens.texts import excerpts, filter_terms, kept_form, matches, terms_of, text_condition

# Few letters, so that terms do meet texts.
LETTERS = st.text(st.sampled_from("abAB 杭州毕业é\n\"'%_*"), max_size=12)


@pytest.fixture
def catalogue(home: Home) -> Iterator[Catalogue]:
    home.make()
    with Catalogue.open(home.catalogue) as catalogue:
        yield catalogue


def keep(catalogue: Catalogue, **texts: str) -> None:
    catalogue.connection.executemany(
        "INSERT INTO texts (content_hash, state, reader, words) VALUES (?, 1, 1, ?)",
        [(name.encode(), words) for name, words in texts.items()],
    )


def found(catalogue: Catalogue, query: str) -> list[str]:
    return [content.decode() for content in matches(catalogue.connection, terms_of(query), 100)]


def filtered(catalogue: Catalogue, words: str) -> set[str]:
    condition, values = text_condition(words)
    rows = catalogue.connection.execute(f"SELECT content_hash FROM texts WHERE {condition}", values)
    return {content.decode() for (content,) in rows}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("kobe bryant", {"shirt", "poster"}),
        ("毕业证", {"diploma"}),
        ("杭州", {"ticket"}),
        ("州东", {"ticket"}),
        ("certificate of completion", {"course"}),
        ("a photo of the certificate", {"course"}),
        ("dog", set()),
        ("stand", {"stall"}),
        ("certificate of merit", set()),
        ("票", set()),
        ("-", set()),
    ],
)
def test_plain_words_find_the_texts_that_have_them_all(catalogue: Catalogue, query: str, names: set[str]) -> None:
    keep(
        catalogue,
        shirt="KOBE\nBRYANT",
        poster="kobebryant 24",
        diploma="毕业证书\n学生",
        ticket="车票\n到 杭州东",
        course="CERTIFICATE\nOF COMPLETION",
        stall="hotdog stand",
    )
    assert set(found(catalogue, query)) == names


def test_the_end_of_a_text_is_found_by_two_characters(catalogue: Catalogue) -> None:
    keep(catalogue, a="我在杭州")
    assert found(catalogue, "杭州") == ["a"]
    assert filtered(catalogue, "州") == {"a"}


def test_a_text_that_says_it_more_often_comes_first(catalogue: Catalogue) -> None:
    keep(catalogue, once="invoice " + "and other words " * 20, often="invoice invoice invoice")
    assert found(catalogue, "invoice") == ["often", "once"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.lists(LETTERS, max_size=5), LETTERS)
def test_a_filter_finds_exactly_the_texts_with_each_of_its_words(
    catalogue: Catalogue, texts: list[str], words: str
) -> None:
    catalogue.connection.execute("DELETE FROM texts")
    kept = {f"t{number}": kept_form(text.split("\n")) for number, text in enumerate(texts)}
    keep(catalogue, **{name: text for name, text in kept.items() if text})
    terms = filter_terms(words)
    expected = {name for name, text in kept.items() if text and terms and all(t in text.lower() for t in terms)}
    assert filtered(catalogue, words) == expected


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        (["ＫＯＢＥ　２４"], "KOBE 24"),
        (["毕 业 证 书"], "毕业证书"),
        (["毕", "业", "证", "书", "学生"], "毕业证书\n学生"),
        (["高等", "数学"], "高等\n数学"),
        (["在 Berkeley 大学"], "在 Berkeley 大学"),
        (["  ", ""], ""),
    ],
)
def test_lines_are_kept_so_that_they_are_found(lines: list[str], kept: str) -> None:
    assert kept_form(lines) == kept


def test_an_excerpt_shows_the_word_and_what_is_around_it(catalogue: Catalogue) -> None:
    keep(catalogue, a="x " * 100 + "KOBE BRYANT" + " y" * 100, b="nothing")
    (excerpt,) = excerpts(catalogue.connection, [b"a", b"b"], ["kobe"]).values()
    assert "KOBE BRYANT" in excerpt
    assert excerpt.startswith("…")
    assert excerpt.endswith("…")


def test_a_removed_text_is_found_no_more(catalogue: Catalogue) -> None:
    keep(catalogue, a="杭州 invoice", b="invoice")
    catalogue.connection.execute("DELETE FROM texts WHERE content_hash = ?", (b"a",))
    assert found(catalogue, "invoice") == ["b"]
    assert found(catalogue, "杭州") == []
