"""Does the citizen speak while the loudspeaker does? Without a reference signal, by loudness and voicing.

The microphone hears the loudspeaker too. How loud that is, is learned while it speaks: what lies below the
bar is taken for its echo, and the bar stands a margin above the loudest of it. Who speaks close to the
microphone is above; the reply's own voice is not.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass

from speech.microphone.source import Samples
from speech.vad import FRAME_S, FrameKind, SpeechDetector

_NOTHING_DB = -100.0


@dataclass(frozen=True)
class BargeInRules:
    """When a reply is interrupted.

    Attributes:
        margin_db: how much louder than the echo a voice must be.
        floor_db: how loud it must be at least, relative to full scale, where there is no echo at all.
        hold_s: how long; shorter is a cough.
        learn_s: at the beginning of a reply nothing interrupts: the loudness of its echo is learned.
    """

    margin_db: float = 7.0
    floor_db: float = -42.0
    hold_s: float = 0.2
    learn_s: float = 0.8

    def __post_init__(self) -> None:
        if self.margin_db < 0 or self.hold_s <= 0 or self.learn_s < 0:
            raise ValueError(f"not a rule for barge-in: {self}")


class BargeIn:
    """Follows one reply; make a new one for the next."""

    def __init__(self, rules: BargeInRules) -> None:
        self._rules = rules
        self._detector = SpeechDetector()
        self._echo_db = _NOTHING_DB
        self._seen = 0
        self._wanted = max(1, round(rules.hold_s / FRAME_S))
        # A voice has gaps between its syllables, and swells and sinks in each: a longer stretch counts.
        self._window: deque[FrameKind] = deque(maxlen=self._wanted + self._wanted // 2)
        # Learned at once, the soft beginning of a voice would lift the bar over what follows.
        self._lately: deque[float] = deque([_NOTHING_DB] * 2 * self._wanted)

    @property
    def bar_db(self) -> float:
        """How loud a voice must be at the moment."""
        return max(self._rules.floor_db, self._echo_db + self._rules.margin_db)

    def accept(self, samples: Samples) -> bool:
        """Takes sound; whether somebody has begun to speak over the reply."""
        for frame in self._detector.accept(samples):
            self._seen += 1
            self._window.append(frame)
            level_db = _mean_db(self._window)
            learning = self._seen * FRAME_S <= self._rules.learn_s
            above = not learning and level_db > self.bar_db
            self._learn(_NOTHING_DB if above else level_db, at_once=learning)
            if above and sum(one.voiced for one in self._window) >= self._wanted:
                return True
        return False

    def _learn(self, level_db: float, *, at_once: bool) -> None:
        self._lately.append(level_db)
        known = self._lately.popleft()
        self._echo_db = max(self._echo_db, level_db if at_once else known)


def _mean_db(frames: Collection[FrameKind]) -> float:
    return 10.0 * math.log10(sum(10.0 ** (one.level_db / 10.0) for one in frames) / len(frames))
