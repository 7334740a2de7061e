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
from dataclasses import replace
from functools import partial

from catalog_index.conditions import wanted_values
from catalog_index.faults import Fault
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
    subject: str, item: str | None, where: str,
    when: Mapping[str, Iterable[str]], values: Mapping[str, frozenset[str]],
) -> Iterator[Fault]:  # fmt: skip
    for name, wanted in when.items():
        here = partial(Fault, subject=subject, item=item)
        if name not in values:
            known = ", ".join(sorted(values)) or "none"
            yield here(
                f"{where}: `when` names {name!r}, which is no facet or earlier field (known here: {known})",
                "correct the name, or move the field it means further up",
                part=name,
            )
            continue
        for value in wanted:
            if value not in values[name]:
                yield here(
                    f"{where}: {name!r} has no value {value!r} (it has {', '.join(sorted(values[name]))})",
                    "choose one of those, or add the value",
                    part=value,
                )


def _condition(
    subject: str, item: str | None, where: str, when: Condition, values: Mapping[str, frozenset[str]]
) -> Iterator[Fault]:
    plain = {name: wanted_values(wanted) for name, wanted in when.items()}
    yield from _references(subject, item, where, plain, values)


def path_faults(subject: Subject) -> Iterator[Fault]:
    """Every path of facet answers ends at exactly one item or at an honest "none"."""
    names = [facet.id for facet in subject.facets]
    count = math.prod(len(facet.values) for facet in subject.facets)
    where, here = f"subject {subject.id}", partial(Fault, subject=subject.id)
    if count > MAX_PATHS:
        yield here(
            f"{where}: {count} combinations of facet values, more than {MAX_PATHS}", "split the subject"
        )
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
        yield here(
            f"{where}: items {', '.join(ids)} have the same facet values at {len(at)} path(s), first: "
            f"{at[0] or '(no facets)'}",
            "give one of them another value, or add a facet",
            item=ids[-1],
        )
    if uncovered:
        yield here(
            f"{where}: {len(uncovered)} path(s) end nowhere, first: {uncovered[0]}",
            "add an item, or a `none` entry with a sentence for the citizen",
        )
    for item_id, at_path in denied.items():
        yield here(
            f"{where}: a `none` entry denies item {item_id} at: {at_path}", "narrow its `when`", part="none"
        )
    for item in subject.items:
        if item.id not in reached:
            yield here(
                f"{where}: no path of facet answers reaches item {item.id}",
                "correct its `when`, or delete the item",
                item=item.id,
            )
    for entry, was_used in zip(subject.none, used, strict=True):
        if not was_used:
            yield here(
                f"{where}: a `none` entry matches no path: {dict(entry.when)}", "delete it", part="none"
            )


def _item(item: Item, facets: Mapping[str, frozenset[str]]) -> Iterator[Fault]:
    where, here = f"item {item.id}", partial(Fault, subject=item.subject_id, item=item.id)
    condition = partial(_condition, item.subject_id, item.id)
    values = dict(facets)
    for field in item.fields:
        if field.id in facets:
            yield here(f"{where}: field {field.id} has the name of a facet", "rename it", part=field.id)
        yield from condition(f"{where}, field {field.id}", field.when, values)
        if field.kind == "choice":
            values[field.id] = frozenset(option.value for option in field.options)
        elif field.kind == "yes_no":
            values[field.id] = frozenset(("yes", "no"))
    for material in item.materials:
        yield from condition(f"{where}, material {material.name}", material.when, values)
    for commitment in item.commitments:
        yield from condition(f"{where}, commitment {commitment.id}", commitment.when, values)
    if item.legal_days is not None and item.promised_days > item.legal_days:
        yield here(
            f"{where}: promised {item.promised_days} days, more than the legal {item.legal_days}",
            "promise at most the legal days, or correct those",
            part="promised_days",
        )
    kinds = Counter(field.kind for field in item.fields)
    for kind in ("name", "phone"):
        if not kinds[kind]:
            yield here(
                f"{where}: no field of kind {kind}; an application needs someone to reach",
                f"add `{kind}` to its fields or its subject's",
                part="fields",
            )
    if not item.says and not item.situations:
        yield here(f"{where}: no everyday phrases", "write how people call it and what leads to it")


def _twice(what: str, owners: Mapping[str, list[tuple[str, Fault]]], mend: str) -> Iterator[Fault]:
    for key, entries in owners.items():
        if len(entries) > 1:
            names = ", ".join(name for name, _ in entries)
            yield replace(
                entries[-1][1], text=f"{what} {key!r} stands at {names}; it must be unique", mend=mend
            )


def find_faults(catalog: Catalog) -> list[Fault]:
    """All faults, without their lines (`catalog_index.faults.located` adds them)."""
    faults: list[Fault] = []
    ids: dict[str, list[tuple[str, Fault]]] = defaultdict(list)
    titles: dict[str, list[tuple[str, Fault]]] = defaultdict(list)
    phrases: dict[str, list[tuple[str, Fault]]] = defaultdict(list)
    for subject in catalog.subjects:
        ids[f"subject {subject.id}"].append((subject.department.id, Fault("", subject=subject.id)))
        facets = {facet.id: frozenset(value.id for value in facet.values) for facet in subject.facets}
        broken = [
            fault
            for item in subject.items
            for fault in _references(subject.id, item.id, f"item {item.id}", item.when, facets)
        ] + [
            fault
            for entry in subject.none
            for fault in _condition(subject.id, None, f"subject {subject.id}, none", entry.when, facets)
        ]
        faults.extend(broken or path_faults(subject))
        for item in subject.items:
            faults.extend(_item(item, facets))
            here = partial(Fault, "", subject=subject.id, item=item.id)
            ids[f"item {item.id}"].append((subject.id, here()))
            for former in item.formerly:
                ids[f"item {former}"].append((f"formerly of {item.id}", here(part=former)))
            titles[item.title].append((item.id, here(part=item.title)))
            for phrase in (*item.says, *item.situations, *item.utterances):
                phrases[phrase].append((item.id, here(part=phrase)))
    faults.extend(_twice("id", ids, "rename one"))
    faults.extend(_twice("title", titles, "name what differs, so that each is understood alone"))
    faults.extend(_twice("everyday phrase", phrases, "leave it at the item that people mean by it"))
    return faults


def check_catalog(catalog: Catalog) -> list[str]:
    """All faults, one sentence each; empty when the catalog is sound."""
    return [str(fault) for fault in find_faults(catalog)]
