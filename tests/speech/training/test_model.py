"""The committed model: loads in Vosk, decodes voices that it never met, gives n-best, partials and times."""

from __future__ import annotations

import csv
import json
import wave
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
MODEL = ROOT / "speech" / "models" / "wenban-small"
SPEECH = ROOT / "tests" / "data" / "speech"
SENTENCES = {
    row["file"]: row["text"].replace("，", "")
    for row in csv.DictReader((SPEECH / "transcripts.tsv").open(encoding="utf-8"), delimiter="\t")
}


@pytest.fixture(scope="module")
def model() -> Any:
    import vosk

    vosk.SetLogLevel(-1)
    return vosk.Model(str(MODEL))


def pcm(file: str) -> bytes:
    with wave.open(str(SPEECH / file)) as stream:
        assert (stream.getframerate(), stream.getnchannels(), stream.getsampwidth()) == (16_000, 1, 2)
        return bytes(stream.readframes(stream.getnframes()))


def recognizer(model: Any, *grammar: str) -> Any:
    import vosk

    if grammar:
        return vosk.KaldiRecognizer(model, 16_000, json.dumps(grammar, ensure_ascii=False))
    return vosk.KaldiRecognizer(model, 16_000)


@pytest.mark.parametrize("file", sorted(SENTENCES))
def test_sentences_of_held_out_voices_are_among_the_alternatives(model: Any, file: str) -> None:
    heard = recognizer(model)
    heard.SetMaxAlternatives(10)
    heard.AcceptWaveform(pcm(file))
    alternatives = json.loads(heard.FinalResult())["alternatives"]
    assert SENTENCES[file] in [entry["text"].replace(" ", "") for entry in alternatives]


def test_a_long_sentence_has_several_alternatives_and_word_times(model: Any) -> None:
    heard = recognizer(model)
    heard.SetMaxAlternatives(10)
    heard.SetWords(True)
    heard.AcceptWaveform(pcm("phone.wav"))
    alternatives = json.loads(heard.FinalResult())["alternatives"]
    assert 2 <= len(alternatives) <= 10
    words = alternatives[0]["result"]
    assert all(word["start"] < word["end"] for word in words)
    assert [word["end"] for word in words] == sorted(word["end"] for word in words)


def test_partial_results_grow(model: Any) -> None:
    heard, data = recognizer(model), pcm("hukou.wav")
    heard.AcceptWaveform(data[: len(data) // 2])
    partial = json.loads(heard.PartialResult())["partial"]
    assert partial.replace(" ", "").startswith("我老婆户口")


def test_a_grammar_narrows_at_run_time(model: Any) -> None:
    heard = recognizer(model, "第 一 个", "第 二 个", "第 三 个", "转 人 工", "[unk]")
    heard.AcceptWaveform(pcm("second.wav"))
    assert json.loads(heard.FinalResult())["text"].replace(" ", "") == "第二个"


def test_silence_says_nothing(model: Any) -> None:
    heard = recognizer(model)
    heard.AcceptWaveform(bytes(32_000 * 2))
    assert json.loads(heard.FinalResult())["text"] == ""


def test_it_is_small_and_says_its_licence() -> None:
    files = [path for path in MODEL.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 20_000_000
    assert "CC BY-SA" in (MODEL / "LICENSE").read_text("utf-8")
    assert "human_dev" in (MODEL / "README.md").read_text("utf-8")
    assert not (MODEL / "graph" / "HCLG.fst").exists(), "a static graph would switch run-time grammars off"
