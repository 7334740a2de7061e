"""The phone set: pinyin initials, tonal finals, silence and noise.

A syllable is an optional initial and a final with its tone. The finals of zi/ci/si (`ii`) and of
zhi/chi/shi/ri (`iii`) are sounds of their own, ü is `v`, and w/y are spellings, not sounds. `sil` and
`spn` (anything that is not a word of ours) stand alone; all others have four copies for their place in a
word (_B _E _I _S), which share one pdf, so that Vosk can tell where words begin and end.

Example:
    >>> split("zhi1"), split("yue4"), split("xian3"), split("er2")
    (('zh', 'iii1'), ('ve4',), ('x', 'ian3'), ('er2',))
"""

from __future__ import annotations

from functools import cache

SILENCE, NOISE = "sil", "spn"
INITIALS = (
    "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x",
    "zh", "ch", "sh", "r", "z", "c", "s",
)  # fmt: skip
FINALS = (
    "a", "ai", "an", "ang", "ao", "e", "ei", "en", "eng", "er", "i", "ia", "ian", "iang", "iao", "ie", "ii",
    "iii", "in", "ing", "iong", "iou", "o", "ong", "ou", "u", "ua", "uai", "uan", "uang", "uei", "uen", "uo",
    "v", "van", "ve", "vn",
)  # fmt: skip
TONES = ("1", "2", "3", "4", "5")
POSITIONS = ("_B", "_E", "_I", "_S")

TONAL = tuple(final + tone for final in FINALS for tone in TONES)
BASE = (SILENCE, NOISE, *INITIALS, *TONAL)
"""Base phones in the order of their pdfs."""
PDF = {phone: index for index, phone in enumerate(BASE)}
PHONES = (SILENCE, NOISE, *(phone + place for phone in BASE[2:] for place in POSITIONS))
"""Phones as Kaldi numbers them, from 1."""
PHONE_ID = {phone: index for index, phone in enumerate(PHONES, start=1)}

_WHOLE = {
    "yi": "i", "ya": "ia", "yan": "ian", "yang": "iang", "yao": "iao", "ye": "ie", "yin": "in", "ying": "ing",
    "yong": "iong", "you": "iou", "yo": "o", "yai": "ai", "wu": "u", "wa": "ua", "wai": "uai", "wan": "uan",
    "wang": "uang", "wei": "uei", "wen": "uen", "wo": "uo", "weng": "ueng", "yu": "v", "yuan": "van",
    "yue": "ve", "yun": "vn",
    # 嗯 and its like are a nasal alone; the nearest sound of the phone set is en.
    "n": "en", "ng": "en", "m": "en", "hm": "en", "hng": "en",
}  # fmt: skip
_SHORT = {"ui": "uei", "un": "uen", "iu": "iou", "ue": "ve", "ueng": "ong", "io": "o"}


class NotPinyinError(ValueError):
    """The text is not one toned syllable of Mandarin, as `zhong1` or `lv4`."""


@cache
def split(syllable: str) -> tuple[str, ...]:
    """The base phones of one syllable with its tone digit (5, 0 or nothing: neutral).

    Raises:
        NotPinyinError: no such syllable can be spelled with this phone set (xq1, ê1, …).
    """
    letters = syllable.rstrip("012345")
    tone = syllable[len(letters) :] or "5"
    tone = "5" if tone == "0" else tone
    letters = letters.replace("ü", "v").replace("u:", "v")
    initial, final = "", letters
    if letters in _WHOLE:
        final = _WHOLE[letters]
    else:
        initial = next((name for name in ("zh", "ch", "sh", *INITIALS) if letters.startswith(name)), "")
        final = letters[len(initial) :]
        if initial in {"j", "q", "x"} and final.startswith("u"):
            final = "v" + final[1:]
        if final == "i" and initial in {"z", "c", "s"}:
            final = "ii"
        elif final == "i" and initial in {"zh", "ch", "sh", "r"}:
            final = "iii"
    final = _SHORT.get(final, final)
    if initial in {"", *INITIALS} and final + tone in PDF:
        return (initial, final + tone) if initial else (final + tone,)
    raise NotPinyinError(f"{syllable!r} is not a syllable of this phone set")


def pdf_of(phone: str) -> int:
    """The pdf of a phone with or without its place in the word."""
    return PDF[phone] if phone in PDF else PDF[phone.rsplit("_", 1)[0]]


def in_word(base: tuple[str, ...]) -> tuple[str, ...]:
    """Phones of one word with their places marked.

    Example:
        >>> in_word(("b", "an4", "l", "i3"))
        ('b_B', 'an4_I', 'l_I', 'i3_E')
    """
    if base in {(SILENCE,), (NOISE,)}:
        return base
    if len(base) == 1:
        return (base[0] + "_S",)
    return (base[0] + "_B", *(phone + "_I" for phone in base[1:-1]), base[-1] + "_E")
