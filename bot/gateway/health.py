"""Whether each part answers. Names and states only: anybody may ask."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import httpx

Check = Callable[[], Awaitable[bool]]


def http_check(url: str, *, timeout_s: float = 2.0) -> Check:
    """True while the address answers 200."""

    async def check() -> bool:
        try:
            async with httpx.AsyncClient(timeout=timeout_s, trust_env=False) as http:
                return (await http.get(url)).status_code == 200
        except httpx.TransportError:
            return False

    return check


class Health:
    """Asks all parts at once.

    Example:
        >>> async def up() -> bool: return True
        >>> asyncio.run(Health({"rasa": up}).report())
        (True, {'gateway': 'ok', 'rasa': 'ok'})
    """

    def __init__(self, checks: dict[str, Check]) -> None:
        self._checks = checks

    async def report(self) -> tuple[bool, dict[str, str]]:
        """Whether all are well, and "ok" or "down" for each."""
        answers = await asyncio.gather(*(check() for check in self._checks.values()))
        parts = {"gateway": "ok"} | {
            name: "ok" if well else "down" for name, well in zip(self._checks, answers, strict=True)
        }
        return all(answers), parts
