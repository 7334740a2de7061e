"""Real programs: small scripts that write down what they should say."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import psutil
import pytest

from speech.errors import VoiceFailed, VoiceMissing
from speech.voice.command import ESPEAK, CommandVoice, NoVoice, find_voice


def script(path: Path, body: str) -> str:
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


async def test_the_program_reads_the_text(tmp_path: Path) -> None:
    said = tmp_path / "said"
    voice = find_voice(script(tmp_path / "say", f"cat > {said}"))
    await voice.say("您好，请说。")
    assert said.read_text(encoding="utf-8") == "您好，请说。\n"


async def test_stop_ends_it_and_its_children(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    voice = CommandVoice(
        [script(tmp_path / "say", f"sleep 600 & echo $! $$ > {pids}.new; mv {pids}.new {pids}; wait")]
    )
    saying = asyncio.create_task(voice.say("一句很长的话"))
    while not pids.exists():
        await asyncio.sleep(0.01)
    voice.stop()
    await asyncio.wait_for(saying, 20)
    for pid in map(int, pids.read_text().split()):
        while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            await asyncio.sleep(0.01)


async def test_the_next_text_ends_the_one_before_without_an_error(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    voice = CommandVoice(
        [script(tmp_path / "say", f"read text; echo $text >> {begun}; [ $text = 短 ] || exec sleep 600")]
    )
    first = asyncio.create_task(voice.say("长"))
    while not begun.exists():
        await asyncio.sleep(0.01)
    voice.stop()
    await asyncio.wait_for(voice.say("短"), 20)
    await asyncio.wait_for(first, 20)
    assert begun.read_text(encoding="utf-8").split() == ["长", "短"]


async def test_a_cancelled_reply_is_silent(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    voice = CommandVoice(
        [script(tmp_path / "say", f"echo $$ > {pid}.new; mv {pid}.new {pid}; exec sleep 600")]
    )
    saying = asyncio.create_task(voice.say("一句很长的话"))
    while not pid.exists():
        await asyncio.sleep(0.01)
    saying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await saying
    number = int(pid.read_text())
    while psutil.pid_exists(number) and psutil.Process(number).status() != psutil.STATUS_ZOMBIE:
        await asyncio.sleep(0.01)


async def test_a_failing_program_is_an_error_and_the_next_text_another_try(tmp_path: Path) -> None:
    voice = CommandVoice([script(tmp_path / "say", "cat > /dev/null; exit 3")])
    with pytest.raises(VoiceFailed, match="ended with 3"):
        await voice.say("您好")
    with pytest.raises(VoiceFailed):
        await CommandVoice([str(tmp_path / "gone")]).say("您好")


async def test_nothing_to_say_starts_nothing(tmp_path: Path) -> None:
    await CommandVoice([str(tmp_path / "gone")]).say("")
    voice = find_voice("none")
    assert isinstance(voice, NoVoice)
    await voice.say("您好")
    voice.stop()


@pytest.mark.parametrize("choice", ["no-such-program-at-all", "'", ""])
def test_a_missing_program_says_what_to_install(choice: str) -> None:
    with pytest.raises(VoiceMissing, match=r"espeak-ng|quotation"):
        find_voice(choice)


def test_without_a_choice_it_is_espeak_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path / "espeak-ng", "cat > /dev/null")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert isinstance(find_voice(None), CommandVoice)
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    assert isinstance(find_voice(None), NoVoice)


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
async def test_espeak_takes_these_arguments(tmp_path: Path) -> None:
    await CommandVoice([*ESPEAK, "-w", str(tmp_path / "said.wav")]).say("您好")
    assert (tmp_path / "said.wav").stat().st_size > 10_000
