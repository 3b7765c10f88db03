"""Search vectors with faiss, hnswlib and numpy, on one thread; run by the peers' Python.

    search_with_libraries.py VECTORS.npy QUERIES.npy TOP GRAPHS

VECTORS are float16 unit rows, QUERIES float32. Graphs are built only when GRAPHS is 1. Prints one JSON object: by
contestant the milliseconds of each query, the rows of its TOP best, and the seconds that making the index took.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

# Before numpy starts its threads.
os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import faiss
import hnswlib
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.peers.timing import timed

#: As PocketLens' own graph (`pocketlens.graph`), so that times can be compared at the recall they reach.
M, EF_CONSTRUCTION, EF_SEARCH = 16, 128, 128


def main(vectors: str, queries: str, top: int, graphs: bool) -> None:
    rows, asked = np.load(vectors).astype(np.float32), np.load(queries)
    faiss.omp_set_num_threads(1)
    makers: dict[str, Callable[[], Callable[[np.ndarray], np.ndarray]]] = {
        f"numpy {np.__version__}, float32": lambda: lambda query: best(rows @ query, top),
        f"faiss {faiss.__version__}, flat": lambda: with_faiss(faiss.IndexFlatIP(rows.shape[1]), rows, top),
    }
    if graphs:
        makers[f"faiss {faiss.__version__}, HNSW"] = lambda: with_faiss(faiss_graph(rows.shape[1]), rows, top)
        makers[f"hnswlib {version('hnswlib')}"] = lambda: with_hnswlib(rows, top)
    print(json.dumps({name: timed(make, asked)._asdict() for name, make in makers.items()}))


def best(scores: np.ndarray, top: int) -> np.ndarray:
    first = np.argpartition(-scores, top)[:top]
    return first[np.argsort(-scores[first])]


def faiss_graph(dimension: int) -> faiss.Index:
    index = faiss.IndexHNSWFlat(dimension, M, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = EF_CONSTRUCTION
    index.hnsw.efSearch = EF_SEARCH
    return index


def with_faiss(index: faiss.Index, rows: np.ndarray, top: int) -> Callable[[np.ndarray], np.ndarray]:
    index.add(rows)
    return lambda query: index.search(query[None], top)[1][0]


def with_hnswlib(rows: np.ndarray, top: int) -> Callable[[np.ndarray], np.ndarray]:
    index = hnswlib.Index(space="ip", dim=rows.shape[1])
    index.init_index(max_elements=len(rows), M=M, ef_construction=EF_CONSTRUCTION)
    index.set_num_threads(1)
    index.add_items(rows)
    index.set_ef(max(EF_SEARCH, top))
    return lambda query: index.knn_query(query, k=top)[0][0]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4] == "1")
