"""The same door that the gateway's tests use, with a decoder that takes what a kiosk sends."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import io
import sys
import wave
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from speech.decoder import decode

_SPEC = importlib.util.spec_from_file_location(
    "wenban_door_doubles", Path(__file__).parents[1] / "gateway" / "conftest.py"
)
assert _SPEC is not None and _SPEC.loader is not None
_doubles = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = _doubles  # its dataclasses look themselves up there
_SPEC.loader.exec_module(_doubles)

open_door = _doubles.open_door
settings = _doubles.settings
store = _doubles.store

DATA = Path(__file__).parents[2] / "data" / "speech"


class WavDecoder:
    """Wav files only; what was sent is kept."""

    def __init__(self) -> None:
        self.lengths: list[int] = []

    async def __aenter__(self) -> WavDecoder:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def decode(self, data: bytes) -> NDArray[np.int16]:
        with wave.open(io.BytesIO(data)) as file:
            assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 1, 2)
            samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
        self.lengths.append(len(samples))
        return samples


class Wire:
    """A TCP connection to the door that can be cut and mended."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._writers):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to_port)
        self._writers |= {writer, far_writer}
        try:
            await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
        finally:
            self._writers -= {writer, far_writer}


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@pytest.fixture
async def wire(door: Any) -> AsyncIterator[Wire]:
    one = Wire(door.server.port)
    await one.mend()
    yield one
    await one.cut()


@pytest.fixture
def decoder() -> WavDecoder:
    return WavDecoder()


@pytest.fixture
def door(open_door: Callable[..., Any], decoder: WavDecoder) -> Any:
    return open_door(decoder=decoder)


@pytest.fixture(scope="session")
def spoken() -> NDArray[np.int16]:
    """转人工: 16 kHz mono, about a second."""
    return decode((DATA / "human.wav").read_bytes(), 60.0)


@pytest.fixture(scope="session")
def sentence() -> NDArray[np.int16]:
    """我老婆户口在上海，想迁到我这里: 16 kHz mono, about five seconds."""
    return decode((DATA / "hukou.wav").read_bytes(), 60.0)
