"""Vectors in Milvus, for catalogs that outgrow one machine: the same calls for the embedded engine (a file,
as in the tests) and for a cluster (an address). Needs the extra `wenban[milvus]`.

A collection is named after the vectors it holds, so that building a new index leaves the one in use alone
until the new one is complete; `open` finds the name in the index folder.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from catalog_index.errors import VectorEngineUnavailable
from catalog_index.postings import Floats
from catalog_index.vectors import AnyFloats, Places

if TYPE_CHECKING:
    from pymilvus import MilvusClient

# Rows of one insert; Milvus takes messages of at most 64 MB.
_ROWS = 2_000
# Milvus answers at most this many neighbours.
_MOST = 16_384
_TIMEOUT_S = 10.0


class MilvusIndex:
    """A collection of a running Milvus."""

    def __init__(self, client: MilvusClient, collection: str, count: int, kind: str) -> None:
        self._client, self._collection = client, collection
        self.count, self.kind = count, kind

    def nearest(self, vector: Floats, top: int) -> tuple[Floats, Places]:
        """Raises: VectorEngineUnavailable when Milvus does not answer."""
        from pymilvus.exceptions import MilvusException

        try:
            hits: list[dict[str, Any]] = self._client.search(
                self._collection,
                data=vector.tolist(),
                limit=min(top, self.count, _MOST),
                output_fields=["place"],
                timeout=_TIMEOUT_S,
            )[0]
        except MilvusException as error:
            raise VectorEngineUnavailable(f"Milvus does not answer: {error}") from error
        return (
            np.array([hit["distance"] for hit in hits], np.float32),
            np.array([hit["place"] for hit in hits], np.int64),
        )


class MilvusEngine:
    """Milvus at an address: `FILE.db` (embedded), `http://HOST:PORT` or `http://USER:TOKEN@HOST:PORT`."""

    def __init__(self, address: str) -> None:
        try:
            from pymilvus import MilvusClient
            from pymilvus.exceptions import MilvusException
        except ImportError as error:
            raise VectorEngineUnavailable(
                "WENBAN_VECTOR_URL asks for Milvus; install its client with `pip install 'wenban[milvus]'`"
            ) from error
        # An address may carry a token; it stays out of the name, which is stored and logged.
        self.name = f"milvus+{address.rsplit('@', 1)[-1]}"
        try:
            self._client: MilvusClient = MilvusClient(address, timeout=_TIMEOUT_S)
        except (MilvusException, OSError) as error:
            raise VectorEngineUnavailable(f"{self.name} cannot be reached: {error}") from error

    def build(self, folder: Path, name: str, vectors: AnyFloats, *, approximate: bool) -> MilvusIndex:
        from pymilvus import DataType, MilvusClient
        from pymilvus.exceptions import MilvusException

        digest = hashlib.sha256(f"{name} {vectors.shape} {approximate}".encode())
        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("place", DataType.INT64, is_primary=True)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=vectors.shape[1])
        kind = "HNSW" if approximate else "FLAT"
        index = MilvusClient.prepare_index_params()
        index.add_index(
            "vector",
            index_type=kind,
            metric_type="IP",
            params={"M": 24, "efConstruction": 160} if approximate else {},
        )
        for first in range(0, len(vectors), _ROWS):
            digest.update(np.ascontiguousarray(vectors[first : first + _ROWS]).tobytes())
        collection = f"wenban_{name}_{digest.hexdigest()[:16]}"
        try:
            if self._client.has_collection(collection):
                self._client.drop_collection(collection)
            self._client.create_collection(
                collection, schema=schema, index_params=index, consistency_level="Strong"
            )
            for first in range(0, len(vectors), _ROWS):
                rows = np.asarray(vectors[first : first + _ROWS], np.float32)
                self._client.insert(
                    collection,
                    [{"place": first + at, "vector": row} for at, row in enumerate(rows)],
                )
            self._client.flush(collection)
            self._client.load_collection(collection)
        except MilvusException as error:
            raise VectorEngineUnavailable(f"{self.name} refused the vectors: {error}") from error
        (folder / f"{name}.milvus").write_text(f"{collection} {len(vectors)} {kind}\n", encoding="utf-8")
        return MilvusIndex(self._client, collection, len(vectors), f"{self.name} {kind}")

    def open(self, folder: Path, name: str) -> MilvusIndex:
        from pymilvus.exceptions import MilvusException

        try:
            collection, count, kind = (folder / f"{name}.milvus").read_text(encoding="utf-8").split()
        except ValueError as error:
            raise OSError(f"{name}.milvus does not name a collection") from error
        try:
            if not self._client.has_collection(collection):
                raise OSError(f"{self.name} has no collection {collection}")
            self._client.load_collection(collection)
        except MilvusException as error:
            raise VectorEngineUnavailable(f"{self.name} cannot open {collection}: {error}") from error
        return MilvusIndex(self._client, collection, int(count), f"{self.name} {kind}")
