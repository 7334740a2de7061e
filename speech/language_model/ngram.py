"""The domain's language model: a trigram over segmented sentences, general words at unigram level.

Modified Kneser-Ney smoothing (Chen and Goodman 1999): where a context is unknown, a word counts by how many
words it follows, not by how often it stands. Identity numbers make 九 and 一 very frequent, but only after
other digits; counted by occurrences they would push 就 and 义 out of every sentence that is new. The result
is an acceptor over word ids with epsilon back-off arcs, which is what Vosk composes at run time.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from speech.language_model.words import LETTERS, is_han

START, END = "<s>", "</s>"
_PAUSES = frozenset("，、,")
_SPOKEN_ALONE = frozenset("零一二三四五六七八九十百千万亿两幺洞点号")


class Segmenter:
    """Cuts sentences into words of the vocabulary; what is in no word of it falls into single characters.

    Digits always stand alone, since numbers are open.
    """

    def __init__(self, words: Iterable[str]) -> None:
        import jieba

        self._words = frozenset(words)
        self._jieba = jieba.Tokenizer()
        self._jieba.initialize()
        known = self._jieba.FREQ
        # A dictionary word that the recognizer lacks would leave only its characters; without it, jieba finds
        # the shorter words in it.
        for word in known:
            if word not in self._words:
                known[word] = 0
        for word in self._words:
            if len(word) > 1 and known.get(word, 0) == 0 and is_han(word):
                self._jieba.add_word(word)

    def cut(self, sentence: str) -> list[list[str]]:
        """Word lists, one a sentence. A comma parts words but no sentences: nobody stops speaking there.

        Example:
            >>> Segmenter(["户口", "我", "的"]).cut("我的，户口。我")
            [['我', '的', '户口'], ['我']]
        """
        result: list[list[str]] = [[]]
        run = ""
        for character in sentence.upper().replace("〇", "零") + "\n":
            if is_han(character) or character in LETTERS:
                run += character
                continue
            if run and (character == "\n" or not character.isspace()):
                result[-1] += self._words_of(run)
                run = ""
            if character not in _PAUSES and not character.isspace():
                result.append([])
        return [words for words in result if words]

    def _words_of(self, run: str) -> list[str]:
        words: list[str] = []
        for word in self._jieba.cut(run, HMM=False):
            if word in self._words and not (
                len(word) > 1 and any(c in _SPOKEN_ALONE for c in word) and _numeral(word)
            ):
                words.append(word)
            else:
                words += [character for character in word if character in self._words]
        return words


def _numeral(word: str) -> bool:
    return all(character in _SPOKEN_ALONE for character in word)


Context = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ngram:
    """Probabilities by context: `seen[context][word]`, and each context's back-off weight."""

    seen: Mapping[Context, Mapping[str, float]]
    backoff: Mapping[Context, float]

    def probability(self, context: Context, word: str) -> float:
        """P(word | context), through back-off; 0 for words of no vocabulary."""
        found = self.seen.get(context, {})
        if word in found:
            return found[word]
        if not context:
            return 0.0
        return self.backoff.get(context, 1.0) * self.probability(context[1:], word)


def estimate(
    sentences: Iterable[Sequence[str]],
    general: Mapping[str, float],
    *,
    order: int = 3,
    general_share: float = 0.25,
) -> Ngram:
    """Count and discount.

    Args:
        sentences: segmented; all their words must be in `general`.
        general: every word of the vocabulary with a weight (a frequency): its share of the unigrams.
        general_share: probability given to `general` in the unigram distribution.
    """
    counts = _counted(sentences, order)
    unigrams = counts.pop((), Counter())
    total, mass = sum(unigrams.values()), sum(general.values())
    seen: dict[Context, dict[str, float]] = {(): {}}
    share = general_share if total else 1.0
    for word in {*unigrams, *general}:
        own = unigrams[word] / total if total else 0.0
        seen[()][word] = (1 - share) * own + share * general.get(word, 0.0) / mass
    seen[()].setdefault(END, 0.01)
    backoff: dict[Context, float] = {}
    discounts = {size: _discounts(counts, size) for size in range(1, order)}
    for context in sorted(counts, key=len):
        row, discount = counts[context], discounts[len(context)]
        amount = sum(row.values())
        kept = {word: (count - discount[min(count, 3) - 1]) / amount for word, count in row.items()}
        left = 1.0 - sum(kept.values())
        lower = Ngram(seen, backoff)
        seen[context] = {
            word: value + left * lower.probability(context[1:], word) for word, value in kept.items()
        }
        backoff[context] = left
    return Ngram(seen, backoff)


def _counted(sentences: Iterable[Sequence[str]], order: int) -> dict[Context, Counter[str]]:
    """How often a word follows each of the longest contexts and each beginning; by how many different words
    a shorter context with it is preceded."""
    counts: dict[Context, Counter[str]] = defaultdict(Counter)
    for words in sentences:
        padded = [START, *words, END]
        for at in range(1, len(padded)):
            counts[tuple(padded[max(0, at - order + 1) : at])][padded[at]] += 1
    for size in range(order - 1, 0, -1):
        for context in [context for context in counts if len(context) == size]:
            # What follows a beginning is a count already, whatever its length.
            lower = counts[context[1:]]
            for word in counts[context]:
                lower[word] += 1
    return counts


def _discounts(counts: Mapping[Context, Mapping[str, int]], size: int) -> tuple[float, float, float]:
    """What is taken from counts of one, two, and more, after contexts of that length."""
    rows = [row for context, row in counts.items() if len(context) == size]
    often = Counter(min(count, 4) for row in rows for count in row.values())
    one, two, three, four = (max(1, often[count]) for count in (1, 2, 3, 4))
    share = one / (one + 2 * two)
    taken = (1 - 2 * share * two / one, 2 - 3 * share * three / two, 3 - 4 * share * four / three)
    # Texts that are repeated, and very few texts, give shares that no count could bear.
    low, middle, high = (
        min(max(value, 0.3), most) for value, most in zip(taken, (0.9, 1.6, 2.5), strict=True)
    )
    return low, middle, high


@dataclass(frozen=True, slots=True)
class Arc:
    source: int
    target: int
    word: str | None
    """None: epsilon, back-off."""
    cost: float


def automaton(model: Ngram) -> tuple[list[Arc], dict[int, float], int]:
    """Arcs, final costs by state, and the start state, of the model as an acceptor."""
    states: dict[Context, int] = {(): 0}
    for context in model.seen:
        if context:
            states.setdefault(context, len(states))

    def reached(context: Context) -> int:
        while context not in states:
            context = context[1:]
        return states[context]

    arcs: list[Arc] = []
    finals: dict[int, float] = {}
    for context, row in model.seen.items():
        source = states[context]
        for word, probability in row.items():
            if probability <= 0.0 or word == START:
                continue
            cost = -math.log(probability)
            if word == END:
                finals[source] = cost
            else:
                arcs.append(Arc(source, reached((*context, word)[-2:]), word, cost))
        if context:
            arcs.append(Arc(source, reached(context[1:]), None, -math.log(max(model.backoff[context], 1e-9))))
    return arcs, finals, states.get((START,), 0)
