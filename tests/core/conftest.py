"""Fixtures of core's tests: a small album on disk, and an indexer of it in this process with the real model."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.small_album import Indexer, SmallAlbum
from pocketlens.encoders import ImageEncoder
from pocketlens.model import ModelPackage
from pocketlens.paths import Home


@pytest.fixture(scope="session")
def image_encoder(starter_package: ModelPackage) -> ImageEncoder:
    return ImageEncoder(starter_package)


@pytest.fixture
def album(tmp_path: Path) -> SmallAlbum:
    """An album without photos yet."""
    return SmallAlbum(tmp_path / "photos")


@pytest.fixture
def indexer(home: Home, starter_package: ModelPackage, image_encoder: ImageEncoder) -> Indexer:
    return Indexer(home, starter_package, image_encoder)
