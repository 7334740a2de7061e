"""The decoding process: one file in on standard input, its samples out on standard output, then gone.

Decoders of two dozen formats are the largest surface that a stranger's bytes can reach. They run here, in a
process with bounded memory and processor time, that serves one file and is killed at a deadline by
`speech.decode`. Only the demuxer that the bytes themselves name is opened, so no playlist can make it read
another file or address.

Output: one JSON line, {"samples": n} or {"error": code, "detail": …}, then n little-endian int16 samples.
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from speech.containers import is_cut, sniff
from speech.errors import AudioEmpty, AudioTooLong, AudioTruncated, AudioUnsupported
from speech.frames import DECODE_REQUEST
from speech.limits import SAMPLE_RATE
from wenban.errors import AudioError

if TYPE_CHECKING:
    from av.container import InputContainer

_TOLERANCE = {
    "mp3": 50,
    "aac": 50,
}  # good packets for a bad one: joined and tagged streams carry some rubbish
_MISSING_S = 0.5  # container durations are rounded, and codecs have some priming to drop


def decode(data: bytes, max_seconds: float) -> NDArray[np.int16]:
    """Any known audio file as 16 kHz mono, in this very process; others use `speech.decode.decode_audio`.

    Raises:
        AudioEmpty, AudioUnsupported, AudioTruncated, AudioTooLong: see `speech.errors`.
    """
    if not data:
        raise AudioEmpty("no bytes")
    kind = sniff(data)
    if kind is None:
        raise AudioUnsupported(f"unknown format, begins with {data[:12].hex()}")
    pieces: list[NDArray[np.int16]] = []
    total = 0
    promised: float | None = None
    try:
        with av.open(io.BytesIO(data), mode="r", format=kind) as container:
            if not container.streams.audio:
                raise AudioUnsupported(f"{kind} without an audio stream")
            if container.duration is not None and kind in ("mov", "flac", "matroska"):
                promised = container.duration / av.time_base
            for piece in _resampled(container, _TOLERANCE.get(kind, sys.maxsize)):
                pieces.append(piece)
                total += len(piece)
                if total > max_seconds * SAMPLE_RATE:
                    raise AudioTooLong.over(max_seconds)
    except av.error.FFmpegError as error:
        # The format was recognised and its content is not as the format wants it.
        raise AudioTruncated(f"{kind}: {error.strerror}") from error
    if is_cut(data):
        raise AudioTruncated(f"{kind} ends before its end")
    if promised is not None and total / SAMPLE_RATE < promised - _MISSING_S:
        raise AudioTruncated(f"{kind} of {promised:.1f} s holds {total / SAMPLE_RATE:.1f} s")
    if not total:
        raise AudioEmpty(f"{kind} without samples")
    return np.concatenate(pieces)


def _resampled(container: InputContainer, tolerance: int) -> Iterator[NDArray[np.int16]]:
    resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
    packets = bad = 0
    for packet in container.demux(audio=0):
        packets += 1
        try:
            decoded = packet.decode()
        except av.error.InvalidDataError:
            bad += 1
            if bad * tolerance > packets:
                raise
            continue
        for frame in decoded:
            for out in resampler.resample(frame):
                yield out.to_ndarray()[0]
    for out in resampler.resample(None):
        yield out.to_ndarray()[0]


def main() -> None:
    """Serves one file."""
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    av.logging.set_level(av.logging.PANIC)  # ffmpeg's remarks quote file metadata; our error says enough
    head = sys.stdin.buffer.read(DECODE_REQUEST.size)
    if not head:
        return  # a spare process that was not needed
    max_seconds, memory, size = DECODE_REQUEST.unpack(head)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answer: dict[str, object]
    samples: NDArray[np.int16] = np.zeros(0, np.int16)
    try:
        samples = decode(sys.stdin.buffer.read(size), max_seconds)
        answer = {"samples": len(samples)}
    except AudioError as error:
        answer = {"error": error.code, "detail": str(error)}
    output.write(json.dumps(answer).encode() + b"\n" + samples.astype("<i2", copy=False).tobytes())
    output.flush()


if __name__ == "__main__":
    main()
