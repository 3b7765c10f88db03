"""Travel papers: train tickets and boarding passes."""

from __future__ import annotations

import random

from pocketlens_models.starter.render import wording
from pocketlens_models.starter.render.page import BLACK, GREY, WHITE, Page, deep


def train_ticket(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """A train ticket: one sheet, two towns, number of the train between them."""
    width = rng.randint(560, 720)
    paper = rng.choice(((205, 228, 240), (225, 238, 246), (248, 222, 222), (255, 240, 220), WHITE))
    page = Page(rng, width, int(width / rng.uniform(1.5, 1.9)), paper=paper, chinese=chinese, held_out=held_out)
    w, h = page.width, page.height
    if rng.random() < 0.5:
        page.pattern((190, 215, 230))
    if rng.random() < 0.6:
        page.box(0, 0.9 * h, w, h, (120, 175, 210))
    page.text(0.06 * w, 0.05 * h, wording.digits(rng, 7), h / 14, (200, 40, 50))
    if not chinese:
        page.text(
            0.5 * w,
            0.04 * h,
            rng.choice(("TRAIN TICKET", "RAIL TICKET", "Single ticket")),
            h / 10,
            title=True,
            anchor="ma",
        )
    start, end = (wording.city(rng, chinese=chinese) + page.pick("站", "") for _ in range(2))
    page.text(0.07 * w, 0.19 * h, start, h / 8, title=True)
    page.text(0.93 * w, 0.19 * h, end, h / 8, title=True, anchor="ra")
    page.text(0.5 * w, 0.19 * h, rng.choice("GDKTZC") + wording.digits(rng, rng.randint(2, 4)), h / 10, anchor="ma")
    page.line(0.42 * w, 0.34 * h, 0.58 * w, 0.34 * h, BLACK, 2)
    seat = page.pick(
        f"{rng.randint(1, 16):02}车{rng.randint(1, 20):02}{rng.choice('ABCDF')}号",
        f"COACH {rng.randint(1, 12)} SEAT {rng.randint(1, 70)}",
    )
    page.text(
        0.07 * w, 0.4 * h, f"{wording.day(rng, chinese=chinese)} {wording.clock(rng)}{page.pick('开', '')}", h / 13
    )
    page.text(0.93 * w, 0.4 * h, seat, h / 13, anchor="ra")
    page.text(0.07 * w, 0.52 * h, page.pick("￥", "$") + wording.money(rng) + page.pick("元", ""), h / 13)
    page.text(0.93 * w, 0.52 * h, page.pick(rng.choice(("二等座", "一等座", "硬卧")), "STANDARD"), h / 13, anchor="ra")
    page.text(
        0.07 * w,
        0.68 * h,
        f"{wording.digits(rng, 10)}****{wording.digits(rng, 4)}  {wording.person(rng, chinese=chinese)}",
        h / 14,
    )
    if held_out:
        page.barcode(0.07 * w, 0.8 * h, 0.4 * w, 0.08 * h)
    else:
        page.qr(0.76 * w, 0.62 * h, 0.26 * h)
        page.text(0.07 * w, 0.8 * h, page.pick("买票请到12306 发货请到95306", "Not transferable"), h / 20, GREY)
    return page


def boarding_pass(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """A boarding pass: a coloured band, a stub to tear off, gate and seat in large type."""
    width = rng.randint(640, 760)
    page = Page(
        rng,
        width,
        int(width / rng.uniform(2.1, 2.7)),
        paper=rng.choice((WHITE, (245, 248, 252))),
        chinese=chinese,
        held_out=held_out,
    )
    w, h = page.width, page.height
    band, split = deep(rng), rng.uniform(0.7, 0.76)
    page.box(0, 0, w, 0.2 * h, band)
    page.text(
        0.03 * w,
        0.04 * h,
        page.pick(rng.choice(("登机牌 BOARDING PASS", "登机牌")), "BOARDING PASS"),
        h / 9,
        WHITE,
        title=True,
    )
    page.text((split + 0.02) * w, 0.05 * h, page.pick("登机牌", "BOARDING PASS"), h / 14, WHITE)
    for dash in range(0, h, 10):
        page.line(split * w, dash, split * w, dash + 5, GREY, 2)
    start, end = (wording.city(rng, chinese=chinese) for _ in range(2))
    fields = (
        ("姓名", "NAME", wording.person(rng, chinese=chinese).upper()),
        ("航班", "FLIGHT", rng.choice(("CA", "MU", "CZ", "BA", "LH")) + wording.digits(rng, 4)),
        ("日期", "DATE", wording.day(rng, chinese=False)),
        ("登机口", "GATE", rng.choice("ABCD") + wording.digits(rng, 2)),
        ("座位", "SEAT", f"{rng.randint(1, 60)}{rng.choice('ABCDEF')}"),
        ("登机时间", "BOARDING TIME", wording.clock(rng)),
    )
    page.text(0.03 * w, 0.26 * h, f"{start}  →  {end}", h / 8, title=True)
    for k, (zh, en, value) in enumerate(fields):
        x, y = (0.03 + 0.23 * (k % 3)) * w, (0.47 + 0.25 * (k // 3)) * h
        page.text(x, y, page.pick(f"{zh} {en}" if rng.random() < 0.5 else zh, en), h / 22, GREY)
        page.text(x, y + h / 16, value[:14], h / 13)
        if k % 2:
            page.text((split + 0.02) * w, (0.28 + 0.11 * k) * h, f"{page.pick(zh, en)} {value}"[:18], h / 18)
    if held_out:
        page.qr((split + 0.04) * w, 0.66 * h, 0.28 * h)
    else:
        page.barcode(0.03 * w if rng.random() < 0.5 else (split - 0.3) * w, 0.92 * h, 0.28 * w, 0.06 * h)
    return page
