"""Printed papers: receipts, invoices, diplomas, awards, letters, labels, reports."""

from __future__ import annotations

import random

from pocketlens_models.starter.render import wording
from pocketlens_models.starter.render.page import BLACK, GREY, RED, WHITE, Colour, Page, deep


def receipt(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """A till receipt: long, narrow, columns of goods and prices."""
    width, lines = rng.randint(300, 400), rng.randint(6, 16)
    size = width / 19
    page = Page(
        rng,
        width,
        int(size * 1.55 * (lines + 15)),
        paper=rng.choice((WHITE, (248, 246, 240))),
        chinese=chinese,
        held_out=held_out,
    )
    w = page.width
    mono = rng.random() < 0.5 and not chinese
    shop = wording.city(rng, chinese=chinese) + page.pick(
        rng.choice(("超市", "便利店", "餐厅", "购物广场")), rng.choice((" MARKET", " STORE", " CAFE"))
    )
    y = page.text(w / 2, size, shop, size * 1.5, title=True, anchor="ma")
    y = page.text(
        w / 2,
        y,
        page.pick(
            rng.choice(("购物小票", "收银小票", "消费清单")), rng.choice(("RECEIPT", "SALES RECEIPT", "Thank you"))
        ),
        size,
        anchor="ma",
        mono=mono,
    )
    y = page.text(size, y, f"{wording.day(rng, chinese=False)} {wording.clock(rng)}", size * 0.85, mono=mono)
    y = page.text(size, y, page.pick("单号 ", "No. ") + wording.digits(rng, 10), size * 0.85, mono=mono)
    y = _rule(page, y, size, held_out=held_out)
    for _ in range(lines):
        page.text(size, y, rng.choice(wording.GOODS_ZH if chinese else wording.GOODS_EN), size, mono=mono)
        page.text(w * 0.62, y, f"x{rng.randint(1, 4)}", size, mono=mono)
        y = page.text(w - size, y, wording.money(rng), size, anchor="ra", mono=mono)
    y = _rule(page, y, size, held_out=held_out)
    page.text(size, y, page.pick("合计", "TOTAL"), size * 1.35, title=True)
    y = page.text(w - size, y, page.pick("¥", "$") + wording.money(rng), size * 1.35, anchor="ra", title=True)
    for zh, en in (("实收", "CASH"), ("找零", "CHANGE")):
        page.text(size, y, page.pick(zh, en), size, mono=mono)
        y = page.text(w - size, y, wording.money(rng), size, anchor="ra", mono=mono)
    y = page.text(
        w / 2, y + size, page.pick("谢谢惠顾 欢迎再次光临", "THANK YOU, COME AGAIN"), size, anchor="ma", mono=mono
    )
    if rng.random() < 0.5:
        page.barcode(w * 0.15, y, w * 0.7, size * 2.4)
    elif rng.random() < 0.5:
        page.qr(w / 2 - size * 2, y, size * 4)
    return page


def _rule(page: Page, y: float, size: float, *, held_out: bool) -> float:
    if held_out:
        page.line(size, y, page.width - size, y, BLACK, 2)
    else:
        page.text(size, y - size * 0.4, page.rng.choice("-=*.") * 60, size * 0.9)
        page.box(page.width - size, y - size, page.width, y + size, page.image.getpixel((1, 1)))  # type: ignore[arg-type]
    return y + size * 0.8


def invoice(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """An invoice: a wide tax form in Chinese, a letter page in English."""
    if chinese:
        page = Page(
            rng, 760, rng.randint(440, 520), paper=rng.choice((WHITE, (252, 248, 238))), chinese=True, held_out=held_out
        )
        ink: Colour = rng.choice(((150, 70, 40), (40, 80, 150), (170, 40, 60)))
        page.text(
            380,
            22,
            rng.choice(("增值税电子普通发票", "增值税专用发票", "电子发票（普通发票）", "通用机打发票")),
            30,
            ink,
            title=True,
            anchor="ma",
        )
        page.seal(380, 60, 42) if rng.random() < 0.8 else None
        page.qr(24, 18, 74) if rng.random() < 0.7 else None
        for k, label in enumerate(("发票代码", "发票号码", "开票日期")):
            page.text(560, 24 + k * 22, f"{label}：{wording.digits(rng, 8)}", 14, ink)
        left, top, right, bottom = 24, 110, 736, page.height - 50
        page.box(left, top, right, bottom, outline=ink, stroke=2)
        for share in (0.22, 0.62, 0.75):
            page.line(left, top + (bottom - top) * share, right, top + (bottom - top) * share, ink)
        for k, label in enumerate(("货物或应税劳务名称", "规格型号", "单位", "数量", "单价", "金额", "税额")):
            x = left + 8 + (right - left) * (k / 7)
            page.text(x, top + (bottom - top) * 0.24, label[:5], 13, ink)
            for row in range(rng.randint(1, 3)):
                page.text(
                    x, top + (bottom - top) * 0.33 + row * 22, wording.money(rng) if k > 2 else page.sentence(1)[:4], 13
                )
            page.line(x - 6, top + (bottom - top) * 0.22, x - 6, top + (bottom - top) * 0.62, ink)
        page.text(left + 8, top + 10, f"购买方 名称：{wording.city(rng, chinese=True)}贸易有限公司", 14)
        page.text(left + 8, top + (bottom - top) * 0.65, f"价税合计（大写） 叁佰元整   ¥{wording.money(rng)}", 15)
        page.text(
            left + 8, top + (bottom - top) * 0.8, f"销售方 名称：{wording.city(rng, chinese=True)}科技有限公司", 14
        )
        return page
    page = Page(rng, 560, rng.randint(700, 780), chinese=False, held_out=held_out)
    accent = deep(rng)
    if held_out:
        page.box(0, 0, 560, 90, accent)
    page.text(
        40 if held_out else 520,
        30,
        "INVOICE",
        36,
        WHITE if held_out else accent,
        title=True,
        anchor="la" if held_out else "ra",
    )
    y = page.text(40, 110, f"{wording.city(rng, chinese=False)} Trading Ltd", 18, title=True)
    for label in ("Bill to:", "Invoice No.", "Date:", "Due date:"):
        value = (wording.person(rng, chinese=False), wording.day(rng, chinese=False), wording.digits(rng, 6))
        y = page.text(40, y, f"{label} {rng.choice(value)}", 14)
    y = page.table(40, y + 16, 520, rng.randint(4, 10), 4, 14)
    for label in ("Subtotal", "Tax 20%", "TOTAL DUE"):
        page.text(340, y + 16, label, 15, title=label.isupper())
        y = page.text(520, y + 16, f"${wording.money(rng)}", 15, anchor="ra") - 12
    page.text(40, page.height - 60, "Please pay within 30 days. Thank you.", 13, GREY)
    return page


def diploma(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """A school or university diploma with border, portrait and seal."""
    width = rng.randint(640, 760)
    page = Page(
        rng,
        width,
        int(width / rng.choice((1.35, 1.42, 0.75)) if not held_out else width / 1.3),
        paper=rng.choice(((252, 248, 235), (250, 250, 246), (245, 235, 215), (252, 240, 240))),
        chinese=chinese,
        held_out=held_out,
    )
    w, h = page.width, page.height
    ink = rng.choice(((170, 40, 40), (160, 120, 50), (40, 60, 120), (90, 20, 40)))
    if rng.random() < 0.5:
        page.pattern((240, 228, 208))
    _border(page, ink, double=not held_out)
    size = min(w, h) / 22
    head = page.pick(
        rng.choice(("毕业证书", "学士学位证书", "普通高等学校毕业证书", "硕士学位证书", "毕业证")),
        rng.choice(("DIPLOMA", "Bachelor of Science", "University Diploma", "Master of Arts", "High School Diploma")),
    )
    page.text(
        w / 2,
        0.13 * h,
        head,
        size * (2.4 if len(head) < 12 else 1.7),
        ink if rng.random() < 0.7 else BLACK,
        title=True,
        anchor="ma",
    )
    y = 0.34 * h
    if chinese:
        if rng.random() < 0.7:
            page.portrait(0.1 * w, 0.36 * h, 0.17 * w, 0.17 * w * 1.35)
        name = wording.person(rng, chinese=True)
        lines = (
            f"学生 {name}，性别{rng.choice('男女')}，{wording.day(rng, chinese=True)}生，",
            f"于二〇一{rng.choice('二三四五六')}年九月至二〇二〇年七月在本校",
            f"{rng.choice(('计算机科学', '工商管理', '汉语言文学', '土木工程'))}专业四年制本科学习，修完教学计划",
            "规定的全部课程，成绩合格，准予毕业。",
        )
        for line in lines:
            y = page.text(0.32 * w, y, line, size * 0.82) + size * 0.5
        page.text(0.32 * w, 0.76 * h, f"校名：{wording.city(rng, chinese=True)}大学", size)
        page.text(0.1 * w, 0.87 * h, f"证书编号：{wording.digits(rng, 18)}", size * 0.7)
        page.seal(0.74 * w, 0.78 * h, 0.085 * w)
    else:
        lines_en = (
            "The Board of Trustees of the",
            f"University of {wording.city(rng, chinese=False)}",
            "hereby confers upon",
            wording.person(rng, chinese=False),
            "the degree of",
            rng.choice(("Bachelor of Science", "Master of Arts", "Doctor of Philosophy")),
            "with all the rights and privileges thereto",
        )
        for k, line in enumerate(lines_en):
            y = page.text(w / 2, y, line, size * (1.5 if k in (1, 3) else 0.95), title=k in (1, 3), anchor="ma")
        for x in (0.22, 0.66):
            page.signature(x * w - 40, 0.83 * h, 110)
            page.line(x * w - 60, 0.86 * h, x * w + 90, 0.86 * h)
        page.disc(0.48 * w, 0.84 * h, 0.05 * w, rng.choice(((205, 165, 60), (170, 30, 40))))
    return page


def award(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """A certificate of honour or of attendance."""
    width = rng.randint(640, 760)
    red = chinese and rng.random() < 0.4
    page = Page(
        rng,
        width,
        int(width / 1.42),
        paper=(190, 25, 30) if red else rng.choice(((255, 250, 235), WHITE, (240, 246, 250))),
        chinese=chinese,
        held_out=held_out,
    )
    w, h = page.width, page.height
    gold: Colour = (225, 185, 80)
    _border(page, gold if red else rng.choice((gold, deep(rng))), double=held_out)
    head = page.pick(
        rng.choice(("荣誉证书", "奖状", "结业证书", "聘书", "获奖证书")),
        rng.choice(("CERTIFICATE", "Certificate of Achievement", "Certificate of Completion", "AWARD")),
    )
    page.text(
        w / 2,
        0.15 * h,
        head,
        h / (8 if len(head) < 12 else 11),
        gold if red else rng.choice((RED, (150, 110, 30), BLACK)),
        title=True,
        anchor="ma",
    )
    ink = gold if red else BLACK
    size = h / 19
    y = page.text(
        0.14 * w if chinese else w / 2,
        0.38 * h,
        wording.person(rng, chinese=chinese) + page.pick(" 同学：", ""),
        size * 1.3,
        ink,
        title=True,
        anchor="la" if chinese else "ma",
    )
    body = page.pick("在本年度评比中表现优秀，被评为先进个人，", "has successfully completed the course")
    y = page.text(0.2 * w if chinese else w / 2, y + 6, body, size, ink, anchor="la" if chinese else "ma")
    page.text(
        0.14 * w if chinese else w / 2,
        y + 6,
        page.pick("特发此证，以资鼓励。", "and is awarded this certificate of merit"),
        size,
        ink,
        anchor="la" if chinese else "ma",
    )
    page.text(0.86 * w, 0.8 * h, wording.day(rng, chinese=chinese), size, ink, anchor="ra")
    if chinese:
        page.seal(0.76 * w, 0.74 * h, 0.1 * h, gold if red else RED)
    else:
        page.signature(0.15 * w, 0.8 * h, 120)
        page.disc(0.5 * w, 0.8 * h, 0.08 * h, gold)
    return page


def _border(page: Page, ink: Colour, *, double: bool) -> None:
    w, h = page.width, page.height
    inset = min(w, h) * page.rng.uniform(0.025, 0.05)
    page.box(inset, inset, w - inset, h - inset, outline=ink, stroke=page.rng.randint(2, 10))
    if double:
        inset *= 1.7
        page.box(inset, inset, w - inset, h - inset, outline=ink, stroke=2)


def letter(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """A page of text: contract, letter, notice or article; held-out ones may have two columns."""
    page = Page(
        rng, 560, rng.randint(700, 800), paper=rng.choice((WHITE, (250, 248, 242))), chinese=chinese, held_out=held_out
    )
    head = page.pick(
        rng.choice(("合同", "房屋租赁合同", "通知", "劳动合同书", "申请书", "会议纪要")),
        rng.choice(("CONTRACT", "Rental Agreement", "Notice", "Employment Agreement", "Report", "Minutes")),
    )
    y = page.text(280, 50, head, 30, title=True, anchor="ma") + 16
    size = rng.choice((13, 15, 17))
    columns = 2 if held_out and rng.random() < 0.5 else 1
    for column in range(columns):
        bottom, x, width = y, 50 + column * 240, (220 if columns == 2 else 460)
        while bottom < page.height - 140:
            bottom = page.paragraph(x, bottom, width, size, rng.randint(2, 6)) + size * rng.uniform(0.2, 1.2)
    page.text(60, page.height - 90, page.pick("甲方（签字）：", "Signed:"), 15)
    page.signature(180, page.height - 80, 90, BLACK)
    if chinese and rng.random() < 0.7:
        page.seal(430, page.height - 90, 46)
    return page


def label(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """The address label of a parcel."""
    page = Page(rng, rng.randint(420, 500), rng.randint(560, 680), chinese=chinese, held_out=held_out)
    w, h = page.width, page.height
    page.box(6, 6, w - 6, h - 6, outline=BLACK, stroke=3)
    page.text(
        20,
        20,
        page.pick(rng.choice(("快递", "速运", "标准快递")), rng.choice(("PRIORITY MAIL", "EXPRESS", "PARCEL"))),
        34,
        title=True,
    )
    page.barcode(0.15 * w, 0.14 * h, 0.7 * w, 0.12 * h)
    page.text(w / 2, 0.27 * h, wording.digits(rng, 13), 20, anchor="ma")
    for k, (zh, en) in enumerate((("收件人", "TO"), ("寄件人", "FROM"))):
        y = (0.36 + 0.2 * k) * h
        page.line(6, y, w - 6, y, BLACK, 2)
        page.text(
            20,
            y + 12,
            f"{page.pick(zh, en)}: {wording.person(rng, chinese=chinese)} 138****{wording.digits(rng, 4)}",
            20,
        )
        page.text(20, y + 46, wording.city(rng, chinese=chinese) + page.pick("市中山路88号", ", 221 Park Road"), 18)
    page.line(6, 0.76 * h, w - 6, 0.76 * h, BLACK, 2)
    page.qr((0.66 if not held_out else 0.08) * w, 0.79 * h, 0.17 * h)
    page.text(
        (0.08 if not held_out else 0.45) * w,
        0.83 * h,
        f"{wording.digits(rng, 3)}-{wording.digits(rng, 4)}",
        36,
        title=True,
    )
    return page


def report(rng: random.Random, *, chinese: bool, held_out: bool) -> Page:
    """A table on paper: lab results, school marks, pay or prices."""
    page = Page(
        rng, 600, rng.randint(520, 800), paper=rng.choice((WHITE, (250, 250, 245))), chinese=chinese, held_out=held_out
    )
    head = page.pick(
        rng.choice(("检验报告单", "成绩单", "体检报告", "工资表")),
        rng.choice(("Lab Report", "School Report", "Price List", "Payslip")),
    )
    y = page.text(300, 30, head, 28, title=True, anchor="ma") + 10
    y = page.text(
        40,
        y,
        f"{page.pick('姓名', 'Name')}: {wording.person(rng, chinese=chinese)}   {wording.day(rng, chinese=chinese)}",
        15,
    )
    rows = max(4, int((page.height - y - 80) / 28) - rng.randint(0, 8))
    y = page.table(40, y + 8, 560, rows, rng.randint(4, 6), 14.5)
    if held_out:
        page.signature(420, y + 30, 80)
    return page
