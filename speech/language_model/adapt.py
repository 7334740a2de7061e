"""A model directory that knows a catalog's words: the base model's, with a language model made anew.

Lexicon and acoustic model stay as they are; so a new catalog needs no training and none of OpenFst's tools.
What was made for which base model is written down, and only what still fits is used.

Example:
    adapted = adapt(Path("speech/models/wenban-small"), Path("var/speech"), ["我要补办居住证"], "catalog 7")
    find_adapted(Path("speech/models/wenban-small"), Path("var/speech")) == adapted
"""

from __future__ import annotations

import glob
import hashlib
import json
import logging
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path

from speech.holding import is_held
from speech.language_model.grammar import read_words, write_grammar
from speech.language_model.text import DOMAIN_SENTENCES, learnt
from wenban.errors import SetupError
from wenban.logs import facts

log = logging.getLogger(__name__)

_GRAMMAR = Path("graph", "Gr.fst")
_NEEDED = (_GRAMMAR, Path("graph", "HCLr.fst"), Path("graph", "words.txt"))
_MADE = "made.json"
_RECIPE = 2
"""Raised when equal text would give another language model."""
_DIGEST_SIGNS = 12
_KEPT = 2
"""Directories kept, besides those in use: a stack that is just starting may have chosen the one before."""


@dataclass(frozen=True, slots=True)
class Adapted:
    """A directory that was made.

    Attributes:
        directory: its path. base: fingerprint of the base model. digest: of everything that it depends on.
        source: what its text came from, in words, to be told.
    """

    directory: Path
    base: str
    digest: str
    source: str


def can_adapt(model: Path) -> bool:
    """Whether a model's language model stands apart from its lexicon, and its words are listed."""
    return all((model / name).is_file() for name in _NEEDED)


def fingerprint(model: Path) -> str:
    """Hash of all that stays the same: every file but the language model (and what is only for people)."""
    digest = hashlib.sha256()
    for path in sorted(path for path in model.rglob("*") if path.is_file()):
        name = path.relative_to(model)
        if name != _GRAMMAR and name.suffix != ".md":
            digest.update(str(name).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _digest(base: str, texts: Sequence[str], domain: int = DOMAIN_SENTENCES) -> str:
    digest = hashlib.sha256(f"{_RECIPE} {domain} {base}\n".encode())
    for name in ("domain.py", "domain_items.txt", "domain_phrases.txt"):
        digest.update(resources.files(__package__).joinpath(name).read_bytes())
    for text in texts:
        digest.update(text.encode() + b"\n")
    return digest.hexdigest()[:_DIGEST_SIGNS]


def _pointer(model: Path, folder: Path) -> Path:
    return folder / f"{model.name}.json"


def _current(model: Path, folder: Path) -> Adapted | None:
    """What was made last for this model, if it is complete and was made for the model as it is now."""
    try:
        told = json.loads(_pointer(model, folder).read_text(encoding="utf-8"))
        made = Adapted(folder / told["directory"], told["base"], told["digest"], told["source"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        log.warning("unreadable note about the language model", extra=facts(cause=type(error).__name__))
        return None
    if not (made.directory / _MADE).is_file():
        log.warning("language model missing", extra=facts(directory=made.directory.name))
        return None
    if made.base != fingerprint(model):
        log.warning(
            "language model made for another version of the speech model; run `wenban catalog build`",
            extra=facts(directory=made.directory.name),
        )
        return None
    return made


def find_adapted(model: Path, folder: Path) -> Adapted | None:
    """The directory to use instead of `model`; None where there is none that fits it. The log says why."""
    return _current(model, folder) if can_adapt(model) else None


def is_current(model: Path, folder: Path, texts: Sequence[str]) -> bool:
    """Whether `adapt` would find its work done."""
    made = find_adapted(model, folder)
    return made is not None and made.digest == _digest(made.base, texts)


def adapt(
    model: Path, folder: Path, texts: Sequence[str], source: str, *, domain: int = DOMAIN_SENTENCES
) -> Adapted:
    """Makes the directory, or finds it made already, and has it used from the next start on.

    Args:
        model: a model directory for which `can_adapt` holds.
        folder: where such directories are kept.
        texts: titles, phrases, labels: what people may say.
        source: told in logs.
        domain: how many generated sentences carry the conversation, see `learnt`.

    Raises:
        SetupError: the model has no language model of its own to be replaced.
    """
    if not can_adapt(model):
        raise SetupError(
            f"{model.name} keeps its language model inside its graph (no {' or '.join(map(str, _NEEDED))})"
        )
    base = fingerprint(model)
    digest = _digest(base, texts, domain)
    made = Adapted(folder / f"{model.name}-{digest}", base, digest, source)
    if not (made.directory / _MADE).is_file():
        _make(model, made, texts, domain)
    pointer = _pointer(model, folder)
    fresh = pointer.with_suffix(".new")
    fresh.write_text(_as_json(made), encoding="utf-8")
    fresh.replace(pointer)
    _forget_old(model, folder, made.directory)
    return made


def _as_json(made: Adapted) -> str:
    return json.dumps(asdict(made) | {"directory": made.directory.name}, ensure_ascii=False) + "\n"


def _make(model: Path, made: Adapted, texts: Sequence[str], domain: int) -> None:
    folder = made.directory.parent
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as name:
        work = Path(name, "model")
        # Copies, not links: a base model that is replaced must not change under a language model made for
        # the old one.
        shutil.copytree(model, work, ignore=shutil.ignore_patterns(_GRAMMAR.name, "*.md"))
        ids = read_words(work / "graph" / "words.txt")
        sizes = write_grammar(work / _GRAMMAR, ids, learnt(texts, domain=domain))
        (work / _MADE).write_text(_as_json(made), encoding="utf-8")
        if made.directory.exists():
            shutil.rmtree(made.directory)  # without its note: somebody's half copy
        work.replace(made.directory)
    log.info("language model made", extra=facts(directory=made.directory.name, source=made.source, **sizes))


def _forget_old(model: Path, folder: Path, current: Path) -> None:
    # The whole digest, or those of a model whose name only begins with this one's would be forgotten too.
    own = f"{glob.escape(model.name)}-{'[0-9a-f]' * _DIGEST_SIGNS}/{_MADE}"
    made = [path.parent for path in folder.glob(own) if path.parent != current]
    made.sort(key=lambda path: (path / _MADE).stat().st_mtime, reverse=True)
    for path in made[_KEPT - 1 :]:
        if not is_held(path):
            shutil.rmtree(path)
