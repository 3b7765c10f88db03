"""Albums of any size for the benchmarks: vectors that lie as real ones do, and catalogues full of photos."""

from __future__ import annotations

import hashlib
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pocketlens.catalogue import Catalogue, PhotoState
from pocketlens.encoders import ImageEncoder
from pocketlens.graph import refresh_graph
from pocketlens.model import ModelPackage
from pocketlens.packed_vectors import packed
from pocketlens.paths import Home
from pocketlens.query import Query, parse_query
from pocketlens.thumbnails import ThumbnailStore
from pocketlens.vectors import VectorModel, load_vectors, refresh_vector_file

sys.path.insert(0, str(Path(__file__).parents[1]))

from judged import judged_queries

_KEPT = Path(__file__).parents[2] / "build" / "bench"
#: Vectors made at a time.
_PART = 20_000
#: From one photo to the next: 200,000 are of 14 years.
_APART_S = 2_200


def real_vectors(folder: Path, package: ModelPackage, most: int) -> NDArray[np.float32]:
    """Of each picture in ``folder`` and of a part of it, mirrored: (photos, 2, dimension). Kept in build/bench."""
    kept = (
        _KEPT / f"{hashlib.blake2b(f'{folder.resolve()} {package.manifest.key}'.encode()).hexdigest()[:16]}-{most}.npy"
    )
    if kept.exists():
        return np.asarray(np.load(kept), np.float32)
    encoder = ImageEncoder(package)
    side, chance = encoder.size, random.Random(0)
    found = []
    for path in sorted(folder.rglob("*.jpg"))[:most]:
        try:
            picture = Image.open(path).convert("RGB")
        except OSError:
            continue
        short = int(min(picture.size) * chance.uniform(0.55, 0.95))
        left, top = (chance.randint(0, whole - short) for whole in picture.size)
        part = picture.resize((side, side), box=(left, top, left + short, top + short))
        whole = picture.resize((side, side))
        parts = (whole, part.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
        found.append([encoder.encode(np.asarray(one)) for one in parts])
    kept.parent.mkdir(parents=True, exist_ok=True)
    np.save(kept, np.asarray(found, np.float32))
    return np.asarray(found, np.float32)


def clustered(count: int, real: NDArray[np.float32], seed: int = 0) -> NDArray[np.float16]:
    """``count`` unit vectors around ``real`` ones (photos, 2, dimension): float16 (count, dimension).

    Each is a photo's vector, drawn towards another's by up to 40 %, and moved by 20 to 70 % of what cropping changed in
    a third one. So they lie in the directions of real embeddings and as close together as an album's scenes.
    """
    chance = np.random.default_rng(seed)
    whole, change = real[:, 0], real[:, 1] - real[:, 0]
    rows = np.empty((count, real.shape[2]), np.float16)
    for start in range(0, count, _PART):
        many = min(_PART, count - start)
        one, other, third = chance.integers(0, len(real), (3, many))
        share = chance.uniform(0.6, 1.0, (many, 1)).astype(np.float32)
        moved = chance.uniform(0.2, 0.7, (many, 1)).astype(np.float32)
        part = whole[one] * share + whole[other] * (1 - share) + change[third] * moved
        rows[start : start + many] = part / np.linalg.norm(part, axis=1, keepdims=True)
    return rows


def plain_queries() -> list[str]:
    """The judged queries that are words and nothing else."""
    return [one.text for one in judged_queries() if parse_query(one.text) == Query(words=one.text)]


def fill(home: Home, model: VectorModel, vectors: NDArray[np.float16], root: bytes = b"/bench") -> None:
    """A catalogue of photos in ``root`` with these vectors, in 200 albums, and what is derived, as indexing leaves it.

    The thumbnails are a few bytes each.
    """
    chance = random.Random(1)
    with Catalogue.open(home.make().catalogue) as catalogue:
        with catalogue.transaction() as connection:
            connection.execute(
                "INSERT INTO models VALUES (1, ?, ?, ?)", (model.key, model.preprocessing, model.dimension)
            )
            connection.execute(
                "INSERT INTO sources (id, kind, identity, label) VALUES (1, 'folder', ?, 'bench')", (root,)
            )
            albums = ((number + 1, f"DCIM/{number}".encode(), f"album {number}") for number in range(200))
            connection.executemany("INSERT INTO albums (id, source, path, name) VALUES (?, 1, ?, ?)", albums)
            connection.executemany(
                "INSERT INTO photos (id, source, album, path, size, mtime_ns, state, content_hash, taken_at,"
                " width, height, camera, format, kind, fingerprint, place)"
                " VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, 4000, 3000, 'Xiaomi 13', 'JPEG', ?, ?, 0)",
                _photos(len(vectors), chance),
            )
            connection.executemany(
                "INSERT INTO vectors (model, photo, vector) VALUES (1, ?, ?)",
                ((number + 1, packed(row)) for number, row in enumerate(vectors)),
            )
        refresh_vector_file(catalogue, model, home.vectors)
        refresh_graph(load_vectors(catalogue, model, home.vectors), catalogue, model, home.vectors)
        with closing(ThumbnailStore(home.thumbnails)) as thumbnails:
            keys = catalogue.connection.execute("SELECT content_hash FROM photos")
            thumbnails.put((key, b"thumbnail") for (key,) in keys)


def _photos(count: int, chance: random.Random) -> Iterator[Sequence[object]]:
    for number in range(count):
        taken = 1_730_000_000 - number * _APART_S
        yield (
            number + 1,
            number % 200 + 1,
            f"DCIM/{number % 200}/IMG_{number:08}_{taken}.jpg".encode(),
            chance.randrange(2_000_000, 6_000_000),
            taken * 1_000_000_000,
            PhotoState.READY,
            chance.randbytes(16),
            taken,
            "screenshot" if number % 10 == 0 else "photo",
            chance.randbytes(32),
        )


def bytes_on_disk(home: Home) -> dict[str, int]:
    """By file, thumbnails left out."""
    folders = {home.catalogue.parent, home.vectors}
    files = {path for folder in folders for path in folder.rglob("*") if path.is_file()}
    return {path.name: path.stat().st_size for path in sorted(files) if path != home.thumbnails}
