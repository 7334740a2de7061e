"""The search: a citizen's words in, ranked items and the next step out.

Example:
    engine = SearchEngine.load(catalog, settings)
    engine.search("我老婆户口在上海，想迁到我这里").results[0].title
"""

from __future__ import annotations

import json
import logging
import shutil
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from catalog_index.channels import Channels, Measured
from catalog_index.clarify import SubjectReader
from catalog_index.decide import SearchOption, among, decide
from catalog_index.encoder import Encoder, load_encoder
from catalog_index.errors import IndexMissing
from catalog_index.features import FEATURES
from catalog_index.fusion import Fusion
from catalog_index.layout import Layout
from catalog_index.loader import Catalog
from catalog_index.outcome import (
    Evidence,
    View,
    allowed_items,
    believed_of,
    inside,
    own_answers,
    ranked,
    renormalise,
)
from catalog_index.postings import Floats
from catalog_index.result import Scored, SearchResult
from catalog_index.schema import Subject
from catalog_index.source import CatalogSource
from catalog_index.text import bare, check_query, clean
from catalog_index.vectors import VectorEngine, vector_engine
from catalog_index.wide import WideChannels
from catalog_index.wide_build import build_wide
from wenban.logs import facts
from wenban.settings import Settings

__all__ = ["Evidence", "Scored", "SearchEngine", "SearchOption", "SearchResult"]

FORMAT = 5
# From so many items on, candidates are chosen before items are measured (`catalog_index.wide`).
WIDE_FROM = 10_000
# Readers of a large catalog's subjects that are kept.
MOST_READERS = 4_096
MANIFEST = "manifest.json"
# Facets are read for the subjects of the best items only; further ones cannot win any more.
SUBJECTS_READ = 12
# Hypotheses besides the best that are searched with: all that the recognizer gives.
MOST_ALTERNATIVES = 7
_MET, _BROKEN = FEATURES.index("facets_met"), FEATURES.index("facets_broken")
log = logging.getLogger(__name__)


class Retriever(Protocol):
    """What the search needs of its channels; `Channels` and `catalog_index.wide.WideChannels` are some.

    Attributes: `kind` says for facts and logs what is compared with what; `sparse` how little the catalog
    says (`catalog_index.features.sparseness`).
    """

    encoder: Encoder
    kind: str
    sparse: float

    def named_subjects(self, normal: str) -> tuple[str, ...]: ...

    def knows(self, normal: str) -> bool: ...

    def measure(self, texts: Sequence[str], weights: Floats, keep: Sequence[str]) -> Measured: ...


class SearchEngine:
    """Search over one catalog; safe to share between threads, since searching changes nothing."""

    def __init__(self, catalog: Catalog, channels: Retriever, fusion: Fusion) -> None:
        self.catalog = catalog
        self.channels = channels
        self.fusion = replace(fusion, sparse=channels.sparse)
        self._readers: dict[str, SubjectReader] = {}
        if isinstance(channels, Channels):
            self._readers = {subject.id: SubjectReader(subject) for subject in catalog.subjects}
        # Pinyin and script tables load on first use; the first citizen should not wait for them.
        self.evidence([(clean("預熱"), 1.0)], {})
        log.info("search ready", extra=facts(index=channels.kind, encoder=channels.encoder.name))

    @property
    def exact(self) -> Channels:
        """The channels of a catalog that is measured as a whole.

        Raises:
            IndexMissing: this catalog is too large for it.
        """
        if not isinstance(self.channels, Channels):
            raise IndexMissing(f"the index in use ({self.channels.kind}) has no features of all items")
        return self.channels

    @classmethod
    def build(
        cls, catalog: Catalog, settings: Settings, *, progress: Callable[[str], None] = log.info
    ) -> SearchEngine:
        """Builds the index and saves it to `settings.index_dir`, replacing what was there in one step.

        Raises:
            EncoderUnavailable, VectorEngineUnavailable, IndexMissing (no fusion weights), OSError.
        """
        fusion, encoder = Fusion.load(), load_encoder(settings.encoder)
        vectors = vector_engine(settings.vector_url)
        target = settings.index_dir
        fresh, old = target.with_name(target.name + ".new"), target.with_name(target.name + ".old")
        for folder in (fresh, old):
            shutil.rmtree(folder, ignore_errors=True)
        fresh.mkdir(parents=True)
        progress(f"indexing {len(catalog.items)} items")
        wide = len(catalog.items) >= WIDE_FROM
        channels: Retriever
        if wide:
            build_wide(CatalogSource(catalog), encoder, vectors, fresh, progress=progress)
        else:
            channels = Channels.build(catalog, encoder, fresh, vectors)
            channels.save(fresh, catalog)
        manifest = _manifest(catalog, encoder, vectors)
        (fresh / MANIFEST).write_text(json.dumps(manifest) + "\n", encoding="utf-8")
        if target.exists():
            target.rename(old)
        fresh.rename(target)
        shutil.rmtree(old, ignore_errors=True)
        progress(f"index written to {target}")
        if wide:
            channels = WideChannels(target, CatalogSource(catalog), encoder, vectors)
        return cls(catalog, channels, fusion)

    @classmethod
    def load(cls, catalog: Catalog, settings: Settings) -> SearchEngine:
        """Reads the saved index.

        Raises:
            IndexMissing: there is none, or it was made for another catalog, encoder or vector engine, or it
                is broken.
            EncoderUnavailable, VectorEngineUnavailable: what is configured cannot be loaded or reached.
        """
        folder, mend = settings.index_dir, "build it with `wenban catalog build`"
        try:
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise IndexMissing(f"no search index in {folder}; {mend}") from error
        encoder = load_encoder(settings.encoder)
        vectors = vector_engine(settings.vector_url)
        expected = _manifest(catalog, encoder, vectors)
        if manifest != expected:
            stale = ", ".join(name for name in expected if manifest.get(name) != expected[name])
            raise IndexMissing(f"the search index in {folder} is stale ({stale} changed); {mend}")
        fusion = Fusion.load()
        if fusion.made.get("encoder") != encoder.name:
            log.warning(
                "fusion weights were learned with another encoder; probabilities may be off until "
                "`python -m catalog_index.training fusion` is run",
                extra=facts(learned_with=fusion.made.get("encoder"), in_use=encoder.name),
            )
        try:
            channels: Retriever = (
                WideChannels(folder, CatalogSource(catalog), encoder, vectors)
                if len(catalog.items) >= WIDE_FROM
                else Channels.load(folder, catalog, encoder, vectors)
            )
            return cls(catalog, channels, fusion)
        except (OSError, KeyError, ValueError) as error:
            raise IndexMissing(f"the search index in {folder} is broken ({error}); {mend}") from error

    def evidence(
        self, hypotheses: Sequence[tuple[str, float]], answers: Mapping[str, str], keep: Sequence[str] = ()
    ) -> Evidence:
        """Features for every hypothesis, and the facet answers that they give; the best one's win.

        Args:
            hypotheses: (clean text, weight above 0), the best first.
            answers: facet answers given outright; they win over what is read.
            keep: subjects that are measured whatever the words are.
        """
        measured = self.channels.measure([text for text, _ in hypotheses], self.fusion.weights, keep)
        views, read = [], dict[str, dict[str, str]]()
        for (text, weight), (features, context) in zip(hypotheses, measured.texts, strict=True):
            for subject_id, found in self.read_into(measured.layout, features, text, answers).items():
                read[subject_id] = found | read.get(subject_id, {})
            views.append(View(weight, features, context))
        return Evidence(measured.layout, tuple(views), read)

    def _reader(self, subject: Subject) -> SubjectReader:
        reader = self._readers.get(subject.id)
        if reader is None:
            if len(self._readers) >= MOST_READERS:
                self._readers = {}
            reader = self._readers[subject.id] = SubjectReader(subject)
        return reader

    def read_into(
        self, layout: Layout, features: Floats, text: str, answers: Mapping[str, str]
    ) -> dict[str, dict[str, str]]:
        """Reads the facets of the likeliest subjects and fills in the two facet columns."""
        scores = self.fusion.rough(features)
        count = min(len(scores), SUBJECTS_READ * 8)
        nearest = np.argpartition(-scores, count - 1)[:count]
        nearest = nearest[np.argsort(-scores[nearest])]
        places = list(dict.fromkeys(layout.subject_of[nearest].tolist()))[:SUBJECTS_READ]
        read: dict[str, dict[str, str]] = {}
        for place in places:
            subject = layout.catalog.subjects[place]
            if not subject.facets:
                continue
            known = self._reader(subject).read(text) | own_answers(subject, answers)
            read[subject.id] = known
            for row, item in zip(layout.rows[place], subject.items, strict=True):
                met = [known[name] in wanted for name, wanted in item.when.items() if name in known]
                features[row, _MET] = sum(met)
                features[row, _BROKEN] = len(met) - sum(met)
        return read

    def search(
        self,
        query: str,
        *,
        alternatives: Sequence[tuple[str, float]] = (),
        answers: Mapping[str, str] | None = None,
        top: int = 5,
        within_subject: str | None = None,
        exclude: Collection[str] = (),
    ) -> SearchResult:
        """Finds the item meant, or the next step towards it.

        Args:
            query: the citizen's words, or the recognizer's best hypothesis.
            alternatives: further hypotheses with their confidences.
            answers: facet id -> value id, answered before.
            top: length of `results`.
            within_subject: only this subject's items; the answers then decide.
            exclude: items the citizen has turned down.

        Raises:
            QueryInvalid: empty, without a word, or longer than 500 characters.
            ItemUnknown: `within_subject` names no subject.
        """
        start = time.perf_counter()
        normal = check_query(query)
        names = (normal, bare(normal))
        given = dict(answers or {})
        keep = [within_subject] if within_subject is not None else []
        named: tuple[str, ...] = ()
        if within_subject is None and not exclude:
            named = next(filter(None, map(self.channels.named_subjects, names)), ())
            keep = list(named)
        evidence = self.evidence(_hypotheses(query, alternatives), given, keep)
        layout = evidence.layout
        probabilities, none = evidence.probabilities(self.fusion)
        if named or (not exclude and any(map(self.channels.knows, names))):
            # The catalog itself calls a matter so, however much small talk has the same word.
            none = 0.0
        allowed = allowed_items(layout, given, exclude)
        if within_subject is not None:
            verdict, known, probabilities = inside(within_subject, given, evidence, probabilities * allowed)
        else:
            probabilities, none = renormalise(probabilities * allowed, none)
            if len(named) == 1 and not evidence.read.get(named[0]):
                verdict, known, probabilities = inside(named[0], given, evidence, probabilities)
            elif len(named) > 1 and not given:
                verdict, known = among(layout, probabilities, named), {}
            else:
                verdict = decide(layout, probabilities, none, evidence.read)
                known = believed_of(verdict.subject_id, evidence, probabilities)
        results = ranked(layout, probabilities, top, verdict.item_id)
        ms = (time.perf_counter() - start) * 1000
        return SearchResult(
            query, verdict.decision, verdict.question, verdict.options, results,
            verdict.subject_id, verdict.facet_id, dict(known), round(ms, 3),
        )  # fmt: skip


def _manifest(catalog: Catalog, encoder: Encoder, vectors: VectorEngine) -> dict[str, object]:
    return {
        "format": FORMAT, "catalog": catalog.version, "encoder": encoder.name, "vectors": vectors.name,
    }  # fmt: skip


def _hypotheses(query: str, alternatives: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """The clean texts that may have been said, the best first, each with its share of the likeliest one."""
    strongest = max((confidence for _, confidence in alternatives), default=1.0)
    hypotheses = {clean(query): 1.0}
    for text, confidence in alternatives:
        plain = clean(text)
        weight = min(1.0, confidence / strongest) if strongest > 0 else 0.0
        if plain and weight > 0 and len(hypotheses) <= MOST_ALTERNATIVES and len(plain) <= 500:
            hypotheses.setdefault(plain, weight)
    return list(hypotheses.items())
