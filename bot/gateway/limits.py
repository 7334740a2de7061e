"""Bounds on what comes in. Pure classes: the caller brings the time, in seconds of any monotonic clock."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Every bound of the door in one place. Sizes in bytes, times in seconds."""

    text_chars: int = 500
    json_bytes: int = 64 * 1024
    audio_bytes: int = 10 * 1024 * 1024
    audio_s: float = 60.0
    body_s: float = 60.0
    sessions: int = 10_000
    session_age_s: float = 7 * 24 * 3600.0
    session_idle_s: float = 1800.0
    sessions_burst: int = 60
    sessions_per_s: float = 1.0
    turns_in_flight: int = 64
    turns_waiting: int = 3
    decodes_in_flight: int = 2
    decodes_waiting: int = 8
    recognizer_wait_s: float = 3.0
    sockets: int = 256
    sockets_per_address: int = 64
    sockets_per_session: int = 2
    frame_bytes: int = 32 * 1024
    message_bytes: int = 4 * 1024
    frame_idle_s: float = 10.0
    socket_idle_s: float = 120.0
    pace_burst_s: float = 5.0
    pace_factor: float = 2.0
    track_burst: int = 10
    track_per_s: float = 0.1


class RateLimiter:
    """One token bucket a key; the number of keys is bounded, the least recently used is forgotten first.

    Example:
        >>> limiter = RateLimiter(burst=1, per_s=0.5)
        >>> [limiter.allow("10.0.0.1", now=now) for now in (0.0, 1.0, 3.0)]
        [True, False, True]
    """

    def __init__(self, *, burst: int, per_s: float, keys: int = 10_000) -> None:
        self._burst = float(burst)
        self._per_s = per_s
        self._keys = keys
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allow(self, key: str, now: float) -> bool:
        tokens, then = self._buckets.pop(key, (self._burst, now))
        tokens = min(self._burst, tokens + (now - then) * self._per_s)
        allowed = tokens >= 1.0
        self._buckets[key] = (tokens - 1.0 if allowed else tokens, now)
        while len(self._buckets) > self._keys:
            self._buckets.popitem(last=False)
        return allowed


class Pace:
    """How fast sound may come: a little burst, then at most `factor` times real time since the start.

    Counted from the start of the utterance and not by a bucket, so that a phone whose network stalled
    for some seconds may catch up with all of it at once.

    Example:
        >>> pace = Pace(bytes_per_s=32_000, burst_s=1.0, factor=2.0, started=0.0)
        >>> pace.allow(32_000, now=0.0), pace.allow(32_000, now=0.0), pace.allow(32_000, now=1.0)
        (True, False, True)
    """

    def __init__(self, *, bytes_per_s: int, burst_s: float, factor: float, started: float) -> None:
        self._rate = bytes_per_s
        self._burst_s = burst_s
        self._factor = factor
        self._started = started
        self._received = 0

    def allow(self, size: int, now: float) -> bool:
        allowance = self._rate * (self._burst_s + self._factor * (now - self._started))
        if self._received + size > allowance:
            return False
        self._received += size
        return True


class Counted:
    """A bounded count of things open at once, in all and for each key.

    Example:
        >>> open_now = Counted(total=2, per_key=1)
        >>> open_now.enter("a"), open_now.enter("a"), open_now.enter("b")
        (True, False, True)
        >>> open_now.leave("a"); open_now.enter("a")
        True
    """

    def __init__(self, *, total: int, per_key: int) -> None:
        self._total = total
        self._per_key = per_key
        self._open: dict[str, int] = {}
        self.count = 0

    def enter(self, key: str) -> bool:
        if self.count >= self._total or self._open.get(key, 0) >= self._per_key:
            return False
        self.count += 1
        self._open[key] = self._open.get(key, 0) + 1
        return True

    def leave(self, key: str) -> None:
        self.count -= 1
        self._open[key] -= 1
        if not self._open[key]:
            del self._open[key]
