"""What a lobby and a cheap phone do to speech: distance, noise, other people, a thin channel, clipping."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from speech.training.resample import resample
from speech.training.types import SAMPLE_RATE

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Warped:
    """Augmented samples; times of the original are multiplied by `stretch`; `warp` is for the features."""

    samples: Floats
    stretch: float
    warp: float


def coloured_noise(random: np.random.Generator, count: int) -> Floats:
    """Noise of unit power whose spectrum falls by 0 to 2 powers of the frequency (white, pink, brown)."""
    size = 1 << (count - 1).bit_length()  # a power of two: other lengths take the transform ten times as long
    spectrum = np.fft.rfft(random.standard_normal(size))
    frequency = np.maximum(np.arange(len(spectrum)), 1.0)
    noise = np.fft.irfft(spectrum / frequency ** (random.uniform(0.0, 1.0)), size)[:count]
    return np.asarray(noise / (np.sqrt(np.mean(noise**2)) + 1e-9), np.float32)


def room(random: np.random.Generator, samples: Floats) -> Floats:
    """Reverberate with an exponentially decaying echo tail (T60 0.1–0.6 s) behind a direct sound."""
    seconds = random.uniform(0.1, 0.6)
    count = int(seconds * SAMPLE_RATE)
    tail = random.standard_normal(count) * np.exp(-6.9 * np.arange(count) / count)
    tail *= random.uniform(0.1, 0.7) / np.sqrt(np.sum(tail**2))
    tail[: int(0.002 * SAMPLE_RATE)] = 0.0
    tail[0] = 1.0
    size = 1 << (len(samples) + count - 1).bit_length()
    wet = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(tail, size), size)[: len(samples)]
    return np.asarray(wet, np.float32)


def band_limit(random: np.random.Generator, samples: Floats) -> Floats:
    """A telephone or laptop channel: nothing below 80–300 Hz, little above 3.2–7 kHz."""
    size = 1 << (len(samples) - 1).bit_length()
    spectrum = np.fft.rfft(samples, size)
    frequency = np.fft.rfftfreq(size, 1.0 / SAMPLE_RATE)
    low, high = random.uniform(80, 300), random.uniform(3200, 7000)
    spectrum *= 1.0 / (1.0 + (low / np.maximum(frequency, 1.0)) ** 4) / (1.0 + (frequency / high) ** 8)
    return np.asarray(np.fft.irfft(spectrum, size)[: len(samples)], np.float32)


def augment(
    random: np.random.Generator, samples: Floats, babble: Floats | None = None, *, synthetic: bool = False
) -> Warped:
    """One random variant of an utterance.

    Args:
        samples: float32 in [-1, 1], 16 kHz.
        babble: other people's speech, at least as long as the stretched utterance, mixed in now and then.
        synthetic: synthetic voices are few and alike, so they are warped harder.
    """
    spread = 0.16 if synthetic else 0.12
    stretch = float(random.uniform(0.88, 1.14))
    warp = float(np.clip(random.normal(1.0, spread / 1.5), 1 - spread * 1.3, 1 + spread * 1.3))
    result = resample(samples, stretch)
    if random.random() < 0.4:
        result = room(random, result)
    power = float(np.sqrt(np.mean(result**2))) + 1e-6
    if random.random() < 0.65:
        level = power * 10 ** (-random.uniform(5, 32) / 20)
        result = result + level * coloured_noise(random, len(result))
    if babble is not None and random.random() < 0.2:
        other = babble[: len(result)]
        loud = float(np.sqrt(np.mean(other**2))) + 1e-6
        result = result + other * (power / loud * 10 ** (-random.uniform(8, 25) / 20))
    if random.random() < 0.25:
        result = band_limit(random, result)
    peak = float(np.max(np.abs(result))) + 1e-6
    result = result * (10 ** random.uniform(-1.3, -0.05) / peak)
    if random.random() < 0.07:
        limit = np.float32(np.max(np.abs(result)) * random.uniform(0.3, 0.8))
        result = np.clip(result, -limit, limit)
    return Warped(np.asarray(result, np.float32), stretch, warp)
