"""Whose turn it is to speak. Pure: told what happens, it says what to do; its time is the sound that came.

nobody ──speech, or a press──▶ citizen ──quiet, or a press──▶ thinking ──reply──▶ machine ──its end──▶ nobody
                                  ▲                                                  │
                                  └────────── a press, or a voice over it ───────────┘
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from speech.endpoint import EndpointRules
from speech.limits import SAMPLE_RATE
from speech.microphone.barge_in import BargeIn, BargeInRules
from speech.microphone.listener import Began, Ended, Event, Listener
from speech.microphone.source import Samples

_BARGE_IN_LEAD_S = 0.45  # about what it takes to notice; more would be the reply's own words


class Holder(Enum):
    NOBODY = "nobody"
    CITIZEN = "citizen"
    THINKING = "thinking"
    MACHINE = "machine"


@dataclass(frozen=True)
class Hush:
    """The reply is interrupted: silence, at once."""


Step = Event | Hush


class Floor:
    """One kiosk's order of speaking.

    Args:
        listening: utterances begin by themselves; else by a press.
        rules: when an utterance ends by itself.
        barge_in: None: a voice does not interrupt a reply; a press always does.
        echo_tail_s: after a reply its echo is still in the room and the sound card; nobody is heard so long.
    """

    def __init__(
        self,
        *,
        listening: bool,
        rules: EndpointRules,
        barge_in: BargeInRules | None,
        echo_tail_s: float = 0.3,
    ) -> None:
        self._listening = listening
        self._barge_rules = barge_in if listening else None
        self._barge_in: BargeIn | None = None
        self._listener = Listener(rules)
        self._echo_tail = round(echo_tail_s * SAMPLE_RATE)
        self._deaf = 0
        self.holder = Holder.NOBODY

    def hear(self, samples: Samples) -> list[Step]:
        """Takes a block of the microphone."""
        match self.holder:
            case Holder.CITIZEN:
                return self._follow(self._listener.accept(samples))
            case Holder.MACHINE:
                self._listener.keep(samples)
                if self._barge_in is not None and self._barge_in.accept(samples):
                    return [Hush(), self._begin(held=False, lead_s=_BARGE_IN_LEAD_S)]
            case Holder.NOBODY if self._deaf > 0:
                self._deaf -= len(samples)
            case Holder.NOBODY if self._listening:
                return self._follow(self._listener.accept(samples))
            case Holder.NOBODY:
                self._listener.keep(samples)
        return []

    def press(self) -> list[Step]:
        """The key: begins an utterance, ends it, or interrupts the reply with one."""
        match self.holder:
            case Holder.CITIZEN:
                return self._follow(self._listener.stop())
            case Holder.NOBODY:
                return [self._begin(held=not self._listening)]
            case Holder.MACHINE:
                return [Hush(), self._begin(held=not self._listening, lead_s=_BARGE_IN_LEAD_S)]
            case Holder.THINKING:
                return []

    def lost(self) -> list[Step]:
        """The microphone is gone: what was said so far is the utterance."""
        return self._follow(self._listener.stop())

    def speaks(self) -> None:
        """The machine begins to speak."""
        self._listener.forget()
        self._barge_in = BargeIn(self._barge_rules) if self._barge_rules else None
        self.holder = Holder.MACHINE

    def rests(self) -> None:
        """The turn is over; the citizen may speak."""
        self._deaf = self._echo_tail if self.holder is Holder.MACHINE else 0
        self._listener.forget()
        self.holder = Holder.NOBODY

    def _begin(self, *, held: bool, lead_s: float | None = None) -> Began:
        self.holder = Holder.CITIZEN
        return self._listener.start(held=held, lead_s=lead_s)

    def _follow(self, events: list[Event]) -> list[Step]:
        for event in events:
            if isinstance(event, Began):
                self.holder = Holder.CITIZEN
            elif isinstance(event, Ended):
                self.holder = Holder.THINKING
        return list(events)
