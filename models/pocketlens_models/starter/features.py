"""Backbone features of every photo under several views, kept on disk between runs of the recipe."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from pocketlens_models.starter.arrays import FloatArray
from pocketlens_models.starter.backbones import IMAGE_SIZE, FeatureExtractor

logger = logging.getLogger(__name__)

# The plain photo, its mirror image, and random crops as a small stand-in for other framings.
VIEWS = 5
_BATCH = 16
# Part of the cache key: raise it when views or pooling change.
_REVISION = 2

Loader = Callable[[], Image.Image]


@dataclass(frozen=True)
class Features:
    """What one backbone says of ``n`` photos under ``VIEWS`` views.

    Attributes:
        pooled: ``(views, n, 1280 * 2)`` float32: mean over the map, then mean over its central part.
        logits: ``(views, n, 1000)`` float32.
    """

    pooled: FloatArray
    logits: FloatArray


def squash(photo: Image.Image) -> npt.NDArray[np.uint8]:
    """The whole photo as a square ``(size, size, 3)``, exactly as the app's decoder makes it."""
    resized = photo.convert("RGB").resize((IMAGE_SIZE, IMAGE_SIZE), Image.Resampling.BICUBIC)
    return np.asarray(resized, dtype=np.uint8)


def view_of(photo: Image.Image, view: int, seed: int) -> npt.NDArray[np.uint8]:
    """View 0 is the photo, 1 its mirror image, the others random crops, mirrored half of the time."""
    if view == 0:
        return squash(photo)
    if view == 1:
        return squash(photo)[:, ::-1]
    rng = np.random.default_rng((seed, view))
    width, height = photo.size
    # A crop that keeps most of the photo keeps its caption true.
    share = rng.uniform(0.55, 0.95) ** 0.5
    stretch = np.exp(rng.uniform(-0.15, 0.15))
    w, h = min(1.0, share * stretch) * width, min(1.0, share / stretch) * height
    left, top = rng.uniform(0, width - w), rng.uniform(0, height - h)
    square = squash(photo.convert("RGB").crop((int(left), int(top), int(left + w), int(top + h))))
    return square[:, ::-1] if rng.random() < 0.5 else square


def _pool(maps: FloatArray) -> FloatArray:
    centre = maps[:, :, 2:-2, 2:-2]
    return np.concatenate([maps.mean((2, 3)), centre.mean((2, 3))], axis=1)


def extract(
    variant: int,
    loaders: Sequence[Loader],
    seeds: Sequence[int],
    *,
    views: int = VIEWS,
    threads: int,
) -> Features:
    """Features of backbone ``variant`` for photos that ``loaders`` open; ``seeds`` fix their crops."""
    extractor = FeatureExtractor(variant, threads)
    pooled: list[FloatArray] = []
    logits: list[FloatArray] = []
    with ThreadPoolExecutor(threads) as pool:
        for start in range(0, len(loaders), _BATCH):
            span = range(start, min(start + _BATCH, len(loaders)))
            photos = list(pool.map(lambda k: loaders[k](), span))
            squares = [view_of(photo, v, seeds[k]) for v in range(views) for k, photo in zip(span, photos, strict=True)]
            parts = [extractor.run(np.stack(squares[i : i + len(span)])) for i in range(0, len(squares), len(span))]
            pooled.append(np.stack([_pool(maps) for maps, _ in parts]))
            logits.append(np.stack([part for _, part in parts]))
    return Features(np.concatenate(pooled, axis=1), np.concatenate(logits, axis=1))


def cached_features(
    cache: Path,
    variant: int,
    name: str,
    key: str,
    loaders: Sequence[Loader],
    seeds: Sequence[int],
    *,
    views: int = VIEWS,
    threads: int,
) -> Features:
    """``extract``, remembered under ``cache``; ``key`` stands for the photos' content."""
    digest = hashlib.sha256(f"{_REVISION} {views} {IMAGE_SIZE} {key}".encode()).hexdigest()[:16]
    path = cache / f"{name}-lite{variant}-{digest}.npz"
    if not path.exists():
        logger.info("reading %d photos of %s with lite%d", len(loaders), name, variant)
        features = extract(variant, loaders, seeds, views=views, threads=threads)
        cache.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".part.npz")
        np.savez(beside, pooled=features.pooled.astype(np.float16), logits=features.logits.astype(np.float16))
        beside.replace(path)
    # Always from the file, so that a first run and a second one see the same rounded numbers.
    with np.load(path) as stored:
        return Features(stored["pooled"].astype(np.float32), stored["logits"].astype(np.float32))
