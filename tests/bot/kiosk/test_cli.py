"""`wenban kiosk` as its users run it, with recordings as the microphone."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from bot.kiosk.cli import register
from speech.errors import AudioUnreadable, SoundUnavailable, VoiceMissing
from speech.microphone import device
from speech.microphone.device import Device
from wenban.settings import PROJECT_ROOT

DATA = Path(__file__).parents[2] / "data" / "speech"
HUMAN = str(DATA / "human.wav")
KEYS = ["heard", "alternatives", "replies", "options", "state", "item", "fields", "receipt", "ms"]


def parse(*args: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    register(parser.add_subparsers())
    return parser.parse_args(["kiosk", *args])


def run(*args: str) -> int:
    parsed = parse(*args)
    code: int = parsed.run(parsed)
    return code


def script(path: Path, body: str) -> str:
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_recordings_give_a_line_each_and_are_answered_aloud(
    door: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    speak = script(tmp_path / "say", f"cat >> {tmp_path}/said")
    microphone = f"{HUMAN},{DATA / 'yes.wav'}"
    assert run("--url", door.url, "--microphone", microphone, "--fast", "--json", "--speak", speak) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [list(record) for record in records] == [KEYS, KEYS]
    assert [record["state"] for record in records] == ["clarify", "confirm_item"]
    said = (tmp_path / "said").read_text(encoding="utf-8").splitlines()
    assert said[1] == "您要办的是市外夫妻投靠落户，对吗？"
    assert {request["metadata"]["channel"] for request in door.dialogue.requests} == {"kiosk"}


def test_without_json_it_is_shown_to_people(door: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--url", door.url, "--microphone", HUMAN, "--fast", "--speak", "none") == 0
    shown = capsys.readouterr().out
    assert "听到：我要迁户口" in shown and "配偶的户口在市内还是市外？" in shown


def test_nobody_there_is_exit_code_two_and_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    args = ("--url", "http://127.0.0.1:9", "--microphone", HUMAN, "--json", "--speak", "none", "--wait", "0")
    assert run(*args) == 2
    captured = capsys.readouterr()
    assert json.loads(captured.out)["error"]["code"] == "door_closed"
    assert "make run" in captured.err


def test_a_part_that_is_starting_is_waited_for(
    open_door: Callable[..., Any], decoder: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[bool] = []

    async def slow() -> bool:
        asked.append(True)
        return len(asked) > 2

    door = open_door(decoder=decoder, checks={"rasa": slow})
    assert run("--url", door.url, "--microphone", HUMAN, "--fast", "--json", "--speak", "none") == 0
    assert json.loads(capsys.readouterr().out)["state"] == "clarify"


def test_what_is_missing_on_this_machine_is_told_first() -> None:
    with pytest.raises(AudioUnreadable):
        run("--microphone", "no-such-file.wav", "--speak", "none")
    with pytest.raises(VoiceMissing):
        run("--microphone", HUMAN, "--speak", "no-such-program")


def test_without_portaudio_the_program_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(SoundUnavailable, match="libportaudio2"):
        run("--listen", "--speak", "none")
    with pytest.raises(SoundUnavailable):
        run("--list-devices")


def test_devices_are_listed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    found = [Device(3, "USB Audio", 1, 48_000, default=True)]
    monkeypatch.setattr(device, "load_sound", lambda: None)
    monkeypatch.setattr(device, "list_devices", lambda _: found)
    assert run("--list-devices") == 0
    assert capsys.readouterr().out == "*   3  USB Audio  (48000 Hz)\n"
    assert run("--list-devices", "--json") == 0
    assert json.loads(capsys.readouterr().out)["number"] == 3
    found.clear()
    assert run("--list-devices") == 1
    assert "no microphone" in capsys.readouterr().err


@pytest.mark.parametrize(
    "args",
    [("--patience", "0"), ("--idle", "-3"), ("--idle", "nan"), ("--barge-in", "99"), ("--barge-in", "x")],
)
def test_options_that_make_no_sense_are_refused(args: tuple[str, str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        parse(*args)


def test_options_as_they_are_understood() -> None:
    args = parse("--microphone", "a.wav,b.m4a", "--barge-in", "off", "--patience", "1.5")
    assert args.microphone == [Path("a.wav"), Path("b.m4a")]
    assert (args.barge_in, args.patience, args.idle) == (None, 1.5, 90.0)
    assert parse().barge_in == 7.0


def test_a_service_managers_stop_is_an_orderly_end(door: Any, tmp_path: Path) -> None:
    speak = script(
        tmp_path / "say", f"echo $$ > {tmp_path}/new; mv {tmp_path}/new {tmp_path}/pid; exec sleep 600"
    )
    with subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "kiosk", "--json", "--url", door.url, "--speak", speak,
         "--microphone", HUMAN, "--fast"],
        cwd=PROJECT_ROOT, stdout=subprocess.DEVNULL,
    ) as program:  # fmt: skip
        while not (tmp_path / "pid").exists():
            assert program.poll() is None
            time.sleep(0.01)
        program.terminate()
        assert program.wait(timeout=30) == 0
    number = int((tmp_path / "pid").read_text())
    while psutil.pid_exists(number) and psutil.Process(number).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)  # nothing goes on speaking, or this never ends
