"""The albums that are searched, indexed and read once by the engine itself and kept for the next run."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
from PIL import Image, ImageOps

from pocketlens.catalogue import Catalogue
from pocketlens.client import EngineClient
from pocketlens.paths import Home, home_at
from pocketlens.protocol import Indexed, Role, SourceSpec, TextsRead
from pocketlens.text_reader import VERSION
from pocketlens.texts import TextState, kept_form, terms_of
from pocketlens_desktop.sample import ALBUM
from pocketlens_models.starter.render.kinds import KINDS
from pocketlens_models.starter.render.page import Page

#: As the recipe's pictures, but of a seed that nothing was trained or measured with.
_DRAWING_SEED = "retrieval"
_WORDS_A_PICTURE = 3


@dataclass(frozen=True)
class Album:
    """An indexed album; ``drawn``: of each word that is in one drawn picture alone, that picture's file."""

    home: Home
    drawn: dict[str, str]


def sample(cache: Path, model: Path) -> Album:
    """The sample album, its words read."""
    return _made(cache / "sample", model, _sample_laid_out, read=True)


def sample_and_copies(cache: Path, model: Path) -> Album:
    """The sample album, and beside each JPEG the same picture saved twice more: smaller, and in a low quality.

    Not read.
    """

    def lay_out(folder: Path) -> dict[str, list[str]]:
        _sample_laid_out(folder)
        for file in sorted(folder.rglob("*.jpg")):
            try:
                with Image.open(file) as image:
                    picture = ImageOps.exif_transpose(image).convert("RGB")
            except OSError:
                continue  # the album's broken file
            half = picture.resize((max(1, picture.width // 2), max(1, picture.height // 2)))
            half.save(file.with_name(f"{file.stem}~half.jpg"), quality=60)
            picture.save(file.with_name(f"{file.stem}~again.jpg"), quality=50)
        return {}

    return _made(cache / "copies", model, lay_out, read=False)


def captioned_and_drawn(cache: Path, model: Path, photos: list[Path], pictures: int) -> Album:
    """Captioned photos, and ``pictures`` drawn documents and screenshots with their words as a reader without fault
    would find them: so what is measured is what words are good for, and not how well they are read.
    """

    def lay_out(folder: Path) -> dict[str, list[str]]:
        for photo in photos:
            shutil.copyfile(photo, folder / photo.name)
        return drawn(folder, pictures)

    return _made(cache / f"captioned-{len(photos)}-{pictures}", model, lay_out, read=False)


def drawn(folder: Path, pictures: int) -> dict[str, list[str]]:
    """Draw into ``folder``. Returns the lines in each picture."""
    written: dict[str, list[str]] = {}
    for number in range(pictures):
        rng = random.Random(f"{_DRAWING_SEED} {number}")
        with _lines_drawn() as lines:
            page = KINDS[number % len(KINDS)].draw(rng, chinese=rng.random() < 0.6, held_out=True)
        name = f"drawn-{number:03}.jpg"
        page.image.save(folder / name, quality=90)
        written[name] = lines
    return written


def _sample_laid_out(folder: Path) -> dict[str, list[str]]:
    shutil.copytree(ALBUM, folder, dirs_exist_ok=True)
    return {}


def copied_from(path: str) -> str:
    """The picture that one of `sample_and_copies` shows."""
    return path.replace("~half.jpg", ".jpg").replace("~again.jpg", ".jpg")


@contextmanager
def _lines_drawn() -> Iterator[list[str]]:
    lines: list[str] = []
    draw = Page.text

    def text(page: Page, x: float, y: float, text: str, *args: Any, **kwargs: Any) -> float:
        lines.append(text)
        return draw(page, x, y, text, *args, **kwargs)

    with patch.object(Page, "text", text):
        yield lines


def _words_of_one_picture(written: dict[str, list[str]], rng: random.Random) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, lines in written.items():
        elsewhere = "\n".join(line for other, theirs in written.items() if other != name for line in theirs).lower()
        words = sorted({term for line in lines for term in terms_of(line) if not any(map(str.isdigit, term))})
        own = [word for word in words if word not in elsewhere and len(word) <= 16]
        found |= dict.fromkeys(rng.sample(own, min(_WORDS_A_PICTURE, len(own))), name)
    return found


def _made(root: Path, model: Path, lay_out: Callable[[Path], dict[str, list[str]]], *, read: bool) -> Album:
    """The album at ``root``; ``lay_out`` returns the words of files that are known without reading."""
    done = root / "done.json"
    home = home_at(root / "home")
    if not done.exists():
        shutil.rmtree(root, ignore_errors=True)
        photos = root / "photos"
        photos.mkdir(parents=True)
        written = lay_out(photos)
        source = SourceSpec(kind="folder", identity=os.fsencode(photos))
        with EngineClient(Role.INDEX, home=home, model=model) as client:
            *_, indexed = client.events(client.index([source]))
            assert isinstance(indexed, Indexed), indexed
        if read:
            with EngineClient(Role.READ, home=home, model=model) as client:
                *_, found = client.events(client.read([source]))
                assert isinstance(found, TextsRead), found
        keep(home, written)
        done.write_bytes(msgspec.json.encode(_words_of_one_picture(written, random.Random(_DRAWING_SEED))))
    return Album(home, msgspec.json.decode(done.read_bytes(), type=dict[str, str]))


def keep(home: Home, written: dict[str, list[str]]) -> None:
    """Put lines into the catalogue as if they had been read."""
    with Catalogue.open(home.catalogue) as catalogue, catalogue.transaction() as connection:
        connection.executemany(
            "INSERT INTO texts (content_hash, state, reader, words) SELECT content_hash, ?, ?, ? FROM photos"
            " WHERE path = ?",
            [(TextState.WORDS, VERSION, kept_form(lines), os.fsencode(name)) for name, lines in written.items()],
        )
