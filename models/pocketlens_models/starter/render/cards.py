"""Cards: identity card, driving licence, passport, bank card, business card, and membership or student card."""

from __future__ import annotations

import random

from pocketlens_models.starter.render import wording
from pocketlens_models.starter.render.page import BLACK, GREY, RED, WHITE, Page, deep, tint


def id_card(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """The front of an identity card; held-out ones have the portrait on the other side."""
    width = rng.randint(560, 720)
    page = Page(rng, width, int(width / 1.58), paper=tint(rng, 205, 245), chinese=chinese, held_out=held_out)
    if rng.random() < 0.7:
        page.gradient(tint(rng, 200, 250), tint(rng, 200, 250))
    page.pattern(tint(rng, 180, 225))
    if chinese and rng.random() < 0.2:
        return _id_card_back(page)
    w, h = page.width, page.height
    portrait_left = (not chinese) != held_out
    left = 0.38 * w if portrait_left else 0.06 * w
    page.portrait(0.06 * w if portrait_left else 0.66 * w, 0.2 * h, 0.26 * w, 0.5 * h)
    size = h / 16
    label = (60, 100, 170) if rng.random() < 0.7 else BLACK
    y = 0.1 * h
    if not chinese or rng.random() < 0.3:
        head = page.pick("居民身份证", rng.choice(("IDENTITY CARD", "NATIONAL ID CARD", "ID CARD")))
        page.text(left if chinese else 0.06 * w, 0.03 * h, head, size * 1.2, deep(rng), title=True)
        y = 0.2 * h
    rows = (
        (page.pick("姓名", "Name"), wording.person(rng, chinese=chinese)),
        (page.pick("性别", "Sex"), page.pick(rng.choice("男女") + "   民族 汉", rng.choice("MF"))),
        (page.pick("出生", "Date of birth"), wording.day(rng, chinese=chinese)),
        (
            page.pick("住址", "Address"),
            wording.city(rng, chinese=chinese) + page.pick("市朝阳区和平路", " Main Street ") + "18",
        ),
        (page.pick("", "Nationality"), page.pick("3号楼2单元", rng.choice(("British", "German", "Canadian")))),
    )
    for name, value in rows:
        page.text(left, y, name, size * 0.85, label)
        page.text(left + size * (2.6 if chinese else 6), y, value, size)
        y += size * 1.8
    number = wording.digits(rng, 17) + rng.choice("0123456789X") if chinese else wording.digits(rng, 9)
    page.text(0.06 * w, 0.86 * h, page.pick("公民身份号码", "ID No."), size * 0.9, label)
    page.text(0.36 * w, 0.85 * h, number, size * 1.25, mono=rng.random() < 0.5)
    return page


def _id_card_back(page: Page) -> Page:
    w, h = page.width, page.height
    page.seal(0.14 * w, 0.22 * h, 0.1 * h)
    page.text(0.6 * w, 0.12 * h, "中华人民共和国", h / 9, title=True, anchor="ma")
    page.text(0.6 * w, 0.3 * h, "居民身份证", h / 6, title=True, anchor="ma")
    page.text(0.2 * w, 0.7 * h, f"签发机关  {wording.city(page.rng, chinese=True)}市公安局", h / 17)
    page.text(0.2 * w, 0.82 * h, f"有效期限  {wording.day(page.rng, chinese=True)}-长期", h / 17)
    return page


def driving_licence(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """A driving licence."""
    width = rng.randint(560, 700)
    page = Page(rng, width, int(width / 1.45), paper=tint(rng, 215, 245), chinese=chinese, held_out=held_out)
    page.pattern(tint(rng, 190, 225))
    w, h = page.width, page.height
    size = h / 19
    head = page.pick("中华人民共和国机动车驾驶证", rng.choice(("DRIVING LICENCE", "DRIVER LICENSE")))
    page.text(w / 2, 0.04 * h, head, size * 1.35, BLACK if chinese else deep(rng), title=True, anchor="ma")
    page.portrait((0.05 if held_out else 0.7) * w, 0.36 * h, 0.24 * w, 0.42 * h)
    left, y = (0.36 if held_out else 0.05) * w, 0.2 * h
    fields = zip(
        ("证号", "姓名", "国籍", "住址", "出生日期", "初次领证日期", "准驾车型"),
        ("5. No.", "1. Name", "2. First name", "8. Address", "3. Birth", "4a. Issued", "9. Classes"),
        strict=True,
    )
    for k, (zh, en) in enumerate(fields):
        value = (
            wording.digits(rng, 12),
            wording.person(rng, chinese=chinese),
            page.pick("中国", rng.choice(wording.FIRST)),
            wording.city(rng, chinese=chinese),
            wording.day(rng, chinese=chinese),
            wording.day(rng, chinese=chinese),
            rng.choice(("C1", "B2", "C1D", "B", "A, B")),
        )[k]
        page.text(left, y, page.pick(zh, en), size * 0.8, GREY)
        page.text(left + size * 6, y, value, size)
        y += size * 1.9
    if chinese:
        page.seal(0.16 * w, 0.82 * h, 0.11 * h)
    else:
        page.signature(0.4 * w, 0.86 * h, 0.24 * w)
    return page


def passport(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """The data page of a passport, or its cover."""
    width = rng.randint(560, 720)
    if rng.random() < 0.3:
        page = Page(
            rng,
            width * 2 // 3,
            width,
            paper=rng.choice(((110, 20, 35), (25, 35, 80), (20, 60, 45))),
            chinese=chinese,
            held_out=held_out,
        )
        gold = (215, 180, 95)
        page.text(
            page.width / 2,
            0.12 * page.height,
            page.pick("中华人民共和国", "UNITED REPUBLIC"),
            page.width / 12,
            gold,
            title=True,
            anchor="ma",
        )
        page.seal(page.width / 2, 0.45 * page.height, 0.2 * page.width, gold)
        page.text(
            page.width / 2,
            0.7 * page.height,
            page.pick("护照", "PASSPORT"),
            page.width / 8,
            gold,
            title=True,
            anchor="ma",
        )
        page.text(page.width / 2, 0.82 * page.height, "PASSPORT", page.width / 14, gold, anchor="ma")
        return page
    page = Page(rng, width, int(width / 1.42), paper=tint(rng, 210, 245), chinese=chinese, held_out=held_out)
    page.pattern(tint(rng, 180, 220))
    w, h = page.width, page.height
    size = h / 22
    page.text(0.06 * w, 0.04 * h, page.pick("护照 PASSPORT", "PASSPORT"), size * 1.5, deep(rng), title=True)
    page.portrait((0.66 if held_out else 0.05) * w, 0.18 * h, 0.28 * w, 0.5 * h)
    left, y = (0.06 if held_out else 0.38) * w, 0.17 * h
    for name in (
        "Type/类型",
        "Surname/姓",
        "Given names/名",
        "Nationality/国籍",
        "Date of birth/出生日期",
        "Authority/签发机关",
    ):
        page.text(left, y, name if chinese else name.split("/", maxsplit=1)[0], size * 0.7, GREY)
        page.text(
            left,
            y + size * 0.8,
            rng.choice((wording.person(rng, chinese=False).upper(), wording.day(rng, chinese=False), "P")),
            size,
        )
        y += size * 2.2
    for k in range(2):
        line = ("P<" if k == 0 else wording.digits(rng, 9)) + "".join(
            rng.choice("ABCDEFGHKLMN<<<<<0123456789") for _ in range(40)
        )
        page.text(0.04 * w, (0.82 + 0.08 * k) * h, line[:44], w * 0.92 / 44 / 0.602, mono=True)
    return page


def bank_card(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """A bank or credit card with its chip."""
    width = rng.randint(520, 680)
    page = Page(rng, width, int(width / 1.586), chinese=chinese, held_out=held_out)
    dark = deep(rng)
    page.gradient(dark, rng.choice((dark, deep(rng), (20, 20, 24))))
    w, h = page.width, page.height
    name = page.pick(
        rng.choice("东西南北中") + rng.choice(("方银行", "安银行", "城商业银行")),
        rng.choice(("NORTH BANK", "CITY BANK", "Union Credit")),
    )
    page.text(0.06 * w, 0.07 * h, name, h / 9, WHITE, title=True)
    x = (0.76 if held_out else 0.08) * w
    page.box(x, 0.34 * h, x + 0.13 * w, 0.52 * h, (222, 190, 110), radius=8, outline=(150, 120, 60))
    page.line(x, 0.43 * h, x + 0.13 * w, 0.43 * h, (150, 120, 60), 2)
    number = " ".join(wording.digits(rng, 4) for _ in range(4))
    page.text(0.08 * w, 0.58 * h, number, h / 8.5, rng.choice((WHITE, (230, 230, 210))), mono=rng.random() < 0.6)
    page.text(
        0.08 * w,
        0.8 * h,
        f"{wording.person(rng, chinese=False).upper()}   VALID {rng.randint(1, 12):02}/{rng.randint(24, 33)}",
        h / 16,
        WHITE,
    )
    if rng.random() < 0.6:
        page.disc(0.83 * w, 0.84 * h, 0.09 * h, (220, 40, 50))
        page.disc(0.9 * w, 0.84 * h, 0.09 * h, (240, 160, 40))
    else:
        page.text(
            0.94 * w, 0.8 * h, rng.choice(("银联 UnionPay", "VISA", "DEBIT")), h / 9, WHITE, title=True, anchor="ra"
        )
    return page


def business_card(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """A business card, its accent at the side or, held out, above."""
    width = rng.randint(520, 680)
    page = Page(
        rng,
        width,
        int(width / 1.67),
        paper=rng.choice((WHITE, (250, 248, 240), tint(rng, 225))),
        chinese=chinese,
        held_out=held_out,
    )
    w, h = page.width, page.height
    accent = deep(rng)
    if held_out:
        page.box(0, 0, w, 0.2 * h, accent)
    elif rng.random() < 0.7:
        page.box(0, 0, 0.05 * w, h, accent)
    page.disc(0.86 * w, 0.22 * h, 0.08 * h, accent if not held_out else WHITE)
    y = page.text(0.1 * w, 0.25 * h, wording.person(rng, chinese=chinese), h / 7, title=True)
    page.text(
        0.1 * w,
        y,
        page.pick(
            rng.choice(("销售经理", "总经理", "工程师", "设计总监")),
            rng.choice(("Sales Manager", "Director", "Engineer", "Designer")),
        ),
        h / 14,
        GREY,
    )
    page.line(0.1 * w, 0.53 * h, 0.6 * w, 0.53 * h, accent, 2)
    y = 0.57 * h
    company = wording.city(rng, chinese=chinese) + page.pick("科技有限公司", " Consulting Ltd")
    for line in (
        company,
        page.pick("电话 ", "Tel. ") + "1" + wording.digits(rng, 10),
        "mail@example.com",
        page.pick("地址 ", "") + wording.city(rng, chinese=chinese) + page.pick("市人民路8号", ", 12 High Street"),
    ):
        y = page.text(0.1 * w, y, line, h / 18)
    if rng.random() < 0.3:
        page.qr(0.76 * w, 0.6 * h, 0.28 * h)
    return page


def member_card(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """A student, staff or membership card."""
    upright = rng.random() < 0.5
    width = rng.randint(380, 460) if upright else rng.randint(540, 660)
    page = Page(
        rng,
        width,
        int(width * 1.5) if upright else int(width / 1.6),
        paper=tint(rng, 235, 255),
        chinese=chinese,
        held_out=held_out,
    )
    w, h = page.width, page.height
    page.box(0, 0, w, 0.2 * h, deep(rng))
    word = page.pick(
        rng.choice(("学生证", "工作证", "会员卡", "校园卡")),
        rng.choice(("STUDENT CARD", "STAFF", "MEMBER CARD", "LIBRARY CARD")),
    )
    page.text(w / 2, 0.06 * h, word, min(w, h) / 10, WHITE, title=True, anchor="ma")
    page.portrait(
        0.3 * w if upright else 0.06 * w, 0.26 * h, (0.4 if upright else 0.25) * w, (0.36 if upright else 0.5) * h
    )
    y, x = (0.66 if upright else 0.3) * h, (0.15 if upright else 0.38) * w
    for zh, en in (("姓名", "Name"), ("学院", "Faculty"), ("编号", "No.")):
        y = page.text(
            x,
            y,
            f"{page.pick(zh, en)}：{wording.person(rng, chinese=chinese) if zh == '姓名' else wording.digits(rng, 8)}",
            min(w, h) / 15,
        )
    if rng.random() < 0.5:
        page.barcode(0.2 * w, 0.88 * h, 0.6 * w, 0.07 * h)
    if chinese and rng.random() < 0.4:
        page.seal(0.75 * w, 0.75 * h, 0.09 * w, RED)
    return page
