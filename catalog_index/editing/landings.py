"""Where past utterances land, in one version of the catalog and in another."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from catalog_index.engine import SearchEngine
from catalog_index.errors import CatalogInvalid, QueryInvalid
from catalog_index.loader import Catalog
from wenban.settings import Settings


@dataclass(frozen=True)
class Landing:
    """What the search does with an utterance: its decision, and the item or subject it is sure of."""

    decision: str
    target: str | None
    title: str | None

    def __str__(self) -> str:
        return {
            "item": f"事项“{self.title}”", "clarify": f"追问“{self.title}”",
            "choose": f"列出几项，第一项“{self.title}”", "none": "没有找到",
        }.get(self.decision, self.decision)  # fmt: skip


def read_queries(path: Path) -> list[str]:
    """Past utterances, one JSON object a line with `query`.

    Raises:
        CatalogInvalid: the file cannot be read; names the line.
    """
    queries: list[str] = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogInvalid([f"{path}: cannot be read: {error}"]) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            query = json.loads(line)["query"]
        except (ValueError, KeyError, TypeError) as error:
            raise CatalogInvalid([f'{path.name}:{number}: expected {{"query": "…"}}']) from error
        queries.append(str(query))
    return list(dict.fromkeys(queries))


def landings(catalog: Catalog, settings: Settings, queries: Sequence[str]) -> list[Landing | None]:
    """Where each utterance lands; None where it cannot be searched. Builds an index that is thrown away."""
    with TemporaryDirectory(prefix="wenban-diff-") as folder:
        engine = SearchEngine.build(catalog, replace(settings, index_dir=Path(folder) / "index"))
        return [_landing(engine, query) for query in queries]


def _landing(engine: SearchEngine, query: str) -> Landing | None:
    try:
        result = engine.search(query, top=1)
    except QueryInvalid:
        return None
    if result.decision == "clarify" and result.subject_id is not None:
        return Landing("clarify", result.subject_id, engine.catalog.subject(result.subject_id).title)
    if result.decision == "none" or not result.results:
        return Landing(result.decision, None, None)
    return Landing(result.decision, result.results[0].id, result.results[0].title)


def moved(
    old: Catalog, new: Catalog, settings: Settings, queries: Sequence[str], renamed: dict[str, str]
) -> Iterator[tuple[str, Landing, Landing]]:
    """Utterances that would land elsewhere: (query, before, after).

    Args:
        renamed: old id -> new id of items that are the same under another id.
    """
    pairs = zip(queries, landings(old, settings, queries), landings(new, settings, queries), strict=True)
    for query, before, after in pairs:
        if before is None or after is None:
            continue
        same = (
            before.decision == after.decision
            and renamed.get(before.target or "", before.target) == after.target
        )
        if not same:
            yield query, before, after
