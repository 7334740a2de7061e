"""The torch network over whole corpora: scores for alignment and for the free syllable loop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import torch

from speech.training.corpora import Store, Utterance
from speech.training.dataset import output_frames, pad
from speech.training.features import mfcc
from speech.training.network import Tdnn

Floats = npt.NDArray[np.float32]


def features_of(store: Store, corpus: str, items: Sequence[Utterance]) -> Iterator[Floats]:
    """Clean MFCCs of utterances of one corpus."""
    audio = store.audio(corpus)
    for item in items:
        yield mfcc(audio[item.start : item.start + item.length].astype(np.float32) / 32768.0)


def scores(model: Tdnn, log_priors: torch.Tensor, frames: Floats) -> Floats:
    """Log posterior minus log prior, shape (ceil(frames / 3), pdfs)."""
    if len(frames) == 0:
        return np.zeros((0, len(log_priors)), np.float32)
    with torch.inference_mode():
        output = model(torch.from_numpy(pad(frames)).unsqueeze(0))[0] - log_priors
    assert len(output) == output_frames(len(frames))
    return np.asarray(output.numpy(), np.float32)


def corpus_scores(
    model: Tdnn, priors: torch.Tensor, store: Store, corpus: str, items: Sequence[Utterance]
) -> Iterator[Floats]:
    """Scores of each utterance in turn."""
    log_priors = priors.log()
    for frames in features_of(store, corpus, items):
        yield scores(model, log_priors, frames)
