"""The part of `wenban bench speech` that trains: the acoustic recipe, step by step."""

from __future__ import annotations

import argparse
from typing import Any


def ablation(args: argparse.Namespace) -> None:
    """Each finished run is in the report at once, so that one that is stopped leaves what it has."""
    from bench.report import machine
    from bench.speech.ablation import markdown, measure, total
    from bench.speech.cli_parts import bar, corpora_folder, publish
    from speech.models import BUNDLED_MODEL
    from speech.training.stages import Recipe
    from wenban.errors import SetupError

    if args.work is None:
        raise SetupError("--ablation needs --work: the working folder of python -m speech.training")
    recipe = Recipe(args.work, corpora_folder(args), BUNDLED_MODEL, jobs=1, threads=1)
    rows: list[dict[str, Any]] = []
    with bar(total(), "recipe", "run") as told:
        for row in measure(recipe, args.ablation, told):
            rows.append(row)
            publish(args, "speech-recipe", [row], markdown(rows, machine(), args.ablation))
