"""What telephones, apps and rooms do to speech before it arrives: real encoders, overload, distance.

`perturb` imitates noise, echo and pass bands on power spectra, anew for every batch. A speech codec cannot
be imitated so, nor can clipping: they act on the samples. So a part of the recordings is kept a second time,
worn by them, and its labels are those of the clean recording.

Encoders are PyAV's: AMR-NB, Opus and G.711. PyAV's wheels decode AMR-WB and do not encode it, so that one is
missing here; Opus at a wide band and a low rate is its nearest kin.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import av
import numpy as np
import numpy.typing as npt

from speech.training.corpora import Utterance, decode
from speech.training.types import SAMPLE_RATE, Segment

log = logging.getLogger(__name__)
Pcm = npt.NDArray[np.int16]
Floats = npt.NDArray[np.float32]
Item = tuple[str, str, str, Pcm, tuple[Segment, ...]]
_MOST_DELAY = 0.06
"""Seconds by which an encoder's delay is looked for."""


@dataclass(frozen=True, slots=True)
class Codec:
    """An encoder: its container, name in FFmpeg, sample rate, and the bits a second to choose among."""

    container: str
    encoder: str
    rate: int
    bits: tuple[int, ...]


CODECS = (
    Codec("amr", "libopencore_amrnb", 8_000, (4_750, 5_900, 7_400, 12_200)),
    Codec("ogg", "libopus", 16_000, (9_000, 12_000, 16_000)),
    Codec("ogg", "libopus", 8_000, (6_000, 8_000)),
    Codec("wav", "pcm_alaw", 8_000, (64_000,)),
)


def available() -> tuple[Codec, ...]:
    """Those of `CODECS` that this machine's PyAV can encode; the log names what is missing."""
    found = []
    for codec in CODECS:
        try:
            av.codec.Codec(codec.encoder, "w")
        except av.codec.codec.UnknownCodecError:
            log.warning("worn: no encoder %s here, training will not hear it", codec.encoder)
        else:
            found.append(codec)
    return tuple(found)


def encoded(pcm: Pcm, codec: Codec, bits: int) -> bytes:
    """A whole file of these samples.

    Args:
        pcm: 16 kHz mono.
        bits: a second.
    """
    out = io.BytesIO()
    with av.open(out, "w", format=codec.container) as file:
        stream = file.add_stream(codec.encoder, rate=codec.rate, layout="mono")
        assert isinstance(stream, av.AudioStream)
        stream.bit_rate = bits
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(pcm)[None, :], format="s16", layout="mono")
        frame.sample_rate, frame.pts = SAMPLE_RATE, 0
        stream.codec_context.open()
        resampler = av.AudioResampler(
            stream.codec_context.format, "mono", codec.rate, stream.codec_context.frame_size or None
        )
        for ready in (*resampler.resample(frame), *resampler.resample(None)):
            file.mux(stream.encode(ready))
        file.mux(stream.encode(None))
    return out.getvalue()


def coded(pcm: Pcm, codec: Codec, bits: int) -> Pcm:
    """Samples coded and decoded, as long as before and without its delay; arguments as of `encoded`."""
    return _in_time(pcm, decode(encoded(pcm, codec, bits)))


def _in_time(pcm: Pcm, late: Pcm) -> Pcm:
    """`late` shifted to fit `pcm` best, cut or filled up to its length."""
    size = 1 << (len(pcm) + len(late)).bit_length()
    product = np.fft.rfft(late.astype(np.float32), size) * np.conj(np.fft.rfft(pcm.astype(np.float32), size))
    fits = np.fft.irfft(product, size)
    most = int(_MOST_DELAY * SAMPLE_RATE)
    delay = int(np.argmax(np.concatenate([fits[-most:], fits[: most + 1]]))) - most
    shifted = late[delay:] if delay >= 0 else np.concatenate([np.zeros(-delay, np.int16), late])
    return np.concatenate([shifted, np.zeros(max(0, len(pcm) - len(shifted)), np.int16)])[: len(pcm)]


def clipped(samples: Floats, decibels: float) -> Floats:
    """Samples in [-1, 1] turned up until their peak is so far over the limit, and cut off there."""
    peak = float(np.abs(samples).max(initial=0.0))
    if peak == 0.0:
        return samples
    return np.asarray(np.clip(samples * np.float32(10 ** (decibels / 20) / peak), -1.0, 1.0))


def far(samples: Floats, random: np.random.Generator) -> Floats:
    """As heard from across a room: direct sound, a few early echoes, and a dense tail; as loud as before."""
    seconds = float(random.uniform(0.2, 0.8))
    length = int(seconds * SAMPLE_RATE)
    tail = random.standard_normal(length) * np.exp(-6.9 * np.arange(length) / length)
    tail[: int(0.003 * SAMPLE_RATE)] = 0.0
    tail *= np.sqrt(10 ** (-random.uniform(-4.0, 8.0) / 10) / np.sum(tail**2))
    tail[0] = 1.0
    for at in random.integers(int(0.002 * SAMPLE_RATE), int(0.04 * SAMPLE_RATE), 6):
        tail[min(at, length - 1)] += random.uniform(-0.5, 0.5)
    size = 1 << (len(samples) + length).bit_length()
    wet = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(tail, size), size)[: len(samples)]
    before, after = float(np.mean(samples**2)), float(np.mean(wet**2))
    return np.asarray(wet * np.sqrt(before / (after + 1e-12)), np.float32)


def worn(pcm: Pcm, codecs: tuple[Codec, ...], random: np.random.Generator) -> Pcm:
    """One recording from further away, too loud, or both at times, and through one of `codecs` most times."""
    samples = pcm.astype(np.float32) / 32768.0
    if random.random() < 0.4:
        samples = far(samples, random)
    if random.random() < 0.25:
        samples = clipped(samples, float(random.uniform(2.0, 14.0)))
    peak = float(np.abs(samples).max(initial=0.0))
    quieter = 0.99 / max(peak, 0.99)  # nothing more is cut off by rounding
    result = np.asarray(np.round(samples * quieter * 32767), np.int16)
    if codecs and random.random() < 0.85:
        codec = codecs[int(random.integers(len(codecs)))]
        result = coded(result, codec, int(random.choice(codec.bits)))
    return result


def worn_items(
    items: Iterable[Utterance],
    audio: Pcm,
    seed: int,
    through: Callable[[], tuple[Codec, ...]] = available,
) -> Iterator[Item]:
    """Recordings with labels, worn, as `Store.write` takes them.

    Args:
        items: their places in `audio` and their segments.
        through: the codecs to choose among.
    """
    random, codecs = np.random.default_rng(seed), through()
    for item in items:
        pcm = audio[item.start : item.start + item.length]
        yield item.key, item.speaker, item.text, worn(pcm, codecs, random), item.segments
