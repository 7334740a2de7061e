"""Cuts an endless stream of sound into utterances. It counts samples and knows no clock.

Example:
    listener = Listener(EndpointRules(patience_s=1.2))
    for block in blocks:
        for event in listener.accept(block):
            ...  # Began(pcm), More(pcm) …, Ended()
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from speech.endpoint import Endpointer, EndpointRules, State
from speech.limits import SAMPLE_BYTES, SAMPLE_RATE
from speech.microphone.source import Samples
from speech.vad import SpeechDetector

_LEAD_S = 0.75  # before the moment when speech is certain: the time that took, and a consonant
_AFTER_A_START_S = 3.0  # of nothing, where speech was announced (an interruption) but does not come


@dataclass(frozen=True)
class Began:
    """Somebody speaks; `pcm` (s16le, 16 kHz) begins a little before the first vowel."""

    pcm: bytes


@dataclass(frozen=True)
class More:
    """The sound that follows."""

    pcm: bytes


@dataclass(frozen=True)
class Ended:
    """The utterance is over; `full`: it was as long as one may be."""

    full: bool = False


Event = Began | More | Ended


class Listener:
    """Finds utterances by itself, and takes those that are begun or ended by hand.

    Args:
        rules: `patience_s` of quiet ends an utterance, at the latest `cap_s` after its first word.
        most_s: the longest utterance altogether, also when it was begun by hand; below the gateway's limit.
    """

    def __init__(self, rules: EndpointRules, *, most_s: float = 55.0) -> None:
        # Waiting for the first word has no end: nobody has to speak to a kiosk.
        self._rules = replace(rules, no_speech_s=math.inf)
        self._most = round(most_s * SAMPLE_RATE) * SAMPLE_BYTES
        self._lead = round(_LEAD_S * SAMPLE_RATE) * SAMPLE_BYTES
        self._detector = SpeechDetector()
        self._before = b""
        self._taken = 0
        self._endpointer = Endpointer(self._rules)
        self.open = False

    def accept(self, samples: Samples) -> list[Event]:
        """Takes sound while it listens for an utterance or inside one."""
        frames = self._detector.accept(samples)
        pcm = samples.astype("<i2").tobytes()
        self._endpointer.accept(frames)
        if self.open:
            self._taken += len(pcm)
            return [More(pcm), *self._end_if_over()]
        self._remember(pcm)
        if not self._endpointer.speech_began:
            return []
        return [self._begin(), *self._end_if_over()]

    def keep(self, samples: Samples) -> None:
        """Takes sound while nobody is listened to: only so that a start by hand has what came before."""
        self._remember(samples.astype("<i2").tobytes())

    def start(self, *, held: bool, lead_s: float | None = None) -> Began:
        """Begins an utterance now.

        Args:
            held: until `stop`; else its own quiet ends it.
            lead_s: how much of what was kept belongs to it; None: all.
        """
        if lead_s is not None:
            self._before = self._before[-round(lead_s * SAMPLE_RATE) * SAMPLE_BYTES :]
        waiting = replace(self._rules, no_speech_s=_AFTER_A_START_S)
        self._endpointer = Endpointer(None if held else waiting)
        # A short interruption may be over by the time it is noticed.
        self._endpointer.accept(SpeechDetector().accept(np.frombuffer(self._before, "<i2")))
        return self._begin()

    def stop(self) -> list[Event]:
        """Ends the utterance, if there is one."""
        if not self.open:
            return []
        self._reset()
        return [Ended()]

    def forget(self) -> None:
        """What was heard until now is not the beginning of an utterance (a reply's own echo)."""
        self._reset()

    def _remember(self, pcm: bytes) -> None:
        self._before = (self._before + pcm)[-self._lead :]

    def _begin(self) -> Began:
        self.open = True
        self._taken = len(self._before)
        began, self._before = Began(self._before), b""
        return began

    def _end_if_over(self) -> list[Event]:
        full = self._taken >= self._most
        if not full and self._endpointer.state is not State.ENDED:
            return []
        self._reset()
        return [Ended(full)]

    def _reset(self) -> None:
        self.open = False
        self._before = b""
        self._endpointer = Endpointer(self._rules)
