"""The work behind `wenban catalog diff`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping, Sequence

from catalog_index.editing.diff import FacetChange, ItemChange, changed_facets, changed_items
from catalog_index.editing.landings import moved, read_queries
from catalog_index.loader import load_catalog
from wenban.jsonl import emit
from wenban.settings import load_settings

_WORDS = {"added": "新增", "removed": "取消", "renamed": "改名", "changed": "有变化"}
# Open drafts are kept by another package; whoever joins the program says how to count them.
DraftsTouched = Callable[[Sequence[ItemChange]], Iterable[Mapping[str, object]]]


def run_diff(args: argparse.Namespace, drafts: DraftsTouched | None = None) -> int:
    """Prints what changes; 0 where nothing does, 1 where something does, as diff has it."""
    old, new = load_catalog(args.old), load_catalog(args.new)
    items, facets = changed_items(old, new), changed_facets(old, new)
    changes: list[ItemChange | FacetChange] = [*items, *facets]
    for change in changes:
        if args.json:
            emit(change.as_dict())
        else:
            print("\n".join(change.lines()))
    elsewhere = 0
    if args.queries is not None:
        from wenban.threads import limit_native_threads

        limit_native_threads()
        renamed = {one.id: one.new_id for one in items if one.kind == "renamed" and one.new_id is not None}
        for query, before, after in moved(old, new, load_settings(), read_queries(args.queries), renamed):
            elsewhere += 1
            if args.json:
                emit({"query": query, "before": vars(before), "after": vars(after)})
            else:
                print(f"说法  “{query}”：{before} → {after}")
    touched = list(drafts(items)) if drafts is not None and args.drafts else []
    for record in touched:
        if args.json:
            emit(record)
        else:
            print(f"草稿  {record['item']}：{record['drafts']} 份，{record['what']}")
    kinds = {kind: sum(one.kind == kind for one in items) for kind in _WORDS}
    if args.json:
        emit({"old": old.version, "new": new.version, **kinds, "facets": len(facets), "elsewhere": elsewhere})
    else:
        counts = "，".join(f"{word} {kinds[kind]}" for kind, word in _WORDS.items())
        print(f"共：{counts}，问法变化 {len(facets)}，另去他处的说法 {elsewhere}")
    return 1 if items or facets or elsewhere else 0
