"""Rasa SDK actions: one for each dialogue act, all through the one conversation."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.applications.base import shanghai_now
from actions.conversation import Conversation
from actions.turn import Turn

# Rasa action name -> dialogue act; the rules in nlu_data/core pair each intent with one action.
ACTION_ACTS = {
    "action_find_service": "ask_service",
    "action_take_answer": "inform",
    "action_affirm": "affirm",
    "action_deny": "deny",
    "action_pick": "pick",
    "action_correct": "correct",
    "action_answer_question": "ask_item",
    "action_go_back": "go_back",
    "action_start_over": "start_over",
    "action_stop": "stop",
    "action_resume": "resume",
    "action_track": "track",
    "action_human": "human",
    "action_greet": "greet",
    "action_thank": "thank",
    "action_default_turn": "nlu_fallback",
}


def turn_from(act: str, message: dict[str, Any], now: datetime) -> Turn:
    """The turn in Rasa's latest message: text, intent confidence, the channel's metadata."""
    metadata = message.get("metadata") or {}
    heard = [
        (str(one.get("text", "")), float(one.get("confidence") or 0.0))
        for one in metadata.get("alternatives") or []
        if isinstance(one, dict)
    ]
    return Turn(
        act=act,
        confidence=float((message.get("intent") or {}).get("confidence") or 0.0),
        text=str(message.get("text") or ""),
        now=now,
        alternatives=tuple(heard),
        spoken=metadata.get("mode") == "voice",
        turn_id=str(metadata.get("turn_id") or ""),
        channel=str(metadata.get("channel") or "page"),
        narrowed=tuple(str(one) for one in metadata.get("narrowed") or []),
    )


class ActAction(Action):  # type: ignore[misc]  # rasa-sdk is untyped
    """Answers a turn of one dialogue act."""

    def __init__(self, name: str, act: str, conversation: Conversation) -> None:
        self._name, self._act, self._conversation = name, act, conversation

    def name(self) -> str:
        return self._name

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002 - given by Rasa
    ) -> list[dict[str, Any]]:
        """Sends the reply; returns no events, since Rasa keeps nothing of the conversation."""
        turn = turn_from(self._act, tracker.latest_message, shanghai_now())
        # The store blocks; other sessions must not wait for it.
        messages = await asyncio.to_thread(self._conversation.take, tracker.sender_id, turn)
        for message in messages:
            dispatcher.utter_message(text=message.get("text"), json_message=message.get("custom"))
        return []


def all_actions(conversation: Conversation) -> list[ActAction]:
    """Every action of the domain."""
    return [ActAction(name, act, conversation) for name, act in ACTION_ACTS.items()]
