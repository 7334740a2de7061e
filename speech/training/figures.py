"""The figures of a model card, measured afresh."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from speech.language_model.words import is_han
from speech.training.align import syllables
from speech.training.corpora import Store, Utterance
from speech.training.evaluate import VoskDecoder, edit_distance, free_loop, toneless
from speech.training.network import load
from speech.training.score import corpus_scores
from speech.training.types import SAMPLE_RATE


def _parts(store: Store) -> Iterator[tuple[str, str, list[Utterance]]]:
    if store.has("espeak_held_out"):
        held_out = store.index("espeak_held_out")
        for kind in ("domain", "words"):
            chosen = [item for item in held_out if item.key.startswith(kind)]
            yield f"espeak held-out voices, {kind}", "espeak_held_out", chosen
    if store.has("human_dev"):
        yield "human_dev (29 speakers never met)", "human_dev", store.index("human_dev")


def figures(work: Path, network: Path, model_dir: Path) -> Iterator[dict[str, object]]:
    """One row a test set: syllable errors of the free loop, character errors and CPU time per audio."""
    store = Store(work / "audio")
    model, priors = load(network)
    decoder = VoskDecoder(model_dir)
    for title, corpus, items in _parts(store):
        wanted = tonal = flat = characters = wrong = 0
        audio_s = spent = 0.0
        audio = store.audio(corpus)
        for item, scores in zip(items, corpus_scores(model, priors, store, corpus, items), strict=True):
            reference = [token for token in syllables(item.text) if token != ","]
            found = free_loop(scores)
            wanted += len(reference)
            tonal += edit_distance(reference, found)
            flat += edit_distance(toneless(reference), toneless(found))
            text = "".join(character for character in item.text if is_han(character) or character.isalnum())
            began = time.process_time()
            heard = decoder.text(audio[item.start : item.start + item.length])
            spent += time.process_time() - began
            audio_s += item.length / SAMPLE_RATE
            characters += len(text)
            wrong += edit_distance(text, heard)
        yield {
            "set": title, "utterances": len(items), "syllables": wanted,
            "tonal_syllable_error": round(tonal / wanted, 4),
            "toneless_syllable_error": round(flat / wanted, 4),
            "vosk_character_error": round(wrong / characters, 4),
            "real_time_factor": round(spent / audio_s, 3),
        }  # fmt: skip
