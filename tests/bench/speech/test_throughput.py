from __future__ import annotations

from pathlib import Path

from bench.speech.throughput import markdown, measure, read_list
from speech.models import BUNDLED_MODEL

DATA = Path(__file__).parent.parent.parent / "data" / "speech"


async def test_both_sides_are_measured_on_the_same_audio() -> None:
    pairs = [
        pair for pair in read_list(DATA / "transcripts.tsv") if pair[0].name in ("human.wav", "second.wav")
    ]
    figures = await measure(BUNDLED_MODEL, pairs, passes=1)
    assert figures.utterances == 2
    assert figures.throughput > 0
    assert figures.bare_throughput > 0
    assert 0.0 <= figures.character_error_rate < 0.5
    assert figures.cpu_ratio > 0
    assert f"| {figures.ratio} | 1 |" in markdown(figures, "somewhere")
