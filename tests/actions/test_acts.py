from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.acts import ACTS, is_correction, is_emergency, is_question, settle_act, takes_back


@pytest.mark.parametrize(
    "words",
    [
        "转人工", "我要转人工", "帮我转接人工客服", "人工", "人工吧", "找个工作人员", "我要找客服", "叫人来",
        "真人", "换真人跟我说", "有没有人工服务", "轉人工",
    ],
)  # fmt: skip
@pytest.mark.parametrize("act", ["inform", "nlu_fallback", "stop"])
def test_a_person_is_never_missed(words: str, act: str) -> None:
    assert settle_act(act, words) == "human"


@pytest.mark.parametrize("words", ["救命啊", "我不想活了", "樓下著火了", "有人打架你们管不管"])
def test_danger_is_heard(words: str) -> None:
    assert is_emergency(words)


@pytest.mark.parametrize("words", ["我要办消防检查", "我想离婚", "着急办护照", "救护车怎么上牌"])
def test_a_need_is_no_danger(words: str) -> None:
    assert not is_emergency(words)


@pytest.mark.parametrize("words", ["不用转人工", "不要人工", "不需要转人工了", "先不找人工"])
@pytest.mark.parametrize("act", ["inform", "human"])
def test_a_person_who_is_not_wanted(words: str, act: str) -> None:
    assert settle_act(act, words) == "inform"


@pytest.mark.parametrize(
    ("words", "act"),
    [
        ("上一步", "go_back"),
        ("返回上一步", "go_back"),
        ("重新开始吧", "start_over"),
        ("我要从头来", "start_over"),
        ("先不办了", "stop"),
        ("停。", "stop"),
        ("我想退出", "stop"),
        ("继续办理", "resume"),
        ("接着填", "resume"),
        ("查进度", "track"),
        ("帮我查一下办理进度", "track"),
        ("谢谢你", "thank"),
        ("你好", "greet"),
        ("您好，", "greet"),
    ],
)
def test_whole_phrases_win_over_the_classifier(words: str, act: str) -> None:
    assert settle_act("inform", words) == act
    assert settle_act("ask_service", words) == act


@pytest.mark.parametrize(
    "words",
    ["义乌市停止线广告有限公司", "返回舱主题餐厅", "人工智能科技有限公司", "真人密室逃脱馆",
     "谢谢食品店", "你好面馆", "停车场", "重来饭店"],
)  # fmt: skip
def test_answers_that_hold_a_control_word(words: str) -> None:
    assert settle_act("inform", words) == "inform"


def test_unknown_intents_fall_back() -> None:
    assert settle_act("out_of_scope", "今天天气") == "nlu_fallback"


@pytest.mark.parametrize("words", ["要多少钱", "需要什么材料", "这个能不能代办", "在哪里办？", "收费吗"])
def test_questions(words: str) -> None:
    assert is_question(words)


@pytest.mark.parametrize(
    "words", ["王芳", "义乌市江东街道宾王路188号", "13800001234", "农村", "卖小吃和饮料"]
)
def test_answers_are_no_questions(words: str) -> None:
    assert not is_question(words)
    assert not is_correction(words)


@pytest.mark.parametrize("words", ["电话错了", "不对，是二三一八", "地址填错了", "你听错了"])
def test_corrections_that_take_back(words: str) -> None:
    assert is_correction(words)
    assert takes_back(words)


@pytest.mark.parametrize("words", ["店名改成老王小吃", "改一下电话"])
def test_corrections_that_only_change(words: str) -> None:
    assert is_correction(words)
    assert not takes_back(words)


@settings(deadline=None)
@given(st.sampled_from(ACTS), st.text(max_size=60))
def test_an_act_is_always_one_of_the_known(act: str, text: str) -> None:
    assert settle_act(act, text) in ACTS


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("human please", "human"),
        ("Can I talk to a person?", "human"),
        ("从头来过", "start_over"),
        ("我的办件到哪一步了", "track"),
        ("我办到哪了", "track"),
        ("go back", "go_back"),
    ],
)
def test_other_ways_to_say_it(text: str, act: str) -> None:
    assert settle_act("inform", text) == act


def test_the_weather_is_not_tracked() -> None:
    assert settle_act("track", "今天天气怎么样") == "ask_service"
    assert settle_act("track", "怎么还没办好") == "track"
