from __future__ import annotations

import asyncio
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech import frames

KINDS = st.sampled_from([frames.BEGIN, frames.AUDIO, frames.FINISH, frames.READY, frames.DONE])
FRAMES = st.builds(frames.Frame, KINDS, st.integers(0, 2**32 - 1), st.binary(max_size=200))


def packed(sent: list[frames.Frame]) -> bytes:
    return b"".join(frames.pack(*frame) for frame in sent)


@given(st.lists(FRAMES, max_size=5))
def test_frames_arrive_as_sent(sent: list[frames.Frame]) -> None:
    stream = io.BytesIO(packed(sent))
    assert [frames.read(stream) for _ in sent] == sent
    assert frames.read(stream) is None


@given(FRAMES, st.data())
def test_a_frame_cut_anywhere_is_noticed(frame: frames.Frame, data: st.DataObject) -> None:
    whole = packed([frame])
    cut = data.draw(st.integers(1, len(whole) - 1))
    with pytest.raises(frames.BrokenFrame):
        frames.read(io.BytesIO(whole[:cut]))


def test_what_is_no_frame_is_refused() -> None:
    with pytest.raises(frames.BrokenFrame):
        frames.read(io.BytesIO(b"LOG (VoskAPI:ReadDataFiles)"))
    with pytest.raises(frames.BrokenFrame):
        frames.pack(frames.AUDIO, 1, bytes(frames.MAX_PAYLOAD + 1))


async def test_the_same_frames_are_read_from_an_asyncio_stream() -> None:
    sent = [frames.Frame(frames.BEGIN, 1, b"{}"), frames.Frame(frames.FINISH, 2, b"")]
    reader = asyncio.StreamReader()
    reader.feed_data(packed(sent))
    reader.feed_eof()
    assert [await frames.read_async(reader) for _ in sent] == sent
    with pytest.raises(asyncio.IncompleteReadError):
        await frames.read_async(reader)
