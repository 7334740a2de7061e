from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

YES = [
    "对",
    "是的",
    "是",
    "嗯",
    "嗯嗯",
    "没错",
    "好的",
    "好",
    "可以",
    "行",
    "要",
    "要的",
    "对对对",
    "对的对的",
    "好的好的",
    "没问题",
    "是啊",
    "对呀",
    "ok",
    "OK",
    "确认",
    "同意",
    "愿意",
    "有",
    "有的",
    "需要",
]
NO = [
    "不是",
    "不对",
    "没有",
    "不用",
    "不用了",
    "算了",
    "不",
    "不要",
    "不行",
    "不可以",
    "不同意",
    "没",
    "不需要",
    "错了",
    "不了",
    "否",
    "不是的",
    "不要不要",
    "不是不是",
    "NO",
]
UNCLEAR = [
    "不知道",
    "不清楚",
    "随便",
    "是不是",
    "对不对",
    "可能吧",
    "对了我想问一下",
    "好像是",
    "什么意思",
    "是吗",
    "我想迁户口",
    "行驶证",
    "不动产登记",
    "别墅",
    "今天",
    "？",
]


@pytest.mark.parametrize(
    "text", [*YES, "是的。", "好的，可以", "对，没错，是的", "不是不是，对的", "不是不是对的", "有房子", "對"]
)
def test_yes(text: str, value_of: Callable[..., Any]) -> None:
    assert value_of("yes_no", text) is True


@pytest.mark.parametrize(
    "text",
    [*NO, "嗯，不是", "不对，电话是幺三八", "不是农村户口", "没有房产", "不用了谢谢", "不，算了", "沒有"],
)
def test_no(text: str, value_of: Callable[..., Any]) -> None:
    assert value_of("yes_no", text) is False


@pytest.mark.parametrize(
    "text", [*UNCLEAR, "是的，不对", "不是不对", "好，不要了", "可以，算了", "行吗？", "你是谁"]
)
def test_unclear(text: str, code_of: Callable[..., str]) -> None:
    assert code_of("yes_no", text) in {"yes_no_unclear", "text_empty"}


def test_a_yes_is_not_read_back(value_of: Callable[..., Any], today: Any) -> None:
    from speech.values import parse_value

    value = parse_value("yes_no", "对", today=today)
    assert value.read_back is None and value.display == "是"
