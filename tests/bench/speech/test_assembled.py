from __future__ import annotations

import tarfile
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.speech.assembled import assemble, phrases, pieces, spoken, vocabulary
from bench.speech.conditions import speech_power
from catalog_index.loader import Catalog
from speech.limits import SAMPLE_RATE
from wenban.errors import SetupError

DATA = Path(__file__).parent.parent.parent / "data" / "speech"


@pytest.fixture
def corpora_dir(tmp_path: Path, catalog: Catalog) -> Path:
    """A person who recorded one phrase of the catalog as a word, and one word in a context."""
    text = next(text for item in catalog.items for text in item.says if text.isalpha())
    with tarfile.open(tmp_path / "audio_cmn_hsk.tar", "w") as tar:
        tar.add(DATA / "yes.wav", "audio_cmn_hsk/1.wav")
    rows = [("audio_cmn_hsk/1.wav", text), ("audio_cmn_hsk/2.wav", "一_就_")]
    lines = ["corpus\tfile\tspeaker\ttext", *(f"audio_cmn_hsk\t{file}\tx\t{said}" for file, said in rows)]
    (tmp_path / "manifest.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def test_the_fewest_words_win_and_a_gap_is_none() -> None:
    words = dict.fromkeys(("身份", "身份证", "丢", "了", "证"), "file")
    assert pieces("身份证丢了", words) == ["身份证", "丢", "了"]
    assert pieces("护照丢了", words) == []
    assert pieces("丢", {}) == []


def test_phrases_of_single_characters_are_no_speech(catalog: Catalog) -> None:
    single = {sign: "file" for item in catalog.items for text in (item.title, *item.says) for sign in text}
    assert phrases(catalog, single, 10) == []


def test_words_are_trimmed_levelled_and_joined() -> None:
    times = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    tone = np.sin(2 * np.pi * 200 * times) * (times > 0.3) * (times < 0.6)
    soft, loud = ((tone * level).astype(np.int16) for level in (1_000, 8_000))
    joined = assemble([soft, loud]).astype(np.float64)
    assert len(joined) / SAMPLE_RATE == pytest.approx(0.25 * 2 + 2 * (0.3 + 0.1 + 0.02), abs=0.02)
    half = len(joined) // 2
    # They were 18 dB apart; the middle falls into the gap, so a little of one is missing.
    assert speech_power(joined[:half]) == pytest.approx(speech_power(joined[half:]), rel=0.15)


def test_a_phrase_of_the_catalog_in_a_persons_voice(corpora_dir: Path, catalog: Catalog) -> None:
    words = vocabulary(corpora_dir)
    assert len(words) == 1
    ((query, key, pcm),) = spoken(corpora_dir, catalog, 5)
    assert query.query == key == next(iter(words))
    assert query.item in {item.id for item in catalog.items}
    heard: NDArray[np.int16] = pcm
    assert len(heard) > SAMPLE_RATE // 2


def test_the_folder_must_be_whole(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"audio_cmn_hsk\.tar"):
        vocabulary(tmp_path)
