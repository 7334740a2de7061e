"""The three channels over the whole catalog, and the features of every item for one query.

Phrases are documents of their own; an item's feature is the best of its phrases. To learn weights from the
catalog's own phrases, the phrase that is the query can be hidden (`hide`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from catalog_index.dense import DenseIndex
from catalog_index.documents import Phrase, all_phrases, catalog_words, item_fields
from catalog_index.encoder import Encoder
from catalog_index.layout import Layout
from catalog_index.lexical import Bm25
from catalog_index.loader import Catalog
from catalog_index.names import bare_subjects
from catalog_index.phonetic import sound_features
from catalog_index.postings import Cosine, Floats, Postings
from catalog_index.text import Tokenizer, normalise, strip_fillers
from catalog_index.vectors import FaissEngine, VectorEngine

FEATURES = (
    "bm25", "words", "words_held", "meaning", "sound", "sound_held", "title_meaning",
    "subject_words", "subject_held", "subject_meaning", "subject_sound", "kin_words", "kin_meaning",
    "facets_met", "facets_broken",
)  # fmt: skip
CONTEXT = ("bias", "unknown", "meaning_gap", "sound_gap", "words_gap")
_FACETS_AT = FEATURES.index("facets_met")


@dataclass(frozen=True)
class Hidden:
    """Phrases kept out of their own evaluation: places among the item phrases and the subject phrases."""

    item_phrases: tuple[int, ...] = ()
    subject_phrases: tuple[int, ...] = ()


@dataclass(frozen=True)
class Measured:
    """What texts say of the items that matter for them.

    Attributes:
        layout: these items and their subjects; a city's are all.
        texts: features, shape (items of the layout, FEATURES), and context, shape (CONTEXT,), of each text.
    """

    layout: Layout
    texts: list[tuple[Floats, Floats]]


def _starts(owners: Sequence[int], count: int) -> npt.NDArray[np.int64]:
    """First position of every owner in a sorted list; each owner has at least one entry."""
    return np.searchsorted(np.asarray(owners, np.int64), np.arange(count))


class Channels:
    """All indexes of a catalog; `build` makes them, `save` and `load` keep them in a folder."""

    def __init__(
        self,
        catalog: Catalog,
        encoder: Encoder,
        tokenizer: Tokenizer,
        bm25: Bm25,
        sparse: Mapping[str, Cosine],
        dense: Mapping[str, DenseIndex],
        names: dict[str, str] | None = None,
    ) -> None:
        self.encoder = encoder
        self.tokenizer = tokenizer
        self._bm25, self._sparse, self._dense = bm25, sparse, dense
        self.item_phrases, self.subject_phrases = all_phrases(catalog)
        self.layout = Layout.of(catalog)
        self.subject_of = self.layout.subject_of
        self.item_count, self.subject_count = len(catalog.items), len(catalog.subjects)
        self._names = bare_subjects(catalog) if names is None else names
        self.kind = f"all of {self.item_count} items, {dense['meaning'].index.kind}"
        self._item_starts = _starts([phrase.owner for phrase in self.item_phrases], self.item_count)
        self._subject_starts = _starts([phrase.owner for phrase in self.subject_phrases], self.subject_count)
        self._kin_starts = _starts(self.subject_of.tolist(), self.subject_count)
        # The first phrase of an item is its title.
        self._title_at = self._item_starts

    @classmethod
    def build(
        cls, catalog: Catalog, encoder: Encoder, folder: Path, engine: VectorEngine | None = None
    ) -> Channels:
        """Builds all indexes; `folder` takes jieba's cache and, from its engine, the vectors."""
        vectors = engine or FaissEngine()
        tokenizer = Tokenizer(catalog_words(catalog), str(folder))
        items, subjects = all_phrases(catalog)
        fields = [
            {name: tokenizer.words(text) for name, text in item_fields(subject, item).items()}
            for subject in catalog.subjects
            for item in subject.items
        ]

        def texts(phrases: Sequence[Phrase]) -> list[str]:
            return [normalise(phrase.text) for phrase in phrases]

        item_texts, subject_texts = texts(items), texts(subjects)
        return cls(
            catalog,
            encoder,
            tokenizer,
            Bm25.build(fields),
            {
                "words": Cosine.build([tokenizer.features(text) for text in item_texts]),
                "subject_words": Cosine.build([tokenizer.features(text) for text in subject_texts]),
                "sound": Cosine.build([sound_features(text) for text in item_texts]),
                "subject_sound": Cosine.build([sound_features(text) for text in subject_texts]),
            },
            {
                name: DenseIndex(vectors.build(folder, name, encoder.encode(own), approximate=False))
                for name, own in (("meaning", item_texts), ("subject_meaning", subject_texts))
            },
        )

    def named_subject(self, normal: str) -> str | None:
        """The subject that a normalised text names without meaning one of its items, or None."""
        return self._names.get(normal)

    def measure(self, texts: Sequence[str], weights: Floats, keep: Sequence[str]) -> Measured:  # noqa: ARG002
        """Features for every text.

        Args:
            texts: clean texts of one request.
            weights: of the fusion, shape (FEATURES,); where items have to be chosen, they choose.
            keep: subjects that must be among those chosen.

        Raises:
            ItemUnknown: `keep` names an unknown subject.
        """
        for subject_id in keep:
            self.layout.catalog.subject(subject_id)
        return Measured(self.layout, [self.features(strip_fillers(text)) for text in texts])

    def features(self, text: str, hide: Hidden | None = None) -> tuple[Floats, Floats]:
        """Features of every item, shape (items, FEATURES), and of the query itself, shape (CONTEXT,).

        Facet features are left zero; `catalog_index.engine` reads facets only for subjects that matter.

        Args:
            text: normalised query.
            hide: the catalog phrase that this query is, when weights are learned.
        """
        hidden = hide or Hidden()
        tokens, sounds = self.tokenizer.features(text), sound_features(text)
        vector = self.encoder.encode([text])
        words, held = self._sparse["words"].measure(tokens)
        sound, sound_held = self._sparse["sound"].measure(sounds)
        meaning = self._dense["meaning"].measure(vector, hidden.item_phrases)
        subject_words, subject_held = self._sparse["subject_words"].measure(tokens)
        subject_sound, _ = self._sparse["subject_sound"].measure(sounds)
        subject_meaning = self._dense["subject_meaning"].measure(vector, hidden.subject_phrases)
        for scores in (words, held, sound, sound_held):
            scores[list(hidden.item_phrases)] = 0.0
        for scores in (subject_words, subject_held, subject_sound):
            scores[list(hidden.subject_phrases)] = 0.0

        def best(scores: Floats) -> Floats:
            return np.maximum.reduceat(scores, self._item_starts)

        def best_of_subject(scores: Floats) -> Floats:
            return np.maximum.reduceat(scores, self._subject_starts)[self.subject_of]

        def kin(scores: Floats) -> Floats:
            return np.maximum.reduceat(scores, self._kin_starts)[self.subject_of]

        item_words, item_meaning = best(words), best(meaning)
        item_sound = best(sound)
        columns = [
            self._bm25.scores(self.tokenizer.words(text)),
            item_words,
            best(held),
            item_meaning,
            item_sound,
            best(sound_held),
            meaning[self._title_at],
            best_of_subject(subject_words),
            best_of_subject(subject_held),
            best_of_subject(subject_meaning),
            best_of_subject(subject_sound),
            kin(item_words),
            kin(item_meaning),
        ]
        matrix = np.zeros((self.item_count, len(FEATURES)), np.float32)
        matrix[:, :_FACETS_AT] = np.stack(columns, axis=1)
        context = np.array(
            [
                1.0,
                self._sparse["words"].unseen_share(tokens),
                1.0 - max(float(item_meaning.max()), float(subject_meaning.max())),
                1.0 - max(float(item_sound.max()), float(subject_sound.max())),
                1.0 - max(float(item_words.max()), float(subject_words.max())),
            ],
            np.float32,
        )
        return matrix, context

    def save(self, folder: Path, catalog: Catalog) -> None:
        """Writes what the engine of the vectors has not written yet into the folder."""
        arrays: dict[str, npt.NDArray[Any]] = {}
        tokens: dict[str, list[str]] = {
            "dictionary": catalog_words(catalog),
            "names": list(self._names),
            "named": list(self._names.values()),
        }
        for name, postings in self._all_postings().items():
            tokens[name] = list(postings.vocabulary)
            arrays |= {f"{name}.{key}": value for key, value in postings.arrays().items()}
        arrays |= {"bm25.idf": self._bm25.idf, "bm25.unseen": np.array(self._bm25.unseen)}
        for name, cosine in self._sparse.items():
            arrays |= {
                f"{name}.idf": cosine.idf,
                f"{name}.norms": cosine.norms,
                f"{name}.unseen": np.array(cosine.unseen),
            }
        np.savez(folder / "words.npz", allow_pickle=False, **arrays)
        (folder / "tokens.json").write_bytes(orjson.dumps(tokens))

    def _all_postings(self) -> dict[str, Postings]:
        return {"bm25": self._bm25.postings} | {name: one.postings for name, one in self._sparse.items()}

    @classmethod
    def load(
        cls, folder: Path, catalog: Catalog, encoder: Encoder, engine: VectorEngine | None = None
    ) -> Channels:
        """Reads what `save` wrote.

        Raises:
            OSError, KeyError, ValueError: a file is missing or broken.
            VectorEngineUnavailable: the engine of the vectors cannot be reached.
        """
        vectors = engine or FaissEngine()
        tokens: dict[str, list[str]] = orjson.loads((folder / "tokens.json").read_bytes())
        with np.load(folder / "words.npz") as stored:
            arrays = dict(stored)

        def postings(name: str) -> Postings:
            own = {key: arrays[f"{name}.{key}"] for key in ("starts", "documents", "weights", "count")}
            return Postings.of_arrays(tokens[name], own)

        return cls(
            catalog,
            encoder,
            Tokenizer(tokens["dictionary"], str(folder)),
            Bm25(postings("bm25"), arrays["bm25.idf"], float(arrays["bm25.unseen"])),
            {
                name: Cosine(
                    postings(name),
                    arrays[f"{name}.idf"],
                    arrays[f"{name}.norms"],
                    float(arrays[f"{name}.unseen"]),
                )
                for name in ("words", "subject_words", "sound", "subject_sound")
            },
            {name: DenseIndex(vectors.open(folder, name)) for name in ("meaning", "subject_meaning")},
            dict(zip(tokens["names"], tokens["named"], strict=True)),
        )
