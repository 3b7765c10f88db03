"""The kinds of documents, how people ask for them, and the rendering of a whole set."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from pocketlens_models.starter.render import apps, boards, cards, papers, screens, travel
from pocketlens_models.starter.render.camera import as_photo, as_screenshot
from pocketlens_models.starter.render.page import Page

Draw = Callable[..., Page]


@dataclass(frozen=True)
class Kind:
    """One kind of document.

    Attributes:
        name: what the figures are listed under.
        draw: makes a page.
        english: words people search it by in English; the first few are the held-out queries.
        chinese: the same in Chinese.
        screen: whether it is mostly met as a screenshot rather than photographed.
    """

    name: str
    draw: Draw
    english: tuple[str, ...]
    chinese: tuple[str, ...]
    screen: bool = False


@dataclass(frozen=True)
class Rendered:
    """A rendered document: its kind, its picture and the captions it is trained with.

    ``photographed``: as a camera sees it, lying somewhere; else as a screen or a scanner gives it.
    """

    kind: Kind
    image: Image.Image
    captions: tuple[str, ...]
    photographed: bool


KINDS = (
    Kind(
        "id card",
        cards.id_card,
        (
            "id card",
            "identity card",
            "my ID card photo",
            "national identity card",
            "identification document",
            "personal ID",
        ),
        ("身份证", "居民身份证", "身份证照片", "我的身份证", "证件", "身份证正面"),
    ),
    Kind(
        "driving licence",
        cards.driving_licence,
        ("driving licence", "driver's license", "driver license card"),
        ("驾驶证", "驾照", "机动车驾驶证", "证件"),
    ),
    Kind(
        "passport",
        cards.passport,
        ("passport", "passport page", "travel document", "a photo of a passport"),
        ("护照", "护照照片", "护照首页", "出国证件"),
    ),
    Kind(
        "bank card",
        cards.bank_card,
        ("bank card", "credit card", "debit card", "card number"),
        ("银行卡", "信用卡", "储蓄卡", "银行卡号照片"),
    ),
    Kind(
        "business card",
        cards.business_card,
        ("business card", "name card", "visiting card", "contact card"),
        ("名片", "商务名片", "联系方式名片"),
    ),
    Kind(
        "member card",
        cards.member_card,
        ("student card", "staff badge", "membership card", "library card"),
        ("学生证", "工作证", "会员卡", "校园卡"),
    ),
    Kind(
        "receipt",
        papers.receipt,
        (
            "receipt",
            "shopping receipt",
            "till receipt from the supermarket",
            "paper receipt",
            "sales slip",
            "bill of purchase",
        ),
        ("小票", "购物小票", "收据", "超市小票", "收银条", "消费凭证"),
    ),
    Kind(
        "invoice",
        papers.invoice,
        ("invoice", "tax invoice", "bill to pay", "an invoice document"),
        ("发票", "增值税发票", "电子发票", "发票照片", "报销发票"),
    ),
    Kind(
        "diploma",
        papers.diploma,
        ("diploma", "graduation certificate", "university degree certificate", "bachelor degree", "school diploma"),
        ("毕业证", "毕业证书", "学位证", "学位证书", "大学毕业证书", "学历证书"),
    ),
    Kind(
        "award",
        papers.award,
        ("certificate", "award certificate", "certificate of achievement", "honor certificate"),
        ("奖状", "荣誉证书", "获奖证书", "证书", "结业证书"),
    ),
    Kind(
        "letter",
        papers.letter,
        ("document", "contract", "a page of text", "paper document", "signed agreement", "letter", "scanned document"),
        ("文件", "合同", "文档", "一页文字", "扫描件", "纸质材料", "协议", "通知"),
    ),
    Kind(
        "train ticket",
        travel.train_ticket,
        ("train ticket", "railway ticket", "ticket", "travel ticket"),
        ("火车票", "高铁票", "车票", "票据"),
    ),
    Kind(
        "boarding pass",
        travel.boarding_pass,
        ("boarding pass", "flight ticket", "plane ticket", "airline boarding card"),
        ("登机牌", "机票", "飞机票", "登机牌照片"),
    ),
    Kind(
        "timetable",
        boards.timetable,
        ("timetable", "class schedule", "school timetable", "weekly schedule"),
        ("课程表", "课表", "一周课程安排", "课程表截图"),
        True,
    ),
    Kind(
        "label",
        papers.label,
        ("parcel label", "shipping label", "package address label", "delivery label"),
        ("快递单", "快递面单", "包裹单", "物流单"),
    ),
    Kind(
        "report",
        papers.report,
        ("table of results", "lab report", "medical report", "school report"),
        ("表格", "检验报告", "体检报告", "成绩单", "化验单"),
    ),
    Kind(
        "chat",
        screens.chat,
        (
            "chat screenshot",
            "screenshot of a conversation",
            "text messages",
            "message chat",
            "wechat conversation",
            "instant messages on a phone",
        ),
        ("聊天截图", "聊天记录", "微信聊天记录", "对话截图", "短信截图", "微信截图"),
        True,
    ),
    Kind(
        "settings",
        screens.settings,
        (
            "settings screenshot",
            "phone settings screen",
            "settings menu",
            "screenshot of system settings",
            "options with switches",
        ),
        ("设置截图", "手机设置", "设置界面", "系统设置截图", "设置页面"),
        True,
    ),
    Kind(
        "payment code",
        screens.payment_code,
        ("payment QR code", "QR code screenshot", "scan to pay", "payment code"),
        ("收款码", "付款码", "二维码截图", "支付二维码", "健康码"),
        True,
    ),
    Kind(
        "qr code",
        screens.bare_code,
        ("QR code", "a QR code to scan", "barcode"),
        ("二维码", "扫码", "条形码", "扫描二维码"),
        True,
    ),
    Kind(
        "map",
        apps.city_map,
        ("map", "street map", "map screenshot", "navigation route on a map", "city map"),
        ("地图", "地图截图", "导航路线", "城市地图", "街道地图"),
        True,
    ),
    Kind(
        "code",
        apps.code,
        ("source code", "computer code on screen", "programming code screenshot", "terminal window", "code editor"),
        ("代码", "代码截图", "程序代码", "编程界面", "终端"),
        True,
    ),
    Kind(
        "web page",
        apps.web_page,
        ("web page screenshot", "news article screenshot", "website", "screenshot of an app"),
        ("网页截图", "新闻截图", "网站", "手机截图", "应用界面截图"),
        True,
    ),
    Kind(
        "home screen",
        apps.home_screen,
        ("phone home screen", "app icons screenshot", "screenshot of the phone desktop"),
        ("手机桌面截图", "手机主屏幕", "应用图标", "桌面截图"),
        True,
    ),
    Kind(
        "weather",
        apps.weather,
        ("weather forecast screenshot", "weather app"),
        ("天气预报截图", "天气截图", "天气应用"),
        True,
    ),
    Kind(
        "slide",
        boards.slide,
        ("presentation slide", "slide with a chart", "powerpoint slide", "lecture slides"),
        ("幻灯片", "演示文稿", "PPT", "课件", "PPT截图"),
        True,
    ),
    Kind(
        "sheet",
        boards.sheet,
        ("spreadsheet", "excel table", "spreadsheet with numbers", "data table"),
        ("电子表格", "Excel表格", "数据表", "报表"),
        True,
    ),
    Kind(
        "whiteboard",
        boards.whiteboard,
        ("whiteboard", "writing on a whiteboard", "blackboard with writing", "meeting notes on a whiteboard"),
        ("白板", "白板笔记", "黑板板书", "白板上的字", "板书"),
    ),
    Kind(
        "notes",
        boards.notes,
        ("handwritten notes", "notebook page", "handwriting on paper", "study notes"),
        ("手写笔记", "笔记", "笔记本上的字", "手写的纸", "便签"),
    ),
    Kind("calendar", boards.calendar, ("calendar", "calendar month", "schedule"), ("日历", "日程表", "月历")),
    Kind("menu", boards.menu, ("restaurant menu", "menu with prices", "food menu"), ("菜单", "餐厅菜单", "价目表")),
    Kind(
        "poster", boards.poster, ("poster", "advertisement poster", "event flyer"), ("海报", "宣传海报", "广告", "传单")
    ),
)

_PHOTO_EN = ("a photo of a {}", "picture of a {}", "{} lying on a table", "{} on the desk", "{}")
_PHOTO_ZH = ("一张{}的照片", "{}照片", "桌上的{}", "拍的{}", "{}")
_SCREEN_EN = ("a screenshot of a {}", "{} on a phone screen", "{}", "{} screen")
_SCREEN_ZH = ("{}的截图", "手机屏幕上的{}", "{}", "屏幕上的{}")


def _captions(kind: Kind, rng: random.Random, *, photographed: bool) -> tuple[str, ...]:
    english = [rng.choice(kind.english) for _ in range(2)] + [kind.english[0]]
    chinese = [rng.choice(kind.chinese) for _ in range(2)] + [kind.chinese[0]]
    frames_en, frames_zh = (_PHOTO_EN, _PHOTO_ZH) if photographed else (_SCREEN_EN, _SCREEN_ZH)
    english[1] = rng.choice(frames_en).format(english[1])
    chinese[1] = rng.choice(frames_zh).format(chinese[1])
    return tuple(english + chinese)


def _render(kind: Kind, rng: random.Random, grounds: list[Image.Image], *, held_out: bool) -> Rendered:
    page = kind.draw(rng, chinese=rng.random() < 0.6, held_out=held_out)
    photographed = rng.random() < (0.2 if kind.screen else 0.65)
    image = as_photo(page, rng, grounds) if photographed else as_screenshot(page, rng)
    return Rendered(kind, image, _captions(kind, rng, photographed=photographed), photographed)


def render_set(count: int, seed: int, grounds: list[Image.Image], *, held_out: bool) -> list[Rendered]:
    """``count`` documents of each kind, from other layouts and fonts when ``held_out``.

    Args:
        grounds: photos that may lie, blurred, behind a photographed document.
    """
    return [
        _render(kind, random.Random(f"{seed} {kind.name} {k} {held_out}"), grounds, held_out=held_out)
        for kind in KINDS
        for k in range(count)
    ]
