"""Speech over a websocket: sound in as it is spoken, words back as they are recognized, then the reply.

One socket carries one utterance after the other. The protocol is told in `bot/gateway/README.md`.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.gateway.dialogue import Channel
from bot.gateway.errors import AudioTooFast, BadRequest, FrameTooLarge, VoiceIdle
from bot.gateway.limits import Limits, Pace
from bot.gateway.metrics import Metrics
from bot.gateway.ports import SpeechPool, SpeechSession, Transcript
from bot.gateway.turns import Turns, new_turn_id, when_free, words_of
from speech.endpoint import EndpointRules
from speech.limits import SAMPLE_BYTES, SAMPLE_RATE
from wenban.errors import WenbanError

POLICY_VIOLATION = 1008


class Start(BaseModel):
    """Opens an utterance. `endpoint`: the end of speech ends it, without waiting for a stop."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["start"]
    rate: Literal[16_000] = 16_000
    endpoint: bool = True
    turn_id: str = Field(default_factory=new_turn_id, pattern=r"^[A-Za-z0-9-]{8,64}$")


class VoiceSocket:
    """Serves one accepted websocket until it closes.

    Args:
        session_id: a checked session.
    """

    def __init__(
        self,
        socket: WebSocket,
        session_id: str,
        *,
        channel: Channel,
        turns: Turns,
        pool: SpeechPool,
        limits: Limits,
        metrics: Metrics,
    ) -> None:
        self._metrics = metrics
        self._socket = socket
        self._session_id = session_id
        self._channel = channel
        self._turns = turns
        self._pool = pool
        self._limits = limits

    async def serve(self) -> None:
        """Utterance after utterance; errors are told to the client, those of the protocol also close."""
        try:
            while True:
                start = await self._next_start()
                try:
                    await self._utterance(start)
                except (AudioTooFast, FrameTooLarge, BadRequest):
                    raise
                except WenbanError as error:
                    await self._send_error(error)
        except WebSocketDisconnect:
            return
        except WenbanError as error:
            await self._send_error(error)
            await self._socket.close(POLICY_VIOLATION, error.code)

    async def _next_start(self) -> Start:
        """Waits for a start; sound still on its way from an utterance that has ended is let go."""
        deadline = time.monotonic() + self._limits.socket_idle_s
        while True:
            message = await self._receive(within_s=deadline - time.monotonic())
            if isinstance(message, bytes):
                continue
            if message.get("type") == "stop":
                continue
            try:
                return Start.model_validate(message)
            except ValidationError:
                raise BadRequest("start message of the wrong form") from None

    async def _utterance(self, start: Start) -> None:
        rules = EndpointRules() if start.endpoint else None
        expect = self._turns.expected(self._session_id)
        async with AsyncExitStack() as stack:
            speech = await when_free(
                lambda: stack.enter_async_context(self._pool.session(rules=rules, expect=expect)),
                self._limits.recognizer_wait_s,
            )
            await self._send({"type": "ready", "turn_id": start.turn_id})
            await self._listen(speech)
            ended = time.perf_counter()
            transcript = await speech.finish()
        speech_ms = (time.perf_counter() - ended) * 1000
        await self._tell(transcript, start, speech_ms=speech_ms, ended=ended)

    async def _listen(self, speech: SpeechSession) -> None:
        limits = self._limits
        pace = Pace(
            bytes_per_s=SAMPLE_RATE * SAMPLE_BYTES,
            burst_s=limits.pace_burst_s,
            factor=limits.pace_factor,
            started=time.monotonic(),
        )
        most = int(limits.audio_s * SAMPLE_RATE) * SAMPLE_BYTES
        received = 0
        shown = ""
        while True:
            message = await self._receive(within_s=limits.frame_idle_s)
            if not isinstance(message, bytes):
                if message.get("type") == "stop":
                    return
                raise BadRequest("expected sound or stop")
            if len(message) > limits.frame_bytes or len(message) % SAMPLE_BYTES:
                raise FrameTooLarge(f"frame of {len(message)} bytes")
            if not pace.allow(len(message), time.monotonic()):
                raise AudioTooFast("faster than allowed")
            received += len(message)
            progress = await speech.feed(message)
            if progress.partial != shown:
                shown = progress.partial
                await self._send({"type": "partial", "text": shown})
            # Without an endpoint, too, the recognizer ends at the most that one utterance may have.
            if progress.ended or received >= most:
                return

    async def _tell(self, transcript: Transcript, start: Start, *, speech_ms: float, ended: float) -> None:
        alternatives = words_of(transcript)
        await self._send(
            {
                "type": "final",
                "text": transcript.text,
                "alternatives": [a.model_dump() for a in alternatives],
                "turn_id": start.turn_id,
            }
        )
        record = await self._turns.heard(
            self._session_id,
            transcript,
            turn_id=start.turn_id,
            channel=self._channel,
            started=ended,
            speech_ms=speech_ms,
        )
        await self._send({"type": "reply", **record.model_dump()})

    async def _receive(self, *, within_s: float) -> bytes | dict[str, Any]:
        try:
            async with asyncio.timeout(within_s):
                message = await self._socket.receive()
        except TimeoutError:
            raise VoiceIdle("nothing came") from None
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        data = message.get("bytes")
        if data is not None:
            return bytes(data)
        text = message["text"]
        if len(text) > self._limits.message_bytes:
            raise BadRequest("message too long")
        try:
            parsed = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise BadRequest("message is not JSON") from None
        if not isinstance(parsed, dict):
            raise BadRequest("message is not an object")
        return parsed

    async def _send(self, message: dict[str, Any]) -> None:
        await self._socket.send_text(orjson.dumps(message).decode())

    async def _send_error(self, error: WenbanError) -> None:
        self._metrics.errors.labels(code=error.code).inc()
        await self._send({"type": "error", **error.as_dict()})
