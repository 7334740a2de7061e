"""Trains the bundled encoder: a static embedding whose word vectors are also made of their characters.

While training, a word's vector is its own plus the mean of its characters', so that a word met rarely or
never still stands near its kin. The two are added up at the end; what is saved is a plain `StaticEmbedding`
of sentence-transformers. The loss contrasts each pair with all other pairs of its batch (InfoNCE, van den
Oord et al. 2018); batches of the catalog hold several items of a subject, so siblings are each other's hard
negatives, and sentences that are out of scope are everybody's.
"""

from __future__ import annotations

import logging
import math
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from catalog_index.documents import catalog_words
from catalog_index.loader import Catalog
from catalog_index.postings import Floats
from catalog_index.training.corpus import Family, Pair

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer as FastTokenizer

log = logging.getLogger(__name__)
UNKNOWN = "[UNK]"
LONGEST_LATIN = 14


@dataclass(frozen=True)
class Stage:
    """One run of the training: its steps, its highest learning rate, each source's share of the batches."""

    steps: int
    rate: float
    shares: Mapping[str, float]


@dataclass(frozen=True)
class Recipe:
    """Sizes and stages; the defaults are what the bundled model was made with.

    Language is learned first, from texts outside the catalog; then the catalog, with some of the former so
    that it is not forgotten.
    """

    width: int = 192
    words: int = 16_000
    batch: int = 320
    refused: int = 64
    temperature: float = 0.06
    seed: int = 7
    language: Stage = Stage(1200, 0.012, {"laws": 0.6, "lay": 0.15, "city": 0.25})
    catalog: Stage = Stage(1800, 0.004, {"lay": 0.05, "city": 0.05, "detail": 0.1, "catalog": 0.8})


def build_tokenizer(catalog: Catalog, texts: Iterable[str], size: int) -> FastTokenizer:
    """A Unigram tokenizer over jieba's words of these texts, its everyday words, and all characters."""
    import jieba
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    jieba.setLogLevel(logging.WARNING)
    cutter = jieba.Tokenizer()
    known = catalog_words(catalog)
    cutter.initialize()
    everyday = Counter(
        {word: max(1, int(count) // 40) for word, count in cutter.FREQ.items() if 1 < len(word) <= 3}
    )
    for word in known:
        cutter.add_word(word)
    counts: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    for text in texts:
        counts.update(word for word in cutter.cut(text, HMM=False) if word.strip())
        characters.update(text.replace(" ", ""))
    # Chinese words of up to four characters; a foreign trader's words are longer.
    words = Counter(
        {
            word: count
            for word, count in counts.items()
            if count >= 3 and 1 < len(word) <= (LONGEST_LATIN if word.isascii() else 4)
        }
    )
    chosen = dict(words.most_common(size))
    for word, count in everyday.most_common(size // 2):
        chosen.setdefault(word, count)
    # A catalog word of up to four characters is a token; longer ones are made of shorter.
    chosen |= {word: max(chosen.get(word, 0), 50) for word in known if len(word) <= 4}
    for char in characters | Counter(everyday_characters(everyday)):
        chosen.setdefault(char, max(1, counts[char]))
    total = sum(chosen.values())
    vocabulary = [(UNKNOWN, -25.0)] + [
        # Single characters are dearer, so that a known word wins over its parts.
        (word, math.log(count / total) - (4.0 if len(word) == 1 else 0.0))
        for word, count in sorted(chosen.items())
    ]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=0))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("removed")]
    )
    return tokenizer


def everyday_characters(words: Iterable[str]) -> set[str]:
    return {char for word in words for char in word}


# Items of one subject in a batch, and pairs of each.
_SIBLINGS, _PAIRS = 8, 2


@dataclass(frozen=True)
class Material:
    """What a stage learns from: pairs by source, the catalog's families, and what is out of scope."""

    sources: Mapping[str, Sequence[Pair]]
    families: Sequence[Family] = ()
    refused: Sequence[str] = ()


class _Batches:
    """Draws batches: the source by its share, then pairs at random, or several items of some subjects."""

    def __init__(self, material: Material, stage: Stage, recipe: Recipe) -> None:
        self._chance = random.Random(recipe.seed)
        self._size = recipe.batch
        self._sources = {
            name: pairs for name, pairs in material.sources.items() if pairs and name in stage.shares
        }
        self._names = [*self._sources, *(["catalog"] if material.families else [])]
        self._shares = [stage.shares[name] for name in self._names]
        by_subject: dict[int, list[Family]] = {}
        for family in material.families:
            by_subject.setdefault(family.subject, []).append(family)
        self._subjects = list(by_subject.values())
        self._sizes = [len(own) for own in self._subjects]

    def draw(self) -> list[Pair]:
        name = self._chance.choices(self._names, self._shares)[0]
        if name != "catalog":
            return self._chance.choices(self._sources[name], k=self._size)
        batch: list[Pair] = []
        while len(batch) < self._size:
            own = self._chance.choices(self._subjects, self._sizes)[0]
            for family in self._chance.sample(own, min(len(own), _SIBLINGS)):
                for _ in range(_PAIRS):
                    left, right = self._chance.sample(family.texts, 2)
                    batch.append(Pair(left, right, family.item, family.subject))
        return batch[: self._size]


def _bag(ids: Sequence[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    import torch

    offsets = np.cumsum([0] + [len(one) for one in ids[:-1]])
    return torch.tensor([i for one in ids for i in one]), torch.from_numpy(offsets.astype(np.int64))


def _is_kin(batch: Sequence[Pair]) -> torch.Tensor:
    """Which pairs of a batch must not count as each other's negatives, shape (n, n)."""
    import torch

    item = torch.tensor([pair.item for pair in batch])
    subject = torch.tensor([pair.subject for pair in batch])
    same_item = (item[:, None] == item[None, :]) & (item[:, None] >= 0)
    general = (item[:, None] < 0) | (item[None, :] < 0)
    same_subject = (subject[:, None] == subject[None, :]) & (subject[:, None] >= 0)
    texts: dict[str, int] = {}
    left = torch.tensor([texts.setdefault(pair.left, len(texts)) for pair in batch])
    right = torch.tensor([texts.setdefault(pair.right, len(texts)) for pair in batch])
    same_text = (left[:, None] == left[None, :]) | (right[:, None] == right[None, :])
    kin = same_item | (general & same_subject) | same_text
    return kin & ~torch.eye(len(batch), dtype=torch.bool)


class Training:
    """The vectors while they are learned; a copy can be taken to go on in another way.

    Attributes:
        own, parts: one row a token: a word's own vector, and its vector as part of longer words.
    """

    def __init__(self, tokenizer: FastTokenizer, recipe: Recipe) -> None:
        import torch

        torch.manual_seed(recipe.seed)
        torch.set_num_threads(1)
        self.tokenizer, self.recipe = tokenizer, recipe
        tokens = sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().__getitem__)
        place = {token: index for index, token in enumerate(tokens)}
        self._members, self._starts = _bag(
            [[place[char] for char in token if char in place] or [at] for at, token in enumerate(tokens)]
        )
        self.own = torch.nn.Parameter(torch.randn(len(tokens), recipe.width) * 0.01)
        self.parts = torch.nn.Parameter(torch.randn(len(tokens), recipe.width) * 0.1)

    def save(self, folder: Path) -> None:
        """Keeps the state in a folder, to go on from it later."""
        folder.mkdir(parents=True, exist_ok=True)
        self.tokenizer.save(str(folder / "tokenizer.json"))
        np.savez(folder / "state.npz", own=self.own.detach().numpy(), parts=self.parts.detach().numpy())

    @classmethod
    def load(cls, folder: Path, recipe: Recipe) -> Training:
        """Reads what `save` kept; OSError if there is nothing."""
        import torch
        from tokenizers import Tokenizer

        with np.load(folder / "state.npz") as state:
            training = cls(Tokenizer.from_file(str(folder / "tokenizer.json")), recipe)
            training.own = torch.nn.Parameter(torch.from_numpy(state["own"]))
            training.parts = torch.nn.Parameter(torch.from_numpy(state["parts"]))
        return training

    def _table(self) -> torch.Tensor:
        import torch

        made = torch.nn.functional.embedding_bag(self._members, self.parts, self._starts, mode="mean")
        return self.own + made

    def table(self) -> Floats:
        """One vector a token, shape (vocabulary, width)."""
        return np.asarray(self._table().detach().numpy(), np.float32)

    def _loss(self, batch: Sequence[Pair], refused: Sequence[str]) -> torch.Tensor:
        import torch

        table = self._table()

        def vectors(texts: list[str]) -> torch.Tensor:
            encodings = self.tokenizer.encode_batch_fast(texts)
            members, starts = _bag([encoding.ids or [0] for encoding in encodings])
            mean = torch.nn.functional.embedding_bag(members, table, starts, mode="mean")
            return torch.nn.functional.normalize(mean, dim=1)

        left, right = vectors([pair.left for pair in batch]), vectors([pair.right for pair in batch])
        kin = _is_kin(batch)
        logits = (left @ right.T / self.recipe.temperature).masked_fill(kin, -1e4)
        other = logits.T
        if refused:
            outside = vectors(list(refused)).T / self.recipe.temperature
            logits = torch.cat([logits, left @ outside], dim=1)
            other = torch.cat([other, right @ outside], dim=1)
        target = torch.arange(len(batch))
        cross = torch.nn.functional.cross_entropy
        return (cross(logits, target) + cross(other, target)) / 2

    def run(self, material: Material, stage: Stage) -> None:
        """Goes on learning for one stage."""
        import torch

        batches = _Batches(material, stage, self.recipe)
        chance = random.Random(self.recipe.seed)
        many = min(self.recipe.refused, len(material.refused))
        optimizer = torch.optim.Adam([self.own, self.parts], lr=stage.rate)
        plan = torch.optim.lr_scheduler.OneCycleLR(optimizer, stage.rate, stage.steps, pct_start=0.1)
        recent = 0.0
        for step in range(1, stage.steps + 1):
            loss = self._loss(batches.draw(), chance.sample(material.refused, many))
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            optimizer.step()
            plan.step()
            recent += float(loss.detach())
            if step % 100 == 0:
                log.info("step %d of %d, loss %.3f", step, stage.steps, recent / 100)
                recent = 0.0


def save(tokenizer: FastTokenizer, table: Floats, folder: Path, card: str) -> None:
    """Writes the model as sentence-transformers reads it, with its card."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    module = StaticEmbedding(tokenizer, embedding_weights=table.astype(np.float16))
    folder.mkdir(parents=True, exist_ok=True)
    SentenceTransformer(modules=[module], device="cpu").save(str(folder), create_model_card=False)
    (folder / "README.md").write_text(card, encoding="utf-8")
