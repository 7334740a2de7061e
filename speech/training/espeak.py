"""Synthetic Mandarin from espeak-ng, with the time of every phone.

espeak-ng's library is spoken to through ctypes because its program cannot tell when each phone was said.
The text is pinyin with tone digits, one token a syllable: its own reading of Chinese characters is
unreliable.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from speech.training.phones import SILENCE, split
from speech.training.resample import resample
from speech.training.types import SAMPLE_RATE, Segment
from wenban.errors import SetupError

LIBRARY = "libespeak-ng.so.1"
VOICE = "cmn-latn-pinyin"
_RETRIEVAL, _PHONEME_EVENTS = 1, 1
_UTF8 = 1
_RATE, _PITCH, _RANGE = 1, 3, 4
_EVENT_END, _EVENT_WORD, _EVENT_PHONEME = 0, 1, 7


@dataclass(frozen=True, slots=True)
class Voice:
    """One way to sound: an espeak-ng variant with speed (words a minute), pitch and pitch range (0–99)."""

    variant: str
    speed: int = 170
    pitch: int = 50
    pitch_range: int = 50

    @property
    def name(self) -> str:
        return f"{self.variant}-{self.speed}-{self.pitch}-{self.pitch_range}"


TRAINING_VARIANTS = (
    "m1", "m2", "m3", "m4", "m7", "m8", "f1", "f2", "f3", "f5", "klatt2", "klatt4", "Alex", "Andrea",
    "Michael", "Mario", "linda", "steph", "steph3", "belinda", "john", "rob", "victor", "Diogo",
)  # fmt: skip
HELD_OUT = (
    Voice("f4", 165, 55, 55),
    Voice("m6", 180, 42, 50),
    Voice("Annie", 155, 50, 60),
    Voice("max", 190, 48, 45),
)
"""Voices of tests and figures: none of these variants is ever trained on."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """Audio of one utterance: samples float32 in [-1, 1] at 16 kHz; segments in seconds, one a phone."""

    samples: npt.NDArray[np.float32]
    segments: tuple[Segment, ...]


class _Union(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Union),
    )


_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class Synthesizer:
    """The library, opened once a process (it keeps global state, so use `synthesizer()`).

    Raises:
        SetupError: the library is not installed.
    """

    def __init__(self) -> None:
        try:
            self._lib = ctypes.CDLL(LIBRARY)
        except OSError as error:
            raise SetupError(f"{LIBRARY} not found; install espeak-ng (apt-get install espeak-ng)") from error
        self.rate = int(self._lib.espeak_Initialize(_RETRIEVAL, 0, None, _PHONEME_EVENTS))
        if self.rate <= 0:
            raise SetupError("espeak-ng could not be initialised; is espeak-ng-data installed?")
        self._chunks: list[npt.NDArray[np.int16]] = []
        self._events: list[tuple[int, int, str, int]] = []
        self._callback = _CALLBACK(self._on_audio)
        self._lib.espeak_SetSynthCallback(self._callback)

    def _on_audio(self, wave: object, count: int, events: object) -> int:
        if wave and count > 0:
            self._chunks.append(np.ctypeslib.as_array(wave, shape=(count,)).copy())
        index = 0
        while events[index].type != _EVENT_END:  # type: ignore[index]
            event = events[index]  # type: ignore[index]
            if event.type in (_EVENT_WORD, _EVENT_PHONEME):
                name = event.id.string.decode("utf-8", "replace") if event.type == _EVENT_PHONEME else ""
                self._events.append((event.type, event.sample, name, event.text_position))
            index += 1
        return 0

    def raw(self, text: str, voice: Voice) -> tuple[npt.NDArray[np.float32], list[tuple[int, int, str, int]]]:
        """Samples at `self.rate` and the events (type, sample, phoneme name, position in the text from 1)."""
        self._chunks.clear()
        self._events.clear()
        if self._lib.espeak_SetVoiceByName(f"{VOICE}+{voice.variant}".encode()) != 0:
            raise SetupError(f"espeak-ng has no voice {VOICE}+{voice.variant}")
        for parameter, value in ((_RATE, voice.speed), (_PITCH, voice.pitch), (_RANGE, voice.pitch_range)):
            self._lib.espeak_SetParameter(parameter, value, 0)
        data = text.encode() + b"\0"
        self._lib.espeak_Synth(data, len(data), 0, 1, 0, _UTF8, None, None)
        self._lib.espeak_Synchronize()
        audio = np.concatenate(self._chunks) if self._chunks else np.zeros(0, np.int16)
        return audio.astype(np.float32) / 32768.0, list(self._events)

    def say(self, tokens: Sequence[str], voice: Voice) -> Spoken:
        """Speak toned syllables; a token "," is a pause.

        Example:
            >>> spoken = synthesizer().say(["ni3", "hao3"], HELD_OUT[0])  # doctest: +SKIP
        """
        text, position_of = "", {}
        for token in tokens:
            if token == ",":
                text = text.rstrip() + ", "
            else:
                position_of[len(text) + 1] = token
                text += token + " "
        samples, events = self.raw(text.rstrip(), voice)
        starts: dict[int, list[int]] = {}
        pauses: list[int] = []
        for kind, at, name, position in events:
            if name == "_:":
                pauses.append(at)
            elif position in position_of and not name.startswith("_"):
                if kind == _EVENT_WORD:
                    starts.setdefault(position, [])
                else:
                    starts.setdefault(position, []).append(at)
        segments = self._segments(position_of, starts, sorted(pauses), len(samples))
        return Spoken(resample(samples, SAMPLE_RATE / self.rate), segments)

    def _segments(
        self, position_of: dict[int, str], starts: dict[int, list[int]], pauses: list[int], total: int
    ) -> tuple[Segment, ...]:
        marks: list[tuple[int, str]] = [(at, SILENCE) for at in pauses]
        for position, token in position_of.items():
            times = starts.get(position)
            if not times:
                raise ValueError(f"espeak-ng did not say {token!r}")
            phones = split(token)
            marks.append((times[0], phones[0]))
            if len(phones) == 2:
                marks.append((times[min(1, len(times) - 1)], phones[1]))
        marks.sort(key=lambda mark: mark[0])
        ends = [at for at, _ in marks[1:]] + [total]
        result: list[Segment] = []
        for (at, phone), end in zip(marks, ends, strict=True):
            if end > at:
                result.append(Segment(phone, at / self.rate, end / self.rate))
        return tuple(result)


@cache
def synthesizer() -> Synthesizer:
    """The process's one synthesizer."""
    return Synthesizer()
