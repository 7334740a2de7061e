"""The torch network over whole corpora: scores for alignment and for the free syllable loop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import torch

from speech.training.corpora import Store, Utterance
from speech.training.dataset import output_frames
from speech.training.features import mfcc
from speech.training.network import Priors, Tdnn

Floats = npt.NDArray[np.float32]


def scores(model: Tdnn, log_priors: torch.Tensor, frames: Floats) -> Floats:
    """Log posterior minus log prior of raw MFCCs (frames, 40), shape (ceil(frames / 3), phones)."""
    if len(frames) == 0:
        return np.zeros((0, len(log_priors)), np.float32)
    with torch.inference_mode():
        output = model(model.prepared(torch.from_numpy(frames)))[0] - log_priors
    assert len(output) == output_frames(len(frames))
    return np.asarray(output.numpy(), np.float32)


def corpus_scores(
    model: Tdnn, priors: Priors, store: Store, corpus: str, items: Sequence[Utterance]
) -> Iterator[Floats]:
    """Scores of each utterance in turn."""
    log_priors = priors.phones.log()
    audio = store.audio(corpus)
    for item in items:
        samples = audio[item.start : item.start + item.length].astype(np.float32) / 32768.0
        yield scores(model, log_priors, mfcc(samples))
