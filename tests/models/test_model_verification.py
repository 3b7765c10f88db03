"""Parity, tokenizers, preprocessing and recall against upstream's own code."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pocketlens.errors import AlbumMissing, ModelCorrupt, ModelMissing, QueryInvalid
from pocketlens.model import load_package, read_manifest
from pocketlens.paths import Home
from pocketlens_desktop.cli import model_making
from pocketlens_desktop.cli.exit_codes import ExitCode
from pocketlens_models.gates import Budgets, budgets
from pocketlens_models.manifest import listed, write_manifest
from pocketlens_models.verify.agreement import compare, top_k_agreement
from pocketlens_models.verify.recall import CaptionedPhoto, caption_recall, read_captions
from pocketlens_models.verify.samples import drawn_pictures
from pocketlens_models.verify.tokens import compare_tokenizers, odd_texts
from pocketlens_models.verify.verification import PARITY_NAME, read_verification, verify_package

if TYPE_CHECKING:
    from pocketlens_models.build.chinese_clip import ChineseClip


def photo(number: int, side: tuple[int, int] = (200, 150), kind: str = "JPEG") -> bytes:
    file = io.BytesIO()
    drawn_pictures(number + 1)[number].resize(side).save(file, kind, quality=95)
    return file.getvalue()


@pytest.fixture
def package_copy(tiny_package: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_package, tmp_path / "tiny"))


def test_a_sound_package_passes_and_its_result_lies_in_it(package_copy: Path, tiny_upstream: ChineseClip) -> None:
    photos = [(f"photo {number}", photo(number)) for number in range(6)]
    captioned = [(data, CaptionedPhoto(file=name, en=("some shapes",), zh=(f"第{name}张",))) for name, data in photos]
    loose = msgspec.structs.replace(budgets(), recall=msgspec.structs.replace(budgets().recall, loss_r10=100.0))
    found = verify_package(package_copy, tiny_upstream, loose, photos=photos, captioned=captioned)
    assert found.failures == ()
    assert (found.image.items, found.photos) == (6, "given")
    assert found.tokenizer.texts == 6000
    assert [pair.package.language for pair in found.recall] == ["en", "zh"]
    assert read_verification(package_copy) == found


def spoil_text(package_copy: Path) -> None:
    """Change a tenth of the text tower's weights, and let the manifest agree with that."""
    data = package_copy / "text.onnx.data"
    noise = np.frombuffer(data.read_bytes(), dtype=np.int8).copy()
    noise[::10] = 0
    data.write_bytes(noise.tobytes())
    manifest = read_manifest(package_copy)
    write_manifest(
        package_copy,
        msgspec.structs.replace(manifest, files=listed(package_copy, tuple(file.name for file in manifest.files))),
    )


def test_a_package_whose_weights_are_off_fails_with_the_figures(package_copy: Path, tiny_upstream: ChineseClip) -> None:
    spoil_text(package_copy)
    # So small a tower keeps less of its mean-removed cosine in 8 bits than a real one.
    parity = msgspec.structs.replace(budgets().parity, min_centred=0.9)
    found = verify_package(package_copy, tiny_upstream, msgspec.structs.replace(budgets(), parity=parity))
    assert any("text tower" in failure for failure in found.failures)
    assert not [failure for failure in found.failures if "image tower" in failure]
    assert found.text.worst[0].cosine == found.text.min_cosine


def test_the_command_shows_the_figures_names_what_fails_and_leaves_out_what_is_no_photo(
    package_copy: Path,
    tiny_upstream: ChineseClip,
    home: Home,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # The registry knows no model as small as this one.
    monkeypatch.setattr(model_making, "_upstream_of", lambda _folder, _checkpoint: tiny_upstream)
    photos = tmp_path / "photos"
    photos.mkdir()
    for number in range(3):
        (photos / f"{number}.jpg").write_bytes(photo(number))
    (photos / "broken.jpg").write_bytes(b"no picture")
    lines = [{"file": f"{number}.jpg", "zh": [f"第{number}张"]} for number in range(3)]
    (tmp_path / "set.jsonl").write_bytes(b"\n".join(msgspec.json.encode(line) for line in lines))
    spoil_text(package_copy)
    code = model_making.run_verify(
        str(package_copy), tmp_path / "tiny.pt", home, photos=photos, captions=tmp_path / "set.jsonl", json=False
    )
    said = capsys.readouterr()
    assert code == ExitCode.FAILED
    assert "Fails: " in said.err and "text tower" in said.err
    rows = {line.split("  ")[0]: line for line in map(str.strip, said.out.splitlines())}
    assert {"image tower", "text tower", "preprocessing", "tokenizer", "recall, zh"} <= rows.keys()
    assert " 3 " in rows["preprocessing"]
    assert read_verification(package_copy).failures


def test_a_result_of_another_package_does_not_count(package_copy: Path, tiny_upstream: ChineseClip) -> None:
    verify_package(package_copy, tiny_upstream, budgets())
    manifest = load_package(package_copy).manifest
    write_manifest(package_copy, msgspec.structs.replace(manifest, title="Another"))
    with pytest.raises(ModelMissing, match="changed since"):
        read_verification(package_copy)


def test_a_package_without_a_result_was_not_verified(package_copy: Path) -> None:
    with pytest.raises(ModelMissing, match="not been verified"):
        read_verification(package_copy)


def test_a_result_that_is_not_readable_is_corrupt(package_copy: Path) -> None:
    (package_copy / PARITY_NAME).write_text("{}")
    with pytest.raises(ModelCorrupt):
        read_verification(package_copy)


def test_preprocessing_shows_the_model_what_upstream_would(tiny_upstream: ChineseClip, tiny_package: Path) -> None:
    from pocketlens_models.verify.pixels import compare_pixels

    tower = load_package(tiny_package).manifest.image
    photos = [("small.jpg", photo(0)), ("tall.png", photo(1, (90, 400), "PNG")), ("large.jpg", photo(2, (2400, 1800)))]
    small = compare_pixels(photos[:2], tower, tiny_upstream.transform, tiny_upstream.encode_images)
    assert small.min_psnr_db == 99.0, "nothing was scaled while decoding: the same to the bit"
    large = compare_pixels(photos, tower, tiny_upstream.transform, tiny_upstream.encode_images)
    assert large.worst == "large.jpg"
    assert large.min_psnr_db > 30


def test_a_centre_crop_is_cut_where_upstream_cuts_it(tmp_path: Path, export_tools: None, tiny_package: Path) -> None:
    from models.random_checkpoint import TINY_OPENAI_CLIP, save_openai_clip
    from pocketlens_models.build.openai_clip import OpenAiClip
    from pocketlens_models.verify.pixels import compare_pixels

    upstream = OpenAiClip.load(save_openai_clip(tmp_path / "clip.pt", TINY_OPENAI_CLIP, torchscript=False))
    tower = msgspec.structs.replace(load_package(tiny_package).manifest.image, resize="crop")
    photos = [
        (str(side), photo(number, side, "PNG")) for number, side in enumerate([(333, 200), (200, 333), (201, 200)])
    ]
    found = compare_pixels(photos, tower, upstream.transform, upstream.encode_images)
    assert found.min_psnr_db > 40, found.worst


def test_the_clip_tokenizer_gives_the_ids_of_upstream(tmp_path: Path, export_tools: None) -> None:
    from models.random_checkpoint import TINY_OPENAI_CLIP, save_openai_clip
    from pocketlens.tokenizers.bpe import BpeTokenizer
    from pocketlens_models.build.openai_clip import OpenAiClip

    upstream = OpenAiClip.load(save_openai_clip(tmp_path / "clip.pt", TINY_OPENAI_CLIP, torchscript=False))
    ours = BpeTokenizer(upstream.tokenizer(), 77)
    found = compare_tokenizers(ours, upstream.tokenize, odd_texts())
    assert (found.texts, found.differing) == (6000, 0), found.examples


def test_a_tokenizer_that_is_off_by_one_is_found_out() -> None:
    class Ours:
        pad_id = 0

        def encode(self, text: str) -> list[int]:
            return [len(text)]

    found = compare_tokenizers(Ours(), lambda text: [len(text) + (text == "照片")], ["a", "照片", "b"])
    assert (found.texts, found.differing, found.examples) == (3, 1, (r"'\u7167\u7247'",))


def test_the_odd_texts_are_many_different_and_always_the_same() -> None:
    texts = odd_texts()
    assert texts == odd_texts()
    assert len(texts) == 6000
    assert len(set(texts)) > 5500
    assert not [text for text in texts if any(0xD800 <= ord(character) <= 0xDFFF for character in text)]


unit_rows = st.integers(0, 2**32 - 1).map(
    lambda seed: np.random.default_rng(seed).normal(size=(12, 8)).astype(np.float32)
)


@given(unit_rows, unit_rows)
def test_the_same_embeddings_at_any_length_are_at_parity(rows: np.ndarray, others: np.ndarray) -> None:
    found = compare(rows, rows * np.float32(3), others, [str(number) for number in range(12)])
    assert found.min_cosine == pytest.approx(1.0, abs=1e-5)
    assert found.min_centred == pytest.approx(1.0, abs=1e-4)
    assert found.top_k_agreement == pytest.approx(1.0)


def test_a_common_part_hides_errors_from_the_plain_cosine_only() -> None:
    random = np.random.default_rng(0)
    common = np.full((50, 16), 20.0, dtype=np.float32)
    reference = common + random.normal(size=(50, 16)).astype(np.float32)
    unrelated = common + random.normal(size=(50, 16)).astype(np.float32)
    found = compare(reference, unrelated, reference, [""] * 50)
    assert found.min_cosine > 0.98
    assert found.min_centred < 0.5


def test_top_k_agreement_counts_shared_neighbours() -> None:
    reference = np.array([[4.0, 3.0, 2.0, 1.0]], dtype=np.float32)
    candidate = np.array([[4.0, 1.0, 2.0, 3.0]], dtype=np.float32)
    assert top_k_agreement(reference, candidate, k=2) == 0.5


def test_recall_is_whole_for_an_encoder_that_knows_and_nothing_for_a_constant_one() -> None:
    photos = np.eye(20, dtype=np.float32)
    captions = [(row, str(row)) for row in range(20)]
    knowing = caption_recall("en", photos, captions, lambda text: photos[int(text)])
    constant = caption_recall("en", photos, captions, lambda _: np.ones(20, dtype=np.float32))
    assert (knowing.r1, knowing.r10) == (100.0, 100.0)
    assert (constant.r1, constant.r10) == (0.0, 0.0)


def test_captions_are_read_with_their_photos_from_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    for name in ("a.jpg", "photos/b.jpg"):
        Image.new("RGB", (4, 4)).save(tmp_path / name)
    lines = [{"file": "a.jpg", "en": ["one"], "id": 7}, {"file": "b.jpg", "zh": ["二"]}, {"file": "gone.jpg"}]
    (tmp_path / "set.jsonl").write_bytes(b"\n".join(msgspec.json.encode(line) for line in lines) + b"\n")
    found = read_captions(tmp_path / "set.jsonl")
    assert [(path.name, line.en, line.zh) for path, line in found] == [("a.jpg", ("one",), ()), ("b.jpg", (), ("二",))]


def test_a_captioned_set_that_is_not_there_or_not_one_is_named(tmp_path: Path) -> None:
    with pytest.raises(AlbumMissing):
        read_captions(tmp_path / "nowhere.jsonl")
    (tmp_path / "set.jsonl").write_text("file\tcaption\n")
    with pytest.raises(QueryInvalid):
        read_captions(tmp_path / "set.jsonl")
    (tmp_path / "set.jsonl").write_text('{"file": "gone.jpg"}\n')
    with pytest.raises(AlbumMissing, match="None of the photos"):
        read_captions(tmp_path / "set.jsonl")


def test_the_budgets_of_this_release_are_readable_and_name_known_models() -> None:
    from pocketlens_models.registry import known

    found: Budgets = budgets()
    assert found.models.keys() <= {entry.id for entry in known()}
    assert 0.9 < found.parity.min_cosine < 1
