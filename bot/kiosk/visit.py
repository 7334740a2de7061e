"""When a visit ends, so that the next citizen never meets what the one before has said. It knows no clock."""

from __future__ import annotations

from enum import Enum

from actions.acts import settle_act
from bot.talk.client import Record

_GOODBYES = ("再见", "拜拜")


class Moment(Enum):
    """What a silence has come to."""

    SOON = "soon"
    OVER = "over"


class Visit:
    """Counts silence while it is the citizen's turn.

    Args:
        idle_s: seconds of it that end the visit; a third before, at most 20 s, is the moment to ask.
    """

    def __init__(self, idle_s: float) -> None:
        if idle_s <= 0:
            raise ValueError(f"a visit cannot end after {idle_s} s")
        self._idle_s = idle_s
        self._ask_s = idle_s - min(20.0, idle_s / 3)
        self._silent_s = 0.0
        self._asked = False

    def silent(self, seconds: float) -> Moment | None:
        """So much more silence; each moment is told once."""
        self._silent_s += seconds
        if self._silent_s >= self._idle_s:
            self.spoke()
            return Moment.OVER
        if self._silent_s >= self._ask_s and not self._asked:
            self._asked = True
            return Moment.SOON
        return None

    def spoke(self) -> None:
        """The citizen is there: counting begins anew."""
        self._silent_s, self._asked = 0.0, False


def is_goodbye(record: Record) -> bool:
    """Whether a turn ended the conversation: the words were a stop or a goodbye, and nothing is left open.

    Inside a search or a form a stop may mean only that; the dialogue's own state tells.
    """
    words = str(record["heard"]).strip("。！!，, ")
    if record["state"] == "idle" and settle_act("inform", words) == "stop":
        return True
    return record["state"] in ("idle", "submitted") and words.endswith(_GOODBYES)
