"""Proves that the catalog leads each citizen to exactly one procedure, and says how to mend what does not.

Within a subject every full set of facet answers must match exactly one item, or none and then a `none` entry
that tells the citizen so. Every condition must refer to a facet of the subject or an earlier field of the
item, with a value that it can take.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from catalog_index.conditions import wanted_values
from catalog_index.loader import Catalog
from catalog_index.schema import Condition, Item, Subject

MAX_PATHS = 200_000


def _describe(subject: Subject, answers: Mapping[str, str]) -> str:
    labels = {
        (facet.id, value.id): f"{facet.title}={value.label}"
        for facet in subject.facets
        for value in facet.values
    }
    return "，".join(labels[pair] for pair in answers.items())


def _matches(when: Mapping[str, tuple[str, ...]], answers: Mapping[str, str]) -> bool:
    return all(answers[name] in wanted for name, wanted in when.items())


def _references(
    where: str, when: Mapping[str, Iterable[str]], values: Mapping[str, frozenset[str]]
) -> Iterator[str]:
    for name, wanted in when.items():
        if name not in values:
            known = ", ".join(sorted(values)) or "none"
            yield f"{where}: `when` names {name!r}, which is no facet or earlier field (known here: {known})"
            continue
        for value in wanted:
            if value not in values[name]:
                yield f"{where}: {name!r} has no value {value!r} (it has {', '.join(sorted(values[name]))})"


def _condition(where: str, when: Condition, values: Mapping[str, frozenset[str]]) -> Iterator[str]:
    yield from _references(where, {name: wanted_values(wanted) for name, wanted in when.items()}, values)


def _paths(subject: Subject) -> Iterator[str]:
    """Every path of facet answers ends at exactly one item or at an honest "none"."""
    names = [facet.id for facet in subject.facets]
    count = math.prod(len(facet.values) for facet in subject.facets)
    where = f"subject {subject.id}"
    if count > MAX_PATHS:
        yield f"{where}: {count} combinations of facet values, more than {MAX_PATHS}; split the subject"
        return
    none = [{name: wanted_values(wanted) for name, wanted in entry.when.items()} for entry in subject.none]
    used = [False] * len(none)
    reached: set[str] = set()
    twins: dict[tuple[str, ...], list[str]] = {}
    uncovered: list[str] = []
    denied: dict[str, str] = {}
    for combination in itertools.product(*([value.id for value in facet.values] for facet in subject.facets)):
        answers = dict(zip(names, combination, strict=True))
        items = [item.id for item in subject.items if _matches(item.when, answers)]
        refused = [index for index, when in enumerate(none) if _matches(when, answers)]
        reached.update(items)
        for index in refused:
            used[index] = True
        if len(items) > 1:
            twins.setdefault(tuple(items), []).append(_describe(subject, answers))
        elif not items and not refused:
            uncovered.append(_describe(subject, answers))
        elif items and refused:
            denied.setdefault(items[0], _describe(subject, answers))
    for ids, at in twins.items():
        yield (
            f"{where}: items {', '.join(ids)} have the same facet values at {len(at)} path(s), first: "
            f"{at[0] or '(no facets)'}; give one of them another value, or add a facet"
        )
    if uncovered:
        yield (
            f"{where}: {len(uncovered)} path(s) end nowhere, first: {uncovered[0]}; "
            "add an item, or a `none` entry with a sentence for the citizen"
        )
    for item_id, at_path in denied.items():
        yield f"{where}: a `none` entry denies item {item_id} at: {at_path}; narrow its `when`"
    for item in subject.items:
        if item.id not in reached:
            yield f"{where}: no path of facet answers reaches item {item.id}"
    for entry, was_used in zip(subject.none, used, strict=True):
        if not was_used:
            yield f"{where}: a `none` entry matches no path: {dict(entry.when)}; delete it"


def _item(item: Item, facets: Mapping[str, frozenset[str]]) -> Iterator[str]:
    where = f"item {item.id}"
    values = dict(facets)
    for field in item.fields:
        if field.id in facets:
            yield f"{where}: field {field.id} has the name of a facet; rename it"
        yield from _condition(f"{where}, field {field.id}", field.when, values)
        if field.kind == "choice":
            values[field.id] = frozenset(option.value for option in field.options)
        elif field.kind == "yes_no":
            values[field.id] = frozenset(("yes", "no"))
    for material in item.materials:
        yield from _condition(f"{where}, material {material.name}", material.when, values)
    for commitment in item.commitments:
        yield from _condition(f"{where}, commitment {commitment.id}", commitment.when, values)
    if item.legal_days is not None and item.promised_days > item.legal_days:
        yield f"{where}: promised {item.promised_days} days, more than the legal {item.legal_days}"
    kinds = Counter(field.kind for field in item.fields)
    for kind in ("name", "phone"):
        if not kinds[kind]:
            yield f"{where}: no field of kind {kind}; an application needs someone to reach"
    if not item.says and not item.situations:
        yield f"{where}: no everyday phrases; write how people call it and what leads to it"


def _twice(what: str, owners: Mapping[str, list[str]]) -> Iterator[str]:
    for key, names in owners.items():
        if len(names) > 1:
            yield f"{what} {key!r} stands at {', '.join(names)}; it must be unique"


def check_catalog(catalog: Catalog) -> list[str]:
    """All faults, one sentence each; empty when the catalog is sound."""
    faults: list[str] = []
    ids: dict[str, list[str]] = defaultdict(list)
    titles: dict[str, list[str]] = defaultdict(list)
    phrases: dict[str, list[str]] = defaultdict(list)
    for subject in catalog.subjects:
        ids[f"subject {subject.id}"].append(subject.department.id)
        facets = {facet.id: frozenset(value.id for value in facet.values) for facet in subject.facets}
        broken = [
            fault for item in subject.items for fault in _references(f"item {item.id}", item.when, facets)
        ] + [
            fault
            for entry in subject.none
            for fault in _condition(f"subject {subject.id}, none", entry.when, facets)
        ]
        faults.extend(broken or _paths(subject))
        for item in subject.items:
            faults.extend(_item(item, facets))
            ids[f"item {item.id}"].append(subject.id)
            titles[item.title].append(item.id)
            for phrase in (*item.says, *item.situations):
                phrases[phrase].append(item.id)
    faults.extend(_twice("id", ids))
    faults.extend(_twice("title", titles))
    faults.extend(_twice("everyday phrase", phrases))
    return faults
