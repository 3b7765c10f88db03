"""The starter package that ships: whole, small, as good as it says, and the same in 8 bits."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from pocketlens.encoders import ImageEncoder, TextEncoder
from pocketlens.model import ModelPackage

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def figures(starter: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((starter / "recall.json").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def parity(starter: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((starter / "parity.json").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def text(starter_package: ModelPackage) -> TextEncoder:
    return TextEncoder(starter_package)


@pytest.fixture(scope="module")
def image(starter_package: ModelPackage) -> ImageEncoder:
    return ImageEncoder(starter_package)


def test_it_weighs_at_most_forty_megabytes(starter: Path) -> None:
    assert sum(path.stat().st_size for path in starter.iterdir()) <= 40 * MEGABYTE


def test_every_file_of_the_folder_is_in_the_manifest(starter: Path, starter_package: ModelPackage) -> None:
    listed = {file.name for file in starter_package.manifest.files}
    # A profile is measured of the finished package, and is of one machine.
    assert listed == {path.name for path in starter.iterdir()} - {"model.toml", "profile.json"}


def test_the_profile_is_of_this_package(starter: Path) -> None:
    profile = json.loads((starter / "profile.json").read_text(encoding="utf-8"))
    assert profile["manifest_sha256"] == hashlib.sha256((starter / "model.toml").read_bytes()).hexdigest()


def test_held_out_captions_find_their_photo(figures: dict[str, Any]) -> None:
    assert figures["split"]["by"] == "photo"
    assert figures["int8"]["english captions"]["R@10"] >= 62
    assert figures["int8"]["chinese captions"]["R@10"] >= 60
    assert figures["int8"]["english captions"]["queries"] >= 750
    assert figures["int8"]["chinese captions"]["queries"] >= 125


def test_eight_bits_lose_at_most_a_point(figures: dict[str, Any]) -> None:
    for queries in ("english captions", "chinese captions"):
        for cut in ("R@5", "R@10"):
            assert figures["int8"][queries][cut] >= figures["fp32"][queries][cut] - 1.0, (queries, cut)


def test_eight_bits_point_where_full_precision_does(parity: dict[str, Any]) -> None:
    for tower in ("image", "text"):
        assert parity[tower]["mean_centred"] >= 0.99
        assert parity[tower]["least_centred"] >= 0.95


def test_documents_do_not_push_photos_aside(figures: dict[str, Any]) -> None:
    for language in ("english", "chinese"):
        alone = figures["int8"][f"{language} captions"]["R@10"]
        beside = figures["int8"][f"{language} captions, documents in the pool"]["R@10"]
        assert beside >= alone - 1.0


def test_documents_of_other_layouts_are_found_by_their_name(figures: dict[str, Any]) -> None:
    for language in ("english", "chinese"):
        assert figures["int8"][f"{language} words for documents, photos in the pool"]["right_in_top_3"] >= 90


@pytest.mark.parametrize(
    ("english", "chinese", "other"),
    [
        ("dog", "狗", "车"),
        ("cat", "猫", "飞机"),
        ("sunset at the beach", "海边日落", "厨房"),
        ("birthday cake", "生日蛋糕", "火车"),
        ("receipt", "小票", "长颈鹿"),
        ("chat screenshot", "聊天截图", "雪山"),
        ("diploma", "毕业证", "披萨"),
    ],
)
def test_the_two_languages_mean_the_same(text: TextEncoder, english: str, chinese: str, other: str) -> None:
    query = text.encode(english)
    assert query @ text.encode(chinese) > query @ text.encode(other) + 0.2


def test_a_drawn_receipt_is_nearer_to_its_name_than_to_animals(image: ImageEncoder, text: TextEncoder) -> None:
    page = Image.new("RGB", (image.size, image.size), (90, 70, 50))
    draw = ImageDraw.Draw(page)
    draw.rectangle((80, 5, 180, 255), fill="white")
    for line, y in enumerate(range(20, 240, 12)):
        draw.text((88, y), f"ITEM {line}      {line * 7 % 10}.{line * 3 % 10}0", fill="black")
    seen = image.encode(np.asarray(page, dtype=np.uint8))
    assert seen @ text.encode("receipt") > max(seen @ text.encode(name) for name in ("dog", "giraffe", "beach"))


def test_the_same_picture_gives_the_same_vector(image: ImageEncoder) -> None:
    picture = np.random.default_rng(3).integers(0, 255, (image.size, image.size, 3), dtype=np.uint8)
    assert np.array_equal(image.encode(picture), image.encode(picture))
