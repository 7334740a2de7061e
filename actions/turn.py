"""One turn: what came in (`Turn`) and what goes out (`Reply`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from actions.applications.outcomes import Outcome
from actions.state import Choice
from catalog_index.text import simplify
from speech.values import parse_value
from wenban.errors import ValueInvalid

_TELLING = ("有", "没", "能", "会", "想", "要", "需要", "不会", "不能")
_SHORT = 3
_NO_OBJECTION = ("没有问题", "没有意见", "没有异议")


@dataclass(frozen=True)
class Turn:
    """A citizen's message.

    Attributes:
        act: the dialogue act that Rasa named, one of `actions.acts.ACTS`.
        confidence: Rasa's, 0..1.
        text: the message, or the recognizer's best hypothesis.
        alternatives: all hypotheses with confidences, best first; empty when typed.
        narrowed: the same audio heard as an answer of the kind that was asked for, best first.
        spoken: whether it was heard rather than typed.
        turn_id: the same for a retry of the same turn.
        channel: page, cli, kiosk, wechat.
        now: time of the turn, with its zone.
    """

    act: str
    confidence: float
    text: str
    now: datetime
    alternatives: tuple[tuple[str, float], ...] = ()
    spoken: bool = False
    turn_id: str = ""
    channel: str = "page"
    narrowed: tuple[str, ...] = ()

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def heard(self) -> tuple[str, ...]:
        """The hypotheses' texts where the message was spoken; empty when typed."""
        return tuple(text for text, _ in self.alternatives) if self.spoken else ()


@dataclass
class Reply:
    """What is said back, the options offered with it, and what was learned from the turn."""

    texts: list[str] = field(default_factory=list)
    options: list[Choice] = field(default_factory=list)
    receipt_card: dict[str, Any] | None = None
    outcomes: list[Outcome] = field(default_factory=list)

    def say(self, *texts: str) -> Reply:
        """Adds sentences."""
        self.texts.extend(text for text in texts if text)
        return self

    def offer(self, *labels: str) -> Reply:
        """Adds options that mean what they say."""
        self.options.extend(Choice(label=label, value=label) for label in labels)
        return self


def yes_or_no(turn: Turn) -> bool | None:
    """True or False where the message agrees or refuses, else None."""
    plain = simplify(turn.text.strip())
    # "有房子" answers a form's question; said to "您是要办…吗？", "有人打架" answers nothing.
    tells = len(plain) > _SHORT and plain.startswith(_TELLING) and not plain.startswith(_NO_OBJECTION)
    if not tells:
        try:
            return bool(parse_value("yes_no", turn.text, today=turn.today).value)
        except ValueInvalid:
            pass
    # "就办这个" and its like: the classifier knows more ways to agree than the parser.
    return {"affirm": True, "deny": False}.get(turn.act) if turn.confidence >= 0.5 else None
