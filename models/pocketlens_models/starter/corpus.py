"""The captioned photos and their split into training, development and test, by photo."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

# Fixed before any figure was read from the test part, and never changed since.
SPLIT_SEED = 20261
TEST_ENGLISH = 160
DEVELOPMENT_ENGLISH = 110
POOL = 1000


@dataclass(frozen=True)
class Photo:
    """One photo of the training folder.

    Attributes:
        id: the number COCO gave it.
        path: the JPEG.
        english: captions people wrote in English.
        machine: captions another model wrote in English.
        chinese: captions people wrote in Chinese.
    """

    id: int
    path: Path
    english: tuple[str, ...]
    machine: tuple[str, ...]
    chinese: tuple[str, ...]

    @property
    def captions(self) -> tuple[str, ...]:
        return self.english + self.machine + self.chinese


@dataclass(frozen=True)
class Split:
    """Indices into the corpus; no photo is in two parts.

    Attributes:
        train: captioned photos to learn from.
        unlabelled: photos without a caption to learn from.
        development: captioned photos on which choices were made.
        test: photos whose captions are the reported queries, English and Chinese.
        distractors: photos without a caption that fill the test pool up to ``POOL``.
    """

    train: tuple[int, ...]
    unlabelled: tuple[int, ...]
    development: tuple[int, ...]
    test: tuple[int, ...]
    distractors: tuple[int, ...]


def read_corpus(folder: Path) -> list[Photo]:
    """Photos of ``folder/captions.jsonl``, ordered by id.

    Raises:
        FileNotFoundError: the list or one of its photos is missing.
    """
    photos = []
    for line in (folder / "captions.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        path = folder / "photos" / row["file"]
        if not path.is_file():
            raise FileNotFoundError(path)
        photos.append(
            Photo(row["id"], path, tuple(row["en"]), tuple(row["machine_en"]), tuple(row["zh"])),
        )
    return sorted(photos, key=lambda photo: photo.id)


def split_corpus(photos: list[Photo]) -> Split:
    """The one split every figure refers to.

    All photos with a Chinese caption are held out for test, whatever else they carry; English test and
    development photos are drawn from those with human captions; distractors are never trained on, not even
    as unlabelled photos.
    """
    rng = np.random.default_rng(SPLIT_SEED)
    chinese = [i for i, photo in enumerate(photos) if photo.chinese]
    human = [i for i, photo in enumerate(photos) if photo.english and not photo.chinese]
    machine = [i for i, photo in enumerate(photos) if photo.machine and not photo.chinese]
    bare = [i for i, photo in enumerate(photos) if not photo.captions]
    human = [human[k] for k in rng.permutation(len(human))]
    bare = [bare[k] for k in rng.permutation(len(bare))]
    test = sorted(chinese + human[:TEST_ENGLISH])
    development = sorted(human[TEST_ENGLISH : TEST_ENGLISH + DEVELOPMENT_ENGLISH])
    train = sorted(human[TEST_ENGLISH + DEVELOPMENT_ENGLISH :] + machine)
    spare = max(0, POOL - len(test))
    return Split(
        train=tuple(train),
        unlabelled=tuple(sorted(bare[spare:])),
        development=tuple(development),
        test=tuple(test),
        distractors=tuple(sorted(bare[:spare])),
    )
