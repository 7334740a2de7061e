"""How the pool and its worker processes talk: small binary frames over a pipe.

A frame is one byte of kind, a request number (uint32), a payload length (uint32), then the payload. A reply
repeats its request's number, so that a reply nobody waits for any more is recognised and dropped.

Requests:
    BEGIN  JSON object: starts an utterance and forgets the one before.
    AUDIO  flags byte (1: a partial result is wanted), then 16 kHz mono s16le samples.
    FINISH nothing: the utterance's n-best list is wanted.

Replies:
    READY  JSON object, request 0, once after loading.
    DONE   JSON object, to every request.
"""

from __future__ import annotations

import asyncio
import struct
from typing import BinaryIO, NamedTuple

BEGIN, AUDIO, FINISH, READY, DONE = b"B", b"A", b"F", b"R", b"D"

MAX_PAYLOAD = 16 * 1024 * 1024

DECODE_REQUEST = struct.Struct("<dQQ")
"""Head of a decoding process's input: max seconds, memory bytes, length of the file that follows."""

_HEADER = struct.Struct(">cII")


class Frame(NamedTuple):
    kind: bytes
    request: int
    payload: bytes


class BrokenFrame(ValueError):
    """The other side sent what is not a frame, or stopped in the middle of one."""


def pack(kind: bytes, request: int, payload: bytes = b"") -> bytes:
    """One frame as bytes."""
    if len(payload) > MAX_PAYLOAD:
        raise BrokenFrame(f"payload of {len(payload)} bytes")
    return _HEADER.pack(kind, request, len(payload)) + payload


def _header(data: bytes) -> tuple[bytes, int, int]:
    kind, request, length = _HEADER.unpack(data)
    if length > MAX_PAYLOAD or kind not in (BEGIN, AUDIO, FINISH, READY, DONE):
        raise BrokenFrame(f"header {data!r}")
    return kind, request, length


def read(stream: BinaryIO) -> Frame | None:
    """The next frame of a blocking stream; None at its orderly end."""
    head = stream.read(_HEADER.size)
    if not head:
        return None
    if len(head) < _HEADER.size:
        raise BrokenFrame("stream ended in a header")
    kind, request, length = _header(head)
    payload = stream.read(length)
    if len(payload) < length:
        raise BrokenFrame("stream ended in a payload")
    return Frame(kind, request, payload)


async def read_async(stream: asyncio.StreamReader) -> Frame:
    """The next frame; `asyncio.IncompleteReadError` at the end of the stream."""
    kind, request, length = _header(await stream.readexactly(_HEADER.size))
    return Frame(kind, request, await stream.readexactly(length))
