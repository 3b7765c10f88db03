"""What fewer bits a number cost: photos found by their captions, and the ten best against those of float32.

    python tests/bench/vector_precision.py [--captions FILE] [--limit N]

The photos and captions of a set as `pocketlens_models.verify.recall` reads it, encoded by the starter model; without
one, the sample album's photos, and its judged queries for the ten best alone. int8 is what is stored
(`pocketlens.packed_vectors`), with and without a few large numbers as other CLIP models' vectors have them; int4 and
the signs alone are what was not chosen. "noise" is the standard deviation of what rounding changes in a query's scores,
as a share of that of the scores themselves.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pocketlens.encoders import ImageEncoder, TextEncoder
from pocketlens.model import load_package
from pocketlens.packed_vectors import pack_all
from pocketlens_desktop.sample import ALBUM
from pocketlens_models.registry import SHIPPED
from pocketlens_models.verify.recall import read_captions

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench._albums import clustered, plain_queries, real_vectors

Rows = NDArray[np.float32]
_TOP = 10


def main() -> None:
    """Encode, round and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--captions", type=Path)
    parser.add_argument("--limit", type=int, default=4_000)
    parser.add_argument("--many", type=int, default=200_000, help="photos of the second table")
    options = parser.parse_args()
    package = load_package(SHIPPED / "starter")
    words = TextEncoder(package)
    asked = np.stack([words.encode(text) for text in plain_queries()])
    if options.captions is not None:
        encoder = ImageEncoder(package)
        known = read_captions(options.captions)[: options.limit]
        rows = np.stack([_encoded(encoder, path) for path, _ in known])
        captions = [one for _, one in known]
        print(f"{len(rows)} photos, the first caption of each; {len(asked)} queries for the ten best\n")
        queries: dict[str, tuple[NDArray[np.intp], Rows]] = {}
        for language in ("en", "zh"):
            texts = {place: getattr(one, language)[0] for place, one in enumerate(captions) if getattr(one, language)}
            if texts:
                encoded = np.stack([words.encode(text) for text in texts.values()])
                queries[language] = np.array(list(texts), np.intp), encoded
        print(f"| | {' | '.join(f'{name} R@1 | R@10 | MRR' for name in queries)} | ten best | noise |")
        print("|---" * (3 + 3 * len(queries)) + "|")
        for name, rounded in _ROUNDINGS.items():
            found = rounded(rows)
            ranks = [_ranks(found, captioned, right) for right, captioned in queries.values()]
            shown = (f"{(r == 0).mean():.3f} | {(r < _TOP).mean():.3f} | {(1 / (1 + r)).mean():.3f}" for r in ranks)
            print(f"| {name} | {' | '.join(shown)} | {_like(rows, found, asked)} |", flush=True)
    real = real_vectors(options.captions.parent if options.captions else ALBUM, package, most=1_000)
    many = clustered(options.many, real).astype(np.float32)
    print(
        f"\n{len(many):,} vectors made from {len(real)} photos'; one number in 512 large: as much as half of the length"
    )
    print("\n| | ten best | noise | ten best, one large | noise |\n|---|---|---|---|---|")
    large = many.copy()
    large[:, 133] = 0.6 + 0.05 * np.random.default_rng(0).standard_normal(len(many), np.float32)
    large /= np.linalg.norm(large, axis=1, keepdims=True)
    for name, rounded in _ROUNDINGS.items():
        both = " | ".join(_like(before, rounded(before), asked) for before in (many, large))
        print(f"| {name} | {both} |", flush=True)


def _of_bits(bits: int) -> Callable[[Rows], Rows]:
    most = 2 ** (bits - 1) - 1

    def rounded(rows: Rows) -> Rows:
        found = np.rint(rows * (most / np.abs(rows).max(axis=1, keepdims=True)))
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)

    return rounded


_ROUNDINGS: dict[str, Callable[[Rows], Rows]] = {
    "float32": lambda rows: rows,
    "float16": lambda rows: rows.astype(np.float16).astype(np.float32),
    "int8, as stored": lambda rows: pack_all(rows).floats(),
    "int4": _of_bits(4),
    "signs": lambda rows: np.asarray(np.sign(rows) / np.sqrt(rows.shape[1]), np.float32),
}


def _encoded(encoder: ImageEncoder, path: Path) -> Rows:
    with Image.open(path) as picture:
        return encoder.encode(np.asarray(picture.convert("RGB").resize((encoder.size, encoder.size))))


def _ranks(rows: Rows, queries: Rows, right: NDArray[np.intp]) -> NDArray[np.intp]:
    """How many photos come before the right one, for each query."""
    scores = queries @ rows.T
    own = scores[np.arange(len(queries)), right]
    return np.asarray((scores > own[:, None]).sum(axis=1), np.intp)


def _like(rows: Rows, rounded: Rows, asked: Rows) -> str:
    """The share of the ten best that stay among the ten best, and the noise."""
    kept, noise = [], []
    for query in asked:
        before, after = rows @ query, rounded @ query
        best, found = (np.argpartition(-scores, _TOP)[:_TOP] for scores in (before, after))
        kept.append(len(np.intersect1d(best, found)) / _TOP)
        noise.append(float((after - before).std() / before.std()))
    return f"{np.mean(kept):.3f} | {100 * np.mean(noise):.1f} %"


if __name__ == "__main__":
    main()
