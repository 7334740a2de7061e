"""The real PortAudio with a virtual ALSA device where both are there, and a stand-in for what breaks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from speech.errors import MicrophoneLost, MicrophoneMissing, SoundUnavailable
from speech.microphone import device
from speech.microphone.device import DeviceMicrophone, list_devices, load_sound
from speech.microphone.source import BLOCK_SAMPLES, Samples
from wenban.settings import PROJECT_ROOT


class Broken(Exception):
    """What the stand-in raises for PortAudioError."""


class StreamDouble:
    def __init__(self, sound: SoundDouble, callback: Callable[..., None], blocksize: int) -> None:
        self._sound = sound
        self._callback = callback
        self._blocksize = blocksize

    def start(self) -> None:
        if self._sound.taken:
            raise Broken("device is taken")
        for number in range(1, self._sound.gives + 1):
            block = np.full(self._blocksize, number * 100, np.int16)
            self._callback(block.tobytes(), self._blocksize, None, "")

    def abort(self) -> None:
        raise Broken("device is gone")

    def close(self) -> None:
        assert self._sound.taken, "not reached after a failed abort"
        self._sound.closed += 1


class SoundDouble:
    """A machine with one device that gives some blocks and then falls silent."""

    PortAudioError = Broken

    def __init__(self, *, gives: int = 4, rate: int = 16_000, present: bool = True) -> None:
        self.gives = gives
        self.rate = rate
        self.present = present
        self.opened: dict[str, Any] = {}
        self.scans = 0
        self.fails_to_begin = 0
        self.taken = False
        self.closed = 0
        self.ended = False

    def query_devices(self, device: int | str | None = None, kind: str | None = None) -> Any:
        one = {"index": 3, "name": "USB", "max_input_channels": 1, "default_samplerate": float(self.rate)}
        deaf = {"index": 0, "name": "HDMI", "max_input_channels": 0, "default_samplerate": 48000.0}
        if kind is None:
            return [deaf, one] if self.present else [deaf]
        if not self.present:
            raise ValueError("no input device")
        return one

    def check_input_settings(self, **settings: Any) -> None:
        if settings["samplerate"] != self.rate:
            raise Broken("invalid sample rate")

    def _terminate(self) -> None:
        if self.ended:
            raise Broken("PortAudio not initialized")
        self.ended = True
        self.present = False

    def _initialize(self) -> None:
        if self.fails_to_begin:
            self.fails_to_begin -= 1
            raise Broken("sound server is restarting")
        self.ended = False
        self.present = True
        self.scans += 1

    def RawInputStream(self, **settings: Any) -> StreamDouble:  # noqa: N802
        if not self.present:
            raise ValueError("no input device")
        self.opened = settings
        return StreamDouble(self, settings["callback"], settings["blocksize"])


async def until_lost(microphone: DeviceMicrophone) -> list[Samples]:
    got: list[Samples] = []
    with pytest.raises(MicrophoneLost):
        async for block in microphone.blocks():
            got.append(block)  # noqa: PERF401 - a comprehension would lose them with the error
    return got


async def test_blocks_come_and_a_device_that_falls_silent_is_lost() -> None:
    sound = SoundDouble()
    got = await until_lost(DeviceMicrophone(None, sound, silent_s=0.05))
    assert [int(block[0]) for block in got] == [100, 200, 300, 400]
    assert all(len(block) == BLOCK_SAMPLES for block in got)


async def test_a_device_of_another_rate_is_resampled() -> None:
    sound = SoundDouble(gives=20, rate=48_000)
    got = await until_lost(DeviceMicrophone("USB", sound, silent_s=0.05))
    assert sound.opened["samplerate"] == 48_000
    assert 18 <= len(got) <= 20, "a third of the samples, less what the filter holds back"
    assert abs(int(got[9][480]) - 1000) <= 100


async def test_a_device_that_was_plugged_in_again_is_found() -> None:
    sound = SoundDouble()
    microphone = DeviceMicrophone(None, sound, silent_s=0.05)
    assert len(await until_lost(microphone)) == 4
    sound.present = False
    assert len(await until_lost(microphone)) == 4
    assert sound.scans == 1


async def test_a_sound_system_that_is_gone_for_a_while_is_found_again() -> None:
    sound = SoundDouble()
    microphone = DeviceMicrophone(None, sound, silent_s=0.05)
    await until_lost(microphone)
    sound.fails_to_begin = 2
    for _ in range(2):
        with pytest.raises(MicrophoneMissing, match="restarting"):
            await anext(microphone.blocks())
    assert len(await until_lost(microphone)) == 4


async def test_a_stream_that_does_not_start_is_closed() -> None:
    sound = SoundDouble()
    sound.taken = True
    with pytest.raises(MicrophoneMissing, match="taken"):
        await anext(DeviceMicrophone(None, sound).blocks())
    assert sound.closed == 1


async def test_no_device_is_told_with_where_to_look() -> None:
    microphone = DeviceMicrophone("none", SoundDouble(present=False))
    with pytest.raises(MicrophoneMissing, match="--list-devices"):
        await anext(microphone.blocks())


def test_only_devices_that_record_are_listed() -> None:
    [found] = list_devices(SoundDouble())
    assert (found.number, found.name, found.rate, found.default) == (3, "USB", 16_000, True)
    assert list_devices(SoundDouble(present=False)) == []


def test_without_portaudio_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(SoundUnavailable, match="libportaudio2"):
        load_sound()


_VIRTUAL = """
pcm.virtual {{
  type file slave.pcm null file /dev/null infile {sound} format raw hint {{ show on description v }}
}}
"""
_RECORD = """
import asyncio, json
from speech.microphone.device import DeviceMicrophone, list_devices, load_sound
async def main():
    blocks = DeviceMicrophone("virtual", load_sound()).blocks()
    first = await anext(blocks)
    await blocks.aclose()
    names = [one.name for one in list_devices(load_sound())]
    print(json.dumps({"first": first[:4].tolist(), "names": names}))
asyncio.run(main())
"""


def test_a_virtual_device_is_recorded_through_portaudio(tmp_path: Path) -> None:
    try:
        load_sound()
    except SoundUnavailable as error:
        pytest.skip(str(error))
    base = Path("/usr/share/alsa/alsa.conf")
    if not base.exists():
        pytest.skip("ALSA is not installed")
    sound = tmp_path / "in.raw"
    sound.write_bytes(np.tile(np.arange(BLOCK_SAMPLES, dtype="<i2"), 500).tobytes())
    (tmp_path / "asound.conf").write_text(_VIRTUAL.format(sound=sound))
    environment = os.environ | {"ALSA_CONFIG_PATH": f"{base}:{tmp_path / 'asound.conf'}"}
    done = subprocess.run(
        [sys.executable, "-c", _RECORD],
        env=environment, cwd=PROJECT_ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert any("virtual" in name for name in told["names"])
    start = told["first"][0]
    assert told["first"] == [(start + step) % BLOCK_SAMPLES for step in range(4)]


async def test_a_slow_reader_loses_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_KEPT_BLOCKS", 2)
    got = await until_lost(DeviceMicrophone(None, SoundDouble(gives=5), silent_s=0.05))
    assert [int(block[0]) for block in got] == [400, 500]
