"""How people of the region say Mandarin: z for zh, l for n, in for ing, h for f, and back.

Each merger is offered in the lexicon's graph beside the standard sound, at a cost, so that the recognizer
takes it only where the audio insists: who speaks by the book loses nothing. The same table shifts syllables
for synthetic speakers with an accent (`shifted`).

Example:
    >>> shifted("zhi1"), shifted("ling2"), shifted("hua1"), shifted("ma1")
    ('zi1', 'nin2', 'fa1', 'ma1')
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from speech.training.phones import INITIALS, TONES

_FLAT = {"zh": "z", "ch": "c", "sh": "s"}
_N_L = {"n": "l", "l": "n"}
_NASAL = {"in": "ing", "ing": "in", "en": "eng", "eng": "en"}
_F_TO_H = {"u": "u", "a": "ua", "an": "uan", "ang": "uang", "ei": "uei", "en": "uen", "o": "uo"}
"""Finals after f, and what they are after the h that is said instead; the other way round for h."""
_H_TO_F = {after_h: after_f for after_f, after_h in _F_TO_H.items() if after_f != "o"}


@dataclass(frozen=True, slots=True)
class Costs:
    """Negative logarithms of how likely each merger is where it could happen.

    Args:
        flat: zh, ch, sh as z, c, s. n_l: n for l and l for n. nasal: in for ing, en for eng, and back.
        f_h: f for h before u, and back.
    """

    flat: float = 4.0
    n_l: float = 5.0
    nasal: float = 4.0
    f_h: float = 6.0


REGION = Costs()
"""What the bundled model's graph is made with."""

Said = tuple[tuple[str, float], ...]
"""Phones that may be said for one, each with its cost; the standard one first, for nothing."""


def _toned(final: str) -> tuple[str, str]:
    return (final[:-1], final[-1]) if final[-1] in TONES else (final, "")


@cache
def realised(phone: str, before: tuple[str, str] | None, costs: Costs) -> Said:
    """What may be said for a base phone.

    Args:
        before: the initial that stands before a final, as the book has it and as it was said; None: none.

    Returns:
        Nothing where what was said before allows no such syllable.
    """
    if phone in INITIALS:
        changed = [(phone, 0.0)]
        for table, cost in ((_FLAT, costs.flat), (_N_L, costs.n_l)):
            if phone in table:
                changed.append((table[phone], cost))
        if phone in "fh":
            changed.append(("h" if phone == "f" else "f", costs.f_h))
        return tuple(changed)
    final, tone = _toned(phone)
    if before is not None and before[0] != before[1]:
        if final == "iii" and before[0] in _FLAT:
            final = "ii"
        elif before[0] in "fh":
            table = _F_TO_H if before[0] == "f" else _H_TO_F
            if final not in table:
                return ()
            return ((table[final] + tone, 0.0),)
    if final in _NASAL:
        return ((final + tone, 0.0), (_NASAL[final] + tone, costs.nasal))
    return ((final + tone, 0.0),)


def as_written(phone: str, _before: tuple[str, str] | None) -> Said:
    """No merger: every phone is what the book says."""
    return ((phone, 0.0),)


def shifted(syllable: str) -> str:
    """A toned pinyin syllable as a speaker says it who merges everything; what has no merger stays.

    Only spellings without a special form are touched, so that the result is pinyin again.
    """
    final, tone = _toned(syllable)
    initial = next((name for name in ("zh", "ch", "sh", *INITIALS) if final.startswith(name)), "")
    final = final[len(initial) :]
    if initial == "h" and final in {"ua", "uan", "uang", "u"}:
        initial, final = "f", _H_TO_F[final]
    elif initial == "h" and final in {"ui", "un"}:
        initial, final = "f", {"ui": "ei", "un": "en"}[final]
    initial = _FLAT.get(initial, initial)
    if initial == "l" and final not in {"ia", "un", "iang"}:
        initial = "n"
    if final in {"ing", "eng"} and (initial, final) != ("d", "ing"):
        final = final[:-1]
    return initial + final + tone
