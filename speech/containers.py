"""What kind of audio file is this, and is all of it there? Told from its bytes alone, without a decoder.

Decoders read what is left of a cut file without a word, so a citizen's half sentence would be taken for the
whole. Where a format says how long it must be, this module checks that; `is_cut` is true only for a proof.
"""

from __future__ import annotations

import struct

_AMR_NB_BYTES = (13, 14, 16, 18, 20, 21, 27, 32, 6, 1, 1, 1, 1, 1, 1, 1)
_AMR_WB_BYTES = (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 1, 1, 1, 1, 1, 1)
_MP3_HEAD = 4096
_EBML_SEGMENT = 0x18538067


def sniff(data: bytes) -> str | None:
    """The name of ffmpeg's demuxer for these bytes; None when they are no audio file known here."""
    if data[:4] in (b"RIFF", b"RF64") and data[8:12] == b"WAVE":
        return "wav"
    if data[:4] == b"OggS":
        return "ogg"
    if data[:4] == b"fLaC":
        return "flac"
    if data[:4] == b"\x1a\x45\xdf\xa3":
        return "matroska"
    if data[:6] == b"#!AMR\n" or data[:9] == b"#!AMR-WB\n":
        return "amr"
    if data[4:8] in (b"ftyp", b"moov"):
        return "mov"
    if data[:4] == b"FORM" and data[8:12] in (b"AIFF", b"AIFC"):
        return "aiff"
    if data[:4] == b".snd":
        return "au"
    if data[:4] == b"caff":
        return "caf"
    if data[:3] == b"ID3" or _is_mpeg_frame(data):
        return "mp3"
    if len(data) > 1 and data[0] == 0xFF and data[1] & 0xF6 == 0xF0:
        return "aac"
    return None


def _is_mpeg_frame(data: bytes) -> bool:
    """An MPEG audio layer III frame header: sync, a layer, a bitrate and a rate that exist."""
    return (
        len(data) > 3
        and data[0] == 0xFF
        and data[1] & 0xE6 == 0xE2
        and data[1] & 0x18 != 0x08
        and data[2] & 0xF0 != 0xF0
        and data[2] & 0x0C != 0x0C
    )


def is_cut(data: bytes) -> bool:
    """Whether the file provably misses its end. False where the format says nothing of its length."""
    check = {
        "wav": _riff_is_cut,
        "aiff": _riff_is_cut,
        "ogg": _ogg_is_cut,
        "matroska": _matroska_is_cut,
        "amr": _amr_is_cut,
        "mov": _mov_is_cut,
        "mp3": _mp3_is_cut,
        "aac": _adts_is_cut,
        "au": _au_is_cut,
    }.get(sniff(data) or "")
    return check(data) if check else False


def _riff_is_cut(data: bytes) -> bool:
    order = ">" if data[:4] == b"FORM" else "<"
    at = 12
    while at + 8 <= len(data):
        name = data[at : at + 4]
        (size,) = struct.unpack_from(order + "I", data, at + 4)
        if name in (b"data", b"SSND"):
            # Recorders that stream write 0 or the largest number: nothing is said of the length.
            return bool(0 < size < 0xFFFF_FF00 and at + 8 + size > len(data))
        at += 8 + size + size % 2
    return True  # no samples at all, though the header promised some


def _ogg_is_cut(data: bytes) -> bool:
    at = 0
    while at < len(data):
        if data[at : at + 4] != b"OggS"[: len(data) - at]:
            return False  # damaged inside or followed by something else: the decoder's business
        if at + 27 > len(data):
            return True
        segments = data[at + 26]
        table = data[at + 27 : at + 27 + segments]
        at += 27 + segments + sum(table)
        if len(table) < segments:
            return True
    return at > len(data)


def _amr_is_cut(data: bytes) -> bool:
    wide = data[:9] == b"#!AMR-WB\n"
    sizes, at = (_AMR_WB_BYTES, 9) if wide else (_AMR_NB_BYTES, 6)
    while at < len(data):
        at += sizes[data[at] >> 3 & 0x0F]
    return at > len(data)


def _mov_is_cut(data: bytes) -> bool:
    at, names = 0, set()
    while at + 8 <= len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        names.add(name)
        if size == 1 and at + 16 <= len(data):
            (size,) = struct.unpack_from(">Q", data, at + 8)
        elif size == 0:
            return False  # to the end of the file, wherever that is
        if size < 8:
            return False
        at += size
    return at != len(data) or b"moov" not in names


def _adts_is_cut(data: bytes) -> bool:
    at = 0
    while at + 6 <= len(data):
        if data[at] != 0xFF or data[at + 1] & 0xF6 != 0xF0:
            return False  # not frame after frame: the decoder's business
        length = (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
        if length < 7:
            return False
        at += length
    return at != len(data)


def _au_is_cut(data: bytes) -> bool:
    if len(data) < 24:
        return True
    start, size = struct.unpack_from(">II", data, 4)
    return bool(size != 0xFFFF_FFFF and start + size > len(data))


def _mp3_is_cut(data: bytes) -> bool:
    """Only files with an encoder's Xing header say how many bytes there must be."""
    start = 0
    if data[:3] == b"ID3" and len(data) >= 10:
        start = 10 + (data[6] << 21 | data[7] << 14 | data[8] << 7 | data[9])
        if start >= len(data):
            return True
    head = data[start : start + _MP3_HEAD]
    at = max(head.find(b"Xing"), head.find(b"Info"))
    if at < 0 or at + 16 > len(head):
        return False
    (flags,) = struct.unpack_from(">I", head, at + 4)
    if flags & 3 != 3:
        return False
    (size,) = struct.unpack_from(">I", head, at + 12)
    return bool(start + size > len(data))


def _matroska_is_cut(data: bytes) -> bool:
    at = 0
    while at < len(data):
        element = _ebml(data, at)
        if element is None:
            return True
        name, start, size = element
        if name == _EBML_SEGMENT:
            return _segment_is_cut(data, start) if size is None else start + size > len(data)
        if size is None:
            return False
        at = start + size
    return True  # ended before its segment


def _segment_is_cut(data: bytes, at: int) -> bool:
    """A live recording's segment has no size; its children, or theirs, have."""
    while at < len(data):
        element = _ebml(data, at)
        if element is None:
            return True
        _, start, size = element
        at = start if size is None else start + size  # into a cluster without a size, over all else
    return at > len(data)


def _ebml(data: bytes, at: int) -> tuple[int, int, int | None] | None:
    """Id, start of content and size (None: unknown) of the element at `at`; None: cut in its header."""
    if at >= len(data):
        return None
    id_length = 9 - data[at].bit_length()
    size_at = at + id_length
    if id_length > 4 or size_at >= len(data):
        return None
    size_length = 9 - data[size_at].bit_length()
    start = size_at + size_length
    if size_length > 8 or start > len(data):
        return None
    name = int.from_bytes(data[at:size_at], "big")
    mask = (1 << 7 * size_length) - 1
    size = int.from_bytes(data[size_at:start], "big") & mask
    return name, start, None if size == mask else size
