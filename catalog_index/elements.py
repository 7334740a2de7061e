"""The national element table (实施清单要素): its names, and each element's text read and written.

What `…_text` writes `…_of` reads back, so that an exported table can be edited in a spreadsheet and loaded.

Example:
    >>> fee_of(fee_text(Fee(yuan=100, note="一副")))
    Fee(yuan=100.0, note='一副')
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from catalog_index.schema import Audience, Delivery, Fee, LegalBasis

ELEMENTS = (
    "事项名称", "主项名称", "基本编码", "实施编码", "事项类型", "实施主体", "服务对象", "法定办结时限",
    "承诺办结时限", "受理条件", "申请材料", "收费", "办理形式", "到办事现场次数", "结果名称", "结果有效期",
    "送达方式", "设定依据", "办理地点", "办理时间", "咨询方式", "监督投诉方式", "注意事项",
    # Wenban's own: how people call it and what they tell.
    "常用说法", "常见情形",
)  # fmt: skip
REQUIRED = ("事项名称", "实施主体")
# Not every city's table has these; their absence is no gap.
OPTIONAL = frozenset(("主项名称", "结果有效期", "注意事项", "常用说法", "常见情形"))
# Stated by the department; an item where they are different says so in a note that begins with the element.
OFFICE = {"办理时间": "hours", "咨询方式": "phone", "监督投诉方式": "complaint_phone"}
LONGEST = 400
_NOTHING = frozenset(("", "无", "null", "none", "暂无", "未分类", "-", "/"))
_AUDIENCES: tuple[tuple[Audience, str], ...] = (
    ("社会组织", "社会组织|社团"),
    ("事业单位", "事业"),
    ("机关", "机关"),
    ("个体工商户", "个体"),
    ("外国人", "外国|境外人"),
    ("企业", "企业|法人"),
    ("个人", "自然人|个人|公民"),
)
_DELIVERIES: tuple[tuple[Delivery, str], ...] = (
    ("无需送达", "无需"),
    ("邮寄", "邮寄|快递|邮政"),
    ("自助机", "自助"),
    ("短信通知", "短信"),
    ("电子证照", "电子|网上|下载"),
    ("窗口领取", "窗口|现场|自取|直接送达"),
)
_ONLINE = re.compile(r"全程网办|全程网上")
_FEE = re.compile(r"^([0-9]+(?:\.[0-9]+)?) ?元?(?:（(.*)）)?$", re.DOTALL)
_FREE = re.compile(r"^(?:否|不收费|免费|不收取费用|0 ?元?)(?:（(.*)）)?$", re.DOTALL)
_OPEN_FEE = "看情况"
_BASIS = re.compile(r"^《(.+)》([^》]*)$")
_SENTENCE_END = re.compile(r"(?<=[。；;])")


def plain(value: object) -> str:
    """A cell as one line of text; words that say "nothing" are nothing."""
    if isinstance(value, list | tuple):
        return "；".join(text for one in value if (text := plain(one)))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = " ".join(str("" if value is None else value).split())
    return "" if text.lower() in _NOTHING else text


def many(value: object) -> list[str]:
    """Several entries: a list, lines, or one line with 、 or ； between them; no duplicates.

    A text with a line break in it is lines, so that an entry that holds a 、 itself can be written.
    """
    if isinstance(value, list | tuple):
        parts: Sequence[object] = value
    else:
        text = str("" if value is None else value)
        parts = text.splitlines() if "\n" in text else re.split(r"[;；、|]", text)
    return list(dict.fromkeys(text for part in parts if (text := plain(part))))


def lines(entries: Sequence[str]) -> str:
    """What `many` reads: one entry a line, and a single entry still with a line break."""
    return "\n".join(entries) + "\n" if len(entries) == 1 else "\n".join(entries)


def paragraphs(value: object) -> list[str]:
    """Entries as they are; a long one is cut at the ends of sentences, so that nothing is lost."""
    entries: Sequence[object] = value if isinstance(value, list | tuple) else str(value or "").splitlines()
    unique = dict.fromkeys(text for entry in entries if (text := plain(entry)))
    return [part for text in unique for part in _cut(text)]


def _cut(text: str) -> list[str]:
    parts = [""]
    for sentence in _SENTENCE_END.split(text) if len(text) > LONGEST else [text]:
        if parts[-1] and len(parts[-1]) + len(sentence) > LONGEST:
            parts.append("")
        parts[-1] += sentence
    return [part for part in parts if part]


def days_of(value: object) -> int | None:
    """Working days; None where no number is given."""
    found = re.search(r"\d+", plain(value))
    return min(int(found.group()), 730) if found else None


def audience_of(value: object) -> list[Audience]:
    """Whom it is for, in the order given."""
    found: list[Audience] = []
    for part in many(value):
        kind = next((kind for kind, words in _AUDIENCES if part == kind or re.search(words, part)), None)
        if kind is not None and kind not in found:
            found.append(kind)
    return found


def delivery_of(value: object) -> list[Delivery]:
    """How the result arrives, in the order given."""
    found: list[Delivery] = []
    for part in many(value):
        exact = [kind for kind, _ in _DELIVERIES if kind == part]
        kinds = exact or [kind for kind, words in _DELIVERIES if re.search(words, part)]
        found += [kind for kind in kinds if kind not in found]
    return found


def visits_of(value: object, form: object) -> int | None:
    """Visits needed; from 办理形式 where the number is missing and it says that none is."""
    visits = days_of(value)
    if visits is None:
        return 0 if _ONLINE.search(plain(form)) else None
    return min(visits, 3)


def form_text(visits: int) -> str:
    """办理形式, as far as the number of visits tells."""
    return "全程网办" if visits == 0 else "窗口办理"


def fee_of(value: object) -> Fee | None:
    """The fee; None where nothing is said, an unknown amount where something else than one is."""
    text = plain(value)
    if not text:
        return None
    if text == _OPEN_FEE:
        return Fee(yuan=None)
    if free := _FREE.match(text):
        return Fee(yuan=0, note=free.group(1) or None)
    if priced := _FEE.match(text):
        return Fee(yuan=float(priced.group(1)), note=priced.group(2) or None)
    return Fee(yuan=None, note=text[:LONGEST])


def fee_text(fee: Fee) -> str:
    """The fee in one cell."""
    if fee.yuan is None:
        return fee.note or _OPEN_FEE
    amount = "不收费" if fee.yuan == 0 else f"{fee.yuan:.10f}".rstrip("0").rstrip(".") + "元"
    return f"{amount}（{fee.note}）" if fee.note else amount


def own_office(notes: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Elements of `OFFICE` that an item's notes state for itself, and the other notes."""
    own: dict[str, str] = {}
    others = []
    for note in notes:
        element, colon, text = note.partition("：")
        if colon and element in OFFICE and element not in own:
            own[element] = text
        else:
            others.append(note)
    return own, others


def basis_of(value: object) -> list[LegalBasis]:
    """Laws and articles, one a line: 《居民身份证法》第十条."""
    found = []
    for part in paragraphs(value):
        named = _BASIS.match(part)
        law, article = (named.group(1), named.group(2).strip()) if named else (part, "")
        found.append(LegalBasis(law=law, article=article or None))
    return found


def basis_text(basis: Sequence[LegalBasis]) -> list[str]:
    """What `basis_of` reads."""
    return [f"《{one.law}》{one.article or ''}" for one in basis]
