"""Nearest vectors: one interface, an engine behind it that the operator chooses by `WENBAN_VECTOR_URL`.

`faiss` (the default) keeps an index file beside the others. `milvus+FILE.db` is Milvus embedded,
`milvus+http://HOST:PORT` a Milvus cluster. Which engine and which kind of index answers is logged; an engine
that cannot be reached is an error, never a reason to use another one.

Example:
    >>> vectors = np.eye(3, dtype=np.float32)
    >>> index = FaissEngine().build(Path("/tmp"), "meaning", vectors, approximate=False)
    >>> index.nearest(vectors[1:2], 1)[1].tolist()
    [1]
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from catalog_index.errors import VectorEngineUnavailable
from catalog_index.postings import Floats

Places = npt.NDArray[np.int64]
AnyFloats = npt.NDArray[np.float32] | npt.NDArray[np.float16]

# From so many items on, the exact comparison with every vector takes too long.
APPROXIMATE_FROM = 100_000
# From so many vectors on, reading them all takes longer than everything else that a query needs.
CODED_FROM = 4_096
_REFINED = 2  # times as many by codes as are asked for
# Vectors handed over at a time: bounds the memory of a build.
SLICE = 65_536
_PROBES = 24
_TRAINED_ON = 48  # vectors for every list


class VectorIndex(Protocol):
    """Unit vectors by place 0..count-1.

    Attributes: `kind` names engine and index for facts and logs; `count` of vectors.
    """

    kind: str
    count: int

    def nearest(self, vector: Floats, top: int) -> tuple[Floats, Places]:
        """Inner products, the highest first, and their places; both of shape (min(top, count),) or, from an
        approximate index, shorter.

        Args:
            vector: shape (1, width), unit length.
            top: at least 1.
        """
        ...


class VectorEngine(Protocol):
    """Makes and opens indexes. Attributes: `name`, which an index remembers it was made with."""

    name: str

    def build(self, folder: Path, name: str, vectors: AnyFloats, *, approximate: bool) -> VectorIndex:
        """Indexes the rows of `vectors`, shape (count, width), under this name; replaces what was there.

        Raises:
            VectorEngineUnavailable: the engine cannot be reached or refuses.
        """
        ...

    def open(self, folder: Path, name: str) -> VectorIndex:
        """What `build` made.

        Raises:
            OSError: it is missing or broken.
            VectorEngineUnavailable: the engine cannot be reached.
        """
        ...


class FaissIndex:
    """An index inside this process."""

    def __init__(self, index: Any) -> None:
        self._index = index
        self.count = int(index.ntotal)
        self.kind = f"faiss {type(index).__name__}"

    def nearest(self, vector: Floats, top: int) -> tuple[Floats, Places]:
        similarities, places = self._index.search(vector, min(top, self.count))
        found = places[0] >= 0
        return similarities[0][found], places[0][found]


class FaissEngine:
    """Files beside the other parts of the index: every vector compared for a city, IVF beyond.

    A city's many phrases are compared by product-quantizer codes (Jégou, Douze, Schmid 2011, in the register
    layout of André, Kermarrec, Le Scouarnec 2015) and the best again by their own numbers.
    """

    name = "faiss"

    def build(self, folder: Path, name: str, vectors: AnyFloats, *, approximate: bool) -> FaissIndex:
        import faiss

        count, width = vectors.shape
        index: Any = faiss.IndexFlatIP(width)
        if approximate:
            lists = max(16, min(2048, int(count**0.5)))
            kind = f"IVF{lists},PQ{width // 2}x4fs"
            index = faiss.index_factory(width, kind, faiss.METRIC_INNER_PRODUCT)
            # Evenly spread rows: neighbours in a catalog are alike, its first ones would not stand for all.
            sample = np.linspace(0, count - 1, min(count, lists * _TRAINED_ON)).astype(np.int64)
            index.train(np.ascontiguousarray(vectors[sample], np.float32))
            index.nprobe = _PROBES
        elif count >= CODED_FROM:
            # All vectors by codes of four bits for two numbers, then the best of them by their own numbers.
            kind = f"PQ{width // 2}x4fs,Refine(SQfp16)"
            index = faiss.index_factory(width, kind, faiss.METRIC_INNER_PRODUCT)
            index.train(np.ascontiguousarray(vectors, np.float32))
            index.k_factor = _REFINED
        for first in range(0, count, SLICE):
            index.add(np.ascontiguousarray(vectors[first : first + SLICE], np.float32))
        faiss.write_index(index, str(folder / f"{name}.faiss"))
        return FaissIndex(index)

    def open(self, folder: Path, name: str) -> FaissIndex:
        import faiss

        try:
            return FaissIndex(faiss.read_index(str(folder / f"{name}.faiss")))
        except RuntimeError as error:  # faiss's own word for a missing or broken file
            raise OSError(str(error)) from error


def vector_engine(url: str) -> VectorEngine:
    """The engine that `settings.vector_url` names.

    Raises:
        VectorEngineUnavailable: the address means nothing, or Milvus's client is not installed.
    """
    if url == FaissEngine.name:
        return FaissEngine()
    scheme, plus, address = url.partition("+")
    if scheme == "milvus" and plus and address:
        from catalog_index.milvus import MilvusEngine

        return MilvusEngine(address)
    raise VectorEngineUnavailable(
        f"WENBAN_VECTOR_URL={url!r} is no vector engine; use faiss, milvus+FILE.db or milvus+http://HOST:PORT"
    )
