"""The search that ships, with one thing about it changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from judged import Answer, Query
from pocketlens import fusion, search
from pocketlens.catalogue import Catalogue
from pocketlens.encoders import TextEncoder
from pocketlens.model import load_package
from pocketlens.paths import Home
from pocketlens.protocol import SearchRequest
from pocketlens.query import parse_query
from pocketlens.search import Searcher
from pocketlens.texts import matches, terms_of
from pocketlens.vectors import VectorModel, load_vectors

#: How far down a ranking is looked.
DEPTH = 100


class Remembering(Searcher):
    """Encodes a text once for all the searchers there are."""

    _known: ClassVar[dict[tuple[Path, str], NDArray[np.float32]]] = {}

    def _encode(self, text: str) -> NDArray[np.float32]:
        key = (self._package.folder, text)
        if key not in self._known:
            self._known[key] = super()._encode(text)
        return self._known[key]


class VectorsAlone(Remembering):
    """Looks for no words in photos."""

    def _matching(self, *_: Any) -> None:
        return None


def with_words(home: Home, queries: Sequence[Query]) -> set[str]:
    """The queries whose words some picture shows: fusion changes nothing for the others."""
    with closing(Catalogue.open(home.catalogue, read_only=True)) as catalogue:
        return {
            query.text
            for query in queries
            if matches(catalogue.connection, terms_of(parse_query(query.text).words), limit=1)
        }


class Vectors:
    """An album's vectors alone, for queries of plain words: no query language, no copies, no words in photos."""

    def __init__(self, home: Home, model: Path) -> None:
        package = load_package(model)
        manifest = package.manifest
        with closing(Catalogue.open(home.catalogue, read_only=True)) as catalogue:
            key = VectorModel(manifest.key, manifest.image.preprocessing, manifest.dimension)
            self._vectors = load_vectors(catalogue, key, home.vectors)
            rows = catalogue.connection.execute("SELECT id, path FROM photos WHERE missing = 0").fetchall()
            self._paths = {ident: os.fsdecode(path) for ident, path in rows}
        self._encode = lru_cache(maxsize=None)(TextEncoder(package).encode)

    def answer(self, query: Query, templates: Sequence[str], among: frozenset[str] | None = None) -> Answer:
        """The ranking, of ``among`` alone where it is given, by the mean of what each template makes of the words."""
        mean = np.mean([self._encode(template.format(query.text)) for template in templates], axis=0)
        scores = self._vectors.scores((mean / np.linalg.norm(mean)).astype(np.float32))
        paths = [self._paths.get(int(ident)) for ident in self._vectors.ids[np.argsort(-scores, kind="stable")]]
        relevant = set(query.relevant)
        return Answer(query, tuple(path in relevant for path in paths if path and (among is None or path in among)))


@contextmanager
def searching(home: Home, model: Path, kind: type[Searcher] = Remembering) -> Iterator[Searcher]:
    searcher = kind(home, load_package(model, parts=["text"]))
    try:
        yield searcher
    finally:
        searcher.close()


@contextmanager
def first_places_count(k: float) -> Iterator[None]:
    """Fusion with another constant."""
    with patch.object(fusion, "_K", k):
        yield


@contextmanager
def no_stacks() -> Iterator[None]:
    """Every photo is a hit of its own, exact copies as well."""
    with patch.object(search, "stacked", lambda photos, *_, **__: [[place] for place in range(len(photos))]):
        yield


def answer(searcher: Searcher, query: Query, *, named: Callable[[str], str] = str) -> Answer:
    """The query's ranking down to `DEPTH`. What was there already is not right once more.

    Args:
        named: what a path is called among the right answers.
    """
    hits = searcher.search(SearchRequest(id=1, text=query.text, top=DEPTH)).hits
    paths = [named(os.fsdecode(hit.path)) for hit in hits]
    left = set(query.relevant)
    right = []
    for path in paths:
        right.append(path in left)
        left.discard(path)
    return Answer(query, tuple(right))
