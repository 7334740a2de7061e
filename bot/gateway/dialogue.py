"""Talks to Rasa over HTTP; a turn that failed on the way is tried again under the same id.

The dialogue side answers a `turn_id` once and repeats that answer when asked again, so trying again never
does a thing twice.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Literal

import httpx
from prometheus_client import Counter
from pydantic import TypeAdapter, ValidationError

from bot.gateway.records import Alternative, DialogueMessage, DialogueState
from wenban.errors import DialogueError

Channel = Literal["page", "cli", "kiosk", "wechat"]
Mode = Literal["voice", "text"]

RETRIES = Counter("wenban_dialogue_retries", "Turns sent to Rasa again after a failure.")

_MESSAGES = TypeAdapter(list[DialogueMessage])
_WEBHOOK = "/webhooks/wenban/webhook"


class DialogueUnreachable(DialogueError):
    """Rasa did not give a usable answer within the whole budget of retries."""

    code = "dialogue_unreachable"


class DialogueRefused(DialogueError):
    """Rasa answered that the request itself is wrong; trying again does not help."""

    code = "dialogue_refused"
    retryable = False
    citizen = "系统没能处理这句话，您已填的内容都在，请换个说法，或者说“转人工”。"


class DialogueClient:
    """One pool of connections to the dialogue side.

    Args:
        url: where Rasa listens, without a trailing slash.
        budget_s: for one turn with all its retries.
        first_pause_s: before the first retry; doubles up to 2 s.
        attempt_s: for one try.

    Example:
        client = DialogueClient("http://127.0.0.1:5005")
        replies, state = await client.turn("s1", "补身份证", turn_id="…", channel="page", mode="text")
    """

    def __init__(
        self,
        url: str,
        *,
        budget_s: float = 20.0,
        first_pause_s: float = 0.2,
        attempt_s: float = 15.0,
    ) -> None:
        self._budget_s = budget_s
        self._first_pause_s = first_pause_s
        self._http = httpx.AsyncClient(
            base_url=url,
            timeout=httpx.Timeout(attempt_s, connect=2.0),
            limits=httpx.Limits(max_connections=100, max_keepalive_connections=20),
            trust_env=False,
        )

    async def turn(
        self,
        sender: str,
        text: str,
        *,
        turn_id: str,
        channel: Channel,
        mode: Mode,
        alternatives: list[Alternative] | None = None,
        narrowed: Sequence[str] = (),
    ) -> tuple[list[str], DialogueState]:
        """One message, and the answer to it: the sentences and the closing state.

        Args:
            alternatives: the recognizer's hypotheses, where the message was spoken.
            narrowed: the same audio heard as an answer of the kind that was asked for, best first.

        Raises:
            DialogueUnreachable: no usable answer within the budget; the draft stands.
            DialogueRefused: the answer was a 4xx.
        """
        payload = {
            "sender": sender,
            "message": text,
            "metadata": {
                "turn_id": turn_id,
                "channel": channel,
                "mode": mode,
                "alternatives": [a.model_dump() for a in alternatives or []],
                "narrowed": list(narrowed),
            },
        }
        deadline = time.monotonic() + self._budget_s
        pause = self._first_pause_s
        while True:
            problem = "no time"
            try:
                async with asyncio.timeout(deadline - time.monotonic()):
                    response = await self._http.post(_WEBHOOK, json=payload)
                if 400 <= response.status_code < 500:
                    raise DialogueRefused(f"status {response.status_code}")
                if response.status_code == 200:
                    return _read(response.content)
                problem = f"status {response.status_code}"
            except (httpx.TransportError, TimeoutError) as error:
                problem = type(error).__name__
            except _Unusable as error:
                problem = str(error)
            if time.monotonic() + pause >= deadline:
                raise DialogueUnreachable(f"gave up after {self._budget_s:.0f} s: {problem}")
            RETRIES.inc()
            await asyncio.sleep(pause)
            pause = min(2.0, pause * 2)

    async def close(self) -> None:
        await self._http.aclose()


class _Unusable(Exception):
    """A 200 whose body does not keep the contract: the action server was away while Rasa was not."""


def _read(body: bytes) -> tuple[list[str], DialogueState]:
    try:
        messages = _MESSAGES.validate_json(body)
    except ValidationError as error:
        # Names of fields only: the message of pydantic's error would carry the values.
        raise _Unusable(f"malformed answer at {error.errors(include_input=False)[0]['loc']}") from None
    states = [m.custom for m in messages if m.custom is not None]
    if not states:
        raise _Unusable("answer without a closing state")
    return [m.text for m in messages if m.text], states[-1]
