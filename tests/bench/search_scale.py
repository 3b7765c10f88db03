"""How long one query takes to compare with every photo, by the size of the album and by who computes.

    python tests/bench/search_scale.py [--photos 2000 20000 200000] [--queries N]

Vectors of 512 dimensions, float16, one query, one thread. "numkong" is what PocketLens does (`VectorSet.scores`),
"numpy" the product of a float32 copy (twice the memory), "usearch" its exact search for the best hundred. The last
columns are what else a search does: the ranking of the scores, and opening the vector file in a fresh process. It is
CPU time, so that a busy machine does not matter much; read the ratios.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

# Before numpy starts its threads.
os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import numpy as np
from usearch.index import search as usearch_exact

from pocketlens.catalogue import Catalogue
from pocketlens.paths import home_at
from pocketlens.search import _best
from pocketlens.vectors import VectorModel, VectorSet, load_vectors, refresh_vector_file

DIMENSION = 512
MODEL = VectorModel("bench@1", 1, DIMENSION)


def main() -> None:
    """Measure every size and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, nargs="+", default=[2_000, 20_000, 200_000])
    parser.add_argument("--queries", type=int, default=15)
    options = parser.parse_args()
    print(f"{'photos':>8}{'numkong':>10}{'numpy f32':>11}{'usearch':>9}{'rank':>7}{'open file':>11}   CPU ms, median")
    for count in options.photos:
        print(f"{count:8}" + row(count, options.queries))


def row(count: int, queries: int) -> str:
    """The figures of one size of album, formatted."""
    rows = unit_rows(count, seed=1)
    numbers = np.arange(1, count + 1)
    vectors = VectorSet(numbers, numbers, (rows,))
    asked = unit_rows(queries, seed=2).astype(np.float32)
    scores = vectors.scores(asked[0])
    everything = np.arange(count)
    figures = [
        median_ms(vectors.scores, asked),
        median_ms(as_float32(rows).__matmul__, asked),
        median_ms(lambda query: usearch_exact(rows, query.astype(np.float16), 100, "ip", exact=True, threads=1), asked),
        median_ms(lambda _: _best(everything, scores, 150), asked),
        opening_ms(rows),
    ]
    return "".join(f"{ms:{width}.2f}" for ms, width in zip(figures, (10, 11, 9, 7, 11), strict=True))


def unit_rows(count: int, seed: int) -> np.ndarray:
    """Random unit vectors, float16 (count, 512), made a part at a time."""
    random = np.random.default_rng(seed)
    rows = np.empty((count, DIMENSION), np.float16)
    for start in range(0, count, 20_000):
        part = random.standard_normal((min(20_000, count - start), DIMENSION), np.float32)
        rows[start : start + len(part)] = part / np.linalg.norm(part, axis=1, keepdims=True)
    return rows


def as_float32(rows: np.ndarray) -> np.ndarray:
    return rows.astype(np.float32)


def opening_ms(rows: np.ndarray) -> float:
    """CPU milliseconds to open the vector file of a catalogue with these vectors, its checksum included."""
    with tempfile.TemporaryDirectory() as root:
        home = home_at(Path(root)).make()
        with Catalogue.open(home.catalogue) as catalogue:
            with catalogue.transaction() as connection:
                connection.execute("INSERT INTO models VALUES (1, ?, 1, ?)", (MODEL.key, DIMENSION))
                connection.execute("INSERT INTO sources (id, kind, identity, label) VALUES (1, 'folder', x'2f', 'x')")
                connection.execute("INSERT INTO albums VALUES (1, 1, x'', 'x')")
                connection.executemany(
                    "INSERT INTO photos (id, source, album, path, size, mtime_ns) VALUES (?, 1, 1, ?, 1, 1)",
                    ((number + 1, str(number).encode()) for number in range(len(rows))),
                )
                connection.executemany(
                    "INSERT INTO vectors (model, photo, vector) VALUES (1, ?, ?)",
                    ((number + 1, row.tobytes()) for number, row in enumerate(rows)),
                )
            refresh_vector_file(catalogue, MODEL, home.vectors)
            return median_ms(lambda _: load_vectors(catalogue, MODEL, home.vectors), rows[:5])


def median_ms(do: Callable[[np.ndarray], object], things: np.ndarray) -> float:
    """Median CPU milliseconds of doing it to one of the things, after a first one that warms up."""
    do(things[0])
    taken = []
    for thing in things:
        started = time.process_time()
        do(thing)
        taken.append(1000 * (time.process_time() - started))
    return statistics.median(taken)


if __name__ == "__main__":
    main()
