"""The gateway as a kiosk uses it: sound goes up while it is spoken, and a lost connection loses nothing.

An utterance is kept until it is answered. When the socket breaks, it goes to `POST /api/audio` under the same
turn id as soon as the gateway is back: it is answered once, whichever way it came first.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import wave
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidURI, WebSocketException

from bot.talk.client import Record, TalkClient, new_turn_id
from bot.talk.errors import DoorLost, Refused
from speech.limits import SAMPLE_BYTES, SAMPLE_RATE
from wenban.errors import WenbanError
from wenban.logs import facts

log = logging.getLogger(__name__)

_OPEN_S = 5.0
_CLOSE_S = 1.0  # a reply does not wait for politeness
_REPLY_S = 60.0
_MOST_FRAME = 32 * 1024
# The gateway takes a burst of 5 s and twice real time; a recording must stay below both.
_BURST_S = 3.0
_PACE = 1.8

# Said by the gateway when it could not do its work now; the citizen need not say it again, we do.
_TRY_AGAIN = frozenset(
    (
        "recognizer_busy",
        "recognizer_crashed",
        "too_many",
        "turn_pending",
        "voice_idle",
        "dialogue_unreachable",
    )
)


class Sound:
    """One utterance: written as it is spoken, read as it is sent, and kept to be sent again."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._closed = False
        self._changed = asyncio.Event()

    def put(self, pcm: bytes) -> None:
        """More of it: s16le, 16 kHz, mono."""
        self._kept += pcm
        self._changed.set()

    def close(self) -> None:
        """That was all."""
        self._closed = True
        self._changed.set()

    async def closed(self) -> None:
        """Returns when the citizen has said all."""
        async for _ in self.frames():
            pass

    async def frames(self) -> AsyncIterator[bytes]:
        """From the beginning, until it is closed and all was given."""
        at = 0
        while True:
            while at < len(self._kept):
                frame = bytes(self._kept[at : at + _MOST_FRAME])
                at += len(frame)
                yield frame
            if self._closed:
                return
            self._changed.clear()
            await self._changed.wait()

    def as_wav(self) -> bytes:
        """All that was kept, as a file."""
        out = io.BytesIO()
        with wave.open(out, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(SAMPLE_BYTES)
            file.setframerate(SAMPLE_RATE)
            file.writeframes(bytes(self._kept))
        return out.getvalue()


def pauses(first_s: float = 0.5, most_s: float = 8.0) -> Iterator[float]:
    """Seconds between tries: doubling up to a limit, without end.

    >>> from itertools import islice
    >>> list(islice(pauses(), 6))
    [0.5, 1.0, 2.0, 4.0, 8.0, 8.0]
    """
    pause = first_s
    while True:
        yield pause
        pause = min(most_s, pause * 2)


class Conversation:
    """One visit's turns.

    Args:
        talk: the client whose session this is; its channel should be `kiosk`.
        retry_s: how long an utterance is tried again before the citizen is asked to repeat it.
        first_pause_s: before the first new try.
    """

    def __init__(self, talk: TalkClient, *, retry_s: float = 90.0, first_pause_s: float = 0.5) -> None:
        self._talk = talk
        self._retry_s = retry_s
        self._first_pause_s = first_pause_s

    @property
    def begun(self) -> bool:
        """Whether somebody has said something in this visit."""
        return self._talk.session is not None

    def forget(self) -> None:
        """The next utterance is another citizen's."""
        self._talk.session = None

    async def say(
        self,
        sound: Sound,
        partial: Callable[[str], None],
        trouble: Callable[[WenbanError], Awaitable[None]],
    ) -> Record:
        """One utterance and the answer to it.

        Args:
            partial: told what was understood so far.
            trouble: told once, after the citizen has finished, that the answer will take longer.

        Raises:
            Refused: the gateway cannot use the utterance, and says why; a session that it does not know any
                more is forgotten.
            DoorLost: the gateway did not come back in time; session and draft stand.
        """
        try:
            return await self._answered(sound, partial, trouble)
        except Refused as error:
            # On whichever way it came: kept, it would have every utterance of the visit refused.
            if error.told.get("code") == "session_unknown":
                self.forget()
            raise

    async def _answered(
        self,
        sound: Sound,
        partial: Callable[[str], None],
        trouble: Callable[[WenbanError], Awaitable[None]],
    ) -> Record:
        turn_id = new_turn_id()
        try:
            return await self._stream(sound, turn_id, partial)
        except (DoorLost, Refused) as error:
            if isinstance(error, Refused) and error.told.get("code") not in _TRY_AGAIN:
                raise
            problem: WenbanError = error
        log.warning("an utterance is sent again", extra=facts(why=str(problem)))
        await sound.closed()
        why = "连接断了一下" if isinstance(problem, DoorLost) else "现在有点忙"
        await trouble(DoorLost(str(problem), citizen=f"{why}，您刚才说的话我记着，请稍等。"))
        return await self._again(sound.as_wav(), turn_id)

    async def _again(self, recording: bytes, turn_id: str) -> Record:
        clock = asyncio.get_running_loop().time
        deadline = clock() + self._retry_s
        for pause in pauses(self._first_pause_s):
            try:
                return await asyncio.to_thread(self._talk.send_recording, recording, turn_id=turn_id)
            except Refused as error:
                if error.told.get("code") not in _TRY_AGAIN or clock() + pause >= deadline:
                    raise
            except DoorLost:
                if clock() + pause >= deadline:
                    raise
            await asyncio.sleep(pause)
        raise AssertionError("pauses never end")

    async def _stream(self, sound: Sound, turn_id: str, partial: Callable[[str], None]) -> Record:
        session = await asyncio.to_thread(self._talk.open)
        query = urlencode({"session": session, "channel": "kiosk"})
        url = f"{self._talk.url.replace('http', 'ws', 1)}/api/voice?{query}"
        try:
            async with connect(url, proxy=None, open_timeout=_OPEN_S, close_timeout=_CLOSE_S) as socket:
                return await self._exchange(socket, sound, turn_id, partial)
        except (WebSocketException, InvalidHandshake, InvalidURI, OSError, TimeoutError) as error:
            raise DoorLost(type(error).__name__) from None

    async def _exchange(
        self, socket: ClientConnection, sound: Sound, turn_id: str, partial: Callable[[str], None]
    ) -> Record:
        async with asyncio.timeout(None) as limit:
            sending = asyncio.create_task(_send(socket, sound, turn_id, limit))
            try:
                async for message in socket:
                    told: dict[str, Any] = json.loads(message)
                    match told.pop("type"):
                        case "partial":
                            partial(told["text"])
                        case "final":
                            partial(told["text"])
                        case "reply":
                            return told
                        case "error":
                            raise Refused(told)
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)
        raise DoorLost("closed before the reply")


async def _send(socket: ClientConnection, sound: Sound, turn_id: str, limit: asyncio.Timeout) -> None:
    """The whole utterance, no faster than the gateway takes it; then the answer has a limited time."""
    clock = asyncio.get_running_loop().time
    # The end of speech is found here, with the patience that was asked for.
    await socket.send(
        json.dumps({"type": "start", "rate": SAMPLE_RATE, "endpoint": False, "turn_id": turn_id})
    )
    began, sent_s = clock(), 0.0
    async for frame in sound.frames():
        await socket.send(frame)
        sent_s += len(frame) / (SAMPLE_RATE * SAMPLE_BYTES)
        await asyncio.sleep(max(0.0, (sent_s - _BURST_S) / _PACE - (clock() - began)))
    await socket.send(json.dumps({"type": "stop"}))
    limit.reschedule(clock() + _REPLY_S)
