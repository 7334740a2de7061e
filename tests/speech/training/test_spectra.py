"""Spectra on disk are those of the audio; streams keep speakers apart and labels at their sounds."""

from __future__ import annotations

import numpy as np
import pytest

from speech.training.corpora import Store
from speech.training.dataset import CONTEXT, SUBSAMPLE
from speech.training.features import BINS, power_spectra
from speech.training.phones import PDF
from speech.training.spectra import STREAM, Corpus, Streams, write
from speech.training.types import Segment

PITCH = {"low": 500.0, "high": 3000.0}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Two speakers who each whistle their own tone in the second half of every utterance, labelled a1."""
    folder = tmp_path_factory.mktemp("store")
    store = Store(folder / "audio")
    items: list[tuple[str, str, str, np.ndarray[tuple[int], np.dtype[np.int16]], tuple[Segment, ...]]] = []
    for number in range(12):
        who = ("low", "high")[number % 2]
        time = np.arange(16_000 + 800 * number) / 16_000
        half = time[-1] / 2
        samples = np.where(time > half, 8_000 * np.sin(2 * np.pi * PITCH[who] * time), 0.0)
        segments = (Segment("sil", 0.0, half), Segment("a1", half, float(time[-1])))
        items.append((f"{number}", who, "啊", samples.astype(np.int16), segments))
    items.append(("unusable", "low", "啊", np.zeros(8_000, np.int16), ()))
    store.write("whistles", items)
    write(store, "whistles", folder / "whistles.npy")
    return Corpus.open(store, "whistles", folder / "whistles.npy")


def test_spectra_are_the_logs_of_the_audios_powers(corpus: Corpus) -> None:
    time = np.arange(16_000) / 16_000
    audio = np.where(time > time[-1] / 2, 8_000 * np.sin(2 * np.pi * 500.0 * time), 0.0).astype(np.int16)
    wanted = power_spectra(audio.astype(np.float32) / 32768.0)
    loud = wanted > 1e3
    np.testing.assert_allclose(corpus.spectra[: len(wanted)][loud], np.log(wanted[loud]), atol=0.02)


def test_streams_hold_one_speaker_and_his_labels(corpus: Corpus) -> None:
    random = np.random.default_rng(0)
    tones = {round(hertz * 512 / 16_000): who for who, hertz in PITCH.items()}
    seen = set()
    for _ in range(12):
        spectra, labels, begins = corpus.stream(random)
        assert spectra.shape == (STREAM + CONTEXT, BINS) and labels.shape == (STREAM // SUBSAMPLE,)
        loudest = spectra[:STREAM:SUBSAMPLE].argmax(axis=1)
        loud = spectra[:STREAM:SUBSAMPLE].max(axis=1) > 15
        speakers = {tones[int(bin_)] for bin_ in loudest[loud]}
        assert len(speakers) == 1
        seen |= speakers
        # At the borders a frame is half tone, half silence; pace moves them by a frame at most.
        assert np.mean((labels == PDF["a1"]) == loud) > 0.95
        # A phone begins wherever the label changes, and nowhere inside of one.
        changes = np.diff(labels, prepend=labels[:1]) != 0
        assert (begins[changes] == 1).all() and begins.sum() <= changes.sum() + 5
    assert seen == {"low", "high"}


def test_unlabelled_utterances_are_never_drawn(corpus: Corpus) -> None:
    assert sum(len(rows) for rows in corpus.speakers) == 12
    assert corpus.label_counts(len(PDF))[PDF["a1"]] > 0


def test_equal_seeds_draw_equal_batches(corpus: Corpus) -> None:
    first, again = (next(iter(Streams([corpus], [1.0], 3, seed=8))) for _ in range(2))
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, other)
