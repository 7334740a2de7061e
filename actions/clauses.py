"""A long story with the need somewhere in it: the one clause that tells it."""

from __future__ import annotations

import re
from collections.abc import Container
from datetime import date
from itertools import pairwise

from actions.service import Service
from catalog_index.errors import QueryInvalid
from speech.values import find_values

# Details of the applicant, and the words that announce them.
_DETAILS = ("name", "phone", "resident_id", "uscc", "plate", "address")
_ANNOUNCED = re.compile(
    r"(?:我叫|我是|姓名|名字|身份证(?:号码?)?(?=，)|电话|手机号?|联系方式|地址|寄到|住在?|号码)(?:是|为)?(?=，)[，\s]*"
)
_LEAST_WORDS = 3
_ENDS = re.compile(r"[，,。；;！!？?、]+")
# A short message is searched whole; so many clauses make a story, and more are not listened to.
_LEAST, _MOST = 5, 12
_SHORTEST = 4
# So many further searches at most: who is not understood must not wait for it.
_SEARCHES = 6
# Openings and remarks that name nothing to be done.
_EMPTY = re.compile(
    r"[我你他她您们这那个的了呢啊呀吧嘛哎哟唉嗯就是也都又还在有没不到去来说想要今年前几天两以后然后现在所以因为"
    r"一二三四五六七八九十百岁0-9帮看同志小师傅好请问麻烦腿脚身体知道什么怎么办哪里\s]"
)
# On the development queries six stories of seven were understood so, shorter messages hardly one of two.
_CERTAIN = 0.5


def telling_clause(service: Service, text: str, likely: Container[str]) -> str | None:
    """The clause, or two in a row, by which the search is surest of one thing; None where it is of none.

    Old people tell what led to it ("腿脚不好，儿子在外地，我那个老年证……不知道丢到哪里去了"), and the words
    that matter drown in the rest. One clause alone misleads as easily, so that it only counts where the
    whole story points the same way.

    Args:
        likely: the items that the whole text made likeliest, though none likely enough.
    """
    clauses = [clause for clause in _ENDS.split(text) if clause][:_MOST]
    if len(clauses) < _LEAST:
        return None
    best: tuple[float, str] | None = None
    for clause in _most_telling(clauses):
        try:
            found = service.engine.search(clause)
        except QueryInvalid:
            continue
        if found.decision in ("item", "clarify") and found.results and found.results[0].id in likely:
            sure = sum(one.probability for one in found.results if one.subject == found.results[0].subject)
            if sure >= _CERTAIN and (best is None or sure > best[0]):
                best = sure, clause
    return best[1] if best else None


def _most_telling(clauses: list[str]) -> list[str]:
    """The clauses and pairs to search, those with most words in them that name something first."""
    weights = [len(_EMPTY.sub("", clause)) for clause in clauses]
    alone = [(weight, clause) for weight, clause in zip(weights, clauses, strict=True)]
    pairs = [
        # Half the weight of the second: a pair is tried where both tell something, not for its length.
        (max(one, other) + min(one, other) / 2 - 1, f"{first}，{second}")
        for (one, first), (other, second) in pairwise(alone)
    ]
    ranked = sorted((*alone, *pairs), key=lambda entry: -entry[0])
    return [clause for weight, clause in ranked if weight > 0 and len(clause) >= _SHORTEST][:_SEARCHES]


def without_details(text: str) -> str | None:
    """A need without the numbers, names and addresses told along with it; None where there are none.

    Who is in a hurry says all at once ("车牌丢了，我叫王强，身份证…，电话…"), and the details drown the need.
    """
    found = find_values(text, today=date(2000, 1, 1), kinds=_DETAILS)
    rest = text
    for one in sorted(found, key=lambda one: -one.span[0]):
        rest = f"{rest[: one.span[0]]}，{rest[one.span[1] :]}"
    rest = _ANNOUNCED.sub("，", rest)
    return rest if found and sum(sign.isalpha() for sign in rest) >= _LEAST_WORDS else None
