"""The fonts documents are rendered with, found in the usual font folders."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import ImageFont

_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")


class FontMissing(Exception):
    """A font that the recipe needs is not installed; the message names the Debian package."""


@dataclass(frozen=True)
class Face:
    """One font file.

    Attributes:
        file: name of the file, in any folder below the font folders.
        package: Debian package that installs it.
        index: face number inside a collection.
        chinese: whether it has Chinese characters.
        held_out: used only for the held-out documents.
    """

    file: str
    package: str
    index: int = 0
    chinese: bool = True
    held_out: bool = False


_NOTO = "fonts-noto-cjk"
# Index 2 of the Noto collections is Simplified Chinese.
FACES = (
    Face("NotoSansCJK-Regular.ttc", _NOTO, 2),
    Face("NotoSansCJK-Bold.ttc", _NOTO, 2),
    Face("wqy-microhei.ttc", "fonts-wqy-microhei"),
    Face("NotoSerifCJK-Bold.ttc", _NOTO, 2),
    Face("ukai.ttc", "fonts-arphic-ukai"),
    Face("NotoSerifCJK-Regular.ttc", _NOTO, 2, held_out=True),
    Face("wqy-zenhei.ttc", "fonts-wqy-zenhei", held_out=True),
    Face("DejaVuSans.ttf", "fonts-dejavu-core", chinese=False),
    Face("DejaVuSans-Bold.ttf", "fonts-dejavu-core", chinese=False),
    Face("DejaVuSerif.ttf", "fonts-dejavu-core", chinese=False),
    Face("LiberationSans-Regular.ttf", "fonts-liberation", chinese=False),
    Face("LiberationSerif-Bold.ttf", "fonts-liberation", chinese=False),
    Face("LiberationSerif-Italic.ttf", "fonts-liberation", chinese=False),
    Face("LiberationSerif-Regular.ttf", "fonts-liberation", chinese=False, held_out=True),
    Face("LiberationSansNarrow-Regular.ttf", "fonts-liberation", chinese=False, held_out=True),
)
MONOSPACED = Face("DejaVuSansMono.ttf", "fonts-dejavu-core", chinese=False)
MONOSPACED_HELD_OUT = Face("LiberationMono-Regular.ttf", "fonts-liberation", chinese=False, held_out=True)


@cache
def _installed() -> dict[str, Path]:
    found: dict[str, Path] = {}
    for folder in _FOLDERS:
        for parent, _, names in os.walk(folder):
            for name in names:
                found.setdefault(name, Path(parent) / name)
    return found


@cache
def load_font(face: Face, size: int) -> ImageFont.FreeTypeFont:
    """``face`` at ``size`` pixels.

    Raises:
        FontMissing: it is not installed.
    """
    path = _installed().get(face.file)
    if path is None:
        raise FontMissing(f"{face.file} is not installed: apt-get install {face.package}")
    return ImageFont.truetype(str(path), size, index=face.index)


def faces(*, chinese: bool, held_out: bool) -> list[Face]:
    """Faces for one language and one part of the documents."""
    return [face for face in FACES if face.held_out == held_out and (face.chinese or not chinese)]
