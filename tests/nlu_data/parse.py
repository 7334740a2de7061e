"""Runs in Rasa's environment: parses lines of standard input with a trained model, one JSON line each.

.venv-rasa/bin/python tests/nlu_data/parse.py var/rasa/wenban.tar.gz < sentences.txt
"""

from __future__ import annotations

import asyncio
import json
import sys

import skops.io  # noqa: F401 - first, before TensorFlow: see bot/rasa_runtime/serve.py
from rasa.core.agent import Agent


async def parse(model: str) -> None:
    agent = Agent.load(model)
    for line in sys.stdin:
        parsed = await agent.parse_message(line.strip())
        intent = parsed["intent"]
        told = {"text": line.strip(), "intent": intent["name"], "confidence": intent["confidence"]}
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")


asyncio.run(parse(sys.argv[1]))
