"""Another throat, another room, another telephone: random changes to power spectra, anew for every batch.

A log spectrum is split by cepstral smoothing into its envelope (the vocal tract) and the rest (the pitch's
harmonics); each is stretched along frequency by a factor of its own, so that few speakers sound like many.
Noise, other talkers, echo and a narrow channel are added as powers. Because it costs a few matrix products
on what is already computed, no two epochs see the same speech.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import torch
from torch import Tensor

from speech.training.cmvn import online_cmvn
from speech.training.dataset import CONTEXT
from speech.training.features import BINS, FFT, cosines, mel_bank
from speech.training.types import SAMPLE_RATE, Perturbation

_ENVELOPE = 40
"""Cepstral coefficients of an envelope: ripples wider than 400 Hz, so the harmonics of any voice are out."""
_HERTZ = SAMPLE_RATE / FFT


@cache
def _smoothing() -> Tensor:
    """Envelope of a log spectrum as a matrix, (BINS, BINS), to multiply from the right."""
    order = np.arange(BINS)[:, None]
    basis = math.sqrt(2.0 / BINS) * np.cos(np.pi / BINS * (np.arange(BINS) + 0.5) * order)
    basis[0] = math.sqrt(1.0 / BINS)
    keep = np.clip((_ENVELOPE + 4 - np.arange(BINS)) / 8.0, 0.0, 1.0)
    return torch.from_numpy((basis.T * keep) @ basis).float()


def _stretching(factors: Tensor) -> Tensor:
    """Matrices (batch, BINS, BINS) that stretch the rows they are applied to along frequency."""
    source = torch.arange(BINS) / factors.unsqueeze(1)
    source = source.clamp(max=BINS - 1.001)
    below = source.floor()
    share = source - below
    rows = torch.zeros(len(factors), BINS, BINS)
    index = below.long().unsqueeze(1)
    rows.scatter_(1, index, (1 - share).unsqueeze(1))
    rows.scatter_add_(1, index + 1, share.unsqueeze(1))
    return rows


def _chance(random: torch.Generator, count: int, share: float) -> Tensor:
    return (torch.rand(count, generator=random) < share).float()


def _uniform(random: torch.Generator, count: int, low: float, high: float) -> Tensor:
    return low + (high - low) * torch.rand(count, generator=random)


def _voices(log_power: Tensor, random: torch.Generator, how: Perturbation) -> Tensor:
    count = len(log_power)
    tract = (torch.randn(count, generator=random) * how.tract).clamp(-0.26, 0.26)
    pitch = (2.0 * tract + torch.randn(count, generator=random) * how.pitch).clamp(-0.7, 0.7)
    smooth = _smoothing()
    change = smooth @ _stretching(tract.exp()) + (torch.eye(BINS) - smooth) @ _stretching(pitch.exp())
    return torch.bmm(log_power, change)


def _colours(random: torch.Generator, count: int, deviation: float) -> Tensor:
    """Smooth random curves over frequency, (count, 1, BINS), in log power."""
    order = torch.arange(1, 7).unsqueeze(1)
    waves = torch.cos(math.pi * order * (torch.arange(BINS) + 0.5) / BINS)
    heights = torch.randn(count, 6, generator=random) * deviation / order.squeeze(1)
    return (heights @ waves).unsqueeze(1)


def _echoes(power: Tensor, random: torch.Generator, share: float) -> Tensor:
    """Late reverberation: each frame leaves an exponentially decaying tail (T60 0.15–0.9 s)."""
    count = len(power)
    on = _chance(random, count, share)
    decay = torch.exp(-13.8 * 0.01 / _uniform(random, count, 0.15, 0.9))
    wet = on * 10 ** (_uniform(random, count, -12.0, 0.0) / 10) * (1 - decay)
    decay, wet = decay.unsqueeze(1), wet.unsqueeze(1)
    tail = torch.zeros_like(power[:, 0])
    result = torch.empty_like(power)
    for frame in range(power.shape[1]):
        result[:, frame] = power[:, frame] + tail * wet
        tail = (tail + power[:, frame]) * decay
    return result


def _noises(power: Tensor, loud: Tensor, random: torch.Generator, share: float) -> Tensor:
    """Stationary noise of a random colour, 0–35 dB below the speech."""
    count, frames, _ = power.shape
    level = _chance(random, count, share) * 10 ** (-_uniform(random, count, 0.0, 35.0) / 10)
    hertz = (torch.arange(BINS) + 0.5) * _HERTZ
    slope = _uniform(random, count, 0.0, 2.0).unsqueeze(1)
    shape = (1000.0 / (hertz + 50.0)).log().unsqueeze(0) * slope
    shape = (shape + _colours(random, count, 1.0).squeeze(1)).exp()
    shape = shape / shape.mean(1, keepdim=True) * (loud * level).unsqueeze(1)
    # The power of Gaussian noise in one bin is exponentially distributed.
    grain = -torch.log(torch.rand(1, frames, BINS, generator=random) + 1e-6)
    return shape.unsqueeze(1) * grain


def _babble(power: Tensor, loud: Tensor, random: torch.Generator, share: float) -> Tensor:
    """One to three other streams of the batch, 0–25 dB below the speech."""
    count = len(power)
    level = _chance(random, count, share) * 10 ** (-_uniform(random, count, 0.0, 25.0) / 10)
    relative = power / (loud.view(-1, 1, 1) + 1e-9)
    others = relative.roll(1, 0)
    more = _chance(random, count, 0.6).view(-1, 1, 1)
    others = (others + more * (relative.roll(2, 0) + relative.roll(3, 0))) / (1 + 2 * more)
    return others * (loud * level).view(-1, 1, 1)


def _channels(random: torch.Generator, count: int, share: float) -> Tensor:
    """Pass bands of telephones, codecs and laptops, (count, 1, BINS)."""
    hertz = (torch.arange(BINS) + 0.5) * _HERTZ
    low = _uniform(random, count, 60.0, 320.0).unsqueeze(1)
    high = _uniform(random, count, 3100.0, 7000.0).unsqueeze(1)
    band = 1 / (1 + (low / hertz) ** 4) / (1 + (hertz / high) ** 24)
    on = _chance(random, count, share).unsqueeze(1)
    return (on * band + (1 - on)).unsqueeze(1)


def _floors(random: torch.Generator, count: int) -> Tensor:
    """What a quiet microphone still delivers: nothing at all, the last bit, or a hiss."""
    hiss = 10 ** _uniform(random, count, 0.0, 3.0)
    return (_chance(random, count, 0.7) * hiss).view(-1, 1, 1)


def _masked(energies: Tensor, random: torch.Generator, share: float) -> Tensor:
    """Log mel energies (batch, frames, mels); in `share` of the streams a band of at most 8 mels and three
    moments of at most 0.2 s are at the stream's mean."""
    count, frames, mels = energies.shape
    if not share:
        return energies
    hidden = torch.zeros(count, frames, mels, dtype=torch.bool)
    on = _chance(random, count, share).bool()

    def between(size: int, width: float) -> Tensor:
        at, places = _uniform(random, count, 0.0, float(size)).unsqueeze(1), torch.arange(size)
        return (places >= at) & (places < at + _uniform(random, count, 0.0, width).unsqueeze(1))

    hidden |= between(mels, 8.0).unsqueeze(1)
    for _ in range(3):
        hidden |= between(frames, 20.0).unsqueeze(2)
    hidden &= on.view(-1, 1, 1)
    return torch.where(hidden, energies.mean(1, keepdim=True), energies)


def cepstra(log_power: Tensor, random: torch.Generator, how: Perturbation) -> Tensor:
    """Raw MFCCs (batch, frames, 40) of log power (batch, frames, BINS), changed as `how` says.

    What is drawn follows from the state of `random` alone.
    """
    count = len(log_power)
    power = (_voices(log_power, random, how) + _colours(random, count, how.colour)).clamp(max=40.0).exp()
    power = _echoes(power, random, how.echo)
    # Speech is loud for less than the whole stream; the mean over it stands for its level.
    loud = power.mean(dim=(1, 2))
    power = power + _babble(power, loud, random, how.babble) + _noises(power, loud, random, how.noise)
    level = 10 ** (_uniform(random, count, -3.0, 1.0)).view(-1, 1, 1)
    power = power * _channels(random, count, how.channel) * level + _floors(random, count)
    energies = (power @ torch.from_numpy(mel_bank())).clamp(min=float(np.finfo(np.float32).eps)).log()
    return _masked(energies, random, how.masks) @ torch.from_numpy(cosines())


def features(log_power: Tensor, mean: Tensor, random: torch.Generator, how: Perturbation) -> Tensor:
    """What the network sees of a batch of streams.

    Args:
        log_power: (batch, STREAM + CONTEXT, BINS).
        mean: (40,) where online normalisation starts.

    Returns:
        Normalised MFCCs (batch, CONTEXT + STREAM + CONTEXT, 40), the beginning padded with its first frame.
    """
    frames = online_cmvn(cepstra(log_power, random, how), mean)
    return torch.cat([frames[:, :1].expand(-1, CONTEXT, -1), frames], dim=1)
