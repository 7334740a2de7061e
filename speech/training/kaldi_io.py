"""Kaldi's binary form of the parts that a Vosk acoustic model consists of.

Tokens end in a space; integers and floats carry a length byte; vectors and matrices are `FV`/`FM`, then
sizes, then little-endian floats.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


class FormatError(ValueError):
    """A file is not what it should be; says what was expected and what was found."""


class Writer:
    """Writes Kaldi's binary tokens to a stream."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream

    def header(self) -> None:
        self.stream.write(b"\0B")

    def raw(self, text: str) -> None:
        self.stream.write(text.encode("ascii"))

    def token(self, *names: str) -> None:
        for name in names:
            self.raw(name + " ")

    def integer(self, *values: int) -> None:
        for value in values:
            self.stream.write(b"\x04" + struct.pack("<i", value))

    def single(self, value: float) -> None:
        self.stream.write(b"\x04" + struct.pack("<f", value))

    def double(self, value: float) -> None:
        self.stream.write(b"\x08" + struct.pack("<d", value))

    def integers(self, values: Sequence[int]) -> None:
        self.stream.write(b"\x04" + struct.pack("<i", len(values)) + np.asarray(values, "<i4").tobytes())

    def vector(self, values: Floats) -> None:
        self.token("FV")
        self.integer(len(values))
        self.stream.write(np.ascontiguousarray(values, "<f4").tobytes())

    def matrix(self, values: Floats) -> None:
        self.token("FM")
        self.integer(*values.shape)
        self.stream.write(np.ascontiguousarray(values, "<f4").tobytes())

    def double_matrix(self, values: npt.NDArray[np.float64]) -> None:
        self.token("DM")
        self.integer(*values.shape)
        self.stream.write(np.ascontiguousarray(values, "<f8").tobytes())


class Reader:
    """Reads what `Writer` writes.

    Raises:
        FormatError: on anything unexpected, with the place in the file.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream

    def _take(self, count: int) -> bytes:
        data = self.stream.read(count)
        if len(data) != count:
            raise FormatError(f"file ends at byte {self.stream.tell()}, {count} more were expected")
        return data

    def header(self) -> None:
        self.literal(b"\0B")

    def literal(self, expected: bytes) -> None:
        found = self._take(len(expected))
        if found != expected:
            raise FormatError(f"{expected!r} expected before byte {self.stream.tell()}, found {found!r}")

    def token(self) -> str:
        letters = b""
        while not letters.endswith(b" "):
            letters += self._take(1)
        return letters[:-1].decode("ascii")

    def expect(self, *names: str) -> None:
        for name in names:
            self.literal((name + " ").encode("ascii"))

    def integer(self) -> int:
        self.literal(b"\x04")
        return int(struct.unpack("<i", self._take(4))[0])

    def single(self) -> float:
        self.literal(b"\x04")
        return float(struct.unpack("<f", self._take(4))[0])

    def double(self) -> float:
        self.literal(b"\x08")
        return float(struct.unpack("<d", self._take(8))[0])

    def integers(self) -> list[int]:
        count = self.integer()
        return [int(value) for value in np.frombuffer(self._take(4 * count), "<i4")]

    def vector(self) -> Floats:
        self.expect("FV")
        count = self.integer()
        return np.frombuffer(self._take(4 * count), "<f4").astype(np.float32)

    def matrix(self) -> Floats:
        self.expect("FM")
        rows, columns = self.integer(), self.integer()
        return np.frombuffer(self._take(4 * rows * columns), "<f4").reshape(rows, columns).astype(np.float32)

    def double_matrix(self) -> npt.NDArray[np.float64]:
        self.expect("DM")
        rows, columns = self.integer(), self.integer()
        return np.frombuffer(self._take(8 * rows * columns), "<f8").reshape(rows, columns).astype(np.float64)

    def line(self) -> str:
        letters = b""
        while not letters.endswith(b"\n"):
            letters += self._take(1)
        return letters[:-1].decode("ascii")
