from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.learning.redact import redact


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("我叫王小明，身份证330782199003070021，车牌丢了", "身份证，车牌丢了"),
        ("手机号138 0000-1234，补办身份证", "手机号，补办身份证"),
        ("幺三八零零零零幺二三四 查一下社保", "查一下社保"),
        ("浙G·12345的车牌丢了要补", "车牌丢了要补"),
        ("浙ＧD12345要去年检", "要去年检"),
        ("我家住江东街道宾王路188号，想装充电桩", "想装充电桩"),
        ("租房在2幢3单元501室要办居住证", "要办居住证"),
        ("我老婆叫李红，想办准生证", "我老婆，想办准生证"),
        ("我是李明，护照丢了", "护照丢了"),
        ("欧阳女士的驾照过期了", "驾照过期了"),
        ("義烏市华丰贸易有限公司要变更地址", "要变更地址"),
        ("邮箱a.b@c.com收不到电子证照", "邮箱，收不到电子证照"),
        ("护照E12345678过期了", "护照，过期了"),
    ],
)
def test_what_is_personal_goes(text: str, kept: str) -> None:
    assert redact(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "开个面馆要办什么证", "我是残疾人想办公交卡", "儿子高考加分怎么办", "注册一个有限公司",
        "我是个体户要注销", "十二号窗口让我来补材料", "2024年毕业的大学生补贴", "小区里想装充电桩",
        "老公马上退休了", "60岁以上老人卡",
    ],
)  # fmt: skip
def test_needs_stay_as_they_are(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize("text", ["你好", "13800001234", "我叫王小明", "", "😀", "很长" * 40])
def test_where_too_little_or_too_much_is_left_nothing_is_kept(text: str) -> None:
    assert redact(text) is None


BEFORE = st.sampled_from(["", "我要补办身份证，", "车牌丢了 ", "帮我查一下"])
AFTER = st.sampled_from(["", "，车牌丢了怎么办", " 想迁户口", "的驾照要换"])
SECRET = st.one_of(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True),
    st.from_regex(r"1[3-9][0-9] [0-9]{4} [0-9]{4}", fullmatch=True),
    st.from_regex(r"浙[A-L][A-HJ-NP-Z0-9]{5}", fullmatch=True),
    st.from_regex(r"91330782[0-9A-Z]{10}", fullmatch=True),
    st.from_regex(r"[一二三四五六七八九零幺]{11}", fullmatch=True),
)


@given(BEFORE, SECRET, AFTER)
def test_no_number_gets_through(before: str, secret: str, after: str) -> None:
    kept = redact(f"{before}{secret}{after}")
    if kept is not None:
        assert secret.lower() not in kept
        assert not re.search(r"[0-9]{4}", kept)


@given(st.text(max_size=80))
def test_any_text_is_taken_or_refused(text: str) -> None:
    kept = redact(text)
    assert kept is None or (4 <= len(kept) <= 60 and not re.search(r"[0-9]{4,}", kept))
