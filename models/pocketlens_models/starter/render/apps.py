"""What other programs show: maps, code, web pages, home screens, weather."""

from __future__ import annotations

import math
import random

from pocketlens_models.starter.render import wording
from pocketlens_models.starter.render.page import BLACK, GREY, WHITE, Colour, Page, deep, tint
from pocketlens_models.starter.render.screens import phone_page


def city_map(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """A street map with blocks, water, roads and names; half of them on a phone."""
    phone = rng.random() < 0.5
    ground: Colour = rng.choice(((242, 239, 233), (235, 240, 235), (248, 246, 240)))
    page = (
        phone_page(rng, ground, chinese=chinese, held_out=held_out)
        if phone
        else Page(rng, rng.randint(520, 700), rng.randint(420, 560), paper=ground, chinese=chinese, held_out=held_out)
    )
    w, h = page.width, page.height
    for _ in range(rng.randint(2, 5)):
        x, y = rng.uniform(0, w), rng.uniform(0, h)
        r = rng.uniform(30, 110)
        page.draw.ellipse((x - r, y - r * 0.7, x + r, y + r * 0.7), fill=rng.choice(((190, 220, 175), (170, 211, 223))))
    river = [(x, h * 0.5 + math.sin(x / 90 + rng.random()) * h * 0.2) for x in range(-20, w + 40, 20)]
    if rng.random() < 0.6:
        page.draw.line(river, fill=(170, 211, 223), width=rng.randint(12, 36))
    angle = rng.uniform(-0.5, 0.5) if held_out else rng.uniform(-0.25, 0.25)
    for wide, colour, count in ((7, WHITE, 26), (15, (250, 214, 130), 5)):
        for _ in range(count):
            x, y = rng.uniform(0, w), rng.uniform(0, h)
            turn = angle + rng.choice((0, math.pi / 2)) + rng.gauss(0, 0.05)
            dx, dy = math.cos(turn) * w * 1.5, math.sin(turn) * w * 1.5
            page.line(x - dx, y - dy, x + dx, y + dy, (205, 200, 190), wide + 2)
            page.line(x - dx, y - dy, x + dx, y + dy, colour, wide)
    for _ in range(rng.randint(8, 18)):
        name = page.pick(
            rng.choice(("人民路", "中山路", "公园", "地铁站", "医院", "大学", "火车站", "解放路")),
            rng.choice(("High St", "Park", "Station", "Hospital", "Main St", "School", "Museum")),
        )
        page.text(rng.uniform(0, w * 0.85), rng.uniform(80, h - 30), name, 13, (80, 80, 90))
    if rng.random() < 0.6:
        route = [(w * rng.uniform(0.1, 0.9), h * (0.2 + 0.13 * k)) for k in range(5)]
        page.draw.line(route, fill=(40, 120, 250), width=7, joint="curve")
        page.disc(*route[-1], 10, (230, 50, 50))
    if phone:
        page.box(14, 40, w - 14, 84, WHITE, radius=10)
        page.text(30, 52, page.pick("搜索地点、公交、地铁", "Search here"), 16, GREY)
    return page


def code(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """Source code in an editor or a terminal."""
    dark = rng.random() < 0.75
    page = Page(
        rng,
        rng.randint(620, 760),
        rng.randint(400, 520),
        paper=rng.choice(((30, 30, 30), (40, 44, 52), (0, 0, 0))) if dark else WHITE,
        chinese=chinese,
        held_out=held_out,
    )
    palette: tuple[Colour, ...] = (
        ((86, 156, 214), (206, 145, 120), (220, 220, 170), (106, 153, 85), (212, 212, 212))
        if dark
        else ((0, 0, 200), (160, 30, 30), (0, 120, 0), (30, 30, 30), (120, 60, 160))
    )
    size, x0 = rng.choice((12, 13, 15)), 16
    if not held_out:
        page.box(0, 0, 40, page.height, (37, 37, 38) if dark else (240, 240, 240))
        x0 = 52
    page.box(0, 0, page.width, 26, (60, 60, 60) if dark else (225, 225, 225))
    for k, colour in enumerate(((255, 95, 86), (255, 189, 46), (39, 201, 63))):
        page.disc(16 + 18 * k, 13, 6, colour)
    y, number, depth = 36.0, 1, 0
    words = (
        "def",
        "return",
        "if",
        "for",
        "in",
        "import",
        "class",
        "self",
        "value",
        "result",
        "print",
        "None",
        "data",
        "index",
        "=",
        "==",
        "+",
        "()",
        "[0]",
        '"text"',
        "42",
        "#",
        "->",
        "while",
        "{",
        "}",
        "const",
        "let",
    )
    while y < page.height - size:
        if x0 > 40:
            page.text(10, y, f"{number}", size, GREY, mono=True)
        x = x0 + depth * size * 2.4
        for _ in range(rng.randint(0, 9)):
            word = rng.choice(words)
            page.text(x, y, word, size, rng.choice(palette), mono=True)
            x += (len(word) + 1) * size * 0.6
        depth = max(0, min(4, depth + rng.choice((-1, 0, 0, 1))))
        y += size * 1.5
        number += 1
    return page


def web_page(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """An article, a shop or a feed: headline, pictures, text."""
    phone = rng.random() < 0.6
    page = (
        phone_page(rng, WHITE, chinese=chinese, held_out=held_out)
        if phone
        else Page(rng, 720, 480, chinese=chinese, held_out=held_out)
    )
    w, h = page.width, page.height
    y = 34.0 if phone else 0.0
    page.box(0, y, w, y + 44, deep(rng))
    page.text(
        16,
        y + 10,
        page.pick(rng.choice(("今日新闻", "商城首页", "热门推荐")), rng.choice(("Daily News", "Shop", "Today"))),
        20,
        WHITE,
        title=True,
    )
    y = page.text(16, y + 58, page.sentence(3), 22, title=True)
    while y < h - 60:
        if rng.random() < 0.45:
            height = rng.uniform(60, 160)
            side = w * (0.35 if held_out or rng.random() < 0.5 else 1.0) - 32
            page.box(16, y, 16 + side, y + height, tint(rng, 90, 220), radius=4)
            if side < w * 0.5:
                page.paragraph(32 + side, y, w - side - 60, 14, 3)
            y += height + 14
        else:
            y = page.paragraph(16, y, w - 32, 15, rng.randint(2, 5), (50, 50, 55)) + 10
    return page


def home_screen(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """A phone's home screen: a grid of icons over a wallpaper."""
    page = phone_page(rng, BLACK, chinese=chinese, held_out=held_out, ink=WHITE)
    page.gradient(deep(rng), tint(rng, 80, 220))
    names = (
        ("微信", "支付宝", "相机", "相册", "设置", "日历", "地图", "音乐", "天气", "时钟", "电话", "短信")
        if chinese
        else (
            "Camera",
            "Photos",
            "Settings",
            "Calendar",
            "Maps",
            "Music",
            "Weather",
            "Clock",
            "Phone",
            "Mail",
            "Notes",
            "Store",
        )
    )
    columns = 5 if held_out else 4
    step = page.width / columns
    y = 60.0 + rng.choice((0, 120))
    if y > 100:
        page.text(page.width / 2, 70, wording.clock(rng), 64, WHITE, title=True, anchor="ma")
    while y < page.height - step * 1.2:
        for k in range(columns):
            if rng.random() < 0.92:
                x = k * step + step * 0.18
                page.box(
                    x,
                    y,
                    x + step * 0.64,
                    y + step * 0.64,
                    rng.choice((deep(rng), tint(rng, 150), WHITE)),
                    radius=step * 0.15,
                )
                page.disc(x + step * 0.32, y + step * 0.32, step * 0.15, rng.choice((WHITE, deep(rng))))
                page.text(x + step * 0.32, y + step * 0.7, rng.choice(names), 12, WHITE, anchor="ma")
        y += step * 1.15
    return page


def weather(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """A forecast."""
    page = phone_page(rng, WHITE, chinese=chinese, held_out=held_out, ink=WHITE)
    page.gradient(
        rng.choice(((40, 110, 200), (60, 80, 120), (20, 30, 70))),
        rng.choice(((130, 190, 240), (150, 160, 180), (70, 90, 140))),
    )
    w = page.width
    y = page.text(w / 2, 70, wording.city(rng, chinese=chinese), 30, WHITE, anchor="ma")
    y = page.text(w / 2, y, f"{rng.randint(-8, 36)}°", 84, WHITE, title=True, anchor="ma")
    y = (
        page.text(
            w / 2,
            y - 20,
            page.pick(rng.choice(("晴", "多云", "小雨", "阴")), rng.choice(("Sunny", "Cloudy", "Light rain"))),
            22,
            WHITE,
            anchor="ma",
        )
        + 20
    )
    for day in range(8):
        if y > page.height - 40:
            break
        name = page.pick("周" + "一二三四五六日"[day % 7], ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[day % 7])
        page.text(24, y, name, 18, WHITE)
        page.disc(w / 2, y + 12, 10, rng.choice(((255, 210, 60), WHITE, (190, 210, 230))))
        y = page.text(w - 24, y, f"{rng.randint(-5, 15)}° / {rng.randint(16, 38)}°", 18, WHITE, anchor="ra") + 14
    return page
