"""The second recognizer of a worker: the same model, with the words of an expected answer alone.

Where any digit may follow any other, noise makes every path about equally likely, and the lattice of Vosk
grows until its end takes seconds. A narrower lattice bounds that, and lost nothing in measurements: the right
number was as often among a hundred hypotheses. Vosk takes the width from the model only. So a model whose own
lattice is narrow serves both recognizers, and one whose lattice is wide is loaded once more, from a folder of
links in which that one line differs.
"""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from speech.expectation import UNKNOWN, Expectation, fitted
from speech.limits import SAMPLE_RATE
from speech.utterance import Decoder

if TYPE_CHECKING:
    from vosk import Model

LATTICE_BEAM = 6.0
SHARED_UP_TO = 7.0
"""The widest lattice of a model that both may use: with 8, the end of a number in babble took up to 0.8 s."""
_DEFAULT_BEAM = 10.0  # Kaldi's, where the model says nothing
_CONF = "model.conf"
_OPTION = re.compile(r"^--lattice-beam=(.*)\n?", re.MULTILINE)


def can_narrow(directory: Path) -> bool:
    """Whether the model takes other words at run time; a graph in one piece does not."""
    return (directory / "conf" / _CONF).is_file() and (directory / "graph" / "HCLr.fst").is_file()


def lattice_beam(directory: Path) -> float:
    """How wide the lattices of a model are that `can_narrow`, in its costs (negative logarithms).

    Raises:
        ValueError: its configuration gives no number.
    """
    told = _OPTION.findall((directory / "conf" / _CONF).read_text(encoding="utf-8"))
    return float(told[-1]) if told else _DEFAULT_BEAM  # of several, the last counts for Kaldi


def narrower(directory: Path, folder: Path) -> Path:
    """A model directory in `folder`, of links, that is `directory` with a narrow lattice."""
    model = folder / "model"
    (model / "conf").mkdir(parents=True)
    for path in directory.iterdir():
        if path.name != "conf":
            (model / path.name).symlink_to(path.resolve())
    for path in (directory / "conf").iterdir():
        if path.name != _CONF:
            (model / "conf" / path.name).symlink_to(path.resolve())
    text = _OPTION.sub("", (directory / "conf" / _CONF).read_text(encoding="utf-8"))
    (model / "conf" / _CONF).write_text(f"--lattice-beam={LATTICE_BEAM}\n{text}", encoding="utf-8")
    return model


class NarrowRecognizer:
    """Makes decoders that listen for one kind of answer.

    Args:
        directory: a Vosk model directory.
        model: the same, loaded.

    Attributes:
        shares: whether it needs no memory of its own: it uses `model`, or there is nothing to narrow.

    Example:
        directory = Path("speech/models/wenban-small")
        decoder = NarrowRecognizer(directory, Model(str(directory))).decoder(Expectation("phone"))
    """

    def __init__(self, directory: Path, model: Model) -> None:
        self._model: Model | None = model if can_narrow(directory) else None
        self.shares = self._model is None or lattice_beam(directory) <= SHARED_UP_TO
        if not self.shares:
            from vosk import Model

            with tempfile.TemporaryDirectory() as folder:
                self._model = Model(str(narrower(directory, Path(folder))))

    def decoder(self, expected: Expectation) -> Decoder | None:
        """A new decoder (it takes a millisecond or two); None where there is nothing to narrow to."""
        if self._model is None:
            return None
        phrases = fitted(expected.phrases(), self._knows)
        if not phrases:
            return None
        from vosk import KaldiRecognizer

        words = json.dumps([*phrases, UNKNOWN], ensure_ascii=False)
        made: Decoder = KaldiRecognizer(self._model, SAMPLE_RATE, words)
        made.SetMaxAlternatives(expected.most)
        return made

    def _knows(self, word: str) -> bool:
        return self._model is not None and int(self._model.vosk_model_find_word(word)) >= 0
