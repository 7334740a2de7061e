"""One utterance as its caller sees it, whichever worker happens to recognize it."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from speech import frames, metrics
from speech.endpoint import EndpointRules
from speech.errors import AudioTooLarge, WorkerCrashed
from speech.expectation import Expectation
from speech.limits import SAMPLE_BYTES, SAMPLE_RATE
from speech.remote import RemoteWorker, WorkerLost
from speech.transcript import Hypothesis, Transcript, transcript_of
from wenban.logs import facts

if TYPE_CHECKING:
    from speech.pool import RecognizerPool, Slot

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Progress:
    """Where an utterance stands.

    Attributes:
        partial: what was understood so far; may still change.
        ended: the end of speech was found (or nobody spoke, or a cap was reached): call `finish` now.
        speech: somebody has begun to speak.
    """

    partial: str
    ended: bool
    speech: bool


class RecognitionSession:
    """Feed audio, then finish once. When a worker dies, the audio so far is replayed to another, unnoticed.

    Made by `RecognizerPool.session`. Not for concurrent use: one feed at a time.
    """

    def __init__(
        self,
        pool: RecognizerPool,
        slot: Slot,
        max_alternatives: int,
        rules: EndpointRules | None,
        expect: Expectation | None,
    ) -> None:
        self._pool = pool
        self._slot: Slot | None = slot
        self._remote = slot.worker
        self._begun = False
        self._begin = json.dumps(
            {
                "max_alternatives": max_alternatives,
                "rules": asdict(rules) if rules else None,
                "expect": [expect.kind, expect.options] if expect else None,
            }
        ).encode()
        self._audio = bytearray()
        self._odd = b""
        self._max_bytes = int(pool.limits.max_seconds * SAMPLE_RATE) * SAMPLE_BYTES
        self._progress = Progress("", ended=False, speech=False)
        self._crashes = 0
        self._first_fed: float | None = None
        self.finished = False

    @property
    def audio_s(self) -> float:
        """Seconds of audio taken so far."""
        return len(self._audio) / (SAMPLE_RATE * SAMPLE_BYTES)

    @property
    def pid(self) -> int | None:
        """Process id of the worker in use; None between a worker's death and its replacement."""
        return self._remote.pid if self._slot is not None and self._remote is not None else None

    async def feed(self, pcm: bytes, *, want_partial: bool = True) -> Progress:
        """Takes 16 kHz mono s16le audio, in pieces of any length.

        Once speech has ended, or the utterance is as long as may be, more audio is ignored and `ended` stays.

        Raises:
            AudioTooLarge: the piece is larger than any honest client sends.
            WorkerCrashed: workers died on this utterance repeatedly.
        """
        if self.finished:
            raise RuntimeError("the session is finished")
        if len(pcm) > self._pool.limits.max_feed_bytes:
            raise AudioTooLarge(f"a piece of {len(pcm)} bytes")
        if self._progress.ended:
            return self._progress
        now = asyncio.get_running_loop().time()
        self._first_fed = self._first_fed or now
        data = self._odd + pcm
        whole = len(data) - len(data) % SAMPLE_BYTES
        data, self._odd = data[:whole], data[whole:]
        data = data[: self._max_bytes - len(self._audio)]
        if data:
            reply = await self._ask(frames.AUDIO, bytes([want_partial]) + data)
            self._audio += data  # only now: what a dying worker did not answer is asked again, not replayed
            heard_before = bool(self._progress.partial)
            self._progress = Progress(reply["partial"], ended=reply["ended"], speech=reply["speech"])
            if self._progress.partial and not heard_before:
                metrics.FIRST_PARTIAL.observe(asyncio.get_running_loop().time() - self._first_fed)
        if len(self._audio) >= self._max_bytes:
            self._progress = Progress(self._progress.partial, ended=True, speech=self._progress.speech)
        return self._progress

    async def finish(self, *, started: float | None = None) -> Transcript:
        """The n-best list of all audio fed; empty when nothing was heard. Frees the worker at once.

        Args:
            started: loop time from which `ms` is counted; by default, this call.
        """
        if self.finished:
            raise RuntimeError("the session is finished")
        loop = asyncio.get_running_loop()
        began = loop.time() if started is None else started
        reply = await self._ask(frames.FINISH, b"")
        self.finished = True
        found = [Hypothesis(text, confidence) for text, confidence in reply["alternatives"]]
        seconds = loop.time() - began
        metrics.FINAL.observe(seconds)
        metrics.UTTERANCES.labels("text" if found else "nothing").inc()
        slot = self.detach()
        if slot is not None:
            if self._audio:
                metrics.REAL_TIME_FACTOR.labels(str(slot.number)).observe(reply["cpu_s"] / self.audio_s)
            self._pool.give_back(slot)
        return transcript_of(
            found,
            audio_s=self.audio_s,
            ms=round(seconds * 1000, 1),
            model=self._pool.model_dir.name,
            narrowed=tuple(reply["narrowed"]) if found else (),
        )

    def detach(self) -> Slot | None:
        """The slot held, which the session no longer uses; for the pool."""
        slot, self._slot = self._slot, None
        # After its worker died, the slot may already serve another utterance with a new one.
        return slot if slot is not None and slot.worker is self._remote else None

    async def _ask(self, kind: bytes, payload: bytes) -> dict[str, Any]:
        """One request, on whichever worker lives to answer it."""
        timeout = self._pool.limits.reply_timeout_s
        while True:
            try:
                remote = await self._prepared(timeout)
                return await remote.ask(kind, payload, timeout)
            except WorkerLost as error:
                self._crashes += 1
                self._slot, self._begun = None, False
                log.warning("utterance lost its worker", extra=facts(crashes=self._crashes, cause=error))
                if self._crashes > self._pool.limits.max_crashes:
                    raise self._given_up() from error
            except TimeoutError as error:
                raise self._given_up() from error

    def _given_up(self) -> WorkerCrashed:
        self.finished = True
        metrics.UTTERANCES.labels("crashed").inc()
        return WorkerCrashed(f"workers died {self._crashes} times on one utterance")

    async def _prepared(self, timeout: float) -> RemoteWorker:
        """A worker that knows the utterance so far; begins or replays it where needed."""
        if self._slot is None:
            self._slot = await self._pool.exchange()
            self._remote = self._slot.worker
        remote = self._remote
        if remote is None:
            raise WorkerLost("the pool is closed")
        if not self._begun:
            await remote.ask(frames.BEGIN, self._begin, timeout)
            if self._audio:
                await remote.ask(frames.AUDIO, b"\0" + bytes(self._audio), timeout)
            self._begun = True
        return remote
