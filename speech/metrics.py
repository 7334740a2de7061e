"""What an operator watches of the recognizer, as Prometheus metrics in the default registry.

Counts and durations only: never a word of what was said.
"""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

UTTERANCES = Counter(
    "wenban_speech_utterances_total",
    "Utterances by how they ended: text, nothing, crashed, abandoned.",
    ["outcome"],
)
BUSY = Counter("wenban_speech_busy_total", "Utterances turned away because every worker was taken.")
IN_USE = Gauge("wenban_speech_workers_in_use", "Workers that hold an utterance now.")
READY = Gauge("wenban_speech_workers_ready", "Workers that have loaded their model and are alive.")
RESTARTS = Counter("wenban_speech_worker_restarts_total", "Workers replaced after they died.", ["worker"])
_DELAYS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.45, 0.6, 1.0, 2.0, 5.0)
FIRST_PARTIAL = Histogram(
    "wenban_speech_first_partial_seconds",
    "From the first audio of an utterance to its first partial text, as far as audio arrives at once.",
    buckets=(*_DELAYS, 10.0),
)
FINAL = Histogram(
    "wenban_speech_final_seconds", "From the end of the audio to the n-best list.", buckets=_DELAYS
)
REAL_TIME_FACTOR = Histogram(
    "wenban_speech_real_time_factor",
    "Processor seconds of recognition for a second of audio.",
    ["worker"],
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0),
)
