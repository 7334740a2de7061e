from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from actions.applications.crypto import Cipher
from actions.applications.errors import IllegalMove, UnknownState
from actions.applications.states import LEGAL_MOVES, State, check_move
from actions.applications.store import Application, EventKind, Store

# Written down once more, by label and by hand, so that a slip in the module's table is noticed.
EXPECTED = {
    "收件": "受理 补正 退件 撤回",
    "补正": "受理 退件 撤回",
    "受理": "审查 决定 退件 撤回",
    "审查": "决定 退件 撤回",
    "决定": "办结",
    "办结": "",
    "退件": "",
    "撤回": "",
}


def test_the_table_is_what_the_law_says() -> None:
    table = {old.label: " ".join(new.label for new in moves) for old, moves in LEGAL_MOVES.items()}
    assert table == EXPECTED and set(LEGAL_MOVES) == set(State)


@pytest.mark.parametrize("old", State)
@pytest.mark.parametrize("new", State)
def test_a_move_is_legal_or_names_those_that_are(old: State, new: State) -> None:
    if new.label in EXPECTED[old.label].split():
        check_move(old, new)
        return
    with pytest.raises(IllegalMove) as caught:
        check_move(old, new)
    assert all(label in caught.value.citizen for label in EXPECTED[old.label].split())
    assert all(move.value in str(caught.value) for move in old.legal_moves)


@pytest.mark.parametrize("state", State)
def test_code_and_label_both_name_a_state(state: State) -> None:
    assert State.parse(f" {state.value.upper()} ") is State.parse(state.label) is state


@pytest.mark.parametrize("text", ["", "受", "accept", "受理办结"])
def test_any_other_name_is_refused_with_the_list(text: str) -> None:
    with pytest.raises(UnknownState) as caught:
        State.parse(text)
    assert "受理(accepted)" in caught.value.citizen


def test_any_life_agrees_with_the_table(
    submit: Callable[..., Application], cipher: Cipher, now: datetime, tmp_path: Path
) -> None:
    """Random lives in a real database against a model of a few lines."""

    class Life(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            folder = tempfile.mkdtemp(dir=tmp_path)
            self.store = Store(f"sqlite:///{folder}/wenban.sqlite3", cipher, clock=lambda: now)
            self.store.migrate()
            self.receipt = submit(self.store).receipt
            self.state, self.at = "收件", now
            self.history = ["收件"]
            self.views = 0

        @rule(new=st.sampled_from(State), hours=st.integers(0, 200))
        def move(self, new: State, hours: int) -> None:
            at = self.at + timedelta(hours=hours)
            if new.label not in EXPECTED[self.state].split():
                with pytest.raises(IllegalMove):
                    self.store.advance(self.receipt, new, actor="clerk", now=at)
                return
            self.store.advance(self.receipt, new, actor="clerk", now=at)
            self.state, self.at = new.label, at
            self.history.append(new.label)

        @rule()
        def look(self) -> None:
            self.store.record_view(self.receipt, actor="clerk", now=self.at)
            self.views += 1

        @rule()
        def submit_again(self) -> None:
            assert submit(self.store).receipt == self.receipt

        @rule()
        def restart(self) -> None:
            self.store.close()

        @invariant()
        def agrees(self) -> None:
            if not hasattr(self, "receipt"):
                return
            application = self.store.track(self.receipt, "1234")
            events = self.store.events(self.receipt)
            assert application.state.label == self.state
            assert [e.new_state.label for e in events if e.new_state is not None] == self.history
            assert sum(e.kind is EventKind.VIEWED for e in events) == self.views
            assert (application.finished_at is not None) == (self.state in ("办结", "退件", "撤回"))
            assert (application.accepted_at is not None) == ("受理" in self.history)
            assert len(self.store.pending_outbox()) == 1 + ("撤回" in self.history)

        def teardown(self) -> None:
            if hasattr(self, "store"):
                self.store.close()

    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=30,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
