"""When does an utterance begin and end? A state machine over 20 ms frames that counts frames, not time.

waiting ──voiced frames──▶ speaking ──quiet for `patience_s`──▶ ended
   └──────── nothing for `no_speech_s` ─────────────────────────▲  (also after `cap_s` of speaking)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from speech.vad import FRAME_S, FrameKind

_ONSET_WINDOW = 12
_ONSET_VOICED = 4
_UNVOICED_TAIL = 10  # an s or sh after a vowel is still speech; 200 ms after the last vowel it is noise
_STEADY_DB = 0.7


@dataclass(frozen=True)
class EndpointRules:
    """How patient to be, in seconds.

    Attributes:
        patience_s: quiet after speech that ends the utterance; longer for people who pause.
        no_speech_s: waiting for a first word.
        cap_s: the longest utterance, counted from its first word.
    """

    patience_s: float = 0.8
    no_speech_s: float = 5.0
    cap_s: float = 30.0

    def __post_init__(self) -> None:
        if min(self.patience_s, self.no_speech_s, self.cap_s) <= 0:
            raise ValueError(f"every rule must be a positive number of seconds: {self}")


class State(Enum):
    WAITING = "waiting"
    SPEAKING = "speaking"
    ENDED = "ended"


class Endpointer:
    """Follows one utterance.

    Args:
        rules: None never ends an utterance (press-and-hold, whole files); its beginning is still found.
    """

    def __init__(self, rules: EndpointRules | None) -> None:
        self._rules = rules
        self._recent: deque[bool] = deque(maxlen=_ONSET_WINDOW)
        self._frames = 0
        self._seen = 0
        self._first_voiced = 0
        self._quiet = 0
        self._since_voiced = 0
        self._levels = 0
        self._mean_db = 0.0
        self._spread = 0.0
        self._onset = False
        self.state = State.WAITING

    @property
    def speech_began(self) -> bool:
        """Whether the first word was found."""
        return self._onset

    @property
    def steady(self) -> bool:
        """Whether all that was taken for speech had one loudness, as only a machine has (a tone, a hum)."""
        return self._levels < 2 or (self._spread / self._levels) ** 0.5 < _STEADY_DB

    @property
    def spoken_s(self) -> float:
        """Seconds from the first vowel to the last frame given; 0 before the first."""
        return (self._seen - self._first_voiced) * FRAME_S if self._onset else 0.0

    @property
    def quiet_s(self) -> float:
        """Seconds since the last frame of speech; 0 before the first."""
        return self._quiet * FRAME_S

    def accept(self, frames: Iterable[FrameKind]) -> State:
        """Takes frames in order; after the end they change nothing."""
        for frame in frames:
            self._seen += 1
            if self.state is State.WAITING:
                self._wait(frame)
            elif self.state is State.SPEAKING:
                self._listen(frame)
        return self.state

    def _wait(self, frame: FrameKind) -> None:
        self._frames += 1
        self._recent.append(frame.voiced)
        if frame.voiced:
            self._measure(frame.level_db)
        if sum(self._recent) >= _ONSET_VOICED:
            self._onset = True
            self._first_voiced = self._seen - len(self._recent) + self._recent.index(True)
            self.state = State.SPEAKING
            self._frames = 0
        elif self._rules is not None and self._frames * FRAME_S >= self._rules.no_speech_s:
            self.state = State.ENDED

    def _listen(self, frame: FrameKind) -> None:
        self._frames += 1
        self._since_voiced = 0 if frame.voiced else self._since_voiced + 1
        if frame.active and self._since_voiced <= _UNVOICED_TAIL:
            self._quiet = 0
            self._measure(frame.level_db)
        else:
            self._quiet += 1
        if self._rules is None:
            return
        if self._quiet * FRAME_S >= self._rules.patience_s or self._frames * FRAME_S >= self._rules.cap_s:
            self.state = State.ENDED

    def _measure(self, level_db: float) -> None:
        # Welford's running variance
        self._levels += 1
        step = level_db - self._mean_db
        self._mean_db += step / self._levels
        self._spread += step * (level_db - self._mean_db)
