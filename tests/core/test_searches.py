"""Searches that are kept under a name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pocketlens.catalogue import Catalogue
from pocketlens.errors import QueryInvalid, SearchMissing
from pocketlens.paths import Home
from pocketlens.searches import LONGEST_NAME, remove_search, save_search, saved_search, saved_searches


@pytest.fixture
def catalogue(home: Home) -> Iterator[Catalogue]:
    home.make()
    with Catalogue.open(home.catalogue) as catalogue:
        yield catalogue


def test_a_saved_search_comes_back_as_it_was_meant(catalogue: Catalogue) -> None:
    save_search(catalogue, " 去年  夏天 ", "海滩 －人 日期：2023年5月")
    assert saved_search(catalogue, "去年 夏天").query == '海滩 -"人" date:2023-05-01..2023-05-31'


def test_they_are_listed_by_name_and_a_name_is_there_once(catalogue: Catalogue) -> None:
    for name, query in (("zoo", "a lion"), ("Beach", "sand"), ("zoo", "a tiger")):
        save_search(catalogue, name, query)
    assert [(one.name, one.query) for one in saved_searches(catalogue)] == [("Beach", "sand"), ("zoo", "a tiger")]


def test_a_removed_one_is_gone_from_the_files_too(catalogue: Catalogue) -> None:
    save_search(catalogue, "secret", "xylophone orchestra")
    remove_search(catalogue, "secret")
    assert saved_searches(catalogue) == []
    for file in catalogue.path.parent.iterdir():
        assert b"xylophone" not in file.read_bytes(), file
    with pytest.raises(SearchMissing):
        remove_search(catalogue, "secret")
    with pytest.raises(SearchMissing):
        saved_search(catalogue, "secret")


@pytest.mark.parametrize(
    ("name", "query"), [("", "dog"), (" ", "dog"), ("x" * (LONGEST_NAME + 1), "dog"), ("a", " "), ("a", "kind:dog")]
)
def test_what_cannot_be_searched_for_or_named_is_refused(catalogue: Catalogue, name: str, query: str) -> None:
    with pytest.raises(QueryInvalid):
        save_search(catalogue, name, query)
    assert saved_searches(catalogue) == []
