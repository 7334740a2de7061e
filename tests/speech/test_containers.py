from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.containers import is_cut, sniff

KINDS = [
    ("wav", "wav", "pcm_s16le", 16000, {}),
    ("wav", "wav", "pcm_alaw", 8000, {}),
    ("aiff", "aiff", "pcm_s16be", 44100, {}),
    ("au", "au", "pcm_mulaw", 8000, {}),
    ("ogg", "ogg", "libopus", 48000, {}),
    ("matroska", "webm", "libopus", 48000, {}),
    ("matroska", "webm", "libopus", 48000, {"live": "1"}),
    ("amr", "amr", "libopencore_amrnb", 8000, {}),
    ("mov", "mp4", "aac", 44100, {}),
    ("mov", "mp4", "aac", 48000, {"movflags": "+faststart"}),
    ("mov", "mp4", "aac", 48000, {"movflags": "frag_keyframe+empty_moov"}),
    ("mp3", "mp3", "libmp3lame", 24000, {}),
    ("aac", "adts", "aac", 44100, {}),
]


@pytest.mark.parametrize(("kind", "container", "codec", "rate", "options"), KINDS)
def test_a_file_is_known_by_its_bytes_and_missed_when_cut(
    kind: str,
    container: str,
    codec: str,
    rate: int,
    options: dict[str, str],
    encode: Callable[..., bytes],
    short_pcm: object,
) -> None:
    data = encode(short_pcm, container, codec, rate, **options)
    assert sniff(data) == kind
    assert not is_cut(data)
    # AMR and AAC are frame after frame: cut between two of them nothing shows, so several cuts are tried.
    cuts = [is_cut(data[: int(len(data) * part)]) for part in (0.31, 0.52, 0.73, 0.94)]
    assert sum(cuts) >= 3 if kind in ("amr", "aac") else all(cuts)


def test_a_streamed_wav_without_a_length_is_whole() -> None:
    head = (
        b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\1\0\1\0\x80\x3e\0\0\0\x7d\0\0\2\0\x10\0data\xff\xff\xff\xff"
    )
    assert not is_cut(head + bytes(3200))


@pytest.mark.parametrize(
    "data", [b"", b"hello, this is text", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", b"#!SILK_V3"]
)
def test_what_is_no_audio_is_not_taken_for_it(data: bytes) -> None:
    assert sniff(data) is None
    assert not is_cut(data)


HEADS = st.sampled_from(
    [
        b"RIFF\0\0\0\0WAVE",
        b"OggS",
        b"fLaC",
        b"\x1a\x45\xdf\xa3",
        b"#!AMR\n",
        b"#!AMR-WB\n",
        b"\0\0\0\x18ftyp",
        b"FORM\0\0\0\0AIFF",
        b".snd",
        b"ID3\4\0\0",
        b"\xff\xfb\x90\0",
        b"\xff\xf1",
    ]
)


@given(HEADS, st.binary(max_size=300))
def test_any_bytes_get_an_answer(head: bytes, rest: bytes) -> None:
    assert isinstance(is_cut(head + rest), bool)
