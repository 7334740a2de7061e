"""Every bound on what a stranger's audio may cost, in one place."""

from __future__ import annotations

from dataclasses import dataclass

SAMPLE_RATE = 16_000
"""Samples a second, everywhere behind the decoder: mono, signed 16 bit."""

SAMPLE_BYTES = 2


@dataclass(frozen=True)
class AudioLimits:
    """Bounds of decoding one file.

    Attributes:
        max_bytes: size of the file; 60 s of 48 kHz stereo 16-bit wav are 11.5 MB.
        max_seconds: length of the audio in it.
        deadline_s: wall time after which the decoding process is killed.
        memory_bytes: address space of the decoding process (RLIMIT_AS).
    """

    max_bytes: int = 24 * 1024 * 1024
    max_seconds: float = 60.0
    deadline_s: float = 15.0
    memory_bytes: int = 1024 * 1024 * 1024


@dataclass(frozen=True)
class SpeechLimits:
    """Bounds of recognizing one utterance and of the worker processes.

    Attributes:
        max_seconds: audio kept of one utterance (it is kept in memory until its end, to replay it).
        max_feed_bytes: the largest single chunk given to `RecognitionSession.feed`.
        max_alternatives: the most hypotheses that may be asked for.
        start_timeout_s: time for a worker to load its model.
        replace_timeout_s: time for an utterance to get another worker after its own died.
        reply_timeout_s: time for a worker to answer one request; then it counts as dead.
        max_crashes: worker deaths on one utterance before giving up on it.
    """

    max_seconds: float = 60.0
    max_feed_bytes: int = 1024 * 1024
    max_alternatives: int = 50
    start_timeout_s: float = 120.0
    replace_timeout_s: float = 20.0
    reply_timeout_s: float = 30.0
    max_crashes: int = 2
