"""Ranked rows to what is shown of them: their photos' rows, those that are alike as one, which are weak and why."""

from __future__ import annotations

from sqlite3 import Connection
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from pocketlens.catalogue import PHOTO_COLUMNS, PHOTO_TABLES, PhotoRow, PhotoState, photo_row
from pocketlens.duplicates import picture_quality, stacked
from pocketlens.frames import FrameSet
from pocketlens.fusion import Matching
from pocketlens.protocol import Hit
from pocketlens.query import Query, TextFilter
from pocketlens.ranking import Ranking, Scale
from pocketlens.texts import excerpts, filter_terms, terms_of
from pocketlens.vectors import VectorSet

#: Rows are fetched this many times the wanted number at first, and again each time it was not enough, for those that
#: fall to duplicates or were removed meanwhile.
SPARE: Final = 3
# SQLite before 3.32 allows 999 values a statement.
_IDS_A_QUERY: Final = 500

# A match is weak when it stands out less than this share of what the best one does, or less than this in all. On the
# sample album's 57 golden queries that leaves 10 photos of 113 that are not, and 64 of the 105 right ones among them;
# 0.2 and 0.5 leave 12 and 68, 0.4 and 0.5 leave 6 and 55.
_WEAK_SHARE: Final = 0.5
_WEAK: Final = 0.3


def hits_of(
    ranking: Ranking,
    vectors: VectorSet,
    scale: Scale,
    top: int,
    connection: Connection,
    *,
    frames: FrameSet | None = None,
    query: NDArray[np.float32] | None = None,
) -> tuple[list[Hit], bool]:
    """The best ``top`` photos of the ranking, those that are alike as one, and whether there were that many.

    Args:
        frames: with them and the ``query`` a video says when it is most like it.
    """
    ids = [int(ident) for ident in vectors.ids[ranking.rows]]
    known = _photo_rows(connection, ids)
    # Those that are missing were removed since the vectors were loaded.
    there = [place for place, ident in enumerate(ids) if ident in known]
    photos = [known[ids[place]] for place in there]
    rows, scores = ranking.rows[there], ranking.scores[there]
    stacks = stacked(photos, lambda places: vectors.at(rows[places]), most_compared=top * SPARE)[:top]
    hits = []
    for first, *others in stacks:
        score = float(scores[first])
        members = sorted((photos[other] for other in others), key=picture_quality, reverse=True)
        hit = _hit(photos[first], score, scale.strength(score), members)
        if query is not None and hit.duration_ms is not None and frames is not None:
            hit = msgspec.structs.replace(hit, at_ms=frames.best_moment(hit.photo, query))
        hits.append(hit)
    return hits, len(hits) == top


def with_weak_ones_marked(hits: list[Hit], own: bytes | None) -> list[Hit]:
    """``own``: the content of a photo that others are to be like."""
    # A photo is always its own best match, and so are its copies: the others are measured by what comes after.
    best = max((hit.strength for hit in hits if not own or hit.thumbnail != own), default=0.0)
    limit = max(_WEAK, _WEAK_SHARE * best)
    return [msgspec.structs.replace(hit, weak=True) if hit.strength < limit else hit for hit in hits]


def with_found_text(hits: list[Hit], query: Query, matching: Matching | None, connection: Connection) -> list[Hit]:
    """The hits with the words that were found in them. One with the query's own words is not weak."""
    filtered = [
        term for one in query.filters if isinstance(one, TextFilter) and one.wanted for term in filter_terms(one.words)
    ]
    found = excerpts(connection, {hit.thumbnail for hit in hits}, filtered)
    own = {hit.thumbnail for hit in hits} & (matching.contents if matching else frozenset())
    if own:
        found |= excerpts(connection, own, terms_of(query.words))
    return [
        msgspec.structs.replace(hit, found_text=found[hit.thumbnail], weak=hit.weak and hit.thumbnail not in own)
        if hit.thumbnail in found
        else hit
        for hit in hits
    ]


def _photo_rows(connection: Connection, ids: list[int]) -> dict[int, PhotoRow]:
    """The photos with a vector, by id; those that are gone, or cannot be read any more, are left out."""
    found: dict[int, PhotoRow] = {}
    for start in range(0, len(ids), _IDS_A_QUERY):
        chunk = ids[start : start + _IDS_A_QUERY]
        marks = ", ".join("?" * len(chunk))
        for row in connection.execute(
            f"SELECT {PHOTO_COLUMNS} FROM {PHOTO_TABLES} WHERE missing = 0"  # noqa: S608 - constants and marks
            f" AND photos.state <> ? AND photos.id IN ({marks})",
            (PhotoState.UNREADABLE, *chunk),
        ):
            photo = photo_row(row)
            found[photo.id] = photo
    return found


def _hit(photo: PhotoRow, score: float, strength: float, members: list[PhotoRow]) -> Hit:
    return Hit(
        photo=photo.id,
        score=round(score, 4),
        strength=round(strength, 3),
        source=photo.source,
        path=photo.path,
        location=photo.location,
        album=photo.album,
        taken_at=photo.taken_at,
        width=photo.width or 0,
        height=photo.height or 0,
        thumbnail=photo.content_hash or b"",
        favourite=photo.favourite,
        copies=1 + len(members),
        members=[member.id for member in members],
        place=photo.place.name if photo.place else "",
        place_zh=photo.place.name_zh if photo.place else "",
        duration_ms=photo.duration_ms,
        motion=photo.motion,
    )
