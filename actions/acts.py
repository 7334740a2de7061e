"""From Rasa's intent to the act that counts, given the words themselves.

A classifier may be wrong, and some words must never be missed: 转人工 works from every state. The phrases
here are whole messages or unmistakable parts of them; everything else is Rasa's to say.
"""

from __future__ import annotations

import re

from catalog_index.text import simplify

ACTS = (
    "ask_service", "inform", "affirm", "deny", "pick", "correct", "ask_item", "go_back", "start_over", "stop",
    "resume", "track", "human", "greet", "thank", "nlu_fallback",
)  # fmt: skip

_TAIL = r"[吧啊呀了嘛呢。，,！!.\s]*"
_WHOLE: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (act, re.compile(rf"^[\s，,。]*(?:那|那就|我要|我想|请|请你|帮我|给我)?(?:{words}){_TAIL}$", re.I))
    for act, words in (
        ("go_back", r"(?:返回|退回|回到)?上一步|返回|上一个问题|退回去|往回退一步|(?:go )?back"),
        (
            "start_over",
            r"重新(?:开始|来)(?:过|一遍)?|从头(?:(?:再)?来(?:过)?|开始)|重来(?:一遍|过)?|全部重来"
            r"|换一?个事(?:项|情)?|start over",
        ),
        (
            "stop",
            r"停止(?:办理)?|停|退出|取消(?:办理)?|stop|cancel|不办了|算了不办了|取消办理|先不办了|先到这里|保存草稿|先保存|暂停",
        ),
        ("resume", r"继续(?:办理|填写?)?(?:上次的)?|接着(?:办|填)|恢复草稿|continue"),
        (
            "track",
            r"查(?:一下|询)?(?:办理|办件)?进度|进度查询|查(?:一下)?(?:我的)?办件"
            r"|我?的?(?:办件|申请|业务|事情?|件)?(?:现在)?(?:办|走|审|进行)?到(?:哪|什么)(?:儿|里|一?步|个?环节|个?阶段)?了"
            r"|我?的?(?:办件|申请|业务|事情?|件)?(?:现在)?[办审]得怎么样了",
        ),
        ("thank", r"谢谢(?:你|您)?|多谢|再见|拜拜"),
        ("greet", r"(?:您好|你好|喂|在吗|有人吗|hello|hi)[，,]?(?:您好|你好)?"),
    )
)
_HUMAN = re.compile(
    r"转(?:接)?人工|人工(?:客服|服务|座席|台)|^\s*人工\s*[吧。！]*$|真人(?:客服|服务|来|接|跟|和|[吧。！]*$)|(?:找|叫|接|换|要)(?:一?个|你们)?(?:工作人员|客服|人工|人来)"
    r"|\b(?:human|operator|real person|live agent|customer service)\b"
    r"|\b(?:talk|speak) (?:to|with) (?:a |an |some )?(?:someone|somebody|person|human|staff|agent|people)",
    re.I,
)
_NO_HUMAN = re.compile(r"不(?:要|用|想|必|需要)?(?:再)?(?:转|找)?(?:接)?(?:人工|真人)")
# What the progress of an application is asked with; a classifier sees it in talk of the weather too.
_TRACKS = re.compile(
    r"进度|进展|办件|回执|申请|到哪|到什么|哪一?步|办[好完成得了]|审|批|查|结果|状态|下来|催|还没|好了|多久|[0-9]{4}|yw",
    re.I,
)
_EMERGENCY = re.compile(
    r"救命|自杀|不想活|[着著]火|起火了|失火|有人打架|被人打|抢劫|抢了我|持刀|晕倒|昏倒|没有呼吸|煤气泄漏|溺水"
)
_ANGRY = re.compile(
    r"他妈|妈的|[尼你]玛|^滚|滚[开蛋]|王八|狗屁|放屁|混蛋|垃圾(?:系统|东西|玩意)|废物|气死|烦死|什么玩意|傻[逼屄Bb]|操你|到底(?:办不办|行不行|能不能)"
    r"|\b(?:fuck|shit|damn|stupid|bullshit)",
    re.I,
)
_QUESTION = re.compile(
    r"什么|多久|多长|多少钱|多少|几天|几个工作日|几点|几[趟次]|哪里|哪儿|哪个|怎么|为什么|谁|吗[？?。]?$|[？?]$|要不要|能不能|可不可以|收费|免费|^(?:what|how|where|when|why|which|who)\b",
    re.I,
)
_ENGLISH_QUESTION = re.compile(r"^(?:what|how|where|when|why|which|who)\b.*\s", re.I)
_CORRECTION = re.compile(
    r"错了|不对|改成|改为|换成|应该是|更正|修改|改一下|改下|改(?:电话|手机|名字|姓名|地址|日期)|说错|填错|写错|听错|记错|弄错|重填|不是这个"
)


_WRONG = re.compile(r"错了|不对|说错|填错|写错|听错|记错|弄错")


def settle_act(act: str, text: str) -> str:
    """The act of a message: unmistakable words first, then Rasa's intent.

    >>> settle_act("inform", "我要转人工")
    'human'
    """
    plain = simplify(text.strip())
    if _HUMAN.search(plain):
        return "inform" if _NO_HUMAN.search(plain) else "human"
    for whole, pattern in _WHOLE:
        if pattern.match(plain):
            return whole
    if act == "track" and not _TRACKS.search(plain):
        return "ask_service"
    return act if act in ACTS else "nlu_fallback"


def is_emergency(text: str) -> bool:
    """Whether somebody may be in danger now: no form helps then, a call does."""
    return bool(_EMERGENCY.search(simplify(text)))


def is_angry(text: str) -> bool:
    """Whether somebody swears or has had enough: an apology comes before anything else."""
    return bool(_ANGRY.search(simplify(text)))


def is_question(text: str) -> bool:
    """Whether the words ask something; a name or an address does not."""
    return bool(_QUESTION.search(simplify(text)))


def asks_in_english(text: str) -> bool:
    """Whether the words are an English question, which a name or a company's name is not."""
    return bool(_ENGLISH_QUESTION.search(text.strip()))


def takes_back(text: str) -> bool:
    """Whether the words say plainly that something given was wrong."""
    return bool(_WRONG.search(simplify(text)))


def is_correction(text: str) -> bool:
    """Whether the words take something back."""
    return bool(_CORRECTION.search(simplify(text)))
