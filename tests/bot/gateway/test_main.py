"""The process as the supervisor starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from speech.models import BUNDLED_MODEL, is_model

ROOT = Path(__file__).parents[3]


@dataclass
class Process:
    url: str
    log: Path
    popen: subprocess.Popen[bytes]


@pytest.fixture
def environment(tmp_path: Path, free_port: int) -> dict[str, str]:
    """Nothing behind the door but the recognizer."""
    return os.environ | {
        "WENBAN_HOME": str(tmp_path / "home"),
        "WENBAN_HOST": "127.0.0.1",
        "WENBAN_PORT": str(free_port),
        "WENBAN_RASA_PORT": "9",
        "WENBAN_ACTIONS_PORT": "9",
        "WENBAN_SPEECH_WORKERS": "1",
    }


@pytest.fixture
def process(environment: dict[str, str], tmp_path: Path) -> Iterator[Process]:
    log = tmp_path / "gateway.log"
    with log.open("wb") as out:
        popen = subprocess.Popen([sys.executable, "-m", "bot.gateway"], cwd=ROOT, env=environment, stderr=out)
    yield Process(f"http://127.0.0.1:{environment['WENBAN_PORT']}", log, popen)
    popen.kill()
    popen.wait()


def patient_client(url: str) -> httpx.Client:
    """Its connection is tried again with growing pauses, half a minute in all."""
    return httpx.Client(
        base_url=url, transport=httpx.HTTPTransport(retries=6), timeout=httpx.Timeout(30.0), trust_env=False
    )


def test_a_missing_model_is_one_line_and_not_a_traceback(environment: dict[str, str]) -> None:
    environment["WENBAN_VOSK_MODEL"] = "/nowhere"
    done = subprocess.run(
        [sys.executable, "-m", "bot.gateway"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "WENBAN_VOSK_MODEL=/nowhere" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not is_model(BUNDLED_MODEL), reason="the bundled speech model is not there")
def test_it_starts_tells_what_is_down_keeps_secrets_and_stops(process: Process) -> None:
    with patient_client(process.url) as http:
        report = http.get("/healthz")
        assert report.status_code == 503
        assert report.json()["parts"] == {"gateway": "ok", "speech": "ok", "rasa": "down", "actions": "down"}
        assert report.json()["about"] == {"speech_model": BUNDLED_MODEL.name}
        assert "问办" in http.get("/").text
        session = http.post("/api/session").json()["session"]
        http.get("/api/track", params={"receipt": "YW202611234829137", "phone4": "1234"})
    with connect(f"{process.url.replace('http', 'ws')}/api/voice?session={session}", proxy=None) as socket:
        socket.send(json.dumps({"type": "start"}))
        assert json.loads(socket.recv(timeout=20))["type"] == "ready"
    process.popen.terminate()
    assert process.popen.wait(20) in (0, -15)
    log = process.log.read_text()
    assert "listening" in log
    assert session not in log and "YW2026" not in log and "Traceback" not in log, log
