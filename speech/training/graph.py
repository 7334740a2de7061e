"""The graph of a model directory: HCLr.fst (lexicon), Gr.fst (language model), words.txt.

It is rebuilt in seconds from plain sentences when the catalog changes; the acoustic model stays as it is.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path

from speech.language_model.domain import PLACES, ROADS, TOWNS, VILLAGES, items
from speech.language_model.grammar import GENERAL_WORDS, write_grammar
from speech.language_model.text import DOMAIN_SENTENCES, learnt
from speech.language_model.words import RARE, general_words, is_han
from speech.training import openfst
from speech.training.lexicon import LETTERS, SPECIAL, pronunciations, single_characters
from speech.training.lexicon_graph import AFTER_WORD, LexiconGraph
from speech.training.phones import NOISE, PHONES, POSITIONS
from speech.training.regional import REGION, Costs, as_written, realised

log = logging.getLogger(__name__)
UNKNOWN = "[unk]"
_WHOLE = 4
"""Characters up to which an item's name is one word; longer ones are said word by word."""
_PLACES = dict(zip(POSITIONS, ("begin", "end", "internal", "singleton"), strict=True))


def domain_words() -> Iterator[str]:
    """Short item names and all place names, which general frequencies may lack."""
    yield from (name for name in items() if len(name) <= _WHOLE)
    yield from (*TOWNS, *ROADS, *PLACES, *VILLAGES)


def dictionary_words(sentences: Iterable[str]) -> set[str]:
    """Words of jieba's dictionary, however rare, that the text uses."""
    import jieba

    jieba.initialize()
    cut = {word for sentence in sentences for word in jieba.cut(sentence, HMM=False)}
    return {word for word in cut if 2 <= len(word) <= _WHOLE and jieba.dt.FREQ.get(word, 0) > 0}


def vocabulary(words: Iterable[str], general: int) -> dict[str, float]:
    """Every word of the graph with its weight: general words, all single characters, letters, and `words`."""
    weights: dict[str, float] = {word: float(count) for word, count in general_words(general)}
    for word in chain(single_characters(), LETTERS, SPECIAL):
        weights.setdefault(word, RARE)
    for word in words:
        clean = word.strip().upper()
        if 0 < len(clean) <= 8 and all(is_han(character) or character in LETTERS for character in clean):
            weights.setdefault(clean, RARE)
    return weights


def _write_lexicon(graph: LexiconGraph, path: Path) -> None:
    # The first line's source is the start state: the fixed arcs come first and leave AFTER_WORD.
    lines = [f"{e.source} {e.target} {e.input} {e.output} {e.cost:.4g}\n" for e in graph.edges()]
    if not lines[0].startswith(f"{AFTER_WORD} "):
        raise AssertionError("the lexicon's first arc must leave its start")
    path.write_text("".join(lines) + "".join(f"{state}\n" for state in graph.finals), encoding="ascii")


def _relabelled(ids: dict[str, int], table: Path) -> list[tuple[str, int]]:
    """Ids after OpenFst's relabelling; symbols that no word path gives out follow behind all others."""
    changed = {int(old): int(new) for old, new in map(str.split, table.read_text().splitlines())}
    following = max(changed.values(), default=0) + 1
    result = []
    for word, number in ids.items():
        if number != 0 and number not in changed:
            result.append((word, following))
            following += 1
        else:
            result.append((word, changed.get(number, 0)))
    return result


def build_graph(
    model_dir: Path,
    sentences: Iterable[str],
    words: Iterable[str] = (),
    *,
    general: int = GENERAL_WORDS,
    domain: int = DOMAIN_SENTENCES,
    region: Costs | None = REGION,
) -> dict[str, int]:
    """Write `graph/` of a model directory.

    Args:
        model_dir: the Vosk model directory.
        sentences: the catalog's text, one title, phrase or sentence each; punctuation separates.
        words: words to keep whole (place names, item names up to eight characters).
        general: how many of the commonest general words to include.
        domain: how many generated sentences carry the conversation around the catalog's text.
        region: what the region's mergers cost; None: every word only by the book.

    Returns:
        Sizes: words, sentences, lexicon states and arcs, grammar arcs.

    Raises:
        SetupError: OpenFst's tools are not installed.

    Example:
        >>> build_graph(Path("model"), ["我想办居住证"], ["居住证"])  # doctest: +SKIP
    """
    openfst.require()
    own = [sentence.strip() for sentence in sentences if sentence.strip()]
    weights = vocabulary(chain(words, dictionary_words(own), domain_words()), general)
    ways = pronunciations(weights)
    weights = {word: value for word, value in weights.items() if word in ways}
    ids = {"<eps>": 0, UNKNOWN: 1}
    for word in sorted(weights):
        ids[word] = len(ids)
    ids["#0"], ids["<s>"], ids["</s>"] = len(ids), len(ids) + 1, len(ids) + 2
    table = {ids[word]: ways[word] for word in weights}
    table[ids[UNKNOWN]] = ((NOISE,),)
    lexicon = LexiconGraph(table, as_written if region is None else partial(realised, costs=region))
    folder = model_dir / "graph"
    (folder / "phones").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        _write_lexicon(lexicon, work / "l.txt")
        openfst.run("fstcompile", work / "l.txt", work / "l.fst")
        openfst.run("fstarcsort", "--sort_type=olabel", work / "l.fst", work / "l.sorted")
        openfst.run(
            "fstconvert", "--fst_type=olabel_lookahead", f"--save_relabel_opairs={work / 'relabel'}",
            work / "l.sorted", work / "HCLr.fst", preload=True,
        )  # fmt: skip
        relabelled = dict(_relabelled(ids, work / "relabel"))
        lines = "".join(f"{word} {number}\n" for word, number in relabelled.items())
        (folder / "words.txt").write_text(lines, encoding="utf-8")
        (folder / "HCLr.fst").write_bytes((work / "HCLr.fst").read_bytes())
    spoken = {word: relabelled[word] for word in weights}
    grammar = write_grammar(folder / "Gr.fst", spoken, learnt(own, domain=domain), general=general)
    (folder / "disambig_tid.int").write_text(f"{2 * len(PHONES) + 1}\n", encoding="ascii")
    (folder / "phones" / "word_boundary.int").write_text(word_boundaries(), encoding="ascii")
    sizes = {
        "words": len(weights), "sentences": grammar["sentences"], "states": lexicon.states,
        "arcs": sum(1 for _ in lexicon.edges()), "grammar_arcs": grammar["arcs"],
    }  # fmt: skip
    log.info("graph: %s", sizes)
    return sizes


def word_boundaries() -> str:
    """word_boundary.int: how each phone may stand in a word; without it word times are half a second off."""
    lines = ["1 nonword", "2 singleton"]
    lines += [f"{number} {_PLACES[phone[-2:]]}" for number, phone in enumerate(PHONES[2:], start=3)]
    return "\n".join(lines) + "\n"
