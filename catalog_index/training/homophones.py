"""Mis-heard copies of phrases: some characters replaced by others that sound the same."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable

from catalog_index.phonetic import fold, syllables


class Homophones:
    """Args: texts: where the characters to choose from come from, with their frequencies."""

    def __init__(self, texts: Iterable[str], seed: int) -> None:
        self._chance = random.Random(seed)
        self._same: dict[str, list[str]] = defaultdict(list)
        for char in "".join(texts):
            if "㐀" <= char <= "鿿":
                self._same[fold(syllables(char)[0])].append(char)

    def mishear(self, text: str, share: float) -> str:
        """The text with about `share` of its characters replaced; unchanged where nothing sounds the same."""
        heard = []
        for char in text:
            others = self._same.get(fold(syllables(char)[0]), []) if "㐀" <= char <= "鿿" else []
            replace = others and self._chance.random() < share
            heard.append(self._chance.choice(others) if replace else char)
        return "".join(heard)
