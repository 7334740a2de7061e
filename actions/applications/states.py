"""The life of an application (办件): its states and the moves that are legal between them.

The moves follow the Administrative Licensing Law, article 32: materials are asked for once, before acceptance
(补正); after acceptance the case is examined and decided; nothing can be withdrawn once a decision was made.
"""

from __future__ import annotations

from enum import StrEnum

from actions.applications.errors import IllegalMove, UnknownState


class State(StrEnum):
    """A state; the value is the code kept in the database, `label` the Chinese word people see."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    SUPPLEMENT = "supplement"
    REVIEW = "review"
    DECIDED = "decided"
    COMPLETED = "completed"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def legal_moves(self) -> tuple[State, ...]:
        """The states that may follow; empty where the life has ended."""
        return LEGAL_MOVES[self]

    @property
    def final(self) -> bool:
        return not LEGAL_MOVES[self]

    @classmethod
    def parse(cls, text: str) -> State:
        """From a code ("accepted") or a Chinese label ("受理").

        Raises:
            UnknownState: naming all codes and labels.
        """
        wanted = text.strip().lower()
        for state in cls:
            if wanted in (state.value, state.label):
                return state
        known = "、".join(f"{state.label}({state.value})" for state in cls)
        raise UnknownState(
            f"unknown state, expected one of: {known}", citizen=f"没有这个状态，可用的是：{known}。"
        )


_LABELS = {
    State.RECEIVED: "收件",
    State.ACCEPTED: "受理",
    State.SUPPLEMENT: "补正",
    State.REVIEW: "审查",
    State.DECIDED: "决定",
    State.COMPLETED: "办结",
    State.RETURNED: "退件",
    State.WITHDRAWN: "撤回",
}

# 受理 → 决定 skips the examination: that is how items decided on the spot (即办件) go.
LEGAL_MOVES: dict[State, tuple[State, ...]] = {
    State.RECEIVED: (State.ACCEPTED, State.SUPPLEMENT, State.RETURNED, State.WITHDRAWN),
    State.SUPPLEMENT: (State.ACCEPTED, State.RETURNED, State.WITHDRAWN),
    State.ACCEPTED: (State.REVIEW, State.DECIDED, State.RETURNED, State.WITHDRAWN),
    State.REVIEW: (State.DECIDED, State.RETURNED, State.WITHDRAWN),
    State.DECIDED: (State.COMPLETED,),
    State.COMPLETED: (),
    State.RETURNED: (),
    State.WITHDRAWN: (),
}


def check_move(old: State, new: State) -> None:
    """Passes where the move is legal.

    Raises:
        IllegalMove: its message and sentence name the legal moves.
    """
    if new in old.legal_moves:
        return
    if old.final:
        raise IllegalMove(
            f"{old.value} -> {new.value}: {old.value} is final",
            citizen=f"这个办件已经{old.label}，不能再改为“{new.label}”。",
        )
    codes = ", ".join(state.value for state in old.legal_moves)
    labels = "、".join(state.label for state in old.legal_moves)
    raise IllegalMove(
        f"{old.value} -> {new.value}: legal from here are {codes}",
        citizen=f"这个办件现在是“{old.label}”，不能改为“{new.label}”，可以改为：{labels}。",
    )
