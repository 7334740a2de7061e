"""The lexicon as a decoding graph: transition-ids in, word ids out, ready to be composed with a grammar
at run time.

The words' phones form a prefix tree; a word's id is given out as early as it is certain (that is what makes
look-ahead work), and the tails behind are shared. This equals Kaldi's determinised and minimised H∘C∘L
for phones without context, and needs no general determinisation. Each node is entered by one phone only,
so that its self loop can carry that phone's transition-id. A phone that may be said in several ways (see
`regional`) has a node for each, all with the same nodes behind them: one merger doubles nodes, not words.

    start/after a word ──(optional sil)──▶ root ──phones──▶ after a word
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from speech.training.phones import INITIALS, PHONE_ID, SILENCE, in_word
from speech.training.regional import Said, as_written

AFTER_WORD, SILENT, ROOT = 0, 1, 2
"""Numbers of the fixed states; AFTER_WORD is also the start."""
SILENCE_SHARE = 0.3
"""Probability of a pause between two words."""
Pronunciation = tuple[str, ...]
Realised = Callable[[str, tuple[str, str] | None], Said]
"""The ways to say a base phone after an initial (as written, as said), with their costs."""


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


_Before = tuple[str, str] | None
"""The initial just passed, as written and as said."""


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
        realised: the ways to say each phone.

    Example:
        >>> len(list(LexiconGraph({1: (("b", "a1"),)}).edges()))
        10
    """

    def __init__(
        self, pronunciations: Mapping[int, tuple[Pronunciation, ...]], realised: Realised = as_written
    ) -> None:
        self._realised = realised
        self._tails: dict[tuple[Pronunciation, str], int] = {}
        self._edges: list[Edge] = []
        self._states = 3
        pause, none = -math.log(SILENCE_SHARE), -math.log(1 - SILENCE_SHARE)
        self._edges += [
            Edge(AFTER_WORD, ROOT, 0, 0, none),
            Edge(AFTER_WORD, SILENT, _enter(SILENCE), 0, pause),
            Edge(SILENT, SILENT, _stay(SILENCE), 0),
            Edge(SILENT, ROOT, 0, 0),
        ]
        self._grow(_tree(pronunciations), [(ROOT, None)])

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

    def _ways(self, phone: str, before: _Before) -> Iterator[tuple[str, _Before, float]]:
        """Each way to say a phone: itself with its place in the word, what follows needs of it, its cost."""
        base, mark, place = phone.partition("_")
        for said, cost in self._realised(base, before):
            yield said + mark + place, (base, said) if base in INITIALS else None, cost

    def _tail(self, phones: Pronunciation, said: str, before: _Before) -> int:
        """The state after `phones[0]`, said as `said`, with the rest of the word behind it."""
        if (phones, said) not in self._tails:
            state = self._state(said)
            self._tails[phones, said] = state
            if len(phones) == 1:
                self._edges.append(Edge(state, AFTER_WORD, 0, 0))
            else:
                for way, following, cost in self._ways(phones[1], before):
                    target = self._tail(phones[1:], way, following)
                    self._edges.append(Edge(state, target, _enter(way), 0, cost))
        return self._tails[phones, said]

    def _grow(self, node: _Node, sources: list[tuple[int, _Before]]) -> None:
        """What follows a node, from each of its states (one a way to say it)."""
        for word in node.words:
            self._edges += [Edge(state, AFTER_WORD, 0, word) for state, _ in sources]
        for phone, child in node.children.items():
            single = _only(child) if child.below == 1 else None
            targets: dict[str, tuple[int, _Before]] = {}
            for state, before in sources:
                for said, following, cost in self._ways(phone, before):
                    if single is not None:
                        way, word = single
                        target = self._tail((phone, *way), said, following)
                        self._edges.append(Edge(state, target, _enter(said), word, cost))
                        continue
                    if said not in targets:
                        targets[said] = self._state(said), following
                    self._edges.append(Edge(state, targets[said][0], _enter(said), 0, cost))
            if single is None:
                self._grow(child, list(targets.values()))


def _only(node: _Node) -> tuple[Pronunciation, int]:
    """The phones left and the word of a node under which there is just one."""
    way: list[str] = []
    while not node.words:
        ((phone, node),) = node.children.items()
        way.append(phone)
    return tuple(way), node.words[0]
