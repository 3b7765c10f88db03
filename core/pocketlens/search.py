"""Search: a query, which is mostly a few words, to ranked photos."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from pocketlens.catalogue import Catalogue
from pocketlens.content import content_hash, content_of
from pocketlens.encoders import TextEncoder
from pocketlens.errors import NothingIndexed, PictureNotIndexed, QueryInvalid, UnreadablePhoto
from pocketlens.frames import FrameSet, load_frames
from pocketlens.fusion import Matching
from pocketlens.graph import EXACT_LIMIT, PhotoGraph, open_graph
from pocketlens.hits import SPARE, hits_of, with_found_text, with_weak_ones_marked
from pocketlens.model import ModelPackage
from pocketlens.packed_vectors import is_sound, unpacked
from pocketlens.paths import Home
from pocketlens.protocol import Hit, PictureVector, Results, SearchRequest
from pocketlens.query import Query, parse_query
from pocketlens.query_vector import combined, of_equal_weight
from pocketlens.ranking import Ranking, Scale, best, scale_of, with_matching
from pocketlens.selection import album_filters, selected_photos
from pocketlens.sqlite_file import reported
from pocketlens.texts import any_read, matches, terms_of
from pocketlens.vectors import VectorModel, VectorSet, load_vectors, newest, with_newer

#: A query longer than this says nothing more: every model cuts it long before.
LONGEST_QUERY = 2_000

#: More hits than this are no ranking any more, and their event a line of 4 MB.
MOST_HITS = 10_000

# Above this many, proposals cost more than comparing everything.
_MOST_PROPOSALS = 3_000
# Photos up to which all are compared. Above, those are that `VectorSet.likely` proposes: 14 ms become 4 at 200,000.
EXACT_ROWS = 20_000
# How many it proposes: this many, or this share. Recall of the ten best for words among 200,000 vectors made of real
# photos' (tests/bench/search_peers.py): .970 with 2 %, .991 with 4 %, .995 with 8 %, in 3.5, 5 and 8 ms.
_LIKELY = 4_000
_LIKELY_SHARE = 0.04
# Counting all signs takes as long as scoring this share of the photos.
_SIGNS_SHARE = 0.05
# Photos with the words that are fused with those that show what they mean. No query that means something has more.
_MOST_MATCHES = 1_000


class _LikePhoto(NamedTuple):
    """The photo that others are to be like: its unit vector and its content."""

    vector: NDArray[np.float32]
    content: bytes | None


class Searcher:
    """Searches one home's catalogue with one model. Loads the text encoder at the first query in words.

    Use it from one thread.
    """

    def __init__(
        self,
        home: Home,
        package: ModelPackage,
        *,
        exact_rows: int = EXACT_ROWS,
        exact_limit: int = EXACT_LIMIT,
        threads: int = 1,
    ) -> None:
        manifest = package.manifest
        self._home = home
        self._package = package
        self._model = VectorModel(manifest.key, manifest.image.preprocessing, manifest.dimension)
        self._exact_rows = exact_rows
        self._exact_limit = exact_limit
        self._threads = threads
        self._opened: Catalogue | None = None
        self._encoder: TextEncoder | None = None
        self._vectors: VectorSet | None = None
        self._graph: PhotoGraph | None = None
        self._frames: FrameSet | None = None
        # The last filters with the state of the catalogue they were asked of, and what passed.
        self._selected: tuple[tuple[object, ...], NDArray[np.int64]] | None = None
        # The vectors and the photos that rows were last looked up for, and these.
        self._passing: tuple[VectorSet, NDArray[np.int64], NDArray[np.intp]] | None = None

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()

    def search(self, request: SearchRequest) -> Results:
        """Rank the photos for the request.

        Raises:
            QueryInvalid: nothing asked for, not understood, too long, too many, or ``like`` names a photo without a
                vector.
            NothingIndexed: no photo has a vector of this model.
            AlbumMissing: no album of that name.
            CatalogueTooNew, CatalogueDamaged, ModelUnsupported
        """
        if not 1 <= request.top <= MOST_HITS:
            raise QueryInvalid(f"Between 1 and {MOST_HITS} hits can be asked for.", thing=str(request.top))
        query = _query(request)
        with reported(self._home.catalogue):
            vectors = self._current_vectors()
            started = time.perf_counter()
            like = self._like(query, request.picture, vectors)
            wanted = self._query_vector(query, like, vectors)
            encoded = time.perf_counter()
            allowed = self._allowed(query, request, newest_first=wanted is None)
            matching = self._matching(query, vectors, allowed)
            if wanted is None:
                hits, considered = self._newest(vectors, allowed, request.top)
            else:
                hits, considered = self._find(vectors, wanted, allowed, request.top, matching)
            marked = with_weak_ones_marked(hits, like.content if like else None)
            hits = with_found_text(marked, query, matching, self._catalogue.connection)
        return Results(
            request=request.id,
            hits=hits,
            considered=considered,
            encode_ms=(encoded - started) * 1000,
            search_ms=(time.perf_counter() - encoded) * 1000,
        )

    @property
    def _catalogue(self) -> Catalogue:
        if self._opened is None:
            if not self._home.catalogue.exists():
                raise self._nothing_indexed()
            self._opened = Catalogue.open(self._home.catalogue, read_only=True)
        return self._opened

    def _current_vectors(self) -> VectorSet:
        if self._vectors is None:
            self._vectors = load_vectors(self._catalogue, self._model, self._home.vectors)
            self._frames = load_frames(self._catalogue, self._model)
            if len(self._vectors.ids) > self._exact_limit:
                self._graph = open_graph(self._catalogue, self._model, self._home.vectors)
        elif newest(self._catalogue, self._model) > self._vectors.last:
            self._vectors = with_newer(self._vectors, self._catalogue, self._model)
            self._frames = load_frames(self._catalogue, self._model)
        if not len(self._vectors.ids):
            self._vectors = None
            raise self._nothing_indexed()
        return self._vectors

    def _nothing_indexed(self) -> NothingIndexed:
        return NothingIndexed(
            "No photo is indexed with this model yet.", thing=self._model.key, remedy="Index a folder first."
        )

    def _query_vector(self, query: Query, like: _LikePhoto | None, vectors: VectorSet) -> NDArray[np.float32] | None:
        """The unit vector to compare photos with; None when filters alone were given."""
        origin = [self._encode(query.words)] if query.words else []
        if like is not None:
            origin.append(like.vector)
        more, less = ([self._encode(text) for text in texts] for texts in (query.more, query.less))
        everything = [*origin, *more, *less]
        if not everything:
            return None
        if len(everything) == 1 and not less:
            return everything[0]

        def weighed(some: list[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
            return [of_equal_weight(one, vectors.sample.cosines(one)) for one in some]

        return combined(weighed(origin), weighed(more), weighed(less))

    def _encode(self, text: str) -> NDArray[np.float32]:
        if self._encoder is None:
            self._encoder = TextEncoder(self._package, threads=self._threads)
        return self._encoder.encode(text)

    def _like(self, query: Query, picture: PictureVector | None, vectors: VectorSet) -> _LikePhoto | None:
        if picture is None:
            return None if query.like is None else self._photo_like(query.like, vectors)
        if picture.model != self._model.key or not is_sound(picture.vector, self._model.dimension):
            raise QueryInvalid("This picture was encoded with another model.", thing=picture.model)
        (vector,) = unpacked([picture.vector], self._model.dimension).floats()
        return _LikePhoto(vector, picture.content)

    def _photo_like(self, like: int | str, vectors: VectorSet) -> _LikePhoto:
        """A photo of the catalogue, given by its number or as a file with its content.

        The image model that could encode another photo is never loaded beside the text model.
        """
        photos = [like] if isinstance(like, int) else self._photos_with_content_of(Path(like).expanduser())
        for photo in photos:
            vector = vectors.vector(photo)
            row = self._catalogue.photo(photo) if vector is not None else None
            if vector is not None and row is not None:
                return _LikePhoto(vector, row.content_hash)
        if isinstance(like, int):
            raise QueryInvalid("There is no such photo to compare with.", thing=str(like))
        raise PictureNotIndexed("This picture is not indexed.", thing=like, remedy="Index the folder it is in first.")

    def _photos_with_content_of(self, path: Path) -> list[int]:
        try:
            content = content_hash(content_of(path))
        except UnreadablePhoto as error:
            raise QueryInvalid(error.what, thing=error.thing) from error
        rows = self._catalogue.connection.execute("SELECT id FROM photos WHERE content_hash = ?", (content,))
        return [ident for (ident,) in rows]

    def _allowed(self, query: Query, request: SearchRequest, *, newest_first: bool) -> NDArray[np.int64] | None:
        """The photos that pass the filters; None when there are none and all do."""
        if not query.filters and not request.albums:
            return None
        # Whoever types on below a filter asks for the same photos at every word: 60 ms of 200,000 photos.
        (version,) = self._catalogue.connection.execute("PRAGMA data_version").fetchone()
        asked = (query.filters, tuple(request.albums), newest_first, version)
        if self._selected is None or self._selected[0] != asked:
            self._selected = (asked, self._select(query, request, newest_first=newest_first))
        return self._selected[1]

    def _select(self, query: Query, request: SearchRequest, *, newest_first: bool) -> NDArray[np.int64]:
        connection = self._catalogue.connection
        chosen, *others = [
            selected_photos(connection, filters, newest_first=newest_first)
            for filters in (query.filters, album_filters(request.albums))
            if filters
        ]
        return chosen[np.isin(chosen, others[0])] if others else chosen

    def _matching(self, query: Query, vectors: VectorSet, allowed: NDArray[np.int64] | None) -> Matching | None:
        """The photos that have the query's plain words written in them; None when there are none."""
        connection = self._catalogue.connection
        # Asked first: telling words apart takes longer than finding that nothing was ever read.
        contents = matches(connection, terms_of(query.words), _MOST_MATCHES) if any_read(connection) else ()
        if not contents:
            return None
        place_of: dict[int, int] = {}
        for place, content in enumerate(contents, start=1):
            for (ident,) in connection.execute("SELECT id FROM photos WHERE content_hash = ?", (content,)):
                place_of[ident] = place
        ids = np.array(list(place_of), np.int64)
        if allowed is not None:
            ids = ids[np.isin(ids, allowed)]
        rows = np.sort(vectors.rows_of(ids))
        rows = rows[rows >= 0]
        if not len(rows):
            return None
        places = np.array([place_of[int(ident)] for ident in vectors.ids[rows]], np.int64)
        return Matching(rows, places, frozenset(contents))

    def _newest(self, vectors: VectorSet, allowed: NDArray[np.int64] | None, top: int) -> tuple[list[Hit], int]:
        """The first of the photos that pass the filters, and how many do. There is nothing to score them by."""
        assert allowed is not None, "a query without a vector has filters"
        rows = vectors.rows_of(allowed)
        rows = rows[rows >= 0]
        ranking = Ranking(rows, np.zeros(len(rows), np.float32), True)
        return hits_of(ranking, vectors, Scale(0.0, 0.0), top, self._catalogue.connection)[0], len(rows)

    def _find(
        self,
        vectors: VectorSet,
        query: NDArray[np.float32],
        allowed: NDArray[np.int64] | None,
        top: int,
        matching: Matching | None,
    ) -> tuple[list[Hit], int]:
        """The hits, and among how many photos they were found."""
        rows = self._rows_of(vectors, allowed)
        wanted = top * SPARE
        proposed = self._proposed(vectors, query, rows, wanted, filtered=allowed is not None)
        if proposed is not None:
            scores = self._by_best_frame(vectors.scores_of(proposed, query), proposed, query)
            ranking = best(proposed, scores, wanted)
            if matching is not None:
                scores_of_matching = self._by_best_frame(vectors.scores_of(matching.rows, query), matching.rows, query)
                ranking = with_matching(ranking, scores, matching, scores_of_matching)
            scale = scale_of(vectors.sample.cosines(query))
            hits, enough = self._hits(vectors, ranking, scale, top, query)
            if enough or (ranking.all and len(proposed) == len(rows)):
                return hits, len(rows)
        everything = self._by_best_frame(vectors.scores(query), np.arange(len(vectors.ids)), query)
        scale = scale_of(everything)
        scores = everything[rows]
        while True:
            ranking = best(rows, scores, wanted)
            if matching is not None:
                ranking = with_matching(ranking, scores, matching, everything[matching.rows])
            hits, enough = self._hits(vectors, ranking, scale, top, query)
            if enough or ranking.all:
                return hits, len(rows)
            wanted *= SPARE

    def _hits(
        self, vectors: VectorSet, ranking: Ranking, scale: Scale, top: int, query: NDArray[np.float32]
    ) -> tuple[list[Hit], bool]:
        return hits_of(ranking, vectors, scale, top, self._catalogue.connection, frames=self._frames, query=query)

    def _rows_of(self, vectors: VectorSet, allowed: NDArray[np.int64] | None) -> NDArray[np.intp]:
        """The rows that count, of the photos that are allowed."""
        if allowed is None:
            return vectors.counting
        if self._passing is None or self._passing[0] is not vectors or self._passing[1] is not allowed:
            # A byte for each number up to the last, which is never one of a photo: what `NO_PHOTO` looks up is False.
            passes = np.zeros(max(vectors.ids.max(), allowed.max(initial=0)) + 2, np.bool_)
            passes[allowed] = True
            self._passing = vectors, allowed, np.flatnonzero(passes[vectors.ids])
        return self._passing[2]

    def _proposed(
        self,
        vectors: VectorSet,
        query: NDArray[np.float32],
        rows: NDArray[np.intp],
        wanted: int,
        *,
        filtered: bool,
    ) -> NDArray[np.intp] | None:
        """Those of ``rows`` that are worth scoring, ascending; None when it is best to score all."""
        if self._graph is not None and not filtered and wanted <= _MOST_PROPOSALS:
            proposed = self._graph.candidates(vectors, query, wanted)
        elif len(vectors.ids) <= self._exact_rows:
            return None
        elif len(rows) <= likely_count(len(rows)) + _SIGNS_SHARE * len(vectors.ids):
            return rows  # few that pass: the others need no look
        elif wanted <= _MOST_PROPOSALS:
            proposed = vectors.likely(query, max(likely_count(len(rows)), SPARE * wanted), rows)
        else:
            return None
        assert self._frames is not None
        videos = self._frames.likely(query, wanted, vectors, rows)
        return np.union1d(proposed, videos) if len(videos) else proposed

    def _by_best_frame(
        self, scores: NDArray[np.float32], rows: NDArray[np.intp], query: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """The scores of some rows, those of videos by their best frame."""
        assert self._frames is not None
        assert self._vectors is not None
        self._frames.raise_scores(scores, rows, query, self._vectors)
        return scores


def _query(request: SearchRequest) -> Query:
    if len(request.text) > LONGEST_QUERY:
        raise QueryInvalid(
            f"The query has {len(request.text)} characters, {LONGEST_QUERY} are the most.", remedy="Use fewer words."
        )
    query = parse_query(request.text)
    if request.like is not None:
        query = msgspec.structs.replace(query, like=request.like)
    if query == Query() and request.picture is None:
        raise QueryInvalid("There is nothing to search for.", remedy="Type a few words, in Chinese or English.")
    return query


def likely_count(count: int) -> int:
    """How many of ``count`` photos are worth scoring."""
    return max(_LIKELY, int(_LIKELY_SHARE * count))
