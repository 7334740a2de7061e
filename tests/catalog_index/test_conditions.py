from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from catalog_index.conditions import as_condition_value, holds, wanted_values

NAMES = st.sampled_from(["a", "b", "c"])
VALUES = st.sampled_from(["x", "y", "z"])


def test_booleans_are_yes_and_no() -> None:
    assert wanted_values(True) == ("yes",)
    assert as_condition_value(False) == "no"
    assert holds({"rural": True}, {"rural": True}) is True
    assert holds({"rural": True}, {"rural": "no"}) is False


def test_a_false_entry_decides_even_if_another_is_unknown() -> None:
    assert holds({"a": "x", "b": "y"}, {"a": "z"}) is False
    assert holds({"a": "x", "b": "y"}, {"a": "x"}) is None


@given(
    st.dictionaries(NAMES, st.one_of(VALUES, st.lists(VALUES, min_size=1))),
    st.dictionaries(NAMES, VALUES),
    st.dictionaries(NAMES, VALUES),
)
def test_knowing_more_never_changes_a_decision(
    condition: dict[str, str | bool | list[str]], known: dict[str, str], more: dict[str, str]
) -> None:
    decided = holds(condition, known)
    if decided is not None:
        assert holds(condition, {**more, **known}) is decided
