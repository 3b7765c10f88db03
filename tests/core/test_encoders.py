"""Photos and words become unit vectors of the same space, always the same ones, whoever asks."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.packages import DIMENSION, SIZE, VOCABULARY, list_files, make_package, write
from core.scenes import decoded, saved, scene
from pocketlens.encoders import ImageEncoder, TextEncoder
from pocketlens.errors import ModelUnsupported, QueryInvalid
from pocketlens.model import ModelPackage, load_package


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return make_package(tmp_path / "tiny")


@pytest.fixture(scope="module")
def images(starter_package: ModelPackage) -> ImageEncoder:
    return ImageEncoder(starter_package)


@pytest.fixture(scope="module")
def texts(starter_package: ModelPackage) -> TextEncoder:
    return TextEncoder(starter_package)


def pictures(count: int, size: int) -> list[npt.NDArray[np.uint8]]:
    random = np.random.default_rng(4)
    return [random.integers(0, 256, (size, size, 3), dtype=np.uint8) for _ in range(count)]


def test_a_photo_and_a_query_have_unit_vectors_of_the_same_dimension(images: ImageEncoder, texts: TextEncoder) -> None:
    photo = images.encode(decoded(saved(scene(400, 300), "JPEG"), size=images.size).pixels)
    for vector in (photo, texts.encode("a dog on the beach"), texts.encode("海滩上的狗")):
        assert vector.shape == (images.dimension,) == (texts.dimension,)
        assert vector.dtype == np.float32
        assert float(np.linalg.norm(vector)) == pytest.approx(1.0, abs=1e-6)


def test_the_same_photo_and_the_same_words_have_the_same_vectors_again(
    starter_package: ModelPackage, images: ImageEncoder, texts: TextEncoder
) -> None:
    (pixels,) = pictures(1, images.size)
    again, texts_again = ImageEncoder(starter_package, threads=2), TextEncoder(starter_package)
    assert np.array_equal(images.encode(pixels), images.encode(pixels))
    assert np.array_equal(images.encode(pixels), again.encode(pixels))
    assert np.array_equal(texts.encode("收据 receipt"), texts_again.encode("收据 receipt"))


def test_threads_share_one_encoder(images: ImageEncoder, texts: TextEncoder) -> None:
    photos = pictures(4, images.size) * 3
    words = ["a dog", "狗", "two people at a table in a restaurant", "身份证"] * 10
    with ThreadPoolExecutor(4) as pool:
        together = [*pool.map(images.encode, photos), *pool.map(texts.encode, words)]
    alone = [*map(images.encode, photos), *map(texts.encode, words)]
    assert all(np.array_equal(one, other) for one, other in zip(alone, together, strict=True))


def test_pixels_are_scaled_as_the_manifest_says(tiny: Path) -> None:
    manifest = tiny / "model.toml"
    manifest.write_text(manifest.read_text().replace("mean = [127.0, 127.0, 127.0]", "mean = [10.0, 20.0, 30.0]"))
    manifest.write_text(manifest.read_text().replace("std = [128.0, 128.0, 128.0]", "std = [1.0, 2.0, 4.0]"))
    weights = np.fromfile(tiny / "image.onnx.data", np.float32).reshape(-1, DIMENSION)
    (pixels,) = pictures(1, SIZE)

    scaled = (pixels - np.array([10.0, 20.0, 30.0])) / np.array([1.0, 2.0, 4.0])
    expected = scaled.transpose(2, 0, 1).reshape(-1) @ weights

    vector = ImageEncoder(load_package(tiny, ("image",))).encode(pixels)
    np.testing.assert_allclose(vector, expected / np.linalg.norm(expected), atol=1e-5)


def test_a_query_is_filled_up_with_padding_only_when_the_manifest_says_so(tiny: Path) -> None:
    table = np.fromfile(tiny / "text.onnx.data", np.float32).reshape(-1, DIMENSION)
    begin, dog, end, pad = (VOCABULARY.index(piece) for piece in ("[CLS]", "dog", "[SEP]", "[PAD]"))

    def expected(ids: list[int]) -> npt.NDArray[np.float32]:
        mean: npt.NDArray[np.float32] = table[ids].mean(axis=0)
        return mean / np.linalg.norm(mean)

    plain = TextEncoder(load_package(tiny, ("text",))).encode("dog")
    np.testing.assert_allclose(plain, expected([begin, dog, end]), atol=1e-5)

    manifest = tiny / "model.toml"
    manifest.write_text(manifest.read_text().replace("context = 12", "context = 12\npad_to_context = true"))
    padded = TextEncoder(load_package(tiny, ("text",))).encode("dog")
    np.testing.assert_allclose(padded, expected([begin, dog, end, *[pad] * 9]), atol=1e-5)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((SIZE, SIZE), np.uint8),
        np.zeros((SIZE, SIZE + 1, 3), np.uint8),
        np.zeros((SIZE, SIZE, 4), np.uint8),
        np.zeros((SIZE, SIZE, 3), np.float32),
    ],
)
def test_pixels_of_another_shape_or_type_are_the_callers_mistake(tiny: Path, pixels: npt.NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match="expected uint8"):
        ImageEncoder(load_package(tiny)).encode(pixels)


@pytest.mark.parametrize("text", ["", "   ", "\t\n\u3000\u00a0", "\0\x07\x1b", "\u200b\u200d\ufeff", "\ud800"])
def test_words_in_which_nothing_is_to_be_seen_are_no_query(texts: TextEncoder, text: str) -> None:
    with pytest.raises(QueryInvalid):
        texts.encode(text)


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=300))
@settings(deadline=None, max_examples=50)
def test_any_words_have_a_vector(texts: TextEncoder, text: str) -> None:
    assert float(np.linalg.norm(texts.encode(text))) == pytest.approx(1.0, abs=1e-5)


@given(data=st.data())
@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
def test_a_picture_of_one_colour_has_a_vector(images: ImageEncoder, data: st.DataObject) -> None:
    colour = data.draw(st.tuples(*[st.integers(0, 255)] * 3))
    pixels = np.full((images.size, images.size, 3), colour, np.uint8)
    assert float(np.linalg.norm(images.encode(pixels))) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
def test_a_model_that_gives_no_direction_is_unsupported(tiny: Path, value: float) -> None:
    for part in ("image", "text"):
        data = tiny / f"{part}.onnx.data"
        write(tiny, data.name, np.full(data.stat().st_size // 4, value))
    package = load_package(list_files(tiny))
    with pytest.raises(ModelUnsupported, match="without a direction"):
        ImageEncoder(package).encode(pictures(1, SIZE)[0])
    with pytest.raises(ModelUnsupported, match="tiny@1"):
        TextEncoder(package).encode("dog")


def test_a_model_of_another_dimension_than_its_manifest_is_unsupported(tiny: Path) -> None:
    manifest = tiny / "model.toml"
    manifest.write_text(manifest.read_text().replace("dimension = 8", "dimension = 9"))
    with pytest.raises(ModelUnsupported, match="instead of"):
        TextEncoder(load_package(tiny)).encode("dog")


def test_importing_the_search_imports_nothing_heavy() -> None:
    program = "import sys, pocketlens.encoders, pocketlens.search; print(*sorted(sys.modules))"
    child = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    imported = set(child.stdout.split())
    assert "numpy" in imported
    assert not imported & {
        "onnxruntime",
        "PIL",
        "pillow_heif",
        "usearch",
        "asyncio",
        "subprocess",
        "pocketlens.decoding",
    }
