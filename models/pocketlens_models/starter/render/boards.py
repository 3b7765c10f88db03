"""Slides, whiteboards, notes, spreadsheets, timetables, calendars, menus and posters."""

from __future__ import annotations

import math
import random
from itertools import pairwise

from pocketlens_models.starter.render import wording
from pocketlens_models.starter.render.page import BLACK, GREY, WHITE, Colour, Page, deep, tint


def slide(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """A presentation slide: title, bullets and perhaps a chart."""
    dark = rng.random() < 0.3
    page = Page(
        rng,
        720,
        405 if rng.random() < 0.7 else 540,
        paper=deep(rng) if dark else rng.choice((WHITE, tint(rng, 235))),
        chinese=chinese,
        held_out=held_out,
    )
    ink, accent = (WHITE if dark else BLACK), deep(rng)
    w, h = page.width, page.height
    if not dark:
        page.box(0, 0, 0.03 * w if held_out else w, h if held_out else 0.2 * h, accent)
    title_ink = WHITE if dark or not held_out else accent
    page.text(0.07 * w, 0.06 * h, page.sentence(2)[:-1], 32, title_ink, title=True)
    chart = rng.random()
    y = 0.28 * h
    for _ in range(rng.randint(3, 6)):
        page.disc(0.08 * w, y + 11, 4, accent if not dark else WHITE)
        text = page.sentence(rng.randint(2, 4))[: 12 if chinese else 26]
        y = page.text(0.1 * w, y, text, 19, ink) + 10
    if chart < 0.4:
        bars_chart(page, 0.55 * w, 0.3 * h, 0.93 * w, 0.85 * h, ink)
    elif chart < 0.6:
        start = 0.0
        for _ in range(4):
            turn = rng.uniform(40, 110)
            page.draw.pieslice(
                (0.6 * w, 0.32 * h, 0.6 * w + 190, 0.32 * h + 190), start, min(360.0, start + turn), fill=deep(rng)
            )
            start += turn
    return page


def bars_chart(page: Page, left: float, top: float, right: float, bottom: float, ink: Colour) -> None:
    """A bar or a line chart inside a box."""
    page.line(left, top, left, bottom, ink, 2)
    page.line(left, bottom, right, bottom, ink, 2)
    count = page.rng.randint(4, 9)
    colour = deep(page.rng)
    points = []
    for k in range(count):
        x = left + (right - left) * (k + 0.5) / count
        y = bottom - (bottom - top) * page.rng.uniform(0.15, 0.95)
        points.append((x, y))
    if page.rng.random() < 0.5:
        page.draw.line(points, fill=colour, width=4)
    else:
        half = (right - left) / count * 0.32
        for x, y in points:
            page.box(x - half, y, x + half, bottom, colour)


def sheet(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """A spreadsheet window."""
    page = Page(rng, 720, rng.randint(400, 480), chinese=chinese, held_out=held_out)
    page.box(0, 0, 720, 40, rng.choice(((33, 115, 70), (240, 240, 240), (50, 90, 160))))
    size = rng.choice((11, 12, 14))
    bottom = page.table(26, 64, 716, int((page.height - 70) / (size * 1.9)), rng.randint(6, 9), size)
    for k in range(9):
        page.text(50 + k * 76, 46, "ABCDEFGHI"[k], 12, GREY)
    if held_out or rng.random() < 0.3:
        page.box(380, 180, 690, 380, WHITE, outline=GREY)
        bars_chart(page, 400, 200, 670, 360, BLACK)
    page.line(0, bottom, 720, bottom)
    return page


def whiteboard(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """Boxes, arrows and words drawn by hand on a whiteboard or a blackboard."""
    black = rng.random() < 0.25
    page = Page(
        rng,
        720,
        rng.randint(420, 520),
        paper=(35, 60, 50) if black else rng.choice(((245, 246, 248), (232, 236, 238))),
        chinese=chinese,
        held_out=held_out,
    )
    inks: tuple[Colour, ...] = (
        ((245, 245, 240), (250, 220, 120)) if black else ((20, 30, 120), (190, 30, 40), (15, 110, 60), (25, 25, 25))
    )
    w, h = page.width, page.height
    page.box(0, 0, w, h, outline=(150, 110, 70) if black else (170, 175, 180), stroke=12)
    centres = []
    for _ in range(rng.randint(3, 7)):
        x, y = rng.uniform(0.15, 0.85) * w, rng.uniform(0.15, 0.85) * h
        ink = rng.choice(inks)
        shape = rng.random()
        if shape < 0.4 and not held_out:
            page.box(x - 70, y - 26, x + 70, y + 26, outline=ink, stroke=3)
        elif shape < 0.7:
            page.draw.ellipse((x - 76, y - 34, x + 76, y + 34), outline=ink, width=3)
        page.text(x, y, page.sentence(1 if chinese else 2)[:-1], rng.randint(20, 30), ink, anchor="mm")
        centres.append((x, y))
    for a, b in pairwise(centres):
        page.line(*a, *b, rng.choice(inks), 3)
    for _ in range(rng.randint(0, 3)):
        page.signature(rng.uniform(0.1, 0.7) * w, rng.uniform(0.2, 0.9) * h, rng.uniform(80, 180), rng.choice(inks))
    return page


def notes(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """A page of ruled paper written on by hand."""
    page = Page(
        rng,
        520,
        rng.randint(600, 740),
        paper=rng.choice(((253, 251, 240), WHITE, (255, 246, 190))),
        chinese=chinese,
        held_out=held_out,
    )
    step = rng.randint(28, 38)
    ink = rng.choice(((30, 40, 120), (30, 30, 34), (60, 60, 70)))
    for k in range(2, page.height // step):
        y = k * step
        page.line(20, y, 500, y, (190, 205, 225))
        if rng.random() < 0.85:
            if chinese or rng.random() < 0.5:
                page.text(
                    40 + rng.uniform(-4, 6),
                    y - step * 0.85,
                    page.sentence(rng.randint(2, 8))[: 20 if chinese else 36],
                    step * 0.62,
                    ink,
                )
            else:
                _scrawl(page, 40, y - 6, rng.uniform(200, 440), step, ink)
    if not held_out:
        page.line(34, 0, 34, page.height, (230, 150, 150), 2)
    return page


def _scrawl(page: Page, x: float, y: float, width: float, step: float, ink: Colour) -> None:
    end = x + width
    while x < end:
        length = page.rng.uniform(20, 60)
        points = [
            (
                x + length * t / 16,
                y - abs(math.sin(t * 1.7 + page.rng.uniform(0, 0.8))) * step * page.rng.uniform(0.2, 0.5),
            )
            for t in range(17)
        ]
        page.draw.line(points, fill=ink, width=2)
        x += length + 10


def timetable(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """A week of lessons: days across, hours down, coloured cells."""
    upright = rng.random() < 0.5
    width = rng.randint(380, 460) if upright else rng.randint(560, 700)
    height = int(width * rng.uniform(1.4, 1.9)) if upright else int(width * rng.uniform(0.65, 0.8))
    page = Page(rng, width, height, paper=rng.choice((WHITE, tint(rng, 235))), chinese=chinese, held_out=held_out)
    subjects = (
        ("语文", "数学", "英语", "物理", "化学", "体育", "音乐", "美术", "历史", "高等数学")
        if chinese
        else ("Maths", "English", "Physics", "Art", "Music", "History", "Sport", "Biology")
    )
    colours = {subject: tint(rng, 150, 240) for subject in subjects}
    days, hours = rng.choice((5, 5, 7)), rng.randint(5, 9)
    head, side = 0.13 * height, 0.11 * width
    page.text(
        width / 2,
        0.02 * height,
        page.pick(rng.choice(("课程表", "我的课表", "课程安排")), rng.choice(("Timetable", "Class schedule"))),
        head * 0.36,
        title=True,
        anchor="ma",
    )
    w, h = (width - side - 8) / days, (height - head - 8) / hours
    for day in range(days):
        name = page.pick("周" + "一二三四五六日"[day], ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[day])
        page.text(side + w * (day + 0.5), head * 0.62, name, min(18, w * 0.24), GREY, anchor="ma")
    for hour in range(hours):
        page.text(
            side / 2,
            head + h * (hour + 0.3),
            str(hour + 1) if held_out else f"{hour + 8}:00",
            min(15, h * 0.3),
            GREY,
            anchor="ma",
        )
        for day in range(days):
            left, top = side + w * day, head + h * hour
            if rng.random() < 0.72:
                subject = rng.choice(subjects)
                page.box(left + 2, top + 2, left + w - 2, top + h - 2, colours[subject], radius=0 if held_out else 6)
                page.text(
                    left + w / 2,
                    top + h * 0.3,
                    subject,
                    min(17, w / (len(subject) * (1.0 if chinese else 0.62) + 0.6)),
                    anchor="ma",
                )
            if held_out:
                page.box(left, top, left + w, top + h, outline=GREY)
    return page


def calendar(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """A month."""
    page = Page(rng, rng.randint(420, 600), rng.randint(420, 560), chinese=chinese, held_out=held_out)
    w, h = page.width, page.height
    accent = deep(rng)
    page.box(0, 0, w, 70, accent if not held_out else WHITE)
    month = rng.randint(1, 12)
    page.text(
        w / 2,
        16,
        page.pick(f"2025年{month}月", f"Month {month}, 2025"),
        32,
        WHITE if not held_out else accent,
        title=True,
        anchor="ma",
    )
    first = rng.randint(0, 6)
    for k in range(7):
        page.text(w * (k + 0.5) / 7, 84, page.pick("一二三四五六日"[k], "MTWTFSS"[k]), 17, GREY, anchor="ma")
    step = (h - 120) / 6
    for number in range(1, 31):
        cell = first + number - 1
        x, y = w * (cell % 7 + 0.5) / 7, 116 + step * (cell // 7)
        if rng.random() < 0.08:
            page.disc(x, y + 10, 17, accent)
        page.text(x, y, str(number), 18, BLACK, anchor="ma")
    return page


def menu(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """What a restaurant offers."""
    dark = rng.random() < 0.35
    page = Page(
        rng,
        520,
        rng.randint(620, 740),
        paper=(40, 34, 30) if dark else rng.choice(((250, 243, 228), WHITE, (250, 235, 235))),
        chinese=chinese,
        held_out=held_out,
    )
    ink: Colour = (240, 225, 190) if dark else (70, 35, 25)
    y = page.text(260, 36, page.pick("菜单", "MENU"), 46, ink, title=True, anchor="ma") + 10
    dishes = (
        ("宫保鸡丁", "鱼香肉丝", "麻婆豆腐", "红烧肉", "清蒸鲈鱼", "酸辣汤", "蛋炒饭", "西红柿炒蛋")
        if chinese
        else (
            "Tomato soup",
            "Grilled salmon",
            "Caesar salad",
            "Steak",
            "Cheese cake",
            "Mushroom pasta",
            "Burger",
            "Espresso",
        )
    )
    while y < page.height - 60:
        if held_out and rng.random() < 0.2:
            y = page.text(
                260,
                y + 8,
                page.pick(rng.choice(("凉菜", "热菜", "主食")), rng.choice(("Starters", "Mains", "Drinks"))),
                26,
                ink,
                title=True,
                anchor="ma",
            )
        page.text(50, y, rng.choice(dishes), 21, ink)
        page.line(240, y + 18, 400, y + 18, GREY)
        y = page.text(470, y, page.pick("¥", "") + str(rng.randint(8, 98)), 21, ink, anchor="ra") + 6
    return page


def poster(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """A poster or a notice with a big headline."""
    page = Page(rng, 480, rng.randint(600, 700), chinese=chinese, held_out=held_out)
    top, bottom = deep(rng), rng.choice((tint(rng, 120, 240), deep(rng)))
    page.gradient(top, bottom)
    for _ in range(rng.randint(2, 6)):
        page.disc(
            rng.uniform(0, 480),
            rng.uniform(0, page.height),
            rng.uniform(20, 110),
            rng.choice((tint(rng, 120), deep(rng))),
        )
    head = page.pick(
        rng.choice(("招聘", "促销", "新品上市", "音乐节", "讲座", "开业大吉")),
        rng.choice(("SALE", "CONCERT", "WE ARE HIRING", "OPEN DAY", "FESTIVAL")),
    )
    y = page.text(
        240,
        (0.55 if held_out else 0.2) * page.height,
        head,
        64 if len(head) < 9 else 48,
        WHITE,
        title=True,
        anchor="ma",
    )
    for _ in range(rng.randint(2, 4)):
        y = page.text(240, y, page.sentence(2), 22, WHITE, anchor="ma")
    page.text(240, page.height - 50, wording.day(rng, chinese=chinese), 20, WHITE, anchor="ma")
    return page
