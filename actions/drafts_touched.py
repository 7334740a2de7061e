"""Which open drafts a new version of the catalog touches, and what becomes of them (`actions.renewal`)."""

from __future__ import annotations

from collections.abc import Sequence

from actions.applications.store import Store
from catalog_index.editing.diff import ItemChange
from wenban.settings import Settings


def drafts_touched(changes: Sequence[ItemChange], settings: Settings) -> list[dict[str, object]]:
    """One record for each item that has open drafts and changes for them.

    Raises:
        SetupError, StorageError: the store cannot be opened.
    """
    store = Store.from_settings(settings)
    store.migrate()
    try:
        counts = store.drafts_by_item()
    finally:
        store.close()
    return [
        {"item": change.id, "title": change.title, "drafts": counts[change.id], "what": _fate(change)}
        for change in changes
        if change.touches_drafts and change.id in counts
    ]


def _fate(change: ItemChange) -> str:
    if change.kind == "renamed" and change.follows:
        return f"转到 {change.new_id} 接着办"
    if change.kind in ("removed", "renamed"):
        return "结束，并告诉本人原因"
    return "保留仍然适用的内容，其余重新问"
