"""Golden queries on the sample album: what a person would look for is among the first three hits.

A query marked ``hard = true`` in the album's golden.toml is one the starter model is known to be too small for; it is
kept for larger models, and not asked here.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pocketlens.client import EngineClient
from pocketlens.model import ModelPackage
from pocketlens.paths import home_at
from pocketlens.protocol import Indexed, Role, SearchRequest, SourceSpec
from pocketlens.search import Searcher
from pocketlens_desktop.sample import GOLDEN

QUERIES: list[dict[str, Any]] = tomllib.loads(GOLDEN.read_text(encoding="utf-8"))["query"]
ASKED = [query for query in QUERIES if not query.get("hard", False)]


@pytest.fixture(scope="module")
def searcher(
    tmp_path_factory: pytest.TempPathFactory, starter: Path, starter_package: ModelPackage, sample_album: Path
) -> Iterator[Searcher]:
    home = home_at(tmp_path_factory.mktemp("golden"))
    with EngineClient(Role.INDEX, home=home, model=starter) as client:
        spec = SourceSpec(kind="folder", identity=os.fsencode(sample_album))
        *_, done = client.events(client.index([spec]))
        assert isinstance(done, Indexed)
    with closing(Searcher(home, starter_package)) as searcher:
        yield searcher


@pytest.mark.parametrize("query", ASKED, ids=[query["text"] for query in ASKED])
def test_what_was_meant_is_among_the_first_three(searcher: Searcher, query: dict[str, Any]) -> None:
    found = searcher.search(SearchRequest(id=1, text=query["text"], top=30))
    ranked = [os.fsdecode(hit.path) for hit in found.hits]
    assert set(query["expected"]) & set(ranked[:3]), ranked[:3]


def test_most_queries_of_every_kind_and_language_are_asked() -> None:
    for key in ("kind", "language"):
        for value in {query[key] for query in QUERIES}:
            of_this = [query for query in QUERIES if query[key] == value]
            asked = [query for query in ASKED if query[key] == value]
            assert len(asked) > len(of_this) / 2, (key, value)
