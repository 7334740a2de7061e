from __future__ import annotations

import numpy as np
import pytest

from speech.limits import SAMPLE_RATE
from speech.microphone.barge_in import BargeIn, BargeInRules
from speech.microphone.source import BLOCK_SAMPLES, Samples


def gain(samples: Samples, db: float) -> Samples:
    return (samples.astype(np.float64) * 10 ** (db / 20)).astype(np.int16)


def interrupted_at(samples: Samples, rules: BargeInRules | None = None) -> float | None:
    """Seconds until the interruption was noticed."""
    barge_in = BargeIn(rules or BargeInRules())
    for at in range(0, len(samples), BLOCK_SAMPLES):
        if barge_in.accept(samples[at : at + BLOCK_SAMPLES]):
            return (at + BLOCK_SAMPLES) / SAMPLE_RATE
    return None


def over(echo: Samples, voice: Samples, at_s: float) -> Samples:
    """A voice over an echo, from `at_s` on."""
    mixed = echo.astype(np.int32)
    at = round(at_s * SAMPLE_RATE)
    mixed[at : at + len(voice)] += voice[: len(mixed) - at]
    clipped: Samples = np.clip(mixed, -32768, 32767).astype(np.int16)
    return clipped


def quiet(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE), np.int16)


@pytest.mark.parametrize("echo_db", [-30.0, -20.0, -12.0, 0.0])
def test_the_replys_own_echo_does_not_interrupt(speech_pcm: Samples, echo_db: float) -> None:
    assert interrupted_at(gain(speech_pcm, echo_db)) is None


def test_a_near_voice_over_the_echo_does(speech_pcm: Samples, short_pcm: Samples) -> None:
    said = over(gain(speech_pcm, -18.0), short_pcm, at_s=2.0)
    noticed = interrupted_at(said)
    assert noticed is not None and noticed > 2.0


def test_a_voice_where_there_is_no_echo_does(short_pcm: Samples) -> None:
    noticed = interrupted_at(np.concatenate((quiet(1.0), short_pcm)))
    assert noticed is not None and noticed > 1.0


def test_noise_and_a_cough_do_not(short_pcm: Samples) -> None:
    noise = (np.random.default_rng(3).normal(size=2 * SAMPLE_RATE) * 6000).astype(np.int16)
    loud = short_pcm[np.argmax(np.abs(short_pcm)) :][: SAMPLE_RATE // 12]
    assert interrupted_at(np.concatenate((quiet(1.0), noise))) is None
    assert interrupted_at(np.concatenate((quiet(1.0), loud, quiet(1.0)))) is None


def test_the_margin_is_what_one_sets(speech_pcm: Samples, short_pcm: Samples) -> None:
    said = over(gain(speech_pcm, -18.0), short_pcm, at_s=2.0)
    assert interrupted_at(said, BargeInRules(margin_db=40.0)) is None


def test_rules_must_make_sense() -> None:
    with pytest.raises(ValueError, match="barge-in"):
        BargeInRules(hold_s=0.0)
