"""A form field's words turned into its value, through `speech.values`, with the field's own limits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from actions.forms.texts import leaves_out, settle_text
from actions.state import Filled
from catalog_index.conditions import holds
from catalog_index.schema import FormField, Item
from catalog_index.text import simplify
from speech.values import Constraints, Option, Value, parse_value
from speech.values.correct import correct_value

# Kinds whose text is free: nearly any words would pass, so acts are looked at before the value.
FREE_KINDS = frozenset(("name", "text", "address"))
_SKIP = re.compile(
    r"^(?:我|那|就|先)*(?:没有|没|无|跳过|不填|不用|不需要|不要|暂时没有|下一个|下一项|不知道|不清楚"
    r"|忘(?:记|掉)?|不记得|记不(?:得|清|住)|想不起来|找不到|看不清|没带"
    r"|(?:还)?没想好|不用?邮?寄|自取|(?:我)?自己(?:过)?(?:来|去)?(?:取|拿|领)|(?:到|去)?窗口(?:取|拿|领)取?)"
    r"[的了吧呀啊。，,.]*$"
)
# Whose detail it is, when a form asks the same kind of several people.
_OWNERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("配偶", re.compile(r"配偶|老婆|老公|爱人|丈夫|妻子|媳妇|对象|对方|男方|女方|未婚夫|未婚妻")),
    ("子女", re.compile(r"子女|孩子|小孩|儿子|女儿|宝宝|新生儿|婴儿|未成年人")),
    ("父母", re.compile(r"父母|父亲|母亲|爸|妈|老人|监护人")),
    ("法定代表人", re.compile(r"法定代表人|法人|老板|负责人")),
    ("经办人", re.compile(r"经办人|代办人|委托人|联系人")),
)


_SELF = re.compile(r"我叫|我自己|本人|我的(?:名字|姓名|身份证|电话|手机|地址|住址|出生)")


def _bound(limit: str | None, today: date) -> date | None:
    if limit is None:
        return None
    return today if limit == "today" else date.fromisoformat(limit)


def parse_field(
    field: FormField, text: str, *, today: date, heard: Sequence[str] = (), narrowed: Sequence[str] = ()
) -> Value:
    """The field's value in these words.

    Args:
        heard: the recognizer's hypotheses where the words were spoken.
        narrowed: what it heard when it listened for this kind alone.

    Raises:
        ValueInvalid: with a sentence that says what is expected.
    """
    value = parse_value(
        field.kind,
        text,
        today=today,
        options=options_of(field),
        alternatives=heard,
        narrowed=narrowed,
        constraints=constraints_of(field, today),
    )
    return _settled(field, value, today)


def _settled(field: FormField, value: Value, today: date) -> Value:
    """The value, if the field's label bears it."""
    if field.kind != "text":
        return value
    written = settle_text(field, str(value.value), today=today)
    return replace(value, value=written, display=written)


def options_of(field: FormField) -> list[Option]:
    """The answers that a choice accepts."""
    return [Option(option.value, option.label, option.says) for option in field.options]


def constraints_of(field: FormField, today: date) -> Constraints:
    """The field's own limits."""
    return Constraints(
        minimum=field.minimum,
        maximum=field.maximum,
        not_before=_bound(field.not_before, today),
        not_after=_bound(field.not_after, today),
        max_days=field.max_days,
        mobile_only=field.id == "phone",
    )


def corrected(field: FormField, old: Filled, text: str, *, today: date) -> Value:
    """The old value put right by what is said ("后四位不对，是二三幺八"), or the whole said anew.

    Raises:
        ValueInvalid: what is right cannot be told, or is no valid value; the old one stands.
    """
    value = correct_value(
        Value(field.kind, old.display, old.value, old.display, old.read_back),
        text,
        today=today,
        options=options_of(field),
        constraints=constraints_of(field, today),
    )
    return _settled(field, value, today)


def filled_from(value: Value) -> Filled:
    """What is kept of a parsed value."""
    return Filled(value=value.value, display=value.display, read_back=value.read_back)


def is_skip(text: str, field: FormField | None = None) -> bool:
    """Whether the words leave an optional field out, this one where it is given."""
    return bool(_SKIP.match(simplify(text.strip()))) or (field is not None and leaves_out(field, text))


def owner_of(text: str) -> str | None:
    """Whose detail the words are about, if they say so."""
    plain = simplify(text)
    return next((owner for owner, pattern in _OWNERS if pattern.search(plain)), None)


def speaks_of_self(text: str) -> bool:
    """Whether the words give the speaker's own detail ("我叫王芳")."""
    return bool(_SELF.search(simplify(text)))


def applicable(item: Item, known: Mapping[str, object]) -> list[FormField]:
    """The fields this application has, in order, as far as is known.

    A field whose condition is still open is left out: its condition refers to earlier fields, which are asked
    first.
    """
    seen: dict[str, object] = dict(known)
    fields = []
    for field in item.fields:
        if holds(field.when, seen):
            fields.append(field)
        else:
            # What does not apply must not decide about others, even if it was answered before.
            seen.pop(field.id, None)
    return fields


def foreseeable(item: Item, known: Mapping[str, object]) -> list[FormField]:
    """The fields that this application has or may come to have, in order."""
    return [field for field in item.fields if holds(field.when, known) is not False]


def known_values(item: Item, answers: Mapping[str, str], fields: Mapping[str, Filled]) -> dict[str, object]:
    """Facet answers and field values, the ground on which conditions are decided."""
    fixed = {name: values[0] for name, values in item.when.items() if len(values) == 1}
    return {**answers, **fixed, **{name: filled.value for name, filled in fields.items()}}


def mentioned_field(fields: Sequence[FormField], text: str) -> FormField | None:
    """The field that a correction names ("电话错了", "配偶的身份证号不对"), or None."""
    plain = simplify(text)
    scored = [(_mention(field, plain), -place, field) for place, field in enumerate(fields)]
    best = max(scored, key=lambda entry: entry[:2], default=None)
    return best[2] if best and best[0] > 0 else None


_KIND_WORDS: dict[str, str] = {
    "phone": "电话|手机|联系方式|号码",
    "name": "名字|姓名|叫",
    "resident_id": "身份证",
    "uscc": "信用代码|代码|执照号",
    "address": "地址|住址|地方|地点|位置",
    "plate": "车牌|牌照|车号",
    "date": "日期|时间|哪天|几号",
    "date_range": "日期|时间|期限|起止",
    "area": "面积|平方|平米|大小",
    "money": "金额|钱|资金|资本",
    "count": "数量|人数|几个|份数",
}


def _mention(field: FormField, text: str) -> float:
    owner, wanted = owner_of(text), owner_of(field.label)
    if owner and owner != wanted and (wanted or field.kind not in ("phone", "address")):
        # A form may hold another's phone as the one to call, but never another's name as the applicant's.
        return 0.0
    score = 0.0
    if field.label in text:
        score = 3.0
    elif words := _KIND_WORDS.get(field.kind):
        score = 1.0 if re.search(words, text) else 0.0
        # 身份证号 and 信用代码 also hold the word for a number.
        if field.kind == "phone" and re.search("身份证|代码|车牌", text) and not re.search("电话|手机", text):
            score = 0.0
    if not score:
        label_words = [word for word in re.split(r"[的（）()、/]", field.label) if len(word) >= 2]
        score = 0.5 if any(word in text for word in label_words) else 0.0
    return score + (0.5 if score and owner == wanted else 0.0)
