"""The recipe's steps: what each hears, that nothing is trained twice, and that what is missing is named."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from bench.speech.ablation import markdown, measure, total
from speech.models import BUNDLED_MODEL
from speech.training import spectra
from speech.training.ablation import LEFT_OUT, STEPS, corpora_of, fit, network_of, some
from speech.training.corpora import EVALUATION, TRAINING, Utterance
from speech.training.network import load
from speech.training.phones import SILENCE
from speech.training.stages import HELD_OUT, Recipe
from speech.training.types import Segment
from speech.training.unfold import load_directory
from wenban.errors import SetupError

Samples = NDArray[np.int16]


@pytest.fixture
def recipe(tmp_path: Path, short_pcm: Samples) -> Recipe:
    """A working folder with one labelled recording in every corpus."""
    recipe = Recipe(tmp_path / "work", tmp_path, tmp_path / "model", jobs=1, threads=1)
    end = len(short_pcm) / 16_000
    labels = (Segment(SILENCE, 0.0, 0.3), Segment("zh", 0.3, 0.4), Segment("uan3", 0.4, end))
    for name in (*recipe.made, *TRAINING):
        recipe.store.write(name, [("one", "who", "转", short_pcm, labels)])
        spectra.write(recipe.store, name, recipe.spectra(name))
    for name in (*EVALUATION, HELD_OUT):
        recipe.store.write(
            name, [("one", "who", "转人工", short_pcm, ()), ("two", "who", "ok", short_pcm, ())]
        )
    return recipe


def test_steps_add_and_left_out_corpora_are_not_heard(recipe: Recipe) -> None:
    assert not set(corpora_of(recipe, STEPS[0])) & set(TRAINING)
    assert all(set(TRAINING) <= set(corpora_of(recipe, run)) for run in STEPS[1:])
    for run in LEFT_OUT:
        assert set(TRAINING) - set(corpora_of(recipe, run)) == {run.without}
    assert not any(set(EVALUATION) & set(corpora_of(recipe, run)) for run in (*STEPS, *LEFT_OUT))
    assert load(fit(recipe, STEPS[3], 0))[0].width > 200


def test_all_trainings_have_as_many_steps_and_the_longest_is_the_bundled_model(recipe: Recipe) -> None:
    assert [run.bundled for run in STEPS] == [False, False, False, False, True]
    assert not any(run.bundled for run in LEFT_OUT)
    bundled = replace(recipe, model_dir=BUNDLED_MODEL)
    first, _ = load(fit(bundled, STEPS[-1], 0))
    wanted, _ = load_directory(BUNDLED_MODEL)
    assert torch.equal(first.first.weight, wanted.first.weight)
    two = load(fit(recipe, STEPS[0], 2))[0]
    assert not torch.equal(two.first.weight, load(fit(recipe, STEPS[0], 0))[0].first.weight)


def test_every_run_is_heard_once_and_kept(recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.speech.ablation.STEPS", STEPS[:1])
    monkeypatch.setattr("bench.speech.ablation.LEFT_OUT", LEFT_OUT[:1])
    done: Counter[str] = Counter()

    def progress(run: str, count: int) -> None:
        done[run] += count

    rows = list(measure(recipe, 0, progress))
    assert sum(done.values()) == total() == 2 == len({row["run"] for row in rows})
    assert {row["set"] for row in rows if row["run"] == STEPS[0].name} == {*EVALUATION, HELD_OUT}
    assert all(row["utterances"] == 1 for row in rows)  # "ok" cannot be said with this phone set
    for run in (STEPS[0], LEFT_OUT[0]):
        network_of(recipe, run, 0).unlink()
    assert list(measure(recipe, 0, progress)) == rows
    assert not list((recipe.work / "ablation").glob("*.pt"))


def test_the_report_names_what_was_not_run() -> None:
    row = {
        "run": STEPS[0].name, "set": "human_dev", "utterances": 29, "steps": 5,
        "toneless_syllable_error_rate": 0.91, "tonal_syllable_error_rate": 0.95,
    }  # fmt: skip
    shown = markdown([row], "a machine", 5)
    assert f"| {STEPS[0].title} | human_dev | 29 | 91.0% | 95.0% |" in shown
    missing = shown.splitlines()[-1]
    assert missing.startswith("Not run:") and STEPS[1].title in missing and STEPS[0].title not in missing


def test_a_folder_without_labels_is_a_setup_error(recipe: Recipe) -> None:
    recipe.spectra(TRAINING[0]).unlink()
    with pytest.raises(SetupError, match=TRAINING[0]):
        fit(recipe, STEPS[1], 0)
    recipe.store.write_index("espeak", [])
    with pytest.raises(SetupError, match="labels of espeak"):
        fit(recipe, STEPS[0], 0)


def test_a_few_are_spread_over_all() -> None:
    items = [Utterance(str(n), "who", "", n, 1) for n in range(100)]
    chosen = some(items, 30)
    assert len(chosen) <= 30 and chosen[0] is items[0] and int(chosen[-1].key) > 90
