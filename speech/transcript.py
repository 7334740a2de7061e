"""What the recognizer heard: a best text and the others that it might have been.

Example:
    >>> heard = transcript_of([Hypothesis("我要迁户口", 0.9), Hypothesis("我要钱户口", 0.1)])
    >>> heard.text
    '我要迁户口'
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from speech.clean import clean_text
from speech.errors import NothingHeard


@dataclass(frozen=True)
class Hypothesis:
    """One candidate: text without spaces between Hanzi; `confidence` in 0..1, summing to 1 over its list."""

    text: str
    confidence: float


@dataclass(frozen=True)
class Transcript:
    """The end of one utterance.

    Attributes:
        text: the best hypothesis's text; empty when nothing was heard.
        alternatives: the n-best list, best first; empty when nothing was heard.
        audio_s: seconds of audio given.
        ms: milliseconds from the end of the audio to this result.
        model: name of the model in use.
        narrowed: the same audio heard as an answer of the kind expected, best first; never the text itself.
    """

    text: str
    alternatives: tuple[Hypothesis, ...]
    audio_s: float
    ms: float
    model: str
    narrowed: tuple[str, ...] = ()

    def heard(self) -> Transcript:
        """Itself, or `NothingHeard` when it is empty."""
        if not self.text:
            raise NothingHeard(f"no words in {self.audio_s:.1f} s of audio")
        return self


def transcript_of(
    alternatives: Sequence[Hypothesis],
    *,
    audio_s: float = 0.0,
    ms: float = 0.0,
    model: str = "",
    narrowed: tuple[str, ...] = (),
) -> Transcript:
    """A transcript whose text is the first alternative's."""
    text = alternatives[0].text if alternatives else ""
    return Transcript(text, tuple(alternatives), audio_s, ms, model, narrowed)


def rank(scored: Iterable[tuple[str, float]]) -> list[Hypothesis]:
    """Turns raw texts with log-likelihoods (natural logarithm) into an n-best list, best first.

    Texts that are the same once cleaned are one hypothesis, with their probabilities added. When the
    likeliest is empty, the list is empty: the recognizer says that nothing was said. Less likely empty ones
    are left out.
    """
    likelihoods: dict[str, float] = {}
    for raw, score in scored:
        text = clean_text(raw)
        likelihoods[text] = _log_add(likelihoods[text], score) if text in likelihoods else score
    ordered = sorted(likelihoods.items(), key=lambda pair: -pair[1])
    if not ordered or not ordered[0][0]:
        return []
    spoken = [pair for pair in ordered if pair[0]]
    best = spoken[0][1]
    weights = [math.exp(score - best) for _, score in spoken]
    total = sum(weights)
    return [Hypothesis(text, weight / total) for (text, _), weight in zip(spoken, weights, strict=True)]


def _log_add(a: float, b: float) -> float:
    high, low = max(a, b), min(a, b)
    return high + math.log1p(math.exp(low - high))
