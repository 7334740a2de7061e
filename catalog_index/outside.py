"""What no counter does: sentences to be refused, as evidence of their own against every item.

Likeness to the catalog alone cannot refuse small talk that shares a word with an item ("今天天气怎么样"). The
same query is therefore also held against sentences that ask for nothing a city does, by meaning and by
words: naive Bayes over the tokens of both sides (Manning, Raghavan, Schütze, Introduction to Information
Retrieval, 2008, chapter 13).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import orjson

from catalog_index.encoder import Encoder
from catalog_index.postings import Floats
from catalog_index.text import Tokenizer, clean, strip_fillers
from catalog_index.vectors import FaissEngine, VectorIndex

FILE = Path(__file__).parent / "data" / "out_of_scope.txt"
_SMOOTH = 0.5
_NAME = "outside"
# The best by codes, of which the best by its own numbers is taken.
_COMPARED = 32


@lru_cache(maxsize=1)
def out_of_scope() -> tuple[str, ...]:
    """The sentences as written."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


@dataclass(frozen=True)
class Outside:
    """Attributes: `index` of the sentences' vectors; `odds` by token, logarithms."""

    index: VectorIndex
    odds: dict[str, float]

    @classmethod
    def build(
        cls, counts: Mapping[str, int], phrases: int, tokenizer: Tokenizer, encoder: Encoder, folder: Path
    ) -> Outside:
        """Args:
        counts: how many of the catalog's phrases hold a token, of so many `phrases`.
        folder: takes the index of the vectors; `save` adds the rest.
        """
        texts = [strip_fillers(clean(text)) for text in out_of_scope()]
        refused: Counter[str] = Counter()
        for text in texts:
            refused.update(set(tokenizer.features(text)))
        # A token that neither side has says nothing; the smoothing of both sides is in proportion.
        share = phrases / max(len(texts), 1)
        odds = {
            token: float(
                np.log((refused[token] + _SMOOTH) / (counts.get(token, 0) + _SMOOTH * share)) + np.log(share)
            )
            for token in sorted(refused.keys() | counts.keys())
        }
        # They are few: FAISS holds them, whatever engine holds the catalog's own vectors.
        return cls(FaissEngine().build(folder, _NAME, encoder.encode(texts), approximate=False), odds)

    def measure(self, vector: Floats, tokens: Sequence[str]) -> tuple[float, float]:
        """How near the nearest sentence is (cosine), and the log odds by words over the root of their number.

        Args:
            vector: of the query, shape (width,).
        """
        distinct = set(tokens)
        total = sum(self.odds.get(token, 0.0) for token in distinct)
        nearest, _ = self.index.nearest(vector[None], _COMPARED)
        return float(nearest.max(initial=0.0)), total / max(len(distinct), 1) ** 0.5

    def save(self, folder: Path) -> None:
        (folder / "outside.json").write_bytes(orjson.dumps(self.odds))

    @classmethod
    def load(cls, folder: Path) -> Outside:
        """Raises: OSError, ValueError when a file is missing or broken."""
        return cls(FaissEngine().open(folder, _NAME), orjson.loads((folder / "outside.json").read_bytes()))
