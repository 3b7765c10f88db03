"""Screenshots: chats, settings, a timetable, a payment code. No real program is copied."""

from __future__ import annotations

import io

import segno
from PIL import Image

from documents.canvas import SCALE, Canvas, Colour, Fonts

WIDTH, HEIGHT = 296, 640


def _status_bar(page: Canvas, time: str, ink: Colour = "black") -> None:
    page.text(16, 6, time, 11, "bold", ink)
    for bar in range(4):
        page.box((232 + bar * 4, 17 - 2 - bar * 2, 234.5 + bar * 4, 17), fill=ink)
    page.box((256, 8, 276, 17), line=ink, radius=2)
    page.box((258, 10, 270, 15), fill=ink)


def _chat(
    fonts: Fonts, name: str, words: tuple[tuple[bool, str], ...], mine: Colour, back: Colour, hint: str
) -> Image.Image:
    page = Canvas(fonts, WIDTH, HEIGHT, back)
    page.box((0, 0, WIDTH, 62), fill=(246, 246, 246))
    _status_bar(page, "21:07")
    page.text(WIDTH / 2, 32, name, 15, "bold", at="ma")
    page.line((22, 36, 14, 43), width=1.5)
    page.line((14, 43, 22, 50), width=1.5)
    y = 78.0
    for is_mine, text in words:
        lines = page.lines(text, 13, "sans", 168)
        width = max(fonts.face("sans", 13).getlength(line) for line in lines) / SCALE + 20
        height = len(lines) * 19 + 14
        x = WIDTH - 50 - width if is_mine else 50
        page.disc(WIDTH - 26 if is_mine else 26, y + 16, 15, fill=(90, 140, 200) if is_mine else (220, 150, 90))
        page.box((x, y, x + width, y + height), fill=mine if is_mine else "white", radius=8)
        for number, line in enumerate(lines):
            page.text(x + 10, y + 6 + 19 * number, line, 13)
        y += height + 14
    page.box((0, 592, WIDTH, HEIGHT), fill=(246, 246, 246))
    page.box((40, 600, 226, 630), fill="white", radius=6)
    page.text(50, 606, hint, 12, ink=(170, 170, 170))
    page.disc(21, 615, 11, line=(90, 90, 90), width=1.5)
    page.disc(246, 615, 11, line=(90, 90, 90), width=1.5)
    page.disc(276, 615, 11, line=(90, 90, 90), width=1.5)
    return page.finished()


def chat_zh(fonts: Fonts) -> Image.Image:
    words = (
        (False, "周六去爬山吗？"),
        (True, "好啊，几点出发"),
        (False, "早上七点地铁口集合，记得带水和帽子"),
        (True, "没问题"),
        (False, "中午在山顶吃面，下午四点前能回来"),
        (True, "那我把相机也带上"),
        (False, "太好了，上次你拍的照片大家都说好看"),
        (True, "哈哈，到时候见！"),
        (False, "晚安"),
    )
    return _chat(fonts, "小样", words, (152, 224, 112), (237, 237, 237), "发送消息")


def chat_en(fonts: Fonts) -> Image.Image:
    words = (
        (True, "Did you find the keys?"),
        (False, "Yes! They were in the blue jacket the whole time."),
        (True, "Great. Are we still on for dinner tonight?"),
        (False, "Sure, 7:30 at the corner place. I'll book a table for four."),
        (True, "Perfect, see you there"),
        (False, "Bring the photos from the trip please!"),
        (True, "Will do"),
    )
    return _chat(fonts, "Sam Example", words, (120, 190, 250), (226, 230, 236), "Message")


Row = tuple[str, str, Colour]


def _switch(page: Canvas, y: float, on: bool) -> None:
    page.box((246, y, 280, y + 19), fill=(70, 190, 100) if on else (205, 205, 205), radius=9.5)
    page.disc(270 if on else 256, y + 9.5, 8, fill="white")


def _settings(fonts: Fonts, title: str, groups: tuple[tuple[Row, ...], ...], dark: bool) -> Image.Image:
    back, card, ink = ((18, 18, 20), (38, 38, 42), "white") if dark else ((242, 242, 246), "white", "black")
    page = Canvas(fonts, WIDTH, HEIGHT, back)
    _status_bar(page, "9:41", ink)
    page.text(18, 36, title, 24, "bold", ink)
    y = 84.0
    for group in groups:
        page.box((12, y, WIDTH - 12, y + 42 * len(group)), fill=card, radius=10)
        for number, (label, value, colour) in enumerate(group):
            top = y + 42 * number
            page.box((22, top + 9, 46, top + 33), fill=colour, radius=6)
            page.disc(34, top + 21, 6, line="white", width=1.5)
            page.text(56, top + 11, label, 13, ink=ink)
            if value in {"on", "off"}:
                _switch(page, top + 12, value == "on")
            else:
                page.text(264, top + 12, value, 12, ink=(140, 140, 145), at="ra")
                page.line((270, top + 16, 275, top + 21), (150, 150, 150), 1.2)
                page.line((275, top + 21, 270, top + 26), (150, 150, 150), 1.2)
            if number:
                page.line((56, top, WIDTH - 12, top), back, 0.7)
        y += 42 * len(group) + 14
    return page.finished()


def settings_zh(fonts: Fonts) -> Image.Image:
    blue, green, grey, red, orange = (50, 120, 240), (60, 180, 90), (130, 130, 135), (230, 70, 60), (240, 150, 40)
    groups = (
        (("飞行模式", "off", orange), ("无线网络", "示例网络", blue), ("蓝牙", "on", blue), ("移动数据", "on", green)),
        (("通知管理", "", red), ("声音与振动", "", red), ("显示与亮度", "", blue), ("深色模式", "off", grey)),
        (("电池", "86%", green), ("存储空间", "", grey), ("关于手机", "", grey)),
    )
    return _settings(fonts, "设置", groups, False)


def settings_en(fonts: Fonts) -> Image.Image:
    blue, green, grey, red, violet = (60, 110, 220), (60, 170, 100), (110, 110, 120), (210, 70, 70), (130, 90, 210)
    groups = (
        (("Wi-Fi", "ExampleNet", blue), ("Bluetooth", "Off", blue), ("Airplane mode", "off", red)),
        (
            ("Display & brightness", "", violet),
            ("Dark mode", "on", grey),
            ("Notifications", "", red),
            ("Sounds", "", red),
        ),
        (
            ("Battery saver", "off", green),
            ("Privacy", "", blue),
            ("Storage", "41 GB left", grey),
            ("Language", "English", grey),
        ),
    )
    return _settings(fonts, "Settings", groups, True)


def timetable_zh(fonts: Fonts) -> Image.Image:
    page = Canvas(fonts, WIDTH, HEIGHT)
    _status_bar(page, "8:02")
    page.text(16, 34, "课程表　第 6 周", 18, "bold")
    tints = ((255, 214, 200), (206, 232, 255), (214, 245, 214), (255, 240, 196), (232, 218, 255))
    names = ("高等\n数学", "大学\n英语", "物理\n实验", "体育", "程序\n设计", "美术\n鉴赏", "线性\n代数")
    for day, title in enumerate("一二三四五"):
        page.text(52 + day * 50 + 24, 72, f"周{title}", 12, at="ma", ink=(90, 90, 90))
    for hour in range(6):
        y = 96 + hour * 88
        page.text(24, y + 30, str(hour * 2 + 1), 13, at="ma", ink=(120, 120, 120))
        page.line((0, y, WIDTH, y), (230, 230, 230))
        for day in range(5):
            if (hour * 3 + day * 2) % 4 == 3:
                continue
            pick = hour * 2 + day * 3
            x = 50 + day * 49
            page.box((x, y + 3, x + 46, y + 84), fill=tints[pick % 5], radius=6)
            for number, line in enumerate(names[pick % 7].split("\n")):
                page.text(x + 23, y + 18 + 18 * number, line, 13, at="ma")
    return page.finished()


def payment_code_zh(fonts: Fonts) -> Image.Image:
    page = Canvas(fonts, WIDTH, HEIGHT, (38, 150, 110))
    _status_bar(page, "12:30", "white")
    page.text(WIDTH / 2, 44, "扫码付款（样本）", 18, "bold", "white", at="ma")
    page.box((24, 100, 272, 440), fill="white", radius=14)
    page.text(WIDTH / 2, 118, "示例小店", 18, "bold", at="ma")
    drawn = io.BytesIO()
    segno.make("PocketLens sample album: not a payment code", error="m", micro=False).save(
        drawn, kind="png", scale=10, border=1
    )
    code = Image.open(drawn).convert("RGB").resize((200 * SCALE, 200 * SCALE), Image.Resampling.NEAREST)
    page.image.paste(code, (48 * SCALE, 160 * SCALE))
    page.text(WIDTH / 2, 380, "二维码仅供演示", 13, ink=(120, 120, 120), at="ma")
    page.text(WIDTH / 2, 404, "长按保存图片", 13, ink=(120, 120, 120), at="ma")
    return page.finished()
