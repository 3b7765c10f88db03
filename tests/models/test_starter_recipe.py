"""What the starter model's recipe rests on: an honest split, correct figures, documents that look their part."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pocketlens_models.starter.class_words import everyday_words
from pocketlens_models.starter.corpus import DEVELOPMENT_ENGLISH, TEST_ENGLISH, Split, read_corpus, split_corpus
from pocketlens_models.starter.evaluate import intruders, kind_precision, ranks, recall
from pocketlens_models.starter.render import fonts
from pocketlens_models.starter.render.camera import as_photo, as_screenshot
from pocketlens_models.starter.render.fonts import FACES, FontMissing, load_font
from pocketlens_models.starter.render.kinds import KINDS, Kind, render_set


def fonts_are_installed() -> bool:
    try:
        for face in (*FACES, fonts.MONOSPACED, fonts.MONOSPACED_HELD_OUT):
            load_font(face, 12)
    except FontMissing:
        return False
    return True


needs_fonts = pytest.mark.skipif(
    not fonts_are_installed(), reason="the fonts documents are rendered with are not installed"
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A folder like the real one, its photos a pixel each."""
    (tmp_path / "photos").mkdir()
    rows = []
    for number in range(1400):
        kind = number % 7
        rows.append(
            {
                "id": number,
                "file": f"{number:012}.jpg",
                "en": ["a dog"] if kind in (0, 1) else [],
                "machine_en": ["a cat ."] if kind in (2, 3) else [],
                "zh": ["一只狗"] if kind == 4 or number % 70 == 0 else [],
            }
        )
        (tmp_path / "photos" / f"{number:012}.jpg").write_bytes(b"")
    (tmp_path / "captions.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return tmp_path


@pytest.fixture
def split(corpus: Path) -> Split:
    return split_corpus(read_corpus(corpus))


def test_no_photo_is_in_two_parts_and_none_is_lost(split: Split) -> None:
    parts = list(vars(split).values())
    together = [index for part in parts for index in part]
    assert sorted(together) == list(range(1400))


def test_every_photo_with_a_chinese_caption_is_held_out(corpus: Path, split: Split) -> None:
    photos = read_corpus(corpus)
    assert {i for i, photo in enumerate(photos) if photo.chinese} <= set(split.test)
    assert len(split.test) == TEST_ENGLISH + sum(bool(photo.chinese) for photo in photos)
    assert len(split.development) == DEVELOPMENT_ENGLISH


def test_the_split_is_the_same_every_time(corpus: Path, split: Split) -> None:
    assert split_corpus(read_corpus(corpus)) == split


def test_a_missing_photo_is_named(corpus: Path) -> None:
    gone = corpus / "photos" / "000000000007.jpg"
    gone.unlink()
    with pytest.raises(FileNotFoundError, match="000000000007"):
        read_corpus(corpus)


def test_a_rank_counts_the_photos_that_score_higher() -> None:
    photos = np.eye(4, dtype=np.float32)
    queries = np.array([[0.1, 0.9, 0.3, 0.2], [0.9, 0.1, 0.2, 0.8]], dtype=np.float32)
    assert ranks(queries, photos, [1, 2]).tolist() == [0, 2]


def test_recall_is_the_share_of_queries_within_the_cut() -> None:
    assert recall(np.array([0, 3, 7, 50])) == {"R@1": 25.0, "R@5": 50.0, "R@10": 75.0, "median_rank": 6, "queries": 4}


def test_kinds_and_intruders_are_counted_among_the_best() -> None:
    pictures = np.eye(5, dtype=np.float32)
    query = np.array([[0.1, 0.9, 0.8, 0.0, 0.0]], dtype=np.float32)
    kinds = ["photo", "map", "receipt", "photo", "photo"]
    assert kind_precision(query, pictures, kinds, ["receipt"]) == {
        "first_is_right": 0.0,
        "right_in_top_3": 100.0,
        "precision_at_5": 20.0,
    }
    assert intruders(query, pictures, np.array([kind == "photo" for kind in kinds])) == 60.0


@needs_fonts
def test_every_kind_of_document_can_be_rendered_in_both_parts() -> None:
    for held_out in (False, True):
        rendered = render_set(2, 5, [Image.new("RGB", (64, 48), "green")], held_out=held_out)
        assert [document.kind for document in rendered] == [kind for kind in KINDS for _ in range(2)]
        for document in rendered:
            assert document.image.mode == "RGB"
            assert min(document.image.size) >= 90
            # A page with nothing on it would be one colour.
            assert len(document.image.getcolors(1 << 20) or ()) > 50
            assert document.captions[2] in document.kind.english
            assert document.captions[5] in document.kind.chinese


@needs_fonts
def test_the_same_seed_renders_the_same_documents_and_another_seed_others() -> None:
    once, again, other = (render_set(1, seed, [], held_out=False) for seed in (1, 1, 2))
    assert [a.image.tobytes() for a in once] == [b.image.tobytes() for b in again]
    assert all(a.image.tobytes() != b.image.tobytes() for a, b in zip(once, other, strict=True))


@needs_fonts
def test_held_out_documents_use_no_font_of_the_others() -> None:
    for chinese in (False, True):
        training = {face.file for face in fonts.faces(chinese=chinese, held_out=False)}
        held_out = {face.file for face in fonts.faces(chinese=chinese, held_out=True)}
        assert training and held_out and not training & held_out


@needs_fonts
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_page_can_be_photographed_and_captured(kind: Kind) -> None:
    rng = random.Random(4)
    page = kind.draw(rng, chinese=True, held_out=False)
    assert as_photo(page, rng, []).mode == "RGB"
    assert max(as_screenshot(page, rng).size) <= 420


def test_a_missing_font_names_the_package_to_install() -> None:
    face = fonts.Face("NoSuchFont.ttf", "fonts-no-such")
    with pytest.raises(FontMissing, match="apt-get install fonts-no-such"):
        load_font(face, 12)


def test_the_written_captions_are_pairs_of_english_and_chinese() -> None:
    table = Path(fonts.__file__).parents[1] / "captions.tsv"
    rows = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()]
    assert len({number for number, _, _ in rows}) == len(rows)
    for number, english, chinese in rows:
        assert number.isdigit()
        assert english.isascii() and len(english.split()) >= 3
        assert any("\u4e00" <= character <= "\u9fff" for character in chinese)


def test_everyday_words_join_the_class_names_they_belong_to() -> None:
    words = everyday_words([[f"species {k}", f"latin {k}"] for k in range(1000)])
    assert len(words) == 1000
    assert words[88][:2] == ("species 88", "latin 88")
    assert {"bird", "鸟", "parrot", "鹦鹉"} <= set(words[88])
    assert {"dog", "狗"} <= set(words[151]) & set(words[268])
    assert "dog" not in words[269]
