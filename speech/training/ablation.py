"""What each step of the recipe brings: the same small training with one more step at a time.

It uses the working folder of a recipe that has run up to `realign`. Each network is kept in
`WORK/ablation`, so that an interrupted comparison goes on where it stopped.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from speech.training.corpora import TRAINING, Utterance
from speech.training.stages import Recipe, share_of
from speech.training.types import Perturbation
from wenban.errors import SetupError

log = logging.getLogger(__name__)
UNCHANGED = Perturbation(tract=0, pitch=0, echo=0, noise=0, babble=0, channel=0, colour=0, masks=0)
SMALL, LARGE = (192, 64), (448, 128)
LONGER = 3.0
"""How many times as long the last step is trained."""


@dataclass(frozen=True, slots=True)
class Run:
    """One training.

    Args:
        name: of its network's file. title: what is new in it.
        without: the corpus left out, to be measured on; empty: none.
        human: with recordings of people. how: what is done to speech. size: units of a block, and of its
            bottleneck. times: how many times the budget.
    """

    name: str
    title: str
    human: bool = True
    how: Perturbation = UNCHANGED
    size: tuple[int, int] = SMALL
    times: float = 1.0
    without: str = ""


STEPS = (
    Run("1-synthetic", "synthetic voices only, small network, speech as it is", human=False),
    Run("2-human", "+ recordings of people"),
    Run("3-changed", "+ vocal tracts, pitch, rooms and noise changed for every batch", how=Perturbation()),
    Run("4-larger", "+ the larger network", how=Perturbation(), size=LARGE),
    Run("5-longer", f"+ {LONGER:g} times as long", how=Perturbation(), size=LARGE, times=LONGER),
)
LEFT_OUT = tuple(
    Run(f"without-{corpus}", f"without {corpus}", how=Perturbation(), size=LARGE, without=corpus)
    for corpus in TRAINING
    if corpus != "audio_cmn_syllabs"  # single syllables by one person, in which a loop has nothing to loop
)


def network_of(recipe: Recipe, run: Run, seconds: float) -> Path:
    """Where a run's network of that budget is, or will be."""
    return recipe.work / "ablation" / f"{run.name}-{seconds:g}s.pt"


def corpora_of(recipe: Recipe, run: Run) -> list[str]:
    """What a run hears."""
    human = [name for name in recipe.human if name != run.without] if run.human else []
    return [*recipe.made, *human]


def fit(recipe: Recipe, run: Run, seconds: float) -> Path:
    """Trains one run from nothing, unless its network is there.

    Args:
        seconds: the budget that `run.times` multiplies.

    Raises:
        SetupError: the working folder lacks spectra or labels; says which stage makes them.
    """
    path = network_of(recipe, run, seconds)
    if path.exists():
        return path
    import torch

    from speech.training import network
    from speech.training.spectra import Corpus
    from speech.training.train import Schedule, priors, train

    names = corpora_of(recipe, run)
    missing = [name for name in names if not recipe.spectra(name).exists()]
    if missing:
        raise SetupError(f"no spectra of {', '.join(missing)} in {recipe.work}: run the stages up to realign")
    found = [Corpus.open(recipe.store, name, recipe.spectra(name)) for name in names]
    unaligned = [name for name, corpus in zip(names, found, strict=True) if not corpus.speakers]
    if unaligned:
        raise SetupError(
            f"no labels of {', '.join(unaligned)} in {recipe.work}: run the stages up to realign"
        )
    shares = [share_of(name) for name in names]
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(1)
    model = train(
        found, shares, Schedule(seconds * run.times), model=network.Tdnn(*run.size), fresh=True, how=run.how,
        checkpoint=path.with_suffix(".checkpoint"),
    )  # fmt: skip
    network.save(model, priors(found, shares), path)
    log.info("ablation: %s trained", run.name)
    return path


def some(items: Sequence[Utterance], limit: int) -> list[Utterance]:
    """At most `limit` recordings, spread over the whole corpus."""
    return list(items[:: max(1, -(-len(items) // limit))])
