from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from bench.speech.free_loop import load
from bench.speech.sets import Clip
from bench.speech.table import FREE_LOOP, Model, Plan, facts_of, markdown, measure, steps
from speech.models import BUNDLED_MODEL
from speech.training.network import Priors, Tdnn, save
from speech.training.phones import BASE
from wenban.errors import SetupError

Samples = NDArray[np.int16]


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """A network that has learned nothing."""
    torch.manual_seed(1)
    path = tmp_path / "untrained.pt"
    save(Tdnn(16, 8), Priors(torch.full((len(BASE),), 1.0 / len(BASE)), 0.25), path)
    return path


async def test_a_row_for_each_set_condition_model_and_decoder(
    short_pcm: Samples, other_pcm: Samples, network: Path
) -> None:
    said = [Clip("a", "转人工", short_pcm), Clip("b", "第二个", other_pcm)]
    wrong = [Clip("c", "完全不同的一句话", short_pcm)]
    plan = Plan({"domain": said, "words": wrong}, ("clean", "amr"), pace=1, looped=frozenset({"words"}))
    models = [Model(BUNDLED_MODEL, network)]
    done: Counter[str] = Counter()

    def progress(where: str, count: int) -> None:
        done[where] += count

    errors, costs = await measure(plan, models, progress)
    places = [(row["set"], row["condition"], row["decoder"]) for row in errors]
    assert places == [
        ("domain", "clean", "language model"),
        ("domain", "amr", "language model"),
        ("words", "clean", FREE_LOOP),
        ("words", "clean", "language model"),
        ("words", "amr", FREE_LOOP),
        ("words", "amr", "language model"),
    ]
    assert done.total() == steps(plan, models) == 9
    heard, unheard = errors[0], errors[3]
    assert heard["utterances"] == 2
    assert heard["real_time_factor"] > 0
    assert unheard["character_error_rate"] > 0.7
    assert unheard["sentences_right"] == 0
    assert errors[2]["tonal_syllable_error_rate"] > 0.5
    assert errors[2]["character_error_rate"] is None
    (cost,) = costs
    assert cost["worker_memory_mb"] > 20
    assert cost["free_p50_ms"] is None or cost["free_p50_ms"] > cost["patience_ms"]
    section = markdown(errors, costs, facts_of(plan, models, "a machine"))
    assert section.count(f"| {BUNDLED_MODEL.name} |") == 7
    assert "Recordings of people were not at hand" in section


def test_what_is_missing_is_said(short_pcm: Samples) -> None:
    people = {"human_dev": [Clip("a", "转人工", short_pcm)]}
    told = " ".join(facts_of(Plan(people, ("clean",)), [Model(BUNDLED_MODEL)], "a machine"))
    assert "--networks" in told
    assert "not at hand" not in told


def test_a_file_that_is_no_network_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "final.pt"
    with pytest.raises(SetupError, match=r"final\.pt"):
        load(path)
    torch.save({"width": 320}, path)
    with pytest.raises(SetupError, match="not a trained network"):
        load(path)
