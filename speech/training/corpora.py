"""Recorded corpora: tar files of Opus beside a `manifest.tsv` (corpus, file, speaker, text).

What is read is kept as one flat int16 array a corpus with an index of JSON lines, so that later stages
never decode again.
"""

from __future__ import annotations

import csv
import io
import json
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import av

from speech.training.types import SAMPLE_RATE, Segment
from wenban.errors import SetupError

TRAINING = ("aishell1_sample", "audio_cmn_hsk", "audio_cmn_syllabs", "dspspeech12", "hsk_cosyvoice_synthetic")
EVALUATION = ("human_dev",)
"""Only ever measured with: its terms do not allow training."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One recording in a corpus array: samples [start, start + length)."""

    key: str
    speaker: str
    text: str
    start: int
    length: int
    segments: tuple[Segment, ...] = ()


def _pcm(frame: av.AudioFrame) -> npt.NDArray[np.int16]:
    return np.asarray(frame.to_ndarray(), np.int16).reshape(-1)


def decode(data: bytes) -> npt.NDArray[np.int16]:
    """Any audio file's bytes to 16 kHz mono."""
    import av

    chunks: list[npt.NDArray[np.int16]] = []
    resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
    with av.open(io.BytesIO(data), "r") as container:
        for frame in container.decode(audio=0):
            chunks.extend(_pcm(part) for part in resampler.resample(frame))
        chunks.extend(_pcm(part) for part in resampler.resample(None))
    return np.concatenate(chunks) if chunks else np.zeros(0, np.int16)


def read_tar(folder: Path, corpus: str) -> Iterator[tuple[str, str, str, npt.NDArray[np.int16]]]:
    """Yield (key, speaker, text, samples) of one corpus.

    Raises:
        SetupError: the folder lacks the tar file or the manifest.
    """
    manifest, archive = folder / "manifest.tsv", folder / f"{corpus}.tar"
    if not manifest.is_file() or not archive.is_file():
        raise SetupError(f"corpora folder {folder} must hold manifest.tsv and {corpus}.tar")
    with manifest.open(encoding="utf-8", newline="") as stream:
        rows = {
            row["file"]: row
            for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
            if row["corpus"] == corpus
        }
    with tarfile.open(archive) as tar:
        for member in tar:
            row = rows.get(member.name)
            handle = tar.extractfile(member) if row is not None and member.isfile() else None
            if row is not None and handle is not None:
                yield row["file"], row["speaker"], row["text"], decode(handle.read())


class Store:
    """A folder of corpora in decoded form: `NAME.npy` (int16) and `NAME.jsonl`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def has(self, corpus: str) -> bool:
        return (self.folder / f"{corpus}.jsonl").is_file()

    def write(
        self, corpus: str, items: Iterable[tuple[str, str, str, npt.NDArray[np.int16], tuple[Segment, ...]]]
    ) -> int:
        """Write (key, speaker, text, samples, segments) of all; the index last, as the sign of the end."""
        self.folder.mkdir(parents=True, exist_ok=True)
        chunks, index, at = [], [], 0
        for key, speaker, text, samples, segments in items:
            index.append(Utterance(key, speaker, text, at, len(samples), segments))
            chunks.append(samples)
            at += len(samples)
        np.save(self.folder / f"{corpus}.npy", np.concatenate(chunks))
        self.write_index(corpus, index)
        return len(index)

    def write_index(self, corpus: str, index: Iterable[Utterance]) -> None:
        """Replace a corpus's index (alignment adds segments to it)."""
        path = self.folder / f"{corpus}.jsonl"
        partial = path.with_suffix(".part")
        partial.write_text(
            "".join(json.dumps(asdict(item), ensure_ascii=False) + "\n" for item in index), encoding="utf-8"
        )
        partial.replace(path)

    def index(self, corpus: str) -> list[Utterance]:
        result = []
        with (self.folder / f"{corpus}.jsonl").open(encoding="utf-8") as stream:
            for line in stream:
                row = json.loads(line)
                row["segments"] = tuple(Segment(**segment) for segment in row["segments"])
                result.append(Utterance(**row))
        return result

    def audio(self, corpus: str) -> npt.NDArray[np.int16]:
        return np.asarray(np.load(self.folder / f"{corpus}.npy", mmap_mode="r"))
