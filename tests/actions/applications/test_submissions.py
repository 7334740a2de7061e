from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Barrier

import pytest

from actions.applications import submissions
from actions.applications.crypto import Cipher
from actions.applications.errors import ApplicationNotFound, DraftNotFound, IllegalMove, ReceiptInvalid
from actions.applications.receipts import check_digit, new_receipt, spoken_receipt
from actions.applications.states import State
from actions.applications.store import Application, Draft, EventKind, ItemSnapshot, OutboxKind, Store
from wenban.errors import StorageError, ValueInvalid

Submit = Callable[..., Application]


class TestSubmit:
    """Conformance: runs on every kind of database."""

    def test_everything_is_kept(
        self, store: Store, submit: Submit, item: ItemSnapshot, now: datetime, cipher: Cipher
    ) -> None:
        given = submit(store, session="page:1")
        kept = store.application(given.receipt)
        assert kept == given
        assert kept.item == item and kept.state is State.RECEIVED and kept.channel == "page"
        assert kept.fields == {
            "spouse_name": "欧阳锋",
            "household": 4,
            "rural": True,
            "rooms": [{"m2": 89.5}],
        }
        assert kept.materials == [{"id": "marriage", "title": "结婚证", "file": "scan-1.jpg"}]
        assert kept.commitments == ["本人名下无住房"]
        assert (kept.applicant_name, kept.contact_phone) == ("张无忌", "13800001234")
        assert kept.submitted_at == now and kept.receipt.startswith("YW20260304")
        assert (kept.promised_on, kept.promised_exact) == (date(2026, 3, 9), True)
        assert (kept.legal_on, kept.legal_exact) == (date(2026, 4, 1), True)

    def test_the_same_key_again_gives_the_same_application(self, store: Store, submit: Submit) -> None:
        first = submit(store)
        assert submit(store, applicant_name="别人", contact_phone="13900000000") == first
        assert store.applications() == [first] and len(store.pending_outbox()) == 1

    def test_the_same_key_after_a_rotation_too(self, store: Store, submit: Submit, database_url: str) -> None:
        first = submit(store)
        rotated = Store(database_url, Cipher([bytes(32), bytes(range(32))]))
        rotated.migrate()
        again, tracked = submit(rotated), rotated.track(first.receipt, "1234")
        rotated.close()
        assert again == first == tracked

    def test_another_key_is_another_application(self, store: Store, submit: Submit) -> None:
        assert submit(store, "a").receipt != submit(store, "b").receipt

    def test_the_draft_goes_with_it(self, store: Store, submit: Submit) -> None:
        draft = Draft.new("hukou-spouse-local")
        store.save_draft(draft)
        submit(store, draft.id, draft_id=draft.id)
        with pytest.raises(DraftNotFound):
            store.load_draft(draft.id)

    def test_the_department_is_told(
        self, store: Store, submit: Submit, item: ItemSnapshot, now: datetime
    ) -> None:
        given = submit(store)
        [entry] = store.pending_outbox()
        assert (entry.kind, entry.receipt) == (OutboxKind.SUBMITTED, given.receipt)
        assert (entry.item_id, entry.department, entry.created_at) == (item.id, item.department, now)

    def test_a_taken_receipt_is_drawn_again(
        self, store: Store, submit: Submit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = submit(store, "a")
        draws = [first.receipt, first.receipt]
        monkeypatch.setattr(
            submissions, "new_receipt", lambda day: draws.pop() if draws else new_receipt(day)
        )
        second = submit(store, "b")
        assert second.receipt != first.receipt and not draws and len(store.applications()) == 2

    def test_when_no_receipt_is_free_nothing_is_stored(
        self, store: Store, submit: Submit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = submit(store, "a")
        draft = Draft.new("hukou-spouse-local")
        store.save_draft(draft)
        monkeypatch.setattr(submissions, "new_receipt", lambda day: first.receipt)
        with pytest.raises(StorageError) as caught:
            submit(store, "b", draft_id=draft.id)
        assert caught.value.retryable
        assert store.applications() == [first] and len(store.pending_outbox()) == 1
        assert store.load_draft(draft.id).id == draft.id

    def test_a_phone_of_three_digits_is_refused(self, store: Store, submit: Submit) -> None:
        with pytest.raises(ValueInvalid):
            submit(store, contact_phone="123")
        assert store.applications() == []

    def test_no_legal_limit_and_a_submission_at_night(
        self, store: Store, submit: Submit, item: ItemSnapshot, now: datetime
    ) -> None:
        night = now.replace(hour=23)
        given = submit(store, item=replace(item, promised_days=0, legal_days=None), now=night)
        assert (given.promised_on, given.legal_on) == (date(2026, 3, 5), None)

    def test_a_date_in_an_unknown_year_says_so(self, store: Store, submit: Submit, now: datetime) -> None:
        given = submit(store, now=now.replace(year=2040))
        assert not given.promised_exact and not given.legal_exact


class TestTrack:
    """Conformance: runs on every kind of database."""

    def test_receipt_and_phone_together_find_it(self, store: Store, submit: Submit) -> None:
        given = submit(store)
        assert store.track(spoken_receipt(given.receipt).lower(), "1234 ") == given

    def test_wrong_receipt_and_wrong_phone_are_told_the_same(self, store: Store, submit: Submit) -> None:
        given = submit(store)
        other = new_receipt(date(2026, 3, 5))
        told = set()
        for receipt, phone in [
            (given.receipt, "1235"),
            (other, "1234"),
            (other, "0000"),
            (given.receipt, ""),
        ]:
            with pytest.raises(ApplicationNotFound) as caught:
                store.track(receipt, phone)
            told.add((type(caught.value), str(caught.value), caught.value.citizen))
        assert len(told) == 1

    def test_what_is_no_receipt_is_told_whether_or_not_it_exists(self, store: Store, submit: Submit) -> None:
        receipt = submit(store).receipt
        wrong = receipt[:-1] + str((int(receipt[-1]) + 1) % 10)
        with pytest.raises(ReceiptInvalid):
            store.track(wrong, "1234")

    def test_staff_asking_for_one_that_is_not_there(self, store: Store) -> None:
        digits = "20260304000000"
        for ask in (store.application, store.events):
            with pytest.raises(ApplicationNotFound):
                ask(f"YW{digits}{check_digit(digits)}")


class TestList:
    """Conformance: runs on every kind of database."""

    def test_newest_first_in_pages_and_filtered(
        self, store: Store, submit: Submit, item: ItemSnapshot, now: datetime
    ) -> None:
        receipts = [
            submit(
                store, str(n), item=replace(item, department=f"局{n % 2}"), now=now + timedelta(minutes=n)
            ).receipt
            for n in range(5)
        ]
        newest = receipts[::-1]
        assert [a.receipt for a in store.applications()] == newest
        assert [a.receipt for a in store.applications(limit=2, offset=1)] == newest[1:3]
        assert [a.receipt for a in store.applications(department="局1")] == [newest[1], newest[3]]
        store.advance(receipts[0], State.RETURNED, actor="clerk", now=now)
        assert [a.receipt for a in store.applications(state=State.RETURNED)] == [receipts[0]]
        assert store.applications(state=State.RETURNED, department="局1") == []


class TestAdvance:
    """Conformance: runs on every kind of database."""

    def test_the_whole_way_with_its_history(self, store: Store, submit: Submit, now: datetime) -> None:
        receipt = submit(store).receipt
        way = [State.SUPPLEMENT, State.ACCEPTED, State.REVIEW, State.DECIDED, State.COMPLETED]
        for day, state in enumerate(way, start=1):
            moved = store.advance(
                receipt, state, actor="clerk", note=f"第{day}步", now=now + timedelta(days=day)
            )
            assert moved.state is state and moved == store.application(receipt)
        assert moved.finished_at == now + timedelta(days=5) == moved.updated_at
        events = store.events(receipt)
        assert [event.new_state for event in events] == [State.RECEIVED, *way]
        assert [event.old_state for event in events] == [None, State.RECEIVED, *way[:-1]]
        assert [event.note for event in events[1:]] == [f"第{n}步" for n in range(1, 6)]
        assert [event.actor for event in events] == ["applicant"] + ["clerk"] * 5

    def test_time_limits_count_from_the_acceptance(self, store: Store, submit: Submit, now: datetime) -> None:
        receipt = submit(store).receipt
        accepted_at = now + timedelta(days=5)  # Monday 9 March
        moved = store.advance(receipt, State.ACCEPTED, actor="clerk", now=accepted_at)
        assert moved.accepted_at == accepted_at and moved.finished_at is None
        assert (moved.promised_on, moved.legal_on) == (date(2026, 3, 12), date(2026, 4, 7))

    def test_an_illegal_move_names_the_legal_ones_and_changes_nothing(
        self, store: Store, submit: Submit, now: datetime
    ) -> None:
        given = submit(store)
        with pytest.raises(IllegalMove) as caught:
            store.advance(given.receipt, State.COMPLETED, actor="clerk", now=now)
        assert "受理、补正、退件、撤回" in caught.value.citizen
        assert store.application(given.receipt) == given and len(store.events(given.receipt)) == 1

    def test_of_eight_clerks_at_once_one_moves_it(self, store: Store, submit: Submit, now: datetime) -> None:
        receipt = submit(store).receipt
        barrier = Barrier(8)

        def move(number: int) -> bool:
            barrier.wait()
            try:
                store.advance(receipt, State.ACCEPTED, actor=f"clerk {number}", now=now)
            except IllegalMove:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(move, range(8))) == 1
        assert len(store.events(receipt)) == 2

    def test_a_withdrawal_tells_the_department(self, store: Store, submit: Submit, now: datetime) -> None:
        receipt = submit(store).receipt
        assert store.withdraw(receipt, note="不办了", now=now).state is State.WITHDRAWN
        assert [entry.kind for entry in store.pending_outbox()] == [
            OutboxKind.SUBMITTED,
            OutboxKind.WITHDRAWN,
        ]
        with pytest.raises(IllegalMove):
            store.withdraw(receipt, now=now)

    def test_a_look_in_clear_is_recorded_and_moves_nothing(
        self, store: Store, submit: Submit, now: datetime
    ) -> None:
        given = submit(store)
        store.record_view(given.receipt, actor="wang", now=now + timedelta(hours=1))
        event = store.events(given.receipt)[-1]
        assert (event.kind, event.actor) == (EventKind.VIEWED, "wang")
        assert event.at == now + timedelta(hours=1) and event.new_state is None
        assert store.application(given.receipt) == given


def test_what_is_shown_of_it_has_nothing_personal(
    open_store: Callable[[str], Store], sqlite_url: str, submit: Submit
) -> None:
    shown = repr(submit(open_store(sqlite_url)))
    assert not any(value in shown for value in ("欧阳锋", "13800001234", "张无忌", "scan-1"))
