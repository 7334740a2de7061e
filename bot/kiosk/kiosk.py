"""Joins microphone, conversation, voice and screen."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import aclosing
from typing import Any, cast

from bot.kiosk.conversation import Conversation, Sound, pauses
from bot.kiosk.floor import Floor, Holder, Hush, Step
from bot.kiosk.screen import Screen
from bot.kiosk.visit import Moment, Visit, is_goodbye
from bot.talk.client import Record
from speech.errors import MicrophoneLost, MicrophoneMissing, NothingHeard, VoiceFailed
from speech.limits import SAMPLE_RATE
from speech.microphone.level import Meter
from speech.microphone.listener import Began, Ended, More
from speech.microphone.source import Microphone, Samples
from speech.voice.command import Voice
from speech.voice.prepare import options_sentence, sayable
from wenban.errors import WenbanError

_STILL_THERE = "您还在吗？{hint}再没有声音的话，为了保护您的信息，我就结束这次办理了。"
_GO_ON_HINT = "要接着办，请说“继续办理”。"
_NOTHING_OPEN = ("idle", "submitted", "human")
_CHOOSING = ("clarify", "choose")


class Kiosk:
    """One kiosk, for as many visits as come.

    Args:
        listening: utterances begin by themselves; a noise that was none is then not talked about.
    """

    def __init__(
        self,
        *,
        microphone: Microphone,
        conversation: Conversation,
        voice: Voice,
        floor: Floor,
        visit: Visit,
        screen: Screen,
        listening: bool,
    ) -> None:
        self._microphone = microphone
        self._conversation = conversation
        self._voice = voice
        self._floor = floor
        self._visit = visit
        self._screen = screen
        self._listening = listening
        self._meter = Meter()
        self._sound: Sound | None = None
        self._turn: asyncio.Task[None] | None = None
        self._old_turns: set[asyncio.Task[None]] = set()
        self._answered = False
        self._state = _NOTHING_OPEN[0]
        self._leaving = False

    async def run(self) -> None:
        """Until `leave`, or the end of the recordings that play the microphone.

        Raises:
            MicrophoneMissing, MicrophoneLost: at the beginning; later it is waited for.
        """
        self._screen.greet()
        try:
            await self._listen()
            while self._turn is not None and not self._leaving:
                await self._turn
                self._drop_done()
        finally:
            self._voice.stop()
            turns = [*self._old_turns, *([self._turn] if self._turn else [])]
            for turn in turns:
                turn.cancel()
            await asyncio.gather(*turns, return_exceptions=True)
            self._screen.close()

    def press(self) -> None:
        """The key to speak."""
        self._take(self._floor.press())

    def next_visit(self) -> None:
        """The key for the next citizen; not in the middle of a turn."""
        if self._floor.holder is Holder.NOBODY:
            self._end_visit()

    def leave(self) -> None:
        """Ends `run` with the next block."""
        self._leaving = True

    async def _listen(self) -> None:
        waits: Iterator[float] | None = None  # until the first block: what never worked is for the operator
        lost = False
        while True:
            try:
                async with aclosing(self._microphone.blocks()) as blocks:
                    async for block in blocks:
                        waits = pauses()
                        lost = False
                        self._hear(block)
                        if self._leaving:
                            return
                return
            except (MicrophoneLost, MicrophoneMissing) as error:
                if waits is None:
                    raise
                self._take(self._floor.lost())
                if not lost:
                    lost = True
                    self._screen.notice(MicrophoneLost(str(error)))
            pause = next(waits)
            await asyncio.sleep(pause)
            if self._leaving:
                return
            # Who has left must not stay on the screen for as long as the microphone is gone.
            self._drop_done()
            self._mind_silence(pause)

    def _hear(self, block: Samples) -> None:
        self._drop_done()
        self._meter.accept(block)
        self._take(self._floor.hear(block))
        self._screen.status(self._floor.holder, self._meter)
        self._mind_silence(len(block) / SAMPLE_RATE)
        if self._floor.holder is Holder.NOBODY:
            self._go_on()

    def _mind_silence(self, seconds: float) -> None:
        if self._floor.holder is not Holder.NOBODY or not self._conversation.begun:
            return
        match self._visit.silent(seconds):
            case Moment.SOON:
                hint = "" if self._state in _NOTHING_OPEN else _GO_ON_HINT
                self._begin_turn(self._ask(_STILL_THERE.format(hint=hint)))
            case Moment.OVER:
                self._end_visit()

    def _go_on(self) -> None:
        """A recording that has been played to its end gets its record, then the next is played."""
        if not self._microphone.said_all:
            return
        if not self._answered:
            self._screen.failed(NothingHeard("no speech in the recording"))
        self._answered = False
        self._microphone.go_on()

    def _take(self, steps: list[Step]) -> None:
        for step in steps:
            match step:
                case Hush():
                    self._voice.stop()
                case Began(pcm):
                    self._sound = Sound()
                    self._sound.put(pcm)
                    self._begin_turn(self._answer(self._sound))
                case More(pcm):
                    cast(Sound, self._sound).put(pcm)
                case Ended():
                    cast(Sound, self._sound).close()

    def _begin_turn(self, work: Coroutine[Any, Any, None]) -> None:
        if self._turn is not None:
            # An interrupted reply: its voice is being stopped, then it ends by itself.
            self._old_turns.add(self._turn)
        self._turn = asyncio.create_task(work)

    def _drop_done(self) -> None:
        """An error that no turn should have is not kept to itself."""
        for turn in [*self._old_turns, *([self._turn] if self._turn else [])]:
            if turn.done():
                self._old_turns.discard(turn)
                if turn is self._turn:
                    self._turn = None
                turn.result()

    async def _answer(self, sound: Sound) -> None:
        try:
            record = await self._conversation.say(sound, self._screen.partial, self._trouble)
        except WenbanError as error:
            self._answered = True
            self._screen.failed(error)
            if not (self._listening and error.as_dict()["code"] == NothingHeard.code):
                await self._say(error.citizen)
        else:
            self._answered = True
            self._visit.spoke()
            self._state = str(record["state"])
            self._screen.turn(record)
            await self._say(_to_say(record))
            if is_goodbye(record) and self._is_current():
                self._end_visit()
        self._rest()

    async def _ask(self, question: str) -> None:
        self._screen.tell(question)
        await self._say(question)
        self._rest()

    async def _trouble(self, error: WenbanError) -> None:
        self._screen.notice(error)
        await self._speak(error.citizen)

    async def _say(self, text: str) -> None:
        if self._is_current():
            self._floor.speaks()
            await self._speak(text)

    async def _speak(self, text: str) -> None:
        try:
            await self._voice.say(sayable(text))
        except VoiceFailed as error:
            self._screen.notice(error)

    def _is_current(self) -> bool:
        """Whether no newer turn has begun."""
        return self._turn is asyncio.current_task()

    def _rest(self) -> None:
        if self._is_current():
            self._floor.rests()
            self._go_on()

    def _end_visit(self) -> None:
        self._conversation.forget()
        self._state = _NOTHING_OPEN[0]
        self._visit.spoke()
        self._screen.visit_over()


def _to_say(record: Record) -> str:
    """The replies, and the options where there is something to choose."""
    replies = [str(reply) for reply in record["replies"]]
    labels = [str(option["label"]) for option in record["options"]]
    choices = options_sentence(labels, replies) if record["state"] in _CHOOSING else ""
    return "".join((*replies, choices))
