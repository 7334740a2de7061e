"""The commands as a shell runs them."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from speech.cli import register
from speech.errors import ModelDownloadError

Samples = NDArray[np.int16]


def wenban(*arguments: str) -> int:
    parser = argparse.ArgumentParser(prog="wenban")
    register(parser.add_subparsers(required=True))
    args = parser.parse_args(arguments)
    code: int = args.run(args)
    return code


def records(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_recording_becomes_a_record(
    wav: Callable[[str], Path], transcripts: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert wenban("transcribe", "--json", str(wav("human"))) == 0
    (record,) = records(capsys)
    assert set(record) == {"file", "text", "alternatives", "audio_s", "ms", "model"}
    assert record["file"] == str(wav("human"))
    assert record["text"] == transcripts["human.wav"]
    assert isinstance(record["alternatives"], list)
    assert set(record["alternatives"][0]) == {"text", "confidence"}
    assert str(record["model"]).startswith("wenban-small")


def test_what_is_expected_is_listened_for_as_well(
    wav: Callable[[str], Path], transcripts: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert wenban("transcribe", "--json", "--expect", "phone", str(wav("phone"))) == 0
    (record,) = records(capsys)
    assert isinstance(record["narrowed"], list)
    assert transcripts["phone.wav"] in record["narrowed"]


@pytest.mark.parametrize("kind", ["phnoe", "text", "choice"])
def test_what_cannot_be_listened_for_is_refused(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        wenban("transcribe", "--expect", kind, "any.wav")
    assert "resident_id" in capsys.readouterr().err, "says what there is"


def test_every_bad_file_has_its_own_error_and_the_others_are_done(
    wav: Callable[[str], Path],
    encode: Callable[..., bytes],
    short_pcm: Samples,
    speech_pcm: Samples,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bad = {
        "empty.wav": (b"", "audio_empty"),
        "text.mp3": ("我要办身份证".encode(), "audio_unsupported"),
        "cut.m4a": (encode(short_pcm, "mp4", "aac", 44100)[:5000], "audio_truncated"),
        "silent.wav": (encode(np.zeros(48000, np.int16), "wav", "pcm_s16le", 16000), "nothing_heard"),
        "long.ogg": (encode(np.resize(speech_pcm, 600 * 16000), "ogg", "libopus", 16000), "audio_too_long"),
        "large.wav": (bytes(25 * 1024 * 1024), "audio_too_large"),
    }
    for name, (data, _) in bad.items():
        (tmp_path / name).write_bytes(data)
    names = [str(tmp_path / name) for name in bad]
    assert wenban("transcribe", "--json", *names, str(tmp_path / "missing.wav"), str(wav("human"))) == 1
    found = records(capsys)
    assert [record["file"] for record in found] == [*names, str(tmp_path / "missing.wav"), str(wav("human"))]
    errors = [record["error"] for record in found[:-1]]
    assert "text" in found[-1]
    codes = [error["code"] for error in errors if isinstance(error, dict)]
    assert codes == [*(code for _, code in bad.values()), "audio_unreadable"]
    sentences = {error["message"] for error in errors if isinstance(error, dict)}
    assert len(sentences) == len(errors)


def test_standard_input_is_a_recording_too(
    wav: Callable[[str], Path],
    transcripts: dict[str, str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(wav("human").read_bytes())))
    assert wenban("transcribe", "-") == 0
    assert capsys.readouterr().out == f"-\t{transcripts['human.wav']}\n"


def test_a_wrong_model_is_said_before_anything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WENBAN_VOSK_MODEL", str(tmp_path))
    assert wenban("transcribe", "any.wav") == 2
    assert "WENBAN_VOSK_MODEL" in capsys.readouterr().err


@pytest.mark.parametrize("count", ["0", "51", "many"])
def test_a_silly_number_of_alternatives_is_refused(count: str) -> None:
    with pytest.raises(SystemExit):
        wenban("transcribe", "--alternatives", count, "any.wav")


def test_the_models_are_listed_with_the_one_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WENBAN_HOME", str(tmp_path))
    monkeypatch.delenv("WENBAN_VOSK_MODEL", raising=False)
    fetched = tmp_path / "models" / "vosk-model-x"
    for name in ("am/final.mdl", "conf/mfcc.conf"):
        (fetched / name).parent.mkdir(parents=True)
        (fetched / name).touch()
    assert wenban("models", "list", "--json") == 0
    assert [(record["name"], record["source"], record["in_use"]) for record in records(capsys)] == [
        ("wenban-small", "bundled", True),
        ("vosk-model-x", "fetched", False),
    ]
    monkeypatch.setenv("WENBAN_VOSK_MODEL", str(fetched))
    assert wenban("models", "list") == 0
    assert "* vosk-model-x\tfetched" in capsys.readouterr().out


def test_a_model_that_cannot_be_fetched_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WENBAN_HOME", str(tmp_path))
    with pytest.raises(ModelDownloadError, match=r"small-cn-0\.22\.zip cannot be reached") as caught:
        wenban("models", "fetch", "--base-url", "http://127.0.0.1:9")
    assert caught.value.retryable
    # Nothing came: no bar is drawn, and nothing is left behind.
    assert capsys.readouterr().err == ""
    assert list(tmp_path.iterdir()) == []
