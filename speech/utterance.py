"""One utterance inside a worker: finds where speech begins and ends, and gives only that to the decoder.

Silence, noise and tones never reach the decoder this way. It would spend time on them and make words of them:
after a second of quiet at the end, many a sentence grows a 呀 that nobody said.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from speech.clean import clean_text
from speech.endpoint import Endpointer, EndpointRules, State
from speech.limits import SAMPLE_BYTES, SAMPLE_RATE
from speech.transcript import Hypothesis, rank
from speech.vad import SpeechDetector

_HELD_BYTES = SAMPLE_RATE * SAMPLE_BYTES  # more than the endpointer needs to be sure of a first vowel
_LEAD_S = 0.25  # decoded before the first vowel: its consonant
_TAIL_S = 0.2  # of quiet that is decoded at once; more is held back until somebody speaks again


class Decoder(Protocol):
    """The part of vosk.KaldiRecognizer that is used here; its names are Vosk's."""

    def SetMaxAlternatives(self, max_alternatives: int) -> None: ...  # noqa: N802
    def AcceptWaveform(self, data: bytes) -> int: ...  # noqa: N802
    def PartialResult(self) -> str: ...  # noqa: N802
    def FinalResult(self) -> str: ...  # noqa: N802
    def Reset(self) -> None: ...  # noqa: N802


@dataclass(frozen=True)
class Heard:
    """Where an utterance stands after some audio."""

    partial: str
    speech: bool
    ended: bool


class Utterance:
    """Feeds a decoder, from the first word to the end of speech.

    Args:
        decoder: reset here, so it may have been used before.
        rules: when to end by itself; None never.
        max_alternatives: length of the n-best list asked for.
        narrow: a second decoder that hears the same audio with the words of an expected answer alone.
    """

    def __init__(
        self,
        decoder: Decoder,
        rules: EndpointRules | None,
        max_alternatives: int,
        narrow: Decoder | None = None,
    ) -> None:
        self._decoder = decoder
        self._narrow = narrow
        self._max_alternatives = max_alternatives
        self._detector = SpeechDetector()
        self._endpointer = Endpointer(rules)
        self._held = b""
        self._partial = ""
        decoder.Reset()
        # Hypotheses that differ only in unknown words become one, so a few more are asked for.
        decoder.SetMaxAlternatives(max_alternatives + 4)

    def feed(self, pcm: bytes, *, want_partial: bool = True) -> Heard:
        """Takes whole 16 kHz mono s16le samples; after the end of speech they are ignored."""
        if self._endpointer.state is not State.ENDED:
            began = self._endpointer.speech_began
            self._endpointer.accept(self._detector.accept(np.frombuffer(pcm, "<i2")))
            pending = self._detector.pending * SAMPLE_BYTES
            audio = self._held + pcm
            if self._endpointer.speech_began and not began:
                audio = audio[-pending - _bytes(self._endpointer.spoken_s + _LEAD_S) :]
            if self._endpointer.speech_began:
                quiet = _bytes(self._endpointer.quiet_s - _TAIL_S)
                audible = len(audio) - (pending + quiet if quiet > 0 else 0)
                self._decode(audio[:audible], want_partial=want_partial)
                self._held = audio[audible:]
            else:
                self._held = audio[-_HELD_BYTES:]
        return Heard(self._partial, self._endpointer.speech_began, self._endpointer.state is State.ENDED)

    def _decode(self, pcm: bytes, *, want_partial: bool) -> None:
        if not pcm:
            return
        # Vosk's own end of speech (the return value) is not used: ignoring it keeps one utterance one.
        self._decoder.AcceptWaveform(pcm)
        if self._narrow is not None:
            self._narrow.AcceptWaveform(pcm)
        if want_partial:
            self._partial = clean_text(json.loads(self._decoder.PartialResult()).get("partial", ""))

    def finish(self) -> list[Hypothesis]:
        """The n-best list, best first; empty when nothing like speech was there."""
        if not self._endpointer.speech_began:
            return []
        raw = json.loads(self._decoder.FinalResult())
        if self._endpointer.steady:
            return []
        scored = [(str(found["text"]), float(found["confidence"])) for found in raw.get("alternatives", [])]
        return rank(scored)[: self._max_alternatives]

    def narrowed(self) -> list[str]:
        """What the narrow decoder heard, best first; empty without one, or when there was no speech."""
        if self._narrow is None or not self._endpointer.speech_began or self._endpointer.steady:
            return []
        found = json.loads(self._narrow.FinalResult()).get("alternatives", [])
        return [str(one["text"]) for one in found]


def _bytes(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE) * SAMPLE_BYTES
