"""The recipe's steps beside each other, and each corpus of people heard by a network that never met it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.speech import free_loop
from bench.speech.scoring import Counts
from speech.training.ablation import LEFT_OUT, LONGER, STEPS, Run, fit, some
from speech.training.align import syllables
from speech.training.corpora import EVALUATION
from speech.training.phones import NotPinyinError
from speech.training.stages import HELD_OUT, Recipe

Row = dict[str, Any]
_UTTERANCES = 60


def measure(recipe: Recipe, minutes: float, progress: Callable[[str, int], None]) -> Iterator[Row]:
    """A row a run and set, each run as soon as it is trained; rows of an earlier call are not measured again.

    Args:
        recipe: whose working folder has run up to `realign`.
        minutes: of training, each run (the last step some times that).

    Raises:
        SetupError: the working folder lacks something.
    """
    kept = recipe.work / "ablation" / "rows.jsonl"
    rows = _read(kept, minutes)
    for run in (*STEPS, *LEFT_OUT):
        if run.name not in {row["run"] for row in rows}:
            network = fit(recipe, run, minutes * 60)
            fresh = [_heard(recipe, run, network, corpus, minutes) for corpus in _sets(run)]
            kept.parent.mkdir(parents=True, exist_ok=True)
            with kept.open("a", encoding="utf-8") as stream:
                stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in fresh)
            rows += fresh
        progress(run.name, 1)
        yield from (row for row in rows if row["run"] == run.name)


def _read(path: Path, minutes: float) -> list[Row]:
    if not path.exists():
        return []
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    # Budgets are not mixed: other minutes would make steps look better or worse than they are.
    return [row for row in rows if row["minutes"] == minutes]


def _sets(run: Run) -> Sequence[str]:
    return (run.without,) if run.without else (*EVALUATION, HELD_OUT)


def _heard(recipe: Recipe, run: Run, network: Path, corpus: str, minutes: float) -> Row:
    """Syllable errors in a free loop: no language model, any syllable after any other."""
    hear, counts = free_loop.load(network), Counts()
    audio = recipe.store.audio(corpus)
    for item in some(recipe.store.index(corpus), _UTTERANCES):
        try:
            said = [token for token in syllables(item.text) if token != ","]
        except NotPinyinError:
            continue
        if said:
            counts.add_syllables(said, hear(audio[item.start : item.start + item.length]))
    return {"run": run.name, "set": corpus, "minutes": minutes} | counts.rates()


def total() -> int:
    """How many runs there are."""
    return len(STEPS) + len(LEFT_OUT)


def markdown(rows: Sequence[Row], machine: str, minutes: float) -> str:
    """The section of docs/benchmarks.md, with what has not been run named."""
    done = {row["run"] for row in rows}
    shown = [
        "## What each step of the acoustic recipe brings",
        "",
        f"`wenban bench speech --ablation {minutes:g} --work DIR`: {machine}. Every row is a network trained "
        f"from nothing for {minutes:g} minutes (the longer one {LONGER:g} times that), so all errors are far "
        "above the bundled model's; what counts is the way from row to row, and where all rows are near "
        "100 % the budget was too small to tell anything. Errors are of syllables in a "
        "free loop, without any language model. The labels of people's speech are those of the working "
        "folder.",
        "",
        "| step | set | utterances | syllable error, toneless | with tones |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    titles = {run.name: run.title for run in (*STEPS, *LEFT_OUT)}
    shown += [_line(titles[row["run"]], row) for row in rows if row["run"] in {run.name for run in STEPS}]
    shown += ["", "Each corpus of people (and one neural voice) by the larger network that never met it:", ""]
    shown += ["| training | set | utterances | syllable error, toneless | with tones |"]
    shown += ["| --- | --- | ---: | ---: | ---: |"]
    shown += [_line(titles[row["run"]], row) for row in rows if row["run"] in {run.name for run in LEFT_OUT}]
    missing = [run.title for run in (*STEPS, *LEFT_OUT) if run.name not in done]
    if missing:
        shown += ["", f"Not run: {'; '.join(missing)}."]
    return "\n".join(shown)


def _line(title: str, row: Row) -> str:
    return (
        f"| {title} | {row['set']} | {row['utterances']} | {row['toneless_syllable_error_rate']:.1%} "
        f"| {row['tonal_syllable_error_rate']:.1%} |"
    )
