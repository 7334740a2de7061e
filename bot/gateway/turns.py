"""One turn from whatever came in (a line, a recording, a finished utterance) to its record."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from bot.gateway.dialogue import Channel
from bot.gateway.errors import TooMany
from bot.gateway.limits import Limits
from bot.gateway.metrics import Metrics
from bot.gateway.ports import Decoder, Dialogue, SpeechPool, Transcript
from bot.gateway.records import Alternative, Timing, TurnRecord
from bot.gateway.sessions import Sessions
from bot.gateway.text import clean_text
from speech.errors import AudioTooLong, NothingHeard, RecognizerBusy
from speech.expectation import Expectation
from speech.limits import SAMPLE_RATE

T = TypeVar("T")


def new_turn_id() -> str:
    return str(uuid.uuid4())


class Turns:
    """Answers turns; shared by the HTTP paths and the websocket.

    Args:
        decoder: any audio container to 16 kHz mono samples (`speech.decode.AudioDecoder`).
    """

    def __init__(
        self,
        *,
        sessions: Sessions,
        dialogue: Dialogue,
        pool: SpeechPool,
        decoder: Decoder,
        limits: Limits,
        metrics: Metrics,
    ) -> None:
        self._sessions = sessions
        self._dialogue = dialogue
        self._pool = pool
        self._decoder = decoder
        self._limits = limits
        self._metrics = metrics
        self._decoding = asyncio.Semaphore(limits.decodes_in_flight)
        self._decodes = 0

    def expected(self, session_id: str) -> Expectation | None:
        """What the recognizer should listen for, after the last reply of this session."""
        return self._sessions.expected(session_id)

    async def typed(self, session_id: str, text: str, *, turn_id: str, channel: Channel) -> TurnRecord:
        """A typed line or a pressed option.

        Raises:
            GatewayError: the text cannot be used, or the session is busy.
            DialogueError: no answer; the draft stands.
        """
        started = time.perf_counter()
        line = clean_text(text, most=self._limits.text_chars)
        return await self._answer(session_id, line, [], turn_id=turn_id, channel=channel, started=started)

    async def recorded(self, session_id: str, data: bytes, *, turn_id: str, channel: Channel) -> TurnRecord:
        """A whole recording in any container.

        Raises:
            AudioError: it does not decode, is too long, or holds no words.
            SpeechError: the recognizer is busy or broken.
        """
        started = time.perf_counter()
        if self._decodes >= self._limits.decodes_in_flight + self._limits.decodes_waiting:
            raise TooMany("recordings being decoded")
        self._decodes += 1
        try:
            async with self._decoding:
                samples = await self._decoder.decode(data)
                if len(samples) > self._limits.audio_s * SAMPLE_RATE:
                    raise AudioTooLong.over(self._limits.audio_s)
                transcript = await when_free(
                    lambda: self._pool.transcribe(samples, expect=self.expected(session_id)),
                    self._limits.recognizer_wait_s,
                )
        finally:
            self._decodes -= 1
        speech_ms = (time.perf_counter() - started) * 1000
        return await self.heard(
            session_id, transcript, turn_id=turn_id, channel=channel, started=started, speech_ms=speech_ms
        )

    async def heard(
        self,
        session_id: str,
        transcript: Transcript,
        *,
        turn_id: str,
        channel: Channel,
        started: float,
        speech_ms: float,
    ) -> TurnRecord:
        """A recognized utterance.

        Raises:
            NothingHeard: the transcript is empty.
        """
        alternatives = words_of(transcript)
        self._metrics.speech_seconds.observe(speech_ms / 1000)
        return await self._answer(
            session_id,
            transcript.text.strip()[: self._limits.text_chars],
            alternatives,
            turn_id=turn_id,
            channel=channel,
            started=started,
            speech_ms=speech_ms,
            narrowed=transcript.narrowed,
        )

    async def _answer(
        self,
        session_id: str,
        text: str,
        alternatives: list[Alternative],
        *,
        turn_id: str,
        channel: Channel,
        started: float,
        speech_ms: float | None = None,
        narrowed: Sequence[str] = (),
    ) -> TurnRecord:
        async with self._sessions.turn(session_id):
            asked = time.perf_counter()
            replies, state = await self._dialogue.turn(
                session_id,
                text,
                turn_id=turn_id,
                channel=channel,
                mode="text" if speech_ms is None else "voice",
                alternatives=alternatives,
                narrowed=narrowed,
            )
            wanted = state.expect
            self._sessions.expect(
                session_id, Expectation(wanted.kind, tuple(wanted.options)) if wanted is not None else None
            )
            dialogue_ms = (time.perf_counter() - asked) * 1000
        total_ms = (time.perf_counter() - started) * 1000
        self._metrics.turns.labels(mode="text" if speech_ms is None else "voice").inc()
        self._metrics.dialogue_seconds.observe(dialogue_ms / 1000)
        return TurnRecord(
            **dict(state),
            heard=text,
            alternatives=alternatives,
            replies=replies,
            turn_id=turn_id,
            ms=Timing(
                speech=None if speech_ms is None else round(speech_ms, 1),
                dialogue=round(dialogue_ms, 1),
                total=round(total_ms, 1),
            ),
        )


async def when_free(ask: Callable[[], Awaitable[T]], within_s: float) -> T:
    """Asks again while every recognizer is taken: utterances are short, and a moment's wait beats a refusal.

    Raises:
        RecognizerBusy: none came free in time.
    """
    deadline = time.monotonic() + within_s
    while True:
        try:
            return await ask()
        except RecognizerBusy:
            if time.monotonic() >= deadline:
                raise
        await asyncio.sleep(0.1)


def words_of(transcript: Transcript) -> list[Alternative]:
    """The hypotheses of a transcript, best first.

    Raises:
        NothingHeard: there are no words in it.
    """
    if not transcript.text.strip():
        raise NothingHeard("empty transcript")
    return [Alternative(text=h.text, confidence=h.confidence) for h in transcript.alternatives]
