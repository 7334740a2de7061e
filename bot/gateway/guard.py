"""Checks on requests that are the same for every path: headers out, bodies in, origins, addresses."""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.gateway.errors import BodyTooLarge, BodyTooSlow

_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d{1,5})?|\[[0-9A-Fa-f:]+\](:\d{1,5})?")
_FORWARDED = ("x-forwarded-for", "forwarded", "via", "x-real-ip")


def security_headers(host: str) -> dict[str, str]:
    """Headers of every answer.

    The websocket is named in full because older Safari does not count it under 'self'.
    """
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    return {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
            f"worker-src 'self'; manifest-src 'self'; connect-src 'self'{sockets}; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    }


class SecurityHeaders:
    """Adds the headers to every HTTP answer, errors included; answers of the API are never cached."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        extra = security_headers(Headers(scope=scope).get("host", ""))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(extra)
                if scope["path"].startswith("/static/"):
                    headers["Cache-Control"] = "no-cache"
                else:
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self._app(scope, receive, send_with_headers)


async def read_body(request: Request, *, most: int, within_s: float, too_large: str | None = None) -> bytes:
    """The request's body, refused as soon as it is over `most` bytes.

    Args:
        too_large: the sentence for a body over the limit, where the path has its own.

    Raises:
        BodyTooLarge, BodyTooSlow
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most:
        raise BodyTooLarge(f"declared {declared} bytes, limit {most}", citizen=too_large)
    body = bytearray()
    try:
        async with asyncio.timeout(within_s):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    raise BodyTooLarge(f"over {most} bytes", citizen=too_large)
    except TimeoutError:
        raise BodyTooSlow(f"body not complete after {within_s:.0f} s") from None
    return bytes(body)


def address_of(connection: HTTPConnection) -> str:
    """The client's address as the key of its limits; of IPv6 the /64, which one line owns whole."""
    host = connection.client.host if connection.client else "unknown"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.IPv6Network((address, 64), strict=False))
    return host


def is_loopback(connection: HTTPConnection) -> bool:
    """Whether a process on this machine asks for itself, and not a proxy for somebody else."""
    if any(name in connection.headers for name in _FORWARDED) or connection.client is None:
        return False
    try:
        return ipaddress.ip_address(connection.client.host).is_loopback
    except ValueError:
        return False


def same_origin(headers: Mapping[str, str]) -> bool:
    """Whether this very site's page opens the websocket. Programs send no Origin and are let in."""
    origin = headers.get("origin")
    if origin is None:
        return True
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.netloc.lower() == headers.get("host", "").lower()
