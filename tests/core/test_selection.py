"""Filters as SQL: what passes is tested in test_search.py; here is what it costs."""

from __future__ import annotations

import pytest

from pocketlens.catalogue import Catalogue
from pocketlens.paths import Home
from pocketlens.query import parse_query
from pocketlens.selection import selected_photos


@pytest.mark.parametrize("text", ["date:2023-05", "date:..2022", "kind:screenshot", "fav:", "-kind:photo date:2020.."])
def test_a_filter_goes_through_its_index(home: Home, text: str) -> None:
    home.make()
    statements: list[str] = []
    with Catalogue.open(home.catalogue) as catalogue:
        catalogue.connection.set_trace_callback(statements.append)
        assert len(selected_photos(catalogue.connection, parse_query(text).filters)) == 0
        catalogue.connection.set_trace_callback(None)
        (statement,) = statements
        plan = catalogue.connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
    assert [step for *_, step in plan if "photos" in step and "INDEX photos_filtered" not in step] == []
