"""Doubles behind and in front of the door: the dialogue side, the recognizer, the decoder."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from bot.gateway.ports import Samples
from speech.endpoint import EndpointRules
from speech.errors import AudioEmpty
from speech.expectation import Expectation
from speech.transcript import Hypothesis, Transcript, transcript_of

RECEIPT = "YW202611234829137"
ITEM = {"id": "hukou-spouse-outside", "title": "市外夫妻投靠落户", "department": "市公安局"}
CARD = {
    "receipt": RECEIPT,
    "item": ITEM["title"],
    "department": ITEM["department"],
    "promised_on": "2026-11-30",
    "promised_exact": True,
    "state": "收件",
    "delivery": ["邮寄", "窗口领取"],
}
NAME = {"name": "name", "label": "申请人姓名", "value": "王小明", "display": "王小明"}
PHONE = {"name": "phone", "label": "手机号", "value": "13800001234", "display": "138****1234"}


def _custom(state: str, **more: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {
        "options": [],
        "item": None,
        "fields": [],
        "progress": None,
        "receipt": None,
        "receipt_card": None,
    }
    return {"custom": empty | {"state": state} | more}


def _options(*labels: str) -> list[dict[str, str]]:
    return [{"label": label, "value": label} for label in labels]


@dataclass
class DialogueDouble:
    """Answers like the dialogue side does, along one fixed way from a need to a receipt.

    A turn id that it knows gets the same answer again. `failures`: statuses to fail with; `raw`: bodies to
    answer instead; `gate`: holds every answer back until it is set.
    """

    requests: list[dict[str, Any]] = field(default_factory=list)
    failures: list[int] = field(default_factory=list)
    raw: list[Any] = field(default_factory=list)
    gate: threading.Event | None = None
    _answers: dict[str, Any] = field(default_factory=dict)
    _steps: dict[str, str] = field(default_factory=dict)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/webhooks/wenban/webhook", self._turn, methods=["POST"]),
                Route("/", self._root),
            ]
        )

    async def _root(self, _: Request) -> PlainTextResponse:
        return PlainTextResponse("ok")

    async def _turn(self, request: Request) -> JSONResponse:
        body = await request.json()
        self.requests.append(body)
        if self.gate is not None:
            await asyncio.to_thread(self.gate.wait, 10)
        if self.failures:
            return JSONResponse({"error": "down"}, self.failures.pop(0))
        if self.raw:
            return JSONResponse(self.raw.pop(0))
        turn_id = body["metadata"]["turn_id"]
        if turn_id not in self._answers:
            texts, custom = self._reply(body["sender"], body["message"])
            self._answers[turn_id] = [
                *({"recipient_id": body["sender"], "text": text} for text in texts),
                {"recipient_id": body["sender"], **custom},
            ]
        return JSONResponse(self._answers[turn_id])

    def _reply(self, sender: str, text: str) -> tuple[list[str], dict[str, Any]]:
        if text == "重新开始":
            self._steps[sender] = "start"
            return ["好的，我们重新开始。请说您想办的事。"], _custom("idle")
        if text == "转人工":
            return ["已经为您转接人工，请稍等。"], _custom("human", item=ITEM)
        step = self._steps.get(sender, "start")
        if step == "start":
            self._steps[sender] = "clarify"
            return ["配偶的户口在市内还是市外？"], _custom(
                "clarify", options=_options("在义乌市内", "在外地")
            )
        if step == "clarify":
            self._steps[sender] = "confirm"
            return [f"您要办的是“{ITEM['title']}”，对吗？"], _custom(
                "confirm_item", options=_options("对", "不是"), item=ITEM
            )
        if step == "confirm":
            self._steps[sender] = "name"
            return ["好，开始填写。请问申请人姓名？"], _custom(
                "collect", item=ITEM, progress={"done": 0, "total": 2}
            )
        if step == "name":
            self._steps[sender] = "phone"
            return ["记下了。请问手机号是多少？"], _custom(
                "collect",
                item=ITEM,
                fields=[NAME],
                progress={"done": 1, "total": 2},
                expect={"kind": "phone", "options": []},
            )
        if step == "phone":
            self._steps[sender] = "summary"
            return ["请核对：姓名王小明，手机号138****1234。确认提交吗？"], _custom(
                "summary",
                item=ITEM,
                options=_options("确认提交", "要修改"),
                fields=[NAME, PHONE],
                progress={"done": 2, "total": 2},
            )
        self._steps[sender] = "start"
        return ["已提交。"], _custom(
            "submitted",
            item=ITEM,
            fields=[NAME, PHONE],
            progress={"done": 2, "total": 2},
            receipt=RECEIPT,
            receipt_card=CARD,
        )


@dataclass(frozen=True)
class Heard:
    partial: str
    ended: bool
    speech: bool = True


class PoolDouble:
    """Hears "我要迁户口" in anything loud enough; says that speech has ended after `ends_after` bytes."""

    def __init__(self) -> None:
        self.received = 0
        self.ends_after = 10**9
        self.started = False
        self.text = "我要迁户口"
        self.fails: list[Exception] = []
        self.rules: list[EndpointRules | None] = []
        self.expected: list[Expectation | None] = []

    async def start(self) -> None:
        self.started = True

    async def close(self) -> None:
        self.started = False

    @contextlib.asynccontextmanager
    async def session(
        self, *, rules: EndpointRules | None = None, expect: Expectation | None = None
    ) -> AsyncIterator[UtteranceDouble]:
        self.rules.append(rules)
        self.expected.append(expect)
        if self.fails:
            raise self.fails.pop(0)
        yield UtteranceDouble(self)

    async def transcribe(self, samples: Samples, *, expect: Expectation | None = None) -> Transcript:
        self.expected.append(expect)
        return self.result(samples)

    def result(self, samples: Samples) -> Transcript:
        loud = samples.size and int(np.abs(samples.astype(np.int32)).max()) > 500
        heard = [Hypothesis(self.text, 0.8), Hypothesis("我要签户口", 0.2)] if loud else []
        narrowed = ("一三八零零零零幺二三四",) if self.expected and self.expected[-1] else ()
        return transcript_of(heard, audio_s=samples.size / 16_000, ms=1.0, model="double", narrowed=narrowed)


class UtteranceDouble:
    def __init__(self, pool: PoolDouble) -> None:
        self._pool = pool
        self._pcm = bytearray()

    async def feed(self, pcm: bytes) -> Heard:
        self._pcm += pcm
        self._pool.received = len(self._pcm)
        loud = np.abs(np.frombuffer(pcm, np.int16).astype(np.int32)).max() > 500
        return Heard("我要迁" if loud else "", len(self._pcm) >= self._pool.ends_after)

    async def finish(self) -> Transcript:
        return self._pool.result(np.frombuffer(bytes(self._pcm), np.int16))


class DecoderDouble:
    """Takes bare samples where a test is about the door and not about containers."""

    async def __aenter__(self) -> DecoderDouble:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def decode(self, data: bytes) -> Samples:
        if not data:
            raise AudioEmpty("no bytes")
        return np.frombuffer(data, np.int16)
