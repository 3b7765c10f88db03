"""Papers: certificates, receipts, invoices, pages of text, a note, a slide. All of it invented."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from documents.canvas import Canvas, Fonts, photographed


def _seal(page: Canvas, x: float, y: float, radius: float, words: str) -> None:
    red = (205, 40, 40)
    page.disc(x, y, radius, line=red, width=2.5)
    points = []
    for step in range(10):
        length = radius * (0.42 if step % 2 == 0 else 0.17)
        angle = math.radians(-90 + 36 * step)
        points.append(((x + length * math.cos(angle)) * 2, (y + length * math.sin(angle)) * 2))
    page.draw.polygon(points, fill=red)
    page.text(x, y + radius * 0.62, words, radius * 0.24, "bold", red, at="mm")


def diploma_zh(fonts: Fonts) -> Image.Image:
    page = Canvas(fonts, 620, 440, (252, 246, 228))
    page.box((14, 14, 606, 426), line=(176, 132, 60), width=4)
    page.box((22, 22, 598, 418), line=(176, 132, 60), width=1)
    page.text(310, 48, "毕业证书", 46, "kai", (150, 30, 30), at="ma")
    page.box((60, 140, 170, 280), fill=(225, 232, 240), line=(120, 120, 120))
    page.text(115, 210, "照片", 18, "kai", (130, 130, 130), at="mm")
    text = (
        "　　学生 样本某，性别 女，二〇〇〇年一月一日生，于二〇一八年九月至二〇二二年六月"
        "在本校虚构工程专业四年制本科学习，修完教学计划规定的全部课程，成绩合格，准予毕业。"
    )
    page.paragraph(200, 136, text, 19, "kai", 360, 1.65)
    page.text(60, 330, "校名：示例大学", 18, "kai")
    page.text(60, 362, "证书编号：00000 2022 00 000000", 15, "kai")
    page.text(420, 330, "校长：某某某", 18, "kai")
    page.text(420, 362, "二〇二二年六月三十日", 15, "kai")
    _seal(page, 525, 318, 46, "样本")
    return page.finished()


def certificate_en(fonts: Fonts) -> Image.Image:
    page = Canvas(fonts, 640, 452, (250, 250, 246))
    page.box((12, 12, 628, 440), line=(24, 60, 110), width=6)
    page.box((24, 24, 616, 428), line=(200, 160, 70), width=1.5)
    page.text(320, 58, "CERTIFICATE", 48, "serif-bold", (24, 60, 110), at="ma")
    page.text(320, 122, "OF COMPLETION", 20, "serif", (24, 60, 110), at="ma")
    page.text(320, 172, "This is to certify that", 16, "serif", at="ma")
    page.text(320, 200, "Alex Specimen", 36, "kai", (140, 90, 20), at="ma")
    page.line((180, 250, 460, 250), (120, 120, 120))
    page.text(320, 262, "has successfully completed the course", 16, "serif", at="ma")
    page.text(320, 290, "Introduction to Photography", 22, "serif-bold", at="ma")
    page.text(150, 362, "May 20, 2023", 15, "serif", at="ma")
    page.line((90, 386, 210, 386))
    page.text(150, 390, "Date", 12, at="ma")
    page.text(490, 356, "J. Example", 20, "hand", at="ma")
    page.line((430, 386, 550, 386))
    page.text(490, 390, "Instructor", 12, at="ma")
    page.disc(320, 380, 30, fill=(205, 165, 70))
    page.disc(320, 380, 23, line="white", width=1.5)
    return page.finished()


def receipt_zh(fonts: Fonts) -> Image.Image:
    page = Canvas(fonts, 300, 560, (250, 250, 247))
    page.text(150, 20, "示例超市", 26, "bold", at="ma")
    page.text(150, 56, "购物小票", 16, at="ma")
    page.text(20, 88, "单号：000123　收银：03", 13)
    page.text(20, 108, "2024-05-18 18:42:07", 13)
    goods = (
        ("鲜牛奶 1L", 2, "12.80"),
        ("全麦面包", 1, "9.90"),
        ("鸡蛋 10枚", 1, "13.50"),
        ("西红柿 500g", 1, "4.60"),
        ("苹果 1kg", 1, "11.20"),
        ("洗衣液", 1, "32.00"),
        ("垃圾袋", 2, "5.50"),
    )
    page.text(20, 140, "品名", 13)
    page.text(190, 140, "数量", 13)
    page.text(280, 140, "单价", 13, at="ra")
    for y in (134, 160, 376):
        for x in range(20, 280, 8):
            page.line((x, y, x + 4, y))
    for number, (name, count, price) in enumerate(goods):
        y = 170 + 28 * number
        page.text(20, y, name, 15)
        page.text(200, y, str(count), 15)
        page.text(280, y, price, 15, at="ra")
    page.text(20, 388, "合计", 20, "bold")
    page.text(280, 388, "￥107.80", 20, "bold", at="ra")
    page.text(20, 424, "实收　110.00", 14)
    page.text(20, 446, "找零　2.20", 14)
    page.text(150, 490, "谢谢惠顾　欢迎再来", 15, at="ma")
    page.text(150, 516, "（演示用样本）", 12, at="ma")
    return photographed(page.finished(), (124, 94, 66), -4, 11, (480, 640))


def receipt_en(fonts: Fonts) -> Image.Image:
    page = Canvas(fonts, 300, 500, (252, 252, 252))
    page.text(150, 22, "CORNER CAFE", 24, "mono", at="ma")
    page.text(150, 56, "1 Sample Street, Exampleton", 12, "mono", at="ma")
    page.text(150, 84, "RECEIPT", 18, "mono", at="ma")
    page.text(20, 116, "03/11/2024  09:12   Table 4", 12, "mono")
    goods = (
        ("2 Flat white", "7.00"),
        ("1 Croissant", "2.80"),
        ("1 Orange juice", "3.50"),
        ("1 Scrambled eggs", "8.20"),
    )
    for number, (name, price) in enumerate((*goods, ("Subtotal", "21.50"), ("Tax 10%", "2.15"))):
        y = 154 + 28 * number + (16 if number >= len(goods) else 0)
        page.text(20, y, name, 15, "mono")
        page.text(280, y, price, 15, "mono", at="ra")
    page.line((20, 346, 280, 346), width=1.5)
    page.text(20, 356, "TOTAL", 24, "mono")
    page.text(280, 356, "$23.65", 24, "mono", at="ra")
    page.text(20, 400, "CARD ************0000", 14, "mono")
    page.text(150, 444, "THANK YOU!", 18, "mono", at="ma")
    page.text(150, 474, "specimen", 11, "mono", at="ma")
    return photographed(page.finished(), (208, 204, 196), 3, 12, (440, 640))


def invoice_zh(fonts: Fonts) -> Image.Image:
    page = Canvas(fonts, 640, 420)
    ink = (150, 70, 40)
    page.text(320, 18, "电子普通发票（样本）", 28, "kai", ink, at="ma")
    page.line((180, 58, 460, 58), ink)
    page.line((180, 62, 460, 62), ink)
    page.text(620, 24, "发票号码：00000000", 12, ink=ink, at="ra")
    page.text(620, 44, "开票日期：2024年01月31日", 12, ink=ink, at="ra")
    page.box((20, 78, 620, 390), line=ink)
    for y in (138, 168, 290, 322):
        page.line((20, y, 620, y), ink)
    for x in (200, 300, 370, 450, 540):
        page.line((x, 138, x, 290), ink)
    page.text(30, 88, "购买方　名称：样例个人", 14, ink=ink)
    page.text(30, 112, "纳税人识别号：000000000000000000", 14, ink=ink)
    for x, title in ((110, "项目名称"), (250, "规格"), (335, "数量"), (410, "单价"), (495, "金额"), (580, "税额")):
        page.text(x, 146, title, 14, ink=ink, at="ma")
    for y, row in (
        (178, ("*办公用品*打印纸", "A4", "5", "22.00", "110.00", "14.30")),
        (206, ("*文具*签字笔", "盒", "2", "18.00", "36.00", "4.68")),
    ):
        for x, value in zip((110, 250, 335, 410, 495, 580), row, strict=True):
            page.text(x, y, value, 13, at="ma")
    page.text(30, 298, "价税合计（大写）　壹佰陆拾肆元玖角捌分　　（小写）￥164.98", 14)
    page.text(30, 334, "销售方　名称：示例文具有限公司", 14, ink=ink)
    page.text(30, 360, "备注：本页为演示样本，不作报销凭证", 13)
    _seal(page, 540, 340, 42, "发票样本")
    return page.finished()


def invoice_en(fonts: Fonts) -> Image.Image:
    page = Canvas(fonts, 480, 620)
    page.text(36, 36, "INVOICE", 38, "bold", (30, 60, 120))
    page.text(444, 44, "No. 2024-0000", 14, at="ra")
    page.text(444, 64, "Date: 31 Jan 2024", 14, at="ra")
    page.text(36, 108, "From", 12, ink=(120, 120, 120))
    page.paragraph(36, 126, "Example Carpentry Ltd\n2 Specimen Road\nSampletown", 15, "sans", 200)
    page.text(260, 108, "Bill to", 12, ink=(120, 120, 120))
    page.paragraph(260, 126, "Alex Specimen\n1 Sample Street\nExampleton", 15, "sans", 200)
    page.box((36, 220, 444, 250), fill=(30, 60, 120))
    for x, title, anchor in ((46, "Description", "la"), (300, "Qty", "ra"), (434, "Amount", "ra")):
        page.text(x, 225, title, 14, "bold", "white", at=anchor)
    rows = (("Oak shelf, fitted", "3", "420.00"), ("Repair of a door", "1", "85.00"), ("Delivery", "1", "30.00"))
    for number, row in enumerate(rows):
        y = 262 + 34 * number
        for x, value, anchor in zip((46, 300, 434), row, ("la", "ra", "ra"), strict=True):
            page.text(x, y, value, 15, at=anchor)
        page.line((36, y + 28, 444, y + 28), (210, 210, 210))
    page.text(300, 390, "Total due", 18, "bold", at="ra")
    page.text(434, 388, "$535.00", 22, "bold", at="ra")
    page.text(36, 470, "Payment within 30 days. Thank you for your business.", 14)
    page.text(36, 580, "Specimen for demonstration only.", 11, ink=(140, 140, 140))
    return page.finished()


PROSE = (
    "The lamp in the kitchen window was the last one still burning in the village. Rain had begun shortly after "
    "supper, first as a whisper on the slates and then as a steady drum, and nobody who had a fire to sit by had any "
    "reason to leave it. Only the ferryman was out, walking up and down the landing stage with his collar turned up, "
    "because he had promised to wait.\n　　He did not own a watch. He counted the turns instead, forty planks out and "
    "forty planks back, and when he had walked them a hundred times he allowed himself to stop and listen. There was "
    "nothing to hear but the river. It had risen since the morning; it carried branches, and once a wooden bucket, and "
    "each of them went by without a sound, as if the water were ashamed of what it had taken.\n　　At last a bell "
    "rang on the other bank. He untied the boat, took up the long oar, and pushed off into the dark without looking "
    "back at the lamp, which was just as well, for at that very moment somebody blew it out."
)


def book_page_en(fonts: Fonts) -> Image.Image:
    page = Canvas(fonts, 440, 600, (247, 241, 226))
    page.text(220, 28, "THE FERRYMAN", 12, "serif", (90, 90, 90), at="ma")
    page.text(220, 62, "Chapter One", 22, "serif-bold", at="ma")
    page.paragraph(48, 104, PROSE, 13.5, "serif", 344, 1.45)
    page.text(220, 570, "7", 13, "serif", at="ma")
    return photographed(page.finished(), (88, 60, 44), 1.5, 13, (480, 640))


def notice_zh(fonts: Fonts) -> Image.Image:
    page = Canvas(fonts, 460, 620)
    page.text(230, 50, "关于小区停水的通知", 26, "serif-bold", at="ma")
    text = (
        "各位业主：\n　　因供水管道检修，本小区定于 2024 年 8 月 6 日（星期二）上午九时至下午五时暂停供水。"
        "请各位提前做好储水准备，离家时关好水龙头，以免恢复供水后发生漏水。\n　　恢复供水初期水质可能略有浑浊，"
        "属正常现象，放水数分钟后即可使用。给您带来的不便，敬请谅解。\n　　如有疑问，请到物业服务中心前台咨询。"
    )
    page.paragraph(56, 120, text, 18, "serif", 350, 1.85)
    page.text(404, 500, "示例小区物业服务中心", 17, "serif", at="ra")
    page.text(404, 530, "2024 年 8 月 4 日", 17, "serif", at="ra")
    return photographed(page.finished(), (172, 176, 180), -1, 14, (490, 640))


def shopping_note_zh(fonts: Fonts) -> Image.Image:
    page = Canvas(fonts, 420, 540, (255, 248, 196))
    for y in range(90, 540, 46):
        page.line((0, y, 420, y), (160, 190, 220))
    page.line((54, 0, 54, 540), (230, 150, 150))
    random = np.random.default_rng(21)
    words = (
        "周末要买的东西",
        "牛奶两盒、鸡蛋",
        "西红柿 土豆 洋葱",
        "猫粮（大袋）",
        "给妈妈买生日蛋糕",
        "电池 5号 四节",
        "记得取快递！",
    )
    for row, text in enumerate(words):
        x = 70.0
        for character in text:
            size = 27 + random.normal(0, 1.3)
            end = page.text(x, 82 + 46 * row + random.normal(0, 1.6), character, size, "hand", (28, 40, 120), at="ls")
            x = end + random.normal(0, 0.8)
    return photographed(page.finished(), (70, 78, 72), 5, 15, (500, 620))


def slide_en(fonts: Fonts) -> Image.Image:
    page = Canvas(fonts, 640, 360)
    page.box((0, 0, 640, 70), fill=(36, 52, 80))
    page.text(30, 16, "Quarterly review", 30, "bold", "white")
    for number, text in enumerate(
        ("Visitors up 18 %", "Two new branches opened", "Costs held level", "Next: winter plan")
    ):
        page.disc(42, 118 + 48 * number, 5, fill=(220, 120, 40))
        page.text(60, 104 + 48 * number, text, 20)
    for number, height in enumerate((60, 95, 80, 140, 172)):
        x = 380 + 46 * number
        page.box((x, 300 - height, x + 30, 300), fill=(220, 120, 40) if number == 4 else (110, 140, 190))
        page.text(x + 15, 306, f"Q{number % 4 + 1}", 12, at="ma")
    page.line((366, 300, 616, 300), (60, 60, 60), 1.5)
    page.text(616, 336, "3 / 12", 12, ink=(130, 130, 130), at="ra")
    return page.finished()
