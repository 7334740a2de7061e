"""The recipe's steps beside each other, and each corpus of people heard by a network that never met it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.speech import free_loop
from bench.speech.scoring import Counts
from speech.training.ablation import BATCH, LEFT_OUT, STEPS, Run, fit, some
from speech.training.align import syllables
from speech.training.corpora import EVALUATION
from speech.training.phones import NotPinyinError
from speech.training.stages import HELD_OUT, Recipe

Row = dict[str, Any]
_UTTERANCES = 150


def measure(recipe: Recipe, steps: int, progress: Callable[[str, int], None]) -> Iterator[Row]:
    """A row a run and set, each run as soon as it is trained; rows of an earlier call are not measured again.

    Args:
        recipe: whose working folder has run up to `realign`.
        steps: of training, each run.

    Raises:
        SetupError: the working folder lacks something.
    """
    kept = recipe.work / "ablation" / "rows.jsonl"
    rows = _read(kept, steps)
    for run in (*STEPS, *LEFT_OUT):
        if run.name not in {row["run"] for row in rows}:
            network = fit(recipe, run, steps)
            fresh = [_heard(recipe, run, network, corpus, steps) for corpus in _sets(run)]
            kept.parent.mkdir(parents=True, exist_ok=True)
            with kept.open("a", encoding="utf-8") as stream:
                stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in fresh)
            rows += fresh
        progress(run.name, 1)
        yield from (row for row in rows if row["run"] == run.name)


def _read(path: Path, steps: int) -> list[Row]:
    if not path.exists():
        return []
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    # Budgets are not mixed: they would make a step look better or worse than it is. The bundled model may be
    # another one by now.
    bundled = {run.name for run in STEPS if run.bundled}
    return [row for row in rows if row.get("steps") == steps and row["run"] not in bundled]


def _sets(run: Run) -> Sequence[str]:
    return (run.without,) if run.without else (*EVALUATION, HELD_OUT)


def _heard(recipe: Recipe, run: Run, network: Path, corpus: str, steps: int) -> Row:
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
    return {"run": run.name, "set": corpus, "steps": steps} | counts.rates()


def total() -> int:
    """How many runs there are."""
    return len(STEPS) + len(LEFT_OUT)


def markdown(rows: Sequence[Row], machine: str, steps: int) -> str:
    """The section of docs/benchmarks.md, with what has not been run named."""
    done = {row["run"] for row in rows}
    shown = [
        "## What each step of the acoustic recipe brings",
        "",
        f"`wenban bench speech --ablation {steps} --work DIR --corpora DIR`: {machine}. The first rows are "
        f"networks trained from nothing for {steps} steps of {BATCH} streams of 4.8 s each, one more step of "
        "the recipe at a time; the larger network hears the same as the one before it and takes about "
        "twice as long. The last is the bundled model: several trainings one after another, hours in all, "
        "with codecs and masks besides. Errors are of syllables in a free loop, without any language model; "
        "more than 100 % are more syllables heard than said. Each is one training, so a few points are "
        "chance. The labels of people's speech are those of the working folder, made by a network that had "
        "heard all corpora.",
        "",
        "| step | set | utterances | syllable error, toneless | with tones |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    titles = {run.name: run.title for run in (*STEPS, *LEFT_OUT)}
    shown += [_line(titles[row["run"]], row) for row in rows if row["run"] in {run.name for run in STEPS}]
    shown += [
        "",
        "Each corpus of people (and one neural voice) by the third row's network, trained without it:",
        "",
    ]
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
