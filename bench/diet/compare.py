"""Trains DIET on the catalog's phrases, an intent an item, in Rasa's own environment, and ranks queries.

This is how small Rasa bots are often built. The training data are the same phrases that Wenban indexes.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import yaml

from catalog_index.loader import Catalog
from catalog_index.schema import Subject
from wenban.errors import SetupError
from wenban.threads import single_threaded_environment

_CONFIG = {
    "recipe": "default.v1",
    "language": "zh",
    "assistant_id": "diet-comparison",
    "pipeline": [
        {"name": "JiebaTokenizer"},
        {"name": "CountVectorsFeaturizer", "min_df": 1},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    ],
    "policies": [],
}
_RANK = Path(__file__).with_name("rank_in_rasa.py")


def training_data(catalog: Catalog) -> tuple[str, list[str]]:
    """Rasa's NLU file and the intents; every item has its title and all ways to ask for it."""
    intents, entries = [], []
    for item in catalog.items:
        examples = dict.fromkeys((item.title, *item.says, *item.situations, *item.utterances))
        if len(examples) == 1:
            # Rasa warns about, and may drop, an intent with a single example.
            examples[f"办理{item.title}"] = None
        intents.append(item.id)
        entries.append({"intent": item.id, "examples": "".join(f"- {text}\n" for text in examples)})
    return yaml.safe_dump({"version": "3.1", "nlu": entries}, allow_unicode=True, sort_keys=False), intents


def first_items(catalog: Catalog, count: int) -> Catalog:
    """The catalog's first subjects, whole, up to about so many items: DIET's cost grows with its intents."""
    subjects: list[Subject] = []
    while sum(len(subject.items) for subject in subjects) < count and len(subjects) < len(catalog.subjects):
        subjects.append(catalog.subjects[len(subjects)])
    return replace(catalog, subjects=tuple(subjects), version=f"{catalog.version}-first-{count}")


def rank(
    catalog: Catalog, queries: Sequence[str], folder: Path, rasa: Path, *, epochs: int, timeout_s: float
) -> list[list[str]]:
    """For each query the items in DIET's order (its first ten).

    Args:
        folder: where the Rasa project is written. rasa: the environment's folder (`.venv-rasa`).

    Raises:
        SetupError: the environment is missing, training fails or takes longer than `timeout_s`.
    """
    python = rasa / "bin" / "python"
    if not python.exists():
        raise SetupError(f"no Rasa environment at {rasa}; make it with `make setup`")
    folder.mkdir(parents=True, exist_ok=True)
    data, intents = training_data(catalog)
    pipeline = [
        *_CONFIG["pipeline"],
        {"name": "DIETClassifier", "epochs": epochs, "entity_recognition": False, "random_seed": 7},
    ]
    (folder / "config.yml").write_text(
        yaml.safe_dump({**_CONFIG, "pipeline": pipeline}, allow_unicode=True), encoding="utf-8"
    )
    (folder / "domain.yml").write_text(
        yaml.safe_dump({"version": "3.1", "intents": intents}), encoding="utf-8"
    )
    (folder / "nlu.yml").write_text(data, encoding="utf-8")
    (folder / "queries.json").write_text(json.dumps(list(queries), ensure_ascii=False), encoding="utf-8")
    for command in (
        ["-m", "rasa", "train", "nlu", "--config", "config.yml", "--nlu", "nlu.yml", "--domain", "domain.yml",
         "--out", "models", "--fixed-model-name", "diet"],
        [str(_RANK), "models/diet.tar.gz", "queries.json", "ranked.json"],
    ):  # fmt: skip
        _run([str(python), *command], folder, timeout_s)
    ranked: list[list[str]] = json.loads((folder / "ranked.json").read_text(encoding="utf-8"))
    return ranked


def _run(command: list[str], folder: Path, timeout_s: float) -> None:
    environment = {**os.environ, **single_threaded_environment(), "RASA_TELEMETRY_ENABLED": "false"}
    environment |= {"SQLALCHEMY_SILENCE_UBER_WARNING": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    try:
        done = subprocess.run(
            ["nice", *command], cwd=folder, env=environment, timeout=timeout_s, capture_output=True, text=True
        )
    except subprocess.TimeoutExpired as error:
        raise SetupError(
            f"DIET did not finish within {timeout_s:.0f} s; raise --diet-timeout or lower --diet-items"
        ) from error
    if done.returncode != 0:
        raise SetupError(f"DIET failed ({done.returncode}): {done.stderr[-800:]}")
