"""Better labels for features that exist: the network aligns the very frames that it trains on.

A round of training on rough labels gives a network that labels better; aligning the augmented features
again costs a fraction of making them again.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch

from speech.training.align import STEP, align, syllables
from speech.training.corpora import Utterance
from speech.training.dataset import Block
from speech.training.network import Tdnn
from speech.training.phones import PDF


def relabel(block: Block, items: Sequence[Utterance], model: Tdnn, priors: torch.Tensor) -> tuple[Block, int]:
    """The block with new labels, and the share of labels that changed in a thousand.

    Args:
        block: features of `items`, in their order.
        items: the utterances that the block was made of (those with segments).
        model: the network to align with.
        priors: its pdfs' shares, linear.

    Raises:
        ValueError: block and items do not belong together.
    """
    if len(block) != len(items):
        raise ValueError(f"block holds {len(block)} utterances, {len(items)} were given")
    labels: npt.NDArray[np.int16] = block.labels.copy()
    log_priors = priors.log()
    for row, item in enumerate(items):
        frames = block.frames[block.frame_at[row] : block.frame_at[row + 1]].astype(np.float32)
        with torch.inference_mode():
            scores = (model(torch.from_numpy(frames).unsqueeze(0))[0] - log_priors).numpy()
        found = align(scores, syllables(item.text))
        if found is None:
            continue
        target = labels[block.label_at[row] : block.label_at[row + 1]]
        for part in found.segments:
            target[round(part.start / STEP) : round(part.end / STEP)] = PDF[part.phone]
    changed = int(1000 * np.mean(labels != block.labels)) if len(labels) else 0
    return Block(block.frames, labels, block.frame_at, block.label_at), changed
