"""What runs inside the Rasa process, run in Rasa's own environment."""

from __future__ import annotations

import base64
import json
import os
import secrets
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bot.stack.setup import RASA_PYTHON
from wenban.settings import PROJECT_ROOT

pytestmark = pytest.mark.skipif(not RASA_PYTHON.exists(), reason="needs .venv-rasa (make test makes it)")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Everything that probe.py tries; one process, since importing Rasa takes seconds."""
    done = subprocess.run(
        [str(RASA_PYTHON), str(Path(__file__).parent / "probe.py"), str(tmp_path_factory.mktemp("tracker"))],
        env=os.environ
        | {
            "PYTHONPATH": str(PROJECT_ROOT),
            "WENBAN_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
            "TF_CPP_MIN_LOG_LEVEL": "3",
        },
        cwd=PROJECT_ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_the_tracker_comes_back_after_a_restart(report: dict[str, Any]) -> None:
    store = report["store"]
    assert store["unknown"] is None
    assert store["last"].endswith(" 19")
    assert store["events"] == store["kept_events"]
    assert store["after_delete"] is None


def test_the_tracker_file_holds_neither_words_nor_tokens(report: dict[str, Any]) -> None:
    store = report["store"]
    assert store["in_clear"] == []
    assert [len(key) for key in store["keys"]] == [64]
    assert store["opened_with_another_key"] is False


def test_old_trackers_are_forgotten_and_those_of_the_first_form_kept(report: dict[str, Any]) -> None:
    assert report["store"]["forgotten"] == [True, False, True]


def test_the_channel_takes_only_turns_of_the_right_form(report: dict[str, Any]) -> None:
    problems = report["problems"]
    assert problems.pop("good") is None
    assert problems.pop("without metadata") is None
    assert all(problems.values())


def test_no_answer_is_an_error_and_not_an_empty_reply(report: dict[str, Any]) -> None:
    channel = report["channel"]
    assert channel["answered"] == [200, [{"recipient_id": "s", "custom": {"state": "idle"}}]]
    assert channel["unanswered"] == [503, {"code": "no_answer"}]
    assert channel["malformed"][0] == 400


def test_the_replaced_hot_spots_do_what_the_originals_did(report: dict[str, Any]) -> None:
    assert report["patched"] == {"event": "UserUttered", "sound": True, "malformed": "refused"}
