"""Drawing in the points of the finished picture, at twice its resolution so that small print stays clean."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

SCALE = 2
# Folder and file of each face, and its number inside a .ttc (2 is Simplified Chinese in Noto CJK).
FACES = {
    "sans": ("noto", "NotoSansCJK-Regular.ttc", 2),
    "bold": ("noto", "NotoSansCJK-Bold.ttc", 2),
    "serif": ("noto", "NotoSerifCJK-Regular.ttc", 2),
    "serif-bold": ("noto", "NotoSerifCJK-Bold.ttc", 2),
    "kai": ("wenkai", "LXGWWenKai-Regular.ttf", 0),
    "mono": ("wenkai", "LXGWWenKaiMono-Regular.ttf", 0),
    "hand": ("wenkai", "LXGWWenKai-Light.ttf", 0),
}
# Chinese punctuation that does not begin a line; it may stand out into the margin.
NEVER_FIRST = frozenset("，。！？、；：）")
Colour = str | tuple[int, int, int]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Paper:
    """A drawn file of the album. `taken` is an ISO moment, empty for what no camera took."""

    id: str
    path: str
    en: str
    zh: str
    picture: Image.Image
    taken: str = ""


@dataclass(frozen=True)
class Fonts:
    """The faces of FACES, found in the unpacked font packages."""

    folders: tuple[tuple[str, Path], ...]

    def face(self, name: str, size: float) -> ImageFont.FreeTypeFont:
        """The face `name` of FACES at `size` points."""
        folder, file, index = FACES[name]
        return _truetype(dict(self.folders)[folder] / file, round(size * SCALE), index)


@functools.cache
def _truetype(file: Path, size: int, index: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(file), size, index=index)


class Canvas:
    """A page of `width` x `height` points."""

    def __init__(self, fonts: Fonts, width: int, height: int, paper: Colour = "white") -> None:
        self.fonts, self.width, self.height = fonts, width, height
        self.image = Image.new("RGB", (width * SCALE, height * SCALE), paper)
        self.draw = ImageDraw.Draw(self.image)

    def text(
        self, x: float, y: float, text: str, size: float, face: str = "sans", ink: Colour = "black", at: str = "la"
    ) -> float:
        """Draws one line and returns where it ends; `at` is Pillow's anchor."""
        font = self.fonts.face(face, size)
        self.draw.text((x * SCALE, y * SCALE), text, font=font, fill=ink, anchor=at)
        return x + font.getlength(text) / SCALE

    def lines(self, text: str, size: float, face: str, width: float) -> list[str]:
        """`text` broken to `width`: between words, and between any two Chinese characters."""
        font, out, line = self.fonts.face(face, size), [], ""
        for word in _words(text):
            full = font.getlength((line + word).rstrip()) > width * SCALE and word not in NEVER_FIRST
            if word == "\n" or full:
                out.append(line.rstrip())
                line = ""
            line += "" if word == "\n" else word if line else word.lstrip(" ")
        return [*out, line.rstrip()]

    def paragraph(
        self, x: float, y: float, text: str, size: float, face: str, width: float, leading: float = 1.5
    ) -> float:
        """Draws a broken text and returns the y below it."""
        for line in self.lines(text, size, face, width):
            self.text(x, y, line, size, face)
            y += size * leading
        return y

    def box(
        self, box: Box, fill: Colour | None = None, line: Colour | None = None, width: float = 1, radius: float = 0
    ) -> None:
        self.draw.rounded_rectangle(
            [edge * SCALE for edge in box], radius * SCALE, fill=fill, outline=line, width=round(width * SCALE)
        )

    def line(self, box: Box, ink: Colour = "black", width: float = 1) -> None:
        self.draw.line([edge * SCALE for edge in box], fill=ink, width=max(1, round(width * SCALE)))

    def disc(
        self,
        x: float,
        y: float,
        radius: float,
        fill: Colour | None = None,
        line: Colour | None = None,
        width: float = 1,
    ) -> None:
        box = [(x - radius) * SCALE, (y - radius) * SCALE, (x + radius) * SCALE, (y + radius) * SCALE]
        self.draw.ellipse(box, fill=fill, outline=line, width=round(width * SCALE))

    def stamp(
        self, x: float, y: float, words: str, ink: Colour, angle: float, size: float = 13, alpha: int = 170
    ) -> None:
        """A framed rubber stamp, turned by `angle` degrees around (x, y)."""
        font = self.fonts.face("bold", size)
        width, height = font.getlength(words) + 16 * SCALE, size * 1.9 * SCALE
        layer = Image.new("RGBA", (round(width), round(height)))
        drawing = ImageDraw.Draw(layer)
        drawing.rounded_rectangle([1, 1, width - 2, height - 2], 8, outline=ink, width=2 * SCALE)
        drawing.text((width / 2, height / 2), words, font=font, fill=ink, anchor="mm")
        layer = layer.rotate(angle, expand=True, resample=Image.Resampling.BICUBIC)
        layer.putalpha(layer.getchannel("A").point(lambda a: a * alpha // 255))
        at = (round(x * SCALE - layer.width / 2), round(y * SCALE - layer.height / 2))
        self.image.paste(layer, at, layer)

    def finished(self) -> Image.Image:
        """The page at its own size."""
        return self.image.resize((self.width, self.height), Image.Resampling.LANCZOS)


def _words(text: str) -> list[str]:
    words, current = [], ""
    for character in text:
        if character == "\n" or ord(character) > 0x2E80:
            words += [current, character] if current else [character]
            current = ""
        elif character == " ":
            words.append(current + " ")
            current = ""
        else:
            current += character
    return [*words, current] if current else words


def photographed(page: Image.Image, desk: Colour, angle: float, seed: int, size: tuple[int, int]) -> Image.Image:
    """`page` as a phone sees it lying on a desk: turned, shadowed, unevenly lit, a little noisy."""
    random = np.random.default_rng(seed)
    table = Image.new("RGB", size, desk)
    grain = random.normal(0, 5, (size[1], 1, 1)) + random.normal(0, 2, (size[1], size[0], 1))
    table = Image.fromarray(np.clip(np.asarray(table, dtype=float) + grain, 0, 255).astype(np.uint8))
    turned = page.convert("RGBA").rotate(angle, expand=True, resample=Image.Resampling.BICUBIC)
    turned.thumbnail((size[0] - 24, size[1] - 24), Image.Resampling.LANCZOS)
    at = ((size[0] - turned.width) // 2, (size[1] - turned.height) // 2)
    shade = Image.new("L", size, 0)
    shade.paste(turned.getchannel("A").point(lambda a: a * 2 // 3), (at[0] + 5, at[1] + 7))
    table.paste("black", mask=shade.filter(ImageFilter.GaussianBlur(6)))
    table.paste(turned, at, turned)
    light = np.linspace(1.03, 0.86, size[0])[None, :, None] * np.linspace(1.0, 0.93, size[1])[:, None, None]
    lit = np.asarray(table, dtype=float) * light + random.normal(0, 2.5, (size[1], size[0], 3))
    return Image.fromarray(np.clip(lit, 0, 255).astype(np.uint8))
