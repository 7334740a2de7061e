"""The gateway's door into Rasa.

`POST /webhooks/wenban/webhook` with {"sender", "message", "metadata"} answers the list of messages that the
actions sent. Unlike Rasa's REST channel it never answers an empty list with 200 (an action server that is
down would look like an assistant with nothing to say): it answers 503, so that the gateway tries again.
And it never logs a citizen's words.
"""

from __future__ import annotations

import logging
from asyncio import CancelledError
from typing import Any, Awaitable, Callable, Optional

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

logger = logging.getLogger(__name__)

MAX_MESSAGE_CHARACTERS = 1000
MAX_SENDER_CHARACTERS = 128


def _problem(payload: Any) -> Optional[str]:
    """Why a request cannot be a turn, or None."""
    if not isinstance(payload, dict):
        return "the body is not a JSON object"
    sender, message = payload.get("sender"), payload.get("message")
    if not isinstance(sender, str) or not 0 < len(sender) <= MAX_SENDER_CHARACTERS:
        return "sender is missing or too long"
    if not isinstance(message, str) or len(message) > MAX_MESSAGE_CHARACTERS:
        return "message is missing or too long"
    if not isinstance(payload.get("metadata", {}), dict):
        return "metadata is not an object"
    return None


class WenbanInput(InputChannel):
    """Rasa input channel named `wenban`."""

    @classmethod
    def name(cls) -> str:
        return "wenban"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        blueprint = Blueprint("wenban_channel", __name__)

        @blueprint.route("/", methods=["GET"])
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @blueprint.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            payload = request.json
            problem = _problem(payload)
            if problem:
                return response.json({"code": "bad_turn", "problem": problem}, status=400)
            output = CollectingOutputChannel()
            turn = UserMessage(
                payload["message"],
                output,
                payload["sender"],
                input_channel=self.name(),
                metadata=payload.get("metadata") or {},
            )
            try:
                await on_new_message(turn)
            except CancelledError:
                logger.error("turn cancelled: it outlasted the response timeout")
                raise
            if not any("custom" in message for message in output.messages):
                return response.json({"code": "no_answer"}, status=503)
            return response.json(output.messages)

        return blueprint
