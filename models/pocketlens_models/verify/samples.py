"""Inputs for a parity check where the person gives none: everyday queries, and pictures drawn by rule."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image, ImageDraw

#: What people type into a photo search, both languages, one word to a sentence.
QUERIES: Final = (
    "海滩上的狗", "星空", "一只猫趴在沙发上", "生日蛋糕", "雪山", "孩子在公园里荡秋千", "身份证", "红色的汽车",
    "聊天截图", "超市小票", "毕业合影", "夜晚的城市灯光", "一碗牛肉面", "樱花", "机场候机厅", "婚礼上的新娘",
    "写着字的白板", "骑自行车的人", "日落时的大海", "办公桌上的笔记本电脑", "穿蓝色衣服的小女孩", "银行卡",
    "博物馆里的恐龙骨架", "下雨天打伞的行人", "火锅", "高铁车票", "窗台上的多肉植物", "一群人在爬山", "足球比赛",
    "老人和孙子在下棋", "菜单", "绿色的草地和蓝天", "手写的笔记", "夜市小吃摊", "雪地里的脚印", "二维码",
    "a dog on the beach", "starry sky", "a cat lying on a sofa", "birthday cake", "snowy mountains",
    "children on a swing in the park", "an identity card", "red car", "screenshot of a chat", "grocery receipt",
    "graduation photo", "city lights at night", "a bowl of noodles", "cherry blossoms", "airport terminal",
    "a bride at her wedding", "whiteboard with writing on it", "a person riding a bicycle", "sunset over the sea",
    "laptop on a desk", "a little girl in a blue dress", "credit card", "dinosaur skeleton in a museum",
    "people with umbrellas in the rain", "train ticket", "succulents on a window sill", "a group hiking up a hill",
    "football match", "grandfather playing chess", "menu", "green grass and blue sky", "handwritten notes",
    "street food stall", "footprints in the snow", "QR code", "two people",
)  # fmt: skip


def drawn_pictures(count: int, side: int = 320) -> list[Image.Image]:
    """Pictures with edges, gradients, texture and colour, the same ones every time.

    They exercise a tower's arithmetic; they say nothing about recall.
    """
    return [_drawn(np.random.default_rng(number), side) for number in range(count)]


def _drawn(random: np.random.Generator, side: int) -> Image.Image:
    ends = random.integers(0, 256, size=(2, 3))
    ramp = np.linspace(0.0, 1.0, side)[:, None, None]
    ground = np.broadcast_to(ends[0] + (ends[1] - ends[0]) * ramp, (side, side, 3))
    grain = random.normal(0.0, random.uniform(0.0, 24.0), size=(side, side, 1))
    picture = Image.fromarray(np.clip(ground + grain, 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(picture)
    for _ in range(int(random.integers(2, 14))):
        corners = np.sort(random.integers(0, side, size=(2, 2)), axis=0)
        box = (int(corners[0, 0]), int(corners[0, 1]), int(corners[1, 0]) + 1, int(corners[1, 1]) + 1)
        colour = tuple(int(value) for value in random.integers(0, 256, size=3))
        (pen.ellipse if random.random() < 0.5 else pen.rectangle)(box, fill=colour)
    return picture
