"""Counters for the operator, in a registry of the app's own so that several apps can live in one process."""

from __future__ import annotations

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_BUCKETS = (0.02, 0.05, 0.1, 0.15, 0.3, 0.6, 1.0, 2.0, 5.0, 10.0, 20.0)


class Metrics:
    """Everything counted at the door; no label ever holds a session or a word of a citizen."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.turns = Counter("wenban_turns", "Answered turns.", ["mode"], registry=self.registry)
        self.errors = Counter("wenban_errors", "Errors told to clients.", ["code"], registry=self.registry)
        self.dialogue_seconds = Histogram(
            "wenban_dialogue_seconds", "Rasa and actions, a turn.", buckets=_BUCKETS, registry=self.registry
        )
        self.speech_seconds = Histogram(
            "wenban_speech_seconds",
            "End of speech (or of upload) to final text.",
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.sockets = Gauge("wenban_voice_sockets", "Open audio websockets.", registry=self.registry)
        self.sessions = Gauge("wenban_sessions", "Live sessions.", registry=self.registry)

    def render(self) -> bytes:
        """These and the recognizer's own, which live in the default registry."""
        return generate_latest(self.registry) + generate_latest(REGISTRY)
