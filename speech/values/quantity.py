"""Amounts: area in square metres, money in yuan, counts."""

from __future__ import annotations

import re
from decimal import Decimal

from speech.values.coded import marks
from speech.values.errors import (
    MoreThanOne,
    NotUnderstood,
    NumberNotWhole,
    NumberTooLarge,
    NumberTooSmall,
    NumberVague,
)
from speech.values.folding import bare, plain
from speech.values.model import Ask, Value
from speech.values.numerals import Number, evaluate, numbers
from speech.values.speaking import speak_decimal, speak_number

_LARGEST = Decimal(10**13)
_CENT = Decimal("0.01")
_NOTHING = re.compile(
    r"(?:我)?(?:都|一个(?:也|都)?|一分钱(?:也|都)?)?(?:没有|没|无|不要钱|免费|不收费|零元|没人)(?:的|了|啊|钱)?"
)
_NEGATIVE = re.compile(r"(?:^|[^\d])-\s*\d|负[\d零一二三四五六七八九十两百千万]")
_FOREIGN = re.compile(r"美元|美金|欧元|日元|英镑|港币|港元|韩元|卢布")
_D = "[0-9零一二三四五六七八九两]"
_YUAN = re.compile(
    rf"\s*(?:元|块|圆|RMB)(?:钱|整|人民币)?(?:(?P<half>半)|(?P<jiao>{_D})[角毛](?:(?P<fen>{_D})分?)?|零(?P<cent>{_D})分?"
    rf"|(?P<two>{_D}{_D})(?!{_D})|(?P<one>{_D})(?![{_D[1:-1]}十百千万个]))?"
)
_SMALL = re.compile(rf"\s*(?P<unit>[角毛分])(?:钱)?(?:(?P<more>{_D})(?:分)?)?")
_AREA_UNITS = (
    (re.compile(r"\s*平方公里"), Decimal(10**6)),
    (re.compile(r"\s*公顷"), Decimal(10**4)),
    (re.compile(r"\s*亩"), Decimal(2000) / 3),
    (re.compile(r"\s*(?:平方米|平方|平米|平|方|M2|M\^2)"), Decimal(1)),
)
_SIDES = re.compile(r"\s*米?\s*(?:长)?[, ]*(?:乘以?|X|×|\*|宽)(?:度)?(?:是|为|约)?\s*$")


def _digit(said: str | None) -> Decimal:
    return evaluate(said) if said else Decimal(0)


def _meant(text: str, ask: Ask, found: list[tuple[Number, Decimal]], what: str) -> Decimal:
    """The one amount of several; checked for vagueness and against the field's limits."""
    if _NEGATIVE.search(text):
        raise NumberTooSmall("negative", citizen="这个数不能是负数，请再说一遍。")
    if not found:
        raise NotUnderstood("no number", citizen=f"没有听到{what}，请说一个数。")
    if len({amount for _, amount in found}) > 1:
        last = max(marks(text), default=0)
        found = [pair for pair in found if pair[0].start >= last] or found
    if any(number.vague for number, _ in found):
        raise NumberVague("vague")
    amounts = {amount for _, amount in found}
    if len(amounts) > 1:
        raise MoreThanOne("several numbers", citizen="我听到了不止一个数，请只说一个。")
    amount = amounts.pop()
    low, high = ask.constraints.minimum, ask.constraints.maximum
    if low is not None and amount < Decimal(str(low)):
        raise NumberTooSmall("below the minimum", citizen=f"这个数太小了，最少是{low:g}，请再说一遍。")
    if high is not None and amount > Decimal(str(high)):
        raise NumberTooLarge("above the maximum", citizen=f"这个数太大了，最多是{high:g}，请再说一遍。")
    if amount >= _LARGEST:
        raise NumberTooLarge("beyond any real amount")
    return amount


def _shown(amount: Decimal) -> str:
    return f"{amount:,.2f}".rstrip("0").rstrip(".")


def money_amounts(text: str, *, unit_needed: bool = False) -> list[tuple[Number, Decimal]]:
    """Yuan amounts in plain text; `unit_needed`: only where 元, 块 or ¥ is said."""
    text = re.sub(r"(?<=\d)[Ww](?![A-Za-z])", "万", re.sub(r"(?<=\d)[Kk](?![A-Za-z])", "千", text))
    found: list[tuple[Number, Decimal]] = []
    end = 0
    for number in numbers(text):
        if number.start < end:
            continue
        amount, end = number.value, number.end
        yuan = _YUAN.match(text, end)
        small = _SMALL.match(text, end)
        if yuan:
            end = yuan.end()
            amount += Decimal("0.5") if yuan["half"] else Decimal(0)
            amount += _digit(yuan["jiao"] or yuan["one"]) / 10 + _digit(yuan["fen"] or yuan["cent"]) / 100
            amount += _digit(yuan["two"]) / 100
        elif small:
            end = small.end()
            amount = amount / (100 if small["unit"] == "分" else 10) + _digit(small["more"]) / 100
        elif text.startswith("半", end) and number.value % 10 == 0:
            end += 1
            amount += _half_of_unit(text[number.start : number.end])
        elif unit_needed and text[number.start - 1 : number.start] != "¥":
            continue
        found.append((Number(number.start, end, amount, number.vague), amount))
    return _real(found) if unit_needed else found


def _real(found: list[tuple[Number, Decimal]]) -> list[tuple[Number, Decimal]]:
    """Without amounts beyond any real one."""
    return [pair for pair in found if pair[1] < _LARGEST]


def _half_of_unit(said: str) -> Decimal:
    """两万半: half of the last unit said."""
    return {"万": Decimal(5000), "亿": Decimal(5 * 10**7), "千": Decimal(500), "百": Decimal(50)}.get(
        said[-1], Decimal(0)
    )


def money_value(text: str, amount: Decimal) -> Value:
    amount = amount.quantize(_CENT)
    yuan = float(amount)
    return Value("money", text, yuan, f"{_shown(amount)}元", f"{speak_decimal(yuan)}元")


def parse_money(text: str, ask: Ask) -> Value:
    folded = plain(text)
    if _FOREIGN.search(folded):
        raise NotUnderstood("foreign currency", citizen="请按人民币说金额，比如三千元。")
    found = money_amounts(folded)
    if not found and _NOTHING.fullmatch(bare(folded)):
        found = [(Number(0, 1, Decimal(0)), Decimal(0))]
    if not found and re.search(r"几|[万千百]把|多少", folded):
        raise NumberVague("vague")
    return money_value(text, _meant(folded, ask, found, "金额"))


def area_amounts(text: str, *, unit_needed: bool = False) -> list[tuple[Number, Decimal]]:
    """Square metres in plain text, 三米乘五米 and 亩 too."""
    found: list[tuple[Number, Decimal]] = []
    half = re.search(r"(?<![0-9一二三四五六七八九十百千万两])半(?=亩|公顷|平方公里)", text)
    said = [Number(half.start(), half.end(), Decimal("0.5"))] if half else []
    said += [n for n in numbers(text) if not re.match(r"\s*(?:楼|层|号|幢|室|间|个)", text[n.end :])]
    skip = -1
    for index, number in enumerate(said):
        if index == skip:
            continue
        following = said[index + 1] if index + 1 < len(said) else None
        if following is not None and _SIDES.match(text[number.end : following.start]):
            vague = number.vague or following.vague
            product = number.value * following.value
            found.append((Number(number.start, following.end, product, vague), product))
            skip = index + 1
            continue
        amount = _with_area_unit(text, number)
        if amount is not None:
            found.append(amount)
        elif not unit_needed:
            found.append((number, number.value))
    return _real(found) if unit_needed else found


def _with_area_unit(text: str, number: Number) -> tuple[Number, Decimal] | None:
    many = re.match(r"多", text[number.end :])
    at = number.end + (1 if many else 0)
    for unit, worth in _AREA_UNITS:
        matched = unit.match(text, at)
        if matched:
            end, value = matched.end(), number.value
            if text.startswith("半", end):
                end, value = end + 1, value + Decimal("0.5")
            return Number(number.start, end, value, number.vague), value * worth
    return None


def area_value(text: str, amount: Decimal) -> Value:
    amount = amount.quantize(_CENT)
    metres = float(amount)
    return Value("area", text, metres, f"{_shown(amount)}平方米", f"{speak_decimal(metres)}平方米")


def parse_area(text: str, ask: Ask) -> Value:
    folded = plain(text)
    found = area_amounts(folded)
    if not found and re.search(r"几|多少", folded):
        raise NumberVague("vague")
    with_unit = area_amounts(folded, unit_needed=True)
    return area_value(text, _meant(folded, ask, with_unit or found, "面积"))


def count_value(text: str, count: int) -> Value:
    return Value("count", text, count, str(count), speak_number(count))


def parse_count(text: str, ask: Ask) -> Value:
    folded = plain(text)
    found = [(number, number.value) for number in numbers(folded)]
    found = [
        (number, amount * 2 if re.match(r"[对双](?!.*双)", folded[number.end :]) else amount)
        for number, amount in found
    ]
    if not found and _NOTHING.fullmatch(bare(folded)):
        found = [(Number(0, 1, Decimal(0)), Decimal(0))]
    if not found and re.search(r"几|多少", folded):
        raise NumberVague("vague")
    amount = _meant(folded, ask, found, "数量")
    if amount != amount.to_integral_value() or re.search(r"个半|半个", folded):
        raise NumberNotWhole("not whole")
    return count_value(text, int(amount))
