"""Fixtures that every room's tests share: the starter model, the sample album, a home of one's own."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

# Before anything imports onnxruntime.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

from pocketlens.model import ModelPackage, load_package
from pocketlens.paths import Home, home_at
from pocketlens_desktop.sample import ALBUM
from pocketlens_models.registry import SHIPPED


def pytest_configure() -> None:
    # A job in the background inherits that Ctrl-C is ignored, and so would every program that the tests interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def starter() -> Path:
    """The folder of the model that ships with the app."""
    return SHIPPED / "starter"


@pytest.fixture(scope="session")
def starter_package(starter: Path) -> ModelPackage:
    """The starter model, verified."""
    return load_package(starter)


@pytest.fixture(scope="session")
def sample_album() -> Path:
    """The sample album's folder. It is part of the repository: read only."""
    return ALBUM


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home that does not exist yet."""
    return home_at(tmp_path / "home")
