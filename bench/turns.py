"""How long a typed turn takes through the whole running stack, and how many there are in a second.

Closed loop: each sender has a session of its own and sends its next line when the last is answered. A
conversation tells a need, presses the first option a few times where there is one, and starts over.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from wenban.errors import WenbanError

NEEDS = (
    "我老婆户口在上海，想迁到我这里",
    "身份证丢了，想补一张",
    "我想开个小吃店，要办什么证",
    "车牌被撞坏了要换新的",
    "店门口要挖一段路埋水管",
    "公司要查以前的注册档案",
    "外国朋友要来我们厂里上班",
    "公积金想取出来付房租",
)
START_OVER = "重新开始"
_PRESSES = 2


class NothingToMeasure(WenbanError):
    """The stack is not there, or every turn failed."""

    code = "nothing_to_measure"
    stage = "bench"


@dataclass(frozen=True)
class Load:
    """What one number of senders gave. Times in milliseconds, `per_s` in turns a second."""

    senders: int
    turns: int
    errors: int
    p50_ms: float
    p95_ms: float
    max_ms: float
    dialogue_p50_ms: float
    per_s: float


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile.

    >>> percentile([3.0, 1.0, 2.0], 0.5)
    2.0
    """
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def lines(first: int) -> Iterator[str | None]:
    """What one sender says, without end; None stands for the first option that is offered."""
    for need in itertools.islice(itertools.cycle(NEEDS), first, None):
        yield need
        yield from itertools.repeat(None, _PRESSES)
        yield START_OVER


async def measure(url: str, senders: int, turns: int) -> Load:
    """`turns` turns in all, from `senders` at once.

    Raises:
        NothingToMeasure: the gateway is not there, or not one turn was answered.
    """
    totals: list[float] = []
    dialogue: list[float] = []
    errors = 0
    left = iter(range(turns))

    async def sender(http: httpx.AsyncClient, number: int) -> None:
        nonlocal errors
        session = (await _post(http, "/api/session", {}))["session"]
        options: list[dict[str, str]] = []
        script = lines(number)
        for _ in left:
            line = next(script)
            if line is None:
                line = options[0]["value"] if options else START_OVER
            began = time.perf_counter()
            try:
                record = await _post(http, "/api/turn", {"session": session, "text": line, "channel": "cli"})
            except (httpx.HTTPStatusError, httpx.TransportError):
                errors += 1
                continue
            totals.append((time.perf_counter() - began) * 1000)
            dialogue.append(record["ms"]["dialogue"])
            options = record["options"]

    limits = httpx.Limits(max_connections=senders)
    async with httpx.AsyncClient(base_url=url, timeout=60.0, trust_env=False, limits=limits) as http:
        began = time.perf_counter()
        try:
            await asyncio.gather(*(sender(http, number) for number in range(senders)))
        except (httpx.HTTPStatusError, httpx.TransportError) as error:
            raise NothingToMeasure(
                f"no session from {url} ({type(error).__name__}); start it with `make run`"
            ) from error
        elapsed = time.perf_counter() - began
    if not totals:
        raise NothingToMeasure(f"none of {turns} turns was answered by {url}")
    return Load(
        senders=senders,
        turns=len(totals),
        errors=errors,
        p50_ms=round(percentile(totals, 0.5), 1),
        p95_ms=round(percentile(totals, 0.95), 1),
        max_ms=round(max(totals), 1),
        dialogue_p50_ms=round(percentile(dialogue, 0.5), 1),
        per_s=round(len(totals) / elapsed, 1),
    )


async def _post(http: httpx.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    response = await http.post(path, json=body)
    response.raise_for_status()
    answer: dict[str, Any] = response.json()
    return answer


def markdown(loads: Sequence[Load], cores: int) -> str:
    """The section for docs/benchmarks.md."""
    rows = "\n".join(
        f"| {load.senders} | {load.turns} | {load.errors} | {load.p50_ms} | {load.p95_ms} | {load.max_ms} "
        f"| {load.dialogue_p50_ms} | {load.per_s} |"
        for load in loads
    )
    return f"""\
A typed turn through gateway, Rasa, action server and back, on the running stack; each sender sends its next
line when the last is answered. All processes and the senders shared {cores} processor cores.

| senders | turns | errors | p50 ms | p95 ms | max ms | of it Rasa and actions, p50 ms | turns a second |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
{rows}
"""
