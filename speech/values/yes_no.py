"""Yes or no, as people say it; anything mixed or hesitant is an error rather than a guess."""

from __future__ import annotations

import re

from speech.values.errors import YesNoUnclear
from speech.values.folding import is_han, plain, words
from speech.values.model import Ask, Value

_YES = words(
    """
    是的 是 对的 对 嗯嗯 嗯 恩 没错 没有错 没问题 没有问题 没有异议 没意见 没有意见 不错 好的 好
    可以的 可以 行的 行 要的 要 需要 同意 愿意 确认 确定 正确 准确 有的 有 想 当然 肯定 成 能 会
    没毛病 得嘞 收到 属于 OK OKAY YES YEAH Y 已经 办理 办 TRUE 1 提交 就这样 就是这样 就是 不会错 中
    """
)
_NO = words(
    """
    当然不是 当然不 还没有 不提交 从来没有
    不是的 不是 不对的 不对 不行 不要 不用了 不用 不需要 不想 不可以 不能 不好 不同意 不愿意 不办
    不确认 不正确 不准确 不必 不属于 不会 不了 没有 没 别 错了 有错 错的 错 算了 否 不 取消 NO NOPE
    N FALSE 0 拒绝 未 还没 弄错了 搞错了 说错了 听错了 无
    """
)
_UNSURE = words(
    """
    没关系 没事 没听清 没听懂
    不知道 不清楚 不确定 不一定 不太清楚 不懂 不明白 不好说 没想好 可能 也许 大概 随便 好像 什么 谁
    怎么 为什么 哪 吗 多少 对了 是不是 对不对 要不要 有没有 可不可以 可以不可以 好不好 行不行 能不能
    会不会 需不需要 不是不对 不是不要 不是不行 不是不想 不是不可以 没说不 有限 要是 只要 好多 有些
    有的没的 不能不 不得不 有什么 问一下 请问 差不多
    """
)
_FILLER = frozenset("啊呀吧呢嘛哦噢喔了的呗哈啦哎诶欸唉呃额哇我这就那也都您你们话地个很非常真")

_POLARITY = {
    **dict.fromkeys(_YES, "Y"),
    **dict.fromkeys(_NO, "N"),
    **dict.fromkeys(_UNSURE, "?"),
}
_LONGEST = max(map(len, _POLARITY))
_CLAUSES = re.compile(r"[ ,.;:!?、。…~—\-\"'“”]+")
#: What may follow a decisive word that opens the text: 有房子, 不是农村户口.
_MAX_OBJECT = 8
#: Words that begin other words too (行驶证, 不动产, 别墅, 我想问): an answer only when nothing else is said.
_ALONE = words(
    """
    对 嗯 恩 好 行 要 想 成 能 会 中 办 办理 提交 1 0 Y N 不 别 错 无 未 就是 已经 收到 取消 不好
    """
)


def _tokens(clause: str) -> list[tuple[str, str]]:
    """(word, polarity Y, N, ? or "" for unknown), longest word first."""
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(clause):
        for size in range(min(_LONGEST, len(clause) - at), 0, -1):
            word = clause[at : at + size]
            polarity = _POLARITY.get(word)
            if polarity is not None and not (word.isascii() and _inside_word(clause, at, size)):
                found.append((word, polarity))
                at += size
                break
        else:
            if clause[at] not in _FILLER:
                found.append((clause[at], ""))
            at += 1
    return found


def _inside_word(text: str, at: int, size: int) -> bool:
    around = text[at - 1 : at] + text[at + size : at + size + 1]
    return any(c.isascii() and c.isalnum() for c in around)


def decide(text: str) -> bool | None:
    """True, False, or None where it is neither or both.

    >>> decide("不是不是，对的")
    True
    """
    folded = plain(text)
    clauses = [_tokens(clause) for clause in _CLAUSES.split(folded) if clause]
    clauses = [clause for clause in clauses if clause]
    if not clauses:
        return None
    words = [token for clause in clauses for token in clause]
    if any(polarity == "N" for _, polarity in words):
        # "嗯，不是": thinking aloud, not a yes.
        clauses = [[token for token in clause if token[0] not in ("嗯", "嗯嗯", "恩")] for clause in clauses]
        clauses = [clause for clause in clauses if clause]
        words = [token for clause in clauses for token in clause]
    polarities = {polarity for _, polarity in words}
    if "?" in polarities or folded.rstrip().endswith("?"):
        return None
    if "" not in polarities:
        return _all_known(words)
    # Other words are there too: the answer must come first, and be followed by little.
    first = [polarity for _, polarity in clauses[0]]
    if first and "" not in first and len(set(first)) == 1:
        later = {p for clause in clauses[1:] for _, p in clause if p}
        # After a no, anything may follow (不对，我说错了); a yes must not be taken back.
        return None if first[0] == "Y" and "N" in later else first[0] == "Y"
    unknown = sum(1 for _, polarity in words if not polarity)
    if (
        len(clauses) == 1
        and first[0]
        and clauses[0][0][0] not in _ALONE
        and unknown <= _MAX_OBJECT
        and all(p in ("", first[0]) for p in first)
    ):
        han = all(is_han(word[0]) for word, polarity in clauses[0] if not polarity)
        return first[0] == "Y" if han else None
    return None


def _all_known(words: list[tuple[str, str]]) -> bool | None:
    polarities = [polarity for _, polarity in words]
    if len(set(polarities)) == 1:
        return polarities[0] == "Y"
    # "不是不是，对的": a denial said twice takes the question back, what follows is the answer.
    turn = polarities.index("Y") if "Y" in polarities else 0
    if turn >= 2 and set(polarities[turn:]) == {"Y"} and len({word for word, _ in words[:turn]}) == 1:
        return True
    return None


def parse_yes_no(text: str, _ask: Ask) -> Value:
    answer = decide(text)
    if answer is None:
        raise YesNoUnclear("neither yes nor no")
    return Value("yes_no", text, answer, "是" if answer else "否")
