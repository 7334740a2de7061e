"""Recordings that play the microphone: one after the other, each once the reply to the one before is over.

With it a kiosk can be tried and tested on a machine without any sound hardware.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Sequence
from pathlib import Path

import numpy as np

from speech.decode import AudioDecoder
from speech.errors import AudioTooLarge, AudioUnreadable
from speech.limits import SAMPLE_RATE
from speech.microphone.source import BLOCK_SAMPLES, Samples

_BLOCK_S = BLOCK_SAMPLES / SAMPLE_RATE


async def read_recordings(paths: Iterable[Path]) -> list[Samples]:
    """Decodes files of any format.

    Raises:
        AudioUnreadable: a file is not there; any other AudioError: it is no usable recording.
    """
    found = []
    async with AudioDecoder(spare=0) as decoder:
        for path in paths:
            try:
                data = await asyncio.to_thread(path.read_bytes)
            except OSError as error:
                raise AudioUnreadable(f"{error.strerror}: {path}") from error
            if len(data) > decoder.limits.max_bytes:
                raise AudioTooLarge(f"{path}: {len(data)} bytes")
            found.append(await decoder.decode(data))
    return found


class FileMicrophone:
    """A microphone that hears recordings, and silence between them.

    Args:
        recordings: 16 kHz mono, one utterance each.
        after_s: silence after each, so that its end can be heard; longer than the listener's patience.
        gap_s: silence before each.
        paced: as fast as time passes; else as fast as somebody listens.
    """

    def __init__(
        self, recordings: Sequence[Samples], *, after_s: float = 2.0, gap_s: float = 0.5, paced: bool = True
    ) -> None:
        self._recordings = recordings
        self._after_s = after_s
        self._gap_s = gap_s
        self._paced = paced
        self._may_speak = asyncio.Event()
        self.said_all = False

    def go_on(self) -> None:
        """The next recording may be played; tell it only after all of this one was."""
        self.said_all = False
        self._may_speak.set()

    async def blocks(self) -> AsyncGenerator[Samples]:
        """Ends after `go_on` has been called for the last."""
        next_at = asyncio.get_running_loop().time()
        async for block in self._endless():
            if self._paced:
                next_at += _BLOCK_S
                await asyncio.sleep(max(0.0, next_at - asyncio.get_running_loop().time()))
            yield block

    async def _endless(self) -> AsyncGenerator[Samples]:
        silence = np.zeros(BLOCK_SAMPLES, np.int16)
        for recording in self._recordings:
            self.said_all = False
            self._may_speak.clear()
            blocks = list(_cut(recording, before_s=self._gap_s, after_s=self._after_s))
            for at, block in enumerate(blocks, start=1):
                self.said_all = at == len(blocks)
                yield block
            while not self._may_speak.is_set():
                if self._paced:
                    yield silence
                else:
                    await self._may_speak.wait()


def _cut(recording: Samples, *, before_s: float, after_s: float) -> Iterable[Samples]:
    def quiet(seconds: float) -> Samples:
        return np.zeros(round(seconds * SAMPLE_RATE), np.int16)

    whole = np.concatenate((quiet(before_s), recording, quiet(after_s)))
    whole = np.concatenate((whole, np.zeros(-len(whole) % BLOCK_SAMPLES, np.int16)))
    return np.split(whole, len(whole) // BLOCK_SAMPLES)
