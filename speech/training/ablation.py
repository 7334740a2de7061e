"""What each step of the recipe brings: the same short training with one more step at a time.

All trainings have the same number of steps and streams a step, so a larger network takes longer but hears no
more. A longer training is not made here: the model directory that the recipe wrote stands for it. The working
folder is that of a recipe that has run up to `realign`. Each network is kept in `WORK/ablation`, so that an
interrupted comparison goes on where it stopped.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from speech.training.corpora import TRAINING, Utterance
from speech.training.stages import PRIOR_POWER, Recipe, share_of
from speech.training.types import Perturbation
from wenban.errors import SetupError

log = logging.getLogger(__name__)
UNCHANGED = Perturbation(tract=0, pitch=0, echo=0, noise=0, babble=0, channel=0, colour=0, masks=0)
SMALL, LARGE = (192, 64), (448, 128)
BATCH = 8
"""Streams a step: for an equal number of streams, small steps teach a short training more than large ones."""


@dataclass(frozen=True, slots=True)
class Run:
    """One training.

    Args:
        name: of its network's file. title: what is new in it.
        without: the corpus left out, to be measured on; empty: none.
        human: with recordings of people. how: what is done to speech. size: units of a block, and of its
            bottleneck. bundled: not trained at all, but the recipe's own model directory.
    """

    name: str
    title: str
    human: bool = True
    how: Perturbation = UNCHANGED
    size: tuple[int, int] = SMALL
    without: str = ""
    bundled: bool = False


STEPS = (
    Run("1-synthetic", "synthetic voices only, small network, speech as it is", human=False),
    Run("2-human", "+ recordings of people"),
    Run("3-changed", "+ vocal tracts, pitch, rooms and noise changed for every batch", how=Perturbation()),
    Run("4-larger", "+ the larger network", how=Perturbation(), size=LARGE),
    Run(
        "5-longer",
        "+ hours of training instead of minutes: the bundled model",
        how=Perturbation(),
        size=LARGE,
        bundled=True,
    ),
)
LEFT_OUT = tuple(
    Run(f"without-{corpus}", f"without {corpus}", how=Perturbation(), without=corpus)
    for corpus in TRAINING
    if corpus != "audio_cmn_syllabs"  # single syllables by one person, in which a loop has nothing to loop
)


def network_of(recipe: Recipe, run: Run, steps: int) -> Path:
    """Where a run's network of so many steps is, or will be."""
    return recipe.work / "ablation" / f"{run.name}-{steps}.pt"


def corpora_of(recipe: Recipe, run: Run) -> list[str]:
    """What a run hears."""
    human = [name for name in recipe.human if name != run.without] if run.human else []
    return [*recipe.made, *human]


def fit(recipe: Recipe, run: Run, steps: int) -> Path:
    """Trains one run from nothing, unless its network is there.

    Args:
        steps: of training; each hears BATCH streams.

    Raises:
        SetupError: the working folder lacks spectra or labels; says which stage makes them.
    """
    path = network_of(recipe, run, steps)
    path.parent.mkdir(parents=True, exist_ok=True)
    from speech.training import network

    if run.bundled:  # written each time: the directory may hold another model by now
        from speech.training.unfold import load_directory

        network.save(*load_directory(recipe.model_dir), path)
    if path.exists():
        return path
    import torch

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
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(1)
    model = train(
        found, shares, Schedule(steps=steps, batch=BATCH) if steps else Schedule(0.0),
        model=network.Tdnn(*run.size), fresh=True, how=run.how, checkpoint=path.with_suffix(".checkpoint"),
    )  # fmt: skip
    # The same power as for the bundled model, or the last step would be one of priors too.
    network.save(model, priors(found, shares).softened(PRIOR_POWER), path)
    log.info("ablation: %s trained", run.name)
    return path


def some(items: Sequence[Utterance], limit: int) -> list[Utterance]:
    """At most `limit` recordings, spread over the whole corpus."""
    return list(items[:: max(1, -(-len(items) // limit))])
