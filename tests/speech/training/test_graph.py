"""The lexicon's graph and a toy graph from end to end."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from speech.training import openfst
from speech.training.graph import build_graph, word_boundaries
from speech.training.lexicon_graph import AFTER_WORD, ROOT, LexiconGraph
from speech.training.phones import PHONE_ID, PHONES, in_word
from wenban.errors import SetupError

WORDS = {1: (("b", "an4"),), 2: (("b", "an4", "zh", "eng4"),), 3: (("b", "an4"), ("b", "a1")), 4: (("i1",),)}


def paths(graph: LexiconGraph, limit: int = 12) -> set[tuple[tuple[int, ...], int]]:
    """(entering transition-ids, word) of every way from the root to the end of a word."""
    found: set[tuple[tuple[int, ...], int]] = set()
    todo: list[tuple[int, tuple[int, ...], int]] = [(ROOT, (), 0)]
    arcs = list(graph.edges())
    while todo:
        state, inputs, word = todo.pop()
        for edge in arcs:
            if edge.source != state or edge.source == edge.target or len(inputs) > limit:
                continue
            assert not (word and edge.output), "a word gives out one id"
            longer = (*inputs, edge.input) if edge.input else inputs
            if edge.target == AFTER_WORD:
                found.add((longer, word or edge.output))
            else:
                todo.append((edge.target, longer, word or edge.output))
    return found


def test_every_pronunciation_is_one_path_that_gives_its_word() -> None:
    wanted = {
        (tuple(2 * PHONE_ID[phone] for phone in in_word(way)), word)
        for word, ways in WORDS.items()
        for way in ways
    }
    assert paths(LexiconGraph(WORDS)) == wanted


def test_self_loops_carry_the_phone_that_entered() -> None:
    edges = list(LexiconGraph(WORDS).edges())
    loops = {edge.source: edge.input for edge in edges if edge.source == edge.target}
    for edge in edges:
        if edge.source != edge.target and edge.input:
            assert loops[edge.target] == edge.input - 1


def test_word_boundaries_name_every_phone() -> None:
    lines = word_boundaries().splitlines()
    assert len(lines) == len(PHONES)
    assert lines[0] == "1 nonword" and lines[2].endswith(" begin")


def test_missing_tools_are_a_setup_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError, match="libfst-tools"):
        build_graph(tmp_path, ["我想办居住证"])


@pytest.mark.skipif(
    shutil.which("fstconvert") is None, reason="OpenFst's tools are not installed (libfst-tools)"
)
def test_a_toy_graph_is_written_with_consistent_ids(tmp_path: Path) -> None:
    sizes = build_graph(tmp_path, ["我想办居住证"], ["居住证签注"], general=200, domain=0)
    openfst.require()
    rows = [
        line.rsplit(" ", 1) for line in (tmp_path / "graph" / "words.txt").read_text("utf-8").splitlines()
    ]
    words = {word: int(number) for word, number in rows}
    assert words["<eps>"] == 0 and {"[unk]", "我", "居住证签注", "G"} <= set(words)
    assert len(set(words.values())) == len(rows)
    assert sizes["words"] + 5 == len(rows)
    assert (tmp_path / "graph" / "HCLr.fst").stat().st_size > 10_000
    assert (tmp_path / "graph" / "Gr.fst").stat().st_size > 1_000
