"""Sentences as citizens may say them, drawn at random: for synthesis and for the language model.

They are templates over word lists. The catalog's own text is given to the graph separately (see `graph`);
these sentences carry the conversation around it: needs, answers, numbers, names, dates, addresses,
corrections.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from importlib import resources

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪"
    "廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤楼骆虞鲍傅"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰梅红玲建国志文斌晓春燕辉宇欣怡子涵浩然梓轩雨晨佳俊鹏飞"
    "海波云龙林峰雪莹婷慧倩颖琳凯旭东升宁安康永福生根宝珍珠凤香菊爱莲美思雅诗琪瑶一诺可心嘉豪博天翔"
)


def _sections() -> dict[str, tuple[str, ...]]:
    result: dict[str, list[str]] = {}
    text = resources.files(__package__).joinpath("domain_phrases.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("["):
            current = result.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            current += line.split()
    return {name: tuple(entries) for name, entries in result.items()}


_SECTIONS = _sections()
TOWNS = _SECTIONS["towns"]
ROADS = _SECTIONS["roads"]
PLACES = _SECTIONS["places"]
VILLAGES = _SECTIONS["villages"]
WANTS = _SECTIONS["wants"]
SITUATIONS = _SECTIONS["situations"]
ANSWERS = _SECTIONS["answers"]
CORRECTIONS = _SECTIONS["corrections"]
DETAILS = _SECTIONS["details"]
DIGITS = "零一二三四五六七八九"
MONTHS = _SECTIONS["months"]
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def items() -> list[str]:
    """Short names of services, as spoken."""
    return resources.files(__package__).joinpath("domain_items.txt").read_text(encoding="utf-8").split()


def number(value: int) -> str:
    """A whole number below 100 million as it is read.

    Example:
        >>> number(12), number(305), number(20000)
        ('十二', '三百零五', '两万')
    """
    if value >= 10_000:
        high, low = divmod(value, 10_000)
        joint = "零" if 0 < low < 1000 else ""
        head = "两" if high == 2 else number(high)
        tail = number(low) if low else ""
        return head + "万" + joint + ("一" if 10 <= low < 20 else "") + tail
    if value < 10:
        return DIGITS[value]
    result, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // unit % 10
        if digit == 0:
            zero = bool(result)
            continue
        result += ("零" if zero else "") + DIGITS[digit] + name
        zero = False
    return result[1:] if 10 <= value < 20 else result


class Speaker:
    """Draws sentences; equal seeds draw equal sentences.

    Example:
        >>> Speaker(1).sentence() == Speaker(1).sentence()
        True
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._items = items()

    def digits(self, count: int) -> str:
        text = "".join(self.random.choice(DIGITS) for _ in range(count))
        return text.replace("一", "幺") if self.random.random() < 0.5 else text

    def phone(self) -> str:
        return (
            ("幺" if self.random.random() < 0.5 else "一") + self.random.choice("三五七八九") + self.digits(9)
        )

    def identity(self) -> str:
        first = self.random.choice(("三三零七八二", "三三零七", "三三", "三六", "四一", "五二", "三四"))
        year = self.random.choice(("一九", "二零", "幺九")) + self.digits(2)
        tail = self.random.choice((*DIGITS, "X"))
        return f"{first}{self.digits(6 - len(first))}{year}{self.digits(7)}{tail}"

    def name(self) -> str:
        return self.random.choice(SURNAMES) + "".join(
            self.random.choices(GIVEN, k=self.random.choice((1, 2, 2, 2)))
        )

    def date(self) -> str:
        if self.random.random() < 0.35:
            return self.random.choice(_SECTIONS["relative"])
        day = (
            self.random.choice(MONTHS)
            + "月"
            + number(self.random.randint(1, 31))
            + self.random.choice("号日号")
        )
        year = self.random.choice(
            (
                "",
                "",
                "二零二五年",
                "二零二六年",
                "今年",
                "明年",
                "一九" + self.digits(2) + "年",
                "二零" + self.digits(2) + "年",
            )
        )
        return year + day

    def address(self) -> str:
        where = self.random.choice((*TOWNS, *VILLAGES, ""))
        house = number(self.random.randint(1, 999)) + "号"
        rest = self.random.choice(
            (
                "",
                "",
                number(self.random.randint(1, 30)) + "幢",
                number(self.random.randint(1, 30))
                + "栋"
                + number(self.random.randint(1, 6))
                + "单元"
                + self.digits(3),
            )
        )
        return self.random.choice(("", "义乌市")) + where + self.random.choice(ROADS) + house + rest

    def plate(self) -> str:
        body = "".join(self.random.choice(DIGITS * 3 + LETTERS) for _ in range(5))
        return self.random.choice("浙浙浙浙沪苏赣皖") + self.random.choice("GGGGABCDEF") + body

    def value(self, kind: str) -> str:
        number_of = self.random.choice(
            (self.random.randint(1, 99), self.random.randint(1, 20) * 100, self.random.randint(100, 9999))
        )
        match kind:
            case "item" | "":
                return self.random.choice(self._items)
            case "phone" | "identity" | "address" | "plate":
                return str(getattr(self, kind)())
            case "name" | "name2":
                return self.name()
            case "surname":
                return self.random.choice(SURNAMES)
            case "date" | "date2":
                return self.date()
            case "place":
                return self.random.choice(PLACES)
            case "area":
                return number(number_of) + self.random.choice(("平方", "平方米", "个平方", "亩"))
            case "money":
                return number(number_of) + self.random.choice(("块", "元", "块钱", "万", "万元"))
            case "count":
                return number(number_of % 100 + 1) + self.random.choice("个人份张块间次套辆")
            case "four":
                return self.digits(4)
            case "digits":
                return self.digits(self.random.randint(6, 12))
            case "code":
                return "九一三三零七八二" + "".join(
                    self.random.choice(DIGITS * 2 + LETTERS) for _ in range(10)
                )
            case _:
                raise KeyError(kind)

    def fill(self, template: str) -> str:
        result = template
        while "{" in result:
            start, end = result.index("{"), result.index("}")
            result = result[:start] + self.value(result[start + 1 : end]) + result[end + 1 :]
        return result

    def sentence(self) -> str:
        kind = self.random.random()
        pool = (
            WANTS
            if kind < 0.35
            else SITUATIONS
            if kind < 0.6
            else DETAILS
            if kind < 0.84
            else ANSWERS
            if kind < 0.94
            else CORRECTIONS
        )
        return self.fill(self.random.choice(pool))

    def sentences(self, count: int) -> Iterator[str]:
        for _ in range(count):
            yield self.sentence()


def fixed_sentences() -> Iterator[str]:
    """Every answer and every item name once, and each situation, so that none is missing from the model."""
    speaker = Speaker(0)
    yield from ANSWERS
    yield from speaker.fill("\n".join(SITUATIONS)).split("\n")
    for name in speaker._items:
        yield name
        for template in WANTS:
            yield template.replace("{}", name)
