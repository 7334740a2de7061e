"""Answers to questions about an item, from its own record: materials, time, fee, place, who may …"""

from __future__ import annotations

import re
from collections.abc import Mapping

from catalog_index.conditions import holds, wanted_values
from catalog_index.schema import Item, Material
from catalog_index.text import simplify

# The first pattern that is found names the topic; order matters ("多少钱" before "多少").
_TOPICS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "fee",
        re.compile(r"多少钱|收费|费用|免费|要钱|花钱|工本费|价格|交钱|how much|\bcosts?\b|\bfees?\b", re.I),
    ),
    ("agent", re.compile(r"代办|别人(?:帮|替|代)|帮我(?:去|来)办|本人(?:去|到|来)|亲自|委托")),
    ("visits", re.compile(r"跑几趟|要跑|去几次|到现场|上门|网上(?:能|可以)?办|要不要去")),
    ("delivery", re.compile(r"怎么拿|怎么领|寄|快递|送|领取|取件|拿到手|在哪领|去哪(?:里|儿)?领")),
    (
        "time",
        re.compile(
            r"多久|几天|多长时间|什么时候(?:能|可以|办)|时限|快不快|工作日|等多长|how long|how many days",
            re.I,
        ),
    ),
    (
        "hours",
        re.compile(r"几点|上班|下班|周末|星期[六天日]|开门|营业时间|中午|office hours|opening hours", re.I),
    ),
    ("contact", re.compile(r"咨询电话|电话(?:是)?多少|打什么电话|联系电话|投诉|监督|热线")),
    (
        "place",
        re.compile(
            r"在哪|去哪|哪里|哪儿|窗口|地址|地点|地方|哪个部门|什么部门|归谁管|哪个单位|^where\b", re.I
        ),
    ),
    ("validity", re.compile(r"有效期|管几年|管多久|用几年|几年有效")),
    ("basis", re.compile(r"依据|法律|规定|凭什么|哪条|政策")),
    (
        "who",
        re.compile(
            r"谁(?:可以|能)|条件|资格|符合|能不能办|可以办吗|能办吗|可不可以|外地人|什么人|^who can\b", re.I
        ),
    ),
    (
        "materials",
        re.compile(
            r"材料|证件|带什么|带哪|准备|资料|手续|要什么|需要什么|要带|提供什么|证明"
            r"|复印件|照片|\bdocuments?\b|\bpapers?\b|to bring\b",
            re.I,
        ),
    ),
    ("why", re.compile(r"为什么|干什么用|做什么用|干嘛|^why\b", re.I)),
    ("process", re.compile(r"流程|怎么办|步骤|怎么弄|怎么申请|如何")),
)

TOPIC_LABELS = ("要什么材料", "多久办好", "要多少钱")


def topic_of(text: str) -> str | None:
    """What a question is about, or None."""
    plain = simplify(text)
    return next((topic for topic, pattern in _TOPICS if pattern.search(plain)), None)


# What is left of "多久能办好" without its topic says nothing about what is to be done.
_EMPTY = re.compile(
    r"[\W能办好完下来要需的呢吗呀啊得去到在我你您们可以这个那事件些东西先请问是有都给把]|doe?s?|it|is|i|take|need"
)


def is_bare_question(text: str) -> bool:
    """Whether a question names nothing but its topic, so that it can only be about what is being done.

    >>> is_bare_question("多久能办好？"), is_bare_question("开饭店要什么材料")
    (True, False)
    """
    plain = simplify(text).lower()
    found = next((pattern for _, pattern in _TOPICS if pattern.search(plain)), None)
    if found is None:
        return False
    for _, pattern in _TOPICS:
        plain = pattern.sub("", plain)
    return not _EMPTY.sub("", re.sub(r"什么|哪些|what|怎么|多少|how", "", plain))


def needed_materials(item: Item, known: Mapping[str, object]) -> list[tuple[Material, bool]]:
    """Materials that apply, each with whether that is certain yet; those that do not apply are left out."""
    listed = []
    for material in item.materials:
        applies = holds(material.when, known)
        if applies is not False:
            listed.append((material, applies is True))
    return listed


def _when_needed(item: Item, material: Material) -> str:
    """In which case a material is needed, in the words of the questions that will decide it."""
    if material.note:
        return material.note
    fields = {field.id: field for field in item.fields}
    cases = []
    for name, wanted in material.when.items():
        field = fields.get(name)
        labels = {option.value: option.label for option in field.options} if field else {}
        values = [labels[value] for value in wanted_values(wanted) if value in labels]
        if field and values:
            cases.append(f"{field.label}是“{'或'.join(values)}”")
        elif field and wanted_values(wanted) == ("yes",):
            cases.append(f"{field.label.removeprefix('是否')}")
        else:
            return "视情况需要"
    return f"{'、'.join(cases)}的才要"


def _material_name(item: Item, material: Material, certain: bool) -> str:
    copies = f"{material.copies}份" if material.copies > 1 else ""
    name = f"{material.name}{copies}"
    if certain:
        return name
    return f"{name}（{_when_needed(item, material).rstrip('。')}）"


def materials_sentence(item: Item, known: Mapping[str, object]) -> str:
    """What to prepare, in one or two sentences."""
    listed = needed_materials(item, known)
    bring = [_material_name(item, material, certain) for material, certain in listed if not material.shared]
    fetched = [material.name for material, certain in listed if material.shared and certain]
    if not bring:
        sentence = "这件事不用您交材料。"
    else:
        sentence = f"需要准备：{'、'.join(bring)}。"
    if fetched:
        sentence += f"{'、'.join(fetched)}由部门共享数据核对，不用您提供。"
    promises = [one for one in item.commitments if holds(one.when, known) is not False]
    replaced = "、".join(dict.fromkeys(name for one in promises for name in one.replaces))
    if promises and not bring:
        instead = f"，用它代替{replaced}" if replaced else ""
        sentence += f"只要同意一份{'和'.join(one.title for one in promises)}{instead}。"
    elif replaced:
        sentence += f"{replaced}可以用书面承诺代替。"
    return sentence


def time_sentence(item: Item) -> str:
    """How long it takes, in working days."""
    if item.promised_days == 0:
        return "当场就能办好。"
    legal = ""
    if item.legal_days and item.legal_days > item.promised_days:
        legal = f"（法定{item.legal_days}个工作日）"
    return f"承诺受理后{item.promised_days}个工作日内办结{legal}。"


def fee_sentence(item: Item) -> str:
    """What it costs."""
    note = f"，{item.fee.note}" if item.fee.note else ""
    if item.fee.yuan is None:
        return f"收费看具体情况{note}。"
    return f"不收费{note}。" if item.fee.yuan == 0 else f"收费{item.fee.yuan:g}元{note}。"


def _visits_sentence(item: Item) -> str:
    if item.visits == 0:
        return "不用跑，在这里就能办完。"
    return f"网上提交后，需要到现场{item.visits}次，地点是{item.place}。"


def answer(item: Item, topic: str | None, known: Mapping[str, object]) -> str:
    """The answer to a question about an item; without a topic, the short overview."""
    department = item.department
    if topic == "materials":
        return materials_sentence(item, known)
    if topic == "time":
        return time_sentence(item)
    if topic == "fee":
        return fee_sentence(item)
    if topic == "place":
        return f"由{department.name}办理。{_visits_sentence(item)}"
    if topic == "hours":
        return f"窗口时间是{department.hours}。网上申请全天都可以提交。"
    if topic == "contact":
        return f"咨询请打{department.phone}，投诉监督请打{department.complaint_phone}。"
    if topic == "who":
        return (
            f"办理条件是：{_numbered(item.conditions)}"
            if item.conditions
            else "没有特别的条件，需要的人都可以办。"
        )
    if topic == "visits":
        return _visits_sentence(item)
    if topic == "agent":
        if item.visits == 0:
            return "在这里填好就能办，家人也可以帮您填，请用申请人本人的信息。"
        return "能不能代办要看具体情况，一般要带委托书和双方身份证。拿不准可以说“转人工”。"
    if topic == "delivery":
        return f"办好后的结果是{item.result}，{'或'.join(item.delivery)}。"
    if topic == "validity":
        return (
            f"有效期：{item.validity}。"
            if item.validity
            else "这个事项没有规定有效期，具体请以办理结果为准。"
        )
    if topic == "basis":
        laws = "、".join(f"《{basis.law}》{basis.article or ''}" for basis in item.legal_basis)
        return f"依据是{laws}。" if laws else f"具体依据请咨询{department.name}，电话{department.phone}。"
    if topic == "why":
        return "这些信息只用来办理您的申请，会加密保存，不会用到别处。"
    return f"{materials_sentence(item, known)}{time_sentence(item)}{fee_sentence(item)}"


def _numbered(sentences: tuple[str, ...]) -> str:
    parts = [sentence.rstrip("。；") for sentence in sentences]
    return f"{parts[0]}。" if len(parts) == 1 else "；".join(parts) + "。"
