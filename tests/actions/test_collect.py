"""The form: several details at once, whose they are, conditions, questions in the middle, wrong input."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.actions.conftest import Answer, Talk

HUKOU = "hukou-spouse-outside"


def test_details_of_two_people_in_one_sentence(talk: Talk) -> None:
    talk.start(HUKOU)
    answer = talk.all("农村", "第一个", "我老婆叫李红")
    assert answer.fields.get("spouse_name") == "李红"
    assert "name" not in answer.fields, "the wife's name is not the applicant's"
    assert "您叫什么名字" in answer.text


def test_details_told_before_they_are_asked_for_are_not_asked_again(talk: Talk, resident_id: str) -> None:
    talk.start(HUKOU)
    answer = talk.say(f"我叫王芳，手机13800001234，身份证{resident_id}")
    assert answer.fields == {"name": "王芳", "phone": "13800001234", "resident_id": resident_id}
    assert "农村还是城镇" in answer.text, "what was asked stays asked"
    assert "手机号 138 0000 1234，记下了。" in answer.texts


def test_a_detail_in_the_need_itself_is_taken(talk: Talk) -> None:
    talk.say("我叫王芳，我媳妇户口在江西，想迁到我这里", "ask_service")
    assert talk.say("对", "affirm").fields == {"name": "王芳"}


@pytest.mark.parametrize("where", ["农村", "城镇"])
def test_materials_appear_only_where_they_apply(talk: Talk, where: str) -> None:
    talk.start(HUKOU)
    talk.say(where)
    told = talk.say("要带什么材料？", "ask_item")
    assert ("房屋权属证明" in told.text) == (where == "农村")
    assert "视情况" not in told.text and "的才要" not in told.text


def test_a_material_still_open_says_when_it_is_needed(talk: Talk) -> None:
    assert "房屋权属证明（迁入地区是“农村”的才要）" in talk.start(HUKOU).text


def test_conditional_field_is_asked_only_where_it_applies(talk: Talk, uscc: str) -> None:
    talk.start("plate-large-lost")
    person = talk.all("浙G12345", "前号牌", "个人")
    assert "信用代码" not in person.text
    changed = talk.say("车主类型错了，应该是单位")
    assert changed.fields["owner_kind"] == "company"
    assert "信用代码" in talk.say("王芳").text
    assert "身份证" not in talk.say(uscc).text


def test_a_field_that_no_longer_applies_is_not_submitted(
    talk: Talk, fill: Callable[[Talk, Answer], Answer], uscc: str
) -> None:
    talk.start("plate-large-lost")
    talk.all("浙G12345", "前号牌", "单位", uscc)
    talk.say("车主类型错了，是个人")
    summary = fill(talk, talk.say("王芳"))
    assert "信用代码" not in summary.text
    done = talk.say("提交", "affirm")
    assert done.receipt is not None
    assert "uscc" not in talk.service.store.application(done.receipt).fields


@pytest.mark.parametrize("words", ["跳过", "没有", "不用了。"])
def test_optional_field_may_be_left_out(talk: Talk, words: str) -> None:
    asked = talk.start("sole-trader-open")
    assert "跳过" in asked.labels
    answer = talk.say(words)
    assert "店名先不填" in answer.text
    assert "店开在哪里" in answer.text
    assert answer.custom["progress"]["done"] == 1


def test_a_required_field_cannot_be_left_out(talk: Talk) -> None:
    talk.start(HUKOU)
    answer = talk.say("跳过")
    assert answer.fields == {}
    assert "农村还是城镇" in answer.text or answer.labels == ["农村", "城镇"]


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("要多少钱？", "收费"),
        ("多久能办好", "工作日"),
        ("在哪里办？", "公安局"),
        ("为什么要这个？", "加密保存"),
    ],
)
def test_question_in_the_middle_is_answered_and_the_form_goes_on(
    talk: Talk, question: str, part: str
) -> None:
    talk.start(HUKOU)
    talk.all("农村", "第一个", "王芳")
    answer = talk.say(question, "ask_item")
    assert part in answer.texts[0]
    assert answer.texts[-1] == "请说一下您的身份证号码。"
    assert answer.fields["name"] == "王芳"


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("😀👍", "没有看到文字"),
        ("   ", "没有看到文字"),
        ("好" * 600, "太长"),
        ("330782199003070022", "最后"),
        ("33078219900307", "十八位"),
    ],
)
def test_wrong_input_gets_its_sentence_and_loses_nothing(talk: Talk, words: str, part: str) -> None:
    talk.start(HUKOU)
    before = talk.all("农村", "第一个", "王芳")
    answer = talk.say(words)
    assert part in answer.text or ("对不上" in answer.text or "校验" in answer.text), answer.text
    assert answer.fields == before.fields
    assert answer.phase == "collect"
    stored = talk.service.store.load_draft(talk.state.draft_id or "")
    assert stored.fields["name"]["value"] == "王芳"


def test_a_date_in_the_past_is_refused_where_it_must_lie_ahead(talk: Talk) -> None:
    catalog = talk.service.catalog
    item, field = next(
        (item, field)
        for item in catalog.items
        for field in item.fields
        if field.kind == "date_range" and field.not_before == "today" and not field.when
    )
    talk.start(item.id)
    talk.change(asking=field.id)
    answer = talk.say("2020年1月1日到2020年1月3日")
    assert field.id not in answer.fields
    assert "今天" in answer.text


def test_a_wrong_number_given_early_is_told_as_such(talk: Talk) -> None:
    talk.start(HUKOU)
    answer = talk.say("身份证330782199003070022")
    assert "身份证" in answer.texts[0], "not: which of the two options?"
    assert answer.fields == {}


def test_a_wrong_number_beside_a_right_name_is_told_too(talk: Talk) -> None:
    talk.start(HUKOU)
    talk.all("农村", "第一个")
    answer = talk.say("王芳，身份证33078219900307002")
    assert answer.fields["name"] == "王芳"
    assert "十八位" in answer.texts[0]


def test_after_some_misses_other_ways_are_offered(talk: Talk) -> None:
    talk.start(HUKOU)
    answers = [talk.say(words) for words in ("天气不错", "月亮", "随便")]
    assert "转人工" not in answers[0].text
    assert "转人工" in answers[-1].text


def test_thanks_and_greetings_are_no_answers(talk: Talk) -> None:
    talk.start(HUKOU)
    talk.all("农村", "第一个")
    for words, courtesy in (("谢谢", "不客气。"), ("你好", "您好。")):
        answer = talk.say(words)
        assert answer.texts == [courtesy, "请问您叫什么名字？"]


def test_an_answer_that_holds_a_control_word_is_an_answer(talk: Talk) -> None:
    talk.start("sole-trader-open")
    answer = talk.say("停止线广告店", "stop")
    assert answer.fields["shop_name"] == "停止线广告店"


def test_what_is_told_early_is_acknowledged(talk: Talk) -> None:
    talk.start(HUKOU)
    answer = talk.say("我叫李建国，我老婆叫李红")
    assert answer.fields["name"] == "李建国" and answer.fields["spouse_name"] == "李红"
    assert "李建国" in answer.text and "李红" in answer.text and "记下了" in answer.text
    assert "农村还是城镇" in answer.texts[-1]


def test_a_detail_told_before_its_condition_is_known_is_not_asked_again(talk: Talk, resident_id: str) -> None:
    talk.start("vreg-new-car")
    told = talk.say(f"身份证{resident_id}")
    assert resident_id in told.text and "单位的还是个人的" in told.texts[-1]
    assert talk.say("个人").fields["resident_id"] == resident_id


def test_a_house_number_is_neither_a_day_nor_a_choice(talk: Talk, resident_id: str) -> None:
    talk.start("dlicense-expired")
    answer = talk.say(f"王桂芳，身份证{resident_id}，住在义乌市稠城街道化工路12号")
    assert answer.fields["name"] == "王桂芳"
    assert answer.fields["resident_id"] == resident_id
    assert "expires_on" not in answer.fields and "哪一天" in answer.texts[-1]
    talk.start(HUKOU)
    assert "农村" in talk.say("上海市黄浦区人民路1号").labels


def test_a_date_is_no_description(talk: Talk) -> None:
    asked = talk.start("road-occupy-structure")
    answer = talk.say("下个月五号到七号")
    assert answer.texts[-1] == asked.texts[-1], "what was asked stays asked"
    assert list(answer.fields.values()) == [["2026-12-05", "2026-12-07"]]


def test_an_address_is_no_name(talk: Talk) -> None:
    talk.start("idcard-lost-local")
    assert "name" not in talk.say("义乌市稠城街道化工路12号门口").fields
    assert "name" not in talk.say("男孩").fields


def test_submitting_too_early_says_what_is_missing(talk: Talk) -> None:
    asked = talk.start("food-license-renew")
    answer = talk.say("提交", "affirm")
    assert "没填" in answer.texts[0] and answer.texts[-1] == asked.texts[-1]
    assert not answer.fields, "提交 does not say that nothing changed"


@pytest.mark.parametrize(
    ("question", "told"),
    [("What documents do I need?", "需要准备"), ("How long does it take?", "工作日"), ("How much?", "收费")],
)
def test_an_english_question_is_answered_and_is_no_name(talk: Talk, question: str, told: str) -> None:
    asked = talk.start("foreign-work-extend")
    answer = talk.say(question)
    assert told in answer.text and answer.texts[-1] == asked.texts[-1]
    assert not answer.fields


def test_letters_alone_are_no_credit_code(talk: Talk) -> None:
    talk.start("foreign-work-extend")
    talk.say("义乌市大地进出口有限公司")
    assert "没有听到" in talk.say("Ahmed Hassan").text


def test_a_wrong_credit_code_told_early_is_named(talk: Talk, uscc: str) -> None:
    talk.start("food-license-renew")
    wrong = uscc[:-1] + ("A" if uscc[-1] != "A" else "B")
    assert "校验不通过" in talk.say(wrong).text


def test_a_question_is_answered_where_any_words_may_pass(talk: Talk) -> None:
    asked = talk.start("bdc-transfer-used")
    answer = talk.say("需要跑几趟")
    assert "现场" in answer.text or "不用跑" in answer.text
    assert answer.texts[-1] == asked.texts[-1]


def test_a_credit_code_is_no_faulty_identity_number(talk: Talk) -> None:
    talk.start("company-change-legal")
    answer = talk.say("义乌市大地进出口有限公司，91330782MA2A1B2C31")
    assert "身份证号应该" not in answer.text
    assert "name" not in answer.fields and "legal_name" not in answer.fields
