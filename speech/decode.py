"""Any recording that people send, as 16 kHz mono samples; decoded in a process that may be killed.

Example (inside an event loop):
    pcm = await decode_audio(Path("question.amr").read_bytes())

A server keeps an `AudioDecoder`, which has the next process started and its libraries loaded before the next
file comes; `decode_audio` starts one for the occasion.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys

import numpy as np
from numpy.typing import NDArray

from speech.errors import (
    AudioDecodeTimeout,
    AudioEmpty,
    AudioTooLarge,
    AudioTooLong,
    AudioTruncated,
    AudioUnsupported,
)
from speech.frames import DECODE_REQUEST
from speech.limits import SAMPLE_BYTES, AudioLimits
from speech.remote import child_environment
from wenban.errors import AudioError
from wenban.logs import facts

log = logging.getLogger(__name__)

_ERRORS: dict[str, type[AudioError]] = {
    error.code: error for error in (AudioEmpty, AudioTruncated, AudioUnsupported)
}
_DEFAULT_LIMITS = AudioLimits()


async def decode_audio(data: bytes, *, limits: AudioLimits = _DEFAULT_LIMITS) -> NDArray[np.int16]:
    """Decodes wav, mp3, flac, ogg, opus, webm, amr, m4a and their like.

    Returns:
        Samples, 16 kHz mono.

    Raises:
        AudioEmpty, AudioUnsupported, AudioTruncated, AudioTooLong, AudioTooLarge, AudioDecodeTimeout.
    """
    async with AudioDecoder(limits=limits, spare=0) as decoder:
        return await decoder.decode(data)


class AudioDecoder:
    """Decodes files, each in a process of its own, with `spare` processes waiting warm for the next.

    Use as an async context manager, or call `close`.
    """

    def __init__(self, *, limits: AudioLimits = _DEFAULT_LIMITS, spare: int = 1) -> None:
        self.limits = limits
        self._spare = spare
        self._warm: list[asyncio.subprocess.Process] = []
        self._starts: set[asyncio.Task[None]] = set()
        self._closed = False

    async def __aenter__(self) -> AudioDecoder:
        for _ in range(self._spare):
            await self._add_spare()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends the waiting processes."""
        self._closed = True
        await asyncio.gather(*self._starts, return_exceptions=True)
        while self._warm:
            await _end(self._warm.pop())

    async def decode(self, data: bytes) -> NDArray[np.int16]:
        """See `decode_audio`."""
        if not data:
            raise AudioEmpty("no bytes")
        if len(data) > self.limits.max_bytes:
            raise AudioTooLarge(f"{len(data)} bytes, limit {self.limits.max_bytes}")
        process = await self._process()
        request = DECODE_REQUEST.pack(self.limits.max_seconds, self.limits.memory_bytes, len(data)) + data
        try:
            async with asyncio.timeout(self.limits.deadline_s):
                output, _ = await process.communicate(request)
        except TimeoutError:
            raise AudioDecodeTimeout(f"not decoded within {self.limits.deadline_s:g} s") from None
        finally:
            await _end(process)
        return _answer(output, process.returncode, self.limits.max_seconds)

    async def _process(self) -> asyncio.subprocess.Process:
        while self._warm:
            process = self._warm.pop(0)
            if process.returncode is None:
                task = asyncio.create_task(self._add_spare())
                self._starts.add(task)
                task.add_done_callback(self._starts.discard)
                return process
        return await _start()

    async def _add_spare(self) -> None:
        if not self._closed and len(self._warm) < self._spare:
            self._warm.append(await _start())


async def _start() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "speech.decoder",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=child_environment(),
    )


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()


def _answer(output: bytes, code: int | None, max_seconds: float) -> NDArray[np.int16]:
    line, _, samples = output.partition(b"\n")
    try:
        answer = json.loads(line)
    except json.JSONDecodeError:
        log.warning("decoding process died", extra=facts(exit=code))
        raise AudioDecodeTimeout(f"the decoding process ended with {code}") from None
    if answer.get("error") == AudioTooLong.code:
        raise AudioTooLong.over(max_seconds)
    if "error" in answer:
        raise _ERRORS[answer["error"]](answer["detail"])
    if len(samples) != answer["samples"] * SAMPLE_BYTES:
        raise AudioDecodeTimeout("the decoding process ended in the middle of its answer")
    return np.frombuffer(samples, "<i2").astype(np.int16)
