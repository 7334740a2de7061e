"""Who is talking: sessions that cannot be guessed, and one turn at a time in each.

A token is `<id>.<signature>`: the id names the conversation to the dialogue side, the signature shows
that this door gave it out. So a session outlives a restart of the gateway without a table of its own, and the
id alone, which the dialogue side stores and logs, opens nothing.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets
import struct
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from actions.applications.errors import KeyUnusable
from actions.applications.keyfile import read_or_create
from bot.gateway.errors import SessionUnknown, TooMany, TurnPending
from bot.gateway.limits import Limits, RateLimiter
from speech.expectation import Expectation

_RANDOM_BYTES = 16
_MAC_BYTES = 18


def load_session_key(home: Path) -> bytes:
    """The 32-byte signing key in `home/session.key`, generated with mode 600 on the first call.

    Raises:
        KeyUnusable: others can read the file, or it is no key.
    """
    path = home / "session.key"
    try:
        key = bytes.fromhex(read_or_create(path, lambda: secrets.token_hex(32)))
    except ValueError:
        raise KeyUnusable(f"{path} is not a key of hexadecimal digits; remove it to get a new one") from None
    if len(key) != 32:
        raise KeyUnusable(f"{path} holds {len(key)} bytes instead of 32; remove it to get a new one")
    return key


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class _Live:
    def __init__(self, now: float) -> None:
        self.lock = asyncio.Lock()
        self.waiting = 0
        self.expect: Expectation | None = None
        self.used = now


class Sessions:
    """Gives out and checks tokens, and serialises the turns of each session.

    Args:
        key: signs the tokens.
        limits: `sessions*`, `turns_*`.
    """

    def __init__(self, key: bytes, limits: Limits) -> None:
        self._key = key
        self._limits = limits
        self._rate = RateLimiter(burst=limits.sessions_burst, per_s=limits.sessions_per_s)
        self._live: OrderedDict[str, _Live] = OrderedDict()
        self._in_flight = 0

    def create(self, address: str) -> str:
        """A new token.

        Raises:
            TooMany: this address asks too often, or too many people are in conversation.
        """
        if not self._rate.allow(address, time.monotonic()):
            raise TooMany("session rate of one address")
        self._forget_idle()
        if len(self._live) >= self._limits.sessions:
            raise TooMany("live sessions")
        session_id = _b64(struct.pack(">I", int(time.time())) + secrets.token_bytes(_RANDOM_BYTES))
        self._touch(session_id)
        return f"{session_id}.{self._sign(session_id)}"

    def check(self, token: str) -> str:
        """The id of a token that this door signed and that is not too old.

        Raises:
            SessionUnknown: anything else.
        """
        session_id, dot, signature = token.partition(".")
        if not dot or len(token) > 128 or not token.isascii():
            raise SessionUnknown("malformed token")
        if not hmac.compare_digest(signature, self._sign(session_id)):
            raise SessionUnknown("wrong signature")
        created = struct.unpack(
            ">I", base64.urlsafe_b64decode(session_id + "=" * (-len(session_id) % 4))[:4]
        )[0]
        if time.time() - created > self._limits.session_age_s:
            raise SessionUnknown("expired")
        return session_id

    @asynccontextmanager
    async def turn(self, session_id: str) -> AsyncIterator[None]:
        """Holds the session for one turn; the next waits.

        Raises:
            TurnPending: too many of this session wait already.
            TooMany: too many turns of all sessions are under way, or too many sessions are live.
        """
        if session_id not in self._live:
            self._forget_idle()
            if len(self._live) >= self._limits.sessions:
                raise TooMany("live sessions")
        live = self._touch(session_id)
        if live.waiting > self._limits.turns_waiting:
            raise TurnPending("turns of one session")
        if self._in_flight >= self._limits.turns_in_flight:
            raise TooMany("turns in flight")
        live.waiting += 1
        self._in_flight += 1
        try:
            async with live.lock:
                yield
        finally:
            live.waiting -= 1
            self._in_flight -= 1
            live.used = time.monotonic()

    def expected(self, session_id: str) -> Expectation | None:
        """What the last reply asked for; None where it asked for nothing particular, or is forgotten."""
        live = self._live.get(session_id)
        return live.expect if live is not None else None

    def expect(self, session_id: str, expected: Expectation | None) -> None:
        """Remembers what the reply just given asks for."""
        self._touch(session_id).expect = expected

    @property
    def live(self) -> int:
        return len(self._live)

    def _sign(self, session_id: str) -> str:
        return _b64(hmac.new(self._key, session_id.encode(), hashlib.sha256).digest()[:_MAC_BYTES])

    def _touch(self, session_id: str) -> _Live:
        now = time.monotonic()
        live = self._live.setdefault(session_id, _Live(now))
        live.used = now
        self._live.move_to_end(session_id)
        return live

    def _forget_idle(self) -> None:
        before = time.monotonic() - self._limits.session_idle_s
        while self._live:
            session_id, live = next(iter(self._live.items()))
            if live.waiting or live.used > before:
                return
            del self._live[session_id]
