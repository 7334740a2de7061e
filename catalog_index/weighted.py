"""BM25 over fields (`catalog_index.lexical`) for catalogs of any size: exact for the candidates alone.

Weights depend on mean lengths and document frequencies, known only after the last item: the builder keeps
counts and computes all weights at the end, a slice of items at a time.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from catalog_index.lexical import FIELD_WEIGHTS, K1, Fields
from catalog_index.postings import Floats
from catalog_index.sparse import gather, mapped, runs, sums
from catalog_index.vectors import Places

_SLICE = 50_000

Counts = Sequence[tuple[int, int]]


class WeightedIndex:
    """Items with the saturated weight of each of their tokens."""

    def __init__(self, vocabulary: dict[str, int], arrays: dict[str, npt.NDArray[Any]]) -> None:
        self.vocabulary = vocabulary
        self._starts, self._tokens = arrays["starts"], arrays["tokens"]
        self._weights, self._idf = arrays["weights"], arrays["idf"]
        self._unseen = _idf(len(self._starts) - 1, np.zeros(1, np.int64))[0]

    def measure(
        self, tokens: Iterable[str], items: Places, blocks: Sequence[tuple[int, int]]
    ) -> tuple[Floats, float]:
        """As `Bm25.measure`, of the items of whole blocks (first, last + 1), in their order."""
        query = set(tokens)
        rows = [self.vocabulary[token] for token in query if token in self.vocabulary]
        asked = np.zeros(len(self._idf), np.float32)
        asked[rows] = 1.0
        values = asked[gather(self._tokens, self._starts, blocks)]
        values *= gather(self._weights, self._starts, blocks)
        known = self._idf[rows]
        # The vocabulary may be shared: a token that stands there may be in no item all the same.
        known = known[known < self._unseen]
        strange = float(self._unseen) * (len(query) - len(known))
        total = float(known.sum()) + strange
        found = sums(values, runs(self._starts, items)) / np.float32(max((K1 + 1) * total, 1e-6))
        return np.asarray(found, np.float32), strange / total if total else 1.0

    @classmethod
    def load(cls, folder: Path, name: str) -> WeightedIndex:
        """Raises: OSError, ValueError when a file is missing or broken."""
        words: list[str] = orjson.loads((folder / f"{name}.tokens.json").read_bytes())
        arrays = {key: mapped(folder, f"{name}.{key}") for key in ("starts", "tokens", "weights", "idf")}
        return cls({word: row for row, word in enumerate(words)}, arrays)


class WeightedBuilder:
    """Takes items one by one; holds six bytes for each distinct token of a field."""

    def __init__(self, fields: Fields = FIELD_WEIGHTS, vocabulary: dict[str, int] | None = None) -> None:
        """Args: vocabulary: of a builder whose rows are used here too; it may still grow."""
        self._fields, self._names = fields, tuple(fields)
        self._vocabulary: dict[str, int] = {} if vocabulary is None else vocabulary
        self._keys, self._counts, self._starts = array("q"), array("H"), array("q", [0])

    def counts(self, tokens: Iterable[str]) -> Counts:
        """Tokens as (row, count); a caller may keep them for a text that comes again."""
        vocabulary = self._vocabulary
        return [
            (vocabulary.setdefault(token, len(vocabulary)), count) for token, count in Counter(tokens).items()
        ]

    def add(self, fields: Mapping[str, Counts]) -> None:
        """Args: fields: counts by field."""
        # One number for (token, field), so that an item's entries of one token stand together when sorted.
        entries = sorted(
            (row * len(self._names) + self._names.index(name), count)
            for name, counts in fields.items()
            for row, count in counts
        )
        self._keys.extend(key for key, _ in entries)
        self._counts.extend(min(count, 65_535) for _, count in entries)
        self._starts.append(len(self._keys))

    def save(self, folder: Path, name: str) -> WeightedIndex:
        starts = np.frombuffer(self._starts, np.int64)
        size, kinds = len(starts) - 1, len(self._names)
        keys = np.frombuffer(self._keys, np.int64) if len(self._keys) else np.zeros(0, np.int64)
        counts = np.frombuffer(self._counts, np.uint16) if len(self._counts) else np.zeros(0, np.uint16)
        mean = np.maximum(np.bincount(keys % kinds, weights=counts, minlength=kinds) / max(size, 1), 1e-6)
        weight, b = (np.array(column) for column in zip(*self._fields.values(), strict=True))
        frequency = np.zeros(max(len(self._vocabulary), 1), np.int64)
        tokens, raw, lengths = [], [], []
        for first in range(0, size, _SLICE):
            last = min(first + _SLICE, size)
            span = slice(starts[first], starts[last])
            items = np.repeat(np.arange(last - first), np.diff(starts[first : last + 1]))
            fields, own = keys[span] % kinds, keys[span] // kinds
            held = np.bincount(items * kinds + fields, counts[span], (last - first) * kinds)
            scale = weight[fields] / (1 - b[fields] + b[fields] * held[items * kinds + fields] / mean[fields])
            new = np.append(True, (np.diff(own) != 0) | (np.diff(items) != 0))[: len(own)]
            begins = np.flatnonzero(new)
            mixed = np.add.reduceat(scale * counts[span], begins) if len(begins) else np.zeros(0)
            tokens.append(own[begins].astype(np.int32))
            raw.append((mixed * (K1 + 1) / (K1 + mixed)).astype(np.float32))
            lengths.append(np.bincount(items[begins], minlength=last - first))
            frequency += np.bincount(tokens[-1], minlength=len(frequency))
        idf = _idf(size, frequency)
        flat = np.concatenate([*tokens, np.zeros(0, np.int32)])
        weights = np.concatenate([*raw, np.zeros(0, np.float32)])
        for first in range(0, len(flat), 1 << 22):
            weights[first : first + (1 << 22)] *= idf[flat[first : first + (1 << 22)]]
        ends = np.cumsum(np.concatenate([*lengths, np.zeros(0, np.int64)]))
        arrays: dict[str, npt.NDArray[Any]] = {
            "starts": np.append(0, ends).astype(np.int64),
            "tokens": flat,
            "weights": weights,
            "idf": idf,
        }
        for key, values in arrays.items():
            np.save(folder / f"{name}.{key}.npy", values)
        (folder / f"{name}.tokens.json").write_bytes(orjson.dumps(list(self._vocabulary)))
        return WeightedIndex.load(folder, name)


def _idf(size: int, frequency: npt.NDArray[np.int64]) -> Floats:
    return np.asarray(np.log(1 + (size - frequency + 0.5) / (frequency + 0.5)), np.float32)
