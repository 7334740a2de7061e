"""The table of recognition: set by condition by model, with delays and memory of each model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bench.speech import conditions, free_loop
from bench.speech.pace import delays
from bench.speech.recognise import memory_mb, pool_of, recognise
from bench.speech.scoring import Counts, syllables
from bench.speech.sets import DESCRIPTIONS, Clip, is_human

Row = dict[str, Any]
Progress = Callable[[str, int], None]
LANGUAGE_MODEL, FREE_LOOP = "language model", "free loop"
_DASH = "–"


@dataclass(frozen=True)
class Model:
    """What to measure: a Vosk model directory, and the torch network it was made from, if that is at hand."""

    directory: Path
    network: Path | None = None

    @property
    def name(self) -> str:
        return self.directory.name


@dataclass(frozen=True)
class Plan:
    """What to measure it with.

    Attributes:
        sets: clips by the name of their set.
        conditions: names of `bench.speech.conditions`.
        pace: utterances of the first set for the delays in real time; 0: none.
        workers: processes that recognize at a time; the real-time factor is of processor time, so it stays.
        looped: sets that are also heard in a free loop, where the model has its network.
    """

    sets: Mapping[str, Sequence[Clip]]
    conditions: Sequence[str]
    pace: int = 6
    workers: int = 1
    looped: frozenset[str] = field(default_factory=frozenset)


def steps(plan: Plan, models: Sequence[Model]) -> int:
    """How much there is to do, as `progress` counts."""
    clips = sum(len(own) for own in plan.sets.values())
    looped = sum(len(own) for name, own in plan.sets.items() if name in plan.looped)
    networks = sum(model.network is not None for model in models)
    pace = min(plan.pace, len(next(iter(plan.sets.values()), ())))
    return (clips * len(models) + looped * networks) * len(plan.conditions) + pace * len(models)


async def measure(plan: Plan, models: Sequence[Model], progress: Progress) -> tuple[list[Row], list[Row]]:
    """Rows of errors, and a row a model with delays and memory.

    Raises:
        SetupError: a network or a model cannot be loaded; networks are tried before anything is measured.
    """
    loops = {model.network: free_loop.load(model.network) for model in models if model.network is not None}
    errors: list[Row] = []
    costs: list[Row] = []
    for model in models:
        async with pool_of(model.directory, plan.workers) as pool:
            for name, condition, clips, audio in _degraded(plan):
                counts = Counts()
                done = await recognise(
                    pool,
                    audio,
                    workers=plan.workers,
                    progress=partial(progress, f"{model.name} {name} {condition}"),
                )
                counts.audio_s, counts.cpu_s = done.audio_s, done.cpu_s
                counts.slowest = max((one.ms / 1000 / one.audio_s for one in done.heard), default=0.0)
                for clip, heard in zip(clips, done.heard, strict=True):
                    counts.add(clip.text, heard.text)
                errors.append(_row(model, name, condition, LANGUAGE_MODEL, counts))
            first = next(iter(plan.sets.values()))[: plan.pace]
            told = partial(progress, f"{model.name} in real time")
            waited = await delays(pool, [clip.pcm for clip in first], told)
            cost: Row = {"table": "cost", "model": model.name, "worker_memory_mb": max(memory_mb(pool))}
            costs.append(cost | {"paced_utterances": len(first)} | waited.figures())
        if model.network is not None:
            errors += _looped(plan, model, loops[model.network], progress)
    order = {key: place for place, key in enumerate((n, c) for n in plan.sets for c in plan.conditions)}
    errors.sort(key=lambda row: (order[row["set"], row["condition"]], row["decoder"]))
    return errors, costs


def _degraded(plan: Plan) -> Iterator[tuple[str, str, Sequence[Clip], list[conditions.Samples]]]:
    """Every set under every condition: names, clips, and what they sound like."""
    for name, clips in plan.sets.items():
        for condition in plan.conditions:
            audio = [
                conditions.apply(
                    condition, clip.key, clip.pcm, [other.pcm for other in clips if other is not clip]
                )
                for clip in clips
            ]
            yield name, condition, clips, audio


def _looped(plan: Plan, model: Model, hear: free_loop.Hear, progress: Progress) -> Iterator[Row]:
    chosen = {name: clips for name, clips in plan.sets.items() if name in plan.looped}
    for name, condition, clips, audio in _degraded(Plan(chosen, plan.conditions)):
        counts = Counts()
        for clip, pcm in zip(clips, audio, strict=True):
            counts.add_syllables(syllables(clip.text), hear(pcm))
            progress(f"{model.name} {name} {condition}, free loop", 1)
        yield _row(model, name, condition, FREE_LOOP, counts)


def _row(model: Model, name: str, condition: str, decoder: str, counts: Counts) -> Row:
    where = {"table": "errors", "set": name, "condition": condition, "model": model.name, "decoder": decoder}
    return where | counts.rates()


def facts_of(plan: Plan, models: Sequence[Model], machine: str) -> list[str]:
    """What a reader must know about the table: the machine, the conditions, and what is not in it."""
    container, codec, bits = conditions.telephone_codec()
    told = [
        f"`wenban bench speech --table`: {machine}.",
        f"Babble is {conditions.TALKERS} voices of the same set; room is a computed hall of 9 × 7 × 3.2 m, "
        f"60 dB in 0.6 s, 1.5 m from the microphone; amr is {codec} at {bits / 1000:g} kbit/s, 8 kHz"
        + ("." if container == "amr" else ", standing in for AMR, of which no encoder was at hand."),
        "The real-time factor is processor time of the worker by length of audio; slowest is the worst "
        "utterance's, by the clock.",
    ]
    if not any(is_human(name) for name in plan.sets):
        told.append("Recordings of people were not at hand (--corpora), so no row says how people are heard.")
    elif not any(model.network for model in models):
        told.append("Without the models' networks (--networks) there are no rows of the free loop.")
    return told


def markdown(errors: Sequence[Row], costs: Sequence[Row], facts: Sequence[str]) -> str:
    """The section of docs/benchmarks.md."""
    sets = dict.fromkeys(row["set"] for row in errors)
    lines = ["## Recognition, by voices and rooms", "", *facts, ""]
    lines += [f"- **{name}**: {DESCRIPTIONS.get(name, 'a training corpus')}" for name in sets]
    lines += [
        "",
        "| set | condition | model | decoder | utterances | character error | syllable error, toneless "
        "| with tones | sentences right | real-time factor | slowest |",
        "| --- | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {row['set']} | {row['condition']} | {row['model']} | {row['decoder']} | {row['utterances']} "
        f"| {_percent(row['character_error_rate'])} | {_percent(row['toneless_syllable_error_rate'])} "
        f"| {_percent(row['tonal_syllable_error_rate'])} | {_percent(row['sentences_right'])} "
        f"| {_plain(row['real_time_factor'])} | {_plain(row['slowest'])} |"
        for row in errors
    ]
    lines += [
        "",
        "Delays at real-time pacing, p50 / p95 ms, and memory of one worker:",
        "",
        "| model | utterances | first sound to first text | release to final text "
        "| last sound to final text, ending by itself (its patience included) | memory, MiB |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in costs:
        cells = [
            f"{_plain(row[f'{name}_p50_ms'])} / {_plain(row[f'{name}_p95_ms'])}"
            for name in ("first_partial", "released", "free")
        ]
        cells[2] += f" ({row['patience_ms']:g})"
        cells = [row["model"], str(row["paced_utterances"]), *cells, str(row["worker_memory_mb"])]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _percent(share: float | None) -> str:
    return _DASH if share is None else f"{share:.1%}"


def _plain(figure: float | None) -> str:
    return _DASH if figure is None else f"{figure:g}"
