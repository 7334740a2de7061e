"""What was said beside what was heard: character, syllable and sentence errors.

Syllables are compared too because a recognizer that writes 虎照 for 护照 has heard well: the search's sound
channel understands it. Both sides are read with the same dictionary, so that a reading which the dictionary
gets wrong counts on neither.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from speech.training.lexicon import spoken
from speech.training.phones import NotPinyinError

_NOT_PRONOUNCED = re.compile(r"[\s,.!?;:，。！？；：、“”‘’（）()《》·…—_-]+")


def pronounced(text: str) -> str:
    """A text without what nobody pronounces.

    >>> pronounced("对，是的。 OK！")
    '对是的ok'
    """
    return _NOT_PRONOUNCED.sub("", text).lower()


@lru_cache(maxsize=8192)
def syllables(text: str) -> tuple[str, ...]:
    """Toned syllables of a text; a sign that has no reading stands for itself, so that it still counts.

    >>> syllables("护照，G")
    ('hu4', 'zhao4', 'ji4')
    """
    plain = pronounced(text).upper()
    try:
        return tuple(token for token in spoken(plain) if token != ",")
    except NotPinyinError:
        return tuple(syllable for sign in plain for syllable in _of_sign(sign))


def _of_sign(sign: str) -> tuple[str, ...]:
    try:
        return spoken(sign) or (sign,)
    except NotPinyinError:
        return (sign,)


def toneless(tokens: Sequence[str]) -> list[str]:
    """Syllables without their tones."""
    return [token.rstrip("12345") or token for token in tokens]


@dataclass
class Counts:
    """Errors added up over utterances; rates are edits over the length of what was really said.

    Attributes:
        slowest: the worst utterance's seconds of waiting by its seconds of audio.
    """

    utterances: int = 0
    characters: int = 0
    character_edits: int = 0
    syllables: int = 0
    toneless_edits: int = 0
    tonal_edits: int = 0
    right: int = 0
    audio_s: float = 0.0
    cpu_s: float = 0.0
    slowest: float | None = None

    def add(self, said: str, heard: str) -> None:
        """One utterance recognized as text."""
        wanted, found = pronounced(said), pronounced(heard)
        edits = Levenshtein.distance(wanted, found)
        self.characters += len(wanted)
        self.character_edits += edits
        self.right += edits == 0
        self.add_syllables(syllables(said), syllables(heard))

    def add_syllables(self, said: Sequence[str], heard: Sequence[str]) -> None:
        """One utterance of which only syllables are compared (a free loop knows no characters)."""
        self.utterances += 1
        self.syllables += len(said)
        self.tonal_edits += Levenshtein.distance(said, heard)
        self.toneless_edits += Levenshtein.distance(toneless(said), toneless(heard))

    def rates(self) -> dict[str, float | int | None]:
        """The figures of a row; None where nothing of the kind was measured."""
        return {
            "utterances": self.utterances,
            "character_error_rate": _share(self.character_edits, self.characters),
            "toneless_syllable_error_rate": _share(self.toneless_edits, self.syllables),
            "tonal_syllable_error_rate": _share(self.tonal_edits, self.syllables),
            "sentences_right": _share(self.right, self.utterances) if self.characters else None,
            "audio_s": round(self.audio_s, 1),
            "real_time_factor": round(self.cpu_s / self.audio_s, 3) if self.audio_s else None,
            "slowest": None if self.slowest is None else round(self.slowest, 2),
        }


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None
