"""The synthetic corpus: domain sentences and random words in many espeak-ng voices, with their labels."""

from __future__ import annotations

import logging
import multiprocessing
import pickle
import random
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from speech.language_model.domain import Speaker, fixed_sentences
from speech.language_model.words import general_words
from speech.training.espeak import HELD_OUT, TRAINING_VARIANTS, Voice, synthesizer
from speech.training.lexicon import single_characters, spoken
from speech.training.noise import coloured_noise
from speech.training.phones import SILENCE, NotPinyinError
from speech.training.types import SAMPLE_RATE, Segment

log = logging.getLogger(__name__)
Plan = tuple[str, tuple[str, ...], Voice, str]
"""Text, syllables, voice and key of an utterance to be made."""
Item = tuple[str, str, str, npt.NDArray[np.int16], tuple[Segment, ...]]
_LEAD = 0.15


def voice(source: random.Random) -> Voice:
    """A random training voice."""
    return Voice(
        source.choice(TRAINING_VARIANTS),
        source.randint(130, 230),
        source.randint(15, 85),
        source.randint(25, 90),
    )


def say(text: str, tokens: tuple[str, ...], chosen: Voice, key: str) -> Item:
    """One utterance with silence around it; times are shifted to match."""
    result = synthesizer().say(tokens, chosen)
    lead = int(_LEAD * SAMPLE_RATE)
    quiet = np.zeros(lead, np.float32)
    samples = np.concatenate([quiet, result.samples * 0.6, quiet])
    segments = [Segment(part.phone, part.start + _LEAD, part.end + _LEAD) for part in result.segments]
    pcm = np.asarray(np.clip(samples, -1, 1) * 32767, np.int16)
    return key, chosen.name, text, pcm, tuple(segments)


def training_plans(count: int, seed: int = 7) -> Iterator[Plan]:
    """`count` utterances: half domain, a third random words, the rest random characters and syllables."""
    source = random.Random(seed)
    speaker = Speaker(seed)
    fixed = list(fixed_sentences())
    words = [word for word, _ in general_words(30_000)]
    characters = list(single_characters()[:3755])
    for number in range(count):
        kind = source.random()
        if kind < 0.15:
            text = source.choice(fixed)
        elif kind < 0.5:
            text = speaker.sentence()
        elif kind < 0.85:
            text = "".join(source.choice(words) for _ in range(source.randint(1, 6)))
        else:
            text = "，".join(
                "".join(source.choices(characters, k=source.randint(1, 4)))
                for _ in range(source.randint(1, 3))
            )
        try:
            tokens = spoken(text)
        except NotPinyinError:
            continue
        if tokens:
            yield text, tokens, voice(source), f"synthetic-{number}"


def number_plans(count: int, seed: int = 31) -> Iterator[Plan]:
    """Codes and runs of digits, where no word helps: identity numbers, phones, and digits said twice."""
    source = random.Random(seed)
    speaker = Speaker(seed)
    for number in range(count):
        kind = number % 4
        if kind == 0:
            text = speaker.identity()
        elif kind == 1:
            text = speaker.phone()
        else:
            text = speaker.digits(source.randint(1, 4))
            for _ in range(source.randint(1, 4)):
                text += speaker.digits(1) * source.choice((1, 2, 2, 3)) + speaker.digits(1)
        yield text, spoken(text), voice(source), f"numbers-{number}"


def held_out_plans(count: int, seed: int = 99) -> Iterator[Plan]:
    """Domain sentences and random word strings by voices that no training item uses, for figures.

    Half are domain (key `domain-…`), half are random words (key `words-…`, no help from the language model).
    """
    source = random.Random(seed)
    speaker = Speaker(seed)
    words = [word for word, _ in general_words(20_000)]
    for number in range(count):
        if number % 2:
            text, kind = speaker.sentence(), "domain"
        else:
            text, kind = "".join(source.choice(words) for _ in range(source.randint(2, 5))), "words"
        yield text, spoken(text), HELD_OUT[number // 2 % len(HELD_OUT)], f"{kind}-{number}"


def _work(plans: list[Plan], path: Path) -> None:
    with path.open("wb") as stream:
        for plan in plans:
            pickle.dump(say(*plan), stream)
            stream.flush()


def _results(path: Path) -> Iterator[Item]:
    with path.open("rb") as stream:
        while True:
            try:
                yield pickle.load(stream)
            except (EOFError, pickle.UnpicklingError):
                return


def make(plans: Iterable[Plan], jobs: int = 2, chunk: int = 80) -> Iterator[Item]:
    """Speak all plans in child processes, a few dozen each.

    espeak-ng's library is not stable over thousands of voice changes: a child that dies costs the rest of its
    chunk, which is logged, and nothing else.
    """
    todo = list(plans)
    chunks = [todo[at : at + chunk] for at in range(0, len(todo), chunk)]
    context = multiprocessing.get_context("fork")
    done = 0
    with tempfile.TemporaryDirectory() as name:
        for at in range(0, len(chunks), jobs):
            running = []
            for number, part in enumerate(chunks[at : at + jobs], start=at):
                path = Path(name, f"{number}.pickle")
                child = context.Process(target=_work, args=(part, path))
                child.start()
                running.append((child, path))
            for child, path in running:
                child.join()
                if child.exitcode != 0:
                    log.warning(
                        "synthesis: a child ended with %s; the rest of its chunk is left out", child.exitcode
                    )
                for item in _results(path):
                    done += 1
                    yield item
                path.unlink()
            log.info("synthesis: %d of %d", done, len(todo))


def quiet_items(count: int, seed: int = 5) -> Iterator[Item]:
    """Recordings in which nobody speaks: digital silence, noise of all colours, mains hum, knocks."""
    source = np.random.default_rng(seed)
    for number in range(count):
        length = int(source.uniform(1.0, 6.0) * SAMPLE_RATE)
        kind = number % 4
        samples = np.zeros(length, np.float32)
        if kind:
            samples = coloured_noise(source, length) * 10 ** source.uniform(-4.5, -1.5)
        if kind == 2:
            times = np.arange(length) / SAMPLE_RATE
            hum = sum(np.sin(2 * np.pi * 50 * harmonic * times) / harmonic for harmonic in (1, 2, 3, 5))
            samples = samples + 10 ** source.uniform(-3, -1.3) * hum
        if kind == 3:
            for at in map(int, source.integers(0, length, 5)):
                decay = np.exp(-np.arange(length - at) / source.uniform(50, 800))
                knock = decay * coloured_noise(source, length - at)
                samples[at:] += np.asarray(10 ** source.uniform(-2.5, -0.7) * knock, np.float32)
        pcm = np.asarray(np.clip(samples, -1, 1) * 32767, np.int16)
        yield f"quiet-{number}", "nobody", "", pcm, (Segment(SILENCE, 0.0, length / SAMPLE_RATE),)
