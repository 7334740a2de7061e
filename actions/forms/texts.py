"""Text fields: what a clerk would not write down as an answer, and why.

The catalog's kind `text` takes any words. Its label says more: a certificate's or a document's number holds
digits, and neither 明天 nor 不知道 is the name of a company. What is not taken is answered by a sentence that
says what is wanted and where it stands.
"""

from __future__ import annotations

import re
from datetime import date

from actions.acts import is_question, settle_act
from catalog_index.schema import FormField
from catalog_index.text import simplify
from speech.values import find_values, parse_value
from wenban.errors import ValueInvalid

# Labels of numbers; 字号 is a shop's name, 型号 a machine's.
_NUMBER = re.compile(r"(?<!字)(?<!型)(?<!船)(?<!口)(?:号|号码|编号|编码|代码|卡|账户)$")
_BANK = re.compile(r"银行卡|账号|账户|发放卡")
_CHASSIS = re.compile(r"^(?:车辆识别代号|新车车架号)$")
_DISABLED = re.compile(r"残疾人?证号")
# Papers whose number is never as short as a lamp post's.
_LONG = re.compile(r"护照|通行证|居住证|身份证|出入境证|居留证|资格证|驾驶证|社保卡")
_SHORTEST, _BANK_SHORTEST, _CHASSIS_LENGTH = 4, 8, 17
_PAPER = re.compile(
    r"^(?:原|旧|新|已有|孩子|母亲|家长|对方)*(?P<paper>.{1,12}?)(?:的?(?:编号|号码|文号|案号|证号|号))$"
)
_PAPER_ENDS = (
    "证",
    "书",
    "单",
    "合同",
    "协议",
    "卡",
    "护照",
    "证明",
    "报告",
    "牌",
    "回执",
    "清单",
    "通知",
    "批复",
    "意见",
)

# A name or a reason is words; a year, an amount or a place may be a number.
_WORDS = re.compile(r"(?:名称|姓名|单位|学校|医院|银行|企业|公司|机构|店名|国籍|国家|原因|理由|关系|用途)$")
_TIMELY = re.compile(
    r"时间|时候|日期|时段|年月|月份|年份|年度|期限|期$|哪[一天年月]|几[点月号年]|多久|计划|至今"
)
# What is told at length may hold a question and still be the answer.
_TOLD = re.compile(r"内容|诉求|情况|经过|事实|事项|问题|理由|原因|请求|说明|要求|事由|事情|意向")
_TOLD_AT_LENGTH = 8

_UNKNOWN = re.compile(
    r"^(?:我|这个|那个|具体|也|都|真的?|实在|已经|现在|一时|有点|好像|哦|啊|嗯)*"
    r"(?:不知道|不晓得|不清楚|不记得|记不(?:得|清|住|起来)|忘记?了?|忘掉了?|想不起来|不懂|找不到|看不清"
    r"|没(?:有)?(?:带|记住?|找到|看到|办过?)|丢了|不在(?:手边|身边|手上)|手(?:边|上|头)没有"
    r"|i (?:don't|do not|dont) (?:know|remember)|no idea|i forgot|forgot)(?:是?(?:多少|什么|哪个|几号))?"
    r"[的了吧呀啊呢哎。，,.！!\s]*$",
    re.I,
)
_NOTHING = re.compile(
    r"^(?:我|也|都|就|还|暂时)*(?:没有|没|无|没得|none|nothing)[的了吧呀啊呢。，,.！!\s]*$", re.I
)
_SKIPPED = re.compile(r"^(?:跳过|不填|下一[个项]|skip)[吧了。，,.！!\s]*$", re.I)
# The case in which a question may be skipped, in its own words: 个人请说跳过, 不是请说没有.
_SKIP_CASE = re.compile(r"(?:^|[，。？,、；])(?P<case>[^，。？,、；]{1,8}?)(?:的|可以)?请?说(?:跳过|没有)")
_ASKS = re.compile(
    r"[？?吗呢]$|什么意思|(?:在|去|上)?(?:哪里|哪儿|哪)(?:看|找|查|有|写)|怎么(?:看|填|写|查|找|说|讲)"
    r"|(?:填|写|说|讲)(?:什么|哪个)|是(?:什么|哪个|啥)|为(?:什么|啥)|凭什么|干什么|^(?:what|where|why|how|which)\b",
    re.I,
)

_NUMERALS = str.maketrans("零〇洞一幺二两三四五六七八九", "00011223456789")
_SPOKEN_RUN = re.compile(r"[零〇洞一幺二两三四五六七八九]{3,}")
_FEW_NUMERALS = re.compile(r"^第?[零〇一二两三四五六七八九十百千]+[号]?$")
_SIGNS = re.compile(r"[0-9A-Za-z]")
_TAIL = " 　。，,.！!；;、"
_TAIL_WORDS = re.compile(r"(?:吧|啊|呀|哦|呢)$")


class TextUnfit(ValueInvalid):
    """The words are no answer to this question."""

    code = "text_unfit"


class TextUnknown(ValueInvalid):
    """The citizen does not know it, or has none."""

    code = "text_unknown"


def is_number(field: FormField) -> bool:
    """Whether the field asks for the number of a paper, an account, a thing."""
    return field.kind == "text" and bool(_NUMBER.search(field.label))


def leaves_out(field: FormField, text: str) -> bool:
    """Whether the words leave out an optional text field, in the question's own words or as a plain no."""
    if not field.optional or field.kind != "text":
        return False
    said = _plain(text)
    if _UNKNOWN.match(said) or _NOTHING.match(said) or _is_yes_no(said) is False:
        return True
    bare = re.sub(r"^(?:我们?|我家)?(?:就?是)?|[的]$", "", said)
    return any(bare == found["case"].removeprefix("是") for found in _SKIP_CASE.finditer(field.ask))


def settle_text(field: FormField, text: str, *, today: date) -> str:
    """The answer as it is written down.

    Raises:
        TextUnfit, TextUnknown: it is none; `citizen` says what is wanted.
    """
    said = _plain(text)
    if _SKIPPED.match(said):
        raise TextUnfit("skipped", citizen=f"{field.label}这一项要填，不能跳过。{field.ask}")
    if is_number(field):
        return _settle_number(field, said, today)
    if _UNKNOWN.match(said):
        raise TextUnknown(
            "not known", citizen=f"没关系，知道多少说多少，说个大概也行，工作人员会再跟您核对。{field.ask}"
        )
    # 有什么荣誉？没有: that is an answer.
    if _NOTHING.match(said) and "有" not in field.ask:
        raise TextUnknown("none", citizen=f"{field.label}这一项要填。{_plea(field)}{field.ask}")
    if _is_no_answer(field, said, today):
        raise TextUnfit("no answer", citizen=f"这里要填{field.label}。{field.ask}")
    return re.sub(
        rf"^(?:我们?的?)?{re.escape(field.label)}(?:就?是|叫做?|就叫|为|[:：])\s*(?=.)", "", text.strip()
    )


def _plea(field: FormField) -> str:
    return "没有的话请说“转人工”，帮您看看怎么办。" if _WORDS.search(field.label) else ""


def _is_no_answer(field: FormField, said: str, today: date) -> bool:
    asks_yes_no = re.search(r"吗|大不大|有没有|是不是", field.ask) and not _WORDS.search(field.label)
    if _is_yes_no(said) is not None and not asks_yes_no and not (_NOTHING.match(said) and "有" in field.ask):
        return True
    if settle_act("inform", said) in ("greet", "thank"):
        return True
    if _is_day(said, today) and not _TIMELY.search(field.label + field.ask):
        return True
    if _WORDS.search(field.label) and not re.search(r"[^\W\d_]", said):
        return True
    told = _TOLD.search(field.label) and len(said) >= _TOLD_AT_LENGTH
    return not told and is_question(said) and bool(_ASKS.search(said))


def _settle_number(field: FormField, said: str, today: date) -> str:
    written = _TAIL_WORDS.sub("", _SPOKEN_RUN.sub(lambda run: run[0].translate(_NUMERALS), said))
    signs = "".join(_SIGNS.findall(written))
    digits = sum(sign.isdigit() for sign in signs)
    asked = is_question(said) and bool(_ASKS.search(said)) and digits < _SHORTEST
    if _UNKNOWN.match(said) or _NOTHING.match(said) or asked:
        raise TextUnknown("not known", citizen=_where(field))
    if (not digits and not _FEW_NUMERALS.match(said)) or _is_day(said, today):
        raise TextUnfit(
            "no digits", citizen=f"{field.label}里应该有数字，请照着{_paper(field)}再说一遍，也可以打字。"
        )
    if _CHASSIS.match(field.label):
        return _chassis(signs)
    if _DISABLED.search(field.label) and not 20 <= len(signs) <= 22:
        raise TextUnfit(
            "length",
            citizen=f"残疾人证号是身份证号加两位数字，一共二十位，现在是{len(signs)}位，请再说一遍。",
        )
    if _BANK.search(field.label) and digits < _BANK_SHORTEST:
        raise TextUnfit("short", citizen="卡号或账号的位数不够，请照着卡或存折把数字说全，也可以打字。")
    if _LONG.search(field.label) and len(signs) < _SHORTEST:
        raise TextUnfit("short", citizen=f"{field.label}不会这么短，请照着{_paper(field)}说全，也可以打字。")
    cut = re.match(r"^[^0-9]*(?:是|为|[:：])\s*(?=.*\d)", written)
    return written[cut.end() :] if cut else written


def _chassis(signs: str) -> str:
    number = signs.upper()
    if len(number) != _CHASSIS_LENGTH:
        raise TextUnfit(
            "length",
            citizen=f"车架号应该是十七位数字和字母，现在是{len(number)}位，请照着行驶证再说一遍，也可以打字。",
        )
    if re.search("[IOQ]", number):
        raise TextUnfit("letters", citizen="车架号里不会有字母I、O、Q，可能是数字1或0，请再看一下。")
    return number


def _where(field: FormField) -> str:
    """Where a number stands, and what to do without it."""
    where = field.hint or f"{field.label}一般印在{_paper(field)}，请照着说。"
    return f"{where}手边没有，可以说“停止办理”，填好的会存着；实在没有，请说“转人工”。"


def _paper(field: FormField) -> str:
    if _BANK.search(field.label):
        return "银行卡正面或存折上"
    if _CHASSIS.match(field.label):
        return "行驶证或合格证上"
    if found := re.search(r"([^，。说一下]{1,5}单|.{0,4}牌子?|[^，。说一下]{1,6}回执)上", field.ask):
        return found[0]
    found = _PAPER.match(field.label)
    paper = found["paper"] if found else ""
    return f"{paper}上" if paper.endswith(_PAPER_ENDS) else "单子或证件上"


def _plain(text: str) -> str:
    return simplify(text.strip()).strip(_TAIL)


def _is_yes_no(said: str) -> bool | None:
    try:
        answer = bool(parse_value("yes_no", said, today=date.min).value)
    except ValueInvalid:
        return None
    # "有点旧的招牌" opens like a yes and tells something.
    return answer if len(said) <= 4 or said.isascii() else None


def _is_day(said: str, today: date) -> bool:
    """Whether the words are a day and nothing else; 20251201 may be any number."""
    if said.isdigit():
        return False
    size = sum(sign.isalnum() for sign in said)
    if re.fullmatch(
        r"(?:today|tomorrow|yesterday|next week|下周|下个?月|明年|去年|刚才|马上|以后|过几天|改天)",
        said,
        re.I,
    ):
        return True
    return any(
        found.span[1] - found.span[0] >= size for found in find_values(said, today=today, kinds=["date"])
    )
