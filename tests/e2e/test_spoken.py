"""The same way with a recording as the first line: what was heard leads to a receipt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Running, Talk

SPOKEN = Path(__file__).parents[1] / "data" / "speech"


@pytest.mark.parametrize(("name", "subject"), [("hukou.wav", "hukou"), ("plate.wav", "plate")])
def test_from_a_spoken_need_to_a_receipt(stack: Running, talk: Talk, name: str, subject: str) -> None:
    citizen = stack.citizen(talk.send)
    first = citizen.say(f"@{SPOKEN / name}")
    assert first["heard"]
    assert first["alternatives"][0]["text"] == first["heard"]
    assert first["ms"]["speech"] is not None
    in_form = citizen.go_on(first, lambda record: record["state"] == "collect")
    assert in_form["item"]["id"].startswith(subject), first["heard"]
    receipt = citizen.until_receipt(in_form)["receipt"]
    [shown] = stack.wenban("applications", "show", receipt)
    assert shown["receipt"] == receipt
