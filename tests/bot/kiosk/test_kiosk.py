"""Whole visits at a real door: recordings as microphone, a written-down voice, no hardware and no waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.kiosk.conversation import Conversation
from bot.kiosk.floor import Floor, Holder
from bot.kiosk.kiosk import Kiosk
from bot.kiosk.visit import Visit
from bot.talk.client import TalkClient
from speech.endpoint import EndpointRules
from speech.errors import MicrophoneLost, MicrophoneMissing, VoiceFailed
from speech.microphone.barge_in import BargeInRules
from speech.microphone.files import FileMicrophone
from speech.microphone.level import Meter
from speech.microphone.source import BLOCK_SAMPLES, Microphone
from wenban.errors import WenbanError

Samples = NDArray[np.int16]
QUIET = np.zeros(BLOCK_SAMPLES, np.int16)


class ScreenDouble:
    """Writes down what would be shown."""

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []
        self.failures: list[str] = []
        self.notices: list[str] = []
        self.told: list[str] = []
        self.visits_over = 0
        self.holders: list[Holder] = []

    def greet(self) -> None: ...
    def close(self) -> None: ...
    def partial(self, text: str) -> None: ...
    def status(self, holder: Holder, meter: Meter) -> None:
        if self.holders[-1:] != [holder]:
            self.holders.append(holder)

    def turn(self, record: dict[str, Any]) -> None:
        self.records.append(record)

    def failed(self, error: WenbanError) -> None:
        self.failures.append(str(error.as_dict()["code"]))

    def notice(self, error: WenbanError) -> None:
        self.notices.append(error.code)

    def tell(self, text: str) -> None:
        self.told.append(text)

    def visit_over(self) -> None:
        self.visits_over += 1


class VoiceDouble:
    """Says a text until it is stopped, or at once where it is not `slow`."""

    def __init__(self, *, slow: bool = False, broken: bool = False) -> None:
        self.said: list[str] = []
        self.stops = 0
        self._slow = slow
        self._broken = broken
        self._stopped = asyncio.Event()

    async def say(self, text: str) -> None:
        self.said.append(text)
        if self._broken:
            raise VoiceFailed("ended with 1")
        self._stopped.clear()
        if self._slow:
            await self._stopped.wait()

    def stop(self) -> None:
        self.stops += 1
        self._stopped.set()


class Script:
    """A microphone whose blocks a test's own generator makes."""

    said_all = False

    def __init__(self, *takes: Callable[[], AsyncGenerator[Samples]]) -> None:
        self._takes = list(takes)

    def go_on(self) -> None: ...

    def blocks(self) -> AsyncGenerator[Samples]:
        return self._takes.pop(0)()


@pytest.fixture
async def talk(wire: Any) -> AsyncIterator[TalkClient]:
    with TalkClient(wire.url, channel="kiosk") as client:
        yield client


class Lobby:
    """Builds a kiosk and keeps what it did."""

    def __init__(self, talk: TalkClient) -> None:
        self.talk = talk
        self.screen = ScreenDouble()
        self.voice = VoiceDouble()

    def kiosk(self, microphone: Microphone, *, listening: bool = True, idle_s: float = 90.0) -> Kiosk:
        return Kiosk(
            microphone=microphone,
            conversation=Conversation(self.talk, retry_s=20.0, first_pause_s=0.02),
            voice=self.voice,
            floor=Floor(listening=listening, rules=EndpointRules(patience_s=0.8), barge_in=BargeInRules()),
            visit=Visit(idle_s),
            screen=self.screen,
            listening=listening,
        )

    async def play(self, *recordings: Samples) -> None:
        await asyncio.wait_for(self.kiosk(FileMicrophone(recordings, paced=False)).run(), 60)


@pytest.fixture
def lobby(talk: TalkClient) -> Lobby:
    return Lobby(talk)


def cut(samples: Samples) -> list[Samples]:
    whole = np.concatenate((samples, np.zeros(-len(samples) % BLOCK_SAMPLES, np.int16)))
    return list(np.split(whole, len(whole) // BLOCK_SAMPLES))


async def until(condition: Callable[[], object]) -> AsyncGenerator[Samples]:
    """Silence until something is so."""
    while not condition():
        yield QUIET
        await asyncio.sleep(0.001)


async def test_recordings_are_one_conversation(door: Any, lobby: Lobby, spoken: Samples) -> None:
    await lobby.play(spoken, spoken, spoken)
    assert [record["state"] for record in lobby.screen.records] == ["clarify", "confirm_item", "collect"]
    assert lobby.voice.said[0] == (
        "配偶的户口在市内还是市外？可以说：第一个，在义乌市内；第二个，在外地。"
    ), "the options are said to who cannot see them"
    assert len({request["sender"] for request in door.dialogue.requests}) == 1


async def test_a_recording_without_speech_is_a_failure_and_the_next_is_played(
    lobby: Lobby, spoken: Samples
) -> None:
    await lobby.play(np.zeros(16_000, np.int16), spoken)
    assert lobby.screen.failures == ["nothing_heard"]
    assert len(lobby.screen.records) == 1


async def test_a_goodbye_ends_the_visit(door: Any, lobby: Lobby, spoken: Samples) -> None:
    door.pool.text = "重新开始"
    assert lobby.screen.visits_over == 0
    await lobby.play(spoken)
    assert lobby.screen.visits_over == 0, "starting over is not leaving"
    door.dialogue.raw = [
        [{"text": "好的，先到这里。"}, {"custom": {"state": "idle", "options": []}}],
    ]
    door.pool.text = "停止"
    await lobby.play(spoken)
    assert lobby.screen.visits_over == 1
    assert lobby.talk.session is None


async def test_silence_ends_the_visit_after_a_question(door: Any, lobby: Lobby, spoken: Samples) -> None:
    async def take() -> AsyncGenerator[Samples]:
        for block in (*[QUIET] * 10, *cut(spoken)):
            yield block
        async for block in until(lambda: lobby.screen.visits_over):
            yield block
        for block in (*[QUIET] * 10, *cut(spoken)):
            yield block
        async for block in until(lambda: len(lobby.screen.records) == 2):
            yield block

    await asyncio.wait_for(lobby.kiosk(Script(take), idle_s=30.0).run(), 60)
    assert len(lobby.screen.told) == 1 and "您还在吗" in lobby.screen.told[0]
    assert "继续办理" in lobby.screen.told[0], "a question is open"
    assert lobby.voice.said[1].startswith("您还在吗")
    assert lobby.screen.visits_over == 1
    senders = [request["sender"] for request in door.dialogue.requests]
    assert senders[0] != senders[1], "the next citizen has a conversation of their own"
    assert [record["state"] for record in lobby.screen.records] == ["clarify", "clarify"]


async def test_a_voice_stops_the_reply_and_is_heard(lobby: Lobby, spoken: Samples) -> None:
    lobby.voice = VoiceDouble(slow=True)

    async def take() -> AsyncGenerator[Samples]:
        for block in (*[QUIET] * 10, *cut(spoken)):
            yield block
        async for block in until(lambda: lobby.voice.said):
            yield block
        for block in (*[QUIET] * 20, *cut(spoken)):
            yield block
        async for block in until(lambda: len(lobby.voice.said) == 2):
            yield block
        lobby.voice.stop()
        async for block in until(lambda: lobby.screen.holders[-1] is Holder.NOBODY):
            yield block

    await asyncio.wait_for(lobby.kiosk(Script(take)).run(), 60)
    assert [record["state"] for record in lobby.screen.records] == ["clarify", "confirm_item"]
    assert lobby.screen.holders == [
        Holder.NOBODY, Holder.CITIZEN, Holder.THINKING, Holder.MACHINE,
        Holder.CITIZEN, Holder.THINKING, Holder.MACHINE, Holder.NOBODY,
    ]  # fmt: skip


async def test_push_to_talk(lobby: Lobby, spoken: Samples) -> None:
    async def take() -> AsyncGenerator[Samples]:
        for block in cut(spoken):
            yield block
        kiosk.press()
        for block in cut(spoken):
            yield block
        kiosk.press()
        async for block in until(lambda: lobby.screen.records):
            yield block
        async for block in until(lambda: lobby.screen.holders[-1] is Holder.NOBODY):
            yield block
        kiosk.next_visit()
        yield QUIET
        kiosk.leave()
        async for block in until(lambda: False):
            yield block

    kiosk = lobby.kiosk(Script(take), listening=False)
    await asyncio.wait_for(kiosk.run(), 60)
    assert len(lobby.screen.records) == 1
    assert lobby.screen.visits_over == 1 and lobby.talk.session is None


async def test_silence_is_answered_by_voice_only_to_who_pressed(door: Any, lobby: Lobby) -> None:
    async def take() -> AsyncGenerator[Samples]:
        yield QUIET
        kiosk.press()
        for _ in range(20):
            yield QUIET
        kiosk.press()
        async for block in until(lambda: lobby.voice.said):
            yield block

    kiosk = lobby.kiosk(Script(take), listening=False)
    await asyncio.wait_for(kiosk.run(), 60)
    assert lobby.screen.failures == ["nothing_heard"]
    assert "没有听到" in lobby.voice.said[0]


async def test_a_microphone_that_vanishes_is_waited_for(lobby: Lobby, spoken: Samples) -> None:
    async def breaks() -> AsyncGenerator[Samples]:
        for block in (*[QUIET] * 10, *cut(spoken)[:-5]):
            yield block
        raise MicrophoneLost("unplugged")

    async def missing() -> AsyncGenerator[Samples]:
        raise MicrophoneMissing("not yet")
        yield QUIET

    async def comes_back() -> AsyncGenerator[Samples]:
        async for block in until(lambda: lobby.screen.records):
            yield block

    await asyncio.wait_for(lobby.kiosk(Script(breaks, missing, comes_back)).run(), 60)
    assert lobby.screen.notices == ["microphone_lost"], "told once"
    assert lobby.screen.records[0]["heard"] == "我要迁户口", "what was said before counts"


async def test_a_visit_ends_while_the_microphone_is_gone(lobby: Lobby, spoken: Samples) -> None:
    async def breaks() -> AsyncGenerator[Samples]:
        for block in (*[QUIET] * 10, *cut(spoken)):
            yield block
        async for block in until(lambda: lobby.screen.records and lobby.screen.holders[-1] is Holder.NOBODY):
            yield block
        raise MicrophoneLost("unplugged")

    async def missing() -> AsyncGenerator[Samples]:
        assert lobby.screen.visits_over == 0
        raise MicrophoneMissing("not yet")
        yield QUIET

    async def comes_back() -> AsyncGenerator[Samples]:
        assert lobby.screen.visits_over == 1, "nothing of who has left is shown"
        yield QUIET

    # The pauses between tries, half a second and a second, are the silence that counts.
    await asyncio.wait_for(lobby.kiosk(Script(breaks, missing, comes_back), idle_s=1.4).run(), 60)
    assert lobby.talk.session is None


async def test_a_microphone_that_never_was_is_for_the_operator(lobby: Lobby) -> None:
    async def missing() -> AsyncGenerator[Samples]:
        raise MicrophoneMissing("none")
        yield QUIET

    with pytest.raises(MicrophoneMissing):
        await lobby.kiosk(Script(missing)).run()


async def test_a_lost_gateway_is_told_and_the_words_are_kept(
    wire: Any, lobby: Lobby, spoken: Samples
) -> None:
    async def take() -> AsyncGenerator[Samples]:
        await wire.cut()
        for block in (*[QUIET] * 10, *cut(spoken)):
            yield block
        async for block in until(lambda: lobby.screen.notices):
            yield block
        await wire.mend()
        async for block in until(lambda: lobby.screen.records):
            yield block

    await asyncio.wait_for(lobby.kiosk(Script(take)).run(), 60)
    assert lobby.screen.notices == ["door_lost"]
    assert "请稍等" in lobby.voice.said[0]
    assert lobby.screen.records[0]["state"] == "clarify"


async def test_a_broken_voice_is_told_and_the_conversation_goes_on(lobby: Lobby, spoken: Samples) -> None:
    lobby.voice = VoiceDouble(broken=True)
    await lobby.play(spoken, spoken)
    assert lobby.screen.notices == ["voice_failed", "voice_failed"]
    assert [record["state"] for record in lobby.screen.records] == ["clarify", "confirm_item"]
