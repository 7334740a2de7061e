"""Real recordings, in every container people send, and the bundled model."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from speech.decoder import decode
from speech.limits import SAMPLE_RATE
from speech.models import BUNDLED_MODEL

DATA = Path(__file__).parent.parent / "data" / "speech"

Samples = NDArray[np.int16]
Encode = Callable[..., bytes]


@pytest.fixture(scope="session")
def transcripts() -> dict[str, str]:
    """File name to what is said in it."""
    with (DATA / "transcripts.tsv").open(encoding="utf-8") as stream:
        return {row["file"]: row["text"] for row in csv.DictReader(stream, delimiter="\t")}


@pytest.fixture(scope="session")
def wav() -> Callable[[str], Path]:
    """Path of a recorded utterance by its name."""
    return lambda name: DATA / f"{name}.wav"


@pytest.fixture(scope="session")
def speech_pcm() -> Samples:
    """我老婆户口在上海，想迁到我这里: 16 kHz mono, about five seconds."""
    return decode((DATA / "hukou.wav").read_bytes(), 60.0)


@pytest.fixture(scope="session")
def short_pcm() -> Samples:
    """转人工: 16 kHz mono, about a second."""
    return decode((DATA / "human.wav").read_bytes(), 60.0)


@pytest.fixture(scope="session")
def model_dir() -> Path:
    """The model in the box."""
    return BUNDLED_MODEL


@pytest.fixture(scope="session")
def encode(tmp_path_factory: pytest.TempPathFactory) -> Encode:
    """Function (pcm 16 kHz mono, container, codec, rate, **container options) to a file's bytes."""

    def run(
        pcm: Samples, container: str, codec: str, rate: int, layout: str = "mono", **options: str
    ) -> bytes:
        out = tmp_path_factory.mktemp("encoded") / "file"  # mp4 goes back to write its index: a real file
        with av.open(str(out), "w", format=container, options=options) as file:
            stream = file.add_stream(codec, rate=rate, layout=layout)
            assert isinstance(stream, av.AudioStream)
            frame = av.AudioFrame.from_ndarray(pcm[None, :], format="s16", layout="mono")
            frame.sample_rate = SAMPLE_RATE
            frame.pts = 0
            resampler = av.AudioResampler(
                format=stream.codec_context.format,
                layout=layout,
                rate=rate,
                frame_size=stream.codec_context.frame_size or None,
            )
            for ready in (*resampler.resample(frame), *resampler.resample(None)):
                file.mux(stream.encode(ready))
            file.mux(stream.encode(None))
        return out.read_bytes()

    return run
