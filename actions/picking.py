"""Which of the options offered a message picks, and whether it refuses them."""

from __future__ import annotations

from actions.state import State
from actions.turn import Turn
from speech.values import Option, parse_value
from wenban.errors import ValueInvalid

NONE_OF_THESE = "都不是"


def words_after_no(text: str) -> str:
    """What a refusal goes on to say: "不是，我要换证" gives 换证."""
    for start in ("都不是", "不是的", "不是", "不对", "不要", "错了"):
        if text.startswith(start):
            return text[len(start) :].strip("，,。. 的我要")
    return ""


def picked(state: State, turn: Turn) -> str | None:
    """The value of the option that the words choose; None where they choose none."""
    for option in state.options:
        if turn.text.strip() in (option.value, option.label):
            return option.value
    # A whole sentence that happens to hold a label's words is a need, not a pick.
    options = [Option(option.value, option.label) for option in state.options]
    try:
        chosen = parse_value("choice", turn.text, today=turn.today, options=options, alternatives=turn.heard)
    except ValueInvalid:
        return None
    return str(chosen.value)


def denies_all(turn: Turn) -> bool:
    """Whether none of the options is meant."""
    return turn.text.strip(" 。，").startswith(NONE_OF_THESE) or (turn.act == "deny" and len(turn.text) <= 5)
