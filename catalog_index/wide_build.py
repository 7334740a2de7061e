"""Builds the index of a catalog of any size in one pass over its source, in bounded memory.

Texts are not kept: a document leaves four bytes a token in memory and its vector on the disk. What stands
between two spaces of a normalised text is tokenised on its own anyhow, so a part that comes again (a town's
office that differs from another's by the town) costs a look-up.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson

from catalog_index.dense import Centres, group_sums
from catalog_index.encoder import Encoder
from catalog_index.lexical import ASKED
from catalog_index.names import NameBuilder
from catalog_index.outside import Outside
from catalog_index.phonetic import sound_tokens, syllables
from catalog_index.source import SubjectSource
from catalog_index.sparse import SparseBuilder, mapped
from catalog_index.text import Tokenizer, normalise
from catalog_index.vectors import APPROXIMATE_FROM, VectorEngine
from catalog_index.weighted import Counts, WeightedBuilder

_ENCODED = 8_192
_REMEMBERED = 200_000
# Subjects whose centres are computed at a time.
_SUBJECTS = 2_048
_LETTERS = re.compile(r"[^㐀-鿿] [^㐀-鿿]")


class _Documents:
    """The phrases of subjects and items, in the order of the arrays."""

    def __init__(self, encoder: Encoder, tokenizer: Tokenizer, folder: Path) -> None:
        self.words, self.sounds = SparseBuilder(), SparseBuilder()
        self.owner, self.item = array("i"), array("i")
        self._encoder, self._path = encoder, folder / "vectors.raw"
        self._texts: list[str] = []
        self._file = self._path.open("wb")
        self._folder = folder
        # Maps a part of a text between spaces to what it adds; the parts of a text add up.
        self._word_rows = lru_cache(_REMEMBERED)(lambda part: self.words.rows(tokenizer.features(part)))
        self._sounds = lru_cache(_REMEMBERED)(self._sounds_of_part)
        self._across = lru_cache(_REMEMBERED)(lambda heard: self.sounds.rows(sound_tokens(heard)))

    def add(self, text: str, owner: int, item: int) -> tuple[frozenset[int], frozenset[int]]:
        """Returns: rows of its words and of its sounds."""
        parts = text.split()
        words = frozenset[int]().union(*map(self._word_rows, parts))
        sounds = self._sound_rows(text, parts)
        self.words.add(words)
        self.sounds.add(sounds)
        self.owner.append(owner)
        self.item.append(item)
        self._texts.append(text)
        if len(self._texts) >= _ENCODED:
            self._encode()
        return words, sounds

    def _sounds_of_part(self, part: str) -> tuple[tuple[str, ...], frozenset[int]]:
        heard = tuple(syllables(part))
        return heard, self.sounds.rows(sound_tokens(heard))

    def _sound_rows(self, text: str, parts: Sequence[str]) -> frozenset[int]:
        # Letters on both sides of a space are one entry of the sound channel.
        heard = [self._sounds(part) for part in ([text] if _LETTERS.search(text) else parts)]
        if any(len(own) < 2 for own, _ in heard):
            return self.sounds.rows(sound_tokens([one for own, _ in heard for one in own]))
        rows = [rows for _, rows in heard]
        # What spans two parts: the pairs and triples of the syllables at their border.
        rows += [self._across(one[-2:] + other[:2]) for (one, _), (other, _) in pairwise(heard)]
        return frozenset().union(*rows)

    def _encode(self) -> None:
        if self._texts:
            self._file.write(self._encoder.encode(self._texts).astype(np.float16).tobytes())
            self._texts.clear()

    def vectors(self) -> npt.NDArray[np.float16]:
        self._encode()
        self._file.close()
        shape = (len(self.owner), self._encoder.width)
        raw = np.memmap(self._path, np.float16, "r", shape=shape)
        np.save(self._folder / "vectors.npy", raw)
        del raw
        self._path.unlink()
        return mapped(self._folder, "vectors")


def build_wide(
    source: SubjectSource,
    encoder: Encoder,
    engine: VectorEngine,
    folder: Path,
    *,
    progress: Callable[[str], None],
) -> None:
    """Writes everything that `catalog_index.wide.WideChannels` opens into the folder.

    Raises:
        VectorEngineUnavailable: the engine refuses the vectors. OSError.
    """
    dictionary = source.words()
    tokenizer = Tokenizer(dictionary, str(folder))
    documents, names, fields = _Documents(encoder, tokenizer, folder), NameBuilder(), WeightedBuilder()
    asked = WeightedBuilder(ASKED, documents.words.vocabulary)
    sound = WeightedBuilder(ASKED, documents.sounds.vocabulary)
    first_document, first_item = array("q", [0]), array("q", [0])

    @lru_cache(_REMEMBERED)
    def words(part: str) -> tuple[str, ...]:
        return tuple(tokenizer.words(part))

    @lru_cache(_REMEMBERED)
    def counts(text: str) -> Counts:
        return fields.counts(word for part in text.split() for word in words(part))

    items = 0
    for place, subject in enumerate(source.texts()):
        own_names = [normalise(name) for name in subject.names]
        names.subject(place, own_names, len(subject.items) > 1)
        for text in (*own_names, normalise(subject.about)):
            documents.add(text, place, -1)
        for item in subject.items:
            phrases = [normalise(phrase) for phrase in item.phrases]
            names.item(phrases)
            rows = [documents.add(text, place, items) for text in phrases]
            for builder, own in (
                (asked, (words for words, _ in rows)),
                (sound, (heard for _, heard in rows)),
            ):
                builder.add({"asked": list(Counter(chain.from_iterable(own)).items())})
            fields.add({name: counts(text) for name, text in item.fields.items()})
            items += 1
            if items % 50_000 == 0:
                progress(f"{items} items read")
        first_document.append(len(documents.owner))
        first_item.append(items)
    progress(f"{items} items, {len(documents.owner)} phrases; writing the indexes")
    (folder / "dictionary.json").write_bytes(orjson.dumps(dictionary))
    names.save(folder)
    for name, values in (("first_document", first_document), ("first_item", first_item)):
        np.save(folder / f"{name}.npy", np.frombuffer(values, np.int64))
    for name, values in (("owner", documents.owner), ("item", documents.item)):
        np.save(folder / f"{name}.npy", np.frombuffer(values, np.int32))
    documents.words.save(folder, "words")
    documents.sounds.save(folder, "sounds")
    for name, builder in (("fields", fields), ("asked", asked), ("sound", sound)):
        builder.save(folder, name)
    progress("words and sounds written; indexing the vectors")
    vectors = documents.vectors()
    _save_centres(folder, vectors, first_document, first_item)
    frequencies = documents.words.frequencies()
    Outside.build(frequencies, len(documents.owner), tokenizer, encoder, folder).save(folder)
    engine.build(folder, "meaning", vectors, approximate=items >= APPROXIMATE_FROM)


def _save_centres(
    folder: Path, vectors: npt.NDArray[np.float16], first_document: Sequence[int], first_item: Sequence[int]
) -> None:
    """Centres of all items and subjects, a slice of subjects at a time; titles are documents already."""
    item = mapped(folder, "item")
    kinds = {"centres": first_item[-1], "subject_centres": len(first_item) - 1}
    made = {
        name: np.lib.format.open_memmap(folder / f"{name}.npy", "w+", np.float16, (count, vectors.shape[1]))
        for name, count in kinds.items()
    }
    for first in range(0, len(first_item) - 1, _SUBJECTS):
        last = min(first + _SUBJECTS, len(first_item) - 1)
        documents = slice(first_document[first], first_document[last])
        rows, own = vectors[documents].astype(np.float32), item[documents].astype(np.int64)
        sizes = np.diff(np.asarray(first_document[first : last + 1]))
        members = np.diff(np.asarray(first_item[first : last + 1]))
        places = np.repeat(np.arange(last - first), sizes)
        centres = Centres.of(
            group_sums(
                rows, np.where(own >= 0, own - first_item[first], -1), first_item[last] - first_item[first]
            ),
            rows[:0],
            group_sums(rows, np.where(own < 0, places, -1), last - first),
            np.repeat(np.arange(last - first), members).astype(np.int64),
        )
        made["centres"][first_item[first] : first_item[last]] = centres.items
        made["subject_centres"][first:last] = centres.subjects
    for array_ in made.values():
        array_.flush()
