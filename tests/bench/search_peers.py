"""One query against a whole album's vectors: PocketLens' ways, numpy, usearch, faiss and hnswlib, with their recall.

    python tests/bench/search_peers.py [--photos 2000 20000 200000] [--real FOLDER] [--graphs-to N] [--peers PYTHON]

512 dimensions, one thread, the 180 best, which is what 60 hits are chosen from. Vectors are made from real photos'
(`_albums.clustered`), of the sample album or of FOLDER; queries are the judged ones in words, Chinese and English,
encoded by the starter model: they lie apart from every photo, which is hard on graphs. Recall is the share of the
ten best by float16 among what was found. PocketLens compares all vectors ("all") up to `EXACT_ROWS` photos, those with
like signs ("signs") up to `EXACT_LIMIT`, and what its graph proposes above; it is shown what the others would be like.
faiss and hnswlib run where `make peers` has put them. Graphs take minutes to build from 200,000 vectors on.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

# Before numpy starts its threads.
os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import numpy as np
from numpy.typing import NDArray

from pocketlens.encoders import TextEncoder
from pocketlens.graph import PhotoGraph, _build, _usearch
from pocketlens.model import load_package
from pocketlens.packed_vectors import pack_all, signs_of
from pocketlens.ranking import best
from pocketlens.sealed import Origin, Seal
from pocketlens.search import EXACT_ROWS, likely_count
from pocketlens.vectors import VectorModel, VectorSet
from pocketlens_desktop.sample import ALBUM
from pocketlens_models.registry import SHIPPED

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench._albums import clustered, plain_queries, real_vectors
from bench.indexing_peers import PEERS
from bench.peers.timing import Timed, timed

TOP = 180
#: Compares float16 vectors; PocketLens' own are int8.
EXACT = "usearch, exact"
Search = Callable[[NDArray[np.float32]], NDArray[np.intp]]


def main() -> None:
    """Measure every size and print a table for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, nargs="+", default=[2_000, 20_000, 200_000])
    parser.add_argument("--real", type=Path, default=ALBUM)
    parser.add_argument("--graphs-to", type=int, default=20_000)
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--peers", type=Path, default=PEERS)
    options = parser.parse_args()
    package = load_package(SHIPPED / "starter")
    real = real_vectors(options.real, package, most=1_000)
    encoder = TextEncoder(package)
    asked = np.stack([encoder.encode(text) for text in plain_queries()[: options.queries]])
    print(f"{len(real)} real photos, {len(asked)} queries")
    for count in options.photos:
        rows = clustered(count, real)
        graphs = count <= options.graphs_to
        figures = {name: timed(make, asked) for name, make in ours(rows, graphs=graphs).items()}
        if options.peers.exists():
            figures |= theirs(options.peers, rows, asked, graphs=graphs)
        show(count, figures)


def show(count: int, figures: dict[str, Timed]) -> None:
    """The table of one size."""
    exact, base = figures[EXACT], np.array(figures["PocketLens, all"].ms)
    print(f"\n| {count:,} photos | p50 ms | p99 ms | × all | recall@10 | made in s |", flush=True)
    print("|---|---|---|---|---|---|")
    for name, one in figures.items():
        ms = np.array(one.ms)
        hits = [len(set(best[:10]) & set(rows)) for best, rows in zip(exact.rows, one.rows, strict=True)]
        times = f"{np.median(ms):.2f} | {np.percentile(ms, 99):.2f} | {np.median(ms / base):.2f}"
        print(f"| {name} | {times} | {np.mean(hits) / 10:.3f} | {one.made_s:.1f} |", flush=True)


def ours(rows: NDArray[np.float16], *, graphs: bool) -> dict[str, Callable[[], Search]]:
    """By name, what makes a search ready."""
    numbers = np.arange(1, len(rows) + 1)
    everything = np.arange(len(rows))
    packed = pack_all(rows)

    def all_of_them() -> Search:
        vectors = VectorSet(numbers, numbers, (packed,))
        return lambda query: best(everything, vectors.scores(query), TOP).rows

    def among(vectors: VectorSet, proposed: NDArray[np.intp], query: NDArray[np.float32]) -> NDArray[np.intp]:
        return best(proposed, vectors.scores_of(proposed, query), TOP).rows

    def signs() -> Search:
        vectors = VectorSet(numbers, numbers, (packed,), (signs_of(packed.numbers),))
        return lambda query: among(vectors, vectors.likely(query, likely_count(len(rows)), everything), query)

    def graph() -> Search:
        vectors = VectorSet(numbers, numbers, (packed,))
        index = _build(vectors, VectorModel("bench@1", 1, rows.shape[1]), lambda: None)
        seal = Seal(
            origin=Origin(catalogue="", model="bench@1", preprocessing=1, dimension=rows.shape[1]),
            count=len(rows),
            last=int(numbers[-1]),
            checksum=0,
        )
        made = PhotoGraph(index, seal, np.empty(0, np.uint8))
        return lambda query: among(vectors, made.candidates(vectors, query, TOP), query)

    def usearch() -> Search:
        search = _usearch().search
        return lambda query: search(rows, query.astype(np.float16), TOP, "ip", exact=True, threads=1).keys

    found: dict[str, Callable[[], Search]] = {"PocketLens, all": all_of_them}
    if len(rows) >= EXACT_ROWS:
        found["PocketLens, signs"] = signs
    if graphs:
        found["PocketLens, graph (usearch)"] = graph
    return found | {EXACT: usearch}


def theirs(python: Path, rows: NDArray[np.float16], asked: NDArray[np.float32], *, graphs: bool) -> dict[str, Timed]:
    """The same of other libraries, in a process of theirs."""
    with tempfile.TemporaryDirectory() as folder:
        vectors, queries = Path(folder) / "vectors.npy", Path(folder) / "queries.npy"
        np.save(vectors, rows)
        np.save(queries, asked)
        script = Path(__file__).parent / "peers" / "search_with_libraries.py"
        command: list[str | Path] = [python, script, vectors, queries, str(TOP), str(int(graphs))]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        return {name: Timed(**one) for name, one in json.loads(done.stdout).items()}


if __name__ == "__main__":
    main()
