"""What the acoustic network hears by itself: any syllable after any other, no language model, no words.

It needs the trained network as torch keeps it (`WORK/final.pt` of `python -m speech.training`); a Vosk model
directory cannot say what its network heard before the graph had its word.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wenban.errors import SetupError

Samples = NDArray[np.int16]
Hear = Callable[[Samples], Sequence[str]]


def load(path: Path) -> Hear:
    """A function from 16 kHz samples to the toned syllables heard.

    Raises:
        SetupError: the file is missing, or it is no network of this version's shape.
    """
    import torch

    from speech.training.evaluate import free_loop
    from speech.training.features import mfcc
    from speech.training.network import load as load_network
    from speech.training.score import scores

    torch.set_num_threads(1)
    try:
        model, priors = load_network(path)
    except (OSError, KeyError, RuntimeError) as error:
        raise SetupError(f"{path} is not a trained network of this version: {error}") from error
    log_priors = priors.phones.log()

    def hear(pcm: Samples) -> list[str]:
        return free_loop(scores(model, log_priors, mfcc(pcm.astype(np.float32) / 32768.0)))

    return hear
