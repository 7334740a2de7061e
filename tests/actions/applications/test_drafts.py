from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from actions.applications.errors import DraftNotFound
from actions.applications.store import Draft, Store
from wenban.errors import StorageError, ValueInvalid


@pytest.fixture
def draft() -> Draft:
    return replace(
        Draft.new("hukou-spouse-local"),
        fields={"spouse_name": "欧阳锋", "rural": True},
        materials=[{"id": "marriage"}],
        commitments=["本人名下无住房"],
        phone="13800001234",
        extra={"asked": "rural"},
    )


class TestDrafts:
    """Conformance: runs on every kind of database."""

    def test_it_survives_a_restart(
        self,
        store: Store,
        draft: Draft,
        open_store: Callable[[str], Store],
        database_url: str,
        now: datetime,
    ) -> None:
        store.save_draft(draft)
        assert open_store(database_url).load_draft(draft.id) == replace(draft, updated_at=now)

    def test_a_later_save_replaces_it(self, store: Store, draft: Draft) -> None:
        store.save_draft(draft)
        store.save_draft(replace(draft, fields={"spouse_name": "黄药师"}))
        assert store.load_draft(draft.id).fields == {"spouse_name": "黄药师"}

    def test_it_is_taken_up_by_code_and_phone(self, store: Store, draft: Draft) -> None:
        store.save_draft(draft)
        spoken = f"{draft.resume_code[:4]} {draft.resume_code[4:]}"
        assert store.resume_draft(spoken, " 1234").id == draft.id

    def test_wrong_code_and_wrong_phone_are_told_the_same(self, store: Store, draft: Draft) -> None:
        store.save_draft(draft)
        told = set()
        for code, phone in [(draft.resume_code, "1235"), ("00000000", "1234"), ("", ""), ("", "1234")]:
            with pytest.raises(DraftNotFound) as caught:
                store.resume_draft(code, phone)
            told.add((str(caught.value), caught.value.citizen))
        assert len(told) == 1

    def test_without_a_phone_it_cannot_be_taken_up_elsewhere(self, store: Store, draft: Draft) -> None:
        store.save_draft(replace(draft, phone=""))
        assert store.load_draft(draft.id).phone == ""
        with pytest.raises(DraftNotFound):
            store.resume_draft(draft.resume_code, "")

    def test_a_corrected_phone_counts_from_then_on(self, store: Store, draft: Draft) -> None:
        store.save_draft(draft)
        store.save_draft(replace(draft, phone="13900005678"))
        assert store.resume_draft(draft.resume_code, "5678").id == draft.id
        with pytest.raises(DraftNotFound):
            store.resume_draft(draft.resume_code, "1234")

    def test_a_taken_code_is_refused(self, store: Store, draft: Draft) -> None:
        store.save_draft(draft)
        with pytest.raises(StorageError):
            store.save_draft(replace(draft, id="other"))
        with pytest.raises(DraftNotFound):
            store.load_draft("other")

    def test_a_phone_of_three_digits_is_refused(self, store: Store, draft: Draft) -> None:
        with pytest.raises(ValueInvalid):
            store.save_draft(replace(draft, phone="123"))

    def test_a_deleted_one_is_gone(self, store: Store, draft: Draft) -> None:
        store.save_draft(draft)
        store.delete_draft(draft.id)
        store.delete_draft(draft.id)
        with pytest.raises(DraftNotFound):
            store.load_draft(draft.id)

    def test_old_ones_are_purged(self, store: Store, draft: Draft, now: datetime) -> None:
        store.save_draft(draft)
        assert store.purge_drafts(timedelta(days=30), now + timedelta(days=29)) == 0
        assert store.purge_drafts(timedelta(days=30), now + timedelta(days=31)) == 1


def test_what_is_shown_of_it_has_nothing_personal(draft: Draft) -> None:
    assert not any(value in repr(draft) for value in ("欧阳锋", "13800001234", draft.resume_code))
