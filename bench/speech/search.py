"""The right item from speech beside the same needs typed, and what the n-best list and the sound channel add.

Needs are the development queries that name an item, spoken by held-out voices. Left out are the kinds that
are about writing: typed homophones, traditional script, English words.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bench.search import Quality, Query
from bench.speech import conditions
from bench.speech.recognise import pool_of, recognise
from bench.speech.scoring import Counts
from bench.speech.voices import lines, speak
from catalog_index.engine import SearchEngine
from catalog_index.errors import QueryInvalid
from catalog_index.features import CONTEXT, FEATURES
from speech.transcript import Transcript

Row = dict[str, Any]
Spoken = tuple[Query, str, conditions.Samples]
"""A query, the key of its sound, and its audio."""
CONDITIONS = ("clean", "babble10")
_WRITTEN_KINDS = frozenset({"homophone", "traditional", "english"})
_SEED = 55_211


def chosen(queries: Sequence[Query], limit: int) -> list[Query]:
    """Up to `limit` queries that name an item and could be said, the same ones each time."""
    sayable = [
        query
        for query in queries
        if query.item is not None and query.kind not in _WRITTEN_KINDS and lines([query.query])
    ]
    return random.Random(_SEED).sample(sayable, min(limit, len(sayable)))


def spoken(queries: Sequence[Query], cache: Path, progress: Callable[[int], None]) -> list[Spoken]:
    """The queries by held-out voices in turn."""
    by_text = {query.query: query for query in queries}
    said = speak(lines(list(by_text)), cache, progress)
    return [(by_text[line.text], line.name, pcm) for line, pcm in said]


def without_sound(engine: SearchEngine) -> SearchEngine:
    """The same search with the sound channel switched off: its features weigh nothing.

    The other weights stay as they were learned beside it.
    """
    sounds = [name for name in (*FEATURES, *CONTEXT) if "sound" in name]
    return SearchEngine(engine.catalog, engine.channels, engine.fusion.without(sounds))


def ranked(engine: SearchEngine, text: str, alternatives: Sequence[tuple[str, float]] = ()) -> list[str]:
    """Item ids, best first; none where there is nothing to search for."""
    try:
        return [one.id for one in engine.search(text, alternatives=alternatives, top=5).results]
    except QueryInvalid:
        return []


def compare(
    engine: SearchEngine, said: Sequence[Query], heard: dict[str, Sequence[Transcript]], model: str
) -> list[Row]:
    """Rows of quality: typed, then each condition with and without n-best list and sound channel.

    Args:
        heard: transcripts of `said`, by condition.
    """
    deaf = without_sound(engine)
    rows = [
        _row("typed", "", model, said, [ranked(engine, query.query) for query in said]),
        _row("typed, no sound channel", "", model, said, [ranked(deaf, query.query) for query in said]),
    ]
    for condition, transcripts in heard.items():
        for search, sound in ((engine, ""), (deaf, ", no sound channel")):
            for listed, nbest in ((True, ""), (False, ", best hypothesis only")):
                found = [
                    ranked(search, one.text, _alternatives(one) if listed else ()) for one in transcripts
                ]
                rows.append(_row(f"spoken{nbest}{sound}", condition, model, said, found))
    return rows


def _alternatives(heard: Transcript) -> list[tuple[str, float]]:
    return [(one.text, one.confidence) for one in heard.alternatives]


def _row(way: str, condition: str, model: str, said: Sequence[Query], found: Sequence[Sequence[str]]) -> Row:
    quality = Quality()
    for query, own in zip(said, found, strict=True):
        quality.add(own, query.item or "")
    return {"way": way, "condition": condition, "model": model} | quality.shares()


async def measure(
    engine: SearchEngine,
    model_dir: Path,
    clips: Sequence[Spoken],
    names: Sequence[str],
    *,
    workers: int,
    progress: Callable[[str, int], None],
) -> list[Row]:
    """Recognizes under each condition, then compares; the spoken rows also carry the character error rate."""
    heard: dict[str, Sequence[Transcript]] = {}
    wrong: dict[str, float | int | None] = {}
    async with pool_of(model_dir, workers) as pool:
        for name in names:
            audio = [
                conditions.apply(name, key, pcm, [other for _, k, other in clips if k != key])
                for _, key, pcm in clips
            ]
            told = partial(progress, f"{model_dir.name} {name}")
            heard[name] = (await recognise(pool, audio, workers=workers, progress=told)).heard
            counts = Counts()
            for (query, _, _), one in zip(clips, heard[name], strict=True):
                counts.add(query.query, one.text)
            wrong[name] = counts.rates()["character_error_rate"]
    rows = compare(engine, [query for query, _, _ in clips], heard, model_dir.name)
    return [row | {"character_error_rate": wrong.get(row["condition"])} for row in rows]


def markdown(rows: Sequence[Row], machine: str, *, assembled: bool = False) -> str:
    """The section of docs/benchmarks.md."""
    count = rows[0]["queries"] if rows else 0
    title = "The right item from speech"
    what = (
        f"{count} development queries that name an item, spoken by held-out synthetic voices, beside the "
        "same text typed."
    )
    if assembled:
        title = "The right item from words of a person"
        what = (
            f"{count} titles and phrases of the catalog, cut together from single words that one person "
            "recorded, beside the same text typed (which is in the index as it stands). It says "
            "something only about a model that was trained without that person's words (audio_cmn_hsk)."
        )
    option = "--assembled --corpora DIR" if assembled else "--search"
    shown = [
        f"## {title}",
        "",
        f"`wenban bench speech {option}`: {machine}. {what} Without the sound channel its features "
        "weigh nothing; the other weights stay as they were learned beside it.",
        "",
        "| model | condition | way | right item first | in the top three | points under typed, first "
        "| character error |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: |",
    ]
    typed = {row["model"]: row["top1"] for row in rows if row["way"] == "typed"}
    for row in rows:
        error = row["character_error_rate"]
        shown.append(
            f"| {row['model']} | {row['condition'] or '–'} | {row['way']} | {row['top1']:.1%} "
            f"| {row['top3']:.1%} | {100 * (typed[row['model']] - row['top1']):.1f} "
            f"| {'–' if error is None else f'{error:.1%}'} |"
        )
    return "\n".join(shown)
