"""The region's mergers: every word may be said with them, at a cost, and by the book for nothing."""

from __future__ import annotations

import ctypes
import json
from functools import partial
from pathlib import Path

import pytest

from speech.training.espeak import HELD_OUT, LIBRARY
from speech.training.evaluate import loop_syllables
from speech.training.lexicon import spoken
from speech.training.lexicon_graph import AFTER_WORD, ROOT, LexiconGraph
from speech.training.phones import PHONES, split
from speech.training.regional import Costs, as_written, realised, shifted

MODEL = Path(__file__).parents[3] / "speech" / "models" / "wenban-small"
COSTS = Costs(flat=4.0, n_l=5.0, nasal=3.0, f_h=6.0)
SAID = partial(realised, costs=COSTS)


def ways(*words: tuple[str, ...]) -> dict[tuple[str, ...], float]:
    """Base phones of every way through the lexicon of these words, with its cost."""
    graph = LexiconGraph(dict(enumerate(((word,) for word in words), start=1)), SAID)
    found: dict[tuple[str, ...], float] = {}
    todo: list[tuple[int, tuple[str, ...], float]] = [(ROOT, (), 0.0)]
    while todo:
        state, phones, cost = todo.pop()
        for edge in graph.edges():
            if edge.source != state or edge.target == state:
                continue
            said = (PHONES[edge.input // 2 - 1].partition("_")[0],) if edge.input else ()
            if edge.target == AFTER_WORD:
                found[phones + said] = cost + edge.cost
            else:
                todo.append((edge.target, phones + said, cost + edge.cost))
    return found


def test_a_flat_tongue_changes_the_vowel_with_it() -> None:
    assert ways(("zh", "iii2")) == {("zh", "iii2"): 0.0, ("z", "ii2"): 4.0}


def test_mergers_of_one_word_add_up() -> None:
    found = ways(("sh", "en1", "l", "ing2"))
    assert found[("sh", "en1", "l", "ing2")] == 0.0
    assert found[("s", "eng1", "n", "in2")] == 4.0 + 3.0 + 5.0 + 3.0
    assert len(found) == 16


def test_f_and_h_take_the_vowels_that_go_with_them() -> None:
    assert ways(("h", "ua1")) == {("h", "ua1"): 0.0, ("f", "a1"): 6.0}
    assert ways(("f", "ei4")) == {("f", "ei4"): 0.0, ("h", "uei4"): 6.0}
    assert ways(("h", "e2")) == {("h", "e2"): 0.0}


def test_words_that_share_a_beginning_share_its_mergers() -> None:
    words = (("zh", "eng4"), ("zh", "eng4", "j", "ian4"))
    found = ways(*words)
    assert found == ways(words[0]) | ways(words[1])
    assert found[("z", "en4")] == 7.0 and found[("zh", "eng4", "j", "ian4")] == 0.0


def test_by_the_book_there_is_one_way_to_say_a_phone() -> None:
    assert as_written("zh", None) == (("zh", 0.0),)


def test_a_shifted_syllable_is_a_syllable_that_the_graph_allows() -> None:
    for syllable in loop_syllables():
        # 嗯 is spelled as no other syllable; o after h is no syllable of Mandarin.
        book, said = split(syllable), split(shifted(syllable))
        if len(book) == 2:
            initials = dict(SAID(book[0], None))
            assert said[0] in initials
            assert said[1] in dict(SAID(book[1], (book[0], said[0])))
        else:
            assert said[-1] in dict(SAID(book[0], None))


def _installed() -> bool:
    try:
        ctypes.CDLL(LIBRARY)
    except OSError:
        return False
    return True


@pytest.mark.skipif(not _installed(), reason="espeak-ng is not installed")
@pytest.mark.parametrize("text", ["我想申请个体工商户的营业执照", "我的身份证丢了"])
def test_the_bundled_model_understands_an_accent(text: str) -> None:
    import vosk

    from speech.training.synthesis import make

    tokens = tuple(map(shifted, spoken(text)))
    assert tokens != spoken(text)
    ((_, _, _, pcm, _),) = make([(text, tokens, HELD_OUT[0], "accent")])
    vosk.SetLogLevel(-1)
    recognizer = vosk.KaldiRecognizer(vosk.Model(str(MODEL)), 16_000)
    recognizer.SetMaxAlternatives(10)
    recognizer.AcceptWaveform(pcm.tobytes())
    heard = [one["text"].replace(" ", "") for one in json.loads(recognizer.FinalResult())["alternatives"]]
    assert text in heard
