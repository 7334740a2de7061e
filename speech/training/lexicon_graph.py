"""The lexicon as a decoding graph: transition-ids in, word ids out, ready to be composed with a grammar
at run time.

The words' phones form a prefix tree; a word's id is given out as early as it is certain (that is what makes
look-ahead work), and the tails behind are shared. This equals Kaldi's determinised and minimised H∘C∘L
for phones without context, and needs no general determinisation. Each node is entered by one phone only,
so that its self loop can carry that phone's transition-id.

    start/after a word ──(optional sil)──▶ root ──phones──▶ after a word
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from speech.training.phones import PHONE_ID, SILENCE, in_word

AFTER_WORD, SILENT, ROOT = 0, 1, 2
"""Numbers of the fixed states; AFTER_WORD is also the start."""
SILENCE_SHARE = 0.3
"""Probability of a pause between two words."""
Pronunciation = tuple[str, ...]


@dataclass(slots=True)
class _Node:
    children: dict[str, _Node] = field(default_factory=dict)
    words: list[int] = field(default_factory=list)
    below: int = 0
    """How many words end here or below."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One arc; `input` a transition-id or 0, `output` a word id or 0."""

    source: int
    target: int
    input: int
    output: int
    cost: float = 0.0


def _stay(phone: str) -> int:
    return 2 * PHONE_ID[phone] - 1


def _enter(phone: str) -> int:
    return 2 * PHONE_ID[phone]


def _tree(pronunciations: Mapping[int, tuple[Pronunciation, ...]]) -> _Node:
    root = _Node()
    for word, ways in pronunciations.items():
        for way in dict.fromkeys(ways):
            node = root
            node.below += 1
            for phone in in_word(way):
                node = node.children.setdefault(phone, _Node())
                node.below += 1
            node.words.append(word)
    return root


class LexiconGraph:
    """States and arcs of the lexicon.

    Args:
        pronunciations: base phones of each word id (> 0).

    Example:
        >>> len(list(LexiconGraph({1: (("b", "a1"),)}).edges()))
        10
    """

    def __init__(self, pronunciations: Mapping[int, tuple[Pronunciation, ...]]) -> None:
        self._tails: dict[Pronunciation, int] = {}
        self._edges: list[Edge] = []
        self._states = 3
        pause, none = -math.log(SILENCE_SHARE), -math.log(1 - SILENCE_SHARE)
        self._edges += [
            Edge(AFTER_WORD, ROOT, 0, 0, none),
            Edge(AFTER_WORD, SILENT, _enter(SILENCE), 0, pause),
            Edge(SILENT, SILENT, _stay(SILENCE), 0),
            Edge(SILENT, ROOT, 0, 0),
        ]
        self._grow(_tree(pronunciations), ROOT)

    @property
    def states(self) -> int:
        return self._states

    @property
    def finals(self) -> tuple[int, ...]:
        return (ROOT,)

    def edges(self) -> Iterator[Edge]:
        yield from self._edges

    def _state(self, phone: str) -> int:
        state = self._states
        self._states += 1
        self._edges.append(Edge(state, state, _stay(phone), 0))
        return state

    def _tail(self, phones: Pronunciation) -> int:
        """The state just after `phones[0]`, followed by the rest up to the end of the word."""
        if phones not in self._tails:
            state = self._state(phones[0])
            self._tails[phones] = state
            if len(phones) == 1:
                self._edges.append(Edge(state, AFTER_WORD, 0, 0))
            else:
                self._edges.append(Edge(state, self._tail(phones[1:]), _enter(phones[1]), 0))
        return self._tails[phones]

    def _grow(self, node: _Node, state: int) -> None:
        for word in node.words:
            self._edges.append(Edge(state, AFTER_WORD, 0, word))
        for phone, child in node.children.items():
            if child.below == 1:
                way, word = _only(child)
                self._edges.append(Edge(state, self._tail((phone, *way)), _enter(phone), word))
            else:
                target = self._state(phone)
                self._edges.append(Edge(state, target, _enter(phone), 0))
                self._grow(child, target)


def _only(node: _Node) -> tuple[Pronunciation, int]:
    """The phones left and the word of a node under which there is just one."""
    way: list[str] = []
    while not node.words:
        ((phone, node),) = node.children.items()
        way.append(phone)
    return tuple(way), node.words[0]
