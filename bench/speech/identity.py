"""Identity numbers by voice, through the very conversation that would store them, to a careless end.

Each number is spoken once by a held-out voice. Its n-best list, and what was heard when listening for such a
number alone, go to the conversation, which finds, parses and repairs it and reads it back. The simulated
citizen does not listen: to every read-back they say 对. Only where the conversation will not take that,
because a repair left a doubt, do they say the part asked for.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from actions.applications.workdays import SHANGHAI
from actions.conversation import Conversation
from actions.questions import doubted_group
from actions.service import Service
from actions.state import State
from actions.turn import Turn
from bench.speech import conditions
from bench.speech.recognise import pool_of, recognise
from bench.speech.texts import identity_number, say_identity
from bench.speech.voices import Line, lines, speak
from catalog_index.schema import FormField, Item
from speech.expectation import Expectation
from speech.pool import RecognizerPool
from speech.transcript import Transcript
from speech.values.speaking import speak_digits
from wenban.errors import SetupError

Row = dict[str, Any]
Outcome = Literal["right", "right after a part said again", "asked again", "wrong", "wrong in another field"]
Part = Callable[[int, int], Awaitable[Transcript]]
"""The symbols from a first to a last place (1-based), spoken and heard."""
CONDITIONS = ("clean", "babble10")
_SEED = 91_207
_NOW = datetime(2026, 11, 23, 10, 30, tzinfo=SHANGHAI)
_EXPECTED = Expectation("resident_id")
"""What the gateway has the recognizer listen for while the form waits for the number; for a part, nothing."""
_PATIENCE = 4
"""Turns that the citizen gives the read-back of one number."""


@dataclass(frozen=True)
class Number:
    """An identity number, how it is said, and by which voice."""

    number: str
    line: Line


def numbers(count: int) -> list[Number]:
    """Random valid numbers of nobody in particular, the same ones each time."""
    source = random.Random(_SEED)
    drawn = [identity_number(source) for _ in range(count)]
    said = lines([say_identity(number, source) for number in drawn])
    return [Number(number, line) for number, line in zip(drawn, said, strict=True)]


class Clerk:
    """The conversation at the point where it asks for an identity number.

    Raises:
        SetupError: no item of the catalog asks for one.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._conversation = Conversation(service)
        self._item, self._field = _asking(service.catalog.items)

    async def take(self, number: str, heard: Transcript, again: Part) -> Outcome:
        """What becomes of one spoken number."""
        if not heard.text:
            return "asked again"
        session = uuid4().hex
        begin = State(
            phase="collect",
            item_id=self._item.id,
            subject_id=self._item.subject_id,
            asking=self._field.id,
        )
        self._service.store.save_session(session, begin.model_dump(mode="json"), expected_version=None)
        state = self._say(session, "inform", heard)
        part_said = False
        for _ in range(_PATIENCE):
            if not state.reading_back:
                break
            doubts = state.doubts.get(self._field.id)
            state = self._say(session, "affirm", _sure("对"))
            if doubts is not None and self._field.id in state.reading_back:
                first, last, _ = doubted_group(self._field, doubts)
                part = await again(first, last)
                if part.text:
                    part_said = True
                    state = self._say(session, "inform", part)
        return self._outcome(state, number, part_said)

    def _outcome(self, state: State, number: str, part_said: bool) -> Outcome:
        if any(name != self._field.id for name in state.fields):
            return "wrong in another field"
        stored = state.fields.get(self._field.id)
        if stored is None:
            return "asked again"
        if stored.value != number:
            return "wrong"
        return "right after a part said again" if part_said else "right"

    def _say(self, session: str, act: str, heard: Transcript) -> State:
        self._conversation.take(
            session,
            Turn(
                act=act,
                confidence=0.9,
                text=heard.text,
                now=_NOW,
                alternatives=tuple((one.text, one.confidence) for one in heard.alternatives),
                spoken=True,
                turn_id=uuid4().hex,
                narrowed=heard.narrowed,
            ),
        )
        saved = self._service.store.load_session(session)
        assert saved is not None
        return State.model_validate(saved.data)


def _asking(items: Sequence[Item]) -> tuple[Item, FormField]:
    for item in items:
        for field in item.fields:
            if field.kind == "resident_id" and not field.when:
                return item, field
    raise SetupError("no item of the catalog asks for an identity number")


def _sure(text: str) -> Transcript:
    from speech.transcript import Hypothesis, transcript_of

    return transcript_of([Hypothesis(text, 1.0)])


def parts(number: Number) -> dict[tuple[int, int], Line]:
    """What may be asked for again, a group or the whole number, as the same voice says it."""
    from actions.questions import PROVED_GROUPS

    places = [(first, last) for first, last, _ in PROVED_GROUPS["resident_id"]] + [(1, len(number.number))]
    return {
        (first, last): Line(speak_digits(number.number[first - 1 : last], x="X"), number.line.voice)
        for first, last in places
    }


async def measure(
    service: Service,
    model_dir: Path,
    drawn: Sequence[Number],
    names: Sequence[str],
    cache: Path,
    *,
    workers: int,
    progress: Callable[[str, int], None],
) -> list[Row]:
    """A row a condition: how the numbers ended. All audio must have been spoken into `cache` before."""
    clerk = Clerk(service)
    audio = dict(speak([number.line for number in drawn], cache))
    present = [number for number in drawn if number.line in audio]
    rows: list[Row] = []
    async with pool_of(model_dir, workers) as pool:
        for name in names:
            sounds = [
                conditions.apply(
                    name,
                    one.line.name,
                    audio[one.line],
                    [pcm for line, pcm in audio.items() if line != one.line],
                )
                for one in present
            ]
            told = partial(progress, f"{model_dir.name} {name}")
            heard = (await recognise(pool, sounds, workers=workers, expect=_EXPECTED, progress=told)).heard
            ends: Counter[str] = Counter()
            missed: list[Row] = []
            for number, transcript in zip(present, heard, strict=True):
                again = partial(_again, pool, number, name, cache, list(audio.values()))
                end = await clerk.take(number.number, transcript, again)
                ends[end] += 1
                if not end.startswith("right"):
                    # Drawn by chance, nobody's: so that a number may be looked at here.
                    missed.append({"said": number.number, "heard": transcript.text, "end": end})
            rows.append({"condition": name, "model": model_dir.name} | _figures(ends) | {"missed": missed})
    return rows


async def _again(
    pool: RecognizerPool, number: Number, condition: str, cache: Path, crowd: list[conditions.Samples],
    first: int, last: int,
) -> Transcript:  # fmt: skip
    line = parts(number)[(first, last)]
    ((_, pcm),) = speak([line], cache)
    kind = "resident_id" if (first, last) == (1, len(number.number)) else "digits"
    audio = conditions.apply(condition, line.name, pcm, crowd)
    return await pool.transcribe(audio, expect=Expectation(kind))


def _figures(ends: Counter[str]) -> Row:
    count = max(1, ends.total())
    right = ends["right"] + ends["right after a part said again"]
    wrong = ends["wrong"] + ends["wrong in another field"]
    return {
        "numbers": ends.total(),
        "stored_right": round(right / count, 4),
        "of_it_after_a_part_said_again": round(ends["right after a part said again"] / count, 4),
        "asked_again": round(ends["asked again"] / count, 4),
        "stored_wrong": round(ends["wrong"] / count, 4),
        "stored_in_another_field": round(ends["wrong in another field"] / count, 4),
        "right_or_asked_again": round(1 - wrong / count, 4),
    }


def markdown(rows: Sequence[Row], machine: str) -> str:
    """The section of docs/benchmarks.md."""
    names = {
        "stored_right": "stored right",
        "of_it_after_a_part_said_again": "of it after a part was said again",
        "asked_again": "asked again",
        "stored_wrong": "stored wrong after a read-back",
        "stored_in_another_field": "taken for another detail",
        "right_or_asked_again": "right or asked again",
    }
    shown = [
        "## Identity numbers by voice",
        "",
        f"`wenban bench speech --identity N`: {machine}. Random valid numbers, each spoken once by a "
        "held-out synthetic voice, also listened for as such a number alone, and taken by the conversation "
        "itself; the simulated citizen says 对 to every read-back without listening, and says a part again "
        "only where 对 is not taken.",
        "",
        "| model | condition | numbers | " + " | ".join(names.values()) + " |",
        "| --- | --- | ---: |" + " ---: |" * len(names),
    ]
    for row in rows:
        cells = " | ".join(f"{row[name]:.1%}" for name in names)
        shown.append(f"| {row['model']} | {row['condition']} | {row['numbers']} | {cells} |")
    return "\n".join(shown)
