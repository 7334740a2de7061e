"""The channels over the whole catalog of a city, and the features of every item for one query.

Words and sound see all ways to ask for an item as one text; meaning sees each of them and their centre.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from catalog_index.dense import Centres, DenseIndex, group_sums
from catalog_index.documents import Phrase, all_phrases, catalog_words, item_fields
from catalog_index.encoder import Encoder
from catalog_index.features import context, matrix, sparseness
from catalog_index.layout import Layout
from catalog_index.lexical import ASKED, Bm25
from catalog_index.loader import Catalog
from catalog_index.names import KnownPhrases, bare_subjects
from catalog_index.outside import Outside
from catalog_index.phonetic import sound_features
from catalog_index.postings import Cosine, Floats, Postings
from catalog_index.text import Tokenizer, normalise, strip_fillers, whole_words
from catalog_index.vectors import FaissEngine, VectorEngine

_WEIGHTED = ("fields", "asked", "sound")
_COSINES = ("subject_words", "subject_sound")


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


def _by_item(
    phrases: Sequence[Phrase], tokens: Sequence[Sequence[str]], count: int
) -> list[dict[str, list[str]]]:
    """The tokens of each item's phrases, once a phrase, as the one field of `ASKED`."""
    asked: list[dict[str, list[str]]] = [{"asked": []} for _ in range(count)]
    for phrase, own in zip(phrases, tokens, strict=True):
        asked[phrase.owner]["asked"].extend(set(own))
    return asked


@dataclass(frozen=True)
class Indexes:
    """Everything that a query is measured with, by name."""

    weighted: Mapping[str, Bm25]
    cosines: Mapping[str, Cosine]
    centres: Centres
    outside: Outside
    phrases: DenseIndex
    known: KnownPhrases


class Channels:
    """All indexes of a catalog; `build` makes them, `save` and `load` keep them in a folder."""

    def __init__(
        self,
        catalog: Catalog,
        encoder: Encoder,
        tokenizer: Tokenizer,
        indexes: Indexes,
        names: dict[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.encoder = encoder
        self.tokenizer = tokenizer
        self._indexes = indexes
        self.layout = Layout.of(catalog)
        self._names = bare_subjects(catalog) if names is None else names
        self.kind = f"all of {len(catalog.items)} items, {indexes.phrases.index.kind}"
        self.sparse = sparseness(len(indexes.known.keys), len(catalog.items))
        _, subjects = all_phrases(catalog)
        self._subject_starts = _starts([phrase.owner for phrase in subjects], len(catalog.subjects))
        self._kin_starts = _starts(self.layout.subject_of.tolist(), len(catalog.subjects))

    @classmethod
    def build(
        cls, catalog: Catalog, encoder: Encoder, folder: Path, engine: VectorEngine | None = None
    ) -> Channels:
        """Builds all indexes; `folder` takes jieba's cache and, from its engine, the vectors."""
        vectors = engine or FaissEngine()
        tokenizer = Tokenizer(catalog_words(catalog), str(folder))
        items, subjects = all_phrases(catalog)
        count = len(catalog.items)
        records = [
            {name: tokenizer.words(text) for name, text in item_fields(subject, item).items()}
            for subject in catalog.subjects
            for item in subject.items
        ]
        texts = [normalise(phrase.text) for phrase in items]
        names = [normalise(phrase.text) for phrase in subjects]
        words, name_words = ([tokenizer.features(text) for text in own] for own in (texts, names))
        sounds = [sound_features(text) for text in texts]
        counts = Counter(token for tokens in (*words, *name_words) for token in set(tokens))
        encoded, encoded_names = encoder.encode(texts), encoder.encode(names)
        owners = np.array([phrase.owner for phrase in items], np.int64)
        name_owners = np.array([phrase.owner for phrase in subjects], np.int64)
        # The first phrase of an item is its title.
        centres = Centres.of(
            group_sums(encoded, owners, count),
            encoded[_starts(owners.tolist(), count)],
            group_sums(encoded_names, name_owners, len(catalog.subjects)),
            Layout.of(catalog).subject_of,
        )
        return cls(
            catalog,
            encoder,
            tokenizer,
            Indexes(
                {
                    "fields": Bm25.build(records),
                    "asked": Bm25.build(_by_item(items, words, count), ASKED),
                    "sound": Bm25.build(_by_item(items, sounds, count), ASKED),
                },
                {
                    "subject_words": Cosine.build(name_words),
                    "subject_sound": Cosine.build([sound_features(text) for text in names]),
                },
                centres,
                Outside.build(counts, len(words) + len(name_words), tokenizer, encoder, folder),
                DenseIndex(
                    vectors.build(folder, "meaning", encoded, approximate=False), owners.tolist(), count
                ),
                KnownPhrases.of(texts),
            ),
        )

    def named_subjects(self, normal: str) -> tuple[str, ...]:
        """The subjects that a normalised text names without meaning one of their items."""
        return self._names.get(normal, ())

    def knows(self, normal: str) -> bool:
        """Whether a normalised text is, word for word, a way to ask for an item."""
        return normal in self._indexes.known

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

    def features(self, text: str) -> tuple[Floats, Floats]:
        """Features of every item, shape (items, FEATURES), and of the query itself, shape (CONTEXT,).

        Facet features are left zero; `catalog_index.engine` reads facets only for subjects that matter.

        Args:
            text: normalised query.
        """
        indexes, subject_of = self._indexes, self.layout.subject_of
        tokens, sounds = self.tokenizer.features(text), sound_features(text)
        vector = self.encoder.encode([text])
        nearest, near = indexes.phrases.measure(vector)
        asked, unknown = indexes.weighted["asked"].measure(tokens)
        words, held = indexes.cosines["subject_words"].measure(tokens)

        def best(scores: Floats) -> Floats:
            return np.asarray(np.maximum.reduceat(scores, self._subject_starts)[subject_of], np.float32)

        columns: dict[str, Floats] = {
            "fields": indexes.weighted["fields"].scores(whole_words(tokens)),
            "asked": asked,
            "sound": indexes.weighted["sound"].scores(sounds),
            "nearest": nearest,
            "near": near,
            "centre": indexes.centres.items @ vector[0],
            "title": indexes.centres.titles @ vector[0],
            "subject_centre": (indexes.centres.subjects @ vector[0])[subject_of],
            "subject_words": best(words),
            "subject_held": best(held),
            "subject_sound": best(indexes.cosines["subject_sound"].measure(sounds)[0]),
            "kin_asked": np.maximum.reduceat(asked, self._kin_starts)[subject_of],
        }
        outside = indexes.outside.measure(vector[0], tokens)
        facts = context(columns, unknown=unknown, tokens=len(tokens), outside=outside)
        return matrix(columns, len(subject_of)), facts

    def save(self, folder: Path, catalog: Catalog) -> None:
        """Writes what the engine of the vectors has not written yet into the folder."""
        arrays: dict[str, npt.NDArray[Any]] = {}
        tokens: dict[str, list[str]] = {
            "dictionary": catalog_words(catalog),
            "names": list(self._names),
            "named": [" ".join(ids) for ids in self._names.values()],
        }
        for kind in (self._indexes.weighted, self._indexes.cosines):
            for name, one in kind.items():
                tokens[name] = list(one.postings.vocabulary)
                arrays |= {f"{name}.{key}": value for key, value in one.postings.arrays().items()}
                arrays |= {f"{name}.idf": one.idf, f"{name}.unseen": np.array(one.unseen)}
        for name, cosine in self._indexes.cosines.items():
            arrays[f"{name}.norms"] = cosine.norms
        centres = self._indexes.centres
        arrays |= {"items": centres.items, "titles": centres.titles, "subjects": centres.subjects}
        arrays["known"] = self._indexes.known.keys
        np.savez(folder / "words.npz", allow_pickle=False, **arrays)
        (folder / "tokens.json").write_bytes(orjson.dumps(tokens))
        self._indexes.outside.save(folder)

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

        def facts(name: str) -> tuple[Floats, float]:
            return arrays[f"{name}.idf"], float(arrays[f"{name}.unseen"])

        cosines = {}
        for name in _COSINES:
            idf, unseen = facts(name)
            cosines[name] = Cosine(postings(name), idf, arrays[f"{name}.norms"], unseen)
        owners = [phrase.owner for phrase in all_phrases(catalog)[0]]
        indexes = Indexes(
            {name: Bm25(postings(name), *facts(name)) for name in _WEIGHTED},
            cosines,
            Centres(arrays["items"], arrays["titles"], arrays["subjects"]),
            Outside.load(folder),
            DenseIndex(vectors.open(folder, "meaning"), owners, len(catalog.items)),
            KnownPhrases(arrays["known"]),
        )
        named = (tuple(ids.split(" ")) for ids in tokens["named"])
        names = dict(zip(tokens["names"], named, strict=True))
        return cls(catalog, encoder, Tokenizer(tokens["dictionary"], str(folder)), indexes, names)
