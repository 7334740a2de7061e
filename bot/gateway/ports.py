"""What the door needs from the parts behind it, as narrow protocols."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import numpy as np
import numpy.typing as npt

from bot.gateway.dialogue import Channel, Mode
from bot.gateway.records import Alternative, DialogueState
from speech.endpoint import EndpointRules
from speech.expectation import Expectation

Samples = npt.NDArray[np.int16]


class Hypothesis(Protocol):
    @property
    def text(self) -> str: ...
    @property
    def confidence(self) -> float: ...


class Transcript(Protocol):
    @property
    def text(self) -> str: ...
    @property
    def alternatives(self) -> Sequence[Hypothesis]: ...
    @property
    def ms(self) -> float: ...
    @property
    def narrowed(self) -> Sequence[str]: ...


class Progress(Protocol):
    @property
    def partial(self) -> str: ...
    @property
    def ended(self) -> bool: ...


class SpeechSession(Protocol):
    """One utterance: s16le mono 16 kHz in, words out."""

    async def feed(self, pcm: bytes, /) -> Progress: ...
    async def finish(self) -> Transcript: ...


class SpeechPool(Protocol):
    """The recognizer processes."""

    def session(
        self, *, rules: EndpointRules | None = ..., expect: Expectation | None = ...
    ) -> AbstractAsyncContextManager[SpeechSession]: ...
    async def transcribe(self, samples: Samples, /, *, expect: Expectation | None = ...) -> Transcript: ...
    async def start(self) -> None: ...
    async def close(self) -> None: ...


class Decoder(Protocol):
    """Any audio container to 16 kHz mono samples."""

    async def decode(self, data: bytes, /) -> Samples: ...
    async def __aenter__(self) -> object: ...
    async def __aexit__(self, *_: object) -> None: ...


class Dialogue(Protocol):
    """The conversation behind HTTP."""

    async def turn(
        self,
        sender: str,
        text: str,
        *,
        turn_id: str,
        channel: Channel,
        mode: Mode,
        alternatives: list[Alternative] | None = None,
        narrowed: Sequence[str] = (),
    ) -> tuple[list[str], DialogueState]: ...
    async def close(self) -> None: ...
