"""A kiosk without sound hardware: recordings as microphone, a script as voice, everything else real."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from speech.voice.prepare import sayable

if TYPE_CHECKING:
    from tests.e2e.conftest import Running

SPOKEN = Path(__file__).parents[1] / "data" / "speech"


def test_a_spoken_need_at_the_kiosk_finds_the_item(stack: Running, tmp_path: Path) -> None:
    speak = tmp_path / "say"
    speak.write_text(f"#!/bin/sh\ncat >> {tmp_path}/said\n")
    speak.chmod(0o755)
    microphone = ",".join(str(SPOKEN / name) for name in ("hukou.wav", "yes.wav", "human.wav"))
    records = stack.wenban("kiosk", "--microphone", microphone, "--fast", "--speak", str(speak))
    assert len(records) == 3 and not any("error" in record for record in records)
    assert records[0]["alternatives"][0]["text"] == records[0]["heard"]
    assert records[0]["ms"]["speech"] is not None
    assert records[1]["item"]["id"].startswith("hukou"), records[0]["heard"]
    assert records[2]["state"] == "human", "one conversation, from the need to a person"
    said = (tmp_path / "said").read_text(encoding="utf-8").splitlines()
    assert said[2] == sayable("".join(records[2]["replies"]))
