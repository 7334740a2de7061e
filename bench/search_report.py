"""What `wenban bench search` says: a record a system, and from the records the section of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bench.reliability import reliability
from bench.search import Quality, Steps

WENBAN = "Wenban"
Record = dict[str, Any]

_QUALITY = {"top1": "right item first", "top3": "in the top three", "mrr": "MRR"}
_STEPS = {
    "decision_accuracy": "right outcome: item reached, subject asked about, or out of scope refused",
    "settled_at_once": "item named at once",
    "reached": "item reached, answering truthfully",
    "questions_each": "questions asked on the way, mean",
    "wrong_item": "a wrong item named",
    "in_scope_refused": "in scope, but refused",
    "vague_led": "vague query led to its subject",
    "out_of_scope_refused": "out of scope, refused",
    "ece": "expected calibration error",
    "p50_ms": "search p50, ms",
    "p95_ms": "search p95, ms",
}


def record(split: str, system: str, by_kind: Mapping[str, Quality], steps: Steps | None = None) -> Record:
    """One line of `--json`; with what its decisions led to where a system takes some."""
    made: Record = {"bench": "search", "split": split, "system": system}
    made |= by_kind.get("all", Quality()).shares()
    made["kinds"] = {kind: own.shares() for kind, own in by_kind.items() if kind != "all"}
    if steps is not None:
        made |= steps.shares()
        if not steps.outside:
            del made["out_of_scope_refused"]
        made["reliability"] = [asdict(one) for one in reliability(steps.sure)]
    return made


def systems_table(records: Sequence[Record]) -> list[str]:
    """The systems beside each other: all queries that name an item, and those of each kind."""
    lines = [
        "| | " + " | ".join(one["system"] for one in records) + " |",
        "| --- |" + " ---: |" * len(records),
    ]
    for name, text in _QUALITY.items():
        lines.append(f"| {text} | " + " | ".join(f"{one[name]:.3f}" for one in records) + " |")
    counts = {kind: own["queries"] for one in records for kind, own in one["kinds"].items()}
    for kind in sorted(counts):
        cells = [f"{one['kinds'][kind]['top1']:.3f}" if kind in one["kinds"] else "–" for one in records]
        lines.append(f"| first, {kind} ({counts[kind]}) | " + " | ".join(cells) + " |")
    return lines


def steps_table(wenban: Record) -> list[str]:
    """What Wenban's decisions led to."""
    return [
        "Wenban's decisions:", "", "| | |", "| --- | ---: |",
        *(f"| {text} | {wenban[name]:g} |" for name, text in _STEPS.items() if name in wenban),
    ]  # fmt: skip


def reliability_table(wenban: Record, diagram: str | None) -> list[str]:
    """Stated probability and share right, bin by bin, of the first item.

    Args:
        diagram: where the picture lies, beside the report; None: there is none.
    """
    lines = [
        "How honest the stated probability of the first item is (expected calibration error "
        f"{wenban['ece']:.4f}; out of scope, no item is right):",
        "",
    ]
    if diagram:
        lines += [f"![Reliability diagram]({diagram})", ""]
    lines += ["| stated | queries | mean stated | share right |", "| --- | ---: | ---: | ---: |"]
    lines += [
        f"| {one['low']:.1f} to {one['high']:.1f} | {one['count']} | {one['stated']:.3f} "
        f"| {one['right']:.3f} |"
        for one in wenban["reliability"]
    ]
    return lines


def search_section(
    split: str, records: Sequence[Record], where: str, facts: Sequence[str], diagram: str | None = None
) -> str:
    """The section of one split: systems, Wenban's decisions, reliability."""
    wenban = next(one for one in records if one["system"] == WENBAN)
    lines = [
        f"## Search, {split} queries",
        "",
        f"`wenban bench search --split {split}`, {where}. {' '.join(facts)}",
        "",
        *systems_table(records),
        "",
        *steps_table(wenban),
        "",
        *reliability_table(wenban, diagram),
    ]
    return "\n".join(lines)


def diet_section(
    split: str,
    records: Sequence[Record],
    where: str,
    facts: Sequence[str],
    *,
    epochs: int,
    items: int | None = None,
) -> str:
    """The section of the comparison with DIET, kept apart because it takes an hour to measure.

    Args:
        items: where only so many of the catalog were compared.
    """
    command = f"wenban bench search --split {split} --diet --diet-epochs {epochs}"
    command += f" --diet-items {items}" if items else ""
    lines = [
        f"## Search beside DIET, {split} queries" + (f", {items} items" if items else ""),
        "",
        f"`{command}`, {where}. {' '.join(facts)} Rasa's DIETClassifier was "
        "trained on the same phrases, an intent an item; its ranking ends with the tenth item.",
        "",
        *systems_table(records),
    ]
    return "\n".join(lines)
