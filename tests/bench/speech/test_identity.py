from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from actions.questions import PROVED_GROUPS
from actions.service import Service
from bench.speech.identity import Clerk, markdown, measure, numbers, parts
from bench.speech.texts import identity_number
from bench.speech.voices import speak
from speech.models import BUNDLED_MODEL
from speech.training.espeak import HELD_OUT
from speech.transcript import Hypothesis, Transcript, transcript_of
from speech.values import parse_value
from speech.values.identity import id_check_digit
from speech.values.speaking import speak_digits
from wenban.errors import ValueInvalid

TODAY = date(2026, 11, 23)
NUMBER = "33078219900307002" + id_check_digit("33078219900307002")


def heard(text: str) -> Transcript:
    return transcript_of([Hypothesis(text, 1.0)] if text else [])


@dataclass
class Parts:
    """Says the parts of a number again, and remembers which."""

    number: str
    asked: list[tuple[int, int]] = field(default_factory=list)

    async def __call__(self, first: int, last: int) -> Transcript:
        self.asked.append((first, last))
        return heard(speak_digits(self.number[first - 1 : last]))


@pytest.fixture
def clerk(service: Service) -> Clerk:
    return Clerk(service)


@pytest.fixture(scope="session")
def misheard() -> tuple[str, str]:
    """A number, and how it was heard with one sign taken for another, so that only one repair is valid."""
    source = random.Random(3)
    while True:
        number = identity_number(source)
        said = speak_digits(number)
        at = said.find("九", 10)
        text = said[:at] + "六" + said[at + 1 :]
        try:
            if at > 0 and parse_value("resident_id", text, today=TODAY, alternatives=[text]).value == number:
                return number, text
        except ValueInvalid:
            continue


async def test_a_number_heard_well_is_stored(clerk: Clerk) -> None:
    again = Parts(NUMBER)
    assert await clerk.take(NUMBER, heard(speak_digits(NUMBER)), again) == "right"
    assert again.asked == []


async def test_what_is_no_number_is_asked_again(clerk: Clerk) -> None:
    for text in ("", "你好", speak_digits(NUMBER[:15]), speak_digits(NUMBER[:17] + "0")):
        assert await clerk.take(NUMBER, heard(text), Parts(NUMBER)) == "asked again", text


async def test_a_careless_yes_stores_another_valid_number(clerk: Clerk) -> None:
    other = "33078219900307010" + id_check_digit("33078219900307010")
    assert await clerk.take(NUMBER, heard(speak_digits(other)), Parts(NUMBER)) == "wrong"


async def test_a_repair_needs_its_part_again(clerk: Clerk, misheard: tuple[str, str]) -> None:
    number, text = misheard
    again = Parts(number)
    assert await clerk.take(number, heard(text), again) == "right after a part said again"
    assert len(again.asked) == 1
    unlike = Parts("000000000000000000")
    assert await clerk.take(number, heard(text), unlike) == "asked again"


async def test_what_was_heard_for_such_a_number_alone_counts_as_in_the_gateway(clerk: Clerk) -> None:
    garbled = heard(speak_digits(NUMBER[:9]) + "嗯")
    assert await clerk.take(NUMBER, garbled, Parts(NUMBER)) == "asked again"
    narrowed = replace(garbled, narrowed=(speak_digits(NUMBER),))
    assert await clerk.take(NUMBER, narrowed, Parts(NUMBER)) == "right after a part said again"


async def test_doubts_in_several_groups_have_the_whole_number_said_again(clerk: Clerk) -> None:
    other = "11010519491231002X"
    unlike = replace(heard("嗯"), narrowed=(speak_digits(NUMBER), speak_digits(other, x="X")))
    again = Parts(NUMBER)
    assert await clerk.take(NUMBER, unlike, again) == "right after a part said again"
    assert again.asked == [(1, 18)] and again.asked[0] in parts(numbers(1)[0])


def test_numbers_are_the_same_each_time_by_held_out_voices() -> None:
    drawn = numbers(5)
    assert drawn == numbers(5)
    assert [one.line.voice for one in drawn] == [*HELD_OUT, HELD_OUT[0]]
    groups = {(first, last) for first, last, _ in PROVED_GROUPS["resident_id"]}
    assert {place: len(line.text) for place, line in parts(drawn[0]).items()} == {
        (first, last): last - first + 1 for first, last in groups | {(1, 18)}
    }


async def test_every_number_comes_to_an_end(
    service: Service, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cache = tmp_path_factory.mktemp("audio")
    drawn = numbers(2)
    for one in drawn:
        list(speak(list(parts(one).values()), cache))
    done: list[int] = []
    (row,) = await measure(
        service, BUNDLED_MODEL, drawn, ["clean"], cache, workers=1, progress=lambda _, n: done.append(n)
    )
    assert row["numbers"] == sum(done) == 2
    ends = ("stored_right", "asked_again", "stored_wrong", "stored_in_another_field")
    assert sum(row[name] for name in ends) == pytest.approx(1.0)
    assert len(row["missed"]) == round(2 * (1 - row["stored_right"]))
    assert f"| {BUNDLED_MODEL.name} | clean | 2 |" in markdown([row], "a machine")
