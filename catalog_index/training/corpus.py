"""Pairs of texts that belong together, from the catalog and from a folder of freely usable texts.

The folder (an argument) holds `text/laws.tar.xz` (laws as Markdown), `text/stard_lay_queries.jsonl.xz` (lay
questions with the statutes that answer them) and `catalogs/guangdong_2021.jsonl.xz` (items of another
city). Only texts whose licence lets a model learn from them belong there. Each of them may be missing.
"""

from __future__ import annotations

import json
import logging
import lzma
import random
import re
import tarfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from catalog_index.documents import facet_texts
from catalog_index.loader import Catalog
from catalog_index.text import normalise

log = logging.getLogger(__name__)
_ARTICLE = re.compile(r"^第[一二三四五六七八九十百零]+条\s*")
_SENTENCE = re.compile(r"[。；;：:\n]")
_LONGEST = 80


@dataclass(frozen=True)
class Pair:
    """Two texts that mean the same matter.

    Attributes:
        item, subject: of the catalog, -1 elsewhere; pairs of one item are no negatives of each other, and a
            pair that speaks of a whole subject (item -1) is none of any of its items.
    """

    left: str
    right: str
    item: int = -1
    subject: int = -1


def _usable(text: str) -> str | None:
    plain = normalise(text)[:_LONGEST]
    return plain if len(plain) >= 4 else None


def law_pairs(path: Path, limit: int, seed: int) -> list[Pair]:
    """Neighbouring sentences of one article, and a law's title with its sentences."""
    chance = random.Random(seed)
    pairs: list[Pair] = []
    with tarfile.open(path, "r:xz") as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.name.endswith(".md") else None
            if stream is None:
                continue
            text = stream.read().decode("utf-8", "replace")
            title = _usable(text.split("\n", 1)[0].lstrip("# "))
            for line in text.split("\n"):
                if not _ARTICLE.match(line):
                    continue
                parts = [part for raw in _SENTENCE.split(_ARTICLE.sub("", line)) if (part := _usable(raw))]
                pairs += [Pair(a, b) for a, b in pairwise(parts)]
                if title and parts and chance.random() < 0.3:
                    pairs.append(Pair(title, chance.choice(parts)))
    chance.shuffle(pairs)
    return pairs[:limit]


def _records(path: Path) -> Iterator[dict[str, object]]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def lay_pairs(path: Path) -> list[Pair]:
    """A lay question with each statute that answers it, by its words and by its law's name."""
    pairs = []
    for record in _records(path):
        statutes = record["statutes"]
        query = _usable(str(record["query"]))
        if not query or not isinstance(statutes, dict):
            continue
        for name, body in statutes.items():
            rights = (_usable(str(body)), _usable(str(name).split("第")[0]))
            pairs += [Pair(query, right) for right in rights if right]
    return pairs


def other_city_pairs(path: Path) -> list[Pair]:
    """An item's name with its conditions and with its materials."""
    pairs = []
    for record in _records(path):
        name = _usable(str(record["TASK_NAME"]))
        conditions = _SENTENCE.split(str(record.get("accept_standard") or ""))[:6]
        materials = record.get("material_intro")
        texts = [*conditions, *(map(str, materials[:6]) if isinstance(materials, list) else ())]
        for text in texts:
            right = _usable(text)
            if name and right and right != name:
                pairs.append(Pair(name, right))
    return pairs


@dataclass(frozen=True)
class Family:
    """Texts that all mean one item, or (item -1) one subject without saying which of its items."""

    texts: tuple[str, ...]
    item: int
    subject: int


def catalog_families(catalog: Catalog) -> list[Family]:
    """All ways to ask for each item and each subject, as the search will see them; none of only one text."""
    families: list[Family] = []
    number = -1
    for place, subject in enumerate(catalog.subjects):
        general = (subject.title, subject.about, *subject.says, *subject.utterances)
        families.append(Family(_distinct(general), -1, place))
        for item in subject.items:
            number += 1
            own = (item.title, *item.says, *item.situations, *item.utterances)
            families.append(Family(_distinct(own), number, place))
    return [family for family in families if len(family.texts) > 1]


def _distinct(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normalise(text) for text in texts))


def detail_pairs(catalog: Catalog) -> list[Pair]:
    """An item's name with its result, its materials and its facet answers."""
    pairs: list[Pair] = []
    number = -1
    for place, subject in enumerate(catalog.subjects):
        for item in subject.items:
            number += 1
            detail = [item.result, *(material.name for material in item.materials)]
            pairs += [Pair(item.title, text, -1, place) for text in detail]
            pairs += [Pair(item.title, text, number, place) for text in facet_texts(subject, item)[:6]]
    normal = [Pair(normalise(p.left), normalise(p.right), p.item, p.subject) for p in pairs]
    return [pair for pair in normal if pair.left != pair.right]


OUTSIDE = ("laws", "lay", "city")


def outside_pairs(
    folder: Path, seed: int, wanted: Collection[str] = OUTSIDE, laws: int = 400_000
) -> dict[str, list[Pair]]:
    """Pairs of the folder by source; what is missing is logged and left out.

    Args:
        wanted: of `OUTSIDE`; reading the laws takes longest.
        laws: at most so many pairs of them.
    """
    sources: dict[str, tuple[Path, Callable[[Path], list[Pair]]]] = {
        "laws": (folder / "text" / "laws.tar.xz", lambda path: law_pairs(path, laws, seed)),
        "lay": (folder / "text" / "stard_lay_queries.jsonl.xz", lay_pairs),
        "city": (folder / "catalogs" / "guangdong_2021.jsonl.xz", other_city_pairs),
    }
    found: dict[str, list[Pair]] = {}
    for name in wanted:
        path, read = sources[name]
        if path.exists():
            found[name] = read(path)
        else:
            log.warning("training text %s is missing: %s", name, path.name)
    return found
