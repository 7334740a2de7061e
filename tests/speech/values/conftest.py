from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from speech.values import Constraints, parse_value
from wenban.errors import ValueInvalid

#: A Monday.
TODAY = date(2026, 11, 23)


@pytest.fixture(scope="session")
def today() -> date:
    return TODAY


@pytest.fixture(scope="session")
def value_of() -> Callable[..., Any]:
    """The canonical value of a text of a kind."""

    def call(kind: str, text: str, **limits: Any) -> Any:
        return parse_value(kind, text, today=TODAY, constraints=Constraints(**limits)).value

    return call


@pytest.fixture(scope="session")
def code_of() -> Callable[..., str]:
    """The error code of a text of a kind; fails where there is a value."""

    def call(kind: str, text: str, **limits: Any) -> str:
        with pytest.raises(ValueInvalid) as caught:
            parse_value(kind, text, today=TODAY, constraints=Constraints(**limits))
        assert caught.value.citizen.endswith("。")
        # An operator's message never repeats what was said.
        assert text not in str(caught.value) or len(text) < 3
        return caught.value.code

    return call
