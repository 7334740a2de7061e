"""What an answer is expected to be, and the phrases that such an answer is made of.

A second recognizer hears the same audio with nothing but these phrases in its ears. Vosk makes a bigram of
them, so the phrases teach what may stand beside what: any digit after any other, 月 after a month's number.

Example:
    >>> Expectation("yes_no").phrases()[0]
    '是'
    >>> Expectation("text").phrases()
    ()
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from speech.language_model.domain import DIGITS, LETTERS, number

UNKNOWN = "[unk]"
_SPOKEN_DIGITS = DIGITS + "幺洞两"
_SAMPLES = 80
_MOST_OPTIONS, _LONGEST_OPTION = 40, 40
#: How many symbols a code of the kind has; texts with another number of them are no answer.
_LENGTHS = {"resident_id": (18,), "uscc": (18,), "phone": (7, 8, 11, 12)}
_MOST, _OTHERS_MOST = {"resident_id": 100, "uscc": 100, "phone": 12, "digits": 12}, 6
"""Hypotheses asked for: the right one of a code that proves itself is often far down the list."""
_YES_NO = (
    "是", "是 的", "对", "对 的", "对 是 的", "嗯 是 的", "嗯 对", "嗯", "没错", "好", "好 的", "可以",
    "有", "有 的",    "不 是", "不 是 的", "不 对", "没有", "没", "不 用", "不 要", "不 行", "不 好",
)  # fmt: skip
_FILLERS = ("嗯", "那个", "呃", "是", "我 的 是", "我 的")
_CALLED = {
    "resident_id": ("我 的 身份证 号 是", "身份证 号码 是", "身份证", "号码 是"),
    "phone": ("我 的 电话 是", "手机 号 是", "电话 号码 是", "手机"),
    "uscc": ("信用 代码 是", "统一 社会 信用 代码 是", "代码 是"),
    "digits": ("是", "前 六 位 是", "后 四 位 是", "中间 八 位 是"),
    "plate": ("我 的 车牌 是", "车牌 号 是", "车牌 号码 是"),
    "date": ("是", "从", "到", "大概", "就"),
    "date_range": ("是", "从", "到"),
    "area": ("面积", "大概", "一共", "总共"),
    "money": ("大概", "一共", "总共", "注册 资本"),
    "count": ("一共", "总共", "大概", "有"),
}  # fmt: skip
KINDS = ("yes_no", *_CALLED)
"""Kinds that can be listened for as they are; a choice can be with its options."""
_RELATIVE = (
    "今天",
    "明天",
    "后天",
    "大后天",
    "昨天",
    "前天",
    "月底",
    "年底",
    "去年",
    "今年",
    "明年",
    "下 个 月",
)


@dataclass(frozen=True, slots=True)
class Expectation:
    """The kind of answer that a question asks for.

    Attributes:
        kind: one of `speech.values.KINDS`, or "digits" for a part of a number; other kinds and free text are
            heard by the open recognizer alone.
        options: for a choice, each way to name an option.
    """

    kind: str
    options: tuple[str, ...] = ()

    def phrases(self) -> tuple[str, ...]:
        """What an answer is made of, words that belong together in one piece; empty: nothing to narrow to."""
        source = random.Random(11)
        match self.kind:
            case "yes_no":
                return _YES_NO
            case "choice":
                own = [text for text in self.options if 0 < len(text) <= _LONGEST_OPTION][:_MOST_OPTIONS]
                return (
                    tuple(chain(own, (f"第 {digit} 个" for digit in "一二三四五六七八九"), _FILLERS))
                    if own
                    else ()
                )
            case "resident_id" | "phone" | "uscc" | "plate" | "digits":
                body = [self._code(source) for _ in range(_SAMPLES)]
            case "date" | "date_range":
                body = list(_dates(source))
            case "area":
                body = _amounts(source, ("平方", "平方米", "个 平方", "亩"))
            case "money":
                body = _amounts(source, ("块", "元", "块 钱", "万", "万 元"))
            case "count":
                body = _amounts(source, tuple("个人份张块间次套辆名"))
            case _:
                return ()
        called = _CALLED[self.kind]
        led = (f"{called[place % len(called)]} {text}" for place, text in enumerate(body[::4]))
        return tuple(chain(body, led, _FILLERS))

    def _code(self, source: random.Random) -> str:
        def digits(count: int) -> list[str]:
            return source.choices(_SPOKEN_DIGITS if self.kind == "phone" else _SPOKEN_DIGITS[:-1], k=count)

        match self.kind:
            case "phone":
                return " ".join(digits(11))
            case "resident_id":
                return " ".join([*digits(17), source.choice((*DIGITS, "X"))])
            case "digits":
                return " ".join([*digits(source.randint(3, 7)), source.choice((*DIGITS, "X"))])
            case "uscc":
                return " ".join(source.choice((*DIGITS, *DIGITS, *LETTERS)) for _ in range(18))
            case _:
                return " ".join(
                    ["浙", source.choice("GGGABCDEFHJKL"), *source.choices((*DIGITS, *DIGITS, *LETTERS), k=5)]
                )

    @property
    def most(self) -> int:
        """How many hypotheses are worth having."""
        return _MOST.get(self.kind, _OTHERS_MOST)

    def answers(self, texts: Sequence[str]) -> list[str]:
        """Those of the hypotheses that have an answer's form, best first, without the unknown."""
        lengths = _LENGTHS.get(self.kind)
        found = dict.fromkeys(text.replace(UNKNOWN, "").replace(" ", "") for text in texts)
        kept = (text for text in found if text)
        if lengths is not None:
            kept = (text for text in kept if sum(sign in _SYMBOLS for sign in text) in lengths)
        return list(kept)


_SYMBOLS = frozenset(_SPOKEN_DIGITS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def _dates(source: random.Random) -> Iterator[str]:
    for month in range(1, 13):
        for day in range(1, 32):
            if source.random() < 0.5:
                sign = source.choice("号日号")
                yield " ".join((*number(month), "月", *number(day), sign))
    for year in (*range(1940, 2036, 3), 2025, 2026, 2027):
        yield " ".join((*(DIGITS[int(digit)] for digit in str(year)), "年", *number(year % 12 + 1), "月"))
    yield from _RELATIVE
    yield from ("下 周 " + day for day in "一二三四五六日")
    yield from (
        "明年 三 月",
        "今年 十 月",
        "去年 五 月",
        "下 个 月 五 号",
        "这 个 月 底",
        "一 号 到 三 号",
        "到 月底",
    )


def _amounts(source: random.Random, units: tuple[str, ...]) -> list[str]:
    amounts = (
        source.choice((source.randint(1, 99), source.randint(1, 40) * 50, source.randint(100, 99_999)))
        for _ in range(_SAMPLES)
    )
    return [f"{' '.join(number(amount))} {source.choice(units)}" for amount in amounts]


def fitted(phrases: Sequence[str], knows: Callable[[str], bool]) -> list[str]:
    """The phrases in words that a recognizer knows, longest words first; those with a foreign sign fall away.

    Example:
        >>> fitted(["补办 证", "换证☎"], {"补", "办", "证", "换"}.__contains__)
        ['补 办 证']
    """
    result: dict[str, None] = {}
    for phrase in phrases:
        words: list[str] = []
        for piece in phrase.upper().split():
            rest = piece
            while rest:
                size = next((size for size in range(len(rest), 0, -1) if knows(rest[:size])), 0)
                if size == 0:
                    break
                words.append(rest[:size])
                rest = rest[size:]
            if rest:
                words = []
                break
        if words:
            result[" ".join(words)] = None
    return list(result)
