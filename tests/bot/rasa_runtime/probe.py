"""Runs in Rasa's environment: keeps a tracker, asks the channel, and reports as one JSON object.

WENBAN_KEY=… .venv-rasa/bin/python tests/bot/rasa_runtime/probe.py FOLDER
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sqlite3
import sys
from pathlib import Path
from typing import Any

import skops.io  # noqa: F401 - first, before TensorFlow: see bot/rasa_runtime/serve.py
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa_runtime.channel import MAX_MESSAGE_CHARACTERS, WenbanInput, _problem
from bot.rasa_runtime.serve import _cache_event_classes, _compile_action_schema
from bot.rasa_runtime.tracker_store import KEPT_EVENTS, EncryptedTrackerStore

SENDER, WORDS = "session-token-4711", "我叫柳青禾，电话13957912346"


def tracker(turns: int) -> DialogueStateTracker:
    events: list[Any] = [SessionStarted()]
    for number in range(turns):
        events += [UserUttered(f"{WORDS} {number}"), ActionExecuted("action_listen")]
    return DialogueStateTracker.from_events(SENDER, events)


async def kept(folder: Path) -> dict[str, Any]:
    file = folder / "deep" / "tracker.sqlite3"
    store = EncryptedTrackerStore(Domain.empty(), host=str(file))
    unknown = await store.retrieve("nobody")
    await store.save(tracker(20))
    # Another process after a restart.
    again = EncryptedTrackerStore(Domain.empty(), host=str(file))
    found = await again.retrieve(SENDER)
    assert found is not None
    said = [event.text for event in found.events if isinstance(event, UserUttered)]
    stored = b"".join(path.read_bytes() for path in file.parent.iterdir())
    keys = list(await again.keys())
    forgotten = await forgetting(folder / "old.sqlite3")
    os.environ["WENBAN_KEY"] = "A" * 43 + "="
    other = EncryptedTrackerStore(Domain.empty(), host=str(file))
    try:
        await other.retrieve(SENDER)
        opened = True
    except Exception as error:  # noqa: BLE001 - its kind is what is reported
        opened = type(error).__name__ != "InvalidTag"
    await again.delete(SENDER)
    return {
        "unknown": unknown,
        "last": said[-1],
        "events": len(found.events),
        "kept_events": KEPT_EVENTS,
        "in_clear": [text for text in (WORDS, SENDER) if text.encode() in stored],
        "keys": keys,
        "opened_with_another_key": opened,
        "forgotten": forgotten,
        "after_delete": await again.retrieve(SENDER),
    }


async def forgetting(file: Path) -> list[bool]:
    """Whether an old one is there before and after another sender's save, in a file of the first form."""
    with sqlite3.connect(file) as before:
        before.execute("CREATE TABLE tracker (sender TEXT PRIMARY KEY, events BLOB NOT NULL)")
        before.execute("INSERT INTO tracker VALUES ('young', x'00')")
    store = EncryptedTrackerStore(Domain.empty(), host=str(file))
    with sqlite3.connect(file) as now:
        now.execute("INSERT INTO tracker VALUES ('old', x'00', 1)")
    now.close()
    there = ["old" in list(await store.keys())]
    await store.save(tracker(1))
    left = list(await store.keys())
    return [*there, "old" in left, "young" in left]


def refused() -> dict[str, Any]:
    good = {"sender": "s", "message": "你好", "metadata": {}}
    return {
        "good": _problem(good),
        "without metadata": _problem({"sender": "s", "message": "你好"}),
        "no object": _problem(["s"]),
        "no sender": _problem({**good, "sender": ""}),
        "sender is a number": _problem({**good, "sender": 7}),
        "long message": _problem({**good, "message": "长" * (MAX_MESSAGE_CHARACTERS + 1)}),
        "metadata is a list": _problem({**good, "metadata": []}),
    }


async def channel() -> dict[str, Any]:
    """Status and body for a turn that the actions answer, one that they do not, and one of a wrong form."""
    from aiohttp import ClientSession
    from rasa.core.channels.channel import UserMessage
    from sanic import Sanic

    async def on_new_message(message: UserMessage) -> None:
        if message.text == "有人吗":
            await message.output_channel.send_custom_json(message.sender_id, {"state": "idle"})

    app = Sanic("probe")
    app.blueprint(WenbanInput().blueprint(on_new_message), url_prefix="/webhooks/wenban")
    listening = socket.create_server(("127.0.0.1", 0))
    server = await app.create_server(sock=listening, return_asyncio_server=True)
    await server.startup()
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/webhooks/wenban/webhook"
    answers = {}
    async with ClientSession() as http:
        for name, body in (
            ("answered", {"sender": "s", "message": "有人吗"}),
            ("unanswered", {"sender": "s", "message": "哦"}),
            ("malformed", {"sender": "s"}),
        ):
            async with http.post(url, json=body) as answer:
                answers[name] = [answer.status, await answer.json()]
    server.close()
    return answers


def patched() -> dict[str, Any]:
    from jsonschema import ValidationError
    from rasa.core.actions.action import RemoteAction
    from rasa.shared.core.events import Event

    _cache_event_classes()
    _compile_action_schema()
    action = RemoteAction("action_x", None)
    try:
        action._validate_action_result({"events": "no list", "responses": []})
        malformed = "taken"
    except ValidationError:
        malformed = "refused"
    return {
        "event": Event.resolve_by_type("user").__name__,
        "sound": action._validate_action_result({"events": [], "responses": []}),
        "malformed": malformed,
    }


report = {"problems": refused(), "channel": asyncio.run(channel()), "patched": patched()}
report["store"] = asyncio.run(kept(Path(sys.argv[1])))
sys.stdout.write("\n" + json.dumps(report, ensure_ascii=False) + "\n")
