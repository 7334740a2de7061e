"""Meaning as a vector: any sentence-transformers model, by path or by name.

The bundled model is a static embedding (a tokenizer and one table), whose vectors numpy computes straight
from the model's files: the same numbers, without the seconds and the memory that importing torch takes. Any
other model is run by sentence-transformers itself. Which one is in use is logged; one that cannot be loaded
is an error.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from catalog_index.errors import EncoderUnavailable
from catalog_index.postings import Floats
from wenban.logs import facts

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

BUNDLED = Path(__file__).parent / "models" / "wenban-encoder-mini"
log = logging.getLogger(__name__)


class Encoder(Protocol):
    """Attributes: `name` identifies the model and its weights; `width` of its vectors."""

    name: str
    width: int

    def encode(self, texts: Sequence[str]) -> Floats:
        """Unit vectors, shape (len(texts), width)."""
        ...


def unit(vectors: Floats) -> Floats:
    """Rows scaled to length one; a row of zeros stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)


class StaticEncoder:
    """A `StaticEmbedding` model computed by numpy: the mean of the tokens' vectors."""

    def __init__(self, folder: Path) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        weights = folder / "model.safetensors"
        self._table: Floats = load_file(weights)["embedding.weight"].astype(np.float32)
        self._tokenizer: Tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self.width = int(self._table.shape[1])
        self.name = f"{folder.name}@{hashlib.sha256(weights.read_bytes()).hexdigest()[:12]}"

    def encode(self, texts: Sequence[str]) -> Floats:
        rows = np.zeros((len(texts), self.width), np.float32)
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        for row, encoding in zip(rows, encodings, strict=True):
            if encoding.ids:
                row[:] = self._table[encoding.ids].mean(axis=0)
        return unit(rows)


class TransformerEncoder:
    """Any model that sentence-transformers can load."""

    def __init__(self, name: str) -> None:
        from sentence_transformers import SentenceTransformer

        self._model: SentenceTransformer = SentenceTransformer(name, device="cpu")
        self.width = int(self._model.get_embedding_dimension() or 0)
        self.name = name

    def encode(self, texts: Sequence[str]) -> Floats:
        vectors = self._model.encode(list(texts), convert_to_numpy=True, show_progress_bar=False)
        return unit(np.asarray(vectors, np.float32))


def _is_static(folder: Path) -> bool:
    modules = folder / "modules.json"
    if not modules.is_file() or not (folder / "model.safetensors").is_file():
        return False
    kinds = [module["type"].rsplit(".", 1)[-1] for module in json.loads(modules.read_text(encoding="utf-8"))]
    return kinds in (["StaticEmbedding"], ["StaticEmbedding", "Normalize"])


def load_encoder(configured: str | None) -> Encoder:
    """The configured model, or the bundled one.

    Args:
        configured: `settings.encoder`: a folder or a name that sentence-transformers knows; None: bundled.

    Raises:
        EncoderUnavailable: the model cannot be loaded; there is no silent other choice.
    """
    folder = Path(configured) if configured else BUNDLED
    try:
        encoder: Encoder = (
            StaticEncoder(folder) if _is_static(folder) else TransformerEncoder(configured or str(folder))
        )
    except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
        raise EncoderUnavailable(
            f"embedding model {configured or BUNDLED.name!r} cannot be loaded: {error}; set WENBAN_ENCODER "
            "to a sentence-transformers folder or name, or leave it empty for the bundled model"
        ) from error
    log.info("encoder in use", extra=facts(encoder=encoder.name, width=encoder.width))
    return encoder
