"""The queries: captions, single words for what captions name, and words that drawn pictures show."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from judged import Query
from pocketlens_models.verify.recall import CaptionedPhoto

#: What people ask for in one word, in both languages. Written before any ranking of theirs was looked at.
_WORDS: Final = """
person 人|man 男人|woman 女人|boy 男孩|girl 女孩|baby 婴儿|dog 狗|cat 猫|horse 马|cow 牛|sheep 羊|bird 鸟|bear 熊
elephant 大象|zebra 斑马|giraffe 长颈鹿|bus 公交车|train 火车|car 汽车|truck 卡车|bicycle 自行车|motorcycle 摩托车
airplane 飞机|plane 飞机|boat 船|street 街道|road 路|sign 标志|clock 钟|bench 长椅|building 建筑|tower 塔|bridge 桥
beach 海滩|ocean 海|wave 海浪|mountain 山|tree 树|forest 森林|flower 花|grass 草|snow 雪|sky 天空|river 河|field 草地
kitchen 厨房|bathroom 浴室|toilet 马桶|bed 床|table 桌子|chair 椅子|couch 沙发|computer 电脑|laptop 笔记本电脑
phone 手机|television 电视|book 书|pizza 披萨|cake 蛋糕|sandwich 三明治|food 食物|fruit 水果|banana 香蕉|apple 苹果
orange 橙子|vase 花瓶|umbrella 雨伞|kite 风筝|baseball 棒球|tennis 网球|skateboard 滑板|surfboard 冲浪板|ski 滑雪
frisbee 飞盘|ball 球|window 窗户|hat 帽子|suitcase 行李箱|teddy 泰迪熊|statue 雕像|night 夜晚|children 孩子|glass 玻璃
""".replace("\n", "|").strip("|")
#: A word that more photos than this share show asks for none in particular.
_COMMON: Final = 0.25
#: Photos of many captions show a word when as many say it.
_SAY_SO: Final = 2

Captioned = tuple[Path, CaptionedPhoto]


def captions(photos: Sequence[Captioned], language: str) -> list[Query]:
    """One of each photo: its first."""
    return [
        Query(text=text, language=language, about="caption", relevant=[path.name])
        for path, photo in photos
        for text in getattr(photo, language)[:1]
    ]


def single_words(photos: Sequence[Captioned], language: str) -> list[Query]:
    """Right answers are the photos of whose captions two say the word, or the only one."""
    return [query for query in _single_words(photos, language) if query.relevant]


def captioned(photos: Sequence[Captioned], language: str) -> frozenset[str]:
    return frozenset(path.name for path, photo in photos if getattr(photo, language))


def drawn_words(drawn: dict[str, str]) -> list[Query]:
    return [
        Query(text=word, language="en" if word.isascii() else "zh", about="word in the picture", relevant=[name])
        for word, name in drawn.items()
    ]


def _single_words(photos: Sequence[Captioned], language: str) -> Iterator[Query]:
    within = [(path.name, getattr(photo, language)) for path, photo in photos if getattr(photo, language)]
    pairs = [pair.split() for pair in _WORDS.split("|")]
    for word in dict.fromkeys(pair[language == "zh"] for pair in pairs):
        said = _said_of(word)
        relevant = [name for name, texts in within if sum(map(said, texts)) >= min(_SAY_SO, len(texts))]
        if len(relevant) <= _COMMON * len(within):
            yield Query(text=word, language=language, about="word", relevant=relevant)


def _said_of(word: str) -> Callable[[str], bool]:
    if not word.isascii():
        return lambda text: word in text
    pattern = re.compile(rf"\b{word}(?:e?s)?\b", re.IGNORECASE)
    return lambda text: pattern.search(text) is not None
