"""Fixtures of the command line's tests: the command with an empty home, a folder of photos, an indexed home."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.cli_command import Command, write_photos


@pytest.fixture
def pocketlens(tmp_path: Path) -> Command:
    """The command with an empty home."""
    return Command(tmp_path / "home")


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """A folder with two albums of two photos each, and one file that is not a photo."""
    root = tmp_path / "photos"
    write_photos(root / "colours", {"red.jpg": "red", "green.jpg": "green"})
    write_photos(root / "截图", {"blue.png": "blue", "yellow.png": "yellow"})
    (root / "notes.txt").write_text("not a photo")
    return root


@pytest.fixture(scope="session")
def indexed_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    root = tmp_path_factory.mktemp("indexed")
    photos = root / "photos"
    write_photos(photos / "colours", {"red.jpg": "red", "green.jpg": "green"})
    write_photos(photos / "截图", {"blue.png": "blue", "[red]yellow[].png": "yellow"})
    command = Command(root / "home")
    done = command("index", photos)
    assert done.returncode == 0, done.stderr
    yield root, photos


@pytest.fixture
def indexed(indexed_once: tuple[Path, Path], tmp_path: Path) -> Command:
    """The command with four photos of two albums indexed; a copy, so a test may spoil it."""
    shutil.copytree(indexed_once[0] / "home", tmp_path / "home")
    return Command(tmp_path / "home")
