"""The decoding process as its callers meet it: what people send, and what they should not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from speech.decode import AudioDecoder, decode_audio
from speech.errors import (
    AudioDecodeTimeout,
    AudioEmpty,
    AudioTooLarge,
    AudioTooLong,
    AudioTruncated,
    AudioUnsupported,
)
from speech.limits import SAMPLE_RATE, AudioLimits

Samples = NDArray[np.int16]
Encode = Callable[..., bytes]

FORMATS = [
    pytest.param("wav", "pcm_u8", 8000, "mono", {}, id="wav 8 bit 8 kHz"),
    pytest.param("wav", "pcm_s16le", 16000, "mono", {}, id="wav 16 bit 16 kHz"),
    pytest.param("wav", "pcm_s24le", 44100, "stereo", {}, id="wav 24 bit 44.1 kHz stereo"),
    pytest.param("wav", "pcm_f32le", 96000, "stereo", {}, id="wav float 96 kHz stereo"),
    pytest.param("wav", "pcm_alaw", 8000, "mono", {}, id="wav A-law"),
    pytest.param("mp3", "libmp3lame", 24000, "mono", {}, id="mp3"),
    pytest.param("flac", "flac", 48000, "stereo", {}, id="flac"),
    pytest.param("ogg", "libopus", 48000, "mono", {}, id="ogg opus"),
    pytest.param("webm", "libopus", 48000, "mono", {"live": "1"}, id="webm opus, live as browsers record"),
    pytest.param("mp4", "aac", 44100, "mono", {}, id="m4a aac"),
    pytest.param("mp4", "aac", 48000, "mono", {"movflags": "frag_keyframe+empty_moov"}, id="mp4, fragments"),
    pytest.param("adts", "aac", 44100, "mono", {}, id="aac"),
    pytest.param("amr", "libopencore_amrnb", 8000, "mono", {}, id="amr, as WeChat sends"),
    pytest.param("3gp", "libopencore_amrnb", 8000, "mono", {}, id="3gp amr"),
]


def likeness(original: Samples, decoded: Samples) -> float:
    """Correlation of the two loudness curves, 20 ms steps, at the best shift up to 100 ms."""
    curves = []
    for samples in (original, decoded):
        frames = samples[: len(samples) // 320 * 320].reshape(-1, 320).astype(np.float64)
        curves.append(np.log(np.sqrt((frames**2).mean(axis=1)) + 30.0))
    best = 0.0
    for shift in range(-5, 6):
        left, right = curves[0][max(0, shift) :], curves[1][max(0, -shift) :]
        size = min(len(left), len(right))
        best = max(best, float(np.corrcoef(left[:size], right[:size])[0, 1]))
    return best


@pytest.mark.parametrize(("container", "codec", "rate", "layout", "options"), FORMATS)
async def test_every_format_that_people_send_is_understood(
    container: str,
    codec: str,
    rate: int,
    layout: str,
    options: dict[str, str],
    encode: Encode,
    short_pcm: Samples,
) -> None:
    decoded = await decode_audio(encode(short_pcm, container, codec, rate, layout, **options))
    assert decoded.dtype == np.int16
    assert abs(len(decoded) - len(short_pcm)) < 0.15 * SAMPLE_RATE
    assert likeness(short_pcm, decoded) > 0.95


async def test_nothing_is_empty() -> None:
    with pytest.raises(AudioEmpty):
        await decode_audio(b"")
    with pytest.raises(AudioEmpty):
        await decode_audio(b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x80>\0\0\0}\0\0\2\0\x10\0data\0\0\0\0")


@pytest.mark.parametrize("data", ["转人工".encode(), b"%PDF-1.7\n" + bytes(5000), b"#!SILK_V3" + bytes(100)])
async def test_what_is_no_known_audio_is_refused(data: bytes) -> None:
    with pytest.raises(AudioUnsupported):
        await decode_audio(data)


@pytest.mark.parametrize(("container", "codec", "rate", "layout", "options"), FORMATS)
async def test_a_cut_file_is_not_taken_for_a_whole_one(
    container: str,
    codec: str,
    rate: int,
    layout: str,
    options: dict[str, str],
    encode: Encode,
    short_pcm: Samples,
) -> None:
    data = encode(short_pcm, container, codec, rate, layout, **options)
    with pytest.raises(AudioTruncated):
        await decode_audio(data[: int(len(data) * 0.61) + 1])


async def test_a_damaged_file_is_refused(encode: Encode, speech_pcm: Samples) -> None:
    data = bytearray(encode(speech_pcm, "flac", "flac", 16000))
    data[len(data) // 3 : len(data) // 2] = np.random.default_rng(3).bytes(len(data) // 2 - len(data) // 3)
    with pytest.raises(AudioTruncated):
        await decode_audio(bytes(data))


async def test_ten_minutes_are_too_long_and_the_sentence_says_how_long_may_be(
    encode: Encode, speech_pcm: Samples
) -> None:
    ten_minutes = np.resize(speech_pcm, 600 * SAMPLE_RATE)
    with pytest.raises(AudioTooLong) as caught:
        await decode_audio(encode(ten_minutes, "ogg", "libopus", 16000), limits=AudioLimits(max_seconds=45.0))
    assert "45秒" in caught.value.citizen


async def test_too_many_bytes_are_refused_unread() -> None:
    with pytest.raises(AudioTooLarge):
        await decode_audio(bytes(1001), limits=AudioLimits(max_bytes=1000))


async def test_a_decoder_past_its_deadline_is_killed(encode: Encode, short_pcm: Samples) -> None:
    with pytest.raises(AudioDecodeTimeout):
        await decode_audio(
            encode(short_pcm, "mp3", "libmp3lame", 24000), limits=AudioLimits(deadline_s=0.001)
        )


async def test_a_decoder_without_memory_takes_nothing_down(encode: Encode, short_pcm: Samples) -> None:
    data = encode(short_pcm, "mp3", "libmp3lame", 24000)
    async with AudioDecoder(limits=AudioLimits(memory_bytes=16 * 1024 * 1024)) as starved:
        with pytest.raises((AudioDecodeTimeout, AudioTruncated)):
            await starved.decode(data)
    assert len(await decode_audio(data))


async def test_a_playlist_cannot_make_it_open_another_file(wav: Callable[[str], Path]) -> None:
    playlist = f"#EXTM3U\n#EXTINF:1,\n{wav('human')}\n"
    with pytest.raises(AudioUnsupported):
        await decode_audio(playlist.encode())


async def test_a_server_decodes_many_at_a_time_with_warm_processes(
    encode: Encode, short_pcm: Samples
) -> None:
    data = encode(short_pcm, "amr", "libopencore_amrnb", 8000)
    async with AudioDecoder(spare=2) as decoder:
        results = await asyncio.gather(
            *(decoder.decode(data) for _ in range(4)), decoder.decode(b"no audio"), return_exceptions=True
        )
    assert isinstance(results[-1], AudioUnsupported)
    for decoded in results[:-1]:
        assert isinstance(decoded, np.ndarray)
        assert likeness(short_pcm, decoded) > 0.95
