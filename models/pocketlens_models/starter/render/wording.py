"""Words to fill rendered documents with: they look right from afar and name nobody."""

from __future__ import annotations

import random

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅鑫宇轩浩子涵梓萱欣怡雨桐思琪佳"
FIRST = ("Anna", "James", "Maria", "Peter", "Linda", "David", "Emma", "Paul", "Sofia", "Mark", "Julia", "Tom")
LAST = ("Miller", "Smith", "Brown", "Garcia", "Wilson", "Meyer", "Taylor", "Moore", "Clark", "Young", "Baker")
CITIES_ZH = (
    "北京",
    "上海",
    "广州",
    "深圳",
    "杭州",
    "成都",
    "武汉",
    "南京",
    "西安",
    "重庆",
    "苏州",
    "青岛",
    "厦门",
    "长沙",
)
CITIES_EN = ("London", "Paris", "Boston", "Berlin", "Tokyo", "Madrid", "Dublin", "Oslo", "Vienna", "Seattle")
_ZH = (
    "我们 今天 学习 工作 公司 项目 时间 问题 方法 结果 服务 客户 产品 系统 数据 管理 计划 "
    "会议 报告 质量 安全 技术 发展 经济 社会 教育 研究 分析 设计 生产 市场 价格 合同 双方 "
    "责任 规定 条款 支付 金额 日期 签字 有效 通知 申请 办理 材料 身份 证明 单位 部门 主任 "
    "教授 学生 大学 专业 课程 成绩 合格 明天 下午 晚上 吃饭 一起 回家 电影 周末 好的 谢谢 "
    "没关系 可以 知道 什么 怎么 为什么 因为 所以 但是 如果 需要 应该 已经 完成 开始 继续 "
    "注意 重要 目标 内容 说明 总结 背景 第一 第二 第三 增长 比例 用户 平台 应用 手机 网络 "
    "软件 更新 设置 天气 旅游 酒店 机票"
)
_EN = (
    "the of and to in for with on project time work team report data plan result service customer product "
    "system meeting quality design market price contract party payment amount date signed valid notice "
    "please note important summary budget growth study research analysis method table figure section "
    "value total order number tomorrow tonight dinner movie weekend thanks sure okay see you later call "
    "home great idea maybe lunch train"
)
WORDS_ZH = tuple(_ZH.split())
WORDS_EN = tuple(_EN.split())
GOODS_ZH = (
    "牛奶",
    "面包",
    "苹果",
    "鸡蛋",
    "矿泉水",
    "方便面",
    "洗发水",
    "牙膏",
    "大米",
    "酸奶",
    "饼干",
    "咖啡",
    "纸巾",
    "香蕉",
)
GOODS_EN = (
    "MILK 1L",
    "BREAD",
    "APPLES",
    "EGGS 12",
    "COFFEE",
    "BUTTER",
    "YOGURT",
    "RICE 2KG",
    "WATER",
    "SOAP",
    "TEA",
    "CHEESE",
)


def sentence(rng: random.Random, *, chinese: bool, words: int) -> str:
    """``words`` random words as running text."""
    if chinese:
        return "".join(rng.choice(WORDS_ZH) for _ in range(words)) + rng.choice("。，！？")
    text = " ".join(rng.choice(WORDS_EN) for _ in range(words))
    return text[0].upper() + text[1:] + rng.choice((".", ".", "?", "!"))


def person(rng: random.Random, *, chinese: bool) -> str:
    """A made-up name."""
    if chinese:
        return rng.choice(SURNAMES) + "".join(rng.choice(GIVEN) for _ in range(rng.choice((1, 2, 2))))
    return f"{rng.choice(FIRST)} {rng.choice(LAST)}"


def city(rng: random.Random, *, chinese: bool) -> str:
    """A town."""
    return rng.choice(CITIES_ZH if chinese else CITIES_EN)


def digits(rng: random.Random, count: int) -> str:
    """``count`` random digits."""
    return "".join(rng.choice("0123456789") for _ in range(count))


def day(rng: random.Random, *, chinese: bool) -> str:
    """A date as people print it."""
    year, month, number = rng.randint(1985, 2025), rng.randint(1, 12), rng.randint(1, 28)
    if chinese:
        return rng.choice((f"{year}年{month}月{number}日", f"{year}.{month:02}.{number:02}"))
    return rng.choice((f"{number:02}/{month:02}/{year}", f"{year}-{month:02}-{number:02}"))


def clock(rng: random.Random) -> str:
    """A time of day."""
    return f"{rng.randint(0, 23)}:{rng.randint(0, 59):02}"


def money(rng: random.Random) -> str:
    """An amount without its currency."""
    return f"{rng.randint(1, 400)}.{rng.randint(0, 99):02}"
