"""Names of persons: said plainly, spelled out (弓长张，伟大的伟), with a middle dot, or in Latin letters."""

from __future__ import annotations

import re
import unicodedata

from speech.values.errors import NameInvalid
from speech.values.folding import PUNCTUATION, fold, is_han, simplify, words
from speech.values.model import Ask, Value
from speech.values.sound import sounds_like
from speech.values.surnames import COMPOUND_SURNAMES, SPELLED, SURNAMES

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_DOTS = "·•・‧∙⋅●．"
#: What people say before their name.
_LEAD = re.compile(
    r"(?:(?:我|本人|他|她)?的?"
    r"(?:申请人|经办人|车主|负责人|联系人|法人代表|法人|户主|对方|小孩|孩子|儿子|女儿|老婆|老公|爱人|妻子|丈夫)?的?"
    r"(?:名字是叫|名字叫做|名字就是|名字叫|名字是|名字|姓名叫|姓名是|姓名|大名叫|大名|全名叫|全名是|全名|真名|叫做|叫|是|为)"
    r"|我(?=[^们]))[:： ,，]*"
)
_TAIL = re.compile(r"(?:这个名字|就是那个|那个|的名字|的啊|啊|呀|呢|哈|吧|哦|嗯)+$")
_CODE = re.compile(r"[A-Za-z]*[0-9][0-9A-Za-z]{3,}")
_FILLER = re.compile(
    r"^(?:嗯|呃|额|啊|哦|那个|就是|您好|你好|对|好的|不对|错了|应该是|改成|改为|换成|不是)+[，, ]*"
)
#: X的Y: "芳草的芳", "伟大的伟"; the character that is meant stands in the word before.
_EXPLAINED = re.compile(rf"([{_HAN}]{{2,4}})的([{_HAN}])(?:字|(?![{_HAN}])|(?=[{_HAN}]{{2,4}}的))")
_SURNAME_GIVEN = re.compile(
    rf"姓([{_HAN}]{{1,2}}?)"
    rf"(?:[ ,，]*(?:名字叫|名字是|名字|单名一个|名叫|名|叫做|叫)[ ,，]*)([{_HAN}]{{1,3}})(?:字)?$"
)
#: Characters of talk rather than of names; no name without a known surname may contain one.
_TALK = frozenset(
    "姓叫的了吗呢吧我你您他她它们这那哪什么怎谁不没是在有要想能可会办请问问就都也还把被给对错说话"
)
_NOT_NAMES = words(
    """
    农村 农民 农业 城市 城镇 单身 单位 常住 成年 房东 老板 业主 学生 居民 法人 股东
    经理 外地 本地 万元 于某 陪同 代办
    稍等 白天 方便面 成功了 都可以
    不知道 没有 什么 怎么办 怎么 人工 转人工 身份证 电话 手机 名字 姓名 等一下 等等 明天 今天 后天
    好的 可以 谢谢 你好 您好 没听清 不清楚 算了 安静 于是 和平 时候 有点 那个 这个 公司 高兴 明白
    方便 安全 关于 或者 应该 能不能 有没有 不办了 车牌 计划 查询 项目 单位 成功 路上 满意 国家 常见
    男孩 女孩 男宝 女宝 男生 女生 从头来过 从头再来 重新来过
    都行 后面 全部 于今 平时 别人 向上 时间 方法 相关 通知 边上
    """
)


def _normalise_dots(text: str) -> str:
    for dot in _DOTS:
        text = text.replace(dot, "·")
    return text


def is_chinese_name(name: str, *, strict: bool = False) -> bool:
    """A full Chinese name; `strict`: only with a known surname and without words of talk."""
    if "·" in name:
        parts = name.split("·")
        return len(name) <= 30 and len(parts) >= 2 and all(p and all(map(is_han, p)) for p in parts)
    if not 2 <= len(name) <= 4 or not all(map(is_han, name)) or name in _NOT_NAMES:
        return False
    name = simplify(name)
    if name.endswith(("先生", "女士", "小姐", "师傅", "老师")):
        return False
    compound = name[:2] in COMPOUND_SURNAMES
    if len(name) == 2 and compound:
        return not strict
    known = compound or name[0] in SURNAMES
    if not known or strict or len(name) == 4:
        return not (set(name) & _TALK) and (known or not strict)
    return not (set(name[1:]) & _TALK)


def _latin_name(text: str) -> str | None:
    name = " ".join(text.replace("·", " ").split()).strip(" ,;:!?\"'")
    letters = sum(c.isalpha() for c in name)
    fits = all((c.isalpha() and "LATIN" in unicodedata.name(c, "")) or c in " .-'’" for c in name)
    return name if fits and letters >= 2 and len(name) <= 60 else None


def _spelled(text: str) -> tuple[str, list[str]]:
    """The text without its spellings, and the characters that they name, in order."""
    named: list[tuple[int, str]] = []
    rest = list(text)
    for phrase, char in SPELLED.items():
        at = text.find(phrase)
        if at >= 0 and not any(rest[i] == "\0" for i in range(at, at + len(phrase))):
            named.append((at, char))
            rest[at : at + len(phrase)] = "\0" * len(phrase)
            if text[at + len(phrase) : at + len(phrase) + 2] == "的" + char:
                rest[at + len(phrase) : at + len(phrase) + 2] = "\0\0"
    for found in _EXPLAINED.finditer(text):
        word, said = found[1], found[2]
        if any(rest[i] == "\0" for i in range(found.start(), found.end())):
            continue
        meant = said if said in word else next((c for c in word if sounds_like(c, said)), None)
        if meant is not None:
            named.append((found.start(), meant))
            rest[found.start() : found.end()] = "\0" * (found.end() - found.start())
    return "".join(rest), [char for _, char in sorted(named)]


def _apply_spelling(name: str, named: list[str]) -> str | None:
    """Puts each spelled character where the heard name sounds like it; None where one fits nowhere."""
    chars, at = list(name), 0
    for char in named:
        place = next((i for i in range(at, len(chars)) if sounds_like(chars[i], char)), None)
        if place is None:
            return None
        chars[place] = char
        at = place + 1
    return "".join(chars)


def _strip(text: str) -> str:
    text = text.strip(PUNCTUATION + "\0")
    text = _FILLER.sub("", text)
    lead = _LEAD.match(text)
    if lead and lead.end() < len(text):
        # 名字改成李建军: what announces the name may be followed by what takes the old one back.
        text = _FILLER.sub("", text[lead.end() :])
    return _TAIL.sub("", text.strip(PUNCTUATION + "\0")).strip(PUNCTUATION + "\0")


def _name_in(text: str) -> str | None:
    """The name that a piece of a sentence is, or None."""
    piece = _strip(text)
    given = _SURNAME_GIVEN.search(piece)
    if given:
        piece = given[1] + given[2]
    if piece.startswith("姓") and len(piece) > 2:
        piece = piece[1:]
    if len(piece) >= 5 and "·" not in piece and "点" in piece[1:-1] and all(map(is_han, piece)):
        piece = piece.replace("点", "·")
    if is_chinese_name(piece):
        return piece
    return _latin_name(piece)


def find_name(text: str) -> str | None:
    """The one name said in a text, or None.

    >>> find_name("我叫张韦，弓长张，伟大的伟")
    '张伟'
    """
    text = _normalise_dots(text)
    whole = _name_in(text)
    if whole is not None and whole not in SPELLED:
        return whole
    # The letters of a code (91330782MA2A…) are nobody's name.
    rest, named = _spelled(_CODE.sub("，", simplify(text)))
    plain_names: list[str] = []
    for piece in re.split(r"[\0,，。;；!?、0-9]+", rest):
        name = _name_in(piece)
        if name is not None and name not in plain_names:
            plain_names.append(name)
    if named:
        for name in plain_names:
            spelled = _apply_spelling(name, named)
            if spelled is not None:
                return spelled
        surname = "".join(named)
        tails = [
            t for piece in re.split(r"[\0,，。;；]+", rest) if (t := _strip(piece)) and all(map(is_han, t))
        ]
        for tail in tails:
            if len(named) == 1 and tail[0] != named[0] and 1 <= len(tail) <= 2 and not set(tail) & _TALK:
                return surname + tail
        return surname if 2 <= len(surname) <= 4 else None
    given = re.search(
        rf"姓([{_HAN}]{{1,2}})[ ,，]+(?:名字|单名)?(?:叫|是|一个)?([{_HAN}]{{1,3}}?)字?$",
        rest.strip(PUNCTUATION),
    )
    if given:
        full = given[2] if given[2].startswith(given[1]) else given[1] + given[2]
        return full if is_chinese_name(full) else None
    return plain_names[0] if len(plain_names) == 1 else None


def parse_name(text: str, ask: Ask) -> Value:
    # Case and script stay: a name is kept as said.
    kept = fold(text).kept(text)
    name = find_name(kept.strip())
    low, high = ask.constraints.min_length, ask.constraints.max_length
    if name is None or (low and len(name) < low) or (high and len(name) > high):
        raise NameInvalid("no name")
    return Value("name", text, name, name, name)
