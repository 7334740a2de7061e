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
from dataclasses import dataclass

import numpy as np

from catalog_index.channels import FEATURES, Channels
from catalog_index.clarify import SubjectReader, consistent_items
from catalog_index.decide import SearchOption, Verdict, decide, within
from catalog_index.encoder import load_encoder
from catalog_index.errors import IndexMissing
from catalog_index.fusion import Fusion
from catalog_index.loader import Catalog
from catalog_index.postings import Floats
from catalog_index.result import Scored, SearchResult
from catalog_index.schema import Subject
from catalog_index.text import check_query, clean, normalise
from wenban.logs import facts
from wenban.settings import Settings

__all__ = ["Evidence", "Scored", "SearchEngine", "SearchOption", "SearchResult"]

FORMAT = 1
MANIFEST = "manifest.json"
# Facets are read for the subjects of the best items only; further ones cannot win any more.
SUBJECTS_READ = 12
MOST_ALTERNATIVES = 4
_MET, _BROKEN = FEATURES.index("facets_met"), FEATURES.index("facets_broken")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Evidence:
    """What a query says: features (items, FEATURES), context, and the facet answers read by subject."""

    features: Floats
    context: Floats
    read: dict[str, dict[str, str]]


class SearchEngine:
    """Search over one catalog; safe to share between threads, since searching changes nothing."""

    def __init__(self, catalog: Catalog, channels: Channels, fusion: Fusion) -> None:
        self.catalog = catalog
        self.channels = channels
        self.fusion = fusion
        self.layout = channels.layout
        self._bare_subjects = _bare_subjects(catalog)
        self._readers = [SubjectReader(subject) for subject in catalog.subjects]
        # Pinyin and script tables load on first use; the first citizen should not wait for them.
        self.evidence([(clean("預熱"), 1.0)], {})

    @classmethod
    def build(
        cls, catalog: Catalog, settings: Settings, *, progress: Callable[[str], None] = log.info
    ) -> SearchEngine:
        """Builds the index and saves it to `settings.index_dir`, replacing what was there in one step.

        Raises:
            EncoderUnavailable, IndexMissing (no fusion weights), OSError.
        """
        fusion, encoder = Fusion.load(), load_encoder(settings.encoder)
        target = settings.index_dir
        fresh, old = target.with_name(target.name + ".new"), target.with_name(target.name + ".old")
        for folder in (fresh, old):
            shutil.rmtree(folder, ignore_errors=True)
        fresh.mkdir(parents=True)
        progress(f"indexing {len(catalog.items)} items")
        channels = Channels.build(catalog, encoder, fresh)
        channels.save(fresh, catalog)
        manifest = {"format": FORMAT, "catalog": catalog.version, "encoder": encoder.name}
        (fresh / MANIFEST).write_text(json.dumps(manifest) + "\n", encoding="utf-8")
        if target.exists():
            target.rename(old)
        fresh.rename(target)
        shutil.rmtree(old, ignore_errors=True)
        progress(f"index written to {target}")
        return cls(catalog, channels, fusion)

    @classmethod
    def load(cls, catalog: Catalog, settings: Settings) -> SearchEngine:
        """Reads the saved index.

        Raises:
            IndexMissing: there is none, or it was made for another catalog or encoder, or it is broken.
            EncoderUnavailable: the configured encoder cannot be loaded.
        """
        folder, mend = settings.index_dir, "build it with `wenban catalog build`"
        try:
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise IndexMissing(f"no search index in {folder}; {mend}") from error
        encoder = load_encoder(settings.encoder)
        expected = {"format": FORMAT, "catalog": catalog.version, "encoder": encoder.name}
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
            return cls(catalog, Channels.load(folder, catalog, encoder), fusion)
        except (OSError, KeyError, ValueError) as error:
            raise IndexMissing(f"the search index in {folder} is broken ({error}); {mend}") from error

    def evidence(self, hypotheses: Sequence[tuple[str, float]], answers: Mapping[str, str]) -> Evidence:
        """Features over all hypotheses: an item's best, each weighted by its confidence.

        Args:
            hypotheses: (clean text, weight in 0..1), the best first.
            answers: facet answers given outright; they win over what is read.
        """
        features, context = self._measured(hypotheses[0][0])
        for text, weight in hypotheses[1:]:
            other, other_context = self._measured(text)
            np.maximum(features, other * np.float32(weight), out=features)
            context = np.minimum(
                context, np.float32(weight) * other_context + np.float32(1 - weight) * context
            )
        read = self.read_into(features, [text for text, _ in hypotheses], answers)
        return Evidence(features, context, read)

    def _measured(self, text: str) -> tuple[Floats, Floats]:
        from catalog_index.text import strip_fillers

        return self.channels.features(strip_fillers(text))

    def read_into(
        self, features: Floats, texts: Sequence[str], answers: Mapping[str, str]
    ) -> dict[str, dict[str, str]]:
        """Reads the facets of the likeliest subjects and fills in the two facet columns."""
        scores = self.fusion.scores(features)
        count = min(len(scores), SUBJECTS_READ * 8)
        nearest = np.argpartition(-scores, count - 1)[:count]
        nearest = nearest[np.argsort(-scores[nearest])]
        places = list(dict.fromkeys(self.channels.subject_of[nearest].tolist()))[:SUBJECTS_READ]
        read: dict[str, dict[str, str]] = {}
        for place in places:
            subject = self.catalog.subjects[place]
            if not subject.facets:
                continue
            known: dict[str, str] = {}
            for text in reversed(texts):
                known |= self._readers[place].read(text)
            known |= _own(subject, answers)
            read[subject.id] = known
            for row, item in zip(self.layout.rows[place], subject.items, strict=True):
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
        check_query(query)
        given = dict(answers or {})
        evidence = self.evidence(_hypotheses(query, alternatives), given)
        probabilities, none = self.fusion.probabilities(evidence.features, evidence.context)
        allowed = self._allowed(given, exclude)
        if within_subject is not None:
            verdict, known, probabilities = self._inside(
                within_subject, given, evidence, probabilities * allowed
            )
        else:
            probabilities, none = _renormalise(probabilities * allowed, none)
            named = self._bare_subjects.get(normalise(query)) if not exclude else None
            if named is not None and not evidence.read.get(named):
                verdict, known, probabilities = self._inside(named, given, evidence, probabilities)
            else:
                verdict = decide(self.layout, probabilities, none, evidence.read)
                known = evidence.read.get(verdict.subject_id or "", {})
        results = self._ranked(probabilities, top, verdict.item_id)
        ms = (time.perf_counter() - start) * 1000
        return SearchResult(
            query, verdict.decision, verdict.question, verdict.options, results,
            verdict.subject_id, verdict.facet_id, dict(known), round(ms, 3),
        )  # fmt: skip

    def _inside(
        self, subject_id: str, given: Mapping[str, str], evidence: Evidence, probabilities: Floats
    ) -> tuple[Verdict, dict[str, str], Floats]:
        subject = self.catalog.subject(subject_id)
        texts_said = evidence.read.get(subject_id, {})
        own = _own(subject, given)
        known = {**texts_said, **own}
        possible = {item.id for item in consistent_items(subject, known)}
        if not possible:
            # What was read contradicts what was answered outright: the answers count.
            known = own
            possible = {item.id for item in consistent_items(subject, known)}
        inside = np.zeros_like(probabilities)
        for item in subject.items:
            if item.id in possible:
                row = self.layout.item_place[item.id]
                inside[row] = max(float(probabilities[row]), 1e-9)
        inside, _ = _renormalise(inside, 0.0)
        candidates = self.layout.within(self.layout.subject_place[subject_id], inside)
        return within(subject, candidates, known), known, inside

    def _allowed(self, given: Mapping[str, str], exclude: Collection[str]) -> Floats:
        allowed = np.ones(len(self.catalog.items), np.float32)
        for item_id in exclude:
            if item_id in self.layout.item_place:
                allowed[self.layout.item_place[item_id]] = 0.0
        if given:
            for place, subject in enumerate(self.catalog.subjects):
                own = _own(subject, given)
                if own:
                    possible = {item.id for item in consistent_items(subject, own)}
                    for row, item in zip(self.layout.rows[place], subject.items, strict=True):
                        if item.id not in possible:
                            allowed[row] = 0.0
        return allowed

    def _ranked(self, probabilities: Floats, top: int, first: str | None) -> tuple[Scored, ...]:
        count = min(top, len(probabilities))
        nearest = np.argpartition(-probabilities, count - 1)[:count] if count else np.array([], np.int64)
        order = [int(row) for row in nearest[np.argsort(-probabilities[nearest], kind="stable")]]
        if first is not None:
            # The decided item leads even where facet answers, not similarity, settled it.
            place = self.layout.item_place[first]
            order = [place, *(row for row in order if row != place)][:count]
        ranked = []
        for row in order:
            item = self.catalog.items[row]
            if probabilities[row] > 0 or item.id == first:
                name = item.department.name
                ranked.append(
                    Scored(item.id, item.title, item.subject, name, round(float(probabilities[row]), 4))
                )
        return tuple(ranked)


def _own(subject: Subject, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers that belong to this subject's facets."""
    values = {facet.id: {value.id for value in facet.values} for facet in subject.facets}
    return {name: value for name, value in answers.items() if value in values.get(name, ())}


def _hypotheses(query: str, alternatives: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    strongest = max((confidence for _, confidence in alternatives), default=1.0)
    hypotheses = {clean(query): 1.0}
    for text, confidence in alternatives:
        plain = clean(text)
        if plain and len(hypotheses) <= MOST_ALTERNATIVES and len(plain) <= 500:
            weight = confidence / strongest if strongest > 0 else 0.0
            hypotheses.setdefault(plain, min(1.0, max(0.0, weight)))
    return list(hypotheses.items())


def _bare_subjects(catalog: Catalog) -> dict[str, str]:
    """What a subject is called, as normalised text -> its id, where that says nothing about the item.

    "食品经营许可证怎么办" holds one sibling's title (…补发) but for its end; only the subject is clear.
    """
    of_items = {
        normalise(phrase) for item in catalog.items for phrase in (item.title, *item.says, *item.situations)
    }
    owners: dict[str, set[str]] = {}
    for subject in catalog.subjects:
        for name in (subject.title, *subject.says):
            owners.setdefault(normalise(name), set()).add(subject.id)
    several = {subject.id for subject in catalog.subjects if len(subject.items) > 1}
    return {
        name: next(iter(ids))
        for name, ids in owners.items()
        if len(ids) == 1 and ids <= several and name not in of_items
    }


def _renormalise(probabilities: Floats, none: float) -> tuple[Floats, float]:
    total = float(probabilities.sum()) + none
    return (probabilities / np.float32(total), none / total) if total > 0 else (probabilities, 1.0)
