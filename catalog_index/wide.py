"""The three channels over catalogs of any size: candidates first, their features after.

Every phrase of a subject and of its items stands in one block, subject after subject. Each channel names its
likeliest phrases in bounded time; the subjects that own them are ranked by what the channels say together,
and the best ones get the same features as `catalog_index.channels` gives every item of a city.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from catalog_index.channels import Measured
from catalog_index.dense import NEIGHBOURS
from catalog_index.encoder import Encoder
from catalog_index.features import context, matrix, nearest_of_items, sparseness
from catalog_index.layout import Layout
from catalog_index.loader import Catalog
from catalog_index.names import KnownPhrases, NamedSubjects
from catalog_index.outside import Outside
from catalog_index.phonetic import sound_features
from catalog_index.postings import Floats
from catalog_index.source import SubjectSource
from catalog_index.sparse import SparseIndex, SparseQuery, mapped
from catalog_index.text import Tokenizer, strip_fillers, whole_words
from catalog_index.vectors import Places, VectorEngine, VectorIndex
from catalog_index.weighted import WeightedIndex

# Phrases that a channel names, and subjects that are measured and that are decided upon.
NAMED = 1024
MEASURED = 32
DECIDED = 16
# What a channel's evidence counts in the choice of candidates, roughly as the fusion has it.
_WORDS, _SOUND, _MEANING = 1.0, 0.6, 1.0


@dataclass(frozen=True)
class _Query:
    words: SparseQuery
    sounds: SparseQuery
    tokens: list[str]
    features: list[str]
    heard: list[str]
    vector: Floats
    similarities: Floats
    places: Places


Blocks = list[tuple[int, int]]


@dataclass(frozen=True)
class _Chosen:
    """Subjects by place with everything of theirs, in the order of the arrays.

    Attributes:
        names: documents that name a subject, in `name_blocks`; `name_starts` is where each subject's begin.
        phrase_blocks: documents of items; `item_starts` is where each item's begin among them.
    """

    subjects: Places
    names: Places
    items: Places
    name_blocks: Blocks
    phrase_blocks: Blocks
    item_blocks: Blocks
    subject_of: Places
    item_starts: Places
    name_starts: Places
    kin_starts: Places


class WideChannels:
    """Search structures of one source; `catalog_index.wide_build` makes them."""

    def __init__(self, folder: Path, source: SubjectSource, encoder: Encoder, engine: VectorEngine) -> None:
        """Opens what was built.

        Raises:
            OSError, ValueError, KeyError: a file is missing or broken.
            VectorEngineUnavailable: the vectors cannot be reached.
        """
        self.encoder, self._source = encoder, source
        words: list[str] = orjson.loads((folder / "dictionary.json").read_bytes())
        self._tokenizer = Tokenizer(words, str(folder))
        self._words, self._sounds = SparseIndex.load(folder, "words"), SparseIndex.load(folder, "sounds")
        self._weighted = {name: WeightedIndex.load(folder, name) for name in ("fields", "asked", "sound")}
        self._centres, self._subject_centres = mapped(folder, "centres"), mapped(folder, "subject_centres")
        self._outside = Outside.load(folder)
        self._meaning: VectorIndex = engine.open(folder, "meaning")
        self._vectors = mapped(folder, "vectors")
        self._names, self._known = NamedSubjects.load(folder), KnownPhrases(mapped(folder, "known"))
        arrays: dict[str, npt.NDArray[Any]] = {
            name: mapped(folder, name) for name in ("first_document", "first_item", "owner", "item")
        }
        self._first_document, self._first_item = arrays["first_document"], arrays["first_item"]
        self._owner, self._item = arrays["owner"], arrays["item"]
        self.item_count, self.subject_count = int(self._first_item[-1]), len(self._first_item) - 1
        self.sparse = sparseness(len(self._known.keys), self.item_count)
        self.kind = f"candidates over {self.item_count} items, {self._meaning.kind}"

    def named_subjects(self, normal: str) -> tuple[str, ...]:
        """As `Channels.named_subjects`, but for names of several: in a country those are thousands."""
        place = self._names.place(normal)
        return () if place is None else (self._source.subject(place).id,)

    def knows(self, normal: str) -> bool:
        return normal in self._known

    def measure(self, texts: Sequence[str], weights: Floats, keep: Sequence[str]) -> Measured:
        """As `Channels.measure`, of the candidates of all texts together."""
        queries = [self._read(strip_fillers(text)) for text in texts]
        kept = [self._source.place(one) for one in keep]
        places = np.unique(np.concatenate([np.array(kept, np.int64), *(self._likely(q) for q in queries)]))
        chosen = self._choose(places)
        measured = [self._features(query, chosen) for query in queries]
        best = np.maximum.reduce([features @ weights for features, _ in measured])
        by_subject = np.maximum.reduceat(best, chosen.kin_starts)
        by_subject[np.searchsorted(places, kept)] = np.inf
        local = np.sort(np.argsort(-by_subject, kind="stable")[: max(DECIDED, len(kept))])
        rows = np.flatnonzero(np.isin(chosen.subject_of, local))
        subjects = tuple(self._source.subject(int(place)) for place in places[local])
        layout = Layout.of(Catalog(subjects, self._source.version))
        return Measured(layout, [(features[rows], context) for features, context in measured])

    def _read(self, text: str) -> _Query:
        tokens, heard = self._tokenizer.features(text), sound_features(text)
        vector = self.encoder.encode([text])
        return _Query(
            self._words.query(tokens),
            self._sounds.query(heard),
            whole_words(tokens),
            tokens,
            heard,
            vector,
            *self._meaning.nearest(vector, NAMED),
        )

    def _likely(self, query: _Query) -> Places:
        """The best subjects by what all channels say of their likeliest phrases."""
        owners, scores = [], []
        for documents, found, weight in (
            (*self._words.candidates(query.words, NAMED), _WORDS),
            (*self._sounds.candidates(query.sounds, NAMED), _SOUND),
            (query.places, query.similarities, _MEANING),
        ):
            if len(documents):
                # A subject that a channel does not name has at most what the last one named has.
                subjects, values = _best_of(self._owner[documents], weight * (found - found.min()))
                owners.append(subjects)
                scores.append(values)
        if not owners:
            return np.zeros(0, np.int64)
        subjects, inverse = np.unique(np.concatenate(owners), return_inverse=True)
        totals = np.bincount(inverse, weights=np.concatenate(scores))
        return subjects[np.argsort(-totals, kind="stable")[:MEASURED]].astype(np.int64)

    def _choose(self, subjects: Places) -> _Chosen:
        first, last = self._first_document[subjects].tolist(), self._first_document[subjects + 1].tolist()
        own_items = [self._item[begin:end] for begin, end in zip(first, last, strict=True)]
        # A subject's own names stand before its items' phrases.
        named = [int(np.count_nonzero(items < 0)) for items in own_items]
        middle = [begin + count for begin, count in zip(first, named, strict=True)]
        name_blocks = list(zip(first, middle, strict=True))
        item_blocks = list(
            zip(self._first_item[subjects].tolist(), self._first_item[subjects + 1].tolist(), strict=True)
        )
        counts = np.array([end - begin for begin, end in item_blocks])
        item = np.concatenate([items[count:] for items, count in zip(own_items, named, strict=True)])
        return _Chosen(
            subjects,
            np.concatenate([np.arange(*block) for block in name_blocks]),
            np.concatenate([np.arange(*block) for block in item_blocks]),
            name_blocks,
            list(zip(middle, last, strict=True)),
            item_blocks,
            np.repeat(np.arange(len(subjects)), counts),
            np.flatnonzero(np.diff(item, prepend=-1)),
            np.append(0, np.cumsum(named))[:-1],
            np.append(0, np.cumsum(counts))[:-1],
        )

    def _features(self, query: _Query, chosen: _Chosen) -> tuple[Floats, Floats]:
        words, held = self._words.measure(query.words, chosen.names, chosen.name_blocks)
        heard, _ = self._sounds.measure(query.sounds, chosen.names, chosen.name_blocks)
        vectors = np.concatenate([self._vectors[first:last] for first, last in chosen.phrase_blocks])
        of_items = vectors.astype(np.float32) @ query.vector[0]
        centres = np.concatenate([self._centres[first:last] for first, last in chosen.item_blocks])
        subjects = self._subject_centres[chosen.subjects].astype(np.float32) @ query.vector[0]
        nearest, near = self._nearest(query, of_items, chosen)
        fields, asked, sound = (
            self._weighted[name].measure(tokens, chosen.items, chosen.item_blocks)
            for name, tokens in (("fields", query.tokens), ("asked", query.features), ("sound", query.heard))
        )

        def subject(scores: Floats) -> Floats:
            best = np.maximum.reduceat(scores, chosen.name_starts)
            return np.asarray(best[chosen.subject_of], np.float32)

        columns: dict[str, Floats] = {
            "fields": fields[0],
            "asked": asked[0],
            "sound": sound[0],
            "nearest": nearest,
            "near": near,
            "centre": centres.astype(np.float32) @ query.vector[0],
            # The first phrase of an item is its title.
            "title": of_items[chosen.item_starts],
            "subject_centre": subjects[chosen.subject_of],
            "subject_words": subject(words),
            "subject_held": subject(held),
            "subject_sound": subject(heard),
            "kin_asked": np.maximum.reduceat(asked[0], chosen.kin_starts)[chosen.subject_of],
        }
        outside = self._outside.measure(query.vector[0], query.features)
        facts = context(columns, unknown=asked[1], tokens=len(query.features), outside=outside)
        return matrix(columns, len(chosen.subject_of)), facts

    def _nearest(self, query: _Query, similarities: Floats, chosen: _Chosen) -> tuple[Floats, Floats]:
        """As `DenseIndex.measure`, of the chosen items: phrases beyond the neighbours count as the last."""
        neighbours = query.similarities[:NEIGHBOURS]
        floor = float(neighbours[-1]) if len(neighbours) else 0.0
        starts = np.append(chosen.item_starts, len(similarities))
        owners = np.repeat(np.arange(len(chosen.item_starts)), np.diff(starts))
        order = np.argsort(-similarities, kind="stable")
        clipped = np.maximum(similarities[order], np.float32(floor))
        return nearest_of_items(clipped, owners[order], len(chosen.item_starts), floor)


def _best_of(owners: npt.NDArray[Any], scores: Floats) -> tuple[npt.NDArray[Any], Floats]:
    """Every owner once, with the best of its scores."""
    order = np.argsort(owners, kind="stable")
    sorted_owners = owners[order]
    starts = np.flatnonzero(np.diff(sorted_owners, prepend=-1))
    return sorted_owners[starts], np.maximum.reduceat(scores[order], starts)
