"""The phrases an expected answer is made of, and which hypotheses have its form."""

from __future__ import annotations

import pytest

from speech.expectation import KINDS as NARROWING
from speech.expectation import Expectation, fitted
from speech.language_model.grammar import read_words
from speech.models import BUNDLED_MODEL
from speech.values.model import KINDS


@pytest.fixture(scope="module")
def words() -> dict[str, int]:
    return read_words(BUNDLED_MODEL / "graph" / "words.txt")


@pytest.mark.parametrize("kind", NARROWING)
def test_every_phrase_can_be_said_in_the_bundled_models_words(kind: str, words: dict[str, int]) -> None:
    phrases = Expectation(kind).phrases()
    found = fitted(phrases, words.__contains__)
    assert len(found) == len({phrase.replace(" ", "") for phrase in phrases})
    assert phrases == Expectation(kind).phrases(), "the same each time"


def test_these_kinds_are_listened_for() -> None:
    assert {*NARROWING} == {*KINDS, "digits"} - {"text", "name", "address", "choice"}


@pytest.mark.parametrize("kind", sorted({*KINDS, "unheard_of"} - {*NARROWING}))
def test_other_kinds_are_heard_by_the_open_recognizer_alone(kind: str) -> None:
    assert Expectation(kind).phrases() == ()


def test_digits_stand_beside_every_digit_and_in_other_words_too() -> None:
    spoken = " ".join(Expectation("resident_id").phrases())
    assert {*"零一二三四五六七八九幺洞X"} <= {*spoken.split()}
    seen = {(one, two) for one, two in zip(spoken.split(), spoken.split()[1:], strict=False)}
    assert sum((one, two) in seen for one in "零一二三四五六七八九" for two in "零一二三四五六七八九") > 90


def test_a_choice_is_made_of_its_options_and_their_number() -> None:
    phrases = Expectation("choice", ("新办", "换发 证照", "", "长" * 60)).phrases()
    assert {"新办", "换发 证照", "第 二 个", "嗯"} <= {*phrases}
    assert not any(len(phrase) > 40 for phrase in phrases) and "" not in phrases
    assert len(Expectation("choice", tuple(str(n) for n in range(1000))).phrases()) < 100


def test_phrases_are_cut_into_known_words_and_foreign_ones_fall_away() -> None:
    known = {"换", "证", "补办", "补", "办", "g"}
    assert fitted(["补办证", "换证 补", "ABC证", "☎"], known.__contains__) == ["补办 证", "换 证 补"]


@pytest.mark.parametrize(
    ("kind", "texts", "kept"),
    [
        (
            "phone",
            ["我 的 电话 是 一 三 八 零 零 零 零 幺 二 三 四", "一 三 八", ""],
            ["我的电话是一三八零零零零幺二三四"],
        ),
        ("resident_id", ["[unk] " + "一 " * 17 + "X", "一 " * 17, "一 " * 17 + "[unk] X"], ["一" * 17 + "X"]),
        ("yes_no", ["对 是 的", "[unk]", "对 是 的 [unk]"], ["对是的"]),
    ],
)
def test_answers_are_what_has_the_right_form(kind: str, texts: list[str], kept: list[str]) -> None:
    assert Expectation(kind).answers(texts) == kept
