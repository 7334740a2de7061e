"""What a lobby and a telephone do to speech, done the same way each time.

Nothing here is shared with the augmentation of training: a room is computed from its walls (image sources),
the telephone is a real AMR encoder, and babble is other people of the same set. A condition is named by a
word: `clean`, `babble20`, `babble10`, `babble5` (dB), `room`, `amr`.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from speech.limits import SAMPLE_RATE
from wenban.errors import SetupError

Samples = NDArray[np.int16]
Floats = NDArray[np.float64]

CONDITIONS = ("clean", "babble20", "babble10", "babble5", "room", "amr")
TALKERS = 6
_BABBLE = re.compile(r"babble(\d{1,2})")
_FRAME = SAMPLE_RATE // 50
_SPEECH_DB = 30.0  # frames that much softer than the loudest are pauses and do not count as speech
_ROOM = (9.0, 7.0, 3.2)  # metres: a small service hall
_MOUTH, _MICROPHONE = (4.1, 3.3, 1.5), (5.4, 3.9, 1.1)  # 1.5 m apart, as in front of a kiosk
_EYRING_S = 0.35  # by the diffuse formula; in the flat hall itself 60 dB take 0.6 s
_RESPONSE_S = 0.8
_SOUND = 343.0  # metres a second


def check(name: str) -> str:
    """The name itself.

    Raises:
        ValueError: it is no condition's.
    """
    if name in CONDITIONS or _BABBLE.fullmatch(name):
        return name
    raise ValueError(f"no condition {name!r}; there are {', '.join(CONDITIONS)}, and babble at any whole dB")


def apply(name: str, key: str, pcm: Samples, others: Sequence[Samples]) -> Samples:
    """One utterance under a condition.

    Args:
        key: the utterance's own; equal keys get equal noise.
        pcm: 16 kHz mono.
        others: the utterances that babble is made of.

    Raises:
        SetupError: babble is asked for and there is nobody else to talk.
    """
    check(name)
    if name == "clean":
        return pcm
    if name == "room":
        return _pcm(reverberated(pcm.astype(np.float64)))
    if name == "amr":
        return telephone(pcm)
    source = np.random.default_rng(zlib.crc32(f"{name} {key}".encode()))
    return _pcm(with_babble(source, pcm.astype(np.float64), others, float(name.removeprefix("babble"))))


def speech_power(samples: Floats) -> float:
    """Mean power while somebody speaks: pauses do not make the noise beside speech softer."""
    whole = len(samples) // _FRAME * _FRAME
    if not whole:
        return float(np.mean(samples**2)) if len(samples) else 0.0
    power = np.mean(samples[:whole].reshape(-1, _FRAME) ** 2, axis=1)
    return float(power[power >= power.max() * 10 ** (-_SPEECH_DB / 10)].mean())


def with_babble(
    source: np.random.Generator, samples: Floats, others: Sequence[Samples], decibels: float
) -> Floats:
    """Speech among several talkers, who together are `decibels` softer than it."""
    if not others:
        raise SetupError("babble needs other utterances of the set; raise --limit")
    crowd = np.zeros(len(samples))
    for _ in range(TALKERS):
        talk = np.zeros(0)
        while len(talk) < len(samples):
            one = others[int(source.integers(len(others)))].astype(np.float64)
            talk = np.concatenate([talk, one / np.sqrt(speech_power(one) + 1e-9)])
        # Everybody is in the middle of something.
        crowd += np.roll(talk, int(source.integers(len(talk))))[: len(samples)]
    wanted = speech_power(samples) * 10 ** (-decibels / 10)
    return np.asarray(samples + crowd * np.sqrt(wanted / (np.mean(crowd**2) + 1e-9)))


@cache
def room_response() -> Floats:
    """Impulse response of the hall by image sources (Allen and Berkley 1979), from the direct sound on."""
    size = np.array(_ROOM)
    volume = float(size.prod())
    surface = 2 * float(size[0] * size[1] + size[0] * size[2] + size[1] * size[2])
    reflection = float(np.sqrt(np.exp(-24 * np.log(10) * volume / (_SOUND * surface * _EYRING_S))))  # Eyring
    reach = _RESPONSE_S * _SOUND
    response = np.zeros(int(_RESPONSE_S * SAMPLE_RATE))
    counts = [np.arange(-int(reach / (2 * side)) - 1, int(reach / (2 * side)) + 2) for side in size]
    shifts = np.stack(np.meshgrid(*counts, indexing="ij"), axis=-1).reshape(-1, 3)
    direct = int(np.linalg.norm(np.array(_MOUTH) - np.array(_MICROPHONE)) / _SOUND * SAMPLE_RATE)
    for mirrored in np.ndindex(2, 2, 2):
        mirror = np.array(mirrored)
        place = (1 - 2 * mirror) * np.array(_MOUTH) + 2 * shifts * size
        distance = np.linalg.norm(place - np.array(_MICROPHONE), axis=1)
        bounces = np.sum(np.abs(shifts - mirror) + np.abs(shifts), axis=1)
        at = (distance / _SOUND * SAMPLE_RATE).astype(np.int64) - direct
        near = at < len(response)
        np.add.at(response, at[near], reflection ** bounces[near] / distance[near])
    return np.asarray(response / response[0])


def reverberated(samples: Floats) -> Floats:
    """What a microphone in the hall hears, as loud as before."""
    response = room_response()
    size = 1 << (len(samples) + len(response) - 1).bit_length()
    wet = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(response, size), size)[: len(samples)]
    return np.asarray(wet * np.sqrt(speech_power(samples) / (speech_power(wet) + 1e-9)))


def telephone_codec() -> tuple[str, str, int]:
    """Container, encoder and bits a second that stand for a telephone here.

    AMR-NB at 12.2 kbit/s where PyAV has an encoder of it; else Opus at 8 kHz and 6 kbit/s, its nearest kin.
    """
    import av

    if "libopencore_amrnb" in av.codecs_available:
        return "amr", "libopencore_amrnb", 12_200
    return "ogg", "libopus", 6_000


def telephone(pcm: Samples) -> Samples:
    """Encoded and decoded again, by the very decoder that citizens' files go through."""
    from speech.decoder import decode
    from speech.training.worn import Codec, encoded

    container, encoder, bits = telephone_codec()
    codec = Codec(container, encoder, 8_000, (bits,))
    return decode(encoded(pcm, codec, bits), 120.0)


def _pcm(samples: Floats) -> Samples:
    """16 bit again; turned down where it would clip, as a level control would."""
    peak = float(np.max(np.abs(samples))) if len(samples) else 0.0
    return np.asarray(np.round(samples * min(1.0, 32_000 / max(peak, 1e-9))), np.int16)
