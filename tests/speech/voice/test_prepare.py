from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.voice.prepare import options_sentence, sayable


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("回执号是YW 20261123 482913 7。", "回执号是YW，二零二六，幺幺二三，四八二，九幺三，七。"),
        ("回执号YW202611234829137", "回执号YW，二零二六，幺幺二三，四八二，九幺三，七"),
        ("手机号13800001234，对吗？", "手机号幺三八，零零零零，幺二三四，对吗？"),
        ("手机号138****1234", "手机号幺三八，尾号幺二三四"),
        ("身份证33078219900307412X", "身份证三三零七八二，幺九九零，零三零七，四幺二叉"),
        ("可以打0579-85312345。", "可以打零五七九，八五三幺，二三四五。"),
        ("着急的话可以打12345。", "着急的话可以打幺二三四五。"),
        ("要用续办码 1234 5678 和手机号", "要用续办码幺二三四，五六七八和手机号"),
        ("车牌浙G36R58", "车牌浙G三六R五八"),
        ("注册资金500000元", "注册资金五十万元"),
        ("3-5个工作日，100-200元，3.5%", "3到5个工作日，100到200元，3.5%"),
        ("承诺2026-11-30前办结（法定5个工作日）。", "承诺2026年11月30日前办结，法定5个工作日。"),
        ("9:00-17:30", "9点整到17点30分"),
        ("请看https://example.org/a?b=1，或者发信到a.b@c.cn。", "请看网址，或者发信到网址。"),
        ("“夫妻投靠”《申请表》A4纸/电子版", "夫妻投靠申请表A4纸或电子版"),
        ("😀好的！！\n", "好的！"),
    ],
)
def test_what_is_shown_and_what_is_said(shown: str, said: str) -> None:
    assert sayable(shown) == said


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            ["，", "。", "（", "）", "【", "“", "”", " ", "/", "-", "YW", "元", "https://a.cn/b", ":", "*"]
        ),
        st.from_regex(r"[0-9]{1,20}", fullmatch=True),
        st.text(max_size=5),
    ),
    max_size=12,
).map("".join)


@given(PIECES)
def test_nothing_that_only_the_eye_needs_is_left(shown: str) -> None:
    said = sayable(shown)
    assert not re.search(r"[（）()\[\]【】《》“”*\n]|https?://", said)
    assert not re.search(r"[0-9]{10}", said), "no endless number"
    assert "，，" not in said


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_no_digit_of_a_phone_is_lost(phone: str) -> None:
    digits = dict(zip("零幺二三四五六七八九", "0123456789", strict=True))
    assert "".join(digits[c] for c in sayable(phone) if c != "，") == phone


def test_options_are_said_unless_the_reply_names_them() -> None:
    assert options_sentence(["市内", "市外"], ["户口在哪里？"]) == "可以说：第一个，市内；第二个，市外。"
    assert options_sentence(["市内", "市外"], ["在市内还是市外？"]) == ""
    assert options_sentence(["提交"], ["好了吗？"]) == ""
