"""How well photos are found with each feature of the search on and off.

    python tests/bench/retrieval --captions FILE [--held-out] [--limit N] [--model FOLDER] [--cache FOLDER]

FILE is a captioned set as `pocketlens_models.verify.recall` reads it. Its photos, drawn pictures, the sample album and
copies of it are indexed, and read where the extra ``[ocr]`` is installed, at the first run and kept in the cache.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from statistics import fmean

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.retrieval import albums
from bench.retrieval.asked import captioned, captions, drawn_words, single_words
from bench.retrieval.features import Vectors, VectorsAlone, answer, first_places_count, no_stacks, searching, with_words
from judged import Answer, Query, figures, judged_queries
from pocketlens.query import parse_query
from pocketlens_models.registry import SHIPPED
from pocketlens_models.starter.corpus import read_corpus, split_corpus
from pocketlens_models.verify.recall import CaptionedPhoto, read_captions

#: Pictures that are drawn and read: as many as take a minute or two.
_DRAWN = 36
_RESAMPLES = 2_000
#: Words, or pairs of Han characters, of a short query.
_SHORT = 3
#: Templates that were tried, by language. The first is what is typed.
_TEMPLATES = {
    "en": (
        ("{}",),
        ("a photo of {}",),
        ("a photo of a {}",),
        ("a picture of a {}.",),
        ("there is a {} in this photo",),
        ("{}", "a photo of a {}", "a picture of a {}.", "there is a {} in this photo"),
    ),
    "zh": (
        ("{}",),
        ("一张{}的照片",),
        ("{}的照片",),
        ("照片里有{}",),
        ("{}", "一张{}的照片", "{}的照片", "照片里有{}"),
    ),
}
Captioned = list[tuple[Path, CaptionedPhoto]]


class Table:
    """Rows of figures, each against the first by the same queries."""

    def __init__(self, title: str) -> None:
        self._first: list[Answer] = []
        print(
            f"\n### {title}\n\n| | queries | R@1 | R@5 | R@10 | nDCG@10 | MRR | change of MRR (95 %) | better / worse |"
        )
        print("|---|---|---|---|---|---|---|---|---|", flush=True)

    def add(self, name: str, answers: Sequence[Answer]) -> None:
        self._first = self._first or list(answers)
        values = figures(answers)
        cells = [f"{values[cut]:.3f}" for cut in ("R@1", "R@5", "R@10", "nDCG@10", "MRR")]
        changes = [a.reciprocal_rank - b.reciprocal_rank for a, b in zip(answers, self._first, strict=True)]
        better, worse = (sum(sign * change > 0 for change in changes) for sign in (1, -1))
        against = (
            ["", ""] if answers is self._first or not any(changes) else [_interval(changes), f"{better} / {worse}"]
        )
        print(f"| {name} | {len(answers)} | {' | '.join([*cells, *against])} |", flush=True)

    def worse(self, answers: Sequence[Answer], most: int = 15) -> None:
        """Name the queries that lost, those that lost most first."""
        lost = [(b.reciprocal_rank - a.reciprocal_rank, b) for a, b in zip(answers, self._first, strict=True)]
        lost = sorted((one for one in lost if one[0] > 0), key=lambda one: -one[0])[:most]
        if lost:
            print("Worse:", "; ".join(f"{one.query.text} (−{loss:.2f})" for loss, one in lost))


def _interval(changes: Sequence[float]) -> str:
    """Mean and its 95 % interval, by drawing the queries anew."""
    draws = np.random.default_rng(0).choice(np.array(changes), (_RESAMPLES, len(changes))).mean(1)
    low, high = np.percentile(draws, (2.5, 97.5))
    return f"{fmean(changes):+.3f} ({low:+.3f} to {high:+.3f})"


def word_fusion(album: albums.Album, queries: dict[str, list[Query]], model: Path) -> None:
    for title, asked in queries.items():
        table = Table(f"Words in photos: {title}")
        with searching(album.home, model, VectorsAlone) as searcher:
            plain = [answer(searcher, query) for query in asked]
        table.add("vectors alone", plain)
        written = with_words(album.home, asked)
        with searching(album.home, model) as searcher:
            for k in (60, 10, 30, 100):
                with first_places_count(k):
                    answers = [
                        answer(searcher, query) if query.text in written else alone
                        for query, alone in zip(asked, plain, strict=True)
                    ]
                table.add(f"fused, k = {k}", answers)
                if k == 60:
                    shipped = answers
        print(f"{len(written)} of the queries are written in some picture.")
        table.worse(shipped)


def stacks(album: albums.Album, model: Path) -> None:
    table = Table("Copies: the sample album, each of its JPEGs saved twice more")
    for name, condition in (("every copy a hit", no_stacks), ("stacked", nullcontext)):
        with searching(album.home, model) as searcher, condition():
            answers = [answer(searcher, query, named=albums.copied_from) for query in judged_queries()]
        table.add(name, answers)
        table.worse(answers)


def prompt_templates(sets: dict[str, tuple[albums.Album, list[Query], frozenset[str] | None]], model: Path) -> None:
    for title, (album, queries, among) in sets.items():
        table = Table(f"Templates: {title}")
        vectors = Vectors(album.home, model)
        for ones in _TEMPLATES[queries[0].language]:
            answers = [vectors.answer(query, ones, among) for query in queries]
            table.add("all of these" if len(ones) > 1 else f"`{ones[0]}`", answers)
            table.worse(answers, most=5)


def _is_plain(query: Query) -> bool:
    """Whether it is short and all of it is words."""
    parsed = parse_query(query.text)
    length = len(query.text.split()) if query.language == "en" else len(query.text) // 2
    return not (parsed.more or parsed.less or parsed.filters) and length <= _SHORT


def _photos(options: argparse.Namespace) -> Captioned:
    photos = read_captions(options.captions)
    if options.held_out:
        corpus = read_corpus(options.captions.parent)
        split = split_corpus(corpus)
        place_of = {corpus[row].path.name: place for place, row in enumerate((*split.test, *split.distractors))}
        photos = [one for one in photos if one[0].name in place_of]
        photos.sort(key=lambda one: place_of[one[0].name])
    return photos[: options.limit]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--captions", type=Path, required=True, help="the captioned set; its photos lie beside it")
    parser.add_argument("--held-out", action="store_true", help="only what the starter model never saw of its own data")
    parser.add_argument(
        "--limit", type=int, help="so many of its photos; of those held out, the captioned ones come first"
    )
    parser.add_argument("--model", type=Path, default=SHIPPED / "starter")
    parser.add_argument("--cache", type=Path, required=True, help="where the indexed albums are kept")
    parser.add_argument("--only", choices=["words", "copies", "templates"], help="one of the parts")
    options = parser.parse_args()
    photos, model = _photos(options), options.model
    whole = albums.captioned_and_drawn(options.cache, model, [path for path, _ in photos], _DRAWN)
    sample = albums.sample(options.cache, model)
    languages = {"English": "en", "Chinese": "zh"}
    words = {name: single_words(photos, code) for name, code in languages.items()}
    sentences = {name: captions(photos, code) for name, code in languages.items()}
    print(f"{len(photos)} photos of the set, {_DRAWN} drawn pictures; the sample album and its 100 judged queries.")
    if options.only in (None, "words"):
        queries = {"words that a drawn picture shows": drawn_words(whole.drawn)}
        queries |= {f"single {name} words for things in photos": asked for name, asked in words.items() if asked}
        queries |= {f"{name} captions": asked for name, asked in sentences.items() if asked}
        word_fusion(whole, queries, model)
        word_fusion(sample, {"judged queries": judged_queries()}, model)
    if options.only in (None, "copies"):
        stacks(albums.sample_and_copies(options.cache, model), model)
    if options.only in (None, "templates"):
        sets: dict[str, tuple[albums.Album, list[Query], frozenset[str] | None]] = {
            f"single {name} words": (whole, words[name], captioned(photos, code))
            for name, code in languages.items()
            if words[name]
        }
        sets |= {
            f"short judged {name} queries": (
                sample,
                [one for one in judged_queries() if one.language == code and _is_plain(one)],
                None,
            )
            for name, code in languages.items()
        }
        prompt_templates(sets, model)


if __name__ == "__main__":
    main()
