"""One utterance through a real websocket, and what happens when it breaks."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from itertools import islice
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gateway.errors import SessionUnknown
from bot.kiosk.conversation import Conversation, Sound, pauses
from bot.talk.client import TalkClient
from bot.talk.errors import DoorLost, Refused
from speech.errors import RecognizerBusy, WorkerCrashed
from wenban.errors import WenbanError

LOUD = (np.sin(np.arange(16_000) / 20) * 9000).astype("<i2").tobytes()


def finished(pcm: bytes = LOUD) -> Sound:
    sound = Sound()
    sound.put(pcm)
    sound.close()
    return sound


@pytest.fixture
async def talk(wire: Any) -> AsyncIterator[TalkClient]:
    with TalkClient(wire.url, channel="kiosk") as client:
        yield client


@pytest.fixture
def conversation(talk: TalkClient) -> Conversation:
    return Conversation(talk, retry_s=20.0, first_pause_s=0.02)


class Told:
    """What a citizen was told on the way."""

    def __init__(self) -> None:
        self.partials: list[str] = []
        self.troubles: list[WenbanError] = []

    async def trouble(self, error: WenbanError) -> None:
        self.troubles.append(error)


async def say(conversation: Conversation, sound: Sound, told: Told | None = None) -> dict[str, Any]:
    told = told or Told()
    return await conversation.say(sound, told.partials.append, told.trouble)


async def test_an_utterance_and_its_answer(door: Any, conversation: Conversation) -> None:
    told = Told()
    record = await say(conversation, finished(), told)
    assert record["heard"] == "我要迁户口" and record["state"] == "clarify"
    assert told.partials == ["我要迁", "我要迁户口"] and told.troubles == []
    metadata = door.dialogue.requests[0]["metadata"]
    assert (metadata["channel"], metadata["mode"]) == ("kiosk", "voice")
    assert door.pool.rules == [None], "the end of speech is found by the kiosk"


async def test_turns_are_one_conversation_until_it_is_forgotten(
    door: Any, conversation: Conversation
) -> None:
    assert not conversation.begun
    states = [(await say(conversation, finished()))["state"] for _ in range(2)]
    assert states == ["clarify", "confirm_item"]
    conversation.forget()
    assert not conversation.begun
    assert (await say(conversation, finished()))["state"] == "clarify"
    senders = [request["sender"] for request in door.dialogue.requests]
    assert senders[0] == senders[1] != senders[2]


async def test_partials_come_while_it_is_spoken(conversation: Conversation) -> None:
    sound, told = Sound(), Told()
    saying = asyncio.create_task(say(conversation, sound, told))
    sound.put(LOUD)
    while not told.partials:
        await asyncio.sleep(0.01)
    assert not saying.done()
    sound.close()
    await saying


async def test_silence_is_refused_and_the_conversation_stands(conversation: Conversation) -> None:
    with pytest.raises(Refused, match="nothing_heard"):
        await say(conversation, finished(bytes(32_000)))
    assert conversation.begun
    assert (await say(conversation, finished()))["state"] == "clarify"


async def test_a_gateway_that_goes_away_in_the_middle_loses_nothing(
    wire: Any, decoder: Any, conversation: Conversation
) -> None:
    await say(conversation, finished())
    sound, told = Sound(), Told()
    saying = asyncio.create_task(say(conversation, sound, told))
    sound.put(LOUD)
    while not told.partials:
        await asyncio.sleep(0.01)
    await wire.cut()
    sound.put(LOUD)
    assert not told.troubles, "nobody is interrupted"
    sound.close()
    while not told.troubles:
        await asyncio.sleep(0.01)
    await wire.mend()
    record = await saying
    assert record["state"] == "confirm_item", "the same conversation"
    assert decoder.lengths == [32_000], "the whole utterance"
    assert [trouble.citizen for trouble in told.troubles] == ["连接断了一下，您刚才说的话我记着，请稍等。"]


async def test_an_answer_lost_on_the_way_is_asked_for_again_not_given_twice(
    door: Any, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    import bot.gateway.voice as voice

    sent = voice.VoiceSocket._send

    async def break_before_reply(self: Any, message: dict[str, Any]) -> None:
        if message["type"] == "reply":
            await self._socket.close(1011)
            return
        await sent(self, message)

    monkeypatch.setattr(voice.VoiceSocket, "_send", break_before_reply)
    assert (await say(conversation, finished()))["state"] == "clarify"
    turn_ids = {request["metadata"]["turn_id"] for request in door.dialogue.requests}
    assert len(door.dialogue.requests) == 2 and len(turn_ids) == 1


@pytest.mark.parametrize("error", [RecognizerBusy("taken"), WorkerCrashed("dead")])
async def test_what_the_gateway_could_not_do_now_is_done_again(
    door: Any, conversation: Conversation, error: WenbanError
) -> None:
    # The gateway itself waits some seconds for a recognizer; more failures than it has patience are told.
    @contextlib.asynccontextmanager
    async def refuse(**_: object) -> AsyncIterator[None]:
        raise error
        yield

    door.pool.session = refuse
    told = Told()
    assert (await say(conversation, finished(), told))["state"] == "clarify"
    assert [trouble.citizen for trouble in told.troubles] == ["现在有点忙，您刚才说的话我记着，请稍等。"]


async def test_a_gateway_that_does_not_come_back_is_told_and_the_session_kept(
    wire: Any, talk: TalkClient
) -> None:
    conversation = Conversation(talk, retry_s=0.05, first_pause_s=0.02)
    await say(conversation, finished())
    await wire.cut()
    with pytest.raises(DoorLost):
        await say(conversation, finished())
    await wire.mend()
    assert (await say(conversation, finished()))["state"] == "confirm_item"


async def test_a_session_that_is_not_known_any_more_is_forgotten(talk: TalkClient) -> None:
    conversation = Conversation(talk)
    talk.session = "a.b"
    with pytest.raises(Refused, match=SessionUnknown.code):
        await say(conversation, finished())
    assert (await say(conversation, finished()))["state"] == "clarify"


async def test_a_session_refused_only_when_sent_again_is_forgotten_too(wire: Any, talk: TalkClient) -> None:
    conversation = Conversation(talk, retry_s=20.0, first_pause_s=0.02)
    talk.session = "a.b"
    await wire.cut()

    async def mend(_: WenbanError) -> None:
        await wire.mend()

    with pytest.raises(Refused, match=SessionUnknown.code):
        await conversation.say(finished(), lambda _: None, mend)
    assert not conversation.begun


async def test_a_long_recording_keeps_the_gateways_pace(door: Any, conversation: Conversation) -> None:
    record = await say(conversation, finished(LOUD * 7))
    assert record["state"] == "clarify"
    assert door.pool.received == 7 * len(LOUD)


@given(st.lists(st.binary(max_size=70_000), max_size=6))
def test_what_is_put_in_comes_out(pieces: list[bytes]) -> None:
    async def run() -> bytes:
        sound = Sound()
        reading = asyncio.create_task(_read(sound))
        for piece in pieces:
            sound.put(piece)
            await asyncio.sleep(0)
        sound.close()
        assert await _read(sound) == b"".join(pieces), "and again"
        return await reading

    assert asyncio.run(run()) == b"".join(pieces)


async def _read(sound: Sound) -> bytes:
    frames = [frame async for frame in sound.frames()]
    assert all(0 < len(frame) <= 32 * 1024 for frame in frames)
    return b"".join(frames)


def test_pauses_grow_to_a_limit() -> None:
    assert list(islice(pauses(1.0, 5.0), 5)) == [1.0, 2.0, 4.0, 5.0, 5.0]
