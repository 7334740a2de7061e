from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.values.name import find_name, is_chinese_name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("张伟", "张伟"),
        ("我叫王芳", "王芳"),
        ("我叫王芳。", "王芳"),
        ("我的名字是欧阳修", "欧阳修"),
        ("姓名：李建国", "李建国"),
        ("本人姓名陈美丽", "陈美丽"),
        ("嗯，我叫赵大海啊", "赵大海"),
        ("姓王名芳", "王芳"),
        ("我姓陈，耳东陈，名字叫建国", "陈建国"),
        ("我叫张韦，弓长张，伟大的伟", "张伟"),
        ("我叫章伟，弓长张", "张伟"),
        ("我叫张华，立早章", "章华"),
        ("弓长张，伟大的伟", "张伟"),
        ("木子李，明白的明，光荣的荣", "李明荣"),
        ("王方，三横王，芳草的芳", "王芳"),
        ("胡军，古月胡", "胡军"),
        ("陳大文", "陳大文"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("我叫阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽点买买提", "阿依古丽·买买提"),
        ("Mohammed Ali", "Mohammed Ali"),
        ("我叫 John O'Neil-Smith", "John O'Neil-Smith"),
        ("José Álvarez", "José Álvarez"),
        ("J. R. Smith", "J. R. Smith"),
        ("鹿晗", "鹿晗"),
        ("我爱人叫王芳", "王芳"),
        ("我名字叫做王小明", "王小明"),
        ("法人代表是王大锤", "王大锤"),
        ("李四 13800001234", "李四"),
        ("Ａｌｉ", "Ali"),
    ],
)
def test_heard(text: str, expected: str, value_of: Callable[..., Any]) -> None:
    assert value_of("name", text) == expected


@pytest.mark.parametrize(
    "text",
    ["不知道", "我想办身份证", "王", "什么名字", "转人工", "弓长张", "12345", "这个事情要怎么办理", "A"],
)
def test_refused(text: str, code_of: Callable[..., str]) -> None:
    assert code_of("name", text) == "name_invalid"


def test_strict_names_need_a_known_surname() -> None:
    assert is_chinese_name("鹿晗") and not is_chinese_name("鹿晗", strict=True)
    assert is_chinese_name("王芳", strict=True)


@given(
    surname=st.sampled_from(["王", "李", "陈", "骆", "欧阳", "诸葛"]),
    given_name=st.text("芳伟娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英", min_size=1, max_size=2),
    lead=st.sampled_from(["", "我叫", "我的名字叫", "姓名", "本人姓名是", "您好，我叫"]),
)
def test_every_plain_name_survives(surname: str, given_name: str, lead: str) -> None:
    assert find_name(lead + surname + given_name) == surname + given_name


@pytest.mark.parametrize(
    "text", ["名字改成李建军", "车主姓名改成李建军", "姓名改为李建军", "改成李建军", "名字错了，是李建军"]
)
def test_a_new_name_for_an_old_one(text: str, value_of: Callable[..., Any]) -> None:
    assert value_of("name", text) == "李建军"


@pytest.mark.parametrize("text", ["男孩", "从头来过"])
def test_talk_is_no_name(text: str, code_of: Callable[..., str]) -> None:
    assert code_of("name", text) == "name_invalid"


def test_the_letters_of_a_code_are_no_name(code_of: Callable[..., str]) -> None:
    assert code_of("name", "义乌市大地进出口有限公司，91330782MA2A1B2C31") == "name_invalid"
