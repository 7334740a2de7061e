"""Runs inside Rasa's environment (Python 3.10): ranks queries with a trained NLU model.

Usage: python rank_in_rasa.py MODEL QUERIES.json OUTPUT.json
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path


async def main(model: str, queries: str, output: str) -> None:
    from rasa.core.agent import Agent

    agent = Agent.load(model_path=model)
    ranked = []
    for query in json.loads(Path(queries).read_text(encoding="utf-8")):
        parsed = await agent.parse_message(query)
        ranked.append([intent["name"] for intent in parsed["intent_ranking"]])
    Path(output).write_text(json.dumps(ranked), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
