"""The screenshots and documents of the sample album, drawn here and nowhere copied from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image

from documents import cards, screens, sheets
from documents.canvas import Fonts, Paper

Drawing = Callable[[Fonts], Image.Image]
# What is drawn, where it lies in the album, when it was taken ("" for a file that no camera made), what it shows.
PAPERS: tuple[tuple[Drawing, str, str, str, str], ...] = (
    (
        cards.identity_card_zh,
        "Pictures/证件/IMG_20220310_142200.jpg",
        "2022-03-10T14:22:00",
        "A Chinese identity card (specimen)",
        "身份证（样本）",
    ),
    (
        cards.driving_licence_en,
        "DCIM/Camera/IMG_20230711_100512.jpg",
        "2023-07-11T10:05:12",
        "A driver licence (specimen)",
        "英文驾驶证（样本）",
    ),
    (
        cards.train_ticket_zh,
        "DCIM/Camera/IMG_20230928_075533.jpg",
        "2023-09-28T07:55:33",
        "A Chinese train ticket (specimen)",
        "火车票（样本）",
    ),
    (
        cards.boarding_pass_en,
        "旅行/飞机上/IMG_20220902_081233.jpg",
        "2022-09-02T08:12:33",
        "An airline boarding pass (specimen)",
        "登机牌（样本）",
    ),
    (
        cards.business_card,
        "DCIM/Camera/IMG_20240612_163001.jpg",
        "2024-06-12T16:30:01",
        "A business card in Chinese and English",
        "名片",
    ),
    (
        sheets.diploma_zh,
        "Pictures/证件/毕业证.jpg",
        "",
        "A Chinese university diploma (specimen)",
        "大学毕业证书（样本）",
    ),
    (sheets.certificate_en, "Download/certificate.png", "", "A certificate of completion in English", "英文结业证书"),
    (
        sheets.receipt_zh,
        "DCIM/Camera/IMG_20240518_190144.jpg",
        "2024-05-18T19:01:44",
        "A Chinese supermarket receipt",
        "超市购物小票",
    ),
    (
        sheets.receipt_en,
        "DCIM/Camera/IMG_20241103_092015.jpg",
        "2024-11-03T09:20:15",
        "A café receipt in English",
        "英文咖啡馆小票",
    ),
    (sheets.invoice_zh, "Download/发票.jpg", "", "A Chinese invoice (specimen)", "电子发票（样本）"),
    (sheets.invoice_en, "Download/invoice-2024.png", "", "An invoice in English", "英文发票账单"),
    (
        sheets.book_page_en,
        "DCIM/Camera/IMG_20250208_221910.jpg",
        "2025-02-08T22:19:10",
        "A page of an English book",
        "英文书的一页",
    ),
    (
        sheets.notice_zh,
        "Pictures/WeChat/mmexport1722759000001.jpg",
        "",
        "A printed notice in Chinese about the water supply",
        "小区停水通知",
    ),
    (
        sheets.shopping_note_zh,
        "DCIM/Camera/IMG_20241019_083300.jpg",
        "2024-10-19T08:33:00",
        "A handwritten shopping list in Chinese on yellow paper",
        "黄色便签上的手写购物清单",
    ),
    (sheets.slide_en, "Download/slide 3.png", "", "A presentation slide with a bar chart", "带柱状图的幻灯片"),
    (
        screens.chat_zh,
        "Pictures/Screenshots/Screenshot_20230922-210711.png",
        "",
        "Screenshot of a chat in Chinese",
        "中文聊天记录截图",
    ),
    (
        screens.chat_en,
        "Pictures/Screenshots/Screenshot_20240830-210733.png",
        "",
        "Screenshot of a chat in English",
        "英文聊天记录截图",
    ),
    (
        screens.settings_zh,
        "Pictures/Screenshots/Screenshot_20240102-094100.png",
        "",
        "Screenshot of phone settings in Chinese",
        "手机设置界面截图",
    ),
    (
        screens.settings_en,
        "Pictures/Screenshots/Screenshot_20250505-094104.png",
        "",
        "Screenshot of phone settings in English, dark",
        "英文手机设置界面截图，深色",
    ),
    (
        screens.timetable_zh,
        "Pictures/Screenshots/截屏_课程表.png",
        "",
        "Screenshot of a weekly timetable in Chinese",
        "课程表截图",
    ),
    (
        screens.payment_code_zh,
        "Pictures/Screenshots/Screenshot_20231212-123018.png",
        "",
        "Screenshot of a QR code",
        "二维码截图",
    ),
)


def rendered(fonts: dict[str, Path]) -> Iterator[Paper]:
    """Draws every paper; `fonts` are the folders of the unpacked packages "noto" and "wenkai"."""
    faces = Fonts(tuple(fonts.items()))
    for drawing, path, taken, en, zh in PAPERS:
        yield Paper(drawing.__name__, path, en, zh, drawing(faces), taken)
