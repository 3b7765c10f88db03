"""Phone screens: chats, settings, payment codes."""

from __future__ import annotations

import random

from pocketlens_models.starter.render import wording
from pocketlens_models.starter.render.page import BLACK, GREY, WHITE, Colour, Page, deep, tint


def phone_page(rng: random.Random, ground: Colour, *, chinese: bool, held_out: bool, ink: Colour = BLACK) -> Page:
    """An empty phone screen with its status bar."""
    width = rng.randint(360, 420)
    page = Page(rng, width, int(width * rng.uniform(1.8, 2.2)), paper=ground, chinese=chinese, held_out=held_out)
    page.text(14, 6, wording.clock(rng), 14, ink)
    page.box(width - 40, 9, width - 16, 20, outline=ink, radius=3)
    page.box(width - 38, 11, width - 38 + rng.randint(4, 19), 18, ink)
    for k in range(4):
        page.box(width - 66 + k * 5, 18 - k * 3, width - 63 + k * 5, 20, ink)
    return page


def _title_bar(page: Page, title: str, fill: Colour, ink: Colour) -> float:
    page.box(0, 26, page.width, 74, fill)
    if page.held_out:
        page.text(50, 40, title, 19, ink, title=True)
    else:
        page.text(page.width / 2, 40, title, 18, ink, title=True, anchor="ma")
    page.text(14, 36, "<", 22, ink)
    return 80.0


def chat(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """A conversation in bubbles, left and right."""
    dark = rng.random() < 0.25
    ground: Colour = (17, 17, 19) if dark else rng.choice(((237, 237, 237), (236, 229, 221), WHITE, (225, 235, 245)))
    page = phone_page(rng, ground, chinese=chinese, held_out=held_out, ink=WHITE if dark else BLACK)
    name = wording.person(rng, chinese=chinese)
    if rng.random() < 0.25:
        name = page.pick(rng.choice(("家人群", "同学群", "工作群")) + "(12)", "Family group")
    y = _title_bar(page, name, ground if rng.random() < 0.6 else deep(rng), WHITE if dark else BLACK) + 10
    mine: Colour = rng.choice(((149, 236, 105), (0, 122, 255), (220, 248, 198), (90, 160, 250)))
    theirs: Colour = (44, 44, 46) if dark else (WHITE if ground != WHITE else (233, 233, 235))
    avatars = not held_out or rng.random() < 0.5
    faces = (deep(rng), deep(rng))
    size = rng.choice((14, 15, 16, 17))
    while y < page.height - 110:
        if rng.random() < 0.15:
            y = page.text(page.width / 2, y, wording.clock(rng), 12, GREY, anchor="ma") + 4
        right = rng.random() < 0.5
        fill = mine if right else theirs
        luminous = sum(fill) > 420
        lines = [
            page.sentence(rng.randint(1, 4 if page.chinese else 6))[
                : int(page.width * 0.62 / size * (1.0 if chinese else 1.9))
            ]
            for _ in range(rng.choice((1, 1, 1, 2, 3)))
        ]
        width = max(page.width_of(line, size) for line in lines) + 22
        gap = 52 if avatars else 14
        x = page.width - gap - width if right else gap
        height = len(lines) * size * 1.45 + 14
        if rng.random() < 0.08:
            page.box(x, y, x + 110, y + 130, tint(rng, 90, 220), radius=8)
            height = 130
        else:
            page.box(x, y, x + width, y + height, fill, radius=rng.choice((5, 16)) if not held_out else 12)
            for k, line in enumerate(lines):
                page.text(x + 11, y + 7 + k * size * 1.45, line, size, BLACK if luminous else WHITE)
        if avatars:
            page.box(
                page.width - 44 if right else 10,
                y,
                page.width - 10 if right else 44,
                y + 34,
                faces[right],
                radius=6 if chinese else 17,
            )
        y += height + rng.uniform(8, 22)
    page.box(0, page.height - 56, page.width, page.height, (28, 28, 30) if dark else (247, 247, 247))
    page.box(48, page.height - 46, page.width - 84, page.height - 12, (60, 60, 62) if dark else WHITE, radius=8)
    for x in (24, page.width - 60, page.width - 24):
        page.disc(x, page.height - 29, 12, GREY)
    return page


_SETTINGS_ZH = (
    "WLAN",
    "蓝牙",
    "移动网络",
    "飞行模式",
    "通知",
    "声音与振动",
    "显示与亮度",
    "壁纸",
    "隐私",
    "电池",
    "存储空间",
    "应用管理",
    "账号与安全",
    "通用",
    "语言与输入法",
    "系统更新",
    "关于手机",
    "密码",
    "定位服务",
    "深色模式",
)
_SETTINGS_EN = (
    "Wi-Fi",
    "Bluetooth",
    "Mobile network",
    "Airplane mode",
    "Notifications",
    "Sound & vibration",
    "Display",
    "Wallpaper",
    "Privacy",
    "Battery",
    "Storage",
    "Apps",
    "Accounts",
    "General",
    "Language & input",
    "System update",
    "About phone",
    "Passwords",
    "Location",
    "Dark mode",
)


def settings(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """A list of settings with icons, arrows and switches."""
    dark = rng.random() < 0.3
    ground: Colour = (0, 0, 0) if dark else rng.choice(((242, 242, 247), (245, 245, 245), WHITE))
    ink, row_fill = (WHITE, (28, 28, 30)) if dark else (BLACK, WHITE)
    page = phone_page(rng, ground, chinese=chinese, held_out=held_out, ink=ink)
    title = page.pick("设置", "Settings")
    if rng.random() < 0.5:
        y = page.text(20, 44, title, 32, ink, title=True) + 8
    else:
        y = _title_bar(page, title, ground, ink)
    rows = list(_SETTINGS_ZH if chinese else _SETTINGS_EN)
    rng.shuffle(rows)
    inset = rng.choice((0, 12)) if not held_out else 20
    step = rng.randint(44, 58)
    if rng.random() < 0.5:
        page.box(inset, y, page.width - inset, y + 72, row_fill, radius=12)
        page.disc(inset + 40, y + 36, 25, deep(rng))
        page.text(inset + 76, y + 14, wording.person(rng, chinese=chinese), 19, ink)
        y += 92
    while rows and y < page.height - step:
        group = rng.randint(2, 5)
        block = rows[:group]
        rows = rows[group:]
        page.box(inset, y, page.width - inset, y + step * len(block), row_fill, radius=12 if inset else 0)
        for k, name in enumerate(block):
            top = y + k * step
            if not held_out or rng.random() < 0.5:
                page.box(inset + 14, top + step / 2 - 14, inset + 42, top + step / 2 + 14, deep(rng), radius=7)
            page.text(inset + 56, top + step / 2, name, 16.5, ink, anchor="lm")
            x = page.width - inset - 16
            if rng.random() < 0.35:
                on = rng.random() < 0.6
                page.box(
                    x - 44,
                    top + step / 2 - 13,
                    x,
                    top + step / 2 + 13,
                    (52, 199, 89) if on else (200, 200, 205),
                    radius=13,
                )
                page.disc(x - 13 if on else x - 31, top + step / 2, 11, WHITE)
            else:
                page.text(x, top + step / 2, ">", 16, GREY, anchor="rm")
            page.line(inset + 56, top + step, page.width - inset, top + step, (60, 60, 62) if dark else (225, 225, 228))
        y += step * len(block) + rng.choice((0, 14, 22))
    return page


def payment_code(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """A payment or collection code, a poster with a QR code, or a health code."""
    fill = rng.choice(((40, 170, 90), (25, 120, 240), (235, 90, 40), WHITE))
    page = phone_page(rng, fill, chinese=chinese, held_out=held_out, ink=BLACK if fill == WHITE else WHITE)
    w = page.width
    title = page.pick(
        rng.choice(("收款码", "付款码", "扫一扫付款", "二维码收款", "我的二维码", "健康码")),
        rng.choice(("Scan to pay", "My QR code", "Payment code", "Scan me")),
    )
    y = page.text(w / 2, 70, title, 26, BLACK if fill == WHITE else WHITE, title=True, anchor="ma") + 12
    page.box(26, y, w - 26, y + w * 1.05, WHITE, radius=14)
    if not held_out and rng.random() < 0.5:
        page.barcode(60, y + 18, w - 120, 50)
    size = w * rng.uniform(0.5, 0.62)
    page.qr((w - size) / 2, y + w * 0.52 - size * 0.42, size, (10, 130, 60) if title == "健康码" else BLACK)
    page.text(w / 2, y + w * 0.93, wording.person(rng, chinese=chinese), 18, anchor="ma")
    page.text(
        w / 2,
        y + w * 1.12,
        page.pick("推荐使用微信支付", "Point your camera at the code"),
        16,
        WHITE if fill != WHITE else GREY,
        anchor="ma",
    )
    return page


def bare_code(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """A QR code on paper with a line below."""
    page = Page(
        rng, 420, rng.randint(420, 560), paper=rng.choice((WHITE, tint(rng))), chinese=chinese, held_out=held_out
    )
    size = rng.randint(220, 340)
    page.qr((420 - size) / 2, 40, size, rng.choice((BLACK, BLACK, deep(rng))))
    page.text(
        210,
        60 + size,
        page.pick(
            rng.choice(("扫码关注", "扫描二维码", "微信扫一扫")),
            rng.choice(("SCAN ME", "Scan the code", "www.example.com")),
        ),
        24,
        anchor="ma",
        title=True,
    )
    return page
