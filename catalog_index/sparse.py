"""Sparse documents by the million: the likely ones in bounded time, then exact measures of those alone.

Two orders of the same entries are kept. The inverted one finds candidates: a token's documents stand there
from the shortest to the longest, so that the head of a long list holds those in which the token weighs most,
and a query reads at most `READ` entries in all. The forward one measures the candidates exactly. All arrays
are read from the disk's cache as they are (memory-mapped); only the vocabulary is loaded.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from catalog_index.postings import Floats
from catalog_index.vectors import Places

# Entries of the inverted lists that one query may read.
READ = 15_000


def sums(values: npt.NDArray[Any], starts: Places) -> npt.NDArray[Any]:
    """Sums of the runs [starts[i], starts[i + 1]) of `values`; an empty run gives 0."""
    padded = np.append(values, values.dtype.type(0))
    totals = np.add.reduceat(padded, starts[:-1]) if len(starts) > 1 else padded[:0]
    return np.where(np.diff(starts) > 0, totals, 0).astype(values.dtype)


def gather(values: npt.NDArray[Any], starts: Places, blocks: Sequence[tuple[int, int]]) -> npt.NDArray[Any]:
    """The entries of whole blocks of documents, one after the other."""
    parts = [values[starts[first] : starts[last]] for first, last in blocks]
    return np.concatenate(parts) if parts else values[:0]


def runs(starts: Places, documents: Places) -> Places:
    """Where each of these documents begins in what `gather` gives of their blocks; shape (documents + 1,)."""
    ends = np.zeros(len(documents) + 1, np.int64)
    np.cumsum(starts[documents + 1] - starts[documents], out=ends[1:])
    return ends


@dataclass(frozen=True)
class SparseQuery:
    """A query's tokens against one index: rows that it knows, and its length."""

    rows: npt.NDArray[np.int64]
    length: float


class SparseIndex:
    """TF-IDF vectors with the measures of `catalog_index.postings.Cosine`; threads may share it."""

    def __init__(self, vocabulary: dict[str, int], arrays: dict[str, npt.NDArray[Any]]) -> None:
        self.vocabulary = vocabulary
        self._starts, self._tokens = arrays["starts"], arrays["tokens"]
        self._list_starts, self._documents = arrays["list_starts"], arrays["documents"]
        self._norms: Floats = arrays["norms"]
        self._idf: Floats = arrays["idf"]
        self.count = len(self._norms)
        self._unseen = float(np.log(1 + max(self.count, 1)))
        self._own = threading.local()

    def query(self, tokens: Iterable[str]) -> SparseQuery:
        distinct = set(tokens)
        rows = np.array([self.vocabulary[one] for one in distinct if one in self.vocabulary], np.int64)
        known = self._idf[rows]
        strange = self._unseen * (len(distinct) - len(rows))
        length = (float((known**2).sum()) + self._unseen * strange) ** 0.5
        return SparseQuery(rows, max(length, 1e-6))

    def candidates(self, query: SparseQuery, top: int, read: int = READ) -> tuple[Places, Floats]:
        """The likeliest documents and their cosines as far as read; unordered, at most `top`.

        Short lists are read whole; what they leave of the budget is shared by the long ones.
        """
        lengths = self._list_starts[query.rows + 1] - self._list_starts[query.rows]
        scores = self._scratch()
        seen: list[npt.NDArray[np.int32]] = []
        left = read
        for turn, at in enumerate(np.argsort(lengths).tolist()):
            row, share = query.rows[at], left // (len(lengths) - turn)
            first = int(self._list_starts[row])
            documents = self._documents[first : first + min(int(lengths[at]), share)]
            before = scores[documents]
            seen.append(documents[before == 0])
            scores[documents] = before + self._idf[row] ** 2
            left -= len(documents)
        found = np.concatenate([*seen, np.zeros(0, np.int32)])
        cosines: Floats = np.asarray(
            scores[found] / (self._norms[found] * np.float32(query.length)), np.float32
        )
        scores[found] = 0
        if len(found) > top:
            best = np.argpartition(cosines, len(found) - top)[-top:]
            found, cosines = found[best], cosines[best]
        return found.astype(np.int64), cosines.astype(np.float32, copy=False)

    def measure(
        self, query: SparseQuery, documents: Places, blocks: Sequence[tuple[int, int]]
    ) -> tuple[Floats, Floats]:
        """Exact cosine and containment of whole blocks of documents.

        Args:
            documents: the places in the blocks, in their order. blocks: (first, last + 1).
        """
        weights = np.zeros(len(self._idf), np.float32)
        weights[query.rows] = self._idf[query.rows] ** 2
        dots = sums(weights[gather(self._tokens, self._starts, blocks)], runs(self._starts, documents))
        norms = self._norms[documents]
        return dots / (norms * np.float32(query.length)), dots / (norms * norms)

    def _scratch(self) -> Floats:
        """A thread's own row of zeros, one a document; whoever uses it leaves it zero."""
        scores: Floats | None = getattr(self._own, "scores", None)
        if scores is None:
            scores = np.zeros(self.count, np.float32)
            self._own.scores = scores
        return scores

    @classmethod
    def load(cls, folder: Path, name: str) -> SparseIndex:
        """Raises: OSError, ValueError when a file is missing or broken."""
        words: list[str] = orjson.loads((folder / f"{name}.tokens.json").read_bytes())
        arrays = {
            key: mapped(folder, f"{name}.{key}")
            for key in ("starts", "tokens", "list_starts", "documents", "norms", "idf")
        }
        return cls({word: row for row, word in enumerate(words)}, arrays)


class SparseBuilder:
    """Takes documents one by one; holds four bytes a token, no text."""

    def __init__(self) -> None:
        self.vocabulary: dict[str, int] = {}
        self._tokens, self._starts = array("i"), array("q", [0])

    def rows(self, tokens: Iterable[str]) -> frozenset[int]:
        """Tokens as rows of the vocabulary; a caller may keep them for a text that comes again."""
        vocabulary = self.vocabulary
        return frozenset([vocabulary.setdefault(token, len(vocabulary)) for token in tokens])

    def add(self, rows: Iterable[int]) -> None:
        self._tokens.extend(rows)
        self._starts.append(len(self._tokens))

    def frequencies(self) -> dict[str, int]:
        """How many documents hold each token."""
        rows = np.frombuffer(self._tokens, np.int32) if len(self._tokens) else np.zeros(0, np.int32)
        counts = np.bincount(rows, minlength=len(self.vocabulary)).tolist()
        return dict(zip(self.vocabulary, counts, strict=True))

    def save(self, folder: Path, name: str) -> SparseIndex:
        from scipy.sparse import csr_matrix

        starts = np.frombuffer(self._starts, np.int64)
        tokens = np.frombuffer(self._tokens, np.int32) if len(self._tokens) else np.zeros(0, np.int32)
        count, size = len(starts) - 1, max(len(self.vocabulary), 1)
        frequency = np.bincount(tokens, minlength=size)
        idf = np.log(1 + count / np.maximum(frequency, 1)).astype(np.float32)
        norms = np.maximum(np.sqrt(sums((idf**2)[tokens], starts)), np.float32(1e-6))
        order = np.argsort(norms, kind="stable").astype(np.int32)
        forward = csr_matrix((np.ones(len(tokens), np.uint8), tokens, starts), shape=(count, size))
        inverted = forward[order].tocsc()
        arrays: dict[str, npt.NDArray[Any]] = {
            "starts": starts,
            "tokens": tokens,
            "list_starts": inverted.indptr.astype(np.int64),
            "documents": order[inverted.indices],
            "norms": norms,
            "idf": idf,
        }
        for key, values in arrays.items():
            np.save(folder / f"{name}.{key}.npy", values)
        (folder / f"{name}.tokens.json").write_bytes(orjson.dumps(list(self.vocabulary)))
        return SparseIndex.load(folder, name)


def mapped(folder: Path, name: str) -> npt.NDArray[Any]:
    """An array file as it lies on the disk, read when touched."""
    return np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False))
