"""How a flat page comes to look like a photo, a scan or a screenshot of itself."""

from __future__ import annotations

import io
import random

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from pocketlens_models.starter.render.page import Page, tint

# Renders need no more: the model sees 260 pixels.
_LONGEST = 420


def as_photo(page: Page, rng: random.Random, grounds: list[Image.Image]) -> Image.Image:
    """``page`` lying on something and photographed, with perspective, shadow, tint and noise."""
    width, height = page.image.size
    scale = _LONGEST * rng.uniform(0.62, 0.9) / max(width, height)
    sheet = page.image.resize((max(8, int(width * scale)), max(8, int(height * scale))), Image.Resampling.LANCZOS)
    canvas_size = (_LONGEST, int(_LONGEST * rng.uniform(0.72, 1.0)))
    if height > width:
        canvas_size = (canvas_size[1], canvas_size[0])
    canvas = _ground(rng, canvas_size, grounds)
    mask = Image.new("L", sheet.size, 255)
    corners = _corners(rng, sheet.size, canvas_size)
    coefficients = _perspective(corners, sheet.size)
    flat = sheet.transform(canvas_size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC)
    cover = mask.transform(canvas_size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC)
    shadow = Image.new("L", canvas_size, 0)
    shadow.paste(cover, (rng.randint(-8, 8), rng.randint(2, 10)))
    shadow = shadow.filter(ImageFilter.GaussianBlur(rng.uniform(3, 9))).point(lambda v: int(v * 0.5))
    canvas.paste((0, 0, 0), mask=shadow)
    canvas.paste(flat, mask=cover)
    return _light(canvas, rng)


def as_screenshot(page: Page, rng: random.Random) -> Image.Image:
    """``page`` itself, at the size and with the loss of a saved picture."""
    image = page.image.copy()
    if rng.random() < 0.25:
        width, height = image.size
        image = image.crop((0, int(height * rng.uniform(0, 0.25)), width, int(height * rng.uniform(0.75, 1))))
    image.thumbnail((_LONGEST, _LONGEST), Image.Resampling.LANCZOS)
    return _compressed(image, rng.randint(60, 95))


def _ground(rng: random.Random, size: tuple[int, int], grounds: list[Image.Image]) -> Image.Image:
    choice = rng.random()
    if grounds and choice < 0.35:
        photo = rng.choice(grounds).convert("RGB").resize(size)
        return photo.filter(ImageFilter.GaussianBlur(rng.uniform(1, 6)))
    base = rng.choice(
        ((120, 84, 56), (176, 138, 98), (205, 200, 192), (70, 72, 78), (232, 232, 230), tint(rng, 60, 220))
    )
    canvas = Image.new("RGB", size, base)
    if choice < 0.75:
        draw = ImageDraw.Draw(canvas)
        for _ in range(rng.randint(20, 90)):
            y = rng.uniform(0, size[1])
            shade = rng.randint(-18, 18)
            colour = tuple(max(0, min(255, c + shade)) for c in base)
            draw.line((0, y, size[0], y + rng.uniform(-14, 14)), fill=colour, width=rng.randint(1, 5))
        canvas = canvas.filter(ImageFilter.GaussianBlur(1.2))
        if rng.random() < 0.5:
            canvas = canvas.rotate(90, expand=True).resize(size)
    return canvas


def _corners(rng: random.Random, sheet: tuple[int, int], canvas: tuple[int, int]) -> list[tuple[float, float]]:
    angle = np.radians(rng.gauss(0, 6) + (rng.choice((0, 0, 0, 0, 0, 90, -90)) if rng.random() < 0.5 else 0))
    half_w, half_h = sheet[0] / 2, sheet[1] / 2
    x = canvas[0] / 2 + rng.uniform(-0.06, 0.06) * canvas[0]
    y = canvas[1] / 2 + rng.uniform(-0.06, 0.06) * canvas[1]
    out = []
    for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        u, v = sx * half_w, sy * half_h
        bend = 0.055 * max(sheet)
        out.append(
            (
                x + u * np.cos(angle) - v * np.sin(angle) + rng.uniform(-bend, bend),
                y + u * np.sin(angle) + v * np.cos(angle) + rng.uniform(-bend, bend),
            )
        )
    return out


def _perspective(corners: list[tuple[float, float]], size: tuple[int, int]) -> list[float]:
    """The eight numbers that map canvas points ``corners`` back to the corners of the sheet."""
    source = ((0, 0), (size[0], 0), (size[0], size[1]), (0, size[1]))
    rows, right = [], []
    for (x, y), (u, v) in zip(corners, source, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
        right += [u, v]
    return [
        float(value) for value in np.linalg.solve(np.array(rows, dtype=np.float64), np.array(right, dtype=np.float64))
    ]


def _light(image: Image.Image, rng: random.Random) -> Image.Image:
    width, height = image.size
    noise = np.random.default_rng(rng.getrandbits(32))
    pixels = np.asarray(image, dtype=np.float32)
    slope_x, slope_y = rng.uniform(-0.28, 0.28), rng.uniform(-0.28, 0.28)
    ramp = 1 + slope_x * np.linspace(-1, 1, width)[None, :, None] + slope_y * np.linspace(-1, 1, height)[:, None, None]
    cast = np.array([rng.uniform(0.9, 1.08), rng.uniform(0.95, 1.03), rng.uniform(0.82, 1.06)])
    pixels = pixels * ramp * cast * rng.uniform(0.65, 1.12) + noise.normal(0, rng.uniform(1, 9), (height, width, 1))
    lit = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    if rng.random() < 0.4:
        lit = lit.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.3)))
    return _compressed(ImageEnhance.Color(lit).enhance(rng.uniform(0.7, 1.2)), rng.randint(45, 92))


def _compressed(image: Image.Image, quality: int) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    buffer.seek(0)
    with Image.open(buffer) as saved:
        return saved.convert("RGB")
