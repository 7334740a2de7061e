from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from actions.applications.store import Draft, Store
from actions.drafts_touched import drafts_touched
from catalog_index.editing.diff import ItemChange
from wenban.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(
        load_settings(),
        home=tmp_path,
        database_url=f"sqlite:///{tmp_path / 'drafts.sqlite3'}",
        key_file=tmp_path / "secret.key",
    )


def test_only_items_with_open_drafts_and_what_becomes_of_them(settings: Settings) -> None:
    store = Store.from_settings(settings)
    store.migrate()
    for item in ("gone", "gone", "moved", "renamed", "asked", "cheaper"):
        store.save_draft(Draft.new(item))
    assert store.drafts_by_item() == {"gone": 2, "moved": 1, "renamed": 1, "asked": 1, "cheaper": 1}
    store.close()
    changes = [
        ItemChange("removed", "gone", None, "甲"),
        ItemChange("renamed", "moved", "new", "乙", follows=True),
        ItemChange("renamed", "renamed", "other", "丙"),
        ItemChange("changed", "asked", "asked", "丁", fields_changed=True),
        ItemChange("changed", "cheaper", "cheaper", "戊"),
        ItemChange("removed", "nobody", None, "己"),
    ]
    told = [(one["item"], one["drafts"], one["what"]) for one in drafts_touched(changes, settings)]
    assert told == [
        ("gone", 2, "结束，并告诉本人原因"),
        ("moved", 1, "转到 new 接着办"),
        ("renamed", 1, "结束，并告诉本人原因"),
        ("asked", 1, "保留仍然适用的内容，其余重新问"),
    ]
