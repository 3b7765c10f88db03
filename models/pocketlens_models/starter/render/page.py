"""A page to draw a document on, with the handful of shapes documents are made of."""

from __future__ import annotations

import math
import random
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageFont

from pocketlens_models.starter.render import wording
from pocketlens_models.starter.render.fonts import MONOSPACED, MONOSPACED_HELD_OUT, Face, faces, load_font

Colour: TypeAlias = tuple[int, int, int]

BLACK: Colour = (20, 20, 20)
WHITE: Colour = (255, 255, 255)
GREY: Colour = (140, 140, 140)
RED: Colour = (200, 30, 40)


class Page:
    """An RGB image of ``width`` by ``height`` pixels with one language, two fonts and its own randomness."""

    def __init__(
        self,
        rng: random.Random,
        width: int,
        height: int,
        *,
        paper: Colour = WHITE,
        chinese: bool,
        held_out: bool,
    ) -> None:
        self.rng = rng
        self.width = width
        self.height = height
        self.chinese = chinese
        self.held_out = held_out
        choices = faces(chinese=chinese, held_out=held_out)
        self.face: Face = rng.choice(choices)
        self.title_face: Face = rng.choice(choices)
        self.image = Image.new("RGB", (width, height), paper)
        self.draw = ImageDraw.Draw(self.image)

    def pick(self, chinese: str, english: str) -> str:
        """The wording in the page's language."""
        return chinese if self.chinese else english

    def font(self, size: float, *, title: bool = False, mono: bool = False) -> ImageFont.FreeTypeFont:
        """The body font, the title font or a monospaced one."""
        if mono:
            face = MONOSPACED_HELD_OUT if self.held_out else MONOSPACED
        else:
            face = self.title_face if title else self.face
        return load_font(face, max(6, int(size)))

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        colour: Colour = BLACK,
        *,
        title: bool = False,
        anchor: str = "la",
        mono: bool = False,
    ) -> float:
        """Draw one line; the ordinate below it."""
        self.draw.text((x, y), text, fill=colour, font=self.font(size, title=title, mono=mono), anchor=anchor)
        return y + size * 1.45

    def width_of(self, text: str, size: float) -> float:
        """Pixels that ``text`` takes in the body font."""
        return self.font(size).getlength(text)

    def sentence(self, words: int) -> str:
        """Random running text in the page's language."""
        return wording.sentence(self.rng, chinese=self.chinese, words=words)

    def paragraph(self, x: float, y: float, width: float, size: float, lines: int, colour: Colour = BLACK) -> float:
        """Lines of random text set to ``width``; the ordinate below them."""
        count = max(2, int(width / (size * (2.0 if self.chinese else 3.2))))
        for k in range(lines):
            share = self.rng.uniform(0.3, 0.8) if k == lines - 1 else 1.0
            line = self.sentence(max(1, int(count * share)))
            while len(line) > 2 and self.width_of(line, size) > width:
                line = line[:-1]
            y = self.text(x, y, line, size, colour)
        return y

    def box(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        fill: Colour | None = None,
        *,
        outline: Colour | None = None,
        radius: float = 0,
        stroke: int = 1,
    ) -> None:
        """A rectangle with round corners."""
        self.draw.rounded_rectangle((left, top, right, bottom), radius, fill=fill, outline=outline, width=stroke)

    def line(self, x0: float, y0: float, x1: float, y1: float, colour: Colour = GREY, stroke: int = 1) -> None:
        """A straight line."""
        self.draw.line((x0, y0, x1, y1), fill=colour, width=stroke)

    def disc(self, x: float, y: float, radius: float, fill: Colour) -> None:
        """A filled circle."""
        self.draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)

    def gradient(self, top: Colour, bottom: Colour) -> None:
        """Fill the page from one colour to another."""
        for y in range(self.height):
            t = y / max(1, self.height - 1)
            mixed = tuple(int(a + (b - a) * t) for a, b in zip(top, bottom, strict=True))
            self.draw.line((0, y, self.width, y), fill=mixed)

    def portrait(self, left: float, top: float, width: float, height: float) -> None:
        """A head and shoulders before a plain ground, as on identity documents."""
        rng = self.rng
        ground = rng.choice(((255, 255, 255), (70, 130, 200), (200, 60, 60), (220, 225, 232)))
        skin = rng.choice(((240, 205, 175), (225, 180, 145), (190, 140, 105), (140, 95, 65)))
        hair = rng.choice(((25, 22, 22), (50, 35, 25), (90, 60, 35), (120, 110, 105)))
        shirt = rng.choice(((30, 35, 60), (235, 235, 240), (90, 20, 30), (40, 80, 60), (60, 60, 60)))
        x = left + width / 2
        self.box(left, top, left + width, top + height, ground)
        self.draw.pieslice(
            (x - width * 0.48, top + height * 0.68, x + width * 0.48, top + height * 1.3), 180, 360, fill=shirt
        )
        self.box(x - width * 0.1, top + height * 0.55, x + width * 0.1, top + height * 0.75, skin)
        head = (x - width * 0.22, top + height * 0.18, x + width * 0.22, top + height * 0.62)
        self.draw.ellipse(head, fill=skin)
        self.draw.pieslice((head[0] - 3, head[1] - 6, head[2] + 3, head[3] - height * 0.05), 180, 360, fill=hair)
        for side in (-1, 1):
            self.disc(x + side * width * 0.09, top + height * 0.4, max(1.0, width * 0.02), BLACK)
        self.draw.arc((x - width * 0.07, top + height * 0.44, x + width * 0.07, top + height * 0.54), 20, 160, RED)

    def qr(self, left: float, top: float, size: float, dark: Colour = BLACK) -> None:
        """Something that looks like a QR code; it holds no data."""
        modules = self.rng.choice((21, 25, 29, 33))
        step = size / modules
        self.box(left, top, left + size, top + size, WHITE)
        for row in range(modules):
            for column in range(modules):
                if self.rng.random() < 0.48:
                    x, y = left + column * step, top + row * step
                    self.draw.rectangle((x, y, x + step, y + step), fill=dark)
        for column, row in ((0, 0), (modules - 7, 0), (0, modules - 7)):
            x, y = left + column * step, top + row * step
            for inset, colour in ((-1, WHITE), (0, dark), (1, WHITE), (2, dark)):
                self.draw.rectangle(
                    (x + inset * step, y + inset * step, x + (7 - inset) * step, y + (7 - inset) * step), fill=colour
                )

    def barcode(self, left: float, top: float, width: float, height: float) -> None:
        """A striped bar code."""
        x = left
        while x < left + width:
            bar = self.rng.choice((1, 1, 2, 3)) * max(1.0, width / 220)
            self.draw.rectangle((x, top, x + bar, top + height), fill=BLACK)
            x += bar + self.rng.choice((1, 2, 3)) * max(1.0, width / 220)

    def seal(self, x: float, y: float, radius: float, colour: Colour = RED) -> None:
        """A round stamp with a star, as on Chinese papers."""
        self.draw.ellipse(
            (x - radius, y - radius, x + radius, y + radius), outline=colour, width=max(2, int(radius / 14))
        )
        points = []
        for k in range(10):
            r = radius * (0.36 if k % 2 == 0 else 0.15)
            points.append((x + r * math.sin(k * math.pi / 5), y - r * math.cos(k * math.pi / 5)))
        self.draw.polygon(points, fill=colour)
        for k in range(9):
            angle = math.radians(200 + k * 27.5)
            word = self.rng.choice("大学教育专用章公司市政合同财务局")
            self.draw.text(
                (x + radius * 0.74 * math.cos(angle), y + radius * 0.74 * math.sin(angle)),
                word,
                fill=colour,
                font=load_font(faces(chinese=True, held_out=self.held_out)[0], max(6, int(radius / 4.5))),
                anchor="mm",
            )

    def signature(self, x: float, y: float, width: float, colour: Colour = (30, 40, 110)) -> None:
        """A scribble."""
        points = [
            (x + width * k / 24, y + math.sin(k * self.rng.uniform(0.7, 1.6)) * width * 0.09 + self.rng.uniform(-3, 3))
            for k in range(25)
        ]
        self.draw.line(points, fill=colour, width=max(1, int(width / 60)), joint="curve")

    def table(self, left: float, top: float, right: float, rows: int, columns: int, size: float) -> float:
        """A ruled table of random words and numbers; the ordinate below it."""
        step = size * 1.9
        for row in range(rows):
            y = top + row * step
            for column in range(columns):
                x = left + (right - left) * column / columns
                cell = self.sentence(1)[:-1] if row == 0 or column == 0 else wording.money(self.rng)
                self.text(x + 4, y + size * 0.3, cell[: 4 if self.chinese else 8], size)
        bottom = top + rows * step
        for row in range(rows + 1):
            self.line(left, top + row * step, right, top + row * step)
        for column in range(columns + 1):
            x = left + (right - left) * column / columns
            self.line(x, top, x, bottom)
        return bottom

    def pattern(self, colour: Colour) -> None:
        """Fine waves over the whole page, as security print has them."""
        waves = self.rng.randint(8, 20)
        amplitude = self.height / self.rng.uniform(10, 30)
        period = self.width / self.rng.uniform(1.5, 5)
        for wave in range(waves):
            base = self.height * wave / waves
            points = [
                (x, base + amplitude * math.sin(2 * math.pi * x / period + wave * 0.5))
                for x in range(0, self.width + 8, 8)
            ]
            self.draw.line(points, fill=colour, width=1)


def tint(rng: random.Random, low: int = 190, high: int = 250) -> Colour:
    """A light colour."""
    return (rng.randint(low, high), rng.randint(low, high), rng.randint(low, high))


def deep(rng: random.Random) -> Colour:
    """A strong colour."""
    return rng.choice(
        ((30, 80, 160), (20, 110, 90), (150, 30, 40), (90, 40, 120), (200, 110, 20), (40, 44, 52), (0, 130, 190))
    )
