"""The dialogue acts that the trained model names, on sentences that it was not trained on."""

from __future__ import annotations

import csv
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from actions.acts import ACTS, settle_act
from actions.sdk_actions import ACTION_ACTS
from bot.stack.setup import RASA_PYTHON, Setup, rasa_model
from wenban.settings import PROJECT_ROOT, load_settings

HERE = Path(__file__).parent
REACH = 0.9
NLU_FILES = sorted((PROJECT_ROOT / "nlu_data" / "nlu").glob("*.yml"))


def held_out() -> list[tuple[str, str]]:
    with (HERE / "acts.tsv").open(encoding="utf-8") as lines:
        return [(row["text"], row["act"]) for row in csv.DictReader(lines, delimiter="\t")]


def trained_on() -> Iterator[tuple[str, str]]:
    """Each example with its intent."""
    for file in NLU_FILES:
        for part in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            if "intent" in part:
                for line in part["examples"].splitlines():
                    yield line.removeprefix("- ").strip(), part["intent"]


@pytest.fixture(scope="module")
def parsed() -> list[dict[str, str]]:
    """What the trained model says to each held-out sentence; trains it only where `wenban setup` has not."""
    settings, steps = load_settings(), list[str]()
    Setup(settings, steps.append).run()
    done = subprocess.run(
        [str(RASA_PYTHON), str(HERE / "parse.py"), str(rasa_model(settings))],
        input="\n".join(text for text, _ in held_out()),
        env=os.environ | {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"},
        cwd=PROJECT_ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def test_acts_of_sentences_never_seen(parsed: list[dict[str, str]]) -> None:
    told = {one["text"]: one["intent"] for one in parsed}
    assert len(told) == len(held_out())
    wrong = [
        (text, act, settle_act(told[text], text))
        for text, act in held_out()
        if settle_act(told[text], text) != act
    ]
    assert 1 - len(wrong) / len(told) >= REACH, wrong


def test_the_held_out_sentences_are_held_out() -> None:
    texts = [text for text, _ in held_out()]
    assert len(texts) == len(set(texts)) >= 120
    assert not set(texts) & {example for example, _ in trained_on()}
    assert {act for _, act in held_out()} == set(ACTS) - {"nlu_fallback"}


def test_no_example_stands_under_two_intents() -> None:
    intents: dict[str, str] = {}
    for example, intent in trained_on():
        assert intents.setdefault(example, intent) == intent, example


def test_domain_rules_and_actions_fit_together() -> None:
    domain = yaml.safe_load((PROJECT_ROOT / "bot/domain/domain.yml").read_text(encoding="utf-8"))
    rules = yaml.safe_load((PROJECT_ROOT / "nlu_data/core/rules.yml").read_text(encoding="utf-8"))["rules"]
    intents = {intent if isinstance(intent, str) else next(iter(intent)) for intent in domain["intents"]}
    assert set(domain["actions"]) == set(ACTION_ACTS)
    assert {intent for _, intent in trained_on()} == intents - {"nlu_fallback"}
    pairs = {}
    for rule in rules:
        steps = {key: value for step in rule["steps"] for key, value in step.items()}
        if "intent" in steps:
            pairs[steps["intent"]] = steps["action"]
    assert {intent: ACTION_ACTS[action] for intent, action in pairs.items()} == {
        intent: intent for intent in pairs
    }
    assert set(pairs) >= intents - {"nlu_fallback"}
