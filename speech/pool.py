"""Recognizer workers behind one door: as many utterances at a time as workers, and an honest "busy" beyond.

Example (inside an event loop):
    pool = RecognizerPool(resolve_model(load_settings()), workers=2)
    await pool.start()
    async with pool.session() as session:
        progress = await session.feed(pcm)
        transcript = await session.finish()
    await pool.close()
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from speech import metrics
from speech.endpoint import EndpointRules
from speech.errors import AudioEmpty, AudioTooLong, RecognizerBusy
from speech.expectation import Expectation
from speech.holding import hold
from speech.limits import SAMPLE_BYTES, SAMPLE_RATE, SpeechLimits
from speech.remote import RemoteWorker
from speech.session import Progress, RecognitionSession
from speech.transcript import Transcript
from wenban.errors import SetupError
from wenban.logs import facts

__all__ = ["Progress", "RecognitionSession", "RecognizerPool"]

log = logging.getLogger(__name__)

_PIECE_BYTES = 5 * SAMPLE_RATE * SAMPLE_BYTES  # bounds what is still computed after a caller has given up
_FIRST_RETRY_S = 1.0
_LAST_RETRY_S = 30.0
_DEFAULT_RULES = EndpointRules()


@dataclass(eq=False)
class Slot:
    """A place for a worker; keeps its number (for metrics) while processes come and go."""

    number: int
    worker: RemoteWorker | None = None

    @property
    def alive(self) -> bool:
        return self.worker is not None and self.worker.alive


class RecognizerPool:
    """N processes, each with the model loaded once.

    Args:
        model_dir: a Vosk model directory, see `speech.models.resolve_model`.
        workers: processes, so utterances at a time.
        limits: bounds of each utterance.
    """

    def __init__(self, model_dir: Path, workers: int, *, limits: SpeechLimits | None = None) -> None:
        if workers < 1:
            raise ValueError("a pool needs at least one worker")
        self.model_dir = model_dir
        self.limits = limits or SpeechLimits()
        self._slots = [Slot(number) for number in range(workers)]
        self._free: list[Slot] = []
        self._waiters: deque[asyncio.Future[Slot]] = deque()
        self._revivals: set[asyncio.Task[None]] = set()
        self._open = False
        self._held: int | None = None

    @property
    def pids(self) -> list[int]:
        """Process ids of the live workers."""
        return [slot.worker.pid for slot in self._slots if slot.worker is not None and slot.worker.alive]

    @property
    def free(self) -> int:
        """Workers that could take an utterance now."""
        return sum(slot.alive for slot in self._free)

    async def start(self) -> None:
        """Starts every worker and waits until each has loaded its model.

        Raises:
            SetupError: the model cannot be loaded; no worker is left behind.
        """
        try:
            self._held = hold(self.model_dir)
        except OSError as error:
            raise SetupError(
                f"the speech model {self.model_dir} cannot be read: {error.strerror}",
                citizen="语音识别暂时不可用，您可以打字。",
            ) from error
        self._open = True
        results = await asyncio.gather(*(self._fill(slot) for slot in self._slots), return_exceptions=True)
        failures = [result for result in results if isinstance(result, BaseException)]
        if failures:
            await self.close()
            raise failures[0]
        self._free.extend(self._slots)

    async def close(self) -> None:
        """Ends all workers; utterances in progress fail."""
        self._open = False
        for task in list(self._revivals):
            task.cancel()
        await asyncio.gather(*self._revivals, return_exceptions=True)
        self._free.clear()
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_exception(RecognizerBusy("the pool is closing"))
        metrics.READY.dec(len(self.pids))
        await asyncio.gather(*(slot.worker.close() for slot in self._slots if slot.worker is not None))
        for slot in self._slots:
            slot.worker = None
        if self._held is not None:
            os.close(self._held)
            self._held = None

    @asynccontextmanager
    async def session(
        self,
        *,
        max_alternatives: int = 8,
        rules: EndpointRules | None = _DEFAULT_RULES,
        expect: Expectation | None = None,
    ) -> AsyncIterator[RecognitionSession]:
        """One utterance, fed as it is spoken.

        Args:
            max_alternatives: length of the n-best list.
            rules: when the utterance ends by itself; None: only when the caller says so (press and hold).
            expect: what is being asked for; the audio is also heard with the words of such an answer alone.

        Raises:
            RecognizerBusy: no worker is free right now.
        """
        if not 1 <= max_alternatives <= self.limits.max_alternatives:
            raise ValueError(f"max_alternatives must be 1 to {self.limits.max_alternatives}")
        session = RecognitionSession(self, self._take(), max_alternatives, rules, expect)
        metrics.IN_USE.inc()
        try:
            yield session
        finally:
            metrics.IN_USE.dec()
            if not session.finished:
                metrics.UTTERANCES.labels("abandoned").inc()
            held = session.detach()
            if held is not None:
                self.give_back(held)

    async def transcribe(
        self, pcm: NDArray[np.int16], *, max_alternatives: int = 8, expect: Expectation | None = None
    ) -> Transcript:
        """Recognizes a whole utterance (16 kHz mono); its text is empty when nothing was heard.

        Raises:
            AudioEmpty, AudioTooLong: the utterance is outside the limits.
            RecognizerBusy: no worker is free right now.
            WorkerCrashed: workers died on it repeatedly.
        """
        if not len(pcm):
            raise AudioEmpty("no samples")
        if len(pcm) > self.limits.max_seconds * SAMPLE_RATE:
            raise AudioTooLong.over(self.limits.max_seconds)
        data = pcm.astype("<i2", copy=False).tobytes()
        async with self.session(max_alternatives=max_alternatives, rules=None, expect=expect) as session:
            started = asyncio.get_running_loop().time()
            for start in range(0, len(data), _PIECE_BYTES):
                await session.feed(data[start : start + _PIECE_BYTES], want_partial=False)
            return await session.finish(started=started)

    def _take(self) -> Slot:
        while self._free:
            slot = self._free.pop(0)  # in turn, so that no worker idles cold while another is hot
            if slot.alive:
                return slot
        metrics.BUSY.inc()
        raise RecognizerBusy(f"all {len(self._slots)} workers are taken")

    def give_back(self, slot: Slot) -> None:
        """A slot that its utterance no longer needs."""
        if not self._open or not slot.alive:
            return  # its worker's death has already begun a revival, which frees the slot
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(slot)
                return
        if slot not in self._free:
            self._free.append(slot)

    async def exchange(self) -> Slot:
        """Another live worker for an utterance whose own has died; goes before new utterances.

        Raises:
            TimeoutError: none came free and none could be started in time.
            RecognizerBusy: the pool is closing.
        """
        while self._free:
            slot = self._free.pop(0)
            if slot.alive:
                return slot
        waiter: asyncio.Future[Slot] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            async with asyncio.timeout(self.limits.replace_timeout_s):
                return await waiter
        except (TimeoutError, asyncio.CancelledError):
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self.give_back(waiter.result())  # handed over in the same instant
            raise

    async def _fill(self, slot: Slot) -> None:
        slot.worker = await RemoteWorker.start(
            self.model_dir, self.limits.start_timeout_s, lambda _: self._on_exit(slot)
        )
        metrics.READY.inc()

    def _on_exit(self, slot: Slot) -> None:
        """A worker died: its slot gets a new one, whoever held it."""
        metrics.READY.dec()
        if slot in self._free:
            self._free.remove(slot)
        if not self._open:
            return
        log.warning("speech worker died; starting another", extra=facts(worker=slot.number))
        metrics.RESTARTS.labels(str(slot.number)).inc()
        task = asyncio.create_task(self._revive(slot))
        self._revivals.add(task)
        task.add_done_callback(self._revivals.discard)

    async def _revive(self, slot: Slot) -> None:
        pause = _FIRST_RETRY_S
        while True:
            try:
                await self._fill(slot)
            except SetupError as error:
                log.error("%s; trying again in %.0f s", error, pause)
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LAST_RETRY_S)
            else:
                self.give_back(slot)
                return
