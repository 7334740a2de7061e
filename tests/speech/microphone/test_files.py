from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from speech.errors import AudioUnreadable, AudioUnsupported
from speech.microphone.files import FileMicrophone, read_recordings
from speech.microphone.source import BLOCK_SAMPLES, Samples

ONE = np.full(3 * BLOCK_SAMPLES, 1000, np.int16)
TWO = np.full(2 * BLOCK_SAMPLES + 7, 2000, np.int16)


async def played(microphone: FileMicrophone, limit: int = 10_000) -> list[Samples]:
    """All blocks, with the next recording asked for as soon as one has been played."""
    found = []
    async for block in microphone.blocks():
        assert len(block) == BLOCK_SAMPLES
        found.append(block)
        assert len(found) < limit
        if microphone.said_all:
            microphone.go_on()
    return found


async def test_each_recording_is_played_whole_and_in_order() -> None:
    sound = np.concatenate(await played(FileMicrophone([ONE, TWO], after_s=0.3, gap_s=0.1, paced=False)))
    loud = sound[sound != 0]
    assert np.array_equal(loud, np.concatenate((ONE, TWO)))
    assert not sound[: int(0.1 * 16_000)].any()
    assert not sound[-int(0.3 * 16_000) :].any()


async def test_the_next_waits_for_the_reply() -> None:
    microphone = FileMicrophone([ONE, TWO], paced=False)
    loud: list[int] = []

    async def listen() -> None:
        async for block in microphone.blocks():
            loud.append(int(block.max()))  # noqa: PERF401 - looked at while it grows

    listening = asyncio.create_task(listen())
    while not microphone.said_all:
        await asyncio.sleep(0)
    for _ in range(100):
        await asyncio.sleep(0)
    assert 2000 not in loud
    microphone.go_on()
    while 2000 not in loud:
        await asyncio.sleep(0)
    while not microphone.said_all:
        await asyncio.sleep(0)
    microphone.go_on()
    await listening


async def test_a_paced_microphone_is_silent_while_it_waits() -> None:
    microphone = FileMicrophone([ONE], after_s=0.06, gap_s=0.0, paced=True)
    blocks = microphone.blocks()
    shown = [int((await anext(blocks)).max()) for _ in range(6)]
    assert shown == [1000, 1000, 1000, 0, 0, 0]
    assert microphone.said_all
    microphone.go_on()
    assert not microphone.said_all, "nobody is told twice"
    with pytest.raises(StopAsyncIteration):
        await anext(blocks)


async def test_recordings_are_decoded(wav: object) -> None:
    assert callable(wav)
    [one] = await read_recordings([wav("human")])
    assert one.dtype == np.int16 and len(one) > 8000


async def test_a_file_that_is_not_there_or_no_sound_is_named(tmp_path: Path) -> None:
    with pytest.raises(AudioUnreadable, match=r"none\.wav"):
        await read_recordings([tmp_path / "none.wav"])
    (tmp_path / "text.wav").write_text("not sound at all, only words " * 40)
    with pytest.raises(AudioUnsupported):
        await read_recordings([tmp_path / "text.wav"])
