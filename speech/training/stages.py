"""The recipe, stage by stage; each leaves a file behind and is skipped when that file is there.

corpus → synth → bootstrap (synthetic speech only) → align → warm (all speech, short) → realign → features
→ train → relabel → polish → export → graph. A working folder holds everything in between (a few GB);
deleting a stage's file repeats it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from speech.training import corpora, synthesis
from speech.training.corpora import Store
from speech.training.dataset import Block, make_block
from wenban.errors import SetupError

log = logging.getLogger(__name__)
SYNTHETIC, QUIET = "espeak", "quiet"
HELD_OUT = "espeak_held_out"
NAMES = (
    "corpus",
    "synth",
    "bootstrap",
    "align",
    "warm",
    "realign",
    "features",
    "train",
    "relabel",
    "polish",
    "export",
    "graph",
)
WEIGHTS = {
    SYNTHETIC: 0.7,
    QUIET: 1.0, "aishell1_sample": 1.5, "audio_cmn_hsk": 1.0,
    "audio_cmn_syllabs": 0.5, "dspspeech12": 1.0,
    "hsk_cosyvoice_synthetic": 0.8,
}  # fmt: skip
"""How often an epoch sees each corpus: people more than machines."""
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
        width: units a layer.
        copies: augmented copies of all speech.
        bootstrap_s, warm_s, train_s: seconds of training.
        per_corpus: at most so many recordings of each corpus, evenly spread (0: all). The two largest hold a
            single voice each, of which more of the same teaches little.
    jobs: processes for synthesis, features and alignment; threads for training.
    """

    work: Path
    corpora: Path | None
    model_dir: Path
    utterances: int = 6000
    width: int = 320
    copies: int = 1
    bootstrap_s: float = 180.0
    warm_s: float = 100.0
    per_corpus: int = 4400
    train_s: float = 1080.0
    jobs: int = 2
    threads: int = 1

    @property
    def store(self) -> Store:
        return Store(self.work / "audio")

    @property
    def human(self) -> tuple[str, ...]:
        return corpora.TRAINING if self.corpora is not None else ()

    def network(self, name: str) -> Path:
        return self.work / f"{name}.pt"

    def block(self, corpus: str, copy: int) -> Path:
        return self.work / "features" / f"{corpus}.{copy}.npz"


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
    if not recipe.store.has(SYNTHETIC):
        recipe.store.write(
            SYNTHETIC, synthesis.make(synthesis.training_plans(recipe.utterances), recipe.jobs)
        )


def _make_block(recipe: Recipe, name: str, copy: int) -> None:
    path = recipe.block(name, copy)
    path.parent.mkdir(parents=True, exist_ok=True)
    make_block(recipe.store, name, 100 + copy).save(path)
    log.info("features: %s, copy %d", name, copy)


def _in_parallel(recipe: Recipe, work: Callable[..., None], tasks: Iterable[tuple[object, ...]]) -> None:
    with ProcessPoolExecutor(recipe.jobs) as pool:
        for future in [pool.submit(work, recipe, *task) for task in tasks]:
            future.result()


def _blocks(recipe: Recipe, names: Iterable[str], copies: Iterable[int]) -> tuple[list[Block], list[float]]:
    pairs = [(name, copy) for copy in copies for name in names]
    _in_parallel(recipe, _make_block, [pair for pair in pairs if not recipe.block(*pair).exists()])
    return [Block.load(recipe.block(*pair)) for pair in pairs], [WEIGHTS[name] for name, _ in pairs]


def _fit(
    recipe: Recipe, name: str, names: Iterable[str], copies: list[int], seconds: float, start: str = ""
) -> None:
    if recipe.network(name).exists():
        return
    import torch

    from speech.training import network
    from speech.training.train import priors, train

    blocks, weights = _blocks(recipe, names, copies)
    torch.set_num_threads(recipe.threads)
    first = network.load(recipe.network(start))[0] if start else None
    model = train(
        blocks, weights, width=recipe.width, seconds=seconds, rate=1.5e-3 if start else 2e-3, start=first
    )
    network.save(model, priors(blocks, weights), recipe.network(name))


def bootstrap(recipe: Recipe) -> None:
    _fit(recipe, "bootstrap", [SYNTHETIC, QUIET], [0], recipe.bootstrap_s)


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
    _align(recipe, "bootstrap", BOOTSTRAP_WORST, BOOTSTRAP_LIMIT)


def warm(recipe: Recipe) -> None:
    if recipe.human:
        _fit(recipe, "warm", (SYNTHETIC, QUIET, *recipe.human), [0], recipe.warm_s, "bootstrap")


def realign(recipe: Recipe) -> None:
    _align(recipe, "warm", WORST, recipe.per_corpus)


def _copies(recipe: Recipe) -> list[int]:
    return list(range(1, recipe.copies + 1))


def features(recipe: Recipe) -> None:
    names = (SYNTHETIC, QUIET, *recipe.human)
    pairs = [(name, copy) for copy in _copies(recipe) for name in names]
    _in_parallel(recipe, _make_block, [pair for pair in pairs if not recipe.block(*pair).exists()])


def train(recipe: Recipe) -> None:
    """The first round, a third of the time: its labels are still those of the warm network."""
    if recipe.human:
        names = (SYNTHETIC, QUIET, *recipe.human)
        _fit(recipe, "round1", names, _copies(recipe), recipe.train_s / 3, "warm")


def _relabel_block(recipe: Recipe, name: str, copy: int) -> None:
    import torch

    from speech.training.network import load
    from speech.training.relabel import relabel as again

    torch.set_num_threads(1)
    items = [item for item in recipe.store.index(name) if item.segments]
    block, changed = again(Block.load(recipe.block(name, copy)), items, *load(recipe.network("round1")))
    block.save(recipe.block(name, copy))
    log.info("relabel: %s, copy %d, %d of 1000 labels changed", name, copy, changed)
    recipe.block(name, copy).with_suffix(".relabelled").touch()


def relabel(recipe: Recipe) -> None:
    """Align the training features with the first round's network."""
    pairs = [(name, copy) for copy in _copies(recipe) for name in recipe.human]
    todo = [pair for pair in pairs if not recipe.block(*pair).with_suffix(".relabelled").exists()]
    _in_parallel(recipe, _relabel_block, todo)


def polish(recipe: Recipe) -> None:
    """The second round, on the better labels."""
    seconds = recipe.train_s * (2 / 3 if recipe.human else 1)
    names = (SYNTHETIC, QUIET, *recipe.human)
    _fit(recipe, "final", names, _copies(recipe), seconds, "round1" if recipe.human else "")


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
