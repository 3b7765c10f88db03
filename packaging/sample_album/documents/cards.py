"""Cards and tickets. Every person, number and company is invented, and marked so where it could be mistaken."""

from __future__ import annotations

import numpy as np
from PIL import Image

from documents.canvas import Canvas, Colour, Fonts, photographed


def _silhouette(page: Canvas, x: float, y: float, width: float, back: Colour, ink: Colour) -> None:
    height = width * 1.25
    page.box((x, y, x + width, y + height), fill=back)
    page.disc(x + width / 2, y + height * 0.38, width * 0.24, fill=ink)
    page.draw.pieslice(
        [2 * (x + width * 0.08), 2 * (y + height * 0.66), 2 * (x + width * 0.92), 2 * (y + height * 1.34)],
        180,
        360,
        fill=ink,
    )


def identity_card_zh(fonts: Fonts) -> Image.Image:
    page = Canvas(fonts, 540, 340, (226, 238, 244))
    for step in range(0, 540, 9):
        page.line((step, 0, 540 - step, 340), (212, 230, 236), 0.5)
    page.box((1, 1, 539, 339), line=(180, 200, 210), radius=16)
    rows = (
        ("姓名", "样本某"),
        ("性别", "女　　民族　汉"),
        ("出生", "2000 年 1 月 1 日"),
        ("住址", "虚构省样例市示范区\n不存在路 000 号"),
    )
    y = 42.0
    for label, value in rows:
        page.text(38, y, label, 15, ink=(40, 110, 160))
        for part in value.split("\n"):
            page.text(92, y - 2, part, 18)
            y += 28
        y += 16
    page.text(38, 288, "公民身份号码", 15, ink=(40, 110, 160))
    page.text(176, 284, "000000 20000101 000X", 21, "bold")
    _silhouette(page, 376, 50, 128, "white", (120, 130, 145))
    page.stamp(270, 170, "样本 SPECIMEN", (200, 30, 30), 18, 34, 120)
    return photographed(page.finished(), (112, 84, 62), 2.5, 1, (640, 440))


def driving_licence_en(fonts: Fonts) -> Image.Image:
    page = Canvas(fonts, 540, 340, (238, 232, 214))
    page.box((0, 0, 540, 58), fill=(34, 92, 84))
    page.text(24, 12, "DRIVER LICENCE", 26, "bold", "white")
    page.text(516, 20, "STATE OF EXAMPLE", 14, ink="white", at="ra")
    _silhouette(page, 26, 84, 140, (205, 214, 214), (90, 100, 110))
    rows = (
        ("LAST NAME", "SPECIMEN"),
        ("FIRST NAME", "ALEX"),
        ("DATE OF BIRTH", "01/01/1990"),
        ("LICENCE NO", "X000-0000-0000"),
    )
    for number, (label, value) in enumerate(rows):
        page.text(190, 80 + 48 * number, label, 11, ink=(90, 90, 90))
        page.text(190, 93 + 48 * number, value, 20, "bold")
    page.text(400, 80, "CLASS", 11, ink=(90, 90, 90))
    page.text(400, 93, "C", 20, "bold")
    page.text(400, 128, "EXPIRES", 11, ink=(90, 90, 90))
    page.text(400, 141, "01/01/2030", 20, "bold")
    page.text(46, 292, "Alex Specimen", 24, "hand")
    page.stamp(330, 290, "NOT VALID - SPECIMEN", (180, 30, 30), -6, 17)
    return photographed(page.finished(), (60, 64, 70), -3.5, 2, (640, 452))


def train_ticket_zh(fonts: Fonts) -> Image.Image:
    page = Canvas(fonts, 520, 320, (206, 230, 240))
    for step in range(0, 320, 8):
        page.line((0, step, 520, step + 20), (190, 218, 232), 0.5)
    page.text(26, 16, "Z00A000000", 17, "mono", (190, 40, 60))
    page.text(494, 16, "检票：A1", 15, at="ra")
    page.text(120, 52, "甲州南站", 30, "bold", at="ma")
    page.text(400, 52, "乙海站", 30, "bold", at="ma")
    page.text(260, 54, "G0000", 22, "serif-bold", at="ma")
    page.line((205, 88, 315, 88), width=1.5)
    page.line((315, 88, 306, 83), width=1.5)
    page.text(120, 92, "Jiazhounan", 13, at="ma")
    page.text(400, 92, "Yihai", 13, at="ma")
    page.text(30, 126, "2023年09月28日 08:15开", 18)
    page.text(494, 126, "05车 12F号", 18, at="ra")
    page.text(30, 158, "￥128.0元", 18)
    page.text(494, 158, "二等座", 18, at="ra")
    page.text(30, 192, "限乘当日当次车", 15)
    page.text(30, 220, "0000002000****000X 样本某", 17)
    page.box((30, 254, 330, 300), line=(90, 90, 90))
    page.text(180, 277, "火车票样本　仅供演示", 16, at="mm")
    random = np.random.default_rng(3)
    for row, column in zip(*np.nonzero(random.random((22, 22)) < 0.5), strict=True):
        page.box((404 + column * 4, 202 + row * 4, 408 + column * 4, 206 + row * 4), fill="black")
    return photographed(page.finished(), (196, 190, 180), 4, 4, (640, 430))


def boarding_pass_en(fonts: Fonts) -> Image.Image:
    page = Canvas(fonts, 600, 240)
    page.box((0, 0, 600, 44), fill=(28, 70, 140))
    page.text(20, 8, "BOARDING PASS", 22, "bold", "white")
    page.text(580, 12, "EXAMPLE AIR", 17, "bold", "white", at="ra")
    fields = (
        (20, 58, "PASSENGER", "SPECIMEN / ALEX"),
        (20, 112, "FROM", "CITY A"),
        (150, 112, "TO", "CITY B"),
        (20, 168, "FLIGHT", "XX 0000"),
        (120, 168, "DATE", "02 SEP"),
        (210, 168, "GATE", "B12"),
        (290, 168, "SEAT", "14A"),
        (290, 112, "BOARDING", "08:55"),
        (430, 58, "PASSENGER", "SPECIMEN / ALEX"),
        (430, 112, "SEAT", "14A"),
        (510, 112, "GATE", "B12"),
    )
    for x, y, label, value in fields:
        page.text(x, y, label, 10, ink=(110, 110, 110))
        page.text(x, y + 12, value, 19 if y > 60 else 17, "bold")
    for y in range(48, 240, 10):
        page.line((412, y, 412, y + 5), (150, 150, 150))
    bar, random = 430.0, np.random.default_rng(5)
    while bar < 576:
        width = float(random.choice([1, 1.5, 2.5]))
        page.box((bar, 170, bar + width, 224), fill="black")
        bar += width + float(random.choice([1.5, 2, 3]))
    return photographed(page.finished(), (40, 44, 52), -2, 6, (640, 340))


def business_card(fonts: Fonts) -> Image.Image:
    page = Canvas(fonts, 500, 290, (250, 249, 245))
    page.box((0, 0, 14, 290), fill=(190, 80, 40))
    page.text(48, 48, "李样例", 34, "serif-bold")
    page.text(180, 66, "产品设计师 / Product Designer", 14, ink=(90, 90, 90))
    page.line((48, 110, 450, 110), (190, 80, 40))
    page.text(48, 128, "示例科技有限公司　Example Studio", 17, "bold")
    page.text(48, 172, "电话 Tel　000-0000-0000", 15)
    page.text(48, 200, "邮箱 Mail　li@example.com", 15)
    page.text(48, 228, "地址 Addr　样例市示范路 00 号", 15)
    return photographed(page.finished(), (150, 116, 84), 5, 7, (600, 400))
