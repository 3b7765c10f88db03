"""A query from its words to ranked photos, by the size of the album and by filters; and what the album takes on disk.

    python tests/bench/search_album.py [--photos 2000 20000 200000] [--model FOLDER] [--real FOLDER]

Catalogues are real and hold vectors made from real photos' (`_albums.clustered`): of the sample album's, or of those
in FOLDER. "ids" is from the words to ranked ids, "hits" to hits with their rows read, "× text" is either in terms of
the text encoder's own share of it. Queries are English and Chinese, each once; figures are medians, and the 99th
percentile where it says so. "opening" is a new `Searcher`'s first look at the album without the model: catalogue,
vector file with its checksum, listing.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from pocketlens.model import ModelPackage, load_package
from pocketlens.paths import Home, home_at
from pocketlens.protocol import Hit, SearchRequest
from pocketlens.search import Searcher
from pocketlens.vectors import VectorModel
from pocketlens_desktop.sample import ALBUM
from pocketlens_models.registry import SHIPPED

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench._albums import bytes_on_disk, clustered, fill, plain_queries, real_vectors

#: The third of the photos that a year or two are, the tenth that screenshots are, one album of 200.
FILTERS = {"": "", "date": "date:2018..2021 ", "kind": "kind:screenshot ", "album": 'album:"album 7" '}
_TOP = 60


def main() -> None:
    """Measure every size and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, nargs="+", default=[2_000, 20_000, 200_000])
    parser.add_argument("--model", type=Path, default=SHIPPED / "starter")
    parser.add_argument("--real", type=Path, default=ALBUM)
    parser.add_argument("--queries", type=int, default=100)
    options = parser.parse_args()
    real = real_vectors(options.real, load_package(SHIPPED / "starter", parts=("image",)), most=1_000)
    package = load_package(options.model, parts=("text",))
    words = plain_queries()[: options.queries]
    print(f"{len(real)} real photos, {len(words)} queries, text model {package.manifest.key}")
    print(
        "| photos | filter | found among | text ms | ids ms | × text | hits ms | × text | hits, 99 % |"
        " opening ms | bytes a photo |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for count in options.photos:
        with tempfile.TemporaryDirectory() as folder:
            home = home_at(Path(folder) / "home")
            tower = package.manifest.image
            model = VectorModel(package.manifest.key, tower.preprocessing, package.manifest.dimension)
            fill(home, model, clustered(count, real))
            show(home, package, words, count)


def show(home: Home, package: ModelPackage, words: list[str], count: int) -> None:
    """The rows of one size."""
    size = sum(bytes_on_disk(home).values()) / count
    opened = opening_ms(home, package)
    searcher = _Watched(home, package)
    try:
        for name, prefix in FILTERS.items():
            searcher.search(SearchRequest(id=0, text=prefix + words[0], top=_TOP))
            texts, ranked, wholes, considered = [], [], [], 0
            for number, text in enumerate(words):
                started = time.perf_counter()
                results = searcher.search(SearchRequest(id=number, text=prefix + text, top=_TOP))
                wholes.append(1000 * (time.perf_counter() - started))
                ranked.append(1000 * (searcher.ranked - started))
                texts.append(results.encode_ms)
                considered = results.considered
            last = f"{opened:.0f} | {size:,.0f}" if not name else " | "
            both = [f"{statistics.median(some):.1f} | {_ratio(some, texts):.2f}" for some in (ranked, wholes)]
            figures = " | ".join([f"{statistics.median(texts):.1f}", *both, f"{np.percentile(wholes, 99):.1f}", last])
            print(f"| {count:,} | {name or 'none'} | {considered:,} | {figures} |", flush=True)
    finally:
        searcher.close()


class _Watched(Searcher):
    """Notes when the ids are ranked and their rows are asked for."""

    ranked = 0.0

    def _hits(self, *args: Any, **options: Any) -> tuple[list[Hit], bool]:
        self.ranked = time.perf_counter()
        return super()._hits(*args, **options)


def _ratio(some: list[float], texts: list[float]) -> float:
    return statistics.median(one / text for one, text in zip(some, texts, strict=True))


def opening_ms(home: Home, package: ModelPackage) -> float:
    """Median of five new `Searcher`s' first filtered listing, which needs the vectors and no text model."""
    taken = []
    for _ in range(5):
        started = time.perf_counter()
        searcher = Searcher(home, package)
        searcher.search(SearchRequest(id=0, text='album:"album 7"', top=_TOP))
        searcher.close()
        taken.append(1000 * (time.perf_counter() - started))
    return statistics.median(taken)


if __name__ == "__main__":
    main()
