"""The recipe, stage by stage; each leaves a file behind and is skipped when that file is there.

corpus → synth → spectra → bootstrap (synthetic speech only) → align → warm (all speech, short) → realign →
worn (codecs, clipping, distance) → train → export → graph. A recipe with a `start` goes on from a model
directory: its network takes the place of bootstrap, align and warm. A working folder holds everything in
between (a few GB); deleting a stage's file repeats it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from speech.training import corpora, synthesis
from speech.training.corpora import Store
from speech.training.types import Perturbation
from wenban.errors import SetupError

log = logging.getLogger(__name__)
SYNTHETIC, NUMBERS, QUIET = "espeak", "espeak_numbers", "quiet"
HELD_OUT = "espeak_held_out"
NAMES = (
    "corpus",
    "synth",
    "spectra",
    "bootstrap",
    "align",
    "warm",
    "realign",
    "worn",
    "train",
    "export",
    "graph",
)
SHARES = {
    SYNTHETIC: 0.18, NUMBERS: 0.1, QUIET: 0.02, "aishell1_sample": 0.22, "audio_cmn_hsk": 0.18,
    "audio_cmn_syllabs": 0.02, "dspspeech12": 0.11, "hsk_cosyvoice_synthetic": 0.23,
}  # fmt: skip
"""How much of what training hears each corpus is: people more than their hours, machines less."""
WORN = "_worn"
"""What the name of a corpus ends with that holds every fourth recording of another, worn (see `worn`)."""
PRIOR_POWER = 0.4
"""Of the last network's priors: of 1, 0.75, 0.6, 0.5 and 0.4 the best on human_dev, and no worse on synthetic
voices."""
WORN_EVERY, WORN_SHARE = 4, 0.25
BOOTSTRAP_WORST, WORST = -6.0, -2.5
"""Alignments whose mean score a frame is below these are left out (wrong transcripts, other languages)."""
BOOTSTRAP_LIMIT = 2000
"""Recordings a corpus that the bootstrap aligns: it aligns badly, and the warm network will align all."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to do and with how much.

    Args:
        work: folder for all intermediate files.
        corpora: folder of tar files and manifest.tsv; None: synthetic speech only.
        model_dir: the Vosk model directory to write.
        utterances: how many synthetic utterances.
        width, narrow: units a block and of its bottleneck.
        bootstrap_s, warm_s, train_s: seconds of training.
        jobs: processes for synthesis, spectra and alignment.
        threads: of training.
        without: corpora kept out of all training, to measure on them.
        start: a model directory of this recipe to go on from; None: from nothing.
        how: what is done to voices and rooms.
    """

    work: Path
    corpora: Path | None
    model_dir: Path
    utterances: int = 6000
    width: int = 448
    narrow: int = 128
    bootstrap_s: float = 240.0
    warm_s: float = 240.0
    train_s: float = 3600.0
    jobs: int = 2
    threads: int = 2
    without: tuple[str, ...] = ()
    start: Path | None = None
    how: Perturbation = field(default_factory=Perturbation)

    @property
    def store(self) -> Store:
        return Store(self.work / "audio")

    @property
    def made(self) -> tuple[str, ...]:
        """Corpora whose labels come with them."""
        return (SYNTHETIC, NUMBERS, QUIET)

    @property
    def human(self) -> tuple[str, ...]:
        if self.corpora is None:
            return ()
        return tuple(name for name in corpora.TRAINING if name not in self.without)

    def network(self, name: str) -> Path:
        return self.work / f"{name}.pt"

    def spectra(self, corpus: str) -> Path:
        return self.work / "spectra" / f"{corpus}.npy"


def _read_corpus(recipe: Recipe, corpus: str) -> None:
    if recipe.corpora is None:
        raise SetupError("no corpora folder given")
    items = corpora.read_tar(recipe.corpora, corpus)
    count = recipe.store.write(corpus, ((key, who, text, audio, ()) for key, who, text, audio in items))
    log.info("corpus: %s, %d recordings", corpus, count)


def corpus(recipe: Recipe) -> None:
    wanted = (*corpora.TRAINING, *corpora.EVALUATION) if recipe.corpora is not None else ()
    for name in wanted:
        if not recipe.store.has(name):
            _read_corpus(recipe, name)


def synth(recipe: Recipe) -> None:
    if not recipe.store.has(HELD_OUT):
        recipe.store.write(HELD_OUT, synthesis.make(synthesis.held_out_plans(160), recipe.jobs))
    if not recipe.store.has(QUIET):
        recipe.store.write(QUIET, synthesis.quiet_items(400))
    if not recipe.store.has(NUMBERS):
        recipe.store.write(
            NUMBERS, synthesis.make(synthesis.number_plans(recipe.utterances // 4), recipe.jobs)
        )
    if not recipe.store.has(SYNTHETIC):
        recipe.store.write(
            SYNTHETIC, synthesis.make(synthesis.training_plans(recipe.utterances), recipe.jobs)
        )


def _in_parallel(recipe: Recipe, work: Callable[..., None], tasks: Iterable[tuple[object, ...]]) -> None:
    with ProcessPoolExecutor(recipe.jobs) as pool:
        for future in [pool.submit(work, recipe, *task) for task in tasks]:
            future.result()


def _write_spectra(recipe: Recipe, name: str) -> None:
    from speech.training.spectra import write

    log.info("spectra: %s, %d frames", name, write(recipe.store, name, recipe.spectra(name)))


def spectra(recipe: Recipe) -> None:
    names = (*recipe.made, *recipe.human)
    _in_parallel(recipe, _write_spectra, [(name,) for name in names if not recipe.spectra(name).exists()])


def share_of(corpus: str) -> float:
    """How much of what training hears is this corpus, or its worn part."""
    if corpus.endswith(WORN):
        return SHARES[corpus.removesuffix(WORN)] * WORN_SHARE
    return SHARES[corpus]


def _fit(recipe: Recipe, name: str, names: Sequence[str], seconds: float, start: str = "") -> None:
    if recipe.network(name).exists():
        return
    import torch

    from speech.training import network
    from speech.training.spectra import Corpus
    from speech.training.train import Schedule, priors, some_features, train
    from speech.training.unfold import revive

    found = [Corpus.open(recipe.store, corpus, recipe.spectra(corpus)) for corpus in names]
    shares = [share_of(corpus) for corpus in names]
    torch.set_num_threads(recipe.threads)
    if start:
        model = network.load(recipe.network(start))[0]
        if recipe.start is not None:
            revive(model, some_features(found, shares, model.mean, recipe.how))
    else:
        torch.manual_seed(1)
        model = network.Tdnn(recipe.width, recipe.narrow)
    rate = 2e-3 if not start else 1.5e-3 if recipe.start is None else 8e-4
    schedule = Schedule(seconds, rate=rate)
    checkpoint = recipe.work / f"{name}.checkpoint"
    model = train(
        found, shares, schedule, model=model, fresh=not start, how=recipe.how, checkpoint=checkpoint
    )
    shares_of_phones = priors(found, shares)
    if name == "final":  # alignments were tried with whole priors only
        shares_of_phones = shares_of_phones.softened(PRIOR_POWER)
    network.save(model, shares_of_phones, recipe.network(name))


def bootstrap(recipe: Recipe) -> None:
    if recipe.start is not None:
        return
    _fit(recipe, "bootstrap", recipe.made, recipe.bootstrap_s)


def _align_corpus(recipe: Recipe, name: str, by: str, worst: float, limit: int) -> None:
    import numpy as np
    import torch

    from speech.training.align import align_all
    from speech.training.network import load
    from speech.training.score import corpus_scores

    torch.set_num_threads(1)
    model, prior = load(recipe.network(by))
    everything = recipe.store.index(name)
    items = everything[:: -(-len(everything) // limit)] if limit else everything
    found = list(align_all(items, corpus_scores(model, prior, recipe.store, name, items), worst))
    changed = {item.key: item for item, _ in found}
    unseen = [changed.get(item.key, replace(item, segments=())) for item in everything]
    recipe.store.write_index(name, unseen)
    marks = [score for _, score in found if score is not None]
    kept = sum(1 for item, _ in found if item.segments)
    log.info("align: %s, %d of %d kept, median score %.2f", name, kept, len(items), float(np.median(marks)))
    recipe.work.joinpath(f"{name}.{by}.aligned").touch()


def _align(recipe: Recipe, by: str, worst: float, limit: int = 0) -> None:
    todo = [name for name in recipe.human if not recipe.work.joinpath(f"{name}.{by}.aligned").exists()]
    _in_parallel(recipe, _align_corpus, [(name, by, worst, limit) for name in todo])


def align(recipe: Recipe) -> None:
    if recipe.start is not None:
        return
    _align(recipe, "bootstrap", BOOTSTRAP_WORST, BOOTSTRAP_LIMIT)


def warm(recipe: Recipe) -> None:
    if recipe.start is not None:
        if not recipe.network("warm").exists():
            from speech.training import network
            from speech.training.unfold import load_directory

            network.save(*load_directory(recipe.start), recipe.network("warm"))
    elif recipe.human:
        _fit(recipe, "warm", (*recipe.made, *recipe.human), recipe.warm_s, "bootstrap")


def realign(recipe: Recipe) -> None:
    _align(recipe, "warm", WORST)


def _wear(recipe: Recipe, name: str) -> None:
    from speech.training.worn import worn_items

    items = [item for item in recipe.store.index(name) if item.segments][::WORN_EVERY]
    made = worn_items(items, recipe.store.audio(name), len(items))
    log.info("worn: %s, %d recordings", name, recipe.store.write(name + WORN, made))
    _write_spectra(recipe, name + WORN)


def worn(recipe: Recipe) -> None:
    names = (*(name for name in recipe.made if name != QUIET), *recipe.human)
    _in_parallel(recipe, _wear, [(name,) for name in names if not recipe.spectra(name + WORN).exists()])


def train(recipe: Recipe) -> None:
    names = (*recipe.made, *recipe.human)
    names = (*names, *(name + WORN for name in names if recipe.spectra(name + WORN).exists()))
    _fit(recipe, "final", names, recipe.train_s, "" if recipe.start is None and not recipe.human else "warm")


def export(recipe: Recipe) -> None:
    from speech.training.network import load
    from speech.training.package import write_acoustic

    write_acoustic(*load(recipe.network("final")), recipe.model_dir)


def graph(recipe: Recipe) -> None:
    from speech.training.graph import build_graph

    build_graph(recipe.model_dir, ())


def run(recipe: Recipe, only: Iterable[str] = NAMES) -> None:
    """Run stages in order. Each is resumable: what is already in the working folder is not made again."""
    wanted = set(only)
    recipe.work.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(NAMES, start=1):
        if name in wanted:
            log.info("stage %d of %d: %s", number, len(NAMES), name)
            globals()[name](recipe)
