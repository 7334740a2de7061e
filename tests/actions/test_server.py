"""The action server's HTTP door."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from actions.conversation import Conversation
from actions.server import create_app
from actions.service import Service
from wenban.errors import StorageError

WORDS = "我叫欧阳锋，电话13800001234"


def call(text: str, action: str = "action_find_service", **metadata: Any) -> dict[str, Any]:
    """What Rasa sends."""
    return {
        "next_action": action,
        "sender_id": "s1",
        "tracker": {
            "sender_id": "s1",
            "slots": {},
            "latest_message": {
                "text": text,
                "intent": {"name": "ask_service", "confidence": 0.9},
                "entities": [],
                "metadata": metadata,
            },
            "events": [],
            "paused": False,
            "followup_action": None,
            "active_loop": {},
            "latest_action_name": None,
        },
        "domain": {"intents": []},
    }


@pytest.fixture
async def client(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(service), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://actions") as client:
        yield client


async def test_health_names_the_catalog(client: httpx.AsyncClient, service: Service) -> None:
    answer = await client.get("/health")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "catalog": service.catalog.version}


async def test_a_turn(client: httpx.AsyncClient) -> None:
    sent = call("小汽车车牌丢了", turn_id="t1", mode="text")
    answer = await client.post("/webhook", json=sent)
    assert answer.status_code == 200
    body = answer.json()
    assert body["events"] == []
    assert body["responses"][-1]["custom"]["state"] == "confirm_item"
    assert "小型汽车号牌丢失补领" in body["responses"][0]["text"]
    assert (await client.post("/webhook", json=sent)).json() == body, "the same turn again"


async def test_a_spoken_turn_brings_its_hypotheses(client: httpx.AsyncClient) -> None:
    heard = [{"text": "小汽车车牌丢了", "confidence": 0.8}, {"text": "小汽车车票丢了", "confidence": 0.1}]
    answer = await client.post("/webhook", json=call("小汽车车牌丢了", mode="voice", alternatives=heard))
    assert answer.json()["responses"][-1]["custom"]["state"] == "confirm_item"


async def test_unknown_action(client: httpx.AsyncClient) -> None:
    answer = await client.post("/webhook", json=call(WORDS, "action_unheard_of"))
    assert answer.status_code == 404
    assert answer.json()["action_name"] == "action_unheard_of"
    assert "欧阳锋" not in answer.text


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (StorageError("disk full"), 503, "storage"),
        (ValueError(WORDS), 500, "internal"),
    ],
)
async def test_errors_tell_a_code_and_nothing_of_the_citizen(
    client: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    status: int,
    code: str,
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(Conversation, "take", fail)
    with caplog.at_level(logging.DEBUG):
        answer = await client.post("/webhook", json=call(WORDS))
    assert answer.status_code == status
    assert answer.json() == {"error": code}
    assert "turn" in caplog.text
    for secret in ("欧阳锋", "13800001234"):
        assert secret not in answer.text
        assert secret not in caplog.text


async def test_a_body_that_is_no_json(client: httpx.AsyncClient) -> None:
    answer = await client.post("/webhook", content=f"{{{WORDS}".encode())
    assert answer.status_code == 400
    assert answer.json() == {"error": "no json"}


async def test_a_call_without_an_action(client: httpx.AsyncClient) -> None:
    answer = await client.post("/webhook", json={"tracker": {}})
    assert answer.json() == {"events": [], "responses": []}
